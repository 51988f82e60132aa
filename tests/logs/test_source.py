"""Files as streams."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.logs.source import LONGEST_LINE, Mended, Rejected, Source
from simulator.model.errors import InputError
from tests.logs.material import put, zipped


class Dripping(io.RawIOBase):
    """Gives so many bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        self._content, self._step = io.BytesIO(content), step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer
        piece = self._content.read(min(self._step, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


PIECES = ["\ud83d", "\ude00", "\\", "\\ud83d", "a", '"', "é", "\n", "\u4e2d", "😀"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXTS, st.integers(1, 9))
def test_halves_of_pairs_are_mended_wherever_the_stream_is_cut(text: str, step: int) -> None:
    """Pairs, escaped backslashes and everything else stay what they are."""
    content = json.dumps([text]).encode()
    mended = Mended(io.BufferedReader(Dripping(content, step), 16))
    read = b"".join(iter(lambda: mended.read(10), b""))
    paired = json.loads(content)[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert json.loads(read)[0] == paired


@pytest.mark.parametrize("content", ["", "a", "a\n", "\n\na\n  \nb", "a\r\n\r\nb\r\n", "é\u2028x\nb"])
def test_lines_are_numbered_as_editors_number_them(tmp_path: Path, content: str) -> None:
    """Blank ones count and are passed over; a last line needs no end; only line feeds end one."""
    expected = [(number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip()]
    path = put(tmp_path, content.encode())
    for one in (path, zipped(path)):
        found = [
            (number, line.decode().rstrip("\n")) for number, line in Source(one).lines() if isinstance(line, bytes)
        ]
        assert found == expected


def test_a_line_without_end_is_passed_over_and_the_next_is_read(tmp_path: Path) -> None:
    """Longer than a conversation may be: named, and not held."""
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.write(b'{"a":1}\n"')
        for _ in range(LONGEST_LINE // 2**20 + 2):
            file.write(b"x" * 2**20)
        file.write(b'"\n{"b":2}\n')
    one, wrong, two = Source(path).lines()
    assert (one, two) == ((1, b'{"a":1}\n'), (3, b'{"b":2}\n'))
    assert isinstance(wrong[1], Rejected)
    assert (wrong[1].place, wrong[1].reason) == (2, "longer than 64 MB")


@pytest.mark.parametrize("end", [b"", b"\n", b"\nab\n", b"\n\n12345678\n"])
@pytest.mark.parametrize("length", [7, 8, 9, 16, 17, 18, 2_000_000])
def test_a_line_of_the_limit_is_read_and_no_longer_one_vanishes(tmp_path: Path, length: int, end: bytes) -> None:
    """With eight bytes allowed, its end aside: wherever in the file it stands, the last line without an end as well."""
    path = put(tmp_path, b"x" * length + end)
    for one in (path, zipped(path)):
        first, *others = Source(one, longest_line=8).lines()
        if length <= 8:
            assert first == (1, b"x" * length + end[:1])
        else:
            assert isinstance(first[1], Rejected)
            assert (first[1].place, first[1].reason) == (1, "longer than 8 bytes")
        assert others == {b"\nab\n": [(2, b"ab\n")], b"\n\n12345678\n": [(3, b"12345678\n")]}.get(end, [])


def test_reading_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    """As they lie on the disk, so that a share of the size can be shown; to the last one."""
    for path in (plain := put(tmp_path, [{"n": n} for n in range(5_000)]), zipped(plain)):
        told: list[int] = []
        source = Source(path, told.append)
        assert sum(1 for _ in source.documents()) == 5_000
        assert told == sorted(told)
        assert told[-1] == source.size


def test_what_is_not_there_is_bad_input(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(InputError, match="no such file"):
        Source(tmp_path / "nowhere")


def test_a_rejection_names_its_place(tmp_path: Path) -> None:
    """As editors and compilers do for lines, in words for the rest."""
    source = Source(put(tmp_path, "x"))
    assert str(source.rejected("line", 3, "why")) == f"{source.path}:3: why"
    assert str(source.rejected("item", 3, "why")) == f"{source.path}: item 3: why"
