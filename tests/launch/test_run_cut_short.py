"""Runs that are cut short in the middle: what had finished is there, what had not is named, nobody is left behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli.run import DEMO_PERSONAS, DEMO_SCENARIOS
from simulator.launch.casting import cast
from simulator.launch.run import execute, prepare
from simulator.model.gates import DEFAULT_GATES
from simulator.model.plan import RunPlan
from simulator.store import RunFolder
from simulator.verdict.decide import decide
from tests.runs import EXITRAMP, environment, exitramp, metrics, only_run, processes, reconciles, under_way, until

SLOW = ("--target", "helpful:latency=0.3", "--conversations", "80", "--users", "6", "--no-probes")


def finished(folder: RunFolder) -> int:
    return len(folder.read_transcripts()[0]) if folder.transcripts.is_dir() else 0


def test_ctrl_c_keeps_what_was_said(tmp_path: Path) -> None:
    """Conversations under way end as interrupted, everything is scored; exit 130, whatever the gates say; nobody stays."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished", run)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=180)
    counts = metrics(folder)["counts"]
    assert run.returncode == 130, err
    assert "interrupted: what had been said is in the folder" in err
    assert counts["interrupted"] > 0
    assert counts["in_flight"] == 0
    assert 2 <= counts["finished"] < counts["planned"]
    assert reconciles(counts)
    assert "INCONCLUSIVE" in out
    until(lambda: not processes(folder), "all its processes have ended")


def test_a_killed_load_process_loses_nothing_that_had_finished(tmp_path: Path) -> None:
    """Exit 4 with the signal; the conversations under way are named and counted as in flight."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished", run)
        (load,) = processes(folder, "simulator.load")
        os.kill(load, signal.SIGKILL)
        before = finished(folder)
        out, err = run.communicate(timeout=180)
    document = metrics(folder)
    counts = document["counts"]
    assert run.returncode == 4
    assert "killed by signal 9" in err
    assert counts["finished"] >= before
    assert counts["in_flight"] == len(document["run"]["missing"]) > 0
    assert reconciles(counts)
    assert document["run"]["missing"][0] in out
    until(lambda: not processes(folder), "all its processes have ended")


def test_a_killed_parent_leaves_no_orphans_and_a_folder_that_can_be_scored(tmp_path: Path) -> None:
    """The children stop when their stdin closes; `score` works on what they wrote."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished", run)
        run.kill()
        run.wait()
        until(lambda: not processes(folder), "all its processes have ended")
    scored = exitramp("score", folder.path)
    counts = metrics(folder)["counts"]
    assert scored.code == 3, scored.err
    assert counts["finished"] == finished(folder) >= 2
    assert counts["interrupted"] > 0
    assert reconciles(counts)


def test_a_full_disk_is_said_with_what_is_missing(tmp_path: Path) -> None:
    """Neither the conversations nor the scores fit: which conversations are lost is said all the same, exit 4."""

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    command = [*EXITRAMP, "run", "--target", "helpful", "--conversations", "30", "--no-probes", "--users", "2"]
    done = subprocess.run(
        [*command, "--results", str(tmp_path)],
        env=environment({}),
        capture_output=True,
        text=True,
        preexec_fn=small_disk,
        check=False,
    )
    folder = only_run(tmp_path)
    lost = set(folder.read_starts()) - {one.id for one in folder.read_transcripts()[0]}
    assert done.returncode == 4
    assert lost
    assert all(f"{id_}" in done.stderr for id_ in lost)
    assert "could not write" in done.stderr
    assert "not started:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_bot_ends_conversations_not_the_run(tmp_path: Path) -> None:
    """A bot that dies is the target's failure; after 20 refusals the rest is not started."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished", run)
        (bot,) = processes(folder, "simulator.bots.serve")
        os.kill(bot, signal.SIGKILL)
        _, err = run.communicate(timeout=180)
    document = metrics(folder)
    assert run.returncode == 4, err
    assert "20 connections in a row were refused" in err
    assert document["counts"]["target_failed"] >= 20
    assert document["counts"]["simulator_failed"] == 0
    assert set(document["by_target"]["helpful:latency=0.3"]["causes"]) <= {"refused", "cut"}
    assert reconciles(document["counts"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that nothing has happened to."""
    plan = RunPlan(
        conversations=72,
        scenarios=list(DEMO_SCENARIOS),
        personas=list(DEMO_PERSONAS),
        probes=False,
        clock="virtual",
        results=str(tmp_path_factory.mktemp("whole")),
        gates="default",
    )
    ready = cast(plan)
    folder = prepare(ready, DEFAULT_GATES)
    execute(ready, folder, lambda status: None)
    assert decide(folder).verdict == "passed"
    return folder


def test_a_torn_last_line_is_reported_and_not_fatal(whole: RunFolder, tmp_path: Path) -> None:
    """A record that was cut off in the middle counts as in flight; the rest is scored and judged."""
    folder, segment = damaged(whole, tmp_path, lambda content: content[:-100])
    decision = decide(folder)
    counts = decision.counts
    assert (counts["started"], counts["finished"], counts["in_flight"]) == (72, 71, 1)
    assert [(one.file, one.line) for one in decision.damage] == [(str(segment), 72)]
    assert len(decision.missing) == 1
    assert decision.verdict == "passed"


def test_lost_conversations_leave_no_verdict(whole: RunFolder, tmp_path: Path) -> None:
    """Above 2 % lost through us a gate cannot say anything, also when it is judged later."""
    folder, _ = damaged(whole, tmp_path, lambda content: b"".join(content.splitlines(keepends=True)[:70]))
    decision = decide(folder)
    assert decision.verdict == "inconclusive"
    assert "2.8% of the conversations were interrupted, lost or failed on our side" in decision.judgements[0].reason


def damaged(whole: RunFolder, place: Path, change: Callable[[bytes], bytes]) -> tuple[RunFolder, Path]:
    shutil.copytree(whole.path, place / "run")
    folder = RunFolder(place / "run")
    (segment,) = folder.transcripts.iterdir()
    segment.write_bytes(change(segment.read_bytes()))
    return folder, segment


def test_ctrl_c_on_the_virtual_clock(tmp_path: Path) -> None:
    """What had been computed is kept, and the computing really stops."""
    arguments = ("--target", "ordinary", "--clock", "virtual", "--conversations", "3000", "--gates", "none")
    with under_way(tmp_path, *arguments) as (run, folder):
        until(lambda: finished(folder) >= 5, "five conversations have finished", run)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=180)
    counts = metrics(folder)["counts"]
    assert run.returncode == 130, err
    assert 5 <= counts["finished"] < 3_000
    assert counts["in_flight"] == 0
    assert counts["started"] < 3_000
    assert reconciles(counts)
