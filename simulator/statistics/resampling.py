"""Resampling with replacement: how much each unit counts, for thousands of resamples at once.

Under `all_scenarios` the units are scenarios, drawn from one pool; under `these_scenarios` they are conversations,
drawn within their scenario. Both are the same act: units in groups, every group drawn again from itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scope = Literal["these_scenarios", "all_scenarios"]
"""What a claim is about: the listed scenarios and no others, or all scenarios of which the list is a sample."""

RESAMPLES = 9_999

# A constant, so the same conversations always give the same interval, and two bots that ran the same scenarios are
# judged on the same resamples.
_KEY = 0x45786974
# A chunk of this many draws and all its temporaries stay under 50 MB, and are small enough to be quick.
_DRAWS_AT_ONCE = 500_000
_ROWS_IN_ALL = 20_000_000


def affordable(rows: int, resamples: int = RESAMPLES) -> int:
    """How many resamples of curves over so many rows are worth their time: all up to 2,000 rows, then fewer, 999 at
    least.

    The more conversations, the less the interval hangs on the number of resamples.
    """
    return min(resamples, max(999, _ROWS_IN_ALL // rows))


def resampled_weights(sizes: Sequence[int], resamples: int = RESAMPLES, per_draw: int = 1) -> Iterator[NDArray[Any]]:
    """Yield matrices (resamples x units) of how much each unit counts; the units lie group after group.

    Of a group of m, m - 1 units are drawn and count m / (m - 1) each (Rao and Wu 1988). Drawing all m would give
    variances that are (m - 1) / m of what they should be: half, with two conversations a scenario. A group of one is
    drawn as it is. `per_draw` is how many numbers the caller makes of each draw; it only makes the chunks smaller.
    """
    import numpy as np

    size = np.asarray(sizes)
    drawn = np.maximum(1, size - 1)
    size_of_draw = np.repeat(size, drawn)
    start_of_draw = np.repeat(np.cumsum(size) - size, drawn)
    weight_of_unit = np.repeat(size / drawn, size)
    draws, units = len(size_of_draw), len(weight_of_unit)
    generator = np.random.Generator(np.random.PCG64(_KEY))
    rows = max(1, min(resamples, _DRAWS_AT_ONCE // (units * per_draw)))
    for done in range(0, resamples, rows):
        count = min(rows, resamples - done)
        places = (generator.random((count, draws)) * size_of_draw).astype(np.intp)
        places += start_of_draw
        places += np.arange(count)[:, None] * units
        counts = np.bincount(places.ravel(), minlength=count * units).reshape(count, units)
        yield counts * weight_of_unit


def cluster_codes(clusters: Sequence[Hashable]) -> NDArray[Any]:
    """Number the clusters in the order of their names, so that the order of the conversations does not matter."""
    import numpy as np

    number = {label: code for code, label in enumerate(sorted(set(clusters), key=str))}
    return np.fromiter((number[label] for label in clusters), dtype=np.intp, count=len(clusters))


def resampled_rows(
    codes: NDArray[Any], scope: Scope, resamples: int = RESAMPLES, units: NDArray[Any] | None = None
) -> Iterator[NDArray[Any]]:
    """Yield matrices (resamples x rows) of how much each row counts in a resample.

    `codes` number each row's scenario. `units` number the conversation of each row where a conversation has several
    rows (its turns, say); without it each row is a conversation.
    """
    import numpy as np

    if scope == "all_scenarios":
        scenarios = int(codes.max()) + 1
        for weights in resampled_weights([scenarios], resamples, per_draw=max(1, len(codes) // scenarios)):
            yield weights[:, codes]
        return
    if units is None:
        units = np.arange(len(codes))
    conversations, first, unit_of = np.unique(units, return_index=True, return_inverse=True)
    stratum = codes[first]
    by_stratum = np.argsort(stratum, kind="stable")
    place = np.empty(len(conversations), dtype=np.intp)
    place[by_stratum] = np.arange(len(conversations))
    column = place[unit_of]
    for weights in resampled_weights(np.bincount(stratum)[np.unique(stratum)].tolist(), resamples):
        yield weights[:, column]
