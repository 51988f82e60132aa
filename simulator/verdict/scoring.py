"""Every scorer over every conversation of a run, a chunk at a time; over several processes where there are many."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario, spoken
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.stock import STOCK, score
from simulator.store import Pages, Place, score_line
from simulator.verdict.record import Held, Marks

Scored = tuple[Transcript, list[Score]]
OnProgress = Callable[[str, int, int], None]
"""(what is being done, how much of it, of how much)"""

ENOUGH_FOR_A_POOL = 2_000
"""Below this, starting processes takes longer than scoring."""
_CHUNK = 250
_WAITING = 3
"""Chunks for each process that are under way or not yet taken: what is in memory does not grow with the run."""
MOST_UNRECOGNISED = 0.30
"""Above this share of bot turns that no table recognised, failed attempts are not counted for a target."""

T = TypeVar("T")


def unseen(what: str, done: int, of: int) -> None:
    """Nobody is told how far it has come."""


class Sheet(NamedTuple):
    """Some conversations, scored."""

    lines: list[bytes]
    """Of each conversation its scores as they are stored, a line each."""
    marks: Marks


def score_all(
    transcripts: Sequence[Transcript],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer] = STOCK,
    on_progress: OnProgress = unseen,
) -> list[Scored]:
    """The scores of each transcript, in the order given. A scenario that is not there is scored as a foreign log's."""
    scored: list[Scored] = []
    for chunk in _chunked(_chunk, transcripts, len(transcripts), scenarios, scorers):
        scored += chunk
        on_progress("scoring", len(scored), len(transcripts))
    return scored


def score_stored(
    folder: Path,
    places: Sequence[Place],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer] = STOCK,
    on_progress: OnProgress = unseen,
) -> Iterator[Sheet]:
    """The same for conversations that stand in a run's folder, a chunk at a time; none is in memory for longer."""
    done = 0
    for sheet in _chunked(_sheet, places, len(places), scenarios, scorers, folder):
        yield sheet
        done += len(sheet.lines)
        on_progress("scoring", done, len(places))


def scenario_of(transcript: Transcript | Held, scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario of a conversation in its customer's language; None for a foreign log's."""
    scenario = scenarios.get(transcript.scenario)
    return None if scenario is None else spoken(scenario, transcript.language)


def guesswork(held: Sequence[Held], marks: Marks) -> dict[str, float]:
    """The targets whose turns nothing recognised too often, each with its unrecognised share.

    A turn that the tables do not recognise is no progress; where that is most of them, a "failed attempt" would say more
    about our tables than about the bot. Such a target is to be scored by `CAUTIOUS`, which does not count them.
    """
    turns: dict[str, list[float]] = {}
    for row in marks.of("unrecognised_turns", range(len(held))):
        if row.number is not None:
            total = turns.setdefault(held[row.unit].target, [0.0, 0.0])
            total[0] += row.number
            total[1] += row.weight
    return {
        target: missed / heard
        for target, (missed, heard) in turns.items()
        if heard and missed / heard > MOST_UNRECOGNISED
    }


def _chunked(work: Callable[..., T], given: Sequence[object], count: int, *shared: object) -> Iterator[T]:
    """What `work` makes of each chunk, in order; never more than a few chunks at a time."""
    chunks: Iterable[Sequence[object]] = (given[start : start + _CHUNK] for start in range(0, count, _CHUNK))
    cores = os.cpu_count() or 1
    if count < ENOUGH_FOR_A_POOL or cores == 1:
        for chunk in chunks:
            yield work(chunk, *shared)
        return
    pool = ProcessPoolExecutor(cores, mp_context=get_context("spawn"), initializer=_begin, initargs=(work, shared))
    with pool:
        try:
            waiting: deque[Future[T]] = deque(pool.submit(_go_on, chunk) for chunk in islice(chunks, _WAITING * cores))
            while waiting:
                made = waiting.popleft().result()
                waiting.extend(pool.submit(_go_on, chunk) for chunk in islice(chunks, 1))
                yield made
        finally:
            pool.shutdown(cancel_futures=True)


_under_way: tuple[Callable[..., object], tuple[object, ...]] | None = None


def _begin(work: Callable[..., object], shared: tuple[object, ...]) -> None:
    """What a process of the pool does, and with what: sent once, not with each chunk."""
    global _under_way
    _under_way = work, shared


def _go_on(chunk: Sequence[object]) -> Any:
    assert _under_way is not None
    work, shared = _under_way
    return work(chunk, *shared)


def unrecognised(scored: Iterable[Scored]) -> dict[str, float]:
    """The targets of whose turns too many were recognised by no table, and each one's share of such turns."""
    turns: dict[str, list[float]] = {}
    for transcript, scores in scored:
        for one in scores:
            if one.name == "unrecognised_turns" and isinstance(one.value, int | float):
                total = turns.setdefault(transcript.target, [0.0, 0.0])
                total[0] += one.value
                total[1] += one.weight
    return {
        target: missed / heard
        for target, (missed, heard) in turns.items()
        if heard and missed / heard > MOST_UNRECOGNISED
    }


def _chunk(
    transcripts: Sequence[Transcript], scenarios: Mapping[str, Scenario], scorers: Sequence[Scorer]
) -> list[Scored]:
    return [(one, score(one, scenario_of(one, scenarios), scorers)) for one in transcripts]


def _sheet(
    places: Sequence[Place], scenarios: Mapping[str, Scenario], scorers: Sequence[Scorer], folder: Path
) -> Sheet:
    lines: list[bytes] = []
    marks = Marks()
    with Pages(folder) as pages:
        for place in places:
            transcript = pages.read(place)
            scores = score(transcript, scenario_of(transcript, scenarios), scorers)
            lines.append(b"".join([score_line(transcript.id, one) for one in scores]))
            marks.add(scores)
    return Sheet(lines, marks)
