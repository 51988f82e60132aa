from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.report.terminal import fold, one_line, pad, pad_left, painter, plain, table, wrap

# Control characters and lone surrogates too, and what sequences are made of more often than chance would have it.
anything = st.text(st.one_of(st.sampled_from("\x1b\x9b\x9d[]P;0mJ\\\x07\r\n "), st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b[2J\x1b[1;1HPASSED", "PASSED"),
        ("\x9b31mred", "red"),
        ("\x1b]0;a title\x07hello", "hello"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1b]52;c;aGVsbG8=\x9cclip", "clip"),
        ("\x1b]hello", "hello"),
        ("\x1bP1$r0m\x1b\\x", "x"),
        ("\x1bcreset", "reset"),
        ("over\rwrite", "over\nwrite"),
        ("a\x08\x7f\x00b", "ab"),
        ("\u202edlrow\u2066", "dlrow"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("two\r\nlines\u2028three", "two\nlines\nthree"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_what_a_terminal_would_obey(text: str, left: str) -> None:
    """Sequences, control characters and writing directions are gone; words, breaks and emoji stay."""
    assert plain(text) == left


@given(anything)
def test_nothing_obeyed_is_left(text: str) -> None:
    """Whatever comes in, what goes out holds no control character and can be written as UTF-8."""
    left = plain(text)
    assert not [c for c in left if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")]
    assert left.encode().decode() == left
    assert "\n" not in one_line(text)


@given(anything)
def test_harmless_twice(text: str) -> None:
    """Removing a sequence does not make a new one."""
    assert "\x1b" not in plain(text)
    assert plain(plain(text)) == plain(text)


@given(anything, st.integers(2, 40))
def test_lines_fit(text: str, width: int) -> None:
    """No line is wider than asked and no character is lost but spaces."""
    lines = wrap(plain(text), width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


def test_wide_characters() -> None:
    """A Chinese character takes two cells."""
    assert wrap("你好你好", 4) == ["你好", "你好"]
    assert pad("你好", 6) == "你好  "
    assert pad_left("你好", 6) == "  你好"


def test_paragraph_behind_an_indent() -> None:
    """The first line has its own indent."""
    assert fold("one two three", 9, "  ", "- ") == ["- one two", "  three"]


def test_columns() -> None:
    """Columns are as wide as their widest cell; a short row ends early; chosen columns end flush."""
    assert table([["a", "1"], ["bbb", "10"], ["c"]], right=frozenset({1})) == ["a     1", "bbb  10", "c"]
    assert table([]) == []


def test_colour_only_where_wanted() -> None:
    """Without colour the text is what it was; with it, codes stand around it."""
    assert painter(False)("x", "bad") == "x"
    assert painter(True)("x", "bad") == "\x1b[31mx\x1b[0m"
    assert painter(True)("", "bad") == ""
