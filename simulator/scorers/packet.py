"""What a hand-off packet holds: which of the scenario's facts, and what in it is not so.

A packet is whatever JSON the target sends. Facts are found by their canonical value, in any field or in a summary, or by
the scenario's wordings; a fact that stands only in an attached transcript is half delivered, since the agent must read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

import msgspec

from simulator.dialogue.patterns import holds, patterns_of
from simulator.dialogue.settle import Handoff, Settled, visible
from simulator.language.text import norm
from simulator.model.scenario import Fact, Kind, Scenario
from simulator.model.transcript import Transcript

WEIGHTS: dict[Kind, float] = {
    "problem": 3,
    "impact": 2,
    "technical": 2,
    "steps": 2,
    "identity": 1,
    "sentiment": 1,
    "deadline": 1,
    "outcome": 1,
}
READ_IT_YOURSELF = 0.5
"""Worth of a fact that stands only in the attached transcript."""
FRUSTRATED = 0.5
"""From here on the customer's mood belongs into the packet."""
SENTIMENT = "sentiment"

_TRANSCRIPT = re.compile(r"transcript|history|messages|conversation|chat_?log|dialogue", re.IGNORECASE)
_MOOD = re.compile(r"frustrat|angry|anger|upset|annoy|furious|unhappy|negative|irritat|exasperat", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*(?::([^{}]*))?\}\}")
_NO_WORD = re.compile(r"[\W_]+")
_CHECKABLE = ("identity", "technical", "deadline")
"""Kinds whose value can be contradicted, where it holds a digit; free text is only found or not found."""


class Delivery(msgspec.Struct, frozen=True):
    """What was told before the hand-off and what of it arrived."""

    told: dict[str, float]
    """Facts told before the packet, each with its weight."""
    held: dict[str, float]
    """Facts in the packet: 1, or 0.5 where only the transcript holds them."""
    false: list[str]
    """Names of facts and truths that the packet contradicts."""

    @property
    def completeness(self) -> float | None:
        """HCR: the weight that arrived over the weight that was told; None if nothing was told."""
        whole = sum(self.told.values())
        return sum(weight * self.held.get(name, 0.0) for name, weight in self.told.items()) / whole if whole else None

    @property
    def precision(self) -> float | None:
        """HCP: of the packet's facts that can be checked, those that are so; None if there are none."""
        checked = len(self.held) + len(self.false)
        return len(self.held) / checked if checked else None


class _Talk:
    """What packets of one conversation are compared with, put into plain form once for all of them."""

    def __init__(self, settled: Settled, transcript: Transcript, scenario: Scenario) -> None:
        self.settled, self.transcript, self.scenario = settled, transcript, scenario
        self.delivered: dict[int, tuple[Handoff, Delivery]] = {}
        """By identity: a hand-off is asked for by several scorers."""
        self.told = [
            (visible(turn), name, turn.text)
            for _, turn in settled.customer_turns()
            for name in turn.told
            if name in scenario.facts
        ]
        """Every fact that the customer told: from which second on, which, and in what words."""

    @cached_property
    def turns(self) -> list[tuple[str, int]]:
        """The normal forms of turns of three words and more, how often each was said; the shortest first."""
        texts = Counter(turn.text for turn in self.settled.turns if len(turn.text.split()) >= 3)
        forms: Counter[str] = Counter()
        for text, times in texts.items():
            forms[norm(text)] += times
        return sorted(forms.items(), key=lambda form: len(form[0]))

    @cached_property
    def spoken(self) -> str:
        """Everything that the customer said."""
        return _plain("\n".join(turn.text for _, turn in self.settled.customer_turns()))

    @cached_property
    def known(self) -> set[str]:
        """The values of facts and truths."""
        return {_plain(value) for value in (*self.transcript.facts.values(), *self.transcript.truth.values())}

    def quotes_turns(self, plain: str) -> bool:
        """Whether a text in normal form holds two turns."""
        found = 0
        for form, times in self.turns:
            if len(form) > len(plain):
                return False
            found += times if form in plain else 0
            if found >= 2:
                return True
        return False


_last: _Talk | None = None


def _talk(settled: Settled, transcript: Transcript, scenario: Scenario) -> _Talk:
    global _last
    known = _last
    if known is None or known.settled is not settled or known.transcript is not transcript:
        known = None
    if known is None or known.scenario is not scenario:
        known = _last = _Talk(settled, transcript, scenario)
    return known


def delivery(handoff: Handoff, settled: Settled, transcript: Transcript, scenario: Scenario) -> Delivery:
    """Compare what a hand-off carried with what the customer had told until then."""
    talk = _talk(settled, transcript, scenario)
    known = talk.delivered.get(id(handoff))
    if known is None or known[0] is not handoff:
        # The hand-off is kept beside what it brought, so its id cannot be handed to another meanwhile.
        known = talk.delivered[id(handoff)] = handoff, _delivery(handoff, talk)
    return known[1]


def _delivery(handoff: Handoff, talk: _Talk) -> Delivery:
    transcript, scenario = talk.transcript, talk.scenario
    until = handoff.packet_at if handoff.packet_at is not None else handoff.at
    said: dict[str, list[str]] = {}
    for at, name, words in talk.told:
        if at <= until:
            said.setdefault(name, []).append(words)
    kinds: dict[str, Kind] = {name: scenario.facts[name].kind for name in said}
    if _frustrated(transcript, handoff):
        kinds |= {} if "sentiment" in kinds.values() else {SENTIMENT: "sentiment"}
    else:
        kinds = {name: kind for name, kind in kinds.items() if kind != "sentiment"}
    told = shared_weights(kinds)

    fields, attached = _read(handoff.packet, talk)
    bare = {_bare(value) for _, value in fields}
    text = "\n".join(value for _, value in fields)
    held: dict[str, float] = {}
    for name, fact in scenario.facts.items():
        value = transcript.facts.get(name, "")
        if _states(fact, value, bare, text):
            held[name] = 1.0
        elif attached and (_states(fact, value, (), attached) or _quotes(said.get(name, ()), attached)):
            held[name] = READ_IT_YOURSELF
    if SENTIMENT in told and SENTIMENT not in scenario.facts and (text or attached):
        mood = any(SENTIMENT in key.lower() or "mood" in key.lower() for key, _ in fields) or _MOOD.search(text)
        held |= {SENTIMENT: 1.0} if mood else {SENTIMENT: READ_IT_YOURSELF} if attached else {}
    true = {name for name, value in transcript.truth.items() if holds(text, _plain(value))}
    held |= dict.fromkeys(true - held.keys(), 1.0)
    false = sorted(set(_contradicted(fields, text, talk)))
    return Delivery(told, held, [name for name in false if name not in true])


def shared_weights(kinds: Mapping[str, Kind]) -> dict[str, float]:
    """The weight of each fact: that of its kind, shared equally by the facts of a kind, so slicing finer changes nothing."""
    number = Counter(kinds.values())
    return {name: WEIGHTS[kind] / number[kind] for name, kind in kinds.items()}


def facts_in_packet(packet: Any, scenario: Scenario, facts: Mapping[str, str]) -> set[str]:
    """Names of the facts that a packet tells whoever reads it, attached transcript included."""
    fields = [(key, _plain(value)) for key, value, _ in _leaves(packet, "", False)]
    text = "\n".join(value for _, value in fields)
    bare = {_bare(value) for _, value in fields}
    return {name for name, fact in scenario.facts.items() if _states(fact, facts.get(name, ""), bare, text)}


def _frustrated(transcript: Transcript, handoff: Handoff) -> bool:
    before = (feeling for feeling in reversed(transcript.feelings) if feeling.turn < handoff.turn)
    return any(feeling.frustration >= FRUSTRATED for feeling in islice(before, 1))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).lower()


def _bare(text: str) -> str:
    return _NO_WORD.sub("", _plain(text))


_bare_name = lru_cache(maxsize=4096)(_bare)


def _states(fact: Fact, value: str, bare: Container[str], text: str) -> bool:
    """`bare`: the values of fields, letters and digits alone."""
    if value and (holds(text, _plain(value)) or _bare(value) in bare):
        return True
    return any(_compiled(pattern).search(text) for pattern in fact.match)


def _quotes(turns: list[str] | tuple[()], attached: str) -> bool:
    """Whether an attached transcript holds the turn in which a fact was told."""
    where = norm(attached)
    return any(norm(turn) in where for turn in turns if norm(turn))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _read(packet: Any, talk: _Talk) -> tuple[list[tuple[str, str]], str]:
    """The packet's fields as (key, value), and the text of a transcript in it, both in lower case."""
    fields, attached = [], []
    for key, value, of_transcript in _leaves(packet, "", False):
        if of_transcript or talk.quotes_turns(norm(value)):
            attached.append(_plain(value))
        else:
            fields.append((key, _plain(value)))
    return fields, "\n".join(attached)


def _leaves(value: Any, key: str, of_transcript: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, str(name), of_transcript or bool(_TRANSCRIPT.search(str(name))))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, key, of_transcript)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        yield key, str(value), of_transcript


def _contradicted(fields: list[tuple[str, str]], text: str, talk: _Talk) -> Iterator[str]:
    """Names of facts and truths of which the packet says something else."""
    if not fields:
        return  # `text` is theirs
    scenario = talk.scenario
    keys = [_bare(key) for key, _ in fields]
    for name, fact in scenario.facts.items():
        value = talk.transcript.facts.get(name, "")
        if fact.kind not in _CHECKABLE or not any(character.isdigit() for character in value):
            continue
        for key, (_, found) in zip(keys, fields, strict=True):
            # A slip that the customer made is not the bot's invention.
            if key == _bare_name(name) and not _agrees(found, value) and not holds(talk.spoken, found):
                yield name
        shape = _shape(fact.value)
        if shape is not None:
            strange = {match[0] for match in shape.finditer(text)} - talk.known
            if any(not holds(talk.spoken, one) for one in strange):
                yield name
    yield from patterns_of(scenario).mentions(text).wrong


def _agrees(found: str, value: str) -> bool:
    """Whether a field gives a value in another form: 9:40 for 09:40, or within a sentence."""
    digits, wanted = (re.sub(r"\D", "", text).lstrip("0") for text in (found, value))
    return holds(found, _plain(value)) or (wanted in digits and bool(wanted)) or not digits


@lru_cache(maxsize=4096)
def _shape(template: str) -> re.Pattern[str] | None:
    """What values of a template look like, where it has a mark of its own: `AC-{{digits:5}}` is ac-, five digits."""
    parts = _PLACEHOLDER.split(template)
    if len("".join(parts[::3]).strip(" -")) < 2 or len(parts) == 1:
        return None
    pattern = ""
    for literal, kind, argument in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True):
        pattern += re.escape(literal.lower())
        if kind:
            sort = {"digits": r"\d", "letters": "[a-z]"}.get(kind)
            if sort is None or not (argument or "").strip().isdigit():
                return None
            pattern += f"{sort}{{{argument.strip()}}}"
    return re.compile(rf"(?<!\w){pattern}(?!\w)")
