"""How far a run is, while it runs: a live line on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bar

from simulator.report import numbers
from simulator.report.terminal import one_line

Status = Mapping[str, Any]
"""`target`, `finished`, `planned`, `in_flight`, `lag_p99_ms`; any may be absent."""


def details(status: Status) -> str:
    """What stands behind the bar: in flight, own lateness."""
    parts = []
    if isinstance(flying := status.get("in_flight"), int):
        parts.append(f"in flight {flying:,}")
    if isinstance(lag := status.get("lag_p99_ms"), int | float):
        parts.append(f"own lag p99 {numbers.lag(lag)}")
    return "  ".join(parts)


def line(status: Status) -> str:
    """The plain form: `looping 120/168  in flight 12  own lag p99 4 ms`."""
    target = one_line(str(status.get("target") or "run"))
    finished, planned = status.get("finished"), status.get("planned")
    done = f"{finished:,}" if isinstance(finished, int) else "?"
    of = f"/{planned:,}" if isinstance(planned, int) else ""
    return "  ".join(part for part in (f"{target} {done}{of}", details(status)) if part)


class Progress:
    """Shows statuses as they come; a context, so that the terminal is left in order whatever happens.

    Without a terminal at most one line goes out every `every` seconds, and the last status of each target at the end.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        terminal: bool | None = None,
        every: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._terminal = self._stream.isatty() if terminal is None else terminal
        self._every = every
        self._now = now
        self._last_line = -every - 1.0 + now()
        self._latest: dict[str, Status] = {}
        self._printed: dict[str, str] = {}
        self._bar: Bar | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Progress:
        if self._terminal:
            self._bar = Bar(
                TextColumn("  {task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[done]}  {task.fields[details]}", markup=False),
                console=Console(file=self._stream, force_terminal=True),
                refresh_per_second=4,
            )
            self._bar.start()
        return self

    def update(self, status: Status) -> None:
        """A newer state of one target's conversations."""
        target = one_line(str(status.get("target") or "run"))
        self._latest[target] = status
        if self._bar is not None:
            self._draw(self._bar, target, status)
        elif self._now() - self._last_line >= self._every:
            self._last_line = self._now()
            self._print(target)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            return
        for target in self._latest:
            self._print(target)

    def _draw(self, bar: Bar, target: str, status: Status) -> None:
        if target not in self._tasks:
            self._tasks[target] = bar.add_task(target, total=None, done="", details="")
        finished, planned = status.get("finished"), status.get("planned")
        bar.update(
            self._tasks[target],
            completed=finished if isinstance(finished, int) else 0,
            total=planned if isinstance(planned, int) else None,
            done=line({"target": "", "finished": finished, "planned": planned}).removeprefix("run "),
            details=details(status),
        )

    def _print(self, target: str) -> None:
        text = line(self._latest[target])
        if self._printed.get(target) != text:
            self._printed[target] = text
            print(text, file=self._stream, flush=True)
