"""How many conversations there were and how they ended. The counts reconcile: started = sum of endings + in_flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from simulator.model.errors import NETWORK_CAUSES, SETUP_CAUSES
from simulator.model.transcript import Ending
from simulator.verdict.record import Booked, Held, Marks

ENDINGS: tuple[str, ...] = get_args(Ending)


def counts(cases: Sequence[Booked], started: Iterable[str], held: Sequence[Held]) -> dict[str, Any]:
    """How many were planned, started, finished and are in_flight, and how each ended; under `probes` the probes alone."""
    begun = set(started) | {one.id for one in held}
    probes = {case.id for case in cases if case.probe}
    ordinary = _counts([case for case in cases if not case.probe], begun, [t for t in held if t.id not in probes])
    return {
        **ordinary,
        "probes": _counts([c for c in cases if c.probe], begun, [t for t in held if t.id in probes]),
    }


def _counts(cases: Sequence[Booked], begun: set[str], held: Sequence[Held]) -> dict[str, int]:
    endings = Counter(one.ending for one in held)
    known = {case.id for case in cases} | {one.id for one in held}
    started = len(known & begun)
    return {
        "planned": len(known),
        "started": started,
        "finished": len(held),
        "in_flight": started - len(held),
        **{ending: endings.get(ending, 0) for ending in ENDINGS},  # type: ignore[call-overload]  # keys of the same Literal
    }


def failures(held: Iterable[Held]) -> dict[str, Any]:
    """Conversations that the other side ended by failing: how many because no whole answer came (`unreachable`), how
    many because of what came (`answered_badly`), how many because the company's test system could not be set up
    (`not_set_up`, not the bot's), and each cause's number."""
    causes = Counter(one.error.cause for one in held if one.ending == "target_failed" and one.error is not None)
    unreachable = sum(causes[cause] for cause in NETWORK_CAUSES)
    not_set_up = sum(causes[cause] for cause in SETUP_CAUSES)
    return {
        "unreachable": unreachable,
        "answered_badly": causes.total() - unreachable - not_set_up,
        "not_set_up": not_set_up,
        "causes": dict(causes),
    }


def truths(held: Sequence[Held], marks: Marks, counted: Sequence[int]) -> dict[str, Any]:
    """What the resolution rate rests on, of the conversations with these numbers, which rise.

    `by`: conversations by what tells of all their needs (words, action, probe, judge, or several joined by +).
    `unknown`: those of which nobody can say, by reason.
    `states`: how often the test system was looked at (`looks`, two for each need judged by its state), with how many
    requests, and by cause how often it could not be read (`unread`).
    """
    by: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for entry in marks.of("resolution_basis", counted):
        if entry.word >= 0:
            by[marks.words[entry.word]] += 1
        else:
            unknown[marks.words[max(0, entry.reason)]] += 1
    probed = [probe for number in counted for probe in held[number].probes]
    unread = Counter(f"status {one.status}" if one.cause == "status" else one.cause for one in probed if one.cause)
    return {
        "by": dict(by),
        "unknown": dict(unknown),
        "states": {"looks": len(probed), "requests": sum(one.reads for one in probed), "unread": dict(unread)},
    }


def wording(held: Iterable[Held]) -> dict[str, Any] | None:
    """What the customers' language model did and took, all targets and probes together; None where none was used.

    `turns` are the customer turns it was to word; `repaired`, `rejected`, `failed` and `spent` count turns by cause.
    """
    voiced = [(one, one.wording) for one in held if one.wording is not None]
    if not voiced:
        return None
    by_cause: dict[str, Counter[str]] = {what: Counter() for what in ("repaired", "rejected", "failed", "spent")}
    for _, found in voiced:
        for what, causes in by_cause.items():
            causes.update(getattr(found, what))
    return {
        "model": voiced[0][1].model,
        "conversations": len(voiced),
        "turns": sum(one.worded for one, _ in voiced),
        "calls": sum(found.calls for _, found in voiced),
        "prompt_tokens": sum(found.prompt_tokens for _, found in voiced),
        "completion_tokens": sum(found.completion_tokens for _, found in voiced),
        "usd": round(sum(found.usd for _, found in voiced), 6),
        "overrun_s": round(sum(found.overrun_s for _, found in voiced), 3),
        **{what: dict(causes) for what, causes in by_cause.items()},
    }


def missing(cases: Sequence[Booked], started: Iterable[str], held: Sequence[Held]) -> list[str]:
    """Ids that were begun but are not in the folder: under way when the run was cut off, or not stored."""
    there = {one.id for one in held}
    planned = {case.id for case in cases}
    return sorted(planned & set(started) - there)
