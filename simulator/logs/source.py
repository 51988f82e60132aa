"""A file as a stream: unpacked where it is gzipped, read line by line or item by item, never held as a whole."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import ijson
import msgspec

from simulator.model.errors import InputError, Problem

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line, its line feed aside; a longer one is passed over and named."""
HEAD = 1024 * 1024
"""Bytes from which a format is told."""
_CHUNK = 1024 * 1024
_PIECE = 64 * 1024
_escape = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<high>u[dD][89abAB][0-9a-fA-F]{2})|(?P<low>u[dD][c-fC-F][0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|[^u])",
    re.DOTALL,
)
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, OSError)


class Rejected(msgspec.Struct, frozen=True):
    """Something in a source that is no conversation: passed over, counted and named, never fatal."""

    file: str
    unit: str
    """`line`, `item` or `row`: what `place` counts."""
    place: int
    """1-based."""
    reason: str
    """Never quotes what was said."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.place}" if self.unit == "line" else f"{self.file}: {self.unit} {self.place}"
        return f"{where}: {self.reason}"


class Document(NamedTuple):
    """One JSON value of a source."""

    unit: str
    place: int
    value: Any


OnRead = Callable[[int], None]
"""Told how many bytes of the file have been read so far, packed as they lie on the disk."""


def _nobody(_: int) -> None: ...


class Source:
    """One file. Every reading opens it anew, so it can be read more than once."""

    def __init__(self, path: Path, on_read: OnRead = _nobody, longest_line: int = LONGEST_LINE) -> None:
        """Raises InputError where it cannot be read."""
        self.path = path
        self._longest_line = longest_line
        self._on_read = on_read
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self.packed = file.read(2) == b"\x1f\x8b"
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            reason = "there is no such file or folder" if missing else f"cannot be read: {error.strerror}"
            raise InputError([Problem(reason, str(path))]) from None

    def open(self) -> io.BufferedReader[Any]:
        """The bytes, unpacked, without a byte-order mark."""
        raw = _Counted(self.path, self._on_read)
        unpacked = _Unpacked(raw) if self.packed else raw
        stream = io.BufferedReader(unpacked, _CHUNK)
        try:
            if stream.peek(3)[:3] == b"\xef\xbb\xbf":
                stream.read(3)
        except _BROKEN:
            pass  # found again, and named, where the content is read
        return stream

    def head(self) -> bytes:
        """The first bytes; fewer where the file is shorter or broken."""
        found = b""
        with self.open() as file:
            try:
                while len(found) < HEAD and (piece := file.read1(HEAD - len(found))):
                    found += piece
            except _BROKEN:
                pass  # named where the content is read
        return found

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces; ends where the file breaks off."""
        with self.open() as file:
            try:
                while piece := file.read(_CHUNK):
                    yield piece
            except _BROKEN:
                return

    def lines(self) -> Iterator[tuple[int, bytes | Rejected]]:
        """Every line that is not blank with its number; one that is too long, or where the file is broken, rejected."""
        with self.open() as file:
            number = 0
            while True:
                number += 1
                try:
                    line = file.readline(self._longest_line + 1)
                    too_long = len(line) > self._longest_line and not line.endswith(b"\n")
                    rest = too_long
                    while rest:
                        piece = file.readline(_CHUNK)
                        rest = bool(piece) and not piece.endswith(b"\n")
                except _BROKEN as error:
                    yield number, self.rejected("line", number, f"the file is broken from here on ({_why(error)})")
                    return
                if too_long:
                    yield number, self.rejected("line", number, f"longer than {_size(self._longest_line)}")
                elif not line:
                    return
                elif line.strip():
                    yield number, line

    def documents(self) -> Iterator[Document | Rejected]:
        """Each line as a JSON value."""
        decoder = msgspec.json.Decoder()
        for number, line in self.lines():
            if isinstance(line, Rejected):
                yield line
                continue
            try:
                yield Document("line", number, decoder.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                yield self._tolerant(number, line)

    def _tolerant(self, number: int, line: bytes) -> Document | Rejected:
        """A line again with a reader that takes half a surrogate pair, which some loggers write."""
        try:
            return Document("line", number, json.loads(line.decode("utf-8", "surrogatepass")))
        except UnicodeDecodeError:
            return self.rejected("line", number, "not UTF-8")
        except RecursionError:
            return self.rejected("line", number, "nested too deeply")
        except ValueError as error:
            what = error.msg if isinstance(error, json.JSONDecodeError) else "a number that is none"
            at = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            return self.rejected("line", number, f"not JSON: {what[:60].lower()}{at}")

    def items(self, prefix: str) -> Iterator[Document | Rejected]:
        """Each item of a JSON array, by ijson's prefix (`item` for a list at the top). A syntax error ends it."""
        place = 0
        with self.open() as file:
            try:
                for value in ijson.items(Mended(file), prefix, use_float=True):
                    place += 1
                    yield Document("item", place, value)
            except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
                # Of a broken array nobody can say where the next item begins.
                reason = f"the JSON is broken here, and nothing behind it can be read ({_why(error)})"
                yield self.rejected("item", place + 1, reason)
            except _BROKEN as error:
                yield self.rejected("item", place + 1, f"the file is broken from here on ({_why(error)})")

    def rejected(self, unit: str, place: int, reason: str) -> Rejected:
        """Something in this source that is no conversation."""
        return Rejected(str(self.path), unit, place, reason)


class _Unpacked(gzip.GzipFile):
    """A gzipped file that closes what it reads from."""

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__(fileobj=raw, mode="rb")
        self._raw = raw

    def readinto(self, buffer: Any, /) -> int:
        # No more than is there: filling the buffer would lose what came before a break.
        content = self.read1(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        super().close()
        self._raw.close()


class Mended:
    """A JSON stream in which halves of surrogate pairs, of which some parsers die, are the replacement character."""

    def __init__(self, stream: io.BufferedReader[Any]) -> None:
        self._stream = stream
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Some more of it; nothing at its end."""
        while size:
            piece = self._stream.read1(_PIECE)
            found, self._rest = _mended(self._rest + piece, last=not piece)
            if found or not piece:
                return found
        return b""


def _mended(text: bytes, *, last: bool) -> tuple[bytes, bytes]:
    """The text, and what of its end has to wait for more: an escape that is cut, half a pair whose other half may come."""
    kept: list[bytes] = []
    done = seen = 0
    if b"\\ud" in text or b"\\uD" in text:
        for found in _escape.finditer(text):
            if found.lastgroup is not None:
                if found.lastgroup == "high" and not last and found.end() > len(text) - 6:
                    return b"".join(kept) + text[done : found.start()], text[found.start() :]
                kept += [text[done : found.start()], b"\\ufffd"]
                done = found.end()
            seen = found.end()
    end = len(text)
    if not last:
        cut = text.rfind(b"\\", max(seen, end - 6))
        while cut > seen and text[cut - 1 : cut] == b"\\":
            cut -= 1
        end = cut if cut >= 0 else end
    return b"".join([*kept, text[done:end]]), text[end:]


class _Counted(io.FileIO):
    """A file that tells how far it has been read."""

    def __init__(self, path: Path, on_read: OnRead) -> None:
        super().__init__(path, "rb")
        self._on_read = on_read

    def readinto(self, buffer: Any, /) -> int | None:
        count = super().readinto(buffer)
        self._on_read(self.tell())
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(-1 if size is None else size) or b""
        self._on_read(self.tell())
        return content


def _size(count: int) -> str:
    megabytes, rest = divmod(count, 1024**2)
    return f"{count:,} bytes" if rest else f"{megabytes} MB"


def _why(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0][:80] if text and isinstance(error, OSError | EOFError) else type(error).__name__
