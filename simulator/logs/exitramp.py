"""Our own transcripts: a file of them, or an export of a run, which carries the scenarios that they were held in.

An export is one file of JSON lines. The first holds the format's version and the frozen scenarios, translations included:
with the transcripts, which follow in the order of the cases and hold what judges noted on them, that is all that scoring a
run takes.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from simulator.logs.source import Rejected, Source
from simulator.model.errors import InputError, Problem, StoreFailed
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.transcript import Signal, Transcript
from simulator.store import Damage, RunFolder

VERSION = 1
"""Of the format of exports."""

_ROLES: Mapping[str, str] = {"customer": "user", "bot": "assistant", "human": "human_agent", "system": "system"}


class Header(msgspec.Struct, frozen=True):
    """The first line of an export."""

    exitramp_export: Literal[1]
    run: str
    """Name of the run's folder."""
    scenarios: dict[str, Scenario]
    """As they were frozen with the run."""
    probes: list[str]
    """Names of the personas that are probes, of which the bot's customers are told apart."""


def header_of(source: Source) -> Header | None:
    """The header of an export; None for a file that is none. Raises InputError for one of another version."""
    first = next((line for _, line in source.lines() if isinstance(line, bytes)), b"")
    if not first.lstrip().startswith(b'{"exitramp_export"'):
        return None
    try:
        return msgspec.json.decode(first, type=Header)
    except msgspec.ValidationError as error:
        hint = f"this version reads exports of version {VERSION}"
        raise InputError(
            [Problem(f"its first line cannot be read: {error}", str(source.path), 1, 1, hint=hint)]
        ) from None


def transcripts(source: Source) -> Iterator[Transcript | Rejected]:
    """Each transcript of a file, or why a line is none."""
    decoder = msgspec.json.Decoder(Transcript)
    for number, line in source.lines():
        if isinstance(line, Rejected):
            yield line
        elif not line.lstrip().startswith(b'{"exitramp_export"'):
            try:
                found = decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                yield source.rejected("line", number, f"not a transcript: {error}")
                continue
            if found.turns:
                yield found
            else:
                yield source.rejected("line", number, "no turns in it")


def export(
    folder: RunFolder, scenarios: Mapping[str, Scenario], personas: Mapping[str, Persona], file: Path
) -> tuple[int, list[Damage]]:
    """Write a run as one file, in the order of its cases; how many conversations, and which lines could not be read.

    Each has the judges' notes on it. Holds where each transcript lies, never the transcripts. Raises InputError where there is
    such a file, StoreFailed where it cannot be written. Gzipped where the file's name ends in `.gz`.
    """
    probes = [name for name, persona in personas.items() if persona.probe is not None]
    header = Header(1, folder.path.resolve().name, dict(scenarios), probes)
    return _write(folder, file, msgspec.json.encode(header) + b"\n", msgspec.json.encode)


def export_messages(folder: RunFolder, file: Path) -> tuple[int, list[Damage]]:
    """The same as `{"id", "messages": [{"role", "content"}]}`, one conversation a line: words alone, for other tools.

    Hand-offs on the wire become calls of the tool `transfer_to_human`, actions calls of a tool of their name.
    """
    return _write(folder, file, b"", lambda transcript: msgspec.json.encode(_messages(transcript)))


def _messages(transcript: Transcript) -> dict[str, Any]:
    messages = []
    for turn in transcript.turns:
        message: dict[str, Any] = {"role": _ROLES[turn.speaker], "content": turn.text}
        calls = [_call(signal) for signal in turn.signals if signal.kind in ("requested", "action")]
        if calls and turn.speaker == "bot":
            message["tool_calls"] = calls
        if turn.text or calls:
            messages.append(message)
    return {"id": transcript.id, "messages": messages}


def _call(signal: Signal) -> dict[str, Any]:
    name = "transfer_to_human" if signal.kind == "requested" else str(signal.detail.get("name") or "action")
    return {"type": "function", "function": {"name": name, "arguments": "{}"}}


def _write(folder: RunFolder, file: Path, head: bytes, form: Callable[[Transcript], bytes]) -> tuple[int, list[Damage]]:
    damage: list[Damage] = []
    places = folder.places(damage)
    try:
        with file.open("xb") as raw, _packed(file, raw) as out, folder.pages() as pages:
            out.write(head)
            for place in places:
                out.write(form(pages.read(place)) + b"\n")
    except FileExistsError:
        hint = "name another file, or remove this one"
        raise InputError([Problem("there is such a file already", str(file), hint=hint)]) from None
    except OSError as error:
        raise StoreFailed(f"{file}: {error.strerror}") from error
    return len(places), damage


def _packed(file: Path, raw: BinaryIO) -> AbstractContextManager[gzip.GzipFile | BinaryIO]:
    """What takes the bytes of a file: gzipped where its name says so, with no name or time inside, so that equal is equal."""
    return gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if file.suffix == ".gz" else nullcontext(raw)
