"""How far observed values lie from a law: Kolmogorov-Smirnov and Wasserstein."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RESAMPLES = 400
_GRID = 4_000
_KEY = 0x4C617773
"""A constant, so the same values always give the same interval."""


class Distance(msgspec.Struct, frozen=True, kw_only=True):
    """Distance of a sample from a law."""

    ks: float
    """Largest difference of the two distribution functions, 0 to 1."""
    wasserstein: float
    """Mean distance by which the sample would have to be moved, in its own unit."""
    low: float
    high: float
    """95 % percentile bootstrap of the Wasserstein distance, by value."""
    n: int


def distance(values: Sequence[float], law: Callable[[float], float], upper: float) -> Distance | None:
    """The distance of values from a law given by its distribution function, counted from 0 up to `upper`.

    None for fewer than two values. A discrete law is given as the step function it is; both functions are read on the same
    grid, of whole numbers where all values are.
    """
    import numpy as np

    if len(values) < 2:
        return None
    sample = np.sort(np.asarray(values, dtype=float))
    whole = bool(np.all(sample == np.round(sample)))
    grid = np.arange(0, int(upper) + 1, dtype=float) if whole else np.linspace(0, upper, _GRID)
    expected = np.array([law(point) for point in grid.tolist()])
    step = 1.0 if whole else float(grid[1] - grid[0])

    def moved(ordered: NDArray[Any]) -> float:
        return float(np.abs(np.searchsorted(ordered, grid, "right") / len(ordered) - expected).sum() * step)

    found = np.searchsorted(sample, grid, "right") / len(sample)
    rng = np.random.Generator(np.random.PCG64(_KEY))
    drawn = [moved(np.sort(rng.choice(sample, len(sample)))) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Distance(
        ks=float(np.abs(found - expected).max()),
        wasserstein=moved(sample),
        low=float(low),
        high=float(high),
        n=len(values),
    )
