"""A source -> its conversations, one after the other, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from simulator.logs import exitramp, jsonl, openai, tabular, tau
from simulator.logs.conversation import HANDOFF_TOOLS, MOST_MESSAGES, Handoffs, Unreadable
from simulator.logs.detect import Format, Layout
from simulator.logs.source import Document, Rejected, Source
from simulator.model.errors import InputError, Problem
from simulator.model.log_map import LogMap
from simulator.model.transcript import Transcript

Record = Transcript | Rejected
_READERS: Mapping[Format, Callable[[Any, str, Handoffs, Mapping[str, str]], Transcript]] = {
    "openai": openai.conversation,
    "tau": tau.conversation,
    "jsonl": jsonl.conversation,
}
_OVERLAP = 200  # bytes: longer than a name with what stands before it


def records(source: Source, layout: Layout, handoffs: Handoffs, columns: LogMap | None = None) -> Iterator[Record]:
    """Each conversation, or why something is none. Holds one conversation at a time. Raises InputError."""
    if layout.format == "exitramp":
        yield from exitramp.transcripts(source)
        return
    if layout.format == "csv":
        if columns is None:
            _, header = tabular.header_of(source)
            raise InputError([Problem(_no_map(header), str(source.path), hint="give its columns with --map FILE")])
        yield from tabular.conversations(source, columns, handoffs)
        return
    read = _READERS[layout.format]
    roles = tabular.roles_of(columns)
    for found in _single(source, layout) if layout.single else _each(source, layout):
        if isinstance(found, Rejected):
            yield found
            continue
        try:
            yield read(found.value, f"{found.unit}-{found.place}", handoffs, roles)
        except Unreadable as wrong:
            yield source.rejected(found.unit, found.place, str(wrong))


def handoffs_of(source: Source, layout: Layout, stated: Collection[str]) -> Handoffs:
    """What is known of the tool that calls a person.

    By `stated` names, which are believed; else the source is searched once for a tool of one of the usual names, called or
    listed, before anything is read: whether a conversation could have been handed over must not hang on its place in the file.
    """
    if stated:
        return Handoffs(frozenset(stated), stated=True)
    names = frozenset(HANDOFF_TOOLS)
    if layout.format in ("exitramp", "csv"):
        return Handoffs(names)
    wanted = re.compile(rb'"name"\s*:\s*"(?:' + b"|".join(name.encode() for name in HANDOFF_TOOLS) + rb')"')
    before = b""
    for piece in source.chunks():
        if wanted.search(before + piece):
            return Handoffs(names, seen=True)
        before = piece[-_OVERLAP:]
    return Handoffs(names)


def _each(source: Source, layout: Layout) -> Iterator[Document | Rejected]:
    return source.items(layout.items) if layout.items else source.documents()


def _single(source: Source, layout: Layout) -> Iterator[Document | Rejected]:
    """The whole file as one conversation."""
    messages: list[Any] = []
    for found in source.items(layout.items):
        if isinstance(found, Rejected):
            yield found
            break
        messages.append(found.value)
        if len(messages) > MOST_MESSAGES:
            break
    yield Document("item", 1, messages)


def _no_map(header: list[str]) -> str:
    return "a table needs a map of its columns; to begin with:\n\n" + tabular.starter(header)
