"""Exports of chats as a table, one message a row: CSV and its kin, read by a map of their columns.

The rows of a conversation have to stand together: holding what is still open would mean holding the file. Where an id comes
back after others, the rest of that conversation cannot be joined to its beginning any more; it is refused and counted. Ids
that were seen are remembered by a hash of eight bytes, and no more than `MOST_REMEMBERED` of them.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from simulator.logs.conversation import (
    MOST_MESSAGES,
    ROLES,
    Handoffs,
    Message,
    Unreadable,
    speaker_of,
    transcript,
)
from simulator.logs.moments import moment
from simulator.logs.source import LONGEST_LINE, Rejected, Source
from simulator.model.errors import InputError, Problem
from simulator.model.log_map import LogMap
from simulator.model.transcript import LOG_ENDS, Ending, Transcript

DELIMITERS = ",;\t|"
MOST_REMEMBERED = 2_000_000
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def conversations(source: Source, columns: LogMap, handoffs: Handoffs) -> Iterator[Transcript | Rejected]:
    """Each conversation of a table, or why it is none. Raises InputError where the map does not fit the table."""
    roles = roles_of(columns)
    seen: set[bytes] = set()
    for place, id_, rows in _grouped(source, columns):
        if isinstance(rows, Rejected):
            yield rows
            continue
        key = blake2b(id_.encode(errors="replace"), digest_size=8).digest()
        if key in seen:
            reason = "its conversation began further up, and other rows stand between: sort the export by conversation"
            yield source.rejected("row", place, reason)
            continue
        if len(seen) < MOST_REMEMBERED:
            seen.add(key)
        try:
            yield _conversation(id_, rows, columns, roles, handoffs)
        except Unreadable as wrong:
            yield source.rejected("row", place, str(wrong))


def roles_of(columns: LogMap | None) -> Mapping[str, str]:
    """What the log calls the parties: by the map first, and then the words that go without saying."""
    if columns is None:
        return ROLES
    own = {value.strip().lower(): party for party, values in columns.speakers.items() for value in values}
    return {**ROLES, **own}


def header_of(source: Source, encoding: str = "utf-8") -> tuple[str, list[str]]:
    """The delimiter and the columns that the first line shows."""
    head = source.head()
    first = head.decode(_encoding(head, encoding), "replace").partition("\n")[0].strip("\r\ufeff")
    delimiter = max(DELIMITERS, key=first.count)
    return delimiter, next(csv.reader([first], delimiter=delimiter), [])


def starter(columns: Sequence[str]) -> str:
    """A map to begin with, its columns guessed from a header."""

    def guess(*words: str) -> str:
        lowered = {name.lower(): name for name in columns}
        exact = next((lowered[word] for word in words if word in lowered), "")
        return exact or next((name for word in words for name in columns if word in name.lower()), "?")

    return (
        "log_map: 1\n"
        f"conversation: {guess('conversation', 'session', 'thread', 'ticket', 'chat', 'id')}\n"
        f"speaker: {guess('speaker', 'sender', 'author', 'role', 'from', 'direction')}\n"
        f"text: {guess('text', 'message', 'body', 'content')}\n"
        f"time: {guess('time', 'timestamp', 'created', 'date', 'sent')}\n"
        "speakers: {customer: [customer], bot: [bot], human: [agent]}\n"
    )


def _encoding(head: bytes, stated: str) -> str:
    return "utf-16" if head.startswith(_MARKS) else stated


Row = tuple[str, str, str, str]
"""Speaker, text, time, status."""


def _grouped(source: Source, columns: LogMap) -> Iterator[tuple[int, str, list[Row] | Rejected]]:
    """Rows of one id that follow each other, with the number of the first; the header is row 1."""
    head = source.head()
    delimiter = columns.delimiter or header_of(source, columns.encoding)[0]
    csv.field_size_limit(LONGEST_LINE)
    with source.open() as file:
        # Bytes that are no text become the replacement character: one bad letter is no reason to lose a conversation.
        text = io.TextIOWrapper(file, _encoding(head, columns.encoding), "replace", newline="")
        table = csv.reader(text, delimiter=delimiter)
        places = _places(source, next(table, []), columns)
        number, start, current, rows = 1, 0, "", list[Row]()
        while True:
            number += 1
            try:
                cells = next(table)
            except StopIteration:
                break
            except csv.Error as error:
                yield number, "", source.rejected("row", number, f"no row of a table: {error}")
                continue
            except (EOFError, OSError) as error:
                yield number, "", source.rejected("row", number, f"the file is broken from here on ({error})")
                break
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) <= max(places):
                found = f"expected at least {max(places) + 1} cells, found {len(cells)}"
                yield number, "", source.rejected("row", number, found)
                continue
            id_, *rest = (cells[place] if place >= 0 else "" for place in places)
            if not id_.strip():
                yield number, "", source.rejected("row", number, f"nothing in the column {columns.conversation!r}")
                continue
            if id_ != current and rows:
                yield start, current, rows
                rows = []
            if not rows:
                start, current = number, id_
            if len(rows) <= MOST_MESSAGES:
                speaker, said, time, status = rest
                rows.append((speaker, said, time, status))
        if rows:
            yield start, current, rows


def _places(source: Source, header: Sequence[str], columns: LogMap) -> list[int]:
    """Where the mapped columns are; -1 for one that the map leaves out. Raises InputError naming all that are missing."""
    names = [name.strip().strip("\ufeff") for name in header]
    wanted = (columns.conversation, columns.speaker, columns.text, columns.time, columns.status)
    problems = [
        Problem(
            f"expected a column {name!r}, found {', '.join(names) or 'an empty file'}", str(source.path), 1, 1, field
        )
        for field, name in zip(("conversation", "speaker", "text", "time", "status"), wanted, strict=True)
        if name and name not in names
    ]
    if problems:
        raise InputError(problems)
    return [names.index(name) if name else -1 for name in wanted]


def _conversation(
    id_: str, rows: list[Row], columns: LogMap, roles: Mapping[str, str], handoffs: Handoffs
) -> Transcript:
    if columns.newest_first:
        rows = rows[::-1]
    messages: list[Message] = []
    for speaker, said, time, _ in rows:
        at = moment(time, columns.time_format) if columns.time else None
        messages.append(Message(speaker_of(speaker, roles), said, at))
    statuses = columns.statuses
    state = rows[-1][3].strip().lower()
    ending: Ending = "limit"
    if state in _lower(statuses.handed_off):
        messages, ending = _with_event(messages, "requested"), "handed_off"
    elif state in _lower(statuses.resolved):
        messages = _with_event(messages, "claim_resolved")
    elif state in _lower(statuses.left):
        ending = "left_silent"
    return transcript(
        id_,
        messages,
        handoffs,
        observed=bool(columns.status and statuses.handed_off),
        ending=ending,
        ended_why=LOG_ENDS if ending == "limit" else "by the log's status",
    )


def _with_event(messages: list[Message], kind: str) -> list[Message]:
    """The status says that it happened, not when: it is put to the bot's last word, or to the end."""
    last = max((place for place, one in enumerate(messages) if one.speaker == "bot"), default=len(messages) - 1)
    changed = messages[last]._replace(events=(kind,))  # type: ignore[arg-type]  # the two kinds that are handed in
    return [*messages[:last], changed, *messages[last + 1 :]]


def _lower(values: Sequence[str]) -> set[str]:
    return {value.strip().lower() for value in values}
