"""What a turn of the bot's means, in the light of what was said before: one incremental fold over the turns.

The customer hears with it while it talks and the scorers read with it afterwards, in the same version, so model and metric
cannot disagree. It knows only what has been said so far: whether a promise was kept or an exit worked is for `settle`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from simulator.dialogue import relevance
from simulator.dialogue.patterns import NOTHING, Mentions, holds, patterns_of
from simulator.language.identify import language_of
from simulator.language.tables import Acts, Reading, acts
from simulator.language.text import Likeness
from simulator.model.contracts import Button, Heard
from simulator.model.scenario import Need, Scenario
from simulator.model.transcript import Act, Signal

VERSION = "2"
"""2: a turn beside the matter repeats too (clause d), and the first answer in the customer's language is progress (P7)."""

WINDOW = 4
"""A turn is a repeat of one of so many earlier answers: catches A-B-A-B and A-B-C-A."""
ALIKE = 0.85
STALE = 0.20
"""At most this share of new trigram types is a recombination of what was said."""
FEWEST_TYPES = 12
MOST_REASKS = 2

_URL = re.compile(r"https?://([^\s<>\"')\]]+)")
# What a turn is about. Put another way, with regrets or with a person offered, it is still the same answer.
_CONTENT = ("kb:", "url:", "ask:", "step:", "menu:")
_EMPTY: frozenset[str] = frozenset()
"""One for all: what is mostly empty costs 200 bytes each, and there may be thousands of customers with a window of answers."""
_LAST_RESORT = frozenset({"fallback", "refuse_human", "promise_human", "claim_resolved"})
_REFORMULATION = ("RESTATE", "ASK_HUMAN")
_ANSWERS_AN_ASK = frozenset({"promise_human", "refuse_human"})
_HUMAN = frozenset({"offer_human", "promise_human"})
_EXIT_EVENTS = frozenset({"offered", "requested", "queued", "accepted"})


class _Answer:
    """An element of the answer list: one bot turn on a need since the last reset."""

    __slots__ = ("content", "likeness", "ordinal")

    def __init__(self, ordinal: int, content: frozenset[str], likeness: Likeness) -> None:
        self.ordinal = ordinal
        self.content = content
        self.likeness = likeness


class Dialogue:
    """The state of one conversation as far as hearing needs it."""

    __slots__ = (
        "_accommodated",
        "_acts",
        "_answers",
        "_asked",
        "_before",
        "_bot_last",
        "_cycles",
        "_delivered",
        "_last_act",
        "_last_need",
        "_last_told",
        "_patterns",
        "_references",
        "_scenario",
        "_standing_exit",
        "_stated",
        "_told",
        "_tried",
        "_truth",
        "_unread",
        "ordinal",
        "resolved",
    )

    def __init__(
        self,
        scenario: Scenario | None,
        truth: Mapping[str, str] | None = None,
        *,
        standing_exit: bool = False,
        language: str = "en",
    ) -> None:
        """`language`: whose act tables hear the bot where no scenario says so."""
        self._scenario = scenario
        self._patterns = patterns_of(scenario) if scenario is not None else None
        self._acts: Acts = acts(scenario.language if scenario is not None else language)
        self._truth: Mapping[str, str] = truth or {}
        self._standing_exit = standing_exit
        self._answers: dict[str, list[_Answer]] = {}
        self._cycles: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._accommodated = False
        self._bot_last = ""
        self._before: relevance.Before | None = None
        self._unread: list[tuple[Literal["customer", "bot"], str]] = []
        self._references: tuple[str, ...] = ()
        self._delivered = self._stated = self._told = self._tried = _EMPTY
        self._last_act: Act | None = None
        self._last_need: str = scenario.needs[0].name if scenario is not None else ""
        self._last_told: tuple[str, ...] = ()
        self.ordinal = 0
        """Bot turns heard since the customer first spoke."""
        self.resolved: set[str] = set()
        """Needs whose resolution holds by what the bot has said and done."""

    def say(self, act: Act | None, need: str | None, told: Sequence[str] = (), text: str = "") -> None:
        """The customer has spoken: its act, its need (where none is named, still the one before), facts told, its words."""
        self._unread.append(("customer", text))
        self._last_act = act
        if need:
            self._last_need = need
        self._last_told = tuple(told)
        valid = [name for name in told if not name.endswith("!")]
        if valid:
            self._told = self._told.union(valid)
            facts = self._scenario.facts if self._scenario is not None else {}
            tried = [step for name in valid if name in facts and (step := facts[name].step)]
            self._tried = self._tried.union(tried) if tried else self._tried

    def greeting(self, text: str, buttons: Sequence[Button] = ()) -> Heard:
        """The bot has spoken before the customer: heard for what it shows, never counted as an answer."""
        mentions = self._patterns.mentions(_lower(text)) if self._patterns is not None else NOTHING
        signature = self._signature(Reading(text), mentions, (), buttons)
        self._unread.append(("bot", text))
        return Heard("bot", signature=signature, exits=self._exits(signature, ()), text=text, buttons=tuple(buttons))

    def join(self) -> None:
        """A human has joined: every answer list is empty again."""
        self._answers.clear()
        self._cycles.clear()

    def hear(
        self,
        text: str,
        *,
        ids: Iterable[str] = (),
        signals: Sequence[Signal] = (),
        buttons: Sequence[Button] = (),
        latency: float = 0.0,
    ) -> Heard:
        """The bot has answered the customer's last turn."""
        self.ordinal += 1
        need = self._last_need
        reading, lower = Reading(text), _lower(text)
        events = tuple([signal.kind for signal in signals])
        mentions = self._patterns.mentions(lower) if self._patterns is not None else NOTHING
        stated = [name for name, value in self._truth.items() if name in mentions.worded or holds(lower, value)]
        signature = self._signature(reading, mentions, ids, buttons)
        if "error" in events:
            signature |= {"fallback"}  # a failure shown as words is no answer, however it is worded
        about = sorted([item for item in signature if ":" in item])
        asked = tuple([item[4:] for item in about if item.startswith("ask:")])
        menus = [item for item in about if item.startswith("menu:")]
        steps = tuple([item[5:] for item in about if item.startswith("step:")])
        redundant = tuple([slot for slot in asked if slot in self._told])
        excused = self._excused([slot for slot in asked if slot not in self._told], menus) and not redundant
        progress: dict[str, list[str]] = {}
        if about or stated or signals:  # most turns of a bot that is no help have nothing that could move a need
            progress = self._advance(need, asked, menus, steps, stated, signals, events)

        if not progress.get(need) and self._accommodates(text):
            progress.setdefault(need, []).append("P7")

        content = frozenset([item for item in about if item.startswith(_CONTENT)]) if about else _EMPTY
        content = content or signature & _LAST_RESORT or _EMPTY
        codes = tuple(dict.fromkeys(progress.get(need, ())))
        answer = _Answer(self.ordinal, content, Likeness(reading.normal))
        answers = self._answers.setdefault(need, [])
        repeat, repeat_of = "", -1
        if not codes and not excused:
            repeat, repeat_of = _repeat(answer, answers)
            if not repeat and answers and self._beside_the_matter(reading, signature, content):
                repeat, repeat_of = "unresponsive", answers[-1].ordinal
        self._unread.append(("bot", text))
        self._bot_last = text
        if codes:
            answers.clear()
            self._cycles[need] = 0
        elif repeat and self._last_act in _REFORMULATION:
            self._cycles[need] = self._cycles.get(need, 0) + 1
        # Progress empties the list and then, unless the need is resolved, heads it: even a good step helps only once.
        if "P8" not in codes:
            answers.append(answer)
        del answers[:-WINDOW]
        for other in progress.keys() - {need}:
            self._answers[other] = [] if "P8" in progress[other] else [answer]
            self._cycles[other] = 0
        return Heard(
            "bot",
            need=need,
            signature=signature,
            content=content,
            progress=codes,
            repeat=repeat,  # type: ignore[arg-type]  # one of the literals of Heard.repeat by _repeat
            repeat_of=repeat_of,
            excused=excused and not codes,
            redundant=redundant,
            asked=asked,
            steps=steps,
            stated=tuple(stated),
            wrong=tuple(mentions.wrong),
            cycles=self._cycles.get(need, 0),
            exits=self._exits(signature, signals),
            events=events,
            resolved=tuple(sorted(self.resolved)) if self.resolved else (),
            recognised=bool(signature or stated),
            latency=latency,
            text=text,
            buttons=tuple(buttons),
        )

    def listen(self, text: str, *, ids: Iterable[str] = (), signals: Sequence[Signal] = ()) -> Heard:
        """A human has spoken: what it asks for, nothing else."""
        asked = {item[4:] for item in ids if item.startswith("ask:")}
        if self._patterns is not None:
            asked.update(self._patterns.slots(self._acts.requests(Reading(text))))
        events = tuple(signal.kind for signal in signals)
        return Heard("human", need=self._last_need, asked=tuple(sorted(asked)), events=events, text=text)

    def note(self, signals: Sequence[Signal]) -> None:
        """Something happened beside the talk: an action that the target logged may have resolved a need."""
        before = frozenset(self.resolved)
        self._resolve(signals)
        for need in self.resolved - before:
            self._answers.pop(need, None)
            self._cycles[need] = 0

    def _signature(
        self, reading: Reading, mentions: Mentions, ids: Iterable[str], buttons: Sequence[Button]
    ) -> frozenset[str]:
        if not reading.normal and not buttons and not ids:
            return frozenset({"fallback"})
        found = set(self._acts.performed(reading))
        found.update(ids)
        found.update(mentions.topics)
        if "://" in reading.text:
            found.update(f"url:{link.rstrip('.,;:!?').lower()}" for link in _URL.findall(reading.text))
        if self._patterns is not None and mentions.slots:
            found.update([f"ask:{slot}" for slot in self._patterns.slots(self._acts.requests(reading))])
        if any(self._acts.asks_for_human(button.title) for button in buttons):
            found.add("offer_human")
        return frozenset(found)

    def _accommodates(self, text: str) -> bool:
        """Whether this is the first answer in the customer's language after one in another: once in a conversation."""
        own = self._acts.language
        if self._accommodated or language_of(self._bot_last) in ("", own):
            return False
        self._accommodated = language_of(text) == own
        return self._accommodated

    def _beside_the_matter(self, reading: Reading, signature: frozenset[str], content: frozenset[str]) -> bool:
        """Whether a turn that led nowhere does not deal with a reformulation either (clause d of a repeat).

        An article, link, slot, step or menu is about something, and so is a person promised or refused: whether that is new
        is for the other clauses. So is a turn that names the reference under which the case was handed over.
        """
        about = _ANSWERS_AN_ASK & signature or any(":" in item for item in content)
        about = about or any(reference in reading.text for reference in self._references)
        if about or self._last_act not in _REFORMULATION or self._patterns is None:
            return False
        # Counted only now: most conversations never come here, and of the others each word is read once.
        before = self._before = self._before or relevance.Before(self._acts.language)
        for speaker, said in self._unread:
            before.say(speaker, said)
        self._unread.clear()
        found = relevance.features(
            reading.text,
            before,
            signature=signature,
            progress=False,
            repeat=False,
            requests=bool(self._acts.requests(reading)),
            matter=self._patterns.topic,
        )
        return relevance.unresponsiveness(found) >= relevance.UNRESPONSIVE

    def _excused(self, slots: Sequence[str], menus: Sequence[str]) -> bool:
        """Whether it asks again, at most twice, for a slot whose valid value has not come; a menu choice is a slot."""
        again = any(0 < self._asked.get(slot, 0) <= MOST_REASKS for slot in slots)
        invalid_pick = any(f"{menu}!" in self._last_told and self._asked.get(menu, 0) <= MOST_REASKS for menu in menus)
        return again or invalid_pick

    def _advance(
        self,
        need: str,
        asked: Sequence[str],
        menus: Sequence[str],
        steps: Sequence[str],
        stated: Sequence[str],
        signals: Sequence[Signal],
        events: Sequence[str],
    ) -> dict[str, list[str]]:
        """The codes of progress by need; what was asked, proposed, stated and resolved is remembered."""
        before = frozenset(self.resolved)
        progress = self._progress(need, asked, steps, stated, signals, events)
        self._remember(asked, menus, steps, stated)
        self._resolve(signals)
        newly = self.resolved - before
        if need in newly or (newly and not self._scenario_has(need)):
            progress.setdefault(need, []).append("P8")
        for other in newly - {need}:
            progress.setdefault(other, []).append("P8")
        return progress

    def _progress(
        self,
        need: str,
        asked: Sequence[str],
        steps: Sequence[str],
        stated: Sequence[str],
        signals: Sequence[Signal],
        events: Sequence[str],
    ) -> dict[str, list[str]]:
        """The codes of progress by need; what moves only another need than the one answered is that need's."""
        made: dict[str, list[str]] = {}

        def credit(code: str, owners: Sequence[str]) -> None:
            for owner in [need] if need in owners or not owners else owners:
                made.setdefault(owner, []).append(code)

        needs: Sequence[Need] = self._scenario.needs if self._scenario is not None else ()
        for slot in asked:
            if slot not in self._told and not self._asked.get(slot):
                owners = [one.name for one in needs if slot in one.required_slots]
                if owners:
                    credit("P1", owners)
        for truth in stated:
            if truth not in self._stated:
                owners = [one.name for one in needs if truth in one.milestones or truth in one.resolution.told]
                if owners:
                    credit("P3", owners)
        for signal in signals:
            if signal.kind == "action":
                action = signal.detail.get("name")
                credit("P4", [one.name for one in needs if one.resolution.action == action])
        for step in steps:
            if step not in self._delivered and step not in self._tried:
                credit("P5", [one.name for one in needs if one.resolution.step == step])
        references = [signal.detail.get("reference") for signal in signals if signal.kind == "ticket"]
        given = tuple(reference for reference in references if isinstance(reference, str) and reference)
        self._references += given
        if given or any(event in ("requested", "queued", "accepted", "callback") for event in events):
            credit("P6", ())
        return made

    def _remember(
        self, asked: Sequence[str], menus: Sequence[str], steps: Sequence[str], stated: Sequence[str]
    ) -> None:
        for slot in (*asked, *menus):
            self._asked[slot] = self._asked.get(slot, 0) + 1
        if steps:
            self._delivered = self._delivered.union(steps)
        if stated:
            self._stated = self._stated.union(stated)

    def _resolve(self, signals: Sequence[Signal]) -> None:
        if self._scenario is None:
            return
        # A wire may send anything for a name, also what cannot be one.
        named = [signal.detail.get("name") for signal in signals if signal.kind == "action"]
        actions = {name for name in named if isinstance(name, str)}
        for need in self._scenario.needs:
            rule = need.resolution
            if (
                (rule.action is not None and rule.action in actions)
                or (rule.step is not None and rule.step in self._delivered and rule.step not in self._tried)
                or (rule.told and self._stated.issuperset(rule.told))
            ):
                self.resolved.add(need.name)

    def _scenario_has(self, need: str) -> bool:
        return self._scenario is not None and any(one.name == need for one in self._scenario.needs)

    def _exits(self, signature: frozenset[str], signals: Sequence[Signal]) -> tuple[str, ...]:
        kinds = {signal.kind for signal in signals}
        exits = []
        if self._standing_exit or not _HUMAN.isdisjoint(signature) or kinds & _EXIT_EVENTS:
            exits.append("human")
        if "callback" in kinds:
            exits.append("callback")
        if any(signal.kind == "ticket" and signal.detail.get("reference") for signal in signals):
            exits.append("ticket")
        if any(item.startswith("contact:") for item in signature):
            exits.append("contact")
        return tuple(exits)


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def _repeat(answer: _Answer, answers: Sequence[_Answer]) -> tuple[str, int]:
    """Whether an answer repeats one of the window, by what it is about, by likeness, or by recombination."""
    if answer.content:
        for earlier in answers:
            if answer.content <= earlier.content:
                return "content", earlier.ordinal
    if not answers or answer.likeness.empty:
        return "", -1
    window = [earlier.likeness for earlier in answers]
    if not answer.likeness.may_repeat(window, ALIKE, STALE):
        return "", -1
    comparison = answer.likeness.to(window)
    for earlier, sim in zip(answers, comparison.sims, strict=True):
        if sim >= ALIKE:
            return "likeness", earlier.ordinal
    if comparison.novelty <= STALE and answer.likeness.types >= FEWEST_TYPES:
        return "recombined", answers[-1].ordinal
    return "", -1
