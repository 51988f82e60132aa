"""A calibration in words: every figure with its error, every gap with what would fill it."""

from __future__ import annotations

import msgspec

from simulator.model.calibration import Calibration, Estimate, Held, Logs
from simulator.report.calibration import calibration_report

FOUND = Calibration(
    calibration=1,
    logs=Logs(sha256="a" * 64, conversations=1200, turns=4100, asks=210, left_silent=90, left_voiced=31, acts="told"),
    estimates={
        "ask_intercept": Estimate(-4.1234, 0.21, -4.535, -3.712, 0.2, -4.832),
        "ask_frustration": Estimate(1.9, 0.5, 0.92, 2.88, 0.5, 2.2),
    },
    held={"leave_ask": Held(0.4, "its standard error would be 0.31, more than 0.2", "more leaves after an unmet ask")},
    correlations={"ask_intercept": {"ask_frustration": -0.93}},
    assumed=["what harms add to frustration: held"],
    about="Acme web chat",
)


def test_estimates_errors_and_gaps_are_told() -> None:
    """Counts first, then each weight with its interval, then what is held with why and what it needs."""
    told = calibration_report(FOUND)
    assert "Acme web chat: 1,200 conversations, 4,100 choices, 210 asks" in told
    assert "-4.123  0.210  [-4.54, -3.71]" in told
    flat = " ".join(told.split())
    assert (
        "leave_ask +0.40: its standard error would be 0.31, more than 0.2; needs more leaves after an unmet ask" in flat
    )
    assert "Hard to tell apart: ask_intercept and ask_frustration (r = -0.93)." in flat
    assert "GUESSED" not in told


def test_guessed_acts_are_shouted() -> None:
    """Whoever reads estimates from guesses reads that first, in the report and where a run names its customers."""
    logs = msgspec.structs.replace(FOUND.logs, acts="guessed", progress="unknown", unread=3, not_drawn=7)
    guessed = msgspec.structs.replace(FOUND, logs=logs, file="acme.yaml")
    told = " ".join(calibration_report(guessed).split())
    assert told.index("ACTS GUESSED") < told.index("Told by the logs")
    assert "3 lines could not be read" in told
    assert "7 more were not drawn" in told
    assert guessed.in_words() == "calibrated to acme.yaml (Acme web chat; n = 1,200 conversations, acts guessed)"


def test_a_report_keeps_to_its_width() -> None:
    """Everything but the table is folded."""
    assert all(len(line) <= 80 for line in calibration_report(FOUND, width=80).splitlines())
