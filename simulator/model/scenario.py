"""A scenario: what the customer holds, what the bot must know, what has to come of it."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

Kind = Literal["identity", "problem", "technical", "steps", "impact", "deadline", "outcome", "sentiment"]
Criticality = Literal["low", "medium", "high"]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something the customer holds and may tell."""

    kind: Kind
    """Gives the hand-off weight (problem 3; impact, technical, steps 2; the rest 1)."""
    value: str
    """Text, or a template such as `AC-{{digits:5}}` that is filled for each customer."""
    asked: list[str] = []
    """How a bot asks for it, besides the fact's own name: regular expressions, case-insensitive."""
    match: list[str] = []
    """How it may be worded in a hand-off packet besides the value itself: regular expressions."""
    step: str | None = None
    """For kind steps: the id of the troubleshooting step that the customer has already tried."""
    called: str = ""
    """Its name in the words of the scenario's language, e.g. `order number`; where absent, the name itself."""
    say: list[str] = []
    """How the customer words it, `{}` standing for the value; where absent the phrase pack has a form for the kind."""


class Truth(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What only the company's systems can tell, and the bot should."""

    value: str
    called: str = ""
    """Its name in words, e.g. `delivery day`; where absent, the name itself."""
    match: list[str] = []
    """How a bot may word it: regular expressions; where absent, the value itself."""
    wrong: list[str] = []
    """Wordings that contradict it: regular expressions."""


Scalar = str | int | float | bool | None
Basis = Literal["words", "action", "probe", "judge"]
"""What a need's resolution rests on: the bot's words, the target's log of actions, the state of the company's test system,
a judge's note."""
BASES: tuple[Basis, ...] = get_args(Basis)
UNSEEN: frozenset[Basis] = frozenset({"probe", "judge"})
"""Those that neither customer nor scorer can see in what is said and done: the customer has the bot's word for it."""


class StateProbe(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the company's test system must answer once the conversation is over. Read before it too: what was so already is
    nobody's merit."""

    path: str
    """Of a GET request, e.g. `/orders/{{order_number}}`: names of facts and truths, or case, case.id, language."""
    value: str
    """JMESPath over the JSON answer."""
    equals: Scalar | UnsetType = UNSET
    """The value that means solved: text, number, true, false or null. A text may be a template over facts and truths."""
    one_of: list[Scalar] = []
    """The same where several mean solved."""
    headers: dict[str, str] = {}
    """Keys belong into `test_system.auth` of the target file, whose values come from the environment."""
    within_s: Annotated[float, Meta(ge=0, le=120)] = 0.0
    """Asked again for so many seconds until it is so, for systems that take a moment to show what was done."""
    may_be_absent: bool = False
    """404 and 410 mean that there is no such thing: the value is then null. Else they are failures, and nobody can say."""

    @property
    def expected(self) -> list[Scalar]:
        """Every value that means solved, templates not yet filled."""
        return self.one_of if isinstance(self.equals, UnsetType) else [self.equals]


class Resolution(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must be so for the need to be met: exactly one of told, action, step, probe, judge."""

    told: list[str] = []
    """Truths that the bot must have said."""
    action: str | None = None
    """Name of an action in the target's log (tier T2)."""
    step: str | None = None
    """Troubleshooting step that mends it once the bot proposes it."""
    probe: StateProbe | None = None
    """A state of the company's test system."""
    judge: str | None = None
    """Name of the judge whose note in the run's `notes.jsonl` says so."""

    @property
    def basis(self) -> Basis:
        """What it rests on; a step is proposed in words."""
        if self.probe is not None:
            return "probe"
        if self.judge is not None:
            return "judge"
        return "action" if self.action is not None else "words"


class Need(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An atomic goal of the customer."""

    name: str
    resolution: Resolution
    called: str = ""
    """The need in words, e.g. `where my parcel is`; where absent, the name itself."""
    criticality: Criticality = "medium"
    bot_solvable: bool = True
    required_slots: list[str] = []
    must_escalate_on: list[str] = []
    """Facts that call for a person once the customer has told them."""
    qualified_queues: list[str] = []
    milestones: list[str] = []
    """Truths whose first delivery is progress."""


class Desk(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The human side of this scenario."""

    open: bool = True
    wait_s: Annotated[float, Meta(ge=0)] = 30.0
    """Experienced seconds from the queue join to a human joining."""
    speaks_after_s: Annotated[float, Meta(ge=0)] = 6.0
    """Experienced seconds from joining to the human's first message."""
    queue: str = ""
    answers: Literal["accepts", "rejects", "never"] = "accepts"
    announces_every_s: Annotated[float, Meta(gt=0)] | None = None
    """Experienced seconds between two announcements of the position in the queue; none where absent."""
    writing: bool = False
    """Whether the customer can write while waiting, which makes people wait longer."""


class FactWords(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A fact's words in another language. A name or value that is absent stays as in the scenario; wordings (`say`) do not,
    since they would be in the wrong language: the phrase pack's forms stand in."""

    called: str = ""
    value: str = ""
    asked: list[str] = []
    match: list[str] = []
    say: list[str] = []


class TruthWords(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A truth's words in another language."""

    called: str = ""
    value: str = ""
    match: list[str] = []
    wrong: list[str] = []


class Words(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The words of a scenario in another language; what happens in it stays."""

    facts: dict[str, FactWords] = {}
    truth: dict[str, TruthWords] = {}
    needs: dict[str, str] = {}
    """The needs in words, by name."""
    steps: dict[str, list[str]] = {}
    articles: dict[str, list[str]] = {}
    actions: dict[str, str] = {}
    """Names of actions in words, e.g. `card_blocked: la tarjeta queda bloqueada`."""


class Scenario(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One situation; the statistical cluster of its conversations."""

    scenario: Literal[1]
    """Format version."""
    name: Slug
    facts: dict[str, Fact]
    needs: Annotated[list[Need], Meta(min_length=1)]
    about: str = ""
    domain: str = ""
    cluster: str = ""
    """Scenarios that differ in facts alone share one; where absent, the scenario is a cluster of its own."""
    language: str = "en"
    """Of its words: values, patterns, wordings."""
    segment: Literal["b2b", "b2c"] = "b2c"
    contract_value: Annotated[float, Meta(ge=0)] = 0
    ideal_turns: Annotated[int, Meta(ge=1)] = 1
    truth: dict[str, Truth] = {}
    steps: dict[str, list[str]] = {}
    """How a bot words each troubleshooting step: regular expressions by step id."""
    articles: dict[str, list[str]] = {}
    """How a bot words each help article: regular expressions by article id."""
    actions: dict[str, str] = {}
    """Names of actions in words."""
    translations: dict[str, Words] = {}
    """By language; kept in this file, or each in `<language>/<file>` beside it."""
    agent_needs: list[str] = []
    """Facts the human needs, in the order in which the desk asks for them."""
    desk: Desk = Desk()


class Translation(Words, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A file of its own for one language: `scenarios/<language>/<scenario>.yaml`."""

    translation: Literal[1]
    """Format version."""
    of: Slug
    language: str


def covers(scenario: Scenario, language: str) -> bool:
    """Whether the scenario has words in a language."""
    return language == scenario.language or language in scenario.translations


_spoken: dict[tuple[int, str], tuple[Scenario, Scenario]] = {}


def spoken(scenario: Scenario, language: str) -> Scenario:
    """The scenario in a language; as it is where it has no words in it.

    A bot may still answer in the first language, so its patterns stay beside the new ones. Made once for each scenario
    object, so that what others compile for the result is found again.
    """
    if language == scenario.language or language not in scenario.translations:
        return scenario
    known = _spoken.get((id(scenario), language))
    if known is None or known[0] is not scenario:
        if len(_spoken) > 1000:
            _spoken.clear()
        # The original is kept beside the result, so its id cannot be handed to another object meanwhile.
        known = _spoken[id(scenario), language] = (
            scenario,
            _translated(scenario, language, scenario.translations[language]),
        )
    return known[1]


def _translated(scenario: Scenario, language: str, words: Words) -> Scenario:
    replace = msgspec.structs.replace
    return replace(
        scenario,
        language=language,
        facts={name: _fact(fact, words.facts.get(name, FactWords())) for name, fact in scenario.facts.items()},
        truth={name: _truth(truth, words.truth.get(name, TruthWords())) for name, truth in scenario.truth.items()},
        needs=[replace(need, called=words.needs.get(need.name, need.called)) for need in scenario.needs],
        steps={name: [*words.steps.get(name, ()), *patterns] for name, patterns in scenario.steps.items()},
        articles={name: [*words.articles.get(name, ()), *patterns] for name, patterns in scenario.articles.items()},
        actions={**scenario.actions, **words.actions},
        translations={},
    )


def _fact(fact: Fact, words: FactWords) -> Fact:
    return msgspec.structs.replace(
        fact,
        called=words.called or fact.called,
        value=words.value or fact.value,
        asked=[*words.asked, *fact.asked],
        match=[*words.match, *fact.match],
        say=words.say,
    )


def _truth(truth: Truth, words: TruthWords) -> Truth:
    return msgspec.structs.replace(
        truth,
        called=words.called or truth.called,
        value=words.value or truth.value,
        match=[*words.match, *truth.match],
        wrong=[*words.wrong, *truth.wrong],
    )
