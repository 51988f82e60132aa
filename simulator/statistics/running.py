"""Estimates from running sums: whatever has been seen may be forgotten, so that a log of any size needs the same memory.

Conversations are taken as independent of each other: a foreign log does not say what they have in common.
"""

from __future__ import annotations

import heapq
import math
from hashlib import blake2b
from statistics import NormalDist
from typing import Generic, NamedTuple, TypeVar

from simulator.statistics.ends import wilson_ends

T = TypeVar("T")
Z = NormalDist().inv_cdf(0.975)
"""Of printed two-sided 95 % intervals."""


class Ends(NamedTuple):
    """An estimate with its two-sided 95 % interval; None where there is nothing to divide by, or no spread to go by."""

    estimate: float | None
    low: float | None
    high: float | None


def wilson(successes: int, n: int) -> Ends:
    """A share with Wilson's interval."""
    return Ends(successes / n, *wilson_ends(successes, n)) if n else Ends(None, None, None)


class Moments:
    """Count, mean and spread of a stream, by Welford's recurrence (1962)."""

    __slots__ = ("_squares", "mean", "n")

    def __init__(self) -> None:
        self.n = 0
        self.mean = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.n += 1
        before = value - self.mean
        self.mean += before / self.n
        self._squares += before * (value - self.mean)

    def ends(self, floor: float = -math.inf, ceiling: float = math.inf) -> Ends:
        """mean -+ z s / sqrt(n), within what the value can be."""
        if not self.n:
            return Ends(None, None, None)
        if self.n == 1:
            return Ends(self.mean, None, None)
        reach = Z * math.sqrt(max(0.0, self._squares) / (self.n - 1) / self.n)
        return Ends(self.mean, max(floor, self.mean - reach), min(ceiling, self.mean + reach))


class Sums:
    """A ratio of two sums over conversations, each of which adds a part and a whole."""

    __slots__ = ("_part_squares", "_products", "_whole_squares", "n", "part", "whole")

    def __init__(self) -> None:
        self.n = 0
        self.part = self.whole = 0.0
        self._part_squares = self._whole_squares = self._products = 0.0

    def add(self, part: float, whole: float) -> None:
        """One more conversation."""
        self.n += 1
        self.part += part
        self.whole += whole
        self._part_squares += part * part
        self._whole_squares += whole * whole
        self._products += part * whole

    def ends(self) -> Ends:
        """r = sum x / sum w, with the linearised error sqrt(n/(n-1) sum (x - r w)²) / sum w (Cochran 1977, 6.4).

        Where the sums show no spread (no event, only events), Wilson's interval over the whole takes its place.
        """
        if not self.whole:
            return Ends(None, None, None)
        r = self.part / self.whole
        rest = self._part_squares - 2 * r * self._products + r * r * self._whole_squares
        if self.n < 2 or rest <= 1e-12 * max(1.0, self._part_squares):
            whole = round(self.whole)
            return wilson(round(self.part), whole) if 0 <= r <= 1 and whole else Ends(r, None, None)
        reach = Z * math.sqrt(self.n / (self.n - 1) * rest) / self.whole
        return Ends(r, max(0.0, r - reach), min(1.0, r + reach) if r <= 1 else r + reach)


class KeyedSample(Generic[T]):
    """A fixed number of a stream's items, each as likely, the same whatever the order: those whose keys hash lowest."""

    __slots__ = ("_heap", "most", "seen")

    def __init__(self, most: int) -> None:
        self.most = most
        self.seen = 0
        self._heap: list[tuple[int, str, int, T]] = []
        # Two of one name are told apart by when they came; items themselves need no order.

    def add(self, key: str, item: T) -> None:
        """One more item; keys that differ make items differ."""
        self.seen += 1
        rank = -int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, (rank, key, self.seen, item))
        elif rank > self._heap[0][0]:
            heapq.heapreplace(self._heap, (rank, key, self.seen, item))

    @property
    def items(self) -> list[tuple[str, T]]:
        """Key and item of what was kept, in the order of the keys."""
        return [(key, item) for key, _, item in sorted((entry[1:] for entry in self._heap), key=lambda one: one[:2])]
