"""What the load process tells its parent: one status line a second, never one per conversation.

A line that nobody reads must not stop the conversations, so the pipe is written without blocking and what does not fit is
dropped: the next line says it all again. The last line is waited for.
"""

from __future__ import annotations

import os

import msgspec


class Status(msgspec.Struct):
    """Provisional counts; metrics come from the transcripts alone."""

    planned: int = 0
    started: int = 0
    finished: int = 0
    started_by_target: dict[str, int] = {}
    finished_by_target: dict[str, int] = {}
    failed_requests: dict[str, int] | None = None
    """By target, parting words and closes included; None where there is no wire to count them on."""
    failed_resets: dict[str, int] = {}
    """By target: requests to clean up the company's test system after a conversation that came to nothing."""
    requests: int = 0
    lag_p50_ms: float | None = None
    lag_p99_ms: float | None = None
    """Our own lateness, sent minus due."""
    spent: str = ""
    """The model's budget that has ended the run."""
    unstored: list[str] = []
    """Finished conversations that could not be written."""
    unwritable: str = ""
    """Why nothing can be written any more."""
    stopped: dict[str, str] = {}
    """Targets that were given up, with the reason."""
    fault: str = ""
    """A fault of exitramp itself."""
    final: bool = False

    def in_flight(self, target: str) -> int:
        """Conversations of one target that are under way."""
        return self.started_by_target.get(target, 0) - self.finished_by_target.get(target, 0)


class StatusLine:
    """Writes status lines to a pipe."""

    def __init__(self, descriptor: int) -> None:
        self._pipe = descriptor
        os.set_blocking(descriptor, False)

    def offer(self, status: Status) -> None:
        """Write a line if there is room for it."""
        try:
            os.write(self._pipe, _line(status))
        except (BlockingIOError, BrokenPipeError):
            pass

    def finish(self, status: Status) -> None:
        """Write the last line, waiting for room."""
        os.set_blocking(self._pipe, True)
        try:
            # A line of its own, in case an earlier one was cut off by a full pipe.
            os.write(self._pipe, b"\n" + _line(status))
        except BrokenPipeError:
            pass


def _line(status: Status) -> bytes:
    return msgspec.json.encode(status) + b"\n"


def read(line: bytes) -> Status | None:
    """One line of the load process, or None for anything else that it printed."""
    try:
        return msgspec.json.decode(line, type=Status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
