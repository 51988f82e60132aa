"""Does more of a cause bring more of its effect?"""

from __future__ import annotations

import pytest

from simulator.statistics.trend import trend


def test_a_strict_order_is_one_and_turned_round_minus_one() -> None:
    """Ten doses, ten rising values."""
    assert trend(range(10), range(10)).tau == pytest.approx(1.0)
    assert trend(range(10), [-value for value in range(10)]).tau == pytest.approx(-1.0)


def test_one_pair_out_of_order() -> None:
    """(1, 2, 4, 3): five of six pairs agree, one does not: (5 - 1) / 6."""
    assert trend([1, 2, 3, 4], [1, 2, 4, 3]).tau == pytest.approx(4 / 6)


def test_no_order_is_not_sure() -> None:
    """The same values at every dose: tau 0 and p far from small."""
    found = trend([0, 0, 1, 1] * 10, [0, 1, 0, 1] * 10)
    assert found.tau == pytest.approx(0.0)
    assert found.p is not None
    assert found.p > 0.5


def test_what_does_not_vary_has_no_correlation() -> None:
    """A metric that never moves is not ordered by anything."""
    found = trend([0, 1, 2], [5, 5, 5])
    assert (found.tau, found.p, found.n) == (None, None, 3)


def test_unequal_lengths_are_refused() -> None:
    """A value without a dose belongs nowhere."""
    with pytest.raises(ValueError, match="lengths differ"):
        trend([0, 1], [1])
