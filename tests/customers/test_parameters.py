"""One list of numbers, and how a calibration comes into it."""

from __future__ import annotations

from typing import get_args

from simulator.customers.parameters import DEFAULT, Parameters, calibrated
from simulator.model.calibration import Calibration, Estimate, Held, Logs, Weight

LOGS = Logs(sha256="b" * 64, conversations=1, turns=1, asks=1, left_silent=0, left_voiced=0, acts="told")


def test_without_a_calibration_nothing_changes() -> None:
    """The very same value, so that every draw is as before."""
    assert calibrated(None) is DEFAULT


def test_estimates_and_what_was_held_beside_them_are_taken() -> None:
    """What was held goes with the estimates, since these rest on it; all else is as shipped."""
    found = Calibration(
        1, LOGS, {"ask_intercept": Estimate(-4.0, 0.1, -4.2, -3.8, 0.1, -4.8)}, {"leave_ask": Held(0.3, "few", "more")}
    )
    moved = calibrated(found)
    changed = {name for name in Parameters.__struct_fields__ if getattr(moved, name) != getattr(DEFAULT, name)}
    assert changed == {"ask_intercept", "leave_ask"}
    assert (moved.ask_intercept, moved.leave_ask) == (-4.0, 0.3)


def test_every_weight_is_a_parameter() -> None:
    """What a calibration may name is there to be replaced."""
    assert set(get_args(Weight)) <= set(Parameters.__struct_fields__)
