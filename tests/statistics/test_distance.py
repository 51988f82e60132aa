"""Distance from a law: nothing for the law's own quantiles, known for a shift, and its interval holds it."""

from __future__ import annotations

import pytest

from simulator.statistics.distance import distance


def uniform(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def test_the_laws_own_quantiles_are_at_no_distance() -> None:
    """Evenly spread values against the uniform law."""
    found = distance([(i + 0.5) / 1000 for i in range(1000)], uniform, 2.0)
    assert found is not None
    assert found.ks < 0.002
    assert found.wasserstein < 0.002


def test_a_shift_is_its_own_wasserstein_distance() -> None:
    """Moved by a quarter: every value would have to come back so far, and a quarter of them lie beyond the law."""
    found = distance([(i + 0.5) / 1000 + 0.25 for i in range(1000)], uniform, 2.0)
    assert found is not None
    assert found.wasserstein == pytest.approx(0.25, abs=0.002)
    assert found.ks == pytest.approx(0.25, abs=0.002)
    assert found.low <= found.wasserstein <= found.high
    assert found.n == 1000


def test_a_discrete_law_is_read_at_whole_numbers() -> None:
    """A fair die against {1, 1, 1}: largest difference 5/6 at 1, and 2.5 to move on average."""
    found = distance([1.0, 1.0, 1.0], lambda k: min(int(k), 6) / 6, 10)
    assert found is not None
    assert found.ks == pytest.approx(5 / 6)
    assert found.wasserstein == pytest.approx(2.5)


def test_one_value_has_no_distance() -> None:
    """Nothing to resample."""
    assert distance([1.0], uniform, 1.0) is None
