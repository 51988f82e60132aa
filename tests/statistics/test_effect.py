"""Cliff's delta: counted by hand, bounded, antisymmetric, and wide where there is little to go by."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.effect import cliffs_delta

groups = st.lists(st.integers(-5, 5).map(float), min_size=2, max_size=30)


def test_counted_by_hand() -> None:
    """{1, 2, 4} against {1, 3}: of six pairs 2 are larger (2>1, 4>1, 4>3 is a third), 2 smaller (1<3, 2<3), 1 equal."""
    effect = cliffs_delta([1, 2, 4], [1, 3])
    assert effect is not None
    assert effect.delta == pytest.approx((3 - 2) / 6)


@given(groups, groups)
def test_it_is_the_difference_of_the_shares_of_pairs(a: list[float], b: list[float]) -> None:
    """By counting every pair."""
    effect = cliffs_delta(a, b)
    assert effect is not None
    counted = sum((x > y) - (x < y) for x in a for y in b) / (len(a) * len(b))
    assert effect.delta == pytest.approx(counted)
    assert -1 <= effect.low <= effect.delta + 1e-9
    assert effect.delta - 1e-9 <= effect.high <= 1


@given(groups, groups)
def test_swapping_the_groups_turns_the_sign(a: list[float], b: list[float]) -> None:
    """And the interval with it."""
    one, other = cliffs_delta(a, b), cliffs_delta(b, a)
    assert one is not None
    assert other is not None
    assert one.delta == pytest.approx(-other.delta)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


@given(groups, groups, st.floats(0.5, 0.9))
def test_more_confidence_is_wider(a: list[float], b: list[float], confidence: float) -> None:
    """Never narrower."""
    narrow, wide = cliffs_delta(a, b, confidence), cliffs_delta(a, b, confidence + 0.09)
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low >= narrow.high - narrow.low - 1e-9


def test_never_having_left_is_later_than_any_turn() -> None:
    """Infinite values are the largest, and alike among themselves."""
    effect = cliffs_delta([inf, inf, 3.0], [2.0, inf])
    assert effect is not None
    assert effect.delta == pytest.approx((3 - 1) / 6)


def test_whole_dominance_is_not_infinitely_sure() -> None:
    """Ten against ten, all larger: the bound is that of ten successes without a failure, (10 - z2) / (10 + z2)."""
    effect = cliffs_delta([2.0] * 10, [1.0] * 10)
    assert effect is not None
    assert (effect.delta, effect.high) == (1.0, 1.0)
    assert effect.low == pytest.approx((10 - 3.8415) / (10 + 3.8415), abs=1e-4)


def test_one_value_shows_nothing() -> None:
    """A group needs two."""
    assert cliffs_delta([1.0], [1.0, 2.0]) is None
