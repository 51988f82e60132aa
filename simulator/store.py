"""A run's folder. Finished conversations are appended one by one and are safe from that moment on.

Each record is one unbuffered write, so a process that is killed loses nothing it had finished. The count of bytes written
is checked: a short write (a full disk) is reported, and the next record begins on a line of its own.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from simulator.model.errors import InputError, Problem, StoreFailed
from simulator.model.gates import Judgement, Verdict
from simulator.model.plan import Case, RunPlan
from simulator.model.score import Metric, Score
from simulator.model.transcript import Note, Transcript

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()


class Segment:
    """One append-only file of JSON lines, written by one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        # Whoever wrote here before may have been cut off in the middle of a line.
        self._torn = _ends_in_a_torn_line(path)

    def append(self, record: Any) -> None:
        """Write one record. Raises StoreFailed if it could not be written in full."""
        line = _ENCODER.encode(record) + b"\n"
        if self._torn:
            line = b"\n" + line
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise StoreFailed(f"{self.path}: {error.strerror}") from error
        self._torn = written != len(line)
        if self._torn:
            raise StoreFailed(f"{self.path}: only {written} of {len(line)} bytes could be written (disk full?)")

    def close(self) -> None:
        os.close(self._file)


class Damage(msgspec.Struct, frozen=True):
    """A line that could not be read: reported, never fatal."""

    file: str
    line: int
    reason: str


class RunFolder:
    """The files of one run, by name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def existing(cls, path: str | Path) -> RunFolder:
        """A run that is there. Raises InputError naming what is missing."""
        folder = cls(Path(path))
        if not folder.path.is_dir():
            raise InputError(
                [Problem("no such folder", file=str(path), hint="give the folder of a run, e.g. results/NAME")]
            )
        if not (folder.path / "cases.jsonl").is_file():
            raise InputError(
                [Problem("not the folder of a run: it has no cases.jsonl", file=str(path), hint="see `ls results`")]
            )
        return folder

    @property
    def catalogue(self) -> Path:
        """The frozen personas, scenarios, targets and gates."""
        return self.path / "catalogue"

    @property
    def transcripts(self) -> Path:
        return self.path / "transcripts"

    def segment(self, worker: str = "0") -> Segment:
        """Where one worker appends finished conversations."""
        return Segment(self.transcripts / f"{worker}.jsonl")

    def starts(self, worker: str = "0") -> Segment:
        """Where one worker notes what it has begun, so that what was under way can be named after a crash."""
        return Segment(self.path / "started" / f"{worker}.jsonl")

    def write_plan(self, plan_yaml: str) -> None:
        self._write("plan.yaml", plan_yaml.encode())

    def write_cases(self, cases: Iterable[Case]) -> None:
        self._write("cases.jsonl", b"".join(_ENCODER.encode(case) + b"\n" for case in cases))

    def read_cases(self) -> list[Case]:
        return list(_lines(self.path / "cases.jsonl", Case, []))

    def read_plan(self) -> RunPlan:
        """The plan as it was run, with every default."""
        return msgspec.yaml.decode((self.path / "plan.yaml").read_bytes(), type=RunPlan)

    def read_transcripts(self) -> tuple[list[Transcript], list[Damage]]:
        """Every conversation that is there, the first attempt of each, with the judges' notes on it; and every line that
        could not be read."""
        damage: list[Damage] = []
        found: dict[str, Transcript] = {}
        for file in sorted(self.transcripts.glob("*.jsonl")):
            for transcript in _lines(file, Transcript, damage):
                # Workers' files are read by name, so an earlier file may hold the later attempt.
                if transcript.id not in found or transcript.attempt < found[transcript.id].attempt:
                    found[transcript.id] = transcript
        for id_, notes in self._notes(found, damage).items():
            found[id_] = msgspec.structs.replace(found[id_], notes=[*found[id_].notes, *notes])
        return list(found.values()), damage

    def _notes(self, transcripts: Collection[str], damage: list[Damage]) -> dict[str, list[Note]]:
        """Judges' notes by transcript id, in the order of the file; none where no judge has written any."""
        file = self.path / "notes.jsonl"
        notes: dict[str, list[Note]] = {}
        for number, note in _numbered(file, Note, damage) if file.is_file() else ():
            if note.transcript in transcripts:
                notes.setdefault(note.transcript, []).append(note)
            else:
                reason = f"a note on {note.transcript!r}, which is no conversation of this run"
                damage.append(Damage(str(file), number, reason))
        return notes

    def read_starts(self) -> list[str]:
        """The ids of everything that was begun."""
        return [
            start["id"] for file in sorted((self.path / "started").glob("*.jsonl")) for start in _lines(file, dict, [])
        ]

    def write_scores(self, scores: Iterable[tuple[str, Score]]) -> None:
        """One score a line, with the transcript it belongs to."""
        lines = (_ENCODER.encode({"transcript": id_, **msgspec.to_builtins(score)}) + b"\n" for id_, score in scores)
        self._write("scores.jsonl", b"".join(lines))

    def read_scores(self) -> dict[str, list[Score]]:
        """Scores by transcript id; empty where the run has not been scored."""
        found: dict[str, list[Score]] = {}
        if (self.path / "scores.jsonl").is_file():
            for line in _lines(self.path / "scores.jsonl", dict, []):
                found.setdefault(line.pop("transcript"), []).append(msgspec.convert(line, Score))
        return found

    def write_metrics(self, document: dict[str, Any]) -> None:
        self._write("metrics.json", msgspec.json.format(_ENCODER.encode(document), indent=1))

    def read_metrics(self) -> tuple[dict[str, Any], list[Metric]]:
        """The whole document and its metrics. Raises InputError if the run has not been scored."""
        file = self.path / "metrics.json"
        if not file.is_file():
            raise InputError([Problem("not scored yet", file=str(self.path), hint=f"exitramp score {self.path}")])
        document = msgspec.json.decode(file.read_bytes())
        return document, msgspec.convert(document["metrics"], list[Metric])

    def write_judgements(self, judgements: list[Judgement], verdict: Verdict) -> None:
        self._write(
            "gates.json", msgspec.json.format(_ENCODER.encode({"verdict": verdict, "gates": judgements}), indent=1)
        )

    def read_judgements(self) -> tuple[Verdict, list[Judgement]]:
        document = msgspec.json.decode((self.path / "gates.json").read_bytes())
        return msgspec.convert(document["verdict"], Verdict), msgspec.convert(document["gates"], list[Judgement])

    def write_json(self, name: str, document: Any) -> None:
        self._write(name, msgspec.json.format(_ENCODER.encode(document), indent=1))

    def read_json(self, name: str) -> Any:
        """A document of the run, or None where it was never written."""
        file = self.path / name
        return msgspec.json.decode(file.read_bytes()) if file.is_file() else None

    def _write(self, name: str, content: bytes) -> None:
        """Replace a file as a whole: a crash leaves the old one or the new one, never half of it."""
        self.path.mkdir(parents=True, exist_ok=True)
        partial = self.path / f".{name}.part"
        try:
            partial.write_bytes(content)
            partial.replace(self.path / name)
        except OSError as error:
            raise StoreFailed(f"{self.path / name}: {error.strerror}") from error


def read_transcripts(path: Path) -> tuple[list[Transcript], list[Damage]]:
    """Transcripts from one file of JSON lines, ours or a foreign log's."""
    damage: list[Damage] = []
    return list(_lines(path, Transcript, damage)), damage


def _ends_in_a_torn_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _lines(file: Path, kind: type[T], damage: list[Damage]) -> Iterator[T]:
    return (record for _, record in _numbered(file, kind, damage))


def _numbered(file: Path, kind: type[T], damage: list[Damage]) -> Iterator[tuple[int, T]]:
    """The records of a file of JSON lines, each with the number of its line."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        if line.strip():
            try:
                yield number, decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                damage.append(Damage(str(file), number, str(error)))
