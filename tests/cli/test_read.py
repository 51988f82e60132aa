"""`score`, `report`, `show`: from folders and files, without sending anything."""

from __future__ import annotations

import json

import pytest

from simulator.launch.casting import cast
from simulator.launch.run import execute, prepare
from simulator.model.gates import DEFAULT_GATES
from simulator.model.plan import RunPlan
from simulator.store import RunFolder
from tests.runs import invoked, metrics


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A computed run that nobody has scored yet."""
    ready = cast(
        RunPlan(target="looping", conversations=12, clock="virtual", results=str(tmp_path_factory.mktemp("r")))
    )
    folder = prepare(ready, DEFAULT_GATES)
    execute(ready, folder, lambda status: None)
    return folder


def test_score_and_report_say_the_same(folder: RunFolder) -> None:
    """Verdict, counts and exit code; the second is read back, not computed."""
    scored = invoked("score", folder.path)
    report = invoked("report", folder.path)
    assert (report.code, report.out) == (scored.code, scored.out)
    assert json.loads(invoked("report", folder.path, "--json").out) == metrics(folder)


def test_show_reads_one_conversation(folder: RunFolder) -> None:
    """By id, with its turns; an unknown id is bad input that names some."""
    shown = invoked("show", folder.path, "c-0001")
    transcript = next(one for one in folder.read_transcripts()[0] if one.id == "c-0001")
    assert shown.code == 0
    assert transcript.scenario in shown.out
    wrong = invoked("show", folder.path, "c-4711")
    assert wrong.code == 2
    assert "no conversation 'c-4711'" in wrong.err
    document = json.loads(invoked("show", folder.path, "c-0001", "--json").out)
    assert document["transcript"]["id"] == "c-0001"
