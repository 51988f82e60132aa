"""Our own transcripts, and runs as one file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from simulator.catalogue import check
from simulator.catalogue.stock import select
from simulator.logs.exitramp import Header, export, header_of
from simulator.logs.source import Source
from simulator.model.errors import InputError
from simulator.model.persona import Persona
from simulator.model.plan import Case
from simulator.model.transcript import Note, Transcript, Turn
from simulator.store import RunFolder
from tests.logs.material import put, read, rejections, transcripts
from tests.scorers.scenes import BOILER, KETTLE
from tests.verdict.scenes import TRAITS


def talk(id_: str, attempt: int = 1, text: str = "hello") -> Transcript:
    return Transcript(id_, [Turn("customer", text, sent=0.0)], "limit", 1.0, attempt=attempt)


def folder(path: Path, *files: list[Any]) -> RunFolder:
    """A run of the cases b and a, with transcripts in as many files."""
    run = RunFolder(path)
    run.write_cases(Case(id_, "t", "kettle-return", "polite", 1, 1, {}, {}, TRAITS) for id_ in ("b", "a"))
    for number, records in enumerate(files):
        segment = run.segment(str(number))
        for one in records:
            segment.append(one)
        segment.close()
    return run


def test_an_export_holds_first_attempts_in_the_order_of_the_cases(tmp_path: Path) -> None:
    """As the run itself reads them; what is no transcript is left out and named."""
    run = folder(tmp_path / "run", [talk("a", 2, "late"), {"no": 1}], [talk("a"), talk("b")])
    file = tmp_path / "x.jsonl"
    count, damage = export(run, {"kettle-return": KETTLE}, {}, file)
    assert (count, [one.line for one in damage]) == (2, [2])
    assert [one.id for one in transcripts(read(file))] == ["b", "a"]
    assert transcripts(read(file))[1].attempt == 1


def test_an_export_is_gzipped_where_its_name_says_so(tmp_path: Path) -> None:
    """The same lines, and the same bytes each time; a file that is there stays as it is."""
    run = folder(tmp_path / "run", [talk("a"), talk("b")])
    plain, packed, again = (tmp_path / name for name in ("x.jsonl", "x.jsonl.gz", "y.jsonl.gz"))
    for file in (plain, packed, again):
        assert export(run, {}, {}, file) == (2, [])
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert packed.read_bytes() == again.read_bytes()
    assert [one.id for one in transcripts(read(packed))] == ["b", "a"]
    with pytest.raises(InputError, match="such a file already"):
        export(run, {}, {}, packed)
    assert packed.read_bytes() == again.read_bytes()


def test_an_export_holds_what_judges_noted(tmp_path: Path) -> None:
    """Each note with its conversation, in the order of the file; one on nothing is named."""
    run = folder(tmp_path / "run", [talk("a"), talk("b")])
    said = [Note(id_, "refund", "ombudsman", "1", verdict) for id_, verdict in (("b", False), ("x", True), ("b", True))]
    put(run.path, b"".join(msgspec.json.encode(one) + b"\n" for one in said), "notes.jsonl")
    count, damage = export(run, {}, {}, tmp_path / "x.jsonl")
    assert (count, [(one.line, "is no conversation" in one.reason) for one in damage]) == (2, [(2, True)])
    b, a = transcripts(read(tmp_path / "x.jsonl"))
    assert (b.notes, a.notes) == ([said[0], said[2]], [])


def test_the_header_holds_the_frozen_scenarios_and_tells_the_probes(tmp_path: Path) -> None:
    """Field by field; a persona is a probe by what it does, whatever its name."""
    file = tmp_path / "x.jsonl"
    scenarios = {"kettle-return": KETTLE, "boiler-cold": BOILER}
    silent, novice = (check.read(one, Persona) for one in select("personas", ["probe_passive", "polite_novice"]))
    named = {"polite_novice": novice, "silent": replace(silent, name="silent")}
    export(folder(tmp_path / "run", [talk("a")]), scenarios, named, file)
    header = header_of(Source(file))
    assert header == Header(1, "run", scenarios, ["silent"])


def test_another_version_is_refused_with_its_reason(tmp_path: Path) -> None:
    """Rather than half understood."""
    file = put(tmp_path, json.dumps({"exitramp_export": 2, "run": "r", "scenarios": {}}).replace(": ", ":") + "\n")
    with pytest.raises(InputError, match="exports of version 1"):
        header_of(Source(file))
    assert header_of(Source(put(tmp_path, msgspec.json.encode(talk("a")), "plain"))) is None


def test_a_transcript_without_turns_is_rejected(tmp_path: Path) -> None:
    """There is nothing to score in it."""
    file = put(
        tmp_path, msgspec.json.encode(talk("a")) + b"\n" + msgspec.json.encode(Transcript("b", [], "limit", 0.0))
    )
    (wrong,) = rejections(read(file))
    assert (wrong.place, wrong.reason) == (2, "no turns in it")
