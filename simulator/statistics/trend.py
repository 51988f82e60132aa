"""Does more of a cause bring more of its effect? Rank correlation of a dose with what was measured."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Trend(msgspec.Struct, frozen=True):
    """How a measure follows a dose."""

    tau: float | None
    """Kendall's tau-b, -1 to 1; None where one side does not vary."""
    p: float | None
    """Two-sided, of no association; None as above."""
    n: int


def trend(doses: Sequence[float], values: Sequence[float]) -> Trend:
    """Kendall's (1938) tau-b of doses and values, ties allowed. Raises ValueError for unequal lengths."""
    if len(doses) != len(values):
        raise ValueError(f"lengths differ: {len(doses)} doses, {len(values)} values")
    if len(set(doses)) < 2 or len(set(values)) < 2:
        return Trend(None, None, len(doses))
    from scipy.stats import kendalltau

    found = kendalltau(doses, values)
    return Trend(float(found.statistic), float(found.pvalue), len(doses))
