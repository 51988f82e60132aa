"""Patience in a queue: the hazard, what an announcement does to it, and that more of it never makes anybody stay."""

from __future__ import annotations

from itertools import pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.customers.parameters import DEFAULT
from simulator.customers.patience import Queueing, gives_up_at

exposures = st.floats(0.001, 8)
patiences = st.floats(20, 1800)
seconds = st.lists(st.floats(0, 2000), max_size=6).map(sorted)


@given(exposures, patiences)
def test_without_announcements_it_is_the_weibull_law(exposure: float, patience: float) -> None:
    """The summed hazard (s / Pi)^k reaches the exposure at Pi x exposure^(1/k)."""
    expected = patience * exposure ** (1 / DEFAULT.queue_shape)
    assert gives_up_at(exposure, patience, []) == pytest.approx(expected)


@given(exposures, patiences, seconds, st.floats(0, 2000))
def test_one_more_announcement_never_makes_anybody_stay_longer(
    exposure: float, patience: float, announced: list[float], another: float
) -> None:
    """It only adds to the hazard."""
    more = sorted([*announced, another])
    assert gives_up_at(exposure, patience, more) <= gives_up_at(exposure, patience, announced) + 1e-6


@given(exposures, patiences, seconds)
def test_the_summed_hazard_is_the_exposure(exposure: float, patience: float, announced: list[float]) -> None:
    """Summed in steps of a thousandth of the time, bumps of 1.5 for 15 s included."""
    end, k = gives_up_at(exposure, patience, announced), DEFAULT.queue_shape
    total, steps = 0.0, 2000
    edges = sorted({0.0, end, *(end * i / steps for i in range(steps)), *(e for a in announced for e in (a, a + 15))})
    for low, high in pairwise(edges):
        if high > end:
            break
        heard = sum(at <= low < at + 15 for at in announced)
        total += (1 + 1.5 * heard) * ((high / patience) ** k - (low / patience) ** k)
    assert total == pytest.approx(exposure, rel=1e-6)


def test_by_hand() -> None:
    """Pi 100, k .8, exposure 1: leaves at 100 s; announced at 60 s, 15 s of it count two and a half times."""
    assert gives_up_at(1.0, 100, []) == pytest.approx(100)
    by_60 = 0.6**0.8
    by_75 = by_60 + 2.5 * (0.75**0.8 - by_60)
    assert by_60 == pytest.approx(0.66454, abs=1e-5)
    left = 1 - by_75
    assert gives_up_at(1.0, 100, [60]) == pytest.approx(100 * (0.75**0.8 + left) ** 1.25)


def test_a_customer_in_the_queue_counts_what_it_has_waited() -> None:
    """70 s gone, an announcement, and what is left has shrunk."""
    queueing = Queueing(-log(0.3), 180)
    whole = queueing.left_s
    queueing.waited(70)
    assert queueing.left_s == pytest.approx(whole - 70)
    queueing.announced()
    assert queueing.left_s < whole - 70
