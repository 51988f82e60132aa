"""Which label is answered by which score: counts that can be checked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.accuracy.labelled import Labelled, read_labelled
from simulator.accuracy.questions import QUESTIONS, figures, truths, usable
from simulator.registry.accuracy import Figure
from tests.accuracy.scorers import Constant, Graded, Named, silent


def line(one: str, loop: bool | None, split: str = "", **more: Any) -> dict[str, Any]:
    messages = [
        {"role": "customer", "text": "hello", "act": "STATE"},
        {"role": "bot", "text": "wrong"},
        {"role": "customer", "text": "again", "act": "RESTATE"},
        {"role": "bot", "text": "here you are"},
    ]
    return {"id": one, "split": split, "messages": messages, "labels": {"loop": loop}, **more}


def read(folder: Path, *lines: dict[str, Any]) -> list[Labelled]:
    path = folder / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return read_labelled([path]).conversations


def named(found: list[Figure], name: str, split: str = "") -> Figure:
    return next(one for one in found if one.name == name and one.split == split)


def value(figure: Figure, what: str) -> float | None:
    return figure.measures[what].estimate


def test_counts_by_hand(tmp_path: Path) -> None:
    """Two of three loops found, one false alarm: precision 2/3, recall 2/3; the mistakes are named with their kind."""
    lines = [
        line("loop-1", True, kind="a"),
        line("loop-2", True, kind="a"),
        line("missed", True, kind="b"),
        line("loop-falsely", False, kind="c"),
        line("quiet", False, kind="c"),
    ]
    found = named(figures(read(tmp_path, *lines), [Named()]), "loop")
    assert (found.n, found.positives, found.unanswered) == (5, 3, 0)
    assert value(found, "precision") == value(found, "recall") == pytest.approx(2 / 3, abs=1e-4)
    assert value(found, "specificity") == 0.5
    assert [(slip.id, slip.what, slip.kind) for slip in found.slips] == [
        ("missed", "missed", "b"),
        ("loop-falsely", "alarmed", "c"),
    ]
    assert [(kind.kind, kind.n, kind.missed, kind.alarmed) for kind in found.kinds] == [
        ("a", 2, 0, 0),
        ("b", 1, 1, 0),
        ("c", 2, 0, 1),
    ]


def test_splits_are_never_pooled(tmp_path: Path) -> None:
    """What was tuned on and what was not are two figures."""
    lines = [line("loop-1", True, "tuning"), line("x", True, "held_out"), line("y", False, "held_out")]
    found = figures(read(tmp_path, *lines), [Named()])
    assert value(named(found, "loop", "tuning"), "recall") == 1.0
    assert value(named(found, "loop", "held_out"), "recall") == 0.0


def test_languages_are_told_apart(tmp_path: Path) -> None:
    """Right in one and wrong in the other: both are said."""
    lines = [line("loop-1", True, language="en"), line("x", True, language="de")]
    found = named(figures(read(tmp_path, *lines), [Named()]), "loop")
    assert {language: them["recall"].estimate for language, them in found.languages.items()} == {"en": 1.0, "de": 0.0}


def test_what_a_scorer_cannot_know_is_counted_and_in_no_figure(tmp_path: Path) -> None:
    """A scorer that never answers has no precision, recall or reason to pass: answered 0, and why."""
    found = named(figures(read(tmp_path, line("a", True), line("b", False)), [silent]), "loop")
    assert (found.n, found.unanswered, found.reason) == (0, 2, "it never looks")
    assert value(found, "answered") == 0.0
    assert value(found, "recall") is None


def test_a_score_that_nobody_gives_is_said_to_be_missing(tmp_path: Path) -> None:
    """Never 0, never right."""
    found = named(figures(read(tmp_path, line("a", True)), [Named()]), "loop_t0")
    assert (found.n, found.reason) == (0, "no scorer gives it")


def test_of_turns_the_proof_is_the_answer(tmp_path: Path) -> None:
    """The turns that a score names are its alarms; the label says the opposite and is turned round."""
    conversations = read(tmp_path, line("a", None, labels={"responsive_per_turn": [None, False, None, True]}))
    found = named(figures(conversations, [Named()]), "unresponsive_turns")
    assert (found.unit, found.n, found.positives) == ("turn", 2, 1)
    assert value(found, "precision") == value(found, "recall") == 1.0


def test_a_graded_score_has_an_area_and_alarms_from_half_on(tmp_path: Path) -> None:
    """Grades 1/4, 2/4 and 3/4 in the order of the truth: AUC 1; two alarms, one of them right."""

    def leaving(one: str, byes: int, gave_up: bool) -> dict[str, Any]:
        messages = [{"role": "customer", "text": "bye"}] * byes + [{"role": "bot", "text": "ok"}]
        return {"id": one, "messages": messages, "labels": {"user_gave_up": gave_up}}

    found = figures(read(tmp_path, leaving("a", 1, False), leaving("b", 2, False), leaving("c", 3, True)), [Named()])
    figure = named(found, "gave_up_t0")
    assert (value(figure, "auc"), value(figure, "precision"), value(figure, "recall")) == (1.0, 0.5, 1.0)
    # Four turns ahead of the end nothing of the two short ones is left to be seen.
    assert named(found, "gave_up_t0_ahead").unanswered == 3


def test_a_score_for_each_turn_grades_the_turns(tmp_path: Path) -> None:
    """Three customer turns graded .1, .4 and .8, the last two unhappy: AUC 1, and only what reaches .5 is found."""
    messages = [{"role": "customer", "text": text} for text in ("fine", "hm", "no")]
    conversations = read(tmp_path, {"messages": messages, "labels": {"dissatisfied_per_turn": [False, True, True]}})
    found = named(figures(conversations, [Graded()]), "dissatisfied_t0")
    assert (value(found, "auc"), value(found, "recall"), value(found, "precision")) == (1.0, 0.5, 1.0)


def test_a_graded_score_that_never_varies_is_no_better_than_chance(tmp_path: Path) -> None:
    """It has an area of one half, so that a floor under it is missed and not left open."""
    messages = [{"role": "customer", "text": "hi"}] * 5
    lines = [{"messages": messages, "labels": {"user_gave_up": gone}} for gone in (True, False)]
    found = figures(read(tmp_path, *lines), [Constant(0.2, "gave_up_t0")])
    assert value(named(found, "gave_up_t0"), "auc") == value(named(found, "gave_up_t0_ahead"), "auc") == 0.5


def test_votes_of_annotators_count_by_the_most(tmp_path: Path) -> None:
    """[not, perhaps, breakdown]: most for breakdown is yes, most for another or a tie is no."""
    votes = [[1, 2, 9], [9, 2, 1], [5, 1, 5], None]
    (one,) = read(tmp_path, line("a", None, labels={"breakdown_per_turn": votes}))
    question = next(question for question in QUESTIONS if question.label == "breakdown_per_turn")
    assert [truth for _, truth in truths(question, one)] == [True, False, False, None]


def test_a_conversation_whose_labels_nobody_knows_is_not_usable(tmp_path: Path) -> None:
    """Labels that are words, or of names that no question has."""
    bare = [{"role": "customer", "text": "hi"}]
    lines = [{"messages": bare, "labels": {"mood": True}}, {"messages": bare, "labels": {"loop": "yes"}}]
    assert [usable(one) for one in read(tmp_path, *lines, line("a", True))] == [False, False, True]


def test_of_two_scores_of_one_name_the_later_scorers_is_measured(tmp_path: Path) -> None:
    """Somebody's own scorer takes the place of ours by the name of its score."""
    conversations = read(tmp_path, line("loop-1", True))
    assert value(named(figures(conversations, [Named(), Constant()]), "loop"), "recall") == 0.0
    assert value(named(figures(conversations, [Constant(), Named()]), "loop"), "recall") == 1.0
