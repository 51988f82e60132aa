"""Every scorer over every conversation of a run; over several processes where there are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario, spoken
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.stock import CAUTIOUS, STOCK, score

Scored = tuple[Transcript, list[Score]]
OnProgress = Callable[[str, int, int], None]
"""(what is being done, how much of it, of how much)"""

ENOUGH_FOR_A_POOL = 2_000
"""Below this, starting processes takes longer than scoring."""
_CHUNK = 250
MOST_UNRECOGNISED = 0.30
"""Above this share of bot turns that no table recognised, failed attempts are not counted for a target."""


def unseen(what: str, done: int, of: int) -> None:
    """Nobody is told how far it has come."""


def score_all(
    transcripts: Sequence[Transcript],
    scenarios: Mapping[str, Scenario],
    scorers: Sequence[Scorer] = STOCK,
    on_progress: OnProgress = unseen,
) -> list[Scored]:
    """The scores of each transcript, in the order given. A scenario that is not there is scored as a foreign log's."""
    cores = os.cpu_count() or 1
    chunks = [transcripts[start : start + _CHUNK] for start in range(0, len(transcripts), _CHUNK)]
    scored: list[Scored] = []

    def take(chunk: list[Scored]) -> None:
        scored.extend(chunk)
        on_progress("scoring", len(scored), len(transcripts))

    if len(transcripts) < ENOUGH_FOR_A_POOL or cores == 1:
        for chunk in chunks:
            take(_chunk(chunk, scenarios, scorers))
        return scored
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for future in [pool.submit(_chunk, chunk, scenarios, scorers) for chunk in chunks]:
            take(future.result())
    return scored


def scenario_of(transcript: Transcript, scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario of a conversation in its customer's language; None for a foreign log's."""
    scenario = scenarios.get(transcript.scenario)
    return None if scenario is None else spoken(scenario, transcript.language)


def without_guesswork(
    scored: Sequence[Scored], scenarios: Mapping[str, Scenario]
) -> tuple[list[Scored], dict[str, float]]:
    """Score again, without counting failed attempts, each target whose turns nothing recognised too often.

    A turn that the tables do not recognise is no progress; where that is most of them, a "failed attempt" would say more
    about our tables than about the bot. Returns the scores and each such target's unrecognised share.
    """
    doubtful = unrecognised(scored)
    if not doubtful:
        return list(scored), doubtful
    again = [transcript for transcript, _ in scored if transcript.target in doubtful]
    replaced = {one.id: (one, scores) for one, scores in score_all(again, scenarios, CAUTIOUS)}
    return [replaced.get(pair[0].id, pair) for pair in scored], doubtful


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
