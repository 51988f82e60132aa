from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalogue.yaml_source import DEEPEST, compose, dotted, read_text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12:00", "12:00"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("2024-01-31", "2024-01-31"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("007", 7),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!float 3", 3.0),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, meant: object) -> None:
    """A clock time and a switch word are text; quotes always make text; a tag is obeyed."""
    document = compose(f"key: {written}", "x.yaml")
    assert document.problems == []
    assert document.value == {"key": meant}
    assert type(document.value["key"]) is type(meant)


def test_keys_and_values_keep_their_places() -> None:
    """Lines and columns are 1-based and count characters, not bytes."""
    document = compose("a:\n  - x\n  - é: ü\n    b: 1\n", "x.yaml")
    assert document.keys["a",] == (1, 1)
    assert document.values["a", 0] == (2, 5)
    assert document.keys["a", 1, "b"] == (4, 5)
    assert document.values["a", 1, "é"] == (3, 8)


def test_the_place_of_something_missing_is_that_of_what_surrounds_it() -> None:
    """A path that is not in the file falls back to the nearest one that is."""
    assert compose("a:\n  b: 1", "x.yaml").place(("a", "c", 3)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\na: 2", "2:1", "given twice, first in line 1"),
        ("a: 1\n---\nb: 2", "2:1", "second document"),
        ("on: 1\ntrue: 2", "2:1", "expected text as key"),
        ("1: 2", "1:1", "expected text as key, found a number (1); quote it"),
        ("? [a]\n: 1", "1:3", "expected a name as key"),
        ("a: &a {b: 1}\nc:\n  <<: *a", "3:3", "merge keys"),
        ("a: 'open", "1:4", "never closed"),
        ("a: b: c", "1:5", "a second `: ` in one line"),
        ("a:\n\t- 1", "2:1", "a tab"),
        ("a: [1", "1:4", "begins in line 1"),
        ("a: *b", "1:4", "without its anchor"),
        ("a: &a [*a]", "1:4", "contains itself"),
        ("ok: 1\nb: x\x07", "2:5", "U+0007"),
        ("a: 99999999999999999999", "1:4", "64 bits"),
        ("a: 1e999", "1:4", "too large"),
        ("a: !!int x", "1:4", "tag"),
        ("a: !thing x", "1:4", "!thing"),
        ("[" * 1000, f"1:{DEEPEST}", "nested deeper"),
        ("", "", "empty"),
        ("# only a remark", "", "empty"),
    ],
)
def test_what_yaml_cannot_mean_is_a_problem_with_its_place(text: str, place: str, words: str) -> None:
    """Every syntax error and every construct that JSON cannot say names line and column."""
    problem = str(compose(text, "x.yaml").problems[0])
    assert problem.startswith(f"x.yaml:{place}: " if place else "x.yaml: ")
    assert words in problem


def test_aliases_may_be_used_more_than_once() -> None:
    """An anchor is a plain value wherever it is used."""
    assert compose("a: &x [1]\nb: *x\nc: *x", "x").value == {"a": [1], "b": [1], "c": [1]}


def test_a_bomb_of_aliases_is_refused() -> None:
    """Nine levels of nine aliases do not become 387 million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert "more than" in str(compose("\n".join(lines), "x").problems[0])


def test_several_faults_of_one_file_are_told_together() -> None:
    """Two doubled keys are two problems."""
    assert len(compose("a: 1\na: 1\nb: {c: 1, c: 2}", "x").problems) == 2


def test_a_path_reads_as_people_write_it() -> None:
    """Names are joined by dots, positions stand in brackets."""
    assert dotted(("needs", 0, "required_slots", 2)) == "needs[0].required_slots[2]"


def test_files_that_are_no_text_say_why(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8: each is a sentence, and a missing one names its neighbour."""
    (tmp_path / "plan.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    assert f"did you mean {tmp_path / 'plan.yaml'}?" in str(read_text(tmp_path / "plam.yaml")[2][0])
    assert "found a folder" in str(read_text(tmp_path)[2][0])
    assert ":2:7: expected UTF-8 text, found the byte 0xe9" in str(read_text(tmp_path / "plan.yaml")[2][0])
    assert read_text("a\0b")[2]
    assert "no folder" in str(read_text(tmp_path / "nowhere" / "x.yaml")[2][0])


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """A log handed in by mistake is refused by its size."""
    (tmp_path / "x.yaml").write_bytes(b"#" * 1_000_001)
    assert "larger than" in str(read_text(tmp_path / "x.yaml")[2][0])


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Files saved by Windows editors read the same."""
    assert compose("\ufeffa: 1", "x").value == {"a": 1}


@given(st.text())
def test_any_text_yields_a_value_or_problems(text: str) -> None:
    """compose() never raises."""
    document = compose(text, "x.yaml")
    assert document.problems or document.values
