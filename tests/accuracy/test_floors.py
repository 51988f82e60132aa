"""`--min`: what it understands, and what it says of a table."""

from __future__ import annotations

import msgspec
import pytest

from simulator.accuracy.floors import floors, judge, names, needs_doses
from simulator.model.errors import InputError
from simulator.registry.accuracy import Accuracy, Dose, Figure, Floor, Measured


def figure(split: str, recall: float | None, low: float | None = None, reason: str = "") -> Figure:
    measures = {"recall": Measured(recall, low, 1.0, 20, "nothing was there to be found" if recall is None else "")}
    return Figure(
        "loop", "in circles", "loop", "loop", "T1", "conversation", split, 20, 10, 0, measures, {}, [], [], reason
    )


def table(*figures: Figure, doses: list[Dose] | None = None) -> Accuracy:
    splits = {one.split: one.n for one in figures}
    return Accuracy(
        version="1", date="2026-01-01", source="here", hashes={}, conversations=splits, languages={}, unread=0,
        unusable=0, figures=list(figures), doses=doses or [],
    )  # fmt: skip


def outcome(spec: str, found: Accuracy) -> str:
    (one,) = judge(floors([spec]), found)
    return one.outcome


def test_a_text_names_several_floors() -> None:
    """By commas and by saying it again."""
    found = floors(["loop.precision=.95, loop.recall=.9", "looping.recall.low=.98"])
    assert [(one.name, one.at_least) for one in found] == [
        ("loop.precision", 0.95),
        ("loop.recall", 0.9),
        ("looping.recall.low", 0.98),
    ]


def test_all_faults_are_said_at_once_with_names_that_come_close() -> None:
    """A misspelt name, a missing number, a percentage."""
    with pytest.raises(InputError) as caught:
        floors(["loop.precison=.9,loop.recall,entrapment.recall=95"])
    first, second, third = caught.value.problems
    assert "loop.precision" in first.hint
    assert "found none" in second.message
    assert "from -1 to 1, found '95'" in third.message


def test_every_name_is_understood() -> None:
    """What a hint may offer can be asked for, and nothing that was not measured passes."""
    judged = judge(floors([f"{name}=0" for name in names()]), table())
    assert [one.name for one in judged] == names()
    assert {(one.outcome, one.reason) for one in judged} == {("inconclusive", "it was not measured")}


def test_the_estimate_decides_and_the_lower_end_where_asked() -> None:
    """.92 [.80, 1]: above .9 as an estimate, below it as a bound; equal passes."""
    found = table(figure("held_out", 0.92, 0.8))
    assert outcome("loop.recall=.9", found) == "pass"
    assert outcome("loop.recall=.92", found) == "pass"
    assert outcome("loop.recall=.93", found) == "fail"
    assert outcome("loop.recall.low=.9", found) == "fail"


def test_what_was_tuned_on_never_passes_a_floor() -> None:
    """Held-out dialogues decide where there are any."""
    assert outcome("loop.recall=.9", table(figure("tuning", 1.0, 0.9), figure("held_out", 0.5, 0.3))) == "fail"
    assert outcome("loop.recall=.9", table(figure("tuning", 1.0, 0.9))) == "pass"


def test_what_cannot_be_measured_is_inconclusive_and_says_why() -> None:
    """The scorer's own reason where it gave one."""
    (one,) = judge([Floor("loop.recall", 0.9)], table(figure("held_out", None, reason="it never looks")))
    assert (one.outcome, one.reason) == ("inconclusive", "it never looks")


def test_floors_of_the_reference_bots_are_known_as_such() -> None:
    """So that leaving the bots out is noticed before anything is measured."""
    about = {one.name: needs_doses(one) for one in floors(["looping.recall=1,late.ordered=1,loop.recall=1"])}
    assert about == {"looping.recall": True, "late.ordered": True, "loop.recall": False}
    assert needs_doses(Floor("looping.recall.low", 0.9))


def test_order_and_distance_of_the_doses_are_floors_too() -> None:
    """1 for yes: a fault whose doses are not ordered falls short."""
    dose = Dose("late", "late", "", "ttee_cif_180", "", "share", False, [], None, 0.3, 0.0, 10, 0.0, True, False)
    assert outcome("late.ordered=1", table(doses=[dose])) == "pass"
    assert outcome("late.apart=1", table(doses=[dose])) == "fail"
    assert outcome("late.apart=1", table(doses=[msgspec.structs.replace(dose, apart=None)])) == "inconclusive"
