"""A computed clock: an event heap over plain greenlets, no gevent.

Blocking code runs unchanged; whenever it waits, the clock jumps to the next moment at which something is due. Thousands of
customers, shared desks and simulated days pass in one process in the time the code itself takes, always in the same order.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from greenlet import greenlet


class Mailbox:
    """Items on their way to whoever waits for them."""

    __slots__ = ("items", "waiting")

    def __init__(self) -> None:
        self.items: deque[Any] = deque()
        self.waiting: deque[_Task] = deque()


class _Task(greenlet):
    """A piece of blocking code; `turn` tells a live wake-up from one that a mailbox has overtaken."""

    turn = 0
    brought: tuple[Any] | None = None
    """What a mailbox has handed over: nobody else can take it meanwhile."""


class VirtualClock:
    """Time that is computed, not waited for. `run` drives it; everything else is called from spawned code."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._heap: list[tuple[float, int, _Task, int]] = []
        self._order = count()
        self._hub: greenlet | None = None
        self._failure: BaseException | None = None

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        task = self._current()
        self._schedule(task, self._now + max(seconds, 0.0))
        self._yield()

    def mailbox(self) -> Mailbox:
        return Mailbox()

    def wait(self, mailbox: Mailbox, seconds: float) -> Any | None:
        """The next item, or None when so many seconds have passed."""
        if mailbox.items:
            return mailbox.items.popleft()
        task = self._current()
        mailbox.waiting.append(task)
        self._schedule(task, self._now + max(seconds, 0.0))
        self._yield()
        if task.brought is None:
            mailbox.waiting.remove(task)
            return None
        (item,), task.brought = task.brought, None
        return item

    def put(self, mailbox: Mailbox, item: Any) -> None:
        if mailbox.waiting:
            task = mailbox.waiting.popleft()
            task.brought = (item,)
            self._schedule(task, self._now)
        else:
            mailbox.items.append(item)

    def spawn(self, function: Callable[..., object], *args: object) -> None:
        def body() -> None:
            try:
                function(*args)
            except BaseException as error:  # raised again by `run`: no failure passes silently
                self._failure = error

        self._schedule(_Task(body), self._now)

    def run(self) -> None:
        """Run everything that was spawned to its end. Raises what any of it raised."""
        self._hub = greenlet.getcurrent()
        while self._heap:
            when, _, task, turn = heapq.heappop(self._heap)
            if turn != task.turn or task.dead:
                continue
            self._now = max(self._now, when)
            task.turn += 1
            task.parent = self._hub
            task.switch()
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure

    def _schedule(self, task: _Task, when: float) -> None:
        heapq.heappush(self._heap, (when, next(self._order), task, task.turn))

    def _current(self) -> _Task:
        task = greenlet.getcurrent()
        if not isinstance(task, _Task):
            raise RuntimeError("a virtual clock can only be waited on from code that it has spawned")
        return task

    def _yield(self) -> None:
        assert self._hub is not None
        self._hub.switch()
