"""What the customers' model may use: one ledger for all processes of a run, and what a run will take by estimate.

The ledger is a file of one fixed-size record in the run's folder. Before a call its worst case is booked under a lock that
holds across processes; afterwards the booking is replaced by what was really used. A worker that dies in between leaves
its worst case booked: the sum can be too high, never too low.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from struct import Struct
from threading import Lock

import msgspec

from simulator.model.plan import Budget, ModelSpec

_RECORD = Struct("<8sqqq")
_MAGIC = b"spent-1\n"
_NANO = 1_000_000_000
"""Money is counted in whole billionths of a dollar, so that thousands of small sums add up exactly."""


class Totals(msgspec.Struct, frozen=True):
    """What is booked so far."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0


class Ledger:
    """The bookings of one run; every worker process opens the same file.

    `began` is Unix time. Raises OSError where the file cannot be opened or written.
    """

    def __init__(self, path: Path, budget: Budget, began: float) -> None:
        self._budget, self._began = budget, began
        # A lock on the file keeps processes apart, not the threads of one.
        self._lock = Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def reserve(self, tokens: int, usd: float) -> str:
        """Book one call's worst case. Empty, or which budget does not allow it: usd, tokens, calls, wall_s."""
        budget = self._budget
        if budget.wall_s is not None and time.time() - self._began >= budget.wall_s:
            return "wall_s"
        cost = ceil(usd * _NANO)
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                calls, booked, spent = self._read()
                if budget.usd is not None and spent + cost > budget.usd * _NANO:
                    return "usd"
                if budget.tokens is not None and booked + tokens > budget.tokens:
                    return "tokens"
                if budget.calls is not None and calls >= budget.calls:
                    return "calls"
                self._write(calls + 1, booked + tokens, spent + cost)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return ""

    def settle(self, reserved_tokens: int, reserved_usd: float, tokens: int, usd: float) -> None:
        """Replace a booking by what the call has really used."""
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                calls, booked, spent = self._read()
                cost = ceil(usd * _NANO) - ceil(reserved_usd * _NANO)
                self._write(calls, booked + tokens - reserved_tokens, spent + cost)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def totals(self) -> Totals:
        """All bookings of all processes, calls under way with their worst case."""
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_SH)
            try:
                calls, tokens, spent = self._read()
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return Totals(calls, tokens, spent / _NANO)

    def close(self) -> None:
        os.close(self._file)

    def _read(self) -> tuple[int, int, int]:
        record = os.pread(self._file, _RECORD.size, 0)
        if not record:
            return 0, 0, 0
        magic, calls, tokens, spent = _RECORD.unpack(record)
        if magic != _MAGIC:
            raise OSError("the file of the model's budget is not one of ours")
        return calls, tokens, spent

    def _write(self, calls: int, tokens: int, spent: int) -> None:
        os.pwrite(self._file, _RECORD.pack(_MAGIC, calls, tokens, spent), 0)


def tokens_of(texts: Sequence[str]) -> int:
    """An upper estimate of the prompt tokens of messages, without a tokeniser.

    Byte-pair encodings average 4 to 4.7 characters a token on English and 3.3 to 4 on German, Spanish and Portuguese, and
    hardly less on text full of ids: a third of the ASCII characters, half the bytes of all others, and 8 a message for its
    frame. Other scripts come out high, which is the safe side.
    """
    plain = wide = 0
    for text in texts:
        if text.isascii():
            plain += len(text)
        else:
            ascii_only = sum(letter.isascii() for letter in text)
            plain += ascii_only
            wide += len(text.encode()) - ascii_only
    return ceil(plain / 3 + wide / 2) + 8 * len(texts)


def usd_of(spec: ModelSpec, prompt_tokens: int, completion_tokens: int) -> float:
    """By the plan's prices; what has none costs nothing."""
    return (
        prompt_tokens * (spec.usd_per_million_in or 0.0) + completion_tokens * (spec.usd_per_million_out or 0.0)
    ) / 1_000_000


class Forecast(msgspec.Struct, frozen=True):
    """What a run will take, by estimate."""

    calls: int
    tokens: int
    usd: float | None
    """None where the plan states no prices."""


_PROMPT_TOKENS = 420
"""Of one turn's prompt in the middle of a conversation."""
_ANSWER_TOKENS = 30
_CALLS_PER_TURN = 1.1
"""One turn in ten is worded twice."""


def forecast(spec: ModelSpec, conversations: int, turns_per_conversation: float) -> Forecast:
    """What so many conversations voiced by the model will take, with so many customer turns in each on average."""
    calls = ceil(conversations * turns_per_conversation * _CALLS_PER_TURN)
    priced = spec.usd_per_million_in is not None and spec.usd_per_million_out is not None
    return Forecast(
        calls,
        calls * (_PROMPT_TOKENS + _ANSWER_TOKENS),
        usd_of(spec, calls * _PROMPT_TOKENS, calls * _ANSWER_TOKENS) if priced else None,
    )
