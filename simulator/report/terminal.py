"""Text for a terminal: words of strangers made harmless, lines broken at a width, colour behind one seam.

What a bot or a customer says is data. A bot that answers with an escape sequence could move the cursor, rewrite what was
printed above, or set the title of the window of whoever reads the report; so every such text passes `plain` or `one_line`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal

from rich.cells import cell_len, set_cell_size

Style = Literal["bad", "good", "warn", "dim", "bold"]
Paint = Callable[[str, Style], str]
"""Gives a text a style. Painted text is longer than it looks: pad first, then paint."""

WIDTH = 100

_CODES: dict[Style, str] = {"bad": "31", "good": "32", "warn": "33", "dim": "2", "bold": "1"}

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor, erasing
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, ...: titles, clipboard
    r"|\x1b[ -/]*[0-~]?"  # the short ones
)
_BREAKS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})
_JOINERS = "\u200c\u200d"
"""Format characters that belong to words and emoji; the others (writing direction, invisible marks) can disguise a text."""


def painter(colour: bool) -> Paint:
    """The seam for colour: ANSI codes, or the text as it is."""
    if not colour:
        return lambda text, style: text
    return lambda text, style: f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text


def plain(text: str) -> str:
    """The text without anything that a terminal would obey; line breaks stay."""
    text = _SEQUENCE.sub("", text.replace("\r\n", "\n")).translate(_BREAKS)
    return "".join(kept for character in text for kept in _harmless(character))


def _harmless(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"  # half of a pair cannot be written to any stream
    return "" if category in ("Cc", "Cf") else character


def one_line(text: str) -> str:
    """The text without anything that a terminal would obey, on one line."""
    return " ".join(plain(text).split())


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` terminal cells, broken at spaces where there are any; never empty."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrapped(paragraph.split(), max(2, width)))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines or [""]


def _wrapped(words: list[str], width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and cell_len(line) + 1 + cell_len(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            yield line
        while cell_len(word) > width:
            head = set_cell_size(word, width).rstrip() or word[:1]  # never stand still
            yield head
            word = word[len(head) :]
        line = word
    yield line


def pad(text: str, width: int) -> str:
    """The text, filled with spaces up to so many cells; never cut."""
    return text + " " * max(0, width - cell_len(text))


def pad_left(text: str, width: int) -> str:
    """The text at the right end of so many cells; never cut."""
    return " " * max(0, width - cell_len(text)) + text


def fold(text: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """A paragraph in lines, each behind an indent; the first line behind `first` where that is given."""
    head = indent if first is None else first
    room = width - max(cell_len(indent), cell_len(head))
    lines = wrap(text, room)
    return [f"{head}{lines[0]}".rstrip(), *(f"{indent}{line}".rstrip() for line in lines[1:])]


def table(rows: list[list[str]], *, gap: int = 2, right: frozenset[int] = frozenset()) -> list[str]:
    """Rows in columns as wide as their widest cell; the columns in `right` end flush."""
    if not rows:
        return []
    columns = max(len(row) for row in rows)
    widths = [max((cell_len(row[i]) for row in rows if i < len(row)), default=0) for i in range(columns)]
    lines = []
    for row in rows:
        cells = [pad_left(cell, widths[i]) if i in right else pad(cell, widths[i]) for i, cell in enumerate(row)]
        lines.append((" " * gap).join(cells).rstrip())
    return lines
