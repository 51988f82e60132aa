"""Groups of what is alike, against an independent implementation."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from simulator.statistics.linkage import cosines, groups, weighted


@given(st.integers(2, 40), st.integers(0, 10_000), st.sampled_from([0.3, 0.6, 0.8, 0.95]))
def test_the_same_groups_as_scipy(size: int, seed: int, least: float) -> None:
    """Average linkage, cut at the same height, gives the same partition."""
    rows = np.random.default_rng(seed).random((size, 4))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    alike = np.clip(rows @ rows.T, 0, 1)
    tree = linkage(squareform(1 - alike, checks=False), "average")
    expected: dict[int, list[int]] = {}
    for index, label in enumerate(fcluster(tree, 1 - least, "distance")):
        expected.setdefault(int(label), []).append(index)
    assert sorted(groups(alike, least)) == sorted(expected.values())


@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), min_size=1), max_size=12))
def test_every_row_is_in_one_group(rows: list[dict[Hashable, int]]) -> None:
    """Nothing is lost or doubled, ties and all, and larger groups stand first."""
    found = groups(cosines(rows), 0.5)
    assert sorted(index for group in found for index in group) == list(range(len(rows)))
    assert [len(group) for group in found] == sorted((len(group) for group in found), reverse=True)


def test_equal_rows_are_one_group_and_strangers_none() -> None:
    """Cosine 1 joins, cosine 0 never does."""
    assert groups(cosines([{"a": 1.0}, {"b": 2.0}, {"a": 3.0}]), 0.01) == [[0, 2], [1]]


def test_cosines_are_those_of_the_rows() -> None:
    """Worked by hand: (1, 1) and (1, 0) are 45 degrees apart."""
    assert abs(cosines([{"a": 1.0, "b": 1.0}, {"a": 2.0}])[0, 1] - 0.5**0.5) < 1e-12


def test_a_common_feature_weighs_less() -> None:
    """What every row has tells less than what one of them has."""
    row = weighted([{"my": 1, "parcel": 1}, {"my": 1, "refund": 1}, {"my": 1}])[0]
    assert row["parcel"] > row["my"] == 1.0
