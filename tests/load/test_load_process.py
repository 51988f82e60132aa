"""The load process alone, as its parent starts it: `python -m simulator.load RUN BOTS`."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from simulator.launch.casting import cast
from simulator.launch.messages import Status, read
from simulator.launch.run import prepare
from simulator.model.plan import Load, RunPlan
from simulator.store import RunFolder
from tests.bot_process import serving, target_file
from tests.runs import DEADLINE_S, ROOT, environment, until

_BOT = "tests.load.bots:polite"


def prepared(results: Path, target: str | list[str] = _BOT, conversations: int = 6, users: int = 3) -> RunFolder:
    plan = RunPlan(
        target=target,
        conversations=conversations,
        probes=False,
        scenarios=["parcel-*"],
        results=str(results),
        load=Load(users=users),
    )
    return prepare(cast(plan), None)


def started(folder: RunFolder, largest_file: int | None = None) -> subprocess.Popen[bytes]:
    """The process, perhaps under a limit on the size of its files: a disk that is full at a known byte."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return subprocess.Popen(
        [sys.executable, "-m", "simulator.load", str(folder.path), "{}"],
        cwd=ROOT,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, Status, str]:
    """Exit code, the last status, what went to stderr."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        lines = process.stdout.read().splitlines()
        err = process.stderr.read().decode()
        code = process.wait(DEADLINE_S)
    statuses = [status for line in lines if (status := read(line)) is not None]
    return code, statuses[-1] if statuses else Status(), err


def test_every_case_is_held_once(tmp_path: Path) -> None:
    """All transcripts are there, the last status counts them, exit 0; a second process takes up only what is missing."""
    folder = prepared(tmp_path)
    code, last, err = ended(started(folder))
    transcripts, damage = folder.read_transcripts()
    assert (code, damage) == (0, []), err
    assert sorted(one.id for one in transcripts) == [case.id for case in folder.read_cases()]
    assert (last.final, last.started, last.finished, last.fault) == (True, 6, 6, "")
    (segment,) = folder.transcripts.iterdir()
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:4]))
    _, last, _ = ended(started(folder))
    assert (last.planned, last.finished) == (2, 2)
    assert len(folder.read_transcripts()[0]) == 6


def test_failed_requests_are_counted_by_target(tmp_path: Path) -> None:
    """On the wire, not by endings; each target's own numbers."""
    with serving("fault") as broken, serving("acme") as whole:
        files = [target_file(tmp_path, name, url) for name, url in (("broken", broken), ("whole", whole))]
        folder = prepared(tmp_path / "results", [str(file) for file in files], conversations=3)
        code, last, err = ended(started(folder))
    assert code == 0, err
    assert last.failed_requests is not None
    assert last.failed_requests["broken"] == 3
    assert last.started_by_target == last.finished_by_target == {"broken": 3, "whole": 3}


def test_a_full_disk_names_what_could_not_be_stored(tmp_path: Path) -> None:
    """Nothing new is begun, finished conversations without a record are named, exit 4."""
    folder = prepared(tmp_path, conversations=40, users=1)
    code, last, _ = ended(started(folder, largest_file=20_000))
    kept = {one.id for one in folder.read_transcripts()[0]}
    assert code == 4
    assert "could not write" in last.unwritable
    assert last.unstored
    assert kept
    assert not kept & set(last.unstored)
    assert set(folder.read_starts()) == kept | set(last.unstored)


def test_a_disk_that_is_full_from_the_start_does_not_hang(tmp_path: Path) -> None:
    """Not even the note that a conversation begins can be written: the process says so and ends."""
    code, last, _ = ended(started(prepared(tmp_path), largest_file=5))
    assert code == 4
    assert "could not write" in last.unwritable
    assert (last.started, last.unstored) == (0, [])


def test_it_stops_when_its_parent_is_gone(tmp_path: Path) -> None:
    """Closing its stdin interrupts what is under way, and that is kept."""
    folder = prepared(tmp_path, "tests.load.bots:sleepy")
    process = started(folder)
    until(lambda: any((folder.path / "started").glob("*.jsonl")) and folder.read_starts(), "it has begun")
    assert process.stdin is not None
    process.stdin.close()
    code, last, err = ended(process)
    endings = {one.ending for one in folder.read_transcripts()[0]}
    assert (code, endings) == (0, {"interrupted"}), err
    assert last.started == last.finished == 3


def test_nonsense_from_a_class_is_never_the_bots_failure(tmp_path: Path) -> None:
    """A target class that breaks the contract ends conversations as simulator_failed."""
    folder = prepared(tmp_path, ["tests.load.bots:nonsense_session", "tests.load.bots:cannot_open"])
    code, last, _ = ended(started(folder))
    assert code == 0
    assert {one.ending for one in folder.read_transcripts()[0]} == {"simulator_failed"}
    assert last.failed_requests == {}


def test_a_customer_that_breaks_is_our_fault(tmp_path: Path) -> None:
    """A mind that raises (here: a case without its facts) ends as simulator_failed or stops the run with exit 5."""
    folder = prepared(tmp_path, conversations=2, users=1)
    cases = [msgspec.structs.replace(case, facts={}) for case in folder.read_cases()]
    folder.write_cases(cases)
    code, last, _ = ended(started(folder))
    endings = {one.ending for one in folder.read_transcripts()[0]}
    assert endings == {"simulator_failed"} or (code == 5 and last.fault)


def test_a_fault_outside_a_conversation_ends_the_run(tmp_path: Path) -> None:
    """A case of a persona that is not there cannot be played: exit 5 with the traceback in the last status."""
    folder = prepared(tmp_path, conversations=4, users=2)
    cases = folder.read_cases()
    folder.write_cases([cases[0], msgspec.structs.replace(cases[1], persona="nobody"), *cases[2:]])
    code, last, _ = ended(started(folder))
    assert code == 5
    assert "KeyError: 'nobody'" in last.fault


def test_a_bot_that_prints_does_not_disturb_the_status_lines(tmp_path: Path) -> None:
    """Whatever code in this process prints goes to stderr."""
    code, last, err = ended(started(prepared(tmp_path, "tests.load.bots:chatty")))
    assert (code, last.finished) == (0, 6)
    assert "thinking aloud" in err


def test_it_ends_although_nobody_reads_its_status(tmp_path: Path) -> None:
    """A pipe that is full never stops a conversation."""
    folder = prepared(tmp_path)
    process = started(folder)
    until(lambda: folder.transcripts.is_dir() and len(folder.read_transcripts()[0]) == 6, "all were held")
    assert ended(process)[0] == 0


def test_a_callable_that_has_gone_meanwhile_is_bad_input(tmp_path: Path) -> None:
    """The run was cast with it, the load process does not find it: exit 2 and one sentence with a hint."""
    folder = prepared(tmp_path, "tests.load.bots:polite")
    targets = folder.path / "targets.json"
    targets.write_text(targets.read_text().replace("bots:polite", "bots:polit"))
    code, _, err = ended(started(folder))
    assert code == 2
    assert "did you mean `polite`?" in err
    assert "Traceback" not in err
