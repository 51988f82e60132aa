"""What commands share when they write: JSON on stdout and nothing else there, people's words on stderr."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from simulator.model.errors import Exit

if TYPE_CHECKING:
    from simulator.store import RunFolder
    from simulator.verdict.decide import Decision

as_json = click.option("--json", "json", is_flag=True, help="Machine-readable output on stdout, nothing else there.")


def emit(document: Any) -> None:
    """One JSON document on a line of its own; where stdout is not UTF-8, what is not ASCII is escaped, never replaced."""
    line = msgspec.json.encode(document).decode()
    if not line.isascii() and codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8":
        from json import dumps, loads

        line = dumps(loads(line))
    click.echo(line)


def tell_our_fault(fault: str) -> Exit:
    """Say that a run broke off by a fault of exitramp; gives its exit code."""
    click.echo(f"exitramp: a fault of exitramp itself, not of your bot:\n{fault}", err=True)
    return Exit.OUR_FAULT


def coloured() -> bool:
    """Whether to paint: on a terminal, unless NO_COLOR; elsewhere only with FORCE_COLOR."""
    return not os.environ.get("NO_COLOR") and (sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR")))


def width() -> int:
    """Columns of the terminal, within what reads well."""
    import shutil

    return max(80, min(120, shutil.get_terminal_size((100, 24)).columns))


def decided(folder: RunFolder) -> Decision:
    """Score and judge a run, and let people see how far it has come."""
    from simulator.report.progress import Progress
    from simulator.verdict.decide import decide

    with Progress(sys.stderr) as progress:
        return decide(folder, lambda what, done, of: progress.update({"target": what, "finished": done, "planned": of}))
