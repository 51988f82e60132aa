"""`accuracy`, as people type it: a table, a gate, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.accuracy.labelled import HOME
from tests.runs import Done, invoked

OWN = ("--scorer", "tests.accuracy.scorers:always_pass")


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first dialogues of the English set, loops and others, and a line that is none."""
    lines = (HOME / "en.jsonl").read_text(encoding="utf-8").splitlines()
    path = tmp_path_factory.mktemp("labelled") / "some.jsonl"
    path.write_text("\n".join([*lines[:6], *lines[-6:], "{"]), encoding="utf-8")
    return path


def accuracy(*arguments: str | Path) -> Done:
    return invoked("accuracy", *arguments)


def test_a_file_of_ones_own_is_measured_in_seconds(some: Path) -> None:
    """Counts, both splits, bad lines named on stderr; no bots unless asked for."""
    done = accuracy("--labelled", some)
    assert done.code == 0, done.err
    assert "some.jsonl: 12 conversations (en 12)" in done.out
    assert "held out: no scorer was tuned on these" in done.out
    assert "used for tuning" in done.out
    assert "Reference bots" not in done.out
    assert "some.jsonl:13" in done.err


def test_as_json_it_is_one_document(some: Path) -> None:
    """Every figure with n and interval."""
    found = json.loads(accuracy("--labelled", some, "--json", "--min", "loop.specificity=0").out)
    loops = [one for one in found["accuracy"]["figures"] if one["name"] == "loop"]
    assert {one["split"] for one in loops} == {"tuning", "held_out"}
    assert all({"estimate", "low", "high", "n"} <= one["measures"]["recall"].keys() for one in loops)
    assert found["accuracy"]["unread"] == 1
    assert [one["outcome"] for one in found["floors"]] == ["pass"]


def test_a_scorer_that_always_passes_fails_the_gate(some: Path) -> None:
    """Loop 0 everywhere: recall 0 is exit 1, whatever else it says."""
    done = accuracy("--labelled", some, *OWN, "--min", "loop.recall=.9")
    assert done.code == 1
    assert "loop.recall  .9        0      FAIL" in done.out


def test_a_scorer_that_always_alarms_fails_the_gate(some: Path) -> None:
    """Loop 1 everywhere: it finds all and is right in none of the rest."""
    alarm = ("--scorer", "tests.accuracy.scorers:always_alarm")
    assert accuracy("--labelled", some, *alarm, "--min", "loop.precision=.95,loop.recall=.9").code == 1


def test_a_scorer_that_never_answers_is_inconclusive(some: Path) -> None:
    """No figure is no pass: exit 3 with its reason."""
    done = accuracy("--labelled", some, "--scorer", "tests.accuracy.scorers:silent", "--min", "loop.precision=.5")
    assert done.code == 3
    assert "inconclusive: it never looks" in done.out


def test_a_floor_that_is_held_passes(some: Path) -> None:
    """Exit 0, and the floor is shown."""
    done = accuracy("--labelled", some, "--min", "loop.specificity=.5")
    assert done.code == 0
    assert "pass" in done.out


def test_an_unknown_floor_is_refused_before_anything_is_measured(some: Path) -> None:
    """With names like it, as input that is wrong."""
    done = accuracy("--labelled", some, "--min", "lop.recall=.9")
    assert done.code == 2
    assert "did you mean loop.recall" in done.err
    assert done.out == ""


def test_a_floor_about_bots_that_are_not_run_is_refused(some: Path) -> None:
    """Neither with a file of one's own nor with --no-doses."""
    assert "add --doses" in accuracy("--labelled", some, "--min", "looping.recall=1").err
    assert "leave --no-doses out" in accuracy("--no-doses", "--min", "late.ordered=1").err


def test_only_the_whole_table_can_be_published(tmp_path: Path, some: Path) -> None:
    """A part of it would pass for the release's."""
    done = accuracy("--labelled", some, "--publish", tmp_path / "table.json")
    assert done.code == 2
    assert not (tmp_path / "table.json").exists()


def test_single_mistakes_are_named_where_one_may_look(some: Path) -> None:
    """Somebody's own file is theirs to read: ids of what was missed."""
    done = accuracy("--labelled", some, *OWN)
    assert "loop missed: en-exact-01" in done.out


def test_what_is_published_needs_no_measuring() -> None:
    """The release's table at once, for the terminal and for a README; floors are held against it too."""
    done = accuracy("--published", "--min", "looping.recall=1")
    assert done.code == 0, done.err
    assert "looping -> loop_rate" in done.out
    table = accuracy("--published", "--markdown").out
    assert "| score | asks | tier | n | yes | precision | recall | F1 | AUC |" in table
    assert "| `loop` |" in table
