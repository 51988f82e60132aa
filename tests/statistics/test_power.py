from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.interval import rate
from simulator.statistics.power import smallest_n


def test_entrapment_at_most_two_percent() -> None:
    """149 clean conversations pass a limit of 2 % with 95 % confidence."""
    assert smallest_n(0.02) == 149


def test_entrapment_with_ten_conversations_a_scenario() -> None:
    """At ten a scenario and ICC .2 each counts 1/2.8: about 417."""
    assert smallest_n(0.02, scope="all_scenarios", per_scenario=10) == pytest.approx(149 * 2.8, abs=2)


def test_twenty_scenarios_never_suffice_for_two_percent() -> None:
    """Twenty scenarios are worth at most 20 / .2 = 100 conversations, and 149 are needed; forty can do it."""
    assert smallest_n(0.02, scope="all_scenarios", scenarios=20) is None
    assert smallest_n(0.02, scope="all_scenarios", scenarios=40) == 459
    long_run = rate([0] * 40_000, [i % 20 for i in range(40_000)], "all_scenarios")
    assert long_run.bound_high == pytest.approx(0.0295, abs=5e-4)


@pytest.mark.parametrize(("limit", "at_most"), [(0.0, True), (1.0, False)])
def test_limit_of_zero(limit: float, at_most: bool) -> None:
    """No run is long enough for a bound of zero."""
    assert smallest_n(limit, at_most) is None


def test_at_least_mirrors_at_most() -> None:
    """At least 80 % takes as many as at most 20 %."""
    assert smallest_n(0.8, at_most=False) == smallest_n(0.2) == 14


def test_each_of_these_scenarios_twice() -> None:
    """However loose the limit, each listed scenario needs two conversations."""
    assert smallest_n(0.5, scenarios=48) == 96


def test_four_scenarios_decide_nothing() -> None:
    """Under all_scenarios fewer than five never pass."""
    assert smallest_n(0.5, scope="all_scenarios", scenarios=4) is None


def test_names_what_it_needs() -> None:
    """all_scenarios needs to know how the conversations cluster, and limits are shares."""
    with pytest.raises(ValueError, match="name either"):
        smallest_n(0.02, scope="all_scenarios")
    with pytest.raises(ValueError, match="between 0 and 1"):
        smallest_n(2)


@given(st.floats(0.01, 0.6), st.booleans(), st.integers(5, 40), st.sampled_from([0.9, 0.95, 0.99]))
def test_is_what_the_gate_will_find(allowed: float, at_most: bool, scenarios: int, confidence: float) -> None:
    """A flawless run of that size passes the gate, and one conversation fewer does not."""
    limit = allowed if at_most else 1 - allowed

    def passes(n: int) -> bool:
        found = rate([0 if at_most else 1] * n, [i % scenarios for i in range(n)], "all_scenarios", confidence)
        bound = found.bound_high if at_most else found.bound_low
        assert bound is not None
        return bound <= limit if at_most else bound >= limit

    n = smallest_n(limit, at_most, confidence, "all_scenarios", scenarios)
    if n is None or n > 20_000:
        return
    assert passes(n)
    assert n == scenarios or not passes(n - 1)
