"""Starter files: a persona, a scenario, and draft scenarios from what real customers wrote first.

Messages that are alike (words and character trigrams, average linkage) are one situation; each of the larger groups becomes
one draft. Its wordings went through `redact`: nothing that belongs to one customer is left in them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from simulator.catalogue.check import examine
from simulator.catalogue.facts import MOST_DIGITS, MOST_LETTERS
from simulator.catalogue.redact import FEWEST_CUSTOMERS, Mark, Public, Said, bare_words, common_words, cut, noun_before
from simulator.catalogue.stock import select
from simulator.language.text import norm, trigrams
from simulator.model.scenario import Fact, FactWords, Scenario, Translation
from simulator.statistics.linkage import cosines, groups, weighted

ALIKE = 0.1
"""Average cosine from which groups are one situation: of 120 openings about 8 stock scenarios 94 % came into groups of
three or more, and of these 93 % beside their own kind."""
SMALLEST = 3
"""Fewer conversations are no situation yet."""
MOST_DRAFTS = 12
MOST_MESSAGES = 2000
"""Compared with each other; of a longer log evenly spaced ones."""
MOST_WORDINGS = 10
MOST_FACTS = 5
_HOLLOW = frozenset(
    """a an and are at be been but by can can't cannot could did didn't do does doesn't don't for from get got had has hasn't have
    haven't hello hey hi how i i'd i'll i'm i've if in is isn't it it's its just like me my no not number of off on one or our
    out please say says so some still than thanks that that's the their them then there they this to up us was we were what when
    where which who why will with would you your
    al con de del el en es está hola la las lo los me mi no para pero por que se su un una y ya
    aber auf das dass dem den der die ein eine es für hallo ich in ist meine mein mir mit nicht noch sie und von was wie wo zu
    ao as com da do e em eu não na no o olá os para por que um uma é""".split()  # noqa: SIM905  # a list of single quoted words would be a page
)
"""Words that say nothing about what a message is about."""


class Candidate(NamedTuple):
    """Something that customers of a group told, as a fact to be."""

    name: str
    kind: str
    value: str
    asked: tuple[str, ...]
    say: tuple[str, ...]
    seen: int
    """Conversations that told it."""


class Draft(NamedTuple):
    """One situation found in a log."""

    conversations: int
    wordings: list[str]
    """The most typical first; never empty."""
    facts: list[Candidate]


class Found(NamedTuple):
    """What a log gave."""

    drafts: list[Draft]
    messages: int
    """Compared with each other."""
    left: int
    """In no group that is large enough, or beyond the largest groups."""
    unshown: int
    """In groups of which nothing could be shown without personal details."""


def from_messages(messages: Sequence[str], known: Iterable[str] | None = None) -> Found:
    """Draft scenarios from opening messages, those of the largest groups first; the same for the same messages.

    `known`: words that are nobody's own; the stock catalogue's and common ones where absent.
    """
    step = max(1.0, len(messages) / MOST_MESSAGES)
    chosen = [messages[int(index * step)] for index in range(min(len(messages), MOST_MESSAGES))]
    said = [cut(message) for message in chosen]
    public = Public(said, known_words() if known is None else [*known])
    alike = cosines(weighted([_features(one) for one in said]))
    found = groups(alike, ALIKE)
    large = [group for group in found if len(group) >= SMALLEST]
    drafts: list[Draft] = []
    unshown = 0
    for group in large[:MOST_DRAFTS]:
        # The most typical first: on average most like the others.
        order = sorted(group, key=lambda one: (-float(alike[one, group].sum()), one))
        wordings: dict[str, str] = {}
        for wording in [public.wording(said[one]) for one in order]:
            if wording:
                wordings.setdefault(norm(wording), wording)
        if wordings:
            facts = _candidates([said[one] for one in group], public)
            drafts.append(Draft(len(group), [*wordings.values()][:MOST_WORDINGS], facts))
        else:
            unshown += len(group)
    return Found(drafts, len(chosen), len(chosen) - unshown - sum(one.conversations for one in drafts), unshown)


def known_words() -> set[str]:
    """Words of the stock scenarios as they are written there, and common ones."""
    words = set(common_words())
    for path in select("scenarios", ["*"]):
        # What is wrong with a stock file is said by its own check; here it only brings no words.
        sources: list[Scenario | Translation | None] = [examine(path, Scenario).value]
        sources += [examine(one, Translation).value for one in sorted(path.parent.glob(f"*/{path.name}"))]
        for one in sources:
            for fact in one.facts.values() if one is not None else ():
                words.update(_written(fact))
    return words


def _written(fact: Fact | FactWords) -> Iterator[str]:
    """The words of a fact that are the same for every customer."""
    for text in (*fact.say, fact.called, fact.value if "{{" not in fact.value else ""):
        yield from re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)


def _features(said: Said) -> dict[Hashable, float]:
    """Words, and trigrams of characters, which bridge typos and endings."""
    words = [word for word in bare_words(said) if word not in _HOLLOW]
    found: dict[Hashable, float] = {("word", word): times for word, times in Counter(words).items()}
    found.update((("gram", gram), times) for gram, times in trigrams(" ".join(words)).items())
    return found or {("nothing", id(said)): 1.0}


_OWN = {
    # name, kind of fact, template, how a bot asks
    "email": ("contact_email", "identity", "{{email}}", (r"\be-?mail",)),
    "phone": ("contact_phone", "identity", "{{phone}}", (r"\b(phone|mobile|telephone)\b", r"\b(call|reach) you\b")),
    "card": ("card_number", "identity", "{{card}}", (r"\b(which|your|the) card\b",)),
    "iban": ("iban", "identity", "{{iban}}", (r"\b(iban|account number|bank account)\b",)),
    "amount": ("amount", "technical", "{{amount:10-90}}", (r"\b(how much|(what|which|the) (amount|sum))\b",)),
    "date": ("day", "technical", "{{date}}", (r"\b(when|(what|which) (day|date)|since when)\b",)),
    "time": ("time_of_day", "technical", "{{time}}", (r"\b(at )?what time\b",)),
}


def _candidates(group: Sequence[Said], public: Public) -> list[Candidate]:
    """What the customers of a group told beside the problem, the most frequent first."""
    told: dict[str, list[tuple[int, Mark]]] = defaultdict(list)
    ids: dict[tuple[str, ...], list[tuple[int, Mark]]] = defaultdict(list)
    for index, said in enumerate(group):
        for mark in said.marks:
            if mark.kind in _OWN:
                told[_OWN[mark.kind][0]].append((index, mark))
            elif mark.kind == "id":
                ids[_shape(mark.text)].append((index, mark))
    for shape, marks in ids.items():
        # Ids of one shape with letters in it are ids of one thing, whatever each customer calls it.
        called = Counter(noun for _, mark in marks if (noun := noun_before(mark.lead)))
        commonest = min(called, key=lambda noun: (-called[noun], noun)) if called else ""
        for index, mark in marks:
            noun = commonest if any(run.isalpha() for run in shape) else noun_before(mark.lead)
            told[f"{noun}_number" if noun else "reference_number"].append((index, mark))
    candidates = []
    for name, marks in told.items():
        seen = len({index for index, _ in marks})
        leads = Counter(f"{lead} {{}}" for _, mark in marks if (lead := public.lead(mark)))
        say = [*(lead for lead, _ in sorted(leads.items(), key=lambda one: (-one[1], one[0]))[:3]), "{}"]
        own = next((own for own in _OWN.values() if own[0] == name), None)
        if own is not None:
            candidates.append(Candidate(name, own[1], own[2], own[3], tuple(say), seen))
        else:
            thing = name.removesuffix("_number")
            asked = (rf"\b{thing} (id|no|number|code|reference)\b", rf"\bnumber (of|on) (the|your) {thing}\b")
            value = _template([(index, mark.text) for index, mark in marks])
            candidates.append(Candidate(name, "identity", value, asked, tuple(say), seen))
    return sorted(candidates, key=lambda one: (-one.seen, one.name))[:MOST_FACTS]


_runs = re.compile(r"[^\W\d_]+|\d+|[-/.]")


def _template(values: Sequence[tuple[int, str]]) -> str:
    """The commonest form of some ids as a template; letters stay only where several customers' ids have the same."""
    forms = Counter(tuple(_form(run) for run in _runs.findall(text)) for _, text in values)
    form = min(forms, key=lambda one: (-forms[one], one))
    parts = []
    for place, run in enumerate(form[:6]):
        owners: dict[str, set[int]] = defaultdict(set)
        for owner, text in values:
            pieces = _runs.findall(text)
            if place < len(pieces):
                owners[pieces[place].upper()].add(owner)
        if run[0] == "0":
            parts.append(f"{{{{digits:{min(len(run), MOST_DIGITS)}}}}}")
        elif run[0] == "a":
            shared = [one for one, who in owners.items() if len(who) >= FEWEST_CUSTOMERS and len(one) == len(run) <= 4]
            parts.append(min(shared) if shared else f"{{{{letters:{min(len(run), MOST_LETTERS)}}}}}")
        else:
            parts.append(run)
    return "".join(parts) if any(run[0] == "0" for run in form[:6]) else "{{digits:6}}"


def _shape(text: str) -> tuple[str, ...]:
    """An id with its letters and marks, and of its digits only how many."""
    return tuple("0" * len(run) if run.isdigit() else run.upper() for run in _runs.findall(text))


def _form(run: str) -> str:
    """Letters and digits by how many there are, marks as they are."""
    return ("0" if run.isdigit() else "a" if run.isalpha() else run[0]) * len(run)


def quoted(text: str) -> str:
    """A text as YAML in double quotes."""
    return msgspec.json.encode(text).decode()


def _flow(texts: Iterable[str]) -> str:
    return f"[{', '.join(quoted(text) for text in texts)}]"


def persona_text(name: str, modeline: str) -> str:
    """A commented persona file that is sound as it is."""
    return f"""{modeline}
# Who calls. Whatever is left out keeps its prior; delete what you do not need. `exitramp personas list` shows the stock.
persona: 1
name: {name}
about: Say in one sentence who this is and what they are like.  # REPLACE
# language: es                            # speaks this whatever the plan says
# vulnerable: true                        # age, illness, bereavement, little money or skill: a group of its own in reports
device: phone                             # or desktop: types faster

# Each trait is a constant, or a distribution from which every customer draws: beta or lognormal or normal.
failed_before: 0.3                        # probability that an earlier contact failed, 0 to 1
trust: {{beta: [4, 4]}}                     # 0 to 1: how much the bot is believed at first
urgency: {{beta: [3, 4]}}                   # 0 to 1
reactivity: {{lognormal: [0, 0.3]}}         # 0.3 to 3, median 1: how strongly a setback is felt
assertive: {{beta: [3, 3]}}                 # 0 to 1: speaks up rather than leaves
wish_for_human: {{beta: [3, 4]}}            # 0 to 1: would rather talk to a person
told_at_once: {{beta: [3, 3]}}              # 0 to 1: share of what matters that is told in the first message
# queue_patience_s: {{lognormal: [5.4, 0.8]}} # 20 to 1800 s, median exp(5.4) = 221 s in a queue
# carry_over: {{beta: [8, 3]}}              # 0.8 to 0.98: how much of a feeling lasts from turn to turn
# length: {{normal: [0, 0.2]}}              # -0.6 to 0.6: shorter to longer messages, on a logarithmic scale
# speed: {{normal: [0, 0.2]}}               # -0.6 to 0.6: quicker to slower replies
# errors_per_word: 0.03                   # 0 to 0.3
# caps: 0                                 # 0 to 1: writes in capitals when angry
# impatience: 0                           # 0 to 4: what each failed attempt adds to the odds of leaving
# bursts: 0                               # 0 to 1: sends several short messages instead of one
"""


def scenario_text(name: str, modeline: str, draft: Draft | None = None) -> str:
    """A commented scenario file that is sound as it is; from a draft, what was found in the log is filled in."""
    if draft is None:
        draft = Draft(0, ["my order has not arrived", "where is my order", "my order is late and nobody tells me why"], [
            Candidate("order_number", "identity", "ORD-{{digits:6}}", (r"\border (id|no|number|code|reference)\b",),
                      ("my order number is {}", "order {}", "{}"), 0)
        ])  # fmt: skip
        head = (
            "# One situation. Everything here is an example to be replaced by your own; a whole one shows\n"
            "# `exitramp scenarios show parcel-status`."
        )
    else:
        head = (
            f"# A draft from {draft.conversations} conversations that began alike. The wordings are the customers' own; what\n"
            "# could tell who they are was cut out by rule, so read them once more. What is marked REPLACE no log can tell."
        )
    problem, *others = draft.wordings
    # A value that says the same as its only wording needs no other; `{}` stands for the value.
    wordings = "\n".join(f"      - {quoted(text)}" for text in ["{}", *others])
    facts = "".join(_fact_text(one, draft.conversations) for one in draft.facts)
    identities = [one.name for one in draft.facts if one.kind == "identity"]
    slots = ", ".join(identities[:1])
    return f"""{modeline}
{head}
scenario: 1
name: {name}
about: Say in one sentence what has happened.  # REPLACE
# domain: retail                          # a group in reports
segment: b2c                              # or b2b
# contract_value: 45                      # what losing this customer would cost

# What the customer holds and may tell. Kinds: identity, problem, technical, steps, impact, deadline, outcome, sentiment.
facts:
  problem_description:
    kind: problem
    value: {quoted(problem)}
    asked:                                # how a bot asks for it: regular expressions
      - 'what (exactly )?(happened|is happening|went wrong)'
      - "what('s| is| seems to be) the (problem|issue)"
    # match: ['...']                      # how a hand-off may word it besides the value: regular expressions
    say:                                  # how customers word it, {{}} stands for the value
{wordings}
{facts}
# What only your systems can tell, and the bot should.
truth:
  answer:
    value: "{{{{choice:Monday|Wednesday|Friday}}}}"  # REPLACE: drawn for each customer
    # match: ['...']                      # how a bot may word it; the value itself where absent
    # wrong: ['...']                      # wordings that contradict it

needs:
  - name: get_an_answer
    called: {quoted(problem)}
    criticality: medium                   # low, medium, high
    bot_solvable: true                    # false: only a person can
    required_slots: [{slots}]
    # must_escalate_on: [...]             # facts that call for a person once they are told
    # qualified_queues: [orders]          # queues whose people can help
    resolution: {{told: [answer]}}          # REPLACE: or {{action: NAME}} in your log, or {{step: NAME}} that mends it,
    # or what your test system shows: {{probe: {{path: "/orders/{{{{order_number}}}}", value: status, equals: cancelled}}}}

# steps: {{restart: ['restart(ing)?']}}    # how a bot words a troubleshooting step
agent_needs: [{", ".join([*identities[:2], "problem_description"])}]
desk: {{open: true, wait_s: 30}}            # the human side: seconds in the queue
"""


def _fact_text(fact: Candidate, of: int) -> str:
    seen = f"# told in {fact.seen} of {of} conversations" if of else "# a value is a template, drawn for each customer"
    return f"""  {fact.name}:  {seen}
    kind: {fact.kind}
    value: {quoted(fact.value)}
    asked: {_flow(fact.asked)}
    say: {_flow(fact.say)}
"""
