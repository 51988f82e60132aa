"""Whatever a log may hold, a scorer says a number, or None with a reason; it never raises and never changes its mind."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Act, Ending, Feeling, Signal, SignalKind, Tier, Transcript, Turn
from simulator.scorers.stock import score
from tests.scorers.scenes import BOILER, BOILER_FACTS, KETTLE, KETTLE_FACTS, KETTLE_TRUTH, bot, customer, talk

HARD = [
    "",
    " ",
    "🙂🙂🙂",
    "👩‍👩‍👧‍👦?",
    "\ud800 broken \udfff",
    "שלום, המזמנה שלי לא הגיעה",
    "أين طلبي؟",
    "ご注文番号を教えてください。",
    "My order, mi pedido, meine Bestellung?",
    "\x00\x1b[31mred\x1b[0m\u202eevil",
    "<script>alert(1)</script> {{7*7}} ${HOME}",
    "?!?!?!",
    "a" * 3000,
    "https://" + "x" * 200,
    "Connecting you to a colleague now.",
    "I'm not a bot. All solved! Anything else?",
]
TEXT = st.one_of(
    st.sampled_from(HARD), st.text(max_size=40), st.text(st.characters(categories=["Cs", "So", "Lo"]), max_size=8)
)
STAMP = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False), st.integers(-5, 500).map(float))
DETAIL = st.dictionaries(
    st.sampled_from(["agent", "queue", "reference", "packet", "promised_at", "name", "title", "payload"]),
    st.one_of(
        TEXT,
        st.none(),
        st.integers(),
        st.lists(TEXT, max_size=2),
        st.dictionaries(st.text(max_size=5), TEXT, max_size=2),
    ),
    max_size=4,
)
SIGNAL = st.builds(Signal, st.sampled_from(get_args(SignalKind)), st.floats(-1e5, 1e5), DETAIL)
NAMES = [*KETTLE.facts, *BOILER.facts, "nobody_knows", "order!"]
TURN = st.builds(
    Turn,
    st.sampled_from(["customer", "bot", "human", "system"]),
    TEXT,
    due=STAMP,
    sent=STAMP,
    first=STAMP,
    done=STAMP,
    signals=st.lists(SIGNAL, max_size=3),
    ids=st.lists(
        st.sampled_from(["kb:17", "ask:order", "step:bleed", "menu:1", "url:x/y", "nonsense", ""]), max_size=2
    ),
    act=st.one_of(st.none(), st.sampled_from(get_args(Act))),
    need=st.one_of(st.none(), st.sampled_from(["return_it", "how_long", "heat", "no such need", ""])),
    told=st.lists(st.sampled_from(NAMES), max_size=3),
    shift=st.floats(0, 1e4),
)
TRANSCRIPT = st.builds(
    Transcript,
    st.just("t"),
    st.lists(TURN, max_size=10),
    st.sampled_from(get_args(Ending)),
    st.floats(-1e5, 1e6),
    tiers=st.sets(st.sampled_from(get_args(Tier))).map(sorted),
    facts=st.sampled_from([{}, KETTLE_FACTS, BOILER_FACTS]),
    truth=st.sampled_from([{}, KETTLE_TRUTH, {"label": ""}]),
    feelings=st.lists(st.builds(Feeling, st.integers(0, 20), st.floats(0, 1), st.floats(0, 1)), max_size=3),
    language=st.sampled_from(["en", "es", "de", "pt", "ja", ""]),
    standing_exit=st.booleans(),
    shift=st.floats(0, 1e4),
)


def sound(scores: list[Score], turns: int) -> None:
    """Each has a value or a reason, none failed, and every proof points into the transcript."""
    for one in scores:
        assert not one.reason.startswith("scorer failed"), one
        assert one.value is not None or one.reason, one
        assert not isinstance(one.value, float) or math.isfinite(one.value), one
        assert all(0 <= index < turns for index in one.turns), one


@given(TRANSCRIPT, st.sampled_from([None, KETTLE, BOILER]))
@settings(max_examples=150, deadline=None)
def test_no_scorer_raises_or_changes_its_mind(transcript: Transcript, scenario: Scenario | None) -> None:
    """Unknown needs, missing and backward stamps, broken letters, any order of speakers."""
    once = score(transcript, scenario)
    sound(once, len(transcript.turns))
    assert (
        score(Transcript(**{name: getattr(transcript, name) for name in transcript.__struct_fields__}), scenario)
        == once
    )


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
@pytest.mark.parametrize("speaker", ["customer", "bot"])
def test_one_party_alone(speaker: Any, text: str) -> None:
    """A log of which half is missing."""
    alone = Transcript("t", [Turn(speaker, text, sent=float(i), done=float(i)) for i in range(3)], "left_silent", 9.0)
    for scenario in (None, KETTLE):
        sound(score(alone, scenario), 3)


def test_an_empty_transcript() -> None:
    """Nothing was said: no scorer invents anything."""
    empty = talk()
    found = {one.name: one.value for one in score(empty, KETTLE)}
    sound(score(empty, KETTLE), 0)
    assert found["loop_level"] == 0
    assert found["first_answer_time"] is None
    assert found["disclosed_at_once"] is None


def test_ten_thousand_turns_and_a_turn_of_a_megabyte() -> None:
    """Long is slow at most, never fatal."""
    lines = [
        line
        for place in range(5000)
        for line in (
            customer("RESTATE", f"it leaks, day {place}"),
            bot(f"Thought {place} of wisdom number {place * 7919}."),
        )
    ]
    long = talk(*lines)
    sound(score(long, KETTLE), len(long.turns))
    huge = talk(customer("STATE"), bot("Press the lid down until it clicks, please. " * 25_000))
    assert len(huge.turns[1].text) > 1_000_000
    sound(score(huge, KETTLE), 2)
