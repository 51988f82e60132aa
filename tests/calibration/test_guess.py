"""Acts guessed from words, where a log has none."""

from __future__ import annotations

import pytest

from simulator.calibration.guess import guessed, has_acts
from simulator.model.transcript import Ending, Speaker, Transcript, Turn


def chat(*texts: str, ending: Ending = "limit", first: str = "customer") -> Transcript:
    """A log without acts, the parties in turn."""
    order: tuple[Speaker, Speaker] = ("customer", "bot") if first == "customer" else ("bot", "customer")
    turns = [Turn(order[place % 2], text) for place, text in enumerate(texts)]
    return Transcript("x", turns, ending, 0.0)


def acts_of(one: Transcript) -> list[str | None]:
    return [turn.act for turn in guessed(one).turns if turn.speaker == "customer"]


def test_customer_turns_get_acts_and_bot_turns_none() -> None:
    """The first states the need, one asks for a person by the language's table, others say it again."""
    one = chat("my router is down", "Restart it.", "did that", "Restart it.", "let me talk to a human", "Restart it.")
    assert not has_acts(one)
    assert acts_of(one) == ["STATE", "RESTATE", "ASK_HUMAN"]
    assert [turn.act for turn in guessed(one).turns if turn.speaker == "bot"] == [None] * 3


def test_a_talk_that_ends_after_an_answer_was_left_silently() -> None:
    """Nobody called, nothing claimed to be solved, no thanks: the customer is gone."""
    assert guessed(chat("my router is down", "Restart it.", "did that", "Restart it.")).ending == "left_silent"


@pytest.mark.parametrize("words", ["forget it, bye", "this is useless, I'm out", "never mind"])
def test_parting_words_are_a_voiced_leave(words: str) -> None:
    """The last word of a customer who goes in anger."""
    one = guessed(chat("my router is down", "Restart it.", words))
    assert one.turns[-1].act == "LEAVE_VOICED"
    assert one.ending == "left_voiced"


@pytest.mark.parametrize("words", ["thanks, that solved it", "great, thank you very much", "it works now, cheers"])
def test_thanks_are_no_leave(words: str) -> None:
    """Who is content has not left the bot."""
    one = guessed(chat("my router is down", "Restart it.", words, "You are welcome."))
    assert one.turns[2].act == "THANK"
    assert one.ending != "left_voiced"


def test_a_claim_before_the_end_is_no_silent_leave() -> None:
    """After `your issue has been resolved` nobody knows whether silence is anger."""
    one = chat("my router is down", "Your issue has been resolved.")
    assert guessed(one).ending == "satisfied"


def test_an_ending_that_the_log_knows_is_kept() -> None:
    """What a reader of another format found out goes before a guess."""
    assert guessed(chat("my router is down", "Restart it.", ending="handed_off")).ending == "handed_off"


@pytest.mark.parametrize("turns", [[], [Turn("bot", "hello")], [Turn("system", "x")], [Turn("customer", "\ud800 🙃")]])
def test_odd_logs_are_no_error(turns: list[Turn]) -> None:
    """Nothing, one party alone, a lone surrogate: there is an answer, whatever it is worth."""
    assert guessed(Transcript("x", turns, "limit", 0.0)).ending in ("left_silent", "left_voiced", "satisfied", "limit")
