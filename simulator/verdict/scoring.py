"""Every scorer over every conversation of a run; over several processes where there are many."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.stock import STOCK, score

Scored = tuple[Transcript, list[Score]]

ENOUGH_FOR_A_POOL = 2_000
"""Below this, starting processes takes longer than scoring."""
_CHUNK = 250


def score_all(
    transcripts: Sequence[Transcript], scenarios: Mapping[str, Scenario], scorers: Sequence[Scorer] = STOCK
) -> list[Scored]:
    """The scores of each transcript, in the order given. A scenario that is not there is scored as a foreign log's."""
    cores = os.cpu_count() or 1
    if len(transcripts) < ENOUGH_FOR_A_POOL or cores == 1:
        return _chunk(transcripts, scenarios, scorers)
    chunks = [transcripts[start : start + _CHUNK] for start in range(0, len(transcripts), _CHUNK)]
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_chunk, chunk, scenarios, scorers) for chunk in chunks]
        return [scored for future in futures for scored in future.result()]


def _chunk(
    transcripts: Sequence[Transcript], scenarios: Mapping[str, Scenario], scorers: Sequence[Scorer]
) -> list[Scored]:
    return [(one, score(one, scenarios.get(one.scenario), scorers)) for one in transcripts]
