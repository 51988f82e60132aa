"""Resampling with replacement: how much each unit counts, for thousands of resamples at once.

Under `all_scenarios` the units are scenarios, drawn from one pool; under `these_scenarios` they are conversations,
drawn within their scenario. Both are the same act: units in groups, every group drawn again from itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

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
    chances = np.empty((rows, draws))
    places = np.empty((rows, draws), dtype=np.intp)
    starts = start_of_draw + np.arange(rows)[:, None] * units
    choices = size_of_draw.astype(np.float64)
    for done in range(0, resamples, rows):
        count = min(rows, resamples - done)
        if count < rows:
            chances, places, starts = chances[:count], places[:count], starts[:count]
        generator.random(out=chances)
        np.multiply(chances, choices, out=chances)
        np.copyto(places, chances, casting="unsafe")  # rounds down
        np.add(places, starts, out=places)
        counts = np.bincount(places.ravel(), minlength=count * units).reshape(count, units)
        yield counts * weight_of_unit


class Reading(NamedTuple):
    """Somebody who reads resamples."""

    sizes: tuple[int, ...]
    """Of the groups, as for `resampled_weights`."""
    resamples: int
    take: Callable[[NDArray[Any]], None]
    """Given chunk after chunk of weights (resamples x units), which must not be changed."""
    per_draw: int = 1


def read_all(readings: Iterable[Reading]) -> None:
    """Give every reading its resamples. Those of the same groups read the same ones, which are drawn only once."""
    alike: dict[tuple[tuple[int, ...], int], list[Reading]] = {}
    for reading in readings:
        alike.setdefault((reading.sizes, reading.per_draw), []).append(reading)
    for (sizes, per_draw), some in alike.items():
        done = 0
        most = max(reading.resamples for reading in some)
        for weights in resampled_weights(sizes, most, per_draw):
            # Chunks are of the same resamples for whoever reads fewer, and one view serves all who read as many.
            views = {
                wanted: weights[: max(0, wanted - done)] if wanted - done < len(weights) else weights
                for wanted in {reading.resamples for reading in some}
            }
            for reading in some:
                if len(views[reading.resamples]):
                    reading.take(views[reading.resamples])
            done += len(weights)


def cluster_codes(clusters: Sequence[Hashable]) -> NDArray[Any]:
    """Number the clusters in the order of their names, so that the order of the conversations does not matter."""
    import numpy as np

    number = {label: code for code, label in enumerate(sorted(set(clusters), key=str))}
    return np.fromiter((number[label] for label in clusters), dtype=np.intp, count=len(clusters))


class Rows(NamedTuple):
    """How resamples become weights of rows (conversations, or their turns)."""

    sizes: tuple[int, ...]
    column: NDArray[Any]
    """Of each row the unit that it is drawn with."""
    per_draw: int

    def reading(self, resamples: int, take: Callable[[NDArray[Any]], None]) -> Reading:
        """A reading of weights (resamples x units); `column` makes weights of rows of them."""
        return Reading(self.sizes, resamples, take, self.per_draw)


def rows_of(codes: NDArray[Any], scope: Scope, units: NDArray[Any] | None = None) -> Rows:
    """How rows are resampled.

    `codes` number each row's scenario. `units` number the conversation of each row where a conversation has several
    rows (its turns, say); without it each row is a conversation.
    """
    import numpy as np

    if scope == "all_scenarios":
        scenarios = int(codes.max()) + 1
        return Rows((scenarios,), codes, max(1, len(codes) // scenarios))
    if units is None:
        units = np.arange(len(codes))
    conversations, first, unit_of = np.unique(units, return_index=True, return_inverse=True)
    stratum = codes[first]
    by_stratum = np.argsort(stratum, kind="stable")
    place = np.empty(len(conversations), dtype=np.intp)
    place[by_stratum] = np.arange(len(conversations))
    sizes = np.bincount(stratum)[np.unique(stratum)].tolist()
    return Rows(tuple(sizes), place[unit_of], 1)
