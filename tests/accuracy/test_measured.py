"""Scorers that somebody brings along."""

from __future__ import annotations

import pytest

from simulator.accuracy.measured import SCORERS, answers, with_own
from simulator.model.errors import InputError
from simulator.model.transcript import Transcript, Turn
from tests.accuracy.scorers import Constant, always_pass

TALK = Transcript("t", [Turn("customer", "hi"), Turn("bot", "hello"), Turn("bot", "again")], "limit", 1.0)


def test_an_object_and_a_class_become_scorers() -> None:
    """Beside all of ours, and last."""
    found = with_own(["tests.accuracy.scorers:always_pass", "tests.accuracy.scorers:Named"])
    assert [one.name for one in found] == [*(one.name for one in SCORERS), "constant", "named"]


def test_a_scorer_of_our_scorers_name_takes_its_place() -> None:
    """The later of two of one name stays."""
    again = ["tests.accuracy.scorers:always_pass", "tests.accuracy.scorers:Constant"]
    assert len(with_own(again)) == len(SCORERS) + 1


def test_what_is_no_scorer_is_refused_all_at_once() -> None:
    """A number, and a name that is not there."""
    with pytest.raises(InputError) as caught:
        with_own(["tests.accuracy.scorers:nothing", "tests.accuracy.scorers:always_pas"])
    wrong, missing = caught.value.problems
    assert "found a int" in wrong.message
    assert "always_pass" in missing.hint


def test_the_later_scorers_score_stays_and_all_others_do_too() -> None:
    """One score by name is taken over; scores that come once a turn stay as many as they are."""
    ours = answers(TALK, None, SCORERS)
    both = answers(TALK, None, (*SCORERS, always_pass))
    assert [one.value for one in both if one.name == "loop"] == [0]
    assert [one for one in both if one.name != "loop"] == [one for one in ours if one.name != "loop"]
    assert len(answers(TALK, None, (Constant(score="a"), Constant(score="b")))) == 2
