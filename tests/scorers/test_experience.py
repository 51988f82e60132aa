from __future__ import annotations

import msgspec
import pytest

from simulator.model.transcript import Failure, Feeling
from simulator.scorers.stock import score
from tests.scorers.scenes import KETTLE, bot, customer, human, scores_of, signal, talk

START = customer("STATE")
LIDS = bot("Press the lid.", took=1.5)


def all_of(name: str, *lines: object) -> list[float]:
    return [float(one.value or 0) for one in score(talk(*lines), KETTLE) if one.name == name]  # type: ignore[arg-type]


def test_the_first_answer_is_timed_to_its_last_byte() -> None:
    """The greeting is no answer."""
    found = scores_of(talk(bot("Hello!", at=0.0), customer("STATE", at=10), LIDS))["first_answer_time"]
    assert (found.value, found.turns) == (1.5, [2])


def test_no_answer_has_no_time() -> None:
    """None, and why."""
    assert scores_of(talk(START))["first_answer_time"].reason == "the bot never answered"


def test_every_reply_is_one_measurement() -> None:
    """Last byte and first byte from when it was sent; a human's message is no reply of the bot's."""
    lines = (START, LIDS, customer("RESTATE"), bot("Rinse it.", took=3.0), customer("RESTATE"), human("Hi there", 90.0))
    assert all_of("turn_latency", *lines) == [1.5, 3.0]
    assert all_of("first_token", *lines) == [0.75, 1.5]


def test_an_afterthought_is_not_measured() -> None:
    """A nudge after the reply changes no latency."""
    assert all_of("turn_latency", START, LIDS, bot("Still there?", at=40.0)) == [1.5]


def test_our_own_lateness_is_only_in_the_due_latency() -> None:
    """Sent 0.5 s after it was due."""
    transcript = talk(customer("STATE", at=10), LIDS)
    late = [msgspec.structs.replace(turn, due=9.5) for turn in transcript.turns]
    found = scores_of(msgspec.structs.replace(transcript, turns=late))
    assert (found["turn_latency"].value, found["due_latency"].value) == (1.5, 2.0)


def test_a_log_without_stamps_has_no_latency() -> None:
    """One None for each, with the reason."""
    transcript = talk(START, LIDS)
    bare = [msgspec.structs.replace(turn, sent=None, due=None, first=None, done=None) for turn in transcript.turns]
    assert scores_of(msgspec.structs.replace(transcript, turns=bare))["turn_latency"].reason == "no reply has stamps"


def test_a_failed_target_is_an_error_of_the_turn_that_never_came() -> None:
    """One of two bot turns; the cause is named."""
    transcript = talk(START, LIDS, customer("RESTATE"), ending="target_failed", error=Failure("timeout"))
    found = scores_of(transcript)
    assert (found["availability_errors"].value, found["availability_errors"].weight) == (1, 2)
    assert (found["target_failed"].value, found["target_failed"].reason) == (1, "timeout")


def test_an_event_without_words_is_no_failure() -> None:
    """A model that hands off by a tool call says nothing."""
    found = scores_of(talk(START, bot("", signal("requested", 1.0))))
    assert found["availability_errors"].value == 0


@pytest.mark.parametrize("feelings", [[], [Feeling(1, 0.2, 0.7), Feeling(3, 0.6, 0.3)]])
def test_the_last_feeling_counts(feelings: list[Feeling]) -> None:
    """By ending; None where none was recorded."""
    found = scores_of(talk(START, LIDS, customer("RESTATE"), LIDS, feelings=feelings))
    told = (found["end_trust"].value, found["end_frustration"].value)
    assert told == ((0.3, 0.6) if feelings else (None, None))
