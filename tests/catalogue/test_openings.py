"""Logs as people have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.catalogue.openings import Openings, read_openings
from simulator.model.errors import InputError, Problem


def log(folder: Path, *lines: object) -> Path:
    path = folder / "log"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def wrong(path: Path) -> list[Problem]:
    with pytest.raises(InputError) as raised:
        read_openings(path)
    return raised.value.problems


def chat(*said: tuple[str, str]) -> dict[str, object]:
    return {"messages": [{"role": role, "text": text} for role, text in said]}


def test_plain_text_is_one_message_a_line(tmp_path: Path) -> None:
    """Blank lines are nothing."""
    path = log(tmp_path, "where is my parcel", "", "  my bill is wrong  ")
    assert read_openings(path) == Openings(["where is my parcel", "my bill is wrong"], 0)


def test_the_first_customer_message_beyond_hello(tmp_path: Path) -> None:
    """The bot's greeting and the customer's are passed over."""
    path = log(tmp_path, chat(("assistant", "How can I help?"), ("user", "hi"), ("user", "where is my parcel")))
    assert read_openings(path).messages == ["where is my parcel"]


def test_own_transcripts_are_read(tmp_path: Path) -> None:
    """Turns with speakers, as a run keeps them."""
    turns = [{"speaker": "bot", "text": "Hello"}, {"speaker": "customer", "text": "my bill is wrong"}]
    assert read_openings(log(tmp_path, {"id": "c-0001", "turns": turns})).messages == ["my bill is wrong"]


def test_content_in_parts_is_text(tmp_path: Path) -> None:
    """The form of chat completions."""
    parts = [{"type": "text", "text": "my bill"}, {"type": "image"}, {"type": "text", "text": "is wrong"}]
    path = log(tmp_path, {"messages": [{"role": "user", "content": parts}]})
    assert read_openings(path).messages == ["my bill is wrong"]


def test_a_conversation_without_a_customer_is_counted(tmp_path: Path) -> None:
    """It is neither an error nor lost."""
    path = log(tmp_path, chat(("bot", "Hello")), chat(("customer", "my bill is wrong")))
    assert read_openings(path) == Openings(["my bill is wrong"], 1)


def test_every_wrong_line_is_told(tmp_path: Path) -> None:
    """Line, field, what was found and what to do."""
    first, second, third = wrong(log(tmp_path, chat(("user", "a b c")), "{oops", {"text": "x"}, {"messages": ["hi"]}))
    assert (first.line, second.line, third.line) == (2, 3, 4)
    assert "not a JSON document" in first.message
    assert (second.field, third.field) == ("messages", "messages[0]")
    assert "found a mapping (text)" in second.message
    assert "role" in second.hint


def test_a_log_of_other_roles_says_which(tmp_path: Path) -> None:
    """What was found and how a customer may be called."""
    (problem,) = wrong(log(tmp_path, chat(("enduser", "my bill is wrong"))))
    assert "enduser" in problem.message
    assert "customer" in problem.hint


@pytest.mark.parametrize("content", [b"", b"\n\n", b"caf\xe9 is cold\n"])
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, or not UTF-8."""
    path = tmp_path / "log"
    path.write_bytes(content)
    assert str(path) in str(wrong(path)[0])
    assert "there is no such file" in wrong(tmp_path / "none")[0].message
