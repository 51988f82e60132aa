"""Work on chunks, in order, over several processes, of which only a few are under way or not yet taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_WAITING = 3
"""Chunks for each process: what is in memory does not grow with the work."""


def pooled(work: Callable[..., T], chunks: Iterable[S], *shared: object, processes: int) -> Iterator[T]:
    """What `work(chunk, *shared)` makes of each chunk, in order; in this process where one is enough.

    Chunks are asked for as they are needed. Whoever stops reading cancels what has not begun.
    """
    if processes == 1:
        for chunk in chunks:
            yield work(chunk, *shared)
        return
    coming = iter(chunks)
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(work, shared))
    with pool:
        try:
            waiting: deque[Future[T]] = deque(
                pool.submit(_go_on, chunk) for chunk in islice(coming, _WAITING * processes)
            )
            while waiting:
                made = waiting.popleft().result()
                waiting.extend(pool.submit(_go_on, chunk) for chunk in islice(coming, 1))
                yield made
        finally:
            pool.shutdown(cancel_futures=True)


_under_way: tuple[Callable[..., object], tuple[object, ...]] | None = None


def _begin(work: Callable[..., object], shared: tuple[object, ...]) -> None:
    """What a process of the pool does, and with what: sent once, not with each chunk."""
    global _under_way
    _under_way = work, shared


def _go_on(chunk: object) -> Any:
    assert _under_way is not None
    work, shared = _under_way
    return work(chunk, *shared)
