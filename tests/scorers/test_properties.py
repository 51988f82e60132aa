"""What must not change a score, and what may only make it worse."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.score import Score
from simulator.model.transcript import Act, Transcript, Turn
from simulator.scorers.stock import score
from tests.scorers.scenes import KETTLE, bot, customer, signal, talk

SAYINGS = (
    "Most leaks come from the lid: press it down until it clicks.",
    "Descaling twice a year keeps a kettle tight, our guide shows how.",
    "Please tell me your order number.",
    "Sorry, I didn't get that.",
    "It takes two weeks.",
    "Your label is RET-31.",
    "I understand how annoying that is.",
)
EXITS = (
    "Type AGENT to reach a person.",
    "I am putting you through to a person now.",
    "You can call us on 0800 555 0100.",
)
ACTS: tuple[Act, ...] = ("RESTATE", "ASK_HUMAN", "PROVIDE", "OTHER", "ACCEPT")


@dataclass(frozen=True)
class Exchange:
    act: Act
    told: tuple[str, ...]
    need: str | None
    said: str
    granted: bool


def exchanges(said: tuple[str, ...], granted: bool = True) -> st.SearchStrategy[list[Exchange]]:
    one = st.builds(
        Exchange,
        st.sampled_from(ACTS),
        st.sampled_from([(), ("order",), ("problem",)]),
        st.sampled_from([None, "return_it", "how_long"]),
        st.sampled_from(said),
        st.booleans() if granted else st.just(False),
    )
    return st.lists(one, min_size=1, max_size=9)


def played(made: list[Exchange]) -> Transcript:
    lines = []
    for number, one in enumerate(made):
        lines.append(customer(one.act, "words", one.told, one.need, at=20.0 * number))
        events = [signal("requested", 20.0 * number + 1.0, queue="returns")] if one.granted else []
        lines.append(bot(one.said, *events))
    return talk(*lines)


def said_of(transcript: Transcript) -> list[tuple[object, ...]]:
    """Scores without their proof."""
    return [(one.name, one.value, one.event, one.weight) for one in score(transcript, KETTLE)]


def moved(turn: Turn, by: float) -> Turn:
    stamps = {
        name: value + by
        for name in ("due", "sent", "first", "done")
        if isinstance(value := getattr(turn, name), float | int)
    }
    signals = [msgspec.structs.replace(one, at=one.at + by) for one in turn.signals]
    return msgspec.structs.replace(turn, signals=signals, **stamps)


@given(exchanges(SAYINGS + EXITS))
@settings(max_examples=60, deadline=None)
def test_the_name_of_a_persona_changes_nothing(made: list[Exchange]) -> None:
    """Scores read what happened, not who it happened to."""
    transcript = played(made)
    assert said_of(transcript) == said_of(msgspec.structs.replace(transcript, persona="somebody_else", id="t-2"))


@given(exchanges(SAYINGS + EXITS), st.integers(1, 5000))
@settings(max_examples=60, deadline=None)
def test_the_hour_changes_nothing(made: list[Exchange], by: int) -> None:
    """All stamps later by the same: all durations equal, the need point later by as much."""
    transcript = played(made)
    later = msgspec.structs.replace(
        transcript, turns=[moved(turn, by) for turn in transcript.turns], ended=transcript.ended + by
    )

    def shifted(one: Score, back: float) -> tuple[object, ...]:
        value = one.value - back if one.name == "need_point" and isinstance(one.value, float) else one.value
        return one.name, value, one.event, one.weight, tuple(one.turns)

    assert [shifted(one, by) for one in score(later, KETTLE)] == [shifted(one, 0) for one in score(transcript, KETTLE)]


@given(exchanges(SAYINGS + EXITS))
@settings(max_examples=60, deadline=None)
def test_a_greeting_changes_nothing(made: list[Exchange]) -> None:
    """Bot turns are counted from the first after the customer has spoken."""
    transcript = played(made)
    greeted = [Turn("bot", "Hi! What can I do for you?", due=0.0, sent=0.0, first=0.0, done=0.0), *transcript.turns]
    assert said_of(transcript) == said_of(msgspec.structs.replace(transcript, turns=greeted))


@given(exchanges(SAYINGS, granted=False))
@settings(max_examples=100, deadline=None)
def test_one_repeat_more_never_lowers_the_level(made: list[Exchange]) -> None:
    """The bot's last words once more, to one who says the need again."""
    made = [*made, Exchange("RESTATE", (), None, made[-1].said, False)]

    def level(of: list[Exchange]) -> float:
        return next(float(one.value or 0) for one in score(played(of), KETTLE) if one.name == "loop_level")

    assert level(made) >= level(made[:-1])


@given(exchanges(SAYINGS + EXITS))
@settings(max_examples=60, deadline=None)
def test_compressed_thinking_changes_no_experienced_second(made: list[Exchange]) -> None:
    """Half of every stamp on the wall, made up for by the shift: nothing the customer felt moves."""
    transcript = played(made)
    squeezed = []
    for turn in transcript.turns:
        by = turn.sent / 2 if turn.sent is not None else 0.0
        squeezed.append(msgspec.structs.replace(moved(turn, -by), shift=by))
    by = transcript.ended / 2
    compressed = msgspec.structs.replace(transcript, turns=squeezed, ended=transcript.ended - by, shift=by)
    assert said_of(transcript) == said_of(compressed)


@given(exchanges(SAYINGS + EXITS))
@settings(max_examples=60, deadline=None)
def test_the_parts_of_the_whole_add_up(made: list[Exchange]) -> None:
    """Three shares sum to 1; the gap is toxic containment or a solution through a loop; levels are ordered."""
    found = {one.name: one.value for one in score(played(made), KETTLE)}
    assert sum(int(found[name] or 0) for name in ("resolved", "effectively_escalated", "ended_neither")) == 1
    looped = found["contained"] == 1 and found["resolved"] == 1 and found["loop"] == 1
    assert found["trust_gap"] == int(found["toxic_containment"] or 0) + int(looped)
    assert [found[name] for name in ("near_loop", "loop", "entrapment")] == [
        int(int(found["loop_level"] or 0) >= floor) for floor in (1, 2, 3)
    ]
