"""Known groups: personas and traits that are meant to differ, and whether what the customers did shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import msgspec

from simulator.realism.crowd import Conduct
from simulator.statistics.effect import Effect, cliffs_delta

Measure = Callable[[Conduct], float | None]


def _turns_to_leaving(one: Conduct) -> float | None:
    return one.left_at


def _asks(one: Conduct) -> float | None:
    return float(one.asks)


def _length(one: Conduct) -> float | None:
    return sum(m.words for m in one.messages) / len(one.messages) if one.messages else None


def _told_at_first(one: Conduct) -> float | None:
    return one.known[0] / one.facts if one.known and one.facts else None


def _silent(one: Conduct) -> float | None:
    return one.silent


def _gap(one: Conduct) -> float | None:
    return sum(m.gap_s for m in one.messages) / len(one.messages) if one.messages else None


def _mistyped(one: Conduct) -> float | None:
    words = sum(m.words for m in one.messages)
    return sum(m.mistyped for m in one.messages) / words if words else None


def _gave_up_queue(one: Conduct) -> float | None:
    return float(one.gave_up_queue) if one.queued else None


def _believed(one: Conduct) -> float | None:
    return one.believed


def _history(one: Conduct) -> float | None:
    return one.history


def _shouts(one: Conduct) -> float | None:
    return sum(m.shouts for m in one.messages) / len(one.messages) if one.messages else None


def _exclaims(one: Conduct) -> float | None:
    return sum(m.exclaims for m in one.messages) / len(one.messages) if one.messages else None


def _parts(one: Conduct) -> float | None:
    return one.parts / len(one.known) if one.known else None


MEASURES: dict[str, tuple[str, Measure]] = {
    "turns_to_leaving": ("turns until it leaves", _turns_to_leaving),
    "asks": ("asks for a person", _asks),
    "length": ("words a message", _length),
    "told_at_first": ("share of facts in the first turn", _told_at_first),
    "silent": ("leaves without a word", _silent),
    "gap": ("seconds before a message", _gap),
    "mistyped": ("words mistyped", _mistyped),
    "gave_up_queue": ("gives up in the queue", _gave_up_queue),
    "believed": ("believes a false `solved`", _believed),
    "history": ("speaks of an earlier contact", _history),
    "exclaims": ("messages with an exclamation mark", _exclaims),
    "shouts": ("messages in capitals", _shouts),
    "parts": ("messages a turn", _parts),
}
"""By id: what it is in words, and how it is taken of one conversation (None: not applicable there)."""

TRAITS: dict[str, tuple[str, int]] = {
    "impatience": ("turns_to_leaving", -1),
    "reactivity": ("exclaims", +1),
    "trust": ("believed", +1),
    "urgency": ("turns_to_leaving", +1),
    "wish_for_human": ("asks", +1),
    "assertive": ("silent", -1),
    "told_at_once": ("told_at_first", +1),
    "failed_before": ("history", +1),
    "queue_patience_s": ("gave_up_queue", -1),
    "errors_per_word": ("mistyped", +1),
    "length": ("length", +1),
    "speed": ("gap", +1),
    "caps": ("shouts", +1),
    "bursts": ("parts", +1),
}
"""What each trait is there to move, and which way."""


_YES_OR_NO = ("impatience", "failed_before")
"""Traits that most customers have none of."""


class Pair(msgspec.Struct, frozen=True):
    """Two personas, and what tells them apart best."""

    a: str
    b: str
    measure: str
    effect: Effect
    """Of a against b, at the confidence that lets all intervals of the table hold together (Bonferroni)."""
    apart: tuple[str, ...]
    """Every measure whose interval leaves 0 out."""
    effects: dict[str, Effect]


class Moved(msgspec.Struct, frozen=True):
    """The customers with most of a trait against those with least: upper and lower quarter."""

    trait: str
    measure: str
    expected: int
    """+1 or -1: the sign that the effect should have."""
    effect: Effect | None
    """None where too few of both quarters could show it."""

    @property
    def as_meant(self) -> bool:
        """The interval lies on the side it should."""
        return self.effect is not None and (self.effect.low > 0 if self.expected > 0 else self.effect.high < 0)


def pairs(crowd: Sequence[Conduct], confidence: float = 0.95) -> list[Pair]:
    """Every pair of personas with the measure of largest effect among those that tell them apart, else the largest."""
    names = sorted({one.persona for one in crowd})
    taken = {
        name: {
            measure: [value for one in crowd if one.persona == name and (value := take(one)) is not None]
            for measure, (_, take) in MEASURES.items()
        }
        for name in names
    }
    found = []
    together = list(combinations(names, 2))
    simultaneous = 1 - (1 - confidence) / max(1, len(together) * len(MEASURES))
    for a, b in together:
        effects = {
            measure: effect
            for measure in MEASURES
            if (effect := cliffs_delta(taken[a][measure], taken[b][measure], simultaneous)) is not None
        }
        apart = tuple(measure for measure, effect in effects.items() if effect.apart)
        best = max(apart or tuple(effects), key=lambda measure: abs(effects[measure].delta))
        found.append(Pair(a, b, best, effects[best], apart, effects))
    return found


def traits(crowd: Sequence[Conduct], confidence: float = 0.95) -> list[Moved]:
    """What each trait moves: the upper quarter of customers by the trait against the lower one, pooled over personas."""
    found = []
    for trait, (measure, expected) in TRAITS.items():
        take = MEASURES[measure][1]
        rows = [(float(getattr(one.traits, trait)), value) for one in crowd if (value := take(one)) is not None]
        rows.sort(key=lambda row: row[0])
        quarter = len(rows) // 4
        low, high = rows[:quarter], rows[len(rows) - quarter :]
        if trait in _YES_OR_NO:
            low, high = [row for row in rows if row[0] == 0], [row for row in rows if row[0] > 0]
        effect = cliffs_delta([value for _, value in high], [value for _, value in low], confidence)
        found.append(Moved(trait, measure, expected, effect))
    return found
