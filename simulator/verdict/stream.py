"""Every scorer over conversations that come one after the other, in their order, of which only a few are held at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript
from simulator.scorers.stock import STOCK, score
from simulator.verdict.scoring import ENOUGH_FOR_A_POOL, Scored, scenario_of

_CHUNK = 100
"""Conversations handed to a process at once, or fewer where they hold much text."""
_CHARACTERS = 1_000_000
_AHEAD = 3  # chunks under way for each process


def scored(
    transcripts: Iterable[Transcript],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer] = STOCK,
    *,
    cautious: Mapping[str, Sequence[Scorer]] | None = None,
    cores: int | None = None,
) -> Iterator[Scored]:
    """The scores of each transcript, in the order given. `cautious`: target -> the scorers it is to be measured with.

    Over several processes once there are so many that it pays; a chunk or two for each is all that is held.
    """
    others = cautious or {}
    count = cores if cores is not None else os.cpu_count() or 1
    chunks = _chunks(transcripts)
    first: list[list[Transcript]] = []
    for chunk in chunks:
        first.append(chunk)
        if sum(map(len, first)) >= ENOUGH_FOR_A_POOL or count == 1 or _text(first) > 8 * _CHARACTERS:
            break
    else:
        for chunk in first:
            yield from _score(chunk, scenarios, scorers, others)
        return
    waiting = chain(first, chunks)
    if count == 1:
        for chunk in waiting:
            yield from _score(chunk, scenarios, scorers, others)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        flying: deque[Future[list[Scored]]] = deque()
        for chunk in waiting:
            flying.append(pool.submit(_score, chunk, scenarios, scorers, others))
            if len(flying) >= _AHEAD * count:
                yield from flying.popleft().result()
        while flying:
            yield from flying.popleft().result()


def _chunks(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    chunk: list[Transcript] = []
    characters = 0
    for transcript in transcripts:
        chunk.append(transcript)
        characters += sum(len(turn.text) for turn in transcript.turns)
        if len(chunk) >= _CHUNK or characters >= _CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _text(chunks: list[list[Transcript]]) -> int:
    return sum(len(turn.text) for turn in chain.from_iterable(one.turns for chunk in chunks for one in chunk))


def _score(
    transcripts: list[Transcript],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer],
    cautious: Mapping[str, Sequence[Scorer]],
) -> list[Scored]:
    return [(one, score(one, scenario_of(one, scenarios), cautious.get(one.target, scorers))) for one in transcripts]
