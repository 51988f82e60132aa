"""How many conversations there were and how they ended. The counts reconcile: started = sum of endings + in_flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from simulator.model.errors import NETWORK_CAUSES
from simulator.model.plan import Case
from simulator.model.transcript import Ending, Transcript

ENDINGS: tuple[str, ...] = get_args(Ending)


def counts(cases: Sequence[Case], started: Iterable[str], transcripts: Sequence[Transcript]) -> dict[str, Any]:
    """How many were planned, started, finished and are in_flight, and how each ended; under `probes` the probes alone."""
    begun = set(started) | {one.id for one in transcripts}
    probes = {case.id for case in cases if case.probe}
    ordinary = _counts(
        [case for case in cases if not case.probe], begun, [t for t in transcripts if t.id not in probes]
    )
    return {
        **ordinary,
        "probes": _counts([c for c in cases if c.probe], begun, [t for t in transcripts if t.id in probes]),
    }


def _counts(cases: Sequence[Case], begun: set[str], transcripts: Sequence[Transcript]) -> dict[str, int]:
    endings = Counter(one.ending for one in transcripts)
    known = {case.id for case in cases} | {one.id for one in transcripts}
    started = len(known & begun)
    return {
        "planned": len(known),
        "started": started,
        "finished": len(transcripts),
        "in_flight": started - len(transcripts),
        **{ending: endings.get(ending, 0) for ending in ENDINGS},  # type: ignore[call-overload]  # keys of the same Literal
    }


def failures(transcripts: Iterable[Transcript]) -> dict[str, Any]:
    """Conversations that the other side ended by failing: how many because no whole answer came (`unreachable`), how
    many because of what came (`answered_badly`), and each cause's number."""
    causes = Counter(one.error.cause for one in transcripts if one.ending == "target_failed" and one.error is not None)
    unreachable = sum(causes[cause] for cause in NETWORK_CAUSES)
    return {"unreachable": unreachable, "answered_badly": causes.total() - unreachable, "causes": dict(causes)}


def missing(cases: Sequence[Case], started: Iterable[str], transcripts: Sequence[Transcript]) -> list[str]:
    """Ids that were begun but are not in the folder: under way when the run was cut off, or not stored."""
    there = {one.id for one in transcripts}
    planned = {case.id for case in cases}
    return sorted(planned & set(started) - there)
