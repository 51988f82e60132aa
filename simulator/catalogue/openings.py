"""How conversations with real customers began: read from a log of chats, one conversation a line.

Three forms are understood: transcripts as runs of exitramp keep them (`{"turns": [{"speaker", "text"}]}`), conversations of
any chat system (`{"messages": [{"role", "text"}]}`), and plain text with one opening message a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from simulator.model.errors import InputError, Problem

CUSTOMER_ROLES = ("customer", "user", "client", "visitor", "caller", "human")
FEWEST_WORDS = 3
"""A shorter message is a greeting; the customer's next one says what it is about."""
MOST_PROBLEMS = 20
_words = re.compile(r"\w+").findall


class Openings(NamedTuple):
    """What a log holds."""

    messages: list[str]
    """For each conversation the first customer message that says more than hello."""
    silent: int
    """Conversations without any customer message."""


def read_openings(path: Path) -> Openings:
    """The opening messages of a log. Raises InputError with the line and field of everything that is wrong."""
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        reason = (
            "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        )
        raise InputError([Problem(reason, str(path), hint="give a log of chats, one conversation a line")]) from None
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if not lines:
        raise InputError([Problem("the file is empty", str(path), hint="give a log of chats, one conversation a line")])
    problems: list[Problem] = []
    messages: list[str] = []
    roles: Counter[str] = Counter()
    silent = 0
    read = _conversation if lines[0][1].lstrip().startswith((b"{", b"[")) else _plain
    for number, line in lines:
        try:
            said = list(read(line, roles))
        except _Wrong as wrong:
            problems.append(Problem(wrong.message, str(path), number, 1, wrong.field, hint=wrong.hint))
            if len(problems) == MOST_PROBLEMS:
                break
            continue
        if said:
            messages.append(next((one for one in said if len(_words(one)) >= FEWEST_WORDS), said[0]))
        else:
            silent += 1
    if problems:
        raise InputError(problems)
    if not messages:
        found = ", ".join(roles) or "no messages"
        hint = f"call the customer one of {', '.join(CUSTOMER_ROLES)}"
        raise InputError([Problem(f"no message of a customer in it, found {found}", str(path), hint=hint)])
    return Openings(messages, silent)


class _Wrong(Exception):
    def __init__(self, message: str, field: str = "", hint: str = "") -> None:
        self.message, self.field, self.hint = message, field, hint


def _plain(line: bytes, roles: Counter[str]) -> Iterator[str]:
    try:
        yield line.decode().strip()
    except UnicodeDecodeError as error:
        raise _Wrong(
            f"expected UTF-8 text, found the byte 0x{line[error.start]:02x}", hint="save it as UTF-8"
        ) from None


def _conversation(line: bytes, roles: Counter[str]) -> Iterator[str]:
    """What the customer said in one conversation, in order."""
    try:
        document = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Wrong(f"not a JSON document in one line: {error}", hint="write one conversation a line") from None
    keys = document if isinstance(document, dict) else {}
    field = "turns" if "turns" in keys else "messages"
    who, entries = ("speaker" if field == "turns" else "role"), keys.get(field)
    if not isinstance(entries, list):
        found = f"a mapping ({', '.join([*keys][:5])})" if keys else type(document).__name__
        hint = 'e.g. {"messages": [{"role": "customer", "text": "..."}]}'
        raise _Wrong(f"expected `messages` or `turns`, a list, found {found}", field, hint)
    for index, entry in enumerate(entries):
        role = entry.get(who) if isinstance(entry, dict) else None
        if not isinstance(role, str):
            expected = f'expected {{"{who}": ..., "text": ...}}'
            raise _Wrong(f"{expected}, found {msgspec.json.encode(entry).decode()[:40]}", f"{field}[{index}]")
        roles[role] += 1
        text = _text(entry)
        if role.lower() in CUSTOMER_ROLES and text:
            yield text


def _text(entry: dict[str, Any]) -> str:
    """`text`, or `content` as text or as a list of parts."""
    text = entry.get("text", entry.get("content"))
    if isinstance(text, list):
        text = " ".join(part["text"] for part in text if isinstance(part, dict) and isinstance(part.get("text"), str))
    return text.strip() if isinstance(text, str) else ""
