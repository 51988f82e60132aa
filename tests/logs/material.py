"""Logs as other tools write them: real files in the public formats, written for these tests."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulator.logs.conversation import Handoffs
from simulator.logs.detect import Format, layout_of
from simulator.logs.records import Record, handoffs_of, records
from simulator.logs.source import Rejected, Source
from simulator.model.log_map import LogMap
from simulator.model.transcript import Transcript

CALL = {"id": "c1", "type": "function", "function": {"name": "get_order", "arguments": '{"order": "4711"}'}}
TRANSFER = {"id": "c2", "type": "function", "function": {"name": "transfer_to_human_agents", "arguments": "{}"}}
ASKED: list[dict[str, Any]] = [
    {"role": "system", "content": "You are a helpful bot."},
    {"role": "user", "content": "Where is my parcel?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "it is in Lyon"},
    {"role": "assistant", "content": "It is on its way."},
    {"role": "user", "content": [{"type": "text", "text": "Give me"}, {"type": "text", "text": "a person."}]},
]
MOVED = [*ASKED, {"role": "assistant", "content": "", "tool_calls": [TRANSFER]}]


def put(folder: Path, content: str | bytes | Sequence[Any], name: str = "log") -> Path:
    """A file of that content; a list becomes JSON lines."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(one) + "\n" for one in content), encoding="utf-8")
    return path


def zipped(path: Path) -> Path:
    """The same, gzipped."""
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def read(
    path: Path,
    stated: Format | None = None,
    tools: Sequence[str] = (),
    columns: LogMap | None = None,
    handoffs: Handoffs | None = None,
) -> list[Record]:
    """Everything in a file."""
    source = Source(path)
    layout = layout_of(source, stated)
    return list(records(source, layout, handoffs or handoffs_of(source, layout, tools), columns))


def transcripts(found: Sequence[Record]) -> list[Transcript]:
    return [one for one in found if isinstance(one, Transcript)]


def rejections(found: Sequence[Record]) -> list[Rejected]:
    return [one for one in found if isinstance(one, Rejected)]


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def signals(transcript: Transcript) -> list[tuple[int, str, str]]:
    return [
        (place, signal.kind, signal.detail.get("name", ""))
        for place, turn in enumerate(transcript.turns)
        for signal in turn.signals
    ]
