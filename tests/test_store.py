from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from simulator.model.errors import InputError, StoreFailed
from simulator.model.score import Metric, Score
from simulator.model.transcript import Note, Quote, Transcript, Turn
from simulator.store import RunFolder, Segment, read_transcripts, score_line


def said(number: int, attempt: int = 1, text: str = "hello") -> Transcript:
    return Transcript(f"c-{number}", [Turn("customer", text, sent=1.0)], "left_silent", 2.0, attempt=attempt)


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60
    )


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    """Transcripts of several workers, each once, in full."""
    folder = RunFolder(tmp_path)
    for worker, numbers in (("0", (1, 2)), ("1", (3,))):
        segment = folder.segment(worker)
        for number in numbers:
            segment.append(said(number))
        segment.close()
    found, damage = folder.read_transcripts()
    assert found == [said(1), said(2), said(3)]
    assert damage == []


def test_a_torn_line_is_reported_and_costs_only_itself(tmp_path: Path) -> None:
    """With file and line; everything else is there."""
    folder = RunFolder(tmp_path)
    folder.segment().append(said(1))
    file = folder.transcripts / "0.jsonl"
    whole = msgspec.json.encode(said(2))
    file.write_bytes(file.read_bytes() + whole[: len(whole) // 2])
    found, (damage,) = folder.read_transcripts()
    assert found == [said(1)]
    assert (damage.file, damage.line) == (str(file), 2)


def test_who_writes_after_a_crash_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    """The torn line stays torn, the next record is whole."""
    file = tmp_path / "0.jsonl"
    file.write_bytes(b'{"id": "c-1", "tur')
    segment = Segment(file)
    segment.append(said(2))
    segment.append(said(3))
    found, damage = read_transcripts(file)
    assert found == [said(2), said(3)]
    assert [one.line for one in damage] == [1]


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    """A disk that lost a block."""
    file = tmp_path / "0.jsonl"
    file.write_bytes(b"\xff\xfe\x00\n" + msgspec.json.encode(said(1)) + b"\n\n")
    found, damage = read_transcripts(file)
    assert (found, len(damage)) == ([said(1)], 1)


SHORT_WRITE = """
import resource, sys
from pathlib import Path
from simulator.model.errors import StoreFailed
from simulator.store import Segment

file = Path(sys.argv[1])
segment = Segment(file)
segment.append({"id": "first"})
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 8, resource.RLIM_INFINITY))
for text in ("cut in the middle", "not one byte fits"):
    try:
        segment.append({"id": text})
    except StoreFailed as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
segment.append({"id": "last"})
"""


def test_a_full_disk_is_reported_and_glues_nothing_together(tmp_path: Path) -> None:
    """A short write and a refused one raise, by name; the next record that fits stands on its own line."""
    file = tmp_path / "0.jsonl"
    told = run_python(SHORT_WRITE, file).stdout.splitlines()
    assert len(told) == 2
    assert "only 8 of" in told[0]
    assert all(line.startswith(f"{file}: ") for line in told)
    assert file.read_bytes() == b'{"id":"first"}\n{"id":"c\n{"id":"last"}\n'


WRITES_FOR_EVER = """
import sys
from simulator.store import RunFolder
from pathlib import Path
from simulator.model.transcript import Transcript, Turn

segment = RunFolder(Path(sys.argv[1])).segment()
number = 0
while True:
    number += 1
    segment.append(Transcript(f"c-{number}", [Turn("customer", "x" * 5000)], "left_silent", 1.0))
    print(number, flush=True)
"""


def test_killing_a_writer_loses_nothing_it_had_finished(tmp_path: Path) -> None:
    """kill -9 in the middle of work: every conversation that `append` had returned from is there."""
    writer = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline() for _ in range(200)]
    os.kill(writer.pid, signal.SIGKILL)
    told += writer.stdout.readlines()
    writer.stdout.close()
    writer.wait()
    acknowledged = {f"c-{line.strip()}" for line in told if line.endswith("\n")}
    found, _ = RunFolder(tmp_path).read_transcripts()
    assert len(acknowledged) >= 200
    assert acknowledged <= {one.id for one in found}


@pytest.mark.parametrize("first_file", [1, 2])
def test_the_first_attempt_wins(tmp_path: Path, first_file: int) -> None:
    """Whichever worker's file holds it, and also within one file."""
    folder = RunFolder(tmp_path)
    for worker in (1, 2):
        attempt = 1 if worker == first_file else 2
        folder.segment(str(worker)).append(said(1, attempt, f"attempt {attempt}"))
    folder.segment("3").append(said(1, 1, "written twice"))
    found, _ = folder.read_transcripts()
    assert found == [said(1, 1, "attempt 1")]


def test_a_document_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """A write that fails leaves the old document, readable."""
    folder = RunFolder(tmp_path)
    folder.write_json("metrics.json", {"old": 1})
    (tmp_path / ".metrics.json.part").mkdir()
    with pytest.raises(StoreFailed, match=r"metrics\.json"):
        folder.write_json("metrics.json", {"new": 2})
    assert folder.read_json("metrics.json") == {"old": 1}


def test_no_half_written_file_is_left_beside(tmp_path: Path) -> None:
    """Only the documents stand in the folder."""
    folder = RunFolder(tmp_path)
    folder.write_json("a.json", {"a": 1})
    folder.write_plan("plan: 1\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.json", "plan.yaml"]


def test_plan_scores_and_metrics_come_back(tmp_path: Path) -> None:
    """What the verdict writes the report reads."""
    folder = RunFolder(tmp_path)
    folder.write_plan("plan: 1\ntarget: looping\n")
    folder.write_scores([("c-1", Score("level", 3, version="1"))])
    metric = Metric("loop_rate", "", 0.5, 0.1, 0.9, 10, 0, "logit-t", "these_scenarios")
    folder.write_metrics({"schema": 1, "metrics": [metric]})
    assert folder.read_plan().target == "looping"
    assert folder.read_metrics()[1] == [metric]
    assert b'"transcript":"c-1"' in (tmp_path / "scores.jsonl").read_bytes()


def test_starts_are_named_after_a_crash(tmp_path: Path) -> None:
    """What was begun, by every worker."""
    folder = RunFolder(tmp_path)
    for worker in ("0", "1"):
        folder.starts(worker).append({"id": f"c-{worker}"})
    assert folder.read_starts() == ["c-0", "c-1"]


@pytest.mark.parametrize(("make", "words"), [(False, "no such folder"), (True, "not the folder of a run")])
def test_what_is_no_run_is_said_plainly(tmp_path: Path, make: bool, words: str) -> None:
    """With the path and what to do."""
    path = tmp_path / "run"
    if make:
        path.mkdir()
    with pytest.raises(InputError, match=words):
        RunFolder.existing(path)


def test_a_run_without_scores_says_how_to_score_it(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(InputError, match="exitramp score"):
        RunFolder(tmp_path).read_metrics()


def test_a_conversation_is_read_again_by_its_place(tmp_path: Path) -> None:
    """From any file, in any order, with letters of any width before it; with the notes on it."""
    folder = RunFolder(tmp_path)
    for worker, numbers in (("0", (1, 2)), ("1", (3,))):
        for number in numbers:
            folder.segment(worker).append(said(number, text="Grüße 🙂" * number))
    (tmp_path / "notes.jsonl").write_bytes(b"\n" + msgspec.json.encode(Note("c-2", "a", "j", "1", None)) + b"\n")
    stored = list(folder.stored([]))
    notes = folder.notes({"c-2"}, [])
    with folder.pages() as pages:
        for place, transcript in reversed(stored):
            assert pages.read(place) == transcript
        place, transcript = stored[1]
        noted = pages.read(place._replace(notes=tuple(notes["c-2"])))
    assert noted == folder.read_transcripts()[0][1]
    assert noted.notes == [Note("c-2", "a", "j", "1", None)]


def test_a_conversation_that_has_gone_is_named(tmp_path: Path) -> None:
    """Somebody has cut the file meanwhile: which file, and no traceback."""
    folder = RunFolder(tmp_path)
    folder.segment().append(said(1))
    ((place, _),) = folder.stored([])
    (folder.transcripts / "0.jsonl").write_bytes(b"{}")
    with folder.pages() as pages, pytest.raises(StoreFailed, match=r"0\.jsonl: changed while it was read"):
        pages.read(place)


def test_scores_that_break_off_leave_the_old_ones(tmp_path: Path) -> None:
    """Written as they come, but seen only when all are there; nothing half written is left beside."""
    folder = RunFolder(tmp_path)
    folder.write_scores([("c-1", Score("level", 3))])

    def broken() -> Iterator[bytes]:
        yield b'{"transcript":"c-2"}\n'
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        folder.write_score_lines(broken())
    assert [file.name for file in tmp_path.iterdir()] == ["scores.jsonl"]
    assert folder.read_scores() == {"c-1": [Score("level", 3)]}


def test_a_score_is_a_line_with_its_transcript() -> None:
    """What is as by default is left out; quotes in a reason break nothing."""
    score = Score("level", None, event="left", reason='no "acts"', turns=[3])
    told = {"transcript": "c-1", "name": "level", "value": None, "event": "left", "reason": 'no "acts"', "turns": [3]}
    assert score_line("c-1", score) == msgspec.json.encode(told) + b"\n"


def test_notes_are_joined_to_their_transcripts(tmp_path: Path) -> None:
    """In the order of the file; a broken line and a note on nothing are told with their lines and cost only themselves."""
    folder = RunFolder(tmp_path)
    segment = folder.segment()
    for number in (1, 2):
        segment.append(said(number))
    segment.close()
    first, second = Note("c-2", "a", "j", "1", None), Note("c-2", "a", "j", "2", False, [Quote(0, "hello")])
    strange = Note("c-9", "a", "j", "1", True)
    lines = [msgspec.json.encode(one) for one in (first, strange, second)]
    (tmp_path / "notes.jsonl").write_bytes(b"\n".join([*lines, b'{"verdict": 3}', b""]))
    (one, two), damage = folder.read_transcripts()
    assert (one.notes, two.notes) == ([], [first, second])
    assert sorted(each.line for each in damage) == [2, 4]
    assert any("'c-9', which is no conversation of this run" in each.reason for each in damage)
