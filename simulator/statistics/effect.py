"""How far apart two groups are, whatever the shape of what is compared: Cliff's delta."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import msgspec


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """P(a > b) - P(a < b) for one of each group: from -1 to 1, 0 where neither tends to be larger."""

    delta: float
    low: float
    high: float
    n_a: int
    n_b: int

    @property
    def apart(self) -> bool:
        """The interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def cliffs_delta(a: Sequence[float], b: Sequence[float], confidence: float = 0.95) -> Effect | None:
    """Cliff's delta with the asymmetric interval of Cliff (1996, eq. 2.14), which stays within -1 and 1.

    Values may be infinite (never happened, so later than all that did). None where a group has fewer than two values.
    Equal values count for neither side. The variance is the consistent estimator from the dominance of each value,
    which is also that of DeLong for the area under the curve.
    """
    import numpy as np

    n_a, n_b = len(a), len(b)
    if n_a < 2 or n_b < 2:
        return None
    one, other = np.sort(np.asarray(a, dtype=float)), np.sort(np.asarray(b, dtype=float))
    over_a = (np.searchsorted(other, one, "left") - (n_b - np.searchsorted(other, one, "right"))) / n_b
    over_b = (np.searchsorted(one, other, "left") - (n_a - np.searchsorted(one, other, "right"))) / n_a
    delta = float(over_a.mean())
    variance = float(over_a.var(ddof=1)) / n_a + float(over_b.var(ddof=1)) / n_b
    z = NormalDist().inv_cdf(1 - (1 - confidence) / 2)
    if abs(delta) == 1:
        # A group that dominates wholly shows no spread; the bound is that of so many successes without a failure.
        fewest = min(n_a, n_b)
        bound = (fewest - z * z) / (fewest + z * z)
        low, high = (bound, 1.0) if delta > 0 else (-1.0, -bound)
        return Effect(delta=delta, low=low, high=high, n_a=n_a, n_b=n_b)
    s = math.sqrt(variance)
    centre, width = delta - delta**3, z * s * math.sqrt((1 - delta * delta) ** 2 + z * z * variance)
    scale = 1 - delta * delta + z * z * variance
    return Effect(
        delta=delta,
        low=max(-1.0, (centre - width) / scale),
        high=min(1.0, (centre + width) / scale),
        n_a=n_a,
        n_b=n_b,
    )
