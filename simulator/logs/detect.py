"""What kind of log a file is: by its content, never by its name."""

from __future__ import annotations

import io
from typing import Any, Literal, NamedTuple, get_args

import ijson
import msgspec

from simulator.logs.openai import LISTS
from simulator.logs.source import HEAD, Mended, Source
from simulator.model.errors import InputError, Problem

Format = Literal["exitramp", "openai", "tau", "csv", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)
_HOLDERS = ("simulations", "conversations", "dialogues", "dialogs", "chats", "sessions", "data", "items", "results")
"""Keys of a JSON object under which a list of conversations stands."""

_LINES = 200  # of the head, in which one that can be read is looked for
_OPENING = 3  # characters of a first line that does no more than open a printed document


class Layout(NamedTuple):
    """Where the conversations of a file are, and what they are."""

    format: Format
    items: str
    """ijson's prefix of the conversations in a JSON array; empty: one JSON value a line."""
    single: bool
    """The whole file is one conversation, its items are messages."""
    words: str
    """What it was taken for, for people."""


def stated_format(name: str) -> Format | None:
    """The format of a name; None for `auto` and whatever else is none: it is to be found out."""
    return next((one for one in FORMATS if one == name), None)


def layout_of(source: Source, stated: Format | None = None) -> Layout:
    """How a file is to be read; `stated` is believed, and only the rest is found out. Raises InputError."""
    if stated == "csv":
        return Layout("csv", "", False, "a table, one message a row")
    head = source.head()
    start = head.lstrip()[:1]
    if not head.strip():
        raise InputError([Problem("no transcript in this file: it is empty", str(source.path))])
    later = _later(head)
    if later is not None:
        # What stands in the first line is damaged: the lines are read one by one, and the bad ones are named.
        return _lines(stated, later, later if isinstance(later, list) else None)
    if start not in (b"{", b"["):
        if stated is None and _table(source, head):
            return Layout("csv", "", False, "a table, one message a row")
        if stated is not None:
            return _lines(stated, {}, None)
        hint = f"formats are {', '.join(FORMATS)}; name one with --format"
        problem = "cannot tell what kind of log this is: neither JSON nor a table"
        raise InputError([Problem(problem, str(source.path), hint=hint)])
    first = _first_line(head)
    if first is None and start == b"{" and b"\n" not in head and len(head) >= HEAD:
        first = _long_line(source, head)
    if first is not None:
        example = first[0] if isinstance(first, list) and first else first
        whole = first if isinstance(first, list) else None
        return _lines(stated, example, whole)
    return _document(source, stated, head, start)


def _lines(stated: Format | None, example: Any, whole: list[Any] | None) -> Layout:
    if whole is not None:
        return Layout(stated or "openai", "", False, "OpenAI-style messages, a list a line")
    found = stated or _format_of(example)
    words = {
        "exitramp": "transcripts of exitramp, one a line",
        "openai": "OpenAI-style messages, one conversation a line",
        "tau": "results of tau-bench or tau2-bench, one simulation a line",
        "jsonl": "normalised conversations, one a line",
        "csv": "a table",
    }
    return Layout(found, "", False, words[found])


def _document(source: Source, stated: Format | None, head: bytes, start: bytes) -> Layout:
    """A file that is one JSON value, perhaps a large one: told by the names that its head shows."""
    names, broken = _names(head)
    if start == b"[":
        if "item.traj" in names or ("item.task_id" in names and "item.reward" in names):
            return Layout(stated or "tau", "item", False, "results of tau-bench, a list")
        if "item.turns" in names and "item.item" not in names and stated in (None, "exitramp"):
            hint = "write one transcript a line"
            raise InputError([Problem("a list of transcripts; expected one a line", str(source.path), hint=hint)])
        single = any(f"item.{key}" in names for key in ("role", "content")) and not any(
            f"item.{key}" in names for key in LISTS
        )
        words = "one conversation, a list of OpenAI-style messages" if single else "OpenAI-style conversations, a list"
        return Layout(stated or ("openai" if single else _by_names(names, "item.")), "item", single, words)
    holder = next((key for key in _HOLDERS if key in names), "")
    if holder == "simulations" or ("tasks" in names and "info" in names):
        return Layout(stated or "tau", "simulations.item", False, "results of tau2-bench")
    if "messages" in names and "messages.item" in names:
        return Layout(stated or "openai", "messages.item", True, "one conversation, an object with messages")
    if holder:
        words = f"conversations, a list under {holder!r}"
        return Layout(stated or _by_names(names, f"{holder}.item."), f"{holder}.item", False, words)
    if stated is not None or (broken and len(head) < HEAD):
        return Layout(stated or "exitramp", "", False, "one JSON value a line, the first of them damaged")
    hint = f"formats are {', '.join(FORMATS)}; name one with --format"
    raise InputError(
        [Problem("cannot tell what kind of log this is: JSON without conversations", str(source.path), hint=hint)]
    )


def _later(head: bytes) -> Any:
    """The first line that is a JSON value, where the very first holds something else; None where that is not so.

    A printed document opens with a line of a brace or two, and what it holds is indented.
    """
    first, *others = head.split(b"\n")[:_LINES]
    if len(first.strip()) <= _OPENING or _decoded(first) is not None:
        return None
    found = (_decoded(line) for line in others if line.startswith((b"{", b"[")))
    return next((value for value in found if isinstance(value, dict | list)), None)


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _format_of(example: Any) -> Format:
    if not isinstance(example, dict):
        return "openai"
    if "exitramp_export" in example or "turns" in example:
        return "exitramp"
    if "traj" in example or ("termination_reason" in example and "messages" in example):
        return "tau"
    said: list[Any] = next((example[key] for key in LISTS if isinstance(example.get(key), list)), [])
    first = next((one for one in said if isinstance(one, dict)), {})
    if "text" in first and "content" not in first and "messages" in example:
        return "jsonl"
    return "openai" if said or "messages" in example else "exitramp"


def _by_names(names: set[str], prefix: str) -> Format:
    inner = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    if "traj" in inner or "termination_reason" in inner:
        return "tau"
    return "jsonl" if "messages.item.text" in inner and "messages.item.content" not in inner else "openai"


def _first_line(head: bytes) -> Any:
    """The first line where it is a JSON value of its own, and not the whole of a file that is one document."""
    line, end, rest = head.lstrip().partition(b"\n")
    if not end and len(head) >= HEAD:
        return None
    try:
        value = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    alone = not rest.strip()
    if alone and isinstance(value, list):
        return None  # a list in one line is the file's list, not a line's
    if alone and isinstance(value, dict) and any(_holds_conversations(value.get(key)) for key in _HOLDERS):
        return None
    return value


def _long_line(source: Source, head: bytes) -> Any:
    """The first line where it is longer than the head, and one conversation of many; None for one that holds them all."""
    names, _ = _names(head)
    if names & {*_HOLDERS, "tasks"} - {*LISTS}:
        return None
    line = next((line for _, line in source.lines()), b"")
    value = _decoded(line) if isinstance(line, bytes) else None
    return (
        value if isinstance(value, dict) and not any(_holds_conversations(value.get(key)) for key in _HOLDERS) else None
    )


def _holds_conversations(value: Any) -> bool:
    """Whether it is a list of conversations, not of messages (some tools call the messages `conversations`)."""
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, list) or (
        isinstance(first, dict) and any(isinstance(first.get(key), list) for key in LISTS)
    )


def _names(head: bytes) -> tuple[set[str], bool]:
    """The paths that the head of a JSON document shows, as ijson writes them, and whether it breaks off or is broken."""
    names: set[str] = set()
    try:
        for prefix, event, _ in ijson.parse(Mended(io.BufferedReader(io.BytesIO(head)))):
            if event not in ("map_key", "end_map", "end_array"):
                names.add(prefix)
    except (ijson.JSONError, UnicodeDecodeError):
        return names, True
    return names, False


def _table(source: Source, head: bytes) -> bool:
    from simulator.logs.tabular import header_of

    _, columns = header_of(source)
    return len(columns) >= 3 and b"\n" in head
