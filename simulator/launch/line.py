"""The line of customers before the seats: in the order of the plan, but past whoever's test account is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from simulator.model.plan import Case

_NOBODYS = -1
"""The key of customers who wait for no account."""


class Line:
    """The cases still to be held. Pure: how to wait, and for whom else an account may be in use, is for others to say.

    `unique`: two cases of one row are never out at the same time. `take` then says whether the row is not in use elsewhere
    (and takes it), `give_back` is told when it is not needed any more.
    """

    def __init__(
        self,
        cases: Iterable[Case],
        *,
        unique: bool = False,
        take: Callable[[int], bool] = lambda row: True,
        give_back: Callable[[int], object] = lambda row: None,
    ) -> None:
        self._unique = unique
        self._take, self._give_back = take, give_back
        self._waiting: dict[int, deque[tuple[int, Case]]] = {}
        for order, case in enumerate(cases):
            self._waiting.setdefault(self._row(case), deque()).append((order, case))
        self._left = sum(map(len, self._waiting.values()))
        self._callable = [(queue[0][0], row) for row, queue in self._waiting.items()]
        """The first of each row that is free as far as is known here: a heap by order."""
        heapify(self._callable)
        self.elsewhere: set[int] = set()
        """Rows with cases waiting that `take` has refused."""

    def __len__(self) -> int:
        return self._left

    def next(self) -> Case | None:
        """The next case whose account is free; None where there is none at the moment, or none at all."""
        while self._callable:
            _, row = heappop(self._callable)
            queue = self._waiting.get(row)
            if not queue:
                continue
            if row != _NOBODYS and not self._take(row):
                self.elsewhere.add(row)
                continue
            _, case = queue.popleft()
            self._left -= 1
            if row == _NOBODYS:
                self._call(row)
            return case
        return None

    def done(self, case: Case) -> None:
        """The case is over: its account is free for the next one."""
        row = self._row(case)
        if row != _NOBODYS:
            self._give_back(row)
            self._call(row)

    def free(self, row: int) -> bool:
        """A row that was in use elsewhere may have come free. Whether anybody has waited for it."""
        if row not in self.elsewhere:
            return False
        self.elsewhere.discard(row)
        self._call(row)
        return True

    def clear(self) -> None:
        """Nobody is called any more."""
        self._waiting.clear()
        self._callable.clear()
        self.elsewhere.clear()
        self._left = 0

    def _row(self, case: Case) -> int:
        return case.row if self._unique and case.row is not None else _NOBODYS

    def _call(self, row: int) -> None:
        queue = self._waiting.get(row)
        if queue:
            heappush(self._callable, (queue[0][0], row))
