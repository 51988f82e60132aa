"""A run's folder. Finished conversations are appended one by one and are safe from that moment on.

Each record is one unbuffered write, so a process that is killed loses nothing it had finished. The count of bytes written
is checked: a short write (a full disk) is reported, and the next record begins on a line of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeVar

import msgspec

from simulator.model.errors import InputError, Problem, StoreFailed
from simulator.model.gates import Judgement, Verdict
from simulator.model.plan import Case, RunPlan
from simulator.model.score import Metric, Score
from simulator.model.transcript import Note, Transcript

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
SCORES = "scores.jsonl"
"""File of a run's folder: one score a line."""
NOTES = "notes.jsonl"
"""File of a run's folder: one note of a judge a line."""
_TRANSCRIPTS = msgspec.json.Decoder(Transcript)
_NOTES = msgspec.json.Decoder(Note)


class Place(NamedTuple):
    """Where a conversation stands: a file of the folder, the byte at which its line begins, and the line's length."""

    file: str
    start: int
    length: int
    notes: tuple[Place, ...] = ()
    """Where the judges' notes on it stand."""


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


class Attempt(Protocol):
    """Something held at the n-th attempt."""

    @property
    def attempt(self) -> int: ...


A = TypeVar("A", bound=Attempt)


class _Standing(NamedTuple):
    """An attempt that stands somewhere."""

    attempt: int
    place: Place


class Pages:
    """Conversations read from their places, one at a time; files stay open until it is left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()
        self._open.clear()

    def read(self, place: Place) -> Transcript:
        """The conversation at a place, with the notes on it. Raises StoreFailed if it is not there any more."""
        return self.noted(self._decoded(_TRANSCRIPTS, place), place.notes)

    def noted(self, transcript: Transcript, places: Sequence[Place]) -> Transcript:
        """A conversation with the notes that stand at these places. Raises StoreFailed as `read`."""
        if not places:
            return transcript
        notes = [self._decoded(_NOTES, place) for place in places]
        return msgspec.structs.replace(transcript, notes=[*transcript.notes, *notes])

    def _decoded(self, decoder: msgspec.json.Decoder[T], place: Place) -> T:
        try:
            file = self._open.get(place.file)
            if file is None:
                file = self._open[place.file] = (self._folder / place.file).open("rb")
            file.seek(place.start)
            return decoder.decode(file.read(place.length))
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreFailed(f"{self._folder / place.file}: changed while it was read: {error}") from error


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
        return list(self.cases())

    def cases(self) -> Iterator[Case]:
        """The cases in their order, one at a time."""
        return _lines(self.path / "cases.jsonl", Case, [])

    def read_plan(self) -> RunPlan:
        """The plan as it was run, with every default."""
        return msgspec.yaml.decode((self.path / "plan.yaml").read_bytes(), type=RunPlan)

    def read_transcripts(self) -> tuple[list[Transcript], list[Damage]]:
        """Every conversation that is there, the first attempt of each, with the judges' notes on it; and every line that
        could not be read."""
        damage: list[Damage] = []
        found = self.first_attempts(damage, lambda transcript, _: transcript)
        with self.pages() as pages:
            for id_, places in self.notes(found, damage).items():
                found[id_] = pages.noted(found[id_], places)
        return list(found.values()), damage

    def places(self, damage: list[Damage]) -> list[Place]:
        """Where each conversation stands, the first attempt of each, with the judges' notes on it, in the order of the cases."""
        found = self.first_attempts(damage, lambda transcript, place: _Standing(transcript.attempt, place))
        noted = self.notes(found, damage)
        order = {case.id: number for number, case in enumerate(self.cases())}
        ids = sorted(found, key=lambda id_: order.get(id_, len(order)))
        return [found[id_].place._replace(notes=tuple(noted.get(id_, ()))) for id_ in ids]

    def first_attempts(self, damage: list[Damage], keep: Callable[[Transcript, Place], A]) -> dict[str, A]:
        """What is to be kept of each conversation that is there, by its id; of several attempts of the first."""
        found: dict[str, A] = {}
        for place, transcript in self.stored(damage):
            if is_first(transcript, found.get(transcript.id)):
                found[transcript.id] = keep(transcript, place)
        return found

    def stored(self, damage: list[Damage]) -> Iterator[tuple[Place, Transcript]]:
        """Every conversation as it stands in the files, all attempts, one at a time; what cannot be read joins `damage`.
        Judges' notes stand elsewhere, see `notes`."""
        for file in sorted(self.transcripts.glob("*.jsonl")):
            for number, start, line in _numbered(file):
                transcript = _decoded(_TRANSCRIPTS, line, file, number, damage)
                if transcript is not None:
                    yield Place(f"{file.relative_to(self.path)}", start, len(line)), transcript

    def notes(self, transcripts: Container[str], damage: list[Damage]) -> dict[str, list[Place]]:
        """Where judges' notes stand by transcript id, in the order of the file; none where no judge has written any."""
        file = self.path / NOTES
        places: dict[str, list[Place]] = {}
        for number, start, line in _numbered(file) if file.is_file() else ():
            note = _decoded(_NOTES, line, file, number, damage)
            if note is not None and note.transcript in transcripts:
                places.setdefault(note.transcript, []).append(Place(NOTES, start, len(line)))
            elif note is not None:
                reason = f"a note on {note.transcript!r}, which is no conversation of this run"
                damage.append(Damage(str(file), number, reason))
        return places

    def pages(self) -> Pages:
        """What reads single conversations again, by their places."""
        return Pages(self.path)

    def read_starts(self) -> list[str]:
        """The ids of everything that was begun."""
        return [
            start["id"] for file in sorted((self.path / "started").glob("*.jsonl")) for start in _lines(file, dict, [])
        ]

    def write_scores(self, scores: Iterable[tuple[str, Score]]) -> None:
        """One score a line, with the transcript it belongs to."""
        self.write_score_lines(score_line(id_, score) for id_, score in scores)

    def write_score_lines(self, lines: Iterable[bytes]) -> None:
        """The same as lines made by `score_line`, written as they come; the file is replaced once all are there."""
        self._write_all(SCORES, lines)

    def score_lines(self) -> Iterator[bytes]:
        """The lines of the scores as they stand, each with its end; none where the run has not been scored."""
        file = self.path / SCORES
        if file.is_file():
            with file.open("rb") as lines:
                yield from lines

    def scores(self) -> Iterator[tuple[str, Score]]:
        """Transcript id and score, one at a time, in the order of the file."""
        for line in self.score_lines():
            try:
                told = _SCORES.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            yield (
                told.transcript,
                Score(told.name, told.value, told.event, told.reason, told.turns, told.version, told.weight),
            )

    def read_scores(self) -> dict[str, list[Score]]:
        """Scores by transcript id; empty where the run has not been scored."""
        found: dict[str, list[Score]] = {}
        for id_, score in self.scores():
            found.setdefault(id_, []).append(score)
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
        self._write_all(name, (content,))

    def _write_all(self, name: str, content: Iterable[bytes]) -> None:
        """Replace a file as a whole: a crash leaves the old one or the new one, never half of it."""
        self.path.mkdir(parents=True, exist_ok=True)
        partial = self.path / f".{name}.part"
        try:
            with partial.open("wb") as file:
                for piece in content:
                    file.write(piece)
            partial.replace(self.path / name)
        except OSError as error:
            raise StoreFailed(f"{self.path / name}: {error.strerror}") from error
        except BaseException:  # Ctrl-C, or whoever makes the content failed: no half of a file stays
            partial.unlink(missing_ok=True)
            raise


class _ScoreLine(Score, frozen=True, omit_defaults=True, kw_only=True):
    """A score as it is stored."""

    transcript: str


_SCORES = msgspec.json.Decoder(_ScoreLine)


def score_line(transcript: str, score: Score) -> bytes:
    """A score as one line of JSON, with the transcript it belongs to."""
    return b'{"transcript":' + _ENCODER.encode(transcript) + b"," + _ENCODER.encode(score)[1:] + b"\n"


def is_first(found: Attempt, known: Attempt | None) -> bool:
    """Whether an attempt counts: workers' files are read by name, so an earlier file may hold the later attempt."""
    return known is None or found.attempt < known.attempt


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
    decoder = msgspec.json.Decoder(kind)
    for number, _, line in _numbered(file):
        found = _decoded(decoder, line, file, number, damage)
        if found is not None:
            yield found


def _numbered(file: Path) -> Iterator[tuple[int, int, bytes]]:
    """The lines that are not blank: number from 1, first byte, content."""
    start = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, start, line
            start += len(line)


def _decoded(decoder: msgspec.json.Decoder[T], line: bytes, file: Path, number: int, damage: list[Damage]) -> T | None:
    try:
        return decoder.decode(line.rstrip(b"\n"))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        damage.append(Damage(str(file), number, str(error)))
        return None
