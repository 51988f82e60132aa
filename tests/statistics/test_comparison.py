from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.statistics.comparison import fisher_rise, holm, smallest_rise


def test_four_comparisons() -> None:
    """.001, .02, .03, .04 become .004, .06, .06, .06."""
    assert holm([0.001, 0.02, 0.03, 0.04]) == pytest.approx([0.004, 0.06, 0.06, 0.06])


def test_order_is_kept() -> None:
    """The adjusted values come in the order of the given ones."""
    assert holm([0.04, 0.001, 0.03, 0.02]) == pytest.approx([0.06, 0.004, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1)))
def test_holm_never_helps(ps: list[float]) -> None:
    """Adjusted values are no smaller than given, at most 1, and in the same order of size."""
    adjusted = holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    assert [a for _, a in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)


def test_holm_refuses_what_is_no_probability() -> None:
    """A p-value above 1 is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.5])


@given(st.integers(0, 20), st.integers(0, 20))
@settings(deadline=None)
def test_fisher_against_scipy(before: int, now: int) -> None:
    """The p-value is that of scipy's one-sided exact test."""
    from scipy.stats import fisher_exact

    theirs = fisher_exact(np.array([[now, 20 - now], [before, 20 - before]]), alternative="greater")
    assert fisher_rise(before, 20, now, 20) == pytest.approx(float(theirs.pvalue))


def test_smallest_rise_among_48_scenarios() -> None:
    """At 25 a scenario, 1 must become 11 before one of 48 scenarios shows it."""
    assert smallest_rise(1, 25, 25, comparisons=48) == 11


def test_too_few_to_show_anything() -> None:
    """Two conversations a scenario can show no rise at all."""
    assert smallest_rise(0, 2, 2, comparisons=48) is None


def test_fisher_refuses_more_events_than_conversations() -> None:
    """A count above n is refused."""
    with pytest.raises(ValueError, match="between 0 and n"):
        fisher_rise(3, 2, 0, 2)
