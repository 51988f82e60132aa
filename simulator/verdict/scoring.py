"""Every scorer over every conversation of a run, a chunk at a time; over several processes where there are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario, spoken
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.stock import STOCK, score
from simulator.store import Pages, Place, score_line
from simulator.verdict.pool import pooled
from simulator.verdict.record import Held, Marks

Scored = tuple[Transcript, list[Score]]
OnProgress = Callable[[str, int, int], None]
"""(what is being done, how much of it, of how much)"""

ENOUGH_FOR_A_POOL = 2_000
"""Below this, starting processes takes longer than scoring."""
_CHUNK = 250
UNRECOGNISED = "unrecognised_turns"
MOST_UNRECOGNISED = 0.30
"""Above this share of bot turns that no table recognised, failed attempts are not counted for a target."""


def unseen(what: str, done: int, of: int) -> None:
    """Nobody is told how far it has come."""


class Sheet(NamedTuple):
    """Some conversations, scored."""

    lines: list[bytes]
    """Of each conversation its scores as they are stored, a line each."""
    marks: Marks


def score_stored(
    folder: Path,
    places: Sequence[Place],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer] = STOCK,
    on_progress: OnProgress = unseen,
) -> Iterator[Sheet]:
    """The scores of conversations that stand in a run's folder, a chunk at a time; none is in memory for longer.

    A scenario that is not there is scored as a foreign log's.
    """
    done = 0
    chunks = (places[start : start + _CHUNK] for start in range(0, len(places), _CHUNK))
    processes = 1 if len(places) < ENOUGH_FOR_A_POOL else os.cpu_count() or 1
    for sheet in pooled(_sheet, chunks, scenarios, scorers, folder, processes=processes):
        yield sheet
        done += len(sheet.lines)
        on_progress("scoring", done, len(places))


def scenario_of(transcript: Transcript | Held, scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario of a conversation in its customer's language; None for a foreign log's."""
    scenario = scenarios.get(transcript.scenario)
    return None if scenario is None else spoken(scenario, transcript.language)


def guesswork(held: Sequence[Held], marks: Marks) -> dict[str, float]:
    """The targets whose turns nothing recognised too often, each with its unrecognised share."""
    rows = marks.of(UNRECOGNISED, range(len(held)))
    return too_often((held[row.unit].target, row.number, row.weight) for row in rows if row.number is not None)


def unrecognised(scored: Iterable[Scored]) -> dict[str, float]:
    """The same of conversations that come one after the other."""
    return too_often(
        (transcript.target, one.value, one.weight)
        for transcript, scores in scored
        for one in scores
        if one.name == UNRECOGNISED and isinstance(one.value, int | float)
    )


def too_often(turns: Iterable[tuple[str, float, float]]) -> dict[str, float]:
    """Of (target, turns not recognised, turns): the targets of which too many were not, each with its share.

    A turn that the tables do not recognise is no progress; where that is most of them, a "failed attempt" would say more
    about our tables than about the bot. Such a target is to be scored by `CAUTIOUS`, which does not count them.
    """
    sums: dict[str, list[float]] = {}
    for target, missed, heard in turns:
        total = sums.setdefault(target, [0.0, 0.0])
        total[0] += missed
        total[1] += heard
    shares = {target: missed / heard for target, (missed, heard) in sums.items() if heard}
    return {target: share for target, share in shares.items() if share > MOST_UNRECOGNISED}


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
