"""Bursts: several messages without waiting, cut where the bot answers in the middle, the same whatever `think` is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import Limits, Setting
from simulator.model.contracts import Leave, Say
from simulator.model.errors import TargetFailed
from simulator.model.transcript import Transcript
from tests.test_engine import Answer, Bot, Move, Scripted, held

GONE = Leave("left_silent")


def burst(*gaps: float, thought: float = 2.0) -> Say:
    """As many messages as gaps and one, each telling a fact of its own."""
    texts = tuple(f"message {i}" for i in range(len(gaps) + 1))
    told = tuple((f"fact_{i}",) for i in range(len(gaps) + 1))
    return Say(texts, "STATE", "fast_again", tuple(n for names in told for n in names), thought, None, gaps, told)


def talk(
    moves: list[Move | BaseException], answers: list[Answer], think: float = 1.0, serial: bool = False
) -> tuple[Transcript, Scripted, Bot]:
    return held(moves, lambda clock: Bot(clock, answers), Limits(think=think), Setting(serial=serial))


def test_a_slow_bot_hears_the_whole_burst_before_it_answers() -> None:
    """Three messages 2 s apart, answers that take 9 s: one customer turn, one bot turn of three messages."""
    transcript, customer, bot = talk([burst(2.0, 2.0), GONE], [(9.0, "one"), (9.0, "two"), (9.0, "three")])
    said, answered = transcript.turns
    assert [part.at for part in said.parts] == [2.0, 4.0, 6.0]
    assert (said.act, said.told, said.sent) == ("STATE", ["fact_0", "fact_1", "fact_2"], 6.0)
    assert [part.text for part in answered.parts] == ["one", "two", "three"]
    assert (answered.first, answered.done) == (6.5, 15.0)
    assert [len(one.parts) for one in bot.said] == [1, 1, 1]
    assert len(customer.heard) == 2


def test_a_quick_bot_cuts_the_turn_and_the_rest_is_no_second_decision() -> None:
    """The answer to the first message comes before the second: the rest has act OTHER, its facts count."""
    transcript, customer, _ = talk([burst(4.0), GONE], [(1.0, "yes?"), (1.0, "I see")])
    assert [(turn.speaker, turn.act) for turn in transcript.turns] == [
        ("customer", "STATE"),
        ("bot", None),
        ("customer", "OTHER"),
        ("bot", None),
    ]
    assert [turn.told for turn in transcript.turns[::2]] == [["fact_0"], ["fact_1"]]
    assert [turn.sent for turn in transcript.turns[::2]] == [2.0, 6.0]
    assert [heard.text for heard in customer.heard if heard is not None] == ["I see"]
    assert [heard.text for heard in customer.overheard] == ["yes?"]
    assert [feeling.turn for feeling in transcript.feelings] == [1, 3]


# Tenths and hundredths, so that no answer ever comes in the very moment in which the next message is due.
pauses = st.lists(st.integers(2, 100).map(lambda tenths: tenths / 10), min_size=1, max_size=3)
latencies = st.lists(st.integers(1, 120).map(lambda tenths: tenths / 10 + 0.03), min_size=4, max_size=4)


@given(pauses, latencies, st.sampled_from([0.0, 0.1, 0.5]))
def test_compressed_thinking_moves_nothing_that_the_customer_felt(
    gaps: list[float], seconds: list[float], think: float
) -> None:
    """Same turns and same experienced times, whether the gaps between messages are waited for or not."""
    answers: list[Answer] = [(one, f"answer {place}") for place, one in enumerate(seconds)]
    whole, _, _ = talk([burst(*gaps), GONE], answers, 1.0)
    quick, _, _ = talk([burst(*gaps), GONE], answers, think)
    assert [(t.speaker, t.act, t.text, t.told) for t in whole.turns] == [
        (t.speaker, t.act, t.text, t.told) for t in quick.turns
    ]
    for a, b in zip(whole.turns, quick.turns, strict=True):
        assert (a.sent or 0) + a.shift == pytest.approx((b.sent or 0) + b.shift)
        if a.done is not None and b.done is not None:
            assert a.done + a.shift == pytest.approx(b.done + b.shift)
    assert whole.ended + whole.shift == pytest.approx(quick.ended + quick.shift)


@given(pauses, latencies)
def test_every_fact_and_answer_is_kept_once(gaps: list[float], seconds: list[float]) -> None:
    """However the answers fall, nothing is lost and time runs forward."""
    answers: list[Answer] = [(one, f"answer {place}") for place, one in enumerate(seconds)]
    transcript, _, bot = talk([burst(*gaps), GONE], answers)
    said = [turn for turn in transcript.turns if turn.speaker == "customer"]
    told = [name for turn in said for name in turn.told]
    assert told == [f"fact_{i}" for i in range(len(gaps) + 1)]
    assert sum(turn.act == "STATE" for turn in said) == 1
    words = "\n".join(turn.text for turn in transcript.turns if turn.speaker == "bot").split("\n")
    assert sorted(words) == sorted(f"answer {i}" for i in range(len(gaps) + 1))
    assert all(a <= b for a, b in pairwise([turn.sent or 0 for turn in said]))
    assert len(bot.said) == len(gaps) + 1


def test_a_serial_wire_gets_one_request_at_a_time() -> None:
    """The second message waits for the answer to the first, and the customer's time goes on meanwhile."""
    transcript, _, _ = talk([burst(2.0), GONE], [(9.0, "one"), (1.0, "two")], serial=True)
    first, _, second, _ = transcript.turns
    assert (first.sent, second.sent) == (2.0, 11.0)
    assert second.shift == pytest.approx(0.0)


def test_a_bot_that_fails_within_a_burst_ends_it() -> None:
    """What was said until then is kept, and the failure is the bot's."""
    transcript, _, _ = talk([burst(5.0), GONE], [TargetFailed("status", "500"), (1.0, "two")])
    assert transcript.ending == "target_failed"
    assert [(turn.text, turn.told) for turn in transcript.turns] == [("message 0", ["fact_0"])]


def test_being_stopped_within_a_burst_keeps_what_was_said() -> None:
    """An interrupted conversation is kept with its open turn."""
    transcript, _, _ = talk([burst(1.0), GONE], [KeyboardInterrupt(), (9.0, "two")])
    assert transcript.ending == "interrupted"
    assert transcript.turns[-1].text.startswith("message 0")


def test_a_bot_that_closes_within_a_burst_hears_no_more() -> None:
    """The rest of the burst stays unsaid."""
    transcript, _, bot = held(
        [burst(5.0), Say(("still there?",), "RESTATE", None)],
        lambda clock: Bot(clock, [(1.0, "bye")], closes=True),
    )
    assert transcript.ending == "bot_closed"
    assert len(bot.said) == 1
