"""The surface of what customers write, against the laws and shares that were measured on people.

Length and reply time: fitted on STAR (5,820 dialogues with people). Share of messages with a typing error: Damnati et al.
2016. Marks and capitals: STAR. A law that the situation bends (facts that must be told, anger) is shown bent, not corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import erf, hypot, log, sqrt

import msgspec

from simulator.customers.pace import length_law
from simulator.customers.parameters import DEFAULT
from simulator.realism.crowd import Conduct, Written
from simulator.statistics.distance import Distance, distance
from simulator.statistics.interval import Interval, rate, ratio

ALARM_KS = 0.05
"""Beyond this a law is said not to hold."""
_LONGEST_WORDS = 120
_LONGEST_GAP_S = 300.0


class Law(msgspec.Struct, frozen=True):
    """A distribution against its published law."""

    name: str
    unit: str
    distance: Distance | None
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.distance is not None and self.distance.ks <= ALARM_KS


class Share(msgspec.Struct, frozen=True):
    """A share against its published figure."""

    name: str
    published: float
    found: Interval
    note: str = ""


def length_of_people(words: float) -> float:
    """Share of messages with at most so many words: .264 Geom(.592) + .736 (1 + NB(2.298, mean 9.962))."""
    return length_law(words, DEFAULT)


def gap_of_people(seconds: float) -> float:
    """Share of gaps of at most so many seconds, all messages taken together: log-normal(2.924, .738)."""
    return _normal((log(seconds) - 2.924) / 0.738) if seconds > 0 else 0.0


def _normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


_RESIDUAL_SHIFT = 5.0
"""Residuals are moved up by so much, so that they can be read on a grid that begins at 0."""


def _residuals(messages: Sequence[Written]) -> list[float]:
    p = DEFAULT
    return [
        log(m.gap_s)
        - p.gap_base
        - p.gap_own * log(1 + m.first_words)
        - p.gap_heard * log(1 + m.heard)
        + _RESIDUAL_SHIFT
        for m in messages
    ]


def _residual_law(shifted: float) -> float:
    """Normal with the spread between people (.257) and within them (.523) together."""
    return _normal((shifted - _RESIDUAL_SHIFT) / hypot(0.257, DEFAULT.gap_noise))


def laws(crowd: Sequence[Conduct]) -> list[Law]:
    """Length as asked for and as written, free of facts and with them; reply time."""
    messages = [message for one in crowd for message in one.messages]
    free = [message for message in messages if not message.told and not message.answer]

    def law(name: str, of: Sequence[float], note: str = "") -> Law:
        return Law(name, "words", distance(of, length_of_people, _LONGEST_WORDS), note)

    return [
        law("length asked for", [m.wanted for m in messages], "the draw itself; anger shortens, answers are short"),
        law("length, no fact to tell", [m.words for m in free], "phrases near the length asked for"),
        law("length, all messages", [m.words for m in messages], "facts that must be told make short ones longer"),
        law("length, first message", [m.words for m in messages if m.index == 1]),
        law("length, later messages", [m.words for m in messages if m.index > 1]),
        Law("gap before a message", "s", distance([m.gap_s for m in messages], gap_of_people, _LONGEST_GAP_S),
            "taken together: customers who must tell facts write more than people on STAR, and take longer"),
        Law("gap, given both lengths", "log s", distance(_residuals(messages), _residual_law, 2 * _RESIDUAL_SHIFT),
            "the law itself, plus the typing floor and 5 % who walk away"),
    ]  # fmt: skip


def _summed(crowd: Sequence[Conduct], above: Callable[[Conduct], float], below: Callable[[Conduct], float]) -> Interval:
    """Sum over sum, the intervals by conversation within personas."""
    top, bottom = [float(above(one)) for one in crowd], [float(below(one)) for one in crowd]
    return ratio(top, bottom, [one.persona for one in crowd], "these_scenarios", resamples=999)


def shares(crowd: Sequence[Conduct]) -> list[Share]:
    """Typing errors, marks, capitals, repeats."""

    def messages(name: str, published: float, take: Callable[[Written], bool], note: str = "") -> Share:
        found = _summed(crowd, lambda one: sum(map(take, one.messages)), lambda one: len(one.messages))
        return Share(name, published, found, note)

    mistyped = _summed(
        crowd, lambda one: sum(m.mistyped for m in one.messages), lambda one: sum(m.words for m in one.messages)
    )
    again = _summed(crowd, lambda one: one.repeats_itself, lambda one: len(one.messages))
    return [
        messages("messages with a typing error", 0.40, lambda m: m.mistyped > 0, "Damnati et al. 2016, customers"),
        Share("words mistyped", 0.04, mistyped, "same source, both sides of the chat"),
        messages("no mark at the end", 0.474, lambda m: m.no_mark),
        messages("starts in lower case", 0.161, lambda m: m.lower_start),
        messages("exclamation mark", 0.141, lambda m: m.exclaims, "rises with frustration by design"),
        messages("all in capitals", 0.0023, lambda m: m.shouts, "rises with frustration by design"),
        Share("said before, word for word", 0.0017, again, "three words and more"),
    ]


def cooperation(crowd: Sequence[Conduct]) -> Interval:
    """Share of slots, asked for the first time, that are validly answered in the next turn: 1 for an easy customer."""
    return _summed(crowd, lambda one: one.answered, lambda one: one.asked_for)


def disclosure(crowd: Sequence[Conduct], turns: int = 6) -> list[Interval]:
    """Share of its facts that a customer has told by its first, second, ... turn; who is gone keeps what was told."""

    held = [one for one in crowd if one.known]

    def known_by(turn: int) -> Interval:
        return _summed(held, lambda one: one.known[min(turn, len(one.known)) - 1], lambda one: one.facts)

    return [known_by(turn) for turn in range(1, turns + 1)]


def silent_share(crowd: Sequence[Conduct]) -> Interval:
    """Of those who leave the bot, who say nothing."""
    gone = [one for one in crowd if one.silent is not None]
    return rate([one.silent or 0.0 for one in gone], [one.persona for one in gone], "these_scenarios")
