"""Test accounts in use, over all processes of a run: a lock for each row on a file of its own in the run's folder.

The kernel releases the lock of a process that dies. Whoever waits for a row that another process holds blocks in the
kernel, in a thread of its own, so that nobody asks again and again.
"""

from __future__ import annotations

import fcntl
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

import gevent
from gevent.monkey import get_original

MOST_WATCHED = 64
"""Threads that wait for rows of other processes; the rest is tried again whenever one of these comes free."""

_start_thread = get_original("_thread", "start_new_thread")


class Leases:
    """The rows that this process holds. `freed` is told of a row for which it has waited."""

    def __init__(self, folder: Path, freed: Callable[[int], object]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._freed = freed
        self._held: dict[int, int] = {}
        self._brought: dict[int, int] = {}
        """Locked for us by a watcher, and waiting for a seat to take them."""
        self.watched: set[int] = set()
        self._arrivals: deque[tuple[int, int]] = deque()
        self._bell = gevent.get_hub().loop.async_()
        self._bell.start(self._arrived)

    def take(self, row: int) -> bool:
        """Whether the row was free; then it is ours until it is given back."""
        if row in self._held:
            return False
        if row in self._brought:
            self._held[row] = self._brought.pop(row)
            return True
        file = self._open(row)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._held[row] = file
        return True

    def give_back(self, row: int) -> None:
        """Let the next one have it, here or in another process."""
        os.close(self._held.pop(row))

    def watch(self, row: int) -> None:
        """Wait for a row of another process; `freed` is told once it is locked for us."""
        if row not in self.watched and len(self.watched) < MOST_WATCHED:
            self.watched.add(row)
            _start_thread(self._block, (row, self._open(row)))

    def let_go(self, row: int) -> None:
        """Unlock what a watcher has brought and nobody here needs now."""
        file = self._brought.pop(row, None)
        if file is not None:
            os.close(file)

    def _block(self, row: int, file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
        self._arrivals.append((row, file))
        self._bell.send()

    def _arrived(self) -> None:
        while self._arrivals:
            row, file = self._arrivals.popleft()
            self.watched.discard(row)
            self._brought[row] = file
            self._freed(row)

    def _open(self, row: int) -> int:
        return os.open(self._folder / f"row-{row}.lock", os.O_RDWR | os.O_CREAT, 0o644)
