"""Many comparisons at once, and one scenario against its own baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values adjusted for there being several, in the order given (Holm 1979).

    Sorted, the j-th of m becomes the largest of min(1, (m - i + 1) p_(i)) over i <= j. A comparison whose adjusted
    value is at most alpha may be believed with the whole family at level alpha. Raises ValueError for a p outside [0,
    1].
    """
    if not all(0 <= p <= 1 for p in ps):
        raise ValueError("a p-value is not between 0 and 1")
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = highest
    return adjusted


def fisher_rise(before: int, n_before: int, now: int, n_now: int) -> float:
    """The one-sided p-value that a rate rose from before/n_before to now/n_now (Fisher's exact test).

    The chance of `now` or more of the events falling to the second arm, given how many there are. Raises ValueError for
    a count outside 0..n.
    """
    if not (0 <= before <= n_before and 0 <= now <= n_now):
        raise ValueError(f"{before} of {n_before}, {now} of {n_now}: expected counts between 0 and n")
    events = before + now
    ways = sum(
        math.comb(n_now, k) * math.comb(n_before, events - k)
        for k in range(max(now, events - n_before), min(events, n_now) + 1)
    )
    return ways / math.comb(n_before + n_now, events)


def smallest_rise(before: int, n_before: int, n_now: int, comparisons: int = 1, alpha: float = 0.05) -> int | None:
    """The fewest events of n_now that show a rise from before/n_before at all; None if not even n_now of them do.

    Holm's first step asks for alpha / comparisons, and a single scenario that got worse must pass it.
    """
    return next((k for k in range(n_now + 1) if fisher_rise(before, n_before, k, n_now) <= alpha / comparisons), None)
