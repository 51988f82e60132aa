"""Four conversations from beginning to end, every value worked out by hand."""

from __future__ import annotations

import pytest

from simulator.model.score import Score
from tests.scorers.scenes import BOILER, KETTLE, read, scores_of

SCENES = {one.id: scores_of(one, KETTLE) for one in read("kettle")} | {
    one.id: scores_of(one, BOILER) for one in read("boiler")
}


def said(scene: str, *names: str) -> list[float | str | None]:
    values = [SCENES[scene][name].value for name in names]
    return [round(value, 6) if isinstance(value, float) else value for value in values]


def one(scene: str, name: str) -> Score:
    return SCENES[scene][name]


def test_the_lid_is_a_loop_with_a_way_out() -> None:
    """The lid three times; the third names AGENT, which works: level 2, out after 80.2 - 41.0 s on asking."""
    assert said("lid", "loop_level", "loop_onset", "loop_cycles") == [2, 2, 2]
    assert said("lid", "loop_escape", "loop_time") == ["human_granted_on_ask", 39.2]
    assert (one("lid", "wasted_turns").value, one("lid", "wasted_turns").weight) == (2, 5)


def test_the_lid_needs_a_person_from_the_loop_on() -> None:
    """The second cycle's last byte is at 67.2, Hanne's message at 112.0, the ask at 79.0."""
    assert (one("lid", "need_point").value, one("lid", "need_point").event) == (67.2, "loop")
    assert said("lid", "ttee", "ttee_turns", "answer_time") == [44.8, 1, 33.0]
    assert said("lid", "escalation_outcome", "human_bypass", "hidden_depth") == ["timely", 1, 3]


def test_the_lid_s_packet_is_complete() -> None:
    """Order 1 and problem 3 were told, both are in it; the label came from Hanne, not from the bot."""
    assert said("lid", "handoff_completeness", "handoff_precision", "fabrications") == [1, 1, 0]
    assert said("lid", "resolved", "effectively_escalated", "contained") == [0, 1, 0]


def test_the_weeks_are_a_false_success() -> None:
    """Label right, weeks wrong: half resolved, claimed twice, contained, and the customer believes it."""
    assert said("weeks", "resolved", "resolved_share", "claimed", "false_resolution") == [0, 0.5, 1, 1]
    assert said("weeks", "contained", "toxic_containment", "deflected_away", "trust_gap") == [1, 1, 0, 1]
    assert said("weeks", "loop_level", "silent_exit", "first_answer_time") == [0, 0, 0.9]


def test_nobody_comes_for_the_newborn() -> None:
    """Queued at 34.5 with all that was told; at 230 nobody had written: 197 s in vain, a dead end, but no lie."""
    assert (one("nobody", "ttee").value, one("nobody", "ttee").event) == (197.0, "left")
    assert said("nobody", "escalation_outcome", "dead_ends", "false_promises") == ["dead_end", 1, 0]
    assert said("nobody", "handoff_completeness", "silent_share", "contained") == [1, 0, 0]


def test_goodbye_ends_on_an_ask() -> None:
    """Two steps in vain at 200 and 320 s; the ask at 340 is met by a closing phrase, and the bot hangs up at 345."""
    assert (one("goodbye", "need_point").value, one("goodbye", "need_point").event) == (320.0, "failed_attempts")
    assert (one("goodbye", "ttee").value, one("goodbye", "ttee").event) == (25.0, "bot_ended")
    assert said("goodbye", "answer_time", "unmet_asks", "claimed", "false_resolution") == [5.0, 1, 1, 1]
    assert said("goodbye", "deflected_away", "loop_level") == [1, 1]


@pytest.mark.parametrize("scene", SCENES)
def test_nobody_was_slow(scene: str) -> None:
    """No reply of these scenes took longer than two seconds."""
    assert float(one(scene, "turn_latency").value or 0) <= 2.0
