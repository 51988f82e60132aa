"""`personas new`, `scenarios new`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runs import invoked

LOG = [
    "My name is Zbigniew Oyelaran. Where is my parcel TRK123456701? It is late",
    "Hello Siobhan, my parcel has not arrived, tracking number TRK123456702",
    "my parcel is late, mail zoe_77@gmail.example or call 0170 5551234",
    "no sign of my parcel TRK123456704",
    "something else entirely, about the weather in Springfield",
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    chats = [{"messages": [{"role": "bot", "text": "Hi"}, {"role": "customer", "text": text}]} for text in LOG]
    path.write_text("".join(json.dumps(chat) + "\n" for chat in chats))
    return path


@pytest.mark.parametrize(("kind", "name"), [("personas", "my_customer"), ("scenarios", "my-case")])
def test_a_new_file_passes_check_as_it_is(tmp_path: Path, kind: str, name: str) -> None:
    """And names the schema that lies beside it."""
    file = tmp_path / "own" / f"{name}.yaml"
    assert invoked(kind, "new", name, "--out", file).code == 0
    assert invoked("check", file).out == f"{file}: good\n"
    first = file.read_text().partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=.schemas/{kind[:-1]}.json"
    assert (file.parent / ".schemas" / f"{kind[:-1]}.json").is_file()


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """It says so and what to do, and leaves the file as it is."""
    file = tmp_path / "a.yaml"
    file.write_text("mine")
    done = invoked("personas", "new", "a", "--out", file)
    assert done.code == 2
    assert "not overwritten; give another --out" in done.err
    assert file.read_text() == "mine"


@pytest.mark.parametrize(("kind", "name"), [("personas", "My-Customer"), ("scenarios", "my_case")])
def test_a_name_of_another_form_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    """With the form that is expected."""
    done = invoked(kind, "new", name, "--out", tmp_path)
    assert done.code == 2
    assert "e.g." in done.err
    assert [*tmp_path.iterdir()] == []


def test_drafts_from_logs_pass_check_and_tell_on_nobody(tmp_path: Path, log: Path) -> None:
    """One group of four; no name, address, number or id of the log is in any file."""
    out = tmp_path / "drafts"
    out.mkdir()
    done = invoked("scenarios", "new", "late", "--from-logs", log, "--out", out)
    assert done.code == 0, done.err
    assert "4 of 5 conversations" in done.err
    assert [path.name for path in sorted(out.glob("*.yaml"))] == ["late-1.yaml"]
    assert invoked("check", out).code == 0
    text = (out / "late-1.yaml").read_text().lower()
    for planted in ("zbigniew", "oyelaran", "siobhan", "zoe", "gmail", "0170", "5551234", "123456", "springfield"):
        assert planted not in text + done.out.lower()


def test_drafts_as_json(tmp_path: Path, log: Path) -> None:
    """Every conversation is accounted for."""
    done = invoked("scenarios", "new", "late", "--from-logs", log, "--out", tmp_path, "--json")
    told = json.loads(done.out)
    assert told["drafts"] == [{"file": str(tmp_path / "late-1.yaml"), "name": "late-1", "conversations": 4}]
    parts = ("without_customer", "not_compared", "in_drafts", "not_shown", "left")
    assert told["conversations"] == sum(told[part] for part in parts) == 5


def test_a_log_without_groups_is_refused(tmp_path: Path) -> None:
    """With how many there were and what to do."""
    path = tmp_path / "log.txt"
    path.write_text("where is my parcel\nthe heating does not work\n")
    done = invoked("scenarios", "new", "mine", "--from-logs", path, "--out", tmp_path)
    assert done.code == 2
    assert "no 3 of 2 conversations began alike" in done.err


def test_a_wrong_log_is_told_by_line(tmp_path: Path) -> None:
    """File, line and field."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"messages": []}\n{"message": "x"}\n')
    done = invoked("scenarios", "new", "mine", "--from-logs", path, "--out", tmp_path)
    assert done.code == 2
    assert "log.jsonl:2:1: messages: expected" in done.err
