from __future__ import annotations

from simulator.model.transcript import Turn
from simulator.textmodels.said import said


def test_consecutive_turns_of_one_speaker_are_one() -> None:
    """At the place of the first; empty and system turns are none and split nothing."""
    turns = [Turn("customer", "a"), Turn("system"), Turn("customer", "b"), Turn("bot", " "), Turn("bot", "c")]
    assert [(one.speaker, one.text, one.turn) for one in said(turns)] == [("customer", "a\nb", 0), ("bot", "c", 4)]
