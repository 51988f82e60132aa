"""Estimates from running sums, against the formulas over all values."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from simulator.statistics.running import KeyedSample, Moments, Sums, wilson


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_scipys(counts: tuple[int, int]) -> None:
    """To nine digits, at no and at all successes as well."""
    hits, n = counts
    found = wilson(hits, n)
    known = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_no_conversation_has_no_share() -> None:
    """None, never 0."""
    assert wilson(0, 0).estimate is None
    assert Moments().ends().estimate is None
    assert Sums().ends().estimate is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_mean_and_spread_are_those_of_the_whole(values: list[float]) -> None:
    """Welford's recurrence against both passes."""
    moments = Moments()
    for value in values:
        moments.add(value)
    found = moments.ends()
    reach = 1.959964 * statistics.stdev(values) / len(values) ** 0.5
    assert found.estimate == pytest.approx(statistics.fmean(values), rel=1e-9, abs=1e-6)
    assert found.high == pytest.approx(statistics.fmean(values) + reach, rel=1e-6, abs=1e-3)


def test_a_ratio_worked_by_hand() -> None:
    """1/2, 0/3 and 2/3: r = 3/8; residuals .25, -1.125, .875; error sqrt(3/2 * 2.09375) / 8 = .2215."""
    sums = Sums()
    for part, whole in ((1, 2), (0, 3), (2, 3)):
        sums.add(part, whole)
    found = sums.ends()
    assert found.estimate == 3 / 8
    assert found.high == pytest.approx(3 / 8 + 1.959964 * 0.221525, abs=1e-5)
    assert found.low == 0.0


def test_a_ratio_without_spread_keeps_an_interval() -> None:
    """No event in 40 turns: Wilson's upper end, not 0."""
    sums = Sums()
    for _ in range(10):
        sums.add(0, 4)
    assert sums.ends() == wilson(0, 40)


def test_a_sample_does_not_hang_on_the_order() -> None:
    """The same items whatever comes first, never more than were asked for, and a fair share of them."""
    keys = [f"c-{number}" for number in range(5_000)]
    kept = []
    for seed in (1, 2):
        order = keys[:]
        random.Random(seed).shuffle(order)
        sample = KeyedSample[int](500)
        for key in order:
            sample.add(key, int(key[2:]))
        kept.append(sample.items)
    assert kept[0] == kept[1]
    assert len(kept[0]) == 500
    assert 2_300 < statistics.fmean(number for _, number in kept[0]) < 2_700
