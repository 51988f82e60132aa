"""Grouping what is alike: agglomerative clustering with average linkage, exact and without chance.

The clusters whose average similarity to each other is highest are joined until none reaches the threshold (UPGMA, Sokal and
Michener 1958). Found by chains of nearest neighbours (Murtagh 1983), n^2 steps instead of n^3, which gives the same groups
because joining never makes a cluster more similar to a third than both parts were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def weighted(rows: Sequence[Mapping[Hashable, float]]) -> list[dict[Hashable, float]]:
    """Counts of features -> 1 + log count, times log((1 + n) / (1 + rows that have it)) + 1, so that common ones weigh less."""
    having = Counter(feature for row in rows for feature in row)
    return [
        {
            feature: (1 + log(count)) * (log((1 + len(rows)) / (1 + having[feature])) + 1)
            for feature, count in row.items()
        }
        for row in rows
    ]


def cosines(rows: Sequence[Mapping[Hashable, float]]) -> NDArray[np.float64]:
    """The cosine similarity of every row with every other, in [0, 1] for weights that are not negative; n x n."""
    owners: dict[Hashable, list[tuple[int, float]]] = {}
    for index, row in enumerate(rows):
        length = sum(weight * weight for weight in row.values()) ** 0.5
        for feature, weight in row.items():
            owners.setdefault(feature, []).append((index, weight / length))
    alike = np.zeros((len(rows), len(rows)))
    for postings in owners.values():
        if len(postings) > 1:  # a feature of one row alone makes it like no other
            where = np.array([index for index, _ in postings])
            weights = np.array([weight for _, weight in postings])
            alike[np.ix_(where, where)] += np.outer(weights, weights)
    np.fill_diagonal(alike, 1.0)
    return alike


def groups(alike: NDArray[np.float64], least: float) -> list[list[int]]:
    """Indices in groups whose average similarity is at least `least`, largest first, equal ones by their first index.

    `alike` is a symmetric matrix of similarities. 2,000 rows take about a second.
    """
    size = len(alike)
    near = alike.astype(np.float64, copy=True)
    np.fill_diagonal(near, -np.inf)
    weight = np.ones(size)
    alive = np.ones(size, dtype=np.bool_)
    members: list[list[int]] = [[index] for index in range(size)]
    done: list[list[int]] = []
    chain: list[int] = []
    while alive.any():
        if not chain:
            chain.append(int(alive.argmax()))
        top = chain[-1]
        row = near[top]
        best = int(row.argmax())
        # Of equally near ones the one before in the chain, or two of them would lead on to each other for ever.
        if len(chain) > 1 and row[chain[-2]] >= row[best]:
            best = chain[-2]
        if row[best] < least:
            # Nothing is near enough to this one, nor will be: what is joined is never nearer than its nearest part.
            done.append(members[top])
            alive[top] = False
            near[top, :] = near[:, top] = -np.inf
            chain.pop()
        elif len(chain) > 1 and best == chain[-2]:
            chain[-2:] = []
            joined = (weight[top] * near[top] + weight[best] * near[best]) / (weight[top] + weight[best])
            near[best, :] = near[:, best] = joined
            near[best, best] = -np.inf
            near[top, :] = near[:, top] = -np.inf
            weight[best] += weight[top]
            members[best] += members[top]
            alive[top] = False
        else:
            chain.append(best)
    return sorted((sorted(group) for group in done), key=lambda group: (-len(group), group[0]))
