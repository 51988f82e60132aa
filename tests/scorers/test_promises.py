from __future__ import annotations

from typing import Any

import pytest

from simulator.model.score import Score
from tests.scorers.scenes import Line, bot, customer, event, scores_of, signal, talk

START = customer("STATE")
SOON = "I am putting you through to a person now."


def judged(*lines: Line, **more: Any) -> tuple[Score, Score]:
    found = scores_of(talk(START, *lines, **more))
    return found["false_promises"], found["promises_censored"]


def test_a_promise_with_an_event_is_kept() -> None:
    """The request goes out between first and last byte."""
    assert judged(bot(SOON, signal("requested", 1.5)))[0].value == 0


def test_an_event_within_a_minute_keeps_it() -> None:
    """60 s from the last byte at 2 s: 62 s is in time, 63 s is not."""
    assert judged(bot(SOON), event(signal("queued", 62.0)), ended=300.0)[0].value == 0
    assert judged(bot(SOON), event(signal("queued", 63.0)), ended=300.0)[0].value == 1


def test_nothing_happens() -> None:
    """False at the end of its window; the proof is the turn that promised."""
    false = judged(bot(SOON), ended=100.0)[0]
    assert (false.value, false.weight, false.turns) == (1, 1, [1])


def test_leaving_before_it_was_due_leaves_it_open() -> None:
    """Excluded and counted."""
    false, cut = judged(bot(SOON), ended=40.0)
    assert (false.value, false.weight, cut.value) == (None, 0, 1)


@pytest.mark.parametrize(("ended", "false"), [(250.0, None), (310.0, 1)])
def test_a_stated_time_is_the_window(ended: float, false: int | None) -> None:
    """`Within 5 minutes` gives it 300 s."""
    told = bot("A colleague will be with you within 5 minutes.")
    assert judged(told, ended=ended)[0].value == false


def test_an_event_before_the_promise_keeps_nothing() -> None:
    """It must come from its first byte on."""
    early = event(signal("requested", 0.5))
    assert judged(early, bot(SOON), ended=300.0)[0].value == 1


def test_a_callback_needs_its_reference_in_this_turn_or_the_next() -> None:
    """Two turns later is too late."""
    promise = bot("A colleague will call you back.")
    booked = bot("Booked, C-7.", signal("callback", 23.0, reference="C-7"))
    assert judged(promise, customer("CONFIRM"), booked)[0].value == 0
    late = bot("Booked, C-7.", signal("callback", 43.0, reference="C-7"))
    assert judged(promise, customer("CONFIRM"), bot("Noted."), customer("OTHER"), late, ended=300.0)[0].value == 1


def test_a_transfer_that_leads_nowhere_is_no_false_promise() -> None:
    """It is a dead end."""
    found = scores_of(talk(START, bot(SOON, signal("requested", 1.5)), ended=300.0))
    assert (found["false_promises"].value, found["dead_ends"].value) == (0, 1)


def test_an_offer_is_no_promise() -> None:
    """A question promises nothing."""
    assert judged(bot("Would you like me to connect you with an agent?"), ended=300.0)[0].value is None


def test_without_events_no_promise_can_be_judged() -> None:
    """NA below T2."""
    false, cut = judged(bot(SOON), ended=300.0, tiers=("T0", "T1"))
    assert (false.value, cut.value) == (None, None)
    assert "T2" in false.reason
