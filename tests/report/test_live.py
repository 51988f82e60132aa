"""Watching: bars that say how much, words folded under a name, nothing that a terminal would obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.report.live import bar, feelings, line


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "········"), (1.0, "████████"), (0.5, "████····"), (7 / 64, "▉·······"), (2.0, "████████")],
)
def test_a_bar_by_hand(value: float, text: str) -> None:
    """Eight cells, each in eighths; what is out of range ends at the end."""
    assert bar(value) == text


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_shorter(a: float, b: float) -> None:
    """And a bar always has its eight cells."""
    low, high = sorted((a, b))
    assert bar(low).count("█") <= bar(high).count("█")
    assert len(bar(a)) == 8


def test_all_three_feelings_stand_on_one_line() -> None:
    """Frustration, trust, patience."""
    text = feelings(0.9, 0.1, 0.5)
    assert text.split() == ["frustration", bar(0.9), "trust", bar(0.1), "patience", bar(0.5)]


def test_what_a_bot_says_cannot_move_the_cursor() -> None:
    """Escape sequences are gone, the words stay."""
    assert "\x1b" not in line("bot", "hello \x1b[2J there")
    assert "hello" in line("bot", "hello \x1b[2J there")
