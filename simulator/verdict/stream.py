"""Every scorer over conversations that come one after the other, in their order, of which only a few are held at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript
from simulator.scorers.stock import STOCK, score
from simulator.verdict.pool import pooled
from simulator.verdict.scoring import ENOUGH_FOR_A_POOL, Scored, scenario_of

_CHUNK = 100
"""Conversations handed to a process at once, or fewer where they hold much text."""
_CHARACTERS = 1_000_000


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
    processes = cores if cores is not None else os.cpu_count() or 1
    chunks = _chunks(transcripts)
    first: list[list[Transcript]] = []
    for chunk in chunks:
        first.append(chunk)
        if sum(map(len, first)) >= ENOUGH_FOR_A_POOL or processes == 1 or _text(first) > 8 * _CHARACTERS:
            break
    else:
        processes = 1  # all of them are there already, and too few for a pool
    for made in pooled(_score, chain(first, chunks), scenarios, scorers, cautious or {}, processes=processes):
        yield from made


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
