"""How many conversations there were and how they ended. The counts reconcile: started = sum of endings + in_flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from simulator.model.errors import NETWORK_CAUSES, SETUP_CAUSES
from simulator.model.plan import Case
from simulator.model.transcript import Ending, Probed, Transcript
from simulator.verdict.scoring import Scored

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
    many because of what came (`answered_badly`), how many because the company's test system could not be set up
    (`not_set_up`, not the bot's), and each cause's number."""
    causes = Counter(one.error.cause for one in transcripts if one.ending == "target_failed" and one.error is not None)
    unreachable = sum(causes[cause] for cause in NETWORK_CAUSES)
    not_set_up = sum(causes[cause] for cause in SETUP_CAUSES)
    return {
        "unreachable": unreachable,
        "answered_badly": causes.total() - unreachable - not_set_up,
        "not_set_up": not_set_up,
        "causes": dict(causes),
    }


def truths(scored: Iterable[Scored]) -> dict[str, Any]:
    """What the resolution rate rests on, of the conversations given.

    `by`: conversations by what tells of all their needs (words, action, probe, judge, or several joined by +).
    `unknown`: those of which nobody can say, by reason.
    `states`: how often the test system was looked at (`looks`, two for each need judged by its state), with how many
    requests, and by cause how often it could not be read (`unread`).
    """
    by: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    probed: list[Probed] = []
    for transcript, scores in scored:
        probed += transcript.probes
        for score in scores:
            if score.name == "resolution_basis":
                if isinstance(score.value, str):
                    by[score.value] += 1
                else:
                    unknown[score.reason] += 1
    unread = Counter(f"status {one.status}" if one.cause == "status" else one.cause for one in probed if one.cause)
    return {
        "by": dict(by),
        "unknown": dict(unknown),
        "states": {"looks": len(probed), "requests": sum(one.reads for one in probed), "unread": dict(unread)},
    }


def wording(transcripts: Iterable[Transcript]) -> dict[str, Any] | None:
    """What the customers' language model did and took, all targets and probes together; None where none was used.

    `turns` are the customer turns it was to word; `repaired`, `rejected`, `failed` and `spent` count turns by cause.
    """
    voiced = [(one, one.wording) for one in transcripts if one.wording is not None]
    if not voiced:
        return None
    turns = Counter(turn.voice.partition(":")[0] for one, _ in voiced for turn in one.turns if turn.voice)
    by_cause: dict[str, Counter[str]] = {what: Counter() for what in ("repaired", "rejected", "failed", "spent")}
    for _, found in voiced:
        for what, causes in by_cause.items():
            causes.update(getattr(found, what))
    return {
        "model": voiced[0][1].model,
        "conversations": len(voiced),
        "turns": turns.total(),
        "calls": sum(found.calls for _, found in voiced),
        "prompt_tokens": sum(found.prompt_tokens for _, found in voiced),
        "completion_tokens": sum(found.completion_tokens for _, found in voiced),
        "usd": round(sum(found.usd for _, found in voiced), 6),
        "overrun_s": round(sum(found.overrun_s for _, found in voiced), 3),
        **{what: dict(causes) for what, causes in by_cause.items()},
    }


def missing(cases: Sequence[Case], started: Iterable[str], transcripts: Sequence[Transcript]) -> list[str]:
    """Ids that were begun but are not in the folder: under way when the run was cut off, or not stored."""
    there = {one.id for one in transcripts}
    planned = {case.id for case in cases}
    return sorted(planned & set(started) - there)
