"""How well what was done agrees with what was needed: the four counts of a confusion table and what they say."""

from __future__ import annotations

import math

import msgspec


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What a confusion table says; None where the class it speaks of is empty."""

    sensitivity: float | None
    """Share of what was needed that was done, 0 to 1."""
    specificity: float | None
    """Share of what was not needed that was left undone, 0 to 1."""
    ppv: float | None
    """Share of what was done that had been needed, 0 to 1."""
    mcc: float | None
    """Matthews (1975) correlation, -1 to 1; 0 is chance."""
    n: int
    """Conversations in the table."""


def confusion(tp: int, fp: int, fn: int, tn: int) -> Agreement:
    """Judge true and false positives, false and true negatives. Raises ValueError for a negative count.

    mcc = (tp tn - fp fn) / sqrt((tp+fp)(tp+fn)(tn+fp)(tn+fn)), None if any of the four sums is 0.
    """
    if min(tp, fp, fn, tn) < 0:
        raise ValueError(f"a count is negative: tp {tp}, fp {fp}, fn {fn}, tn {tn}")
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return Agreement(
        sensitivity=_share(tp, tp + fn),
        specificity=_share(tn, tn + fp),
        ppv=_share(tp, tp + fp),
        mcc=(tp * tn - fp * fn) / math.sqrt(margins) if margins else None,
        n=tp + fp + fn + tn,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
