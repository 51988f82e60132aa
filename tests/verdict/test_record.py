from __future__ import annotations

import pickle

import msgspec
import pytest

from simulator.model.score import Score
from simulator.model.transcript import Speaker, Turn, Wording
from simulator.verdict.record import Held, Marks
from tests.verdict.scenes import transcript

SCORES = [
    Score("loop", 1),
    Score("escalation_class", "tp"),
    Score("ttee", 40.5, event="effective"),
    Score("dead_ends", None, reason="no hand-off", weight=0),
    Score("turn_latency", 1.5),
    Score("turn_latency", 2.5),
]
OTHERS = [Score("loop", None, reason="no acts"), Score("escalation_class", "fn"), Score("late_comer", 3, event="left")]
NAMES = ("loop", "escalation_class", "ttee", "dead_ends", "turn_latency", "late_comer")


def marks_of(*conversations: list[Score]) -> Marks:
    """One after the other."""
    marks = Marks()
    for scores in conversations:
        marks.add(scores)
    return marks


def told(marks: Marks) -> list[list[tuple[str, float | str | None, str | None, float]]]:
    """Name, value, event and weight of every score of each conversation."""
    return [[(one.name, one.value, one.event, one.weight) for one in scores] for scores in marks.scores_of(NAMES)]


def test_scores_come_back_without_their_proofs() -> None:
    """Values of each sort, events, weights; a conversation without scores keeps its number."""
    first, second, third = told(marks_of(SCORES, [], OTHERS))
    assert sorted(first, key=str) == sorted([(s.name, s.value, s.event, s.weight) for s in SCORES], key=str)
    assert second == []
    assert [name for name, *_ in third] == ["loop", "escalation_class", "late_comer"]


def test_parts_of_a_run_are_joined_as_if_it_had_been_one() -> None:
    """Also across processes: words and reasons have other codes there."""
    joined = marks_of(SCORES)
    joined.extend(pickle.loads(pickle.dumps(marks_of(OTHERS, SCORES))))
    whole = marks_of(SCORES, OTHERS, SCORES)
    assert (joined.count, told(joined)) == (3, told(whole))
    assert [joined.words[row.reason] for row in joined.of("loop", [1])] == ["no acts"]


def test_some_are_scored_again() -> None:
    """The second and third get new scores, among them one that nobody had before; the rest stay."""
    marks = marks_of(SCORES, OTHERS, SCORES, OTHERS)
    marks.replace([1, 2], marks_of([Score("new", 5), *SCORES], OTHERS))
    assert told(marks) == told(marks_of(SCORES, SCORES, OTHERS, OTHERS))
    assert [(row.unit, row.number) for row in marks.of("new", range(4))] == [(1, 5)]


@pytest.mark.parametrize(
    ("speakers", "answered"),
    [
        ([], False),
        (["bot"], False),
        (["bot", "customer"], False),
        (["bot", "customer", "customer"], False),
        (["customer", "bot"], True),
        (["bot", "customer", "system"], True),
    ],
)
def test_a_greeting_answers_nobody(speakers: list[Speaker], answered: bool) -> None:
    """Something has to come after the customer's first word."""
    talk = msgspec.structs.replace(transcript("c-1"), turns=[Turn(speaker) for speaker in speakers])
    assert (Held.of(talk).answered, Held.of(talk).turns) == (answered, len(speakers))


def test_turns_worded_by_a_model_are_counted() -> None:
    """Every turn that it was to word; none where phrases alone had the word."""
    turns = [Turn("customer", voice="llm"), Turn("bot"), Turn("customer", voice="failed:timeout"), Turn("customer")]
    talk = msgspec.structs.replace(transcript("c-1"), turns=turns)
    assert Held.of(talk).worded == 0
    assert Held.of(msgspec.structs.replace(talk, wording=Wording("m"))).worded == 2
