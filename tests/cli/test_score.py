"""`score` on files and `export`: anybody's logs, and our own runs in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.launch.casting import cast
from simulator.launch.run import execute, prepare
from simulator.model.gates import DEFAULT_GATES
from simulator.model.plan import RunPlan
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.store import RunFolder
from tests.logs.material import ASKED, MOVED, put, zipped
from tests.runs import exitramp, invoked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A computed run that nobody has scored yet."""
    results = str(tmp_path_factory.mktemp("r"))
    ready = cast(RunPlan(target=["ordinary", "looping"], conversations=12, clock="virtual", results=results))
    folder = prepare(ready, DEFAULT_GATES)
    execute(ready, folder, lambda status: None)
    return folder


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_export_is_scored_like_the_run(folder: RunFolder, tmp_path: Path) -> None:
    """Byte for byte, gzipped too, away from the run's folder and with every scenario inside."""
    file = tmp_path / "run.jsonl"
    assert invoked("export", folder.path, "--out", file).code == 0
    live = exitramp("score", folder.path, "--json")
    for one in (file, zipped(file)):
        again = exitramp("score", one, "--json", cwd=tmp_path)
        assert again.code == 0, again.err
        assert again.out == live.out
    assert len(lines(live.out)) > 24 * 40


def test_the_rule_of_a_whole_run_holds_for_its_export(folder: RunFolder, tmp_path: Path) -> None:
    """A bot of whose turns most were not recognised: failed attempts are not counted, in the run and in the file."""
    deaf = tmp_path / "deaf"
    for name in ("plan.yaml", "cases.jsonl"):
        put_beside(deaf, name, (folder.path / name).read_bytes())
    for file in folder.catalogue.rglob("*.yaml"):
        put_beside(deaf, str(file.relative_to(folder.path)), file.read_bytes())
    kept = [
        msgspec.structs.replace(
            one,
            turns=[
                msgspec.structs.replace(turn, text=f"Zorp blick vandrel {place}.") if turn.speaker == "bot" else turn
                for place, turn in enumerate(one.turns)
            ],
        )
        for one in folder.read_transcripts()[0]
    ]
    put_beside(deaf, "transcripts/0.jsonl", b"\n".join(map(msgspec.json.encode, reversed(kept))) + b"\n")
    live = invoked("score", deaf, "--json").out
    document = json.loads((deaf / "metrics.json").read_bytes())
    assert any("not recognised" in note for note in document["run"]["notes"])
    assert invoked("export", deaf, "--out", tmp_path / "deaf.jsonl").code == 0
    assert invoked("score", tmp_path / "deaf.jsonl", "--json").out == live


def put_beside(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def test_an_export_is_never_overwritten(folder: RunFolder, tmp_path: Path) -> None:
    """Bad input, and the file is as it was."""
    file = put(tmp_path, "mine")
    done = invoked("export", folder.path, "--out", file)
    assert (done.code, file.read_text()) == (2, "mine")
    assert "there is such a file already" in done.err


def test_an_export_for_other_tools_can_be_read_again(folder: RunFolder, tmp_path: Path) -> None:
    """`--format openai`: as many conversations, hand-offs as calls, read as a foreign log."""
    file = tmp_path / "messages.jsonl"
    assert invoked("export", folder.path, "--out", file, "--format", "openai").code == 0
    done = invoked("score", file, "--json")
    assert done.code == 0
    assert "OpenAI-style" in done.err
    live = {one.id for one in folder.read_transcripts()[0] if any(turn.text for turn in one.turns)}
    assert {line["transcript"] for line in lines(done.out)} == live


def test_score_of_a_file_is_one_score_a_line(folder: RunFolder) -> None:
    """`{"transcript", "name", "value", ...}`, and nothing else on stdout."""
    done = invoked("score", folder.transcripts / "0.jsonl", "--json")
    found = lines(done.out)
    assert done.code == 0
    assert {line["transcript"] for line in found} == {one.id for one in folder.read_transcripts()[0]}
    for line in found:
        del line["transcript"]
        msgspec.convert(line, Score)


def test_a_line_that_is_no_transcript_is_named(folder: RunFolder, tmp_path: Path) -> None:
    """The rest is scored, exit 0; how many were left out is said on stderr."""
    first = (folder.transcripts / "0.jsonl").read_bytes().splitlines()[0]
    file = put(tmp_path, first + b'\n{"hello": 1}\n')
    done = invoked("score", file, "--json")
    assert done.code == 0
    assert f"{file}:2: not a transcript" in done.err
    assert "1 could not be read and were left out; 1 were scored" in done.err
    assert done.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no transcript in this file"),
        ("hello there\n", "cannot tell what kind of log this is"),
        ('{"messages": []}\n', "no transcript in this file"),
        ('{"a": 1}\n{"b": 2}\n', "no transcript in this file"),
        ("[1, 2, 3]", "no transcript in this file"),
    ],
)
def test_a_file_with_nothing_to_score_is_bad_input(tmp_path: Path, content: str, words: str) -> None:
    """Exit 2, said and not passed over, never a traceback."""
    done = invoked("score", put(tmp_path, content))
    assert (done.code, words in done.err, "Traceback" in done.err) == (2, True, False)


def test_many_bad_lines_are_counted_and_few_are_named(tmp_path: Path) -> None:
    """Five by name, all in the count, and in the kept file every one."""
    file = put(tmp_path, "".join(["not json\n"] * 12) + json.dumps({"messages": ASKED}) + "\n")
    done = invoked("score", file, "--out", tmp_path / "out", "--format", "openai")
    assert done.code == 0
    assert done.err.count("not JSON") == 5
    assert "and 7 more" in done.err
    rejected = lines((tmp_path / "out/rejected.jsonl").read_text())
    assert [one["place"] for one in rejected] == list(range(1, 13))


def test_a_damaged_first_line_does_not_hide_the_format(tmp_path: Path) -> None:
    """The others tell it."""
    file = put(tmp_path, '{"messages": [{"role": "us\n' + json.dumps({"messages": ASKED}) + "\n")
    done = invoked("score", file, "--json")
    assert (done.code, bool(done.out)) == (0, True)
    assert f"{file}:1: not JSON" in done.err


SECRETS = ("Xavier", "Oyelaran", "x.oyelaran@corp.example", "7700900123", "4111", "GB82WEST", "s=99812")
PRIVATE = [
    {"role": "user", "content": "My name is Xavier Oyelaran, mail x.oyelaran@corp.example, call +44 7700900123"},
    {"role": "assistant", "content": "Thanks Xavier. See https://help.example/u?s=99812 for 4111 1111 1111 1111."},
    {"role": "user", "content": "IBAN GB82WEST12345698765432, is that right?"},
    {"role": "assistant", "content": "See https://help.example/u?s=99812 again, Mr Oyelaran."},
]


def test_what_is_kept_and_printed_holds_nobody(tmp_path: Path) -> None:
    """Stored, printed and summarised without a name, an address or a number; the same person is the same stand-in."""
    file = put(tmp_path, [{"id": "Xavier-77009001", "messages": PRIVATE}])
    done = invoked("score", file, "--out", tmp_path / "out", "--json")
    assert done.code == 0
    everything = done.out + "".join(one.read_text() for one in (tmp_path / "out").iterdir())
    assert [secret for secret in SECRETS if secret in everything] == []
    kept = msgspec.json.decode((tmp_path / "out/transcripts.jsonl").read_bytes(), type=Transcript)
    assert kept.id == "conversation-1"
    assert kept.turns[1].text == "Thanks [name 1]. See [link 1] for [card 1]."
    assert kept.turns[3].text == "See [link 1] again, Mr [name 1]."


def test_scores_are_of_what_was_really_said(tmp_path: Path) -> None:
    """Values and turns with the words kept and with stand-ins are the same."""
    file = put(tmp_path, [{"messages": PRIVATE}, {"messages": MOVED}])
    kept, hidden = (lines(invoked("score", file, "--json", *more).out) for more in (("--keep-text",), ()))
    for one, other in zip(kept, hidden, strict=True):
        assert (one["name"], one["value"], one.get("turns")) == (other["name"], other["value"], other.get("turns"))


def test_text_is_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    """`--keep-text`."""
    file = put(tmp_path, [{"id": "Xavier-77009001", "messages": PRIVATE}])
    assert invoked("score", file, "--out", tmp_path / "out", "--keep-text").code == 0
    kept = msgspec.json.decode((tmp_path / "out/transcripts.jsonl").read_bytes(), type=Transcript)
    assert (kept.id, kept.turns[0].text) == ("Xavier-77009001", PRIVATE[0]["content"])


def test_what_was_kept_is_never_overwritten(tmp_path: Path) -> None:
    """A second time into the same folder is refused."""
    file = put(tmp_path, [{"messages": ASKED}])
    assert invoked("score", file, "--out", tmp_path / "out").code == 0
    done = invoked("score", file, "--out", tmp_path / "out")
    assert (done.code, "there is something already" in done.err) == (2, True)


def test_the_summary_says_what_it_rests_on(tmp_path: Path) -> None:
    """Estimate, Wilson's interval and n of a rate worked by hand (1 of 2), what nobody could say, and what was assumed."""
    file = put(tmp_path, [{"messages": ASKED}, {"messages": MOVED}])
    done = invoked("score", file)
    row = next(line for line in done.out.splitlines() if line.startswith("containment_rate"))
    assert row.split() == ["containment_rate", "50.0", "%", "9.5", "%", "to", "90.5", "%", "2", "-"]
    for words in ("needs the customer's acts (T1)", "taken as independent", "the log gives no times", "T0 2, T2 2"):
        assert words in " ".join(done.out.split())
    assert "taken for OpenAI-style messages" in done.err


def test_summary_json_says_the_same(tmp_path: Path) -> None:
    """Counts and metrics as a document."""
    file = put(tmp_path, [{"messages": ASKED}, {"messages": MOVED}, {"messages": []}])
    assert invoked("score", file, "--out", tmp_path / "out").code == 0
    document = json.loads((tmp_path / "out/summary.json").read_bytes())
    assert (document["conversations"], document["rejected"], document["tiers"]) == (2, 1, {"T0": 2, "T2": 2})
    (containment,) = (one for one in document["metrics"] if one["name"] == "containment_rate")
    assert (containment["estimate"], containment["n"], containment["skipped"]) == (0.5, 2, 0)


def test_a_folder_takes_no_options_of_files(folder: RunFolder, tmp_path: Path) -> None:
    """Rather than passing them over."""
    assert invoked("score", folder.path, "--out", tmp_path / "x").code == 2
