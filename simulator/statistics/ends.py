"""Where an interval ends: the formulas, each a function of the probability left out beyond either end."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from simulator.statistics.resampling import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ends = Callable[[float], tuple["float | None", "float | None"]]
"""The lower and the upper end, given the probability left out beyond each; None where there is none."""

ASSUMED_ICC = 0.2
"""How much conversations of one scenario are taken to resemble each other where the data cannot say."""

NEGLIGIBLE = 1e-12
"""A relative difference that is rounding, not spread."""


def effective_n(n: float, clusters: int, scope: Scope, icc: float = ASSUMED_ICC) -> float:
    """How many independent conversations n of them in so many scenarios are worth: n / (1 + (n/K - 1) icc).

    Used where nothing was seen to vary, as with no event at all. Under `these_scenarios` all n count.
    """
    return n / (1 + max(0.0, n / clusters - 1) * icc) if scope == "all_scenarios" else n


@lru_cache(maxsize=1024)
def t_quantile(df: float, tail: float) -> float:
    """The value that Student's t with `df` degrees of freedom exceeds with probability `tail`."""
    from scipy.special import stdtrit

    return -float(stdtrit(df, tail))


def logit_t_ends(p: float, variance: float, df: float, tail: float) -> tuple[float, float]:
    """sigma(logit p -+ t s / (p (1 - p))), for a share strictly between 0 and 1."""
    centre = math.log(p) - math.log1p(-p)
    reach = t_quantile(df, tail) * math.sqrt(variance) / (p * (1 - p))
    return _sigma(centre - reach), _sigma(centre + reach)


def _sigma(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def unanimous_ends(
    value: float, n_e: float, floor: float | None, ceiling: float | None, tail: float
) -> tuple[float | None, float | None]:
    """The ends of a mean where n_e independent conversations all had the same value.

    A share q = tail^(1/n_e) or more of all conversations has that value, or such a run would be rarer than `tail`; the
    rest may lie anywhere between floor and ceiling. No event at all: the upper end is 1 - tail^(1/n_e). An end whose
    limit is not known is None.
    """
    q = tail ** (1 / n_e)
    low = None if floor is None else max(floor, q * value + (1 - q) * floor)
    high = None if ceiling is None else min(ceiling, q * value + (1 - q) * ceiling)
    return low, high


def exact_ends(k: float, n: float, tail: float) -> tuple[float, float]:
    """The interval of Clopper and Pearson (1934); k and n need not be whole (Korn and Graubard 1998)."""
    from scipy.special import betaincinv

    low = 0.0 if k <= 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k >= n else float(betaincinv(k + 1, n - k, 1 - tail))
    return low, high


def wilson_ends(part: int, whole: int, confidence: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of Wilson (1927) for `part` of `whole` independent cases; also for none and all of them.

    Raises ValueError for an empty whole and for a part that is not within it.
    """
    from scipy.stats import binomtest

    if not 0 <= part <= whole or not whole:
        raise ValueError(f"{part} of {whole} is no share")
    found = binomtest(part, whole).proportion_ci(confidence, method="wilson")
    # Of none or all, the end that is exactly 0 or 1 must not miss it by rounding.
    return (0.0 if part == 0 else float(found.low)), (1.0 if part == whole else float(found.high))


def no_ends(_tail: float) -> tuple[None, None]:
    """No interval."""
    return None, None


def percentile_ends(drawn: NDArray[Any]) -> Ends:
    """The ends cut from resampled values, some of which may be infinite."""
    import numpy as np

    ordered = np.sort(drawn)

    def ends(tail: float) -> tuple[float, float]:
        # Order statistics rather than interpolation: between a number and infinity there is nothing to interpolate.
        cut = max(1, math.floor(tail * (len(ordered) + 1) + NEGLIGIBLE))
        return float(ordered[cut - 1]), float(ordered[-cut])

    return ends


def spread_ends(estimate: float, drawn: NDArray[Any], n_e: float | None, df: float) -> Ends:
    """The ends cut from resampled values or, where these never varied, the logit-t ends of a share.

    The share is one of `n_e` independent conversations; `n_e` None says that the estimate is no share: without spread
    it has no interval.
    """
    if not len(drawn):
        return no_ends
    if float(drawn.max()) - float(drawn.min()) > NEGLIGIBLE * max(1.0, abs(estimate)):
        return percentile_ends(drawn)
    if n_e is None or not 0 < estimate < 1:
        return no_ends
    return partial(logit_t_ends, estimate, estimate * (1 - estimate) / n_e, df)
