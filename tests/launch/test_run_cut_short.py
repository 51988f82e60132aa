"""Runs that are cut short in the middle: what had finished is there, what had not is named, nobody is left behind."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from simulator.store import RunFolder
from tests.runs import exitramp, held, metrics, processes, reconciles, under_way, until

SLOW = ("--target", "helpful:latency=1", "--conversations", "40", "--users", "6", "--no-probes", "--gates", "none")


def finished(folder: RunFolder) -> int:
    return len(folder.read_transcripts()[0]) if folder.transcripts.is_dir() else 0


def test_ctrl_c_keeps_what_was_said(tmp_path: Path) -> None:
    """Conversations under way end as interrupted, everything is scored, exit 130, no process stays."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    counts = metrics(folder)["counts"]
    assert run.returncode == 130, err
    assert "interrupted: what had been said is in the folder" in err
    assert counts["interrupted"] > 0
    assert counts["in_flight"] == 0
    assert 2 <= counts["finished"] < counts["planned"]
    assert reconciles(counts)
    assert "NOT JUDGED" in out
    until(lambda: not processes(folder), "all its processes have ended")


def test_a_killed_load_process_loses_nothing_that_had_finished(tmp_path: Path) -> None:
    """Exit 4 with the signal; the conversations under way are named and counted as in flight."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished")
        (load,) = processes(folder, "simulator.load")
        os.kill(load, signal.SIGKILL)
        before = finished(folder)
        out, err = run.communicate(timeout=60)
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
        until(lambda: finished(folder) >= 2, "two conversations have finished")
        run.kill()
        run.wait()
        until(lambda: not processes(folder), "all its processes have ended")
    scored = exitramp("score", folder.path)
    counts = metrics(folder)["counts"]
    assert scored.code == 0, scored.err
    assert "NOT JUDGED" in scored.out
    assert counts["finished"] == finished(folder) >= 2
    assert counts["interrupted"] > 0
    assert reconciles(counts)


def test_a_killed_bot_ends_conversations_not_the_run(tmp_path: Path) -> None:
    """A bot that dies is the target's failure; after 20 refusals the rest is not started."""
    with under_way(tmp_path, *SLOW) as (run, folder):
        until(lambda: finished(folder) >= 2, "two conversations have finished")
        (bot,) = processes(folder, "simulator.bots.serve")
        os.kill(bot, signal.SIGKILL)
        _, err = run.communicate(timeout=60)
    document = metrics(folder)
    assert run.returncode == 4, err
    assert "20 connections in a row were refused" in err
    assert document["counts"]["target_failed"] >= 20
    assert document["counts"]["simulator_failed"] == 0
    assert set(document["by_target"]["helpful:latency=1"]["causes"]) <= {"refused", "cut"}
    assert reconciles(document["counts"])


def test_a_torn_last_line_is_reported_and_not_fatal(tmp_path: Path) -> None:
    """A record that was cut off in the middle counts as in flight; the rest is scored."""
    run = held(tmp_path, "--target", "helpful", "--conversations", "6", "--no-probes", "--gates", "none")
    (segment,) = run.folder.transcripts.iterdir()
    segment.write_bytes(segment.read_bytes()[:-100])
    scored = exitramp("score", run.folder.path)
    counts = run.metrics["counts"]
    assert scored.code == 0
    assert (counts["started"], counts["finished"], counts["in_flight"]) == (6, 5, 1)
    assert re.search(r"0\.jsonl:\s*6", scored.out)
    assert len(run.metrics["run"]["missing"]) == 1


def test_lost_conversations_leave_no_verdict(tmp_path: Path) -> None:
    """Above 2 % lost through us a gate cannot say anything, also when it is judged later."""
    run = held(tmp_path, "--target", "helpful", "--conversations", "72", "--no-probes", "--users", "40")
    assert run.done.code == 0, run.done.out
    (segment,) = run.folder.transcripts.iterdir()
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:68]))
    scored = exitramp("score", run.folder.path)
    assert scored.code == 3
    assert "failed on our side" in " ".join(scored.out.split())


def test_ctrl_c_on_the_virtual_clock(tmp_path: Path) -> None:
    """What had been computed is kept, and the computing really stops."""
    arguments = ("--target", "ordinary", "--clock", "virtual", "--conversations", "20000", "--gates", "none")
    with under_way(tmp_path, *arguments) as (run, folder):
        until(lambda: finished(folder) >= 5, "five conversations have finished")
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    counts = metrics(folder)["counts"]
    assert run.returncode == 130, err
    assert 5 <= counts["finished"] < 20_000
    assert counts["in_flight"] == 0
    assert 1 <= counts["interrupted"] <= 20
    assert reconciles(counts)
