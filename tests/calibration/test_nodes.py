"""Points that stand for a crowd have its means and spreads."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.calibration.nodes import nodes
from simulator.model.persona import Distribution, Persona


def test_means_and_spreads_are_those_of_the_priors() -> None:
    """Beta(2, 3), Beta(5, 3) and a log-normal around 1, to a hundredth."""
    crowd = nodes()
    assert crowd.urgency.mean() == pytest.approx(0.4, abs=0.01)
    assert crowd.urgency.std() == pytest.approx(0.2, abs=0.01)
    assert np.log(crowd.reactivity).std() == pytest.approx(0.4, abs=0.02)
    assert crowd.trust.mean() == pytest.approx(0.625 * (1 - 0.25 * 0.35), abs=0.01)


def test_a_persona_has_its_own_crowd() -> None:
    """What a persona says goes before the default prior."""
    hurried = Persona(persona=1, name="hurried", about="", urgency=0.9, impatience=Distribution(beta=(8, 2)))
    crowd = nodes(hurried, 64)
    assert set(crowd.urgency) == {0.9}
    assert crowd.impatience.mean() == pytest.approx(0.8, abs=0.02)


def test_points_are_the_same_every_time() -> None:
    """Two fits of one log give one result."""
    assert np.array_equal(nodes().urgency, nodes().urgency)
