"""A run's folder -> scores -> metrics -> gates, all written back into the folder; from the frozen copies alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from simulator.catalogue.check import read
from simulator.catalogue.freeze import Catalogue
from simulator.model.gates import Gates, Judgement, Verdict
from simulator.model.plan import Case, RunPlan
from simulator.model.score import Metric
from simulator.model.transcript import Transcript
from simulator.store import Damage, RunFolder
from simulator.verdict.counts import counts, missing
from simulator.verdict.judge import judge, verdict
from simulator.verdict.scoring import MOST_UNRECOGNISED, OnProgress, Scored, score_all, unseen, without_guesswork
from simulator.verdict.summary import NOT_COUNTED, confusion_of, summarise


class Decision(msgspec.Struct, frozen=True):
    """Everything a run says once it has been scored."""

    folder: Path
    plan: RunPlan
    cases: list[Case]
    catalogue: Catalogue
    scored: list[Scored]
    metrics: list[Metric]
    judgements: list[Judgement]
    verdict: Verdict
    counts: dict[str, Any]
    by_target: dict[str, dict[str, Any]]
    missing: list[str]
    notes: list[str]
    """What a reader has to know beside the numbers."""
    damage: list[Damage]
    cut_short: str = ""
    """Why the run did not come to its end; empty if it did."""


def decide(folder: RunFolder, on_progress: OnProgress = unseen) -> Decision:
    """Score a run and judge it. Raises InputError if the folder's own files cannot be read."""
    plan = folder.read_plan()
    cases = folder.read_cases()
    catalogue = Catalogue.read(folder.catalogue)
    transcripts, damage = folder.read_transcripts()
    order = {case.id: place for place, case in enumerate(cases)}
    transcripts.sort(key=lambda one: order.get(one.id, len(order)))
    started = folder.read_starts()
    targets = list(dict.fromkeys(case.target for case in cases))

    scored = score_all(transcripts, catalogue.scenarios, on_progress=on_progress)
    scored, doubtful = without_guesswork(scored, catalogue.scenarios)
    folder.write_scores((transcript.id, score) for transcript, scores in scored for score in scores)
    metrics = summarise(scored, catalogue.personas, catalogue.scenarios, plan.scope, on_progress=on_progress)

    gates_file = folder.catalogue / "gates.yaml"
    gates = read(gates_file, Gates) if gates_file.is_file() else None
    judgements: list[Judgement] = []
    if gates is not None:
        judged_on = metrics
        if gates.scope != plan.scope or gates.confidence != 0.95:
            names = {gate.metric for gate in gates.rules}
            judged_on = summarise(
                scored, catalogue.personas, catalogue.scenarios, gates.scope, only=names, confidence=gates.confidence
            )
        ours = {target: _our_share(cases, started, transcripts, target) for target in targets}
        judgements = judge(gates, judged_on, targets, ours=ours, scenarios=len(catalogue.scenarios))
    word = verdict(judgements)
    total = counts(cases, started, transcripts)
    by_target = {
        target: {
            **counts(
                [case for case in cases if case.target == target],
                started,
                [t for t in transcripts if t.target == target],
            ),
            "causes": dict(
                Counter(
                    t.error.cause
                    for t in transcripts
                    if t.target == target and t.ending == "target_failed" and t.error is not None
                )
            ),
            "escalation": confusion_of([pair for pair in scored if pair[0].target == target]),
        }
        for target in targets
    }
    notes = [
        f"{target}: {share:.0%} of its turns were not recognised (more than {MOST_UNRECOGNISED:.0%}), so failed attempts "
        "were not counted as a reason to need a person"
        for target, share in doubtful.items()
    ]
    lost = missing(cases, started, transcripts)
    # Metrics last: whoever finds them finds the judgements too.
    folder.write_judgements(judgements, word)
    folder.write_metrics(
        {
            "schema": 1,
            "run": {
                "id": folder.path.name,
                "verdict": word,
                "seed": plan.seed,
                "scope": plan.scope,
                "scenarios": len(catalogue.scenarios),
                "environment": folder.read_json("environment.json"),
                "outcome": folder.read_json("outcome.json"),
                "missing": lost,
                "damaged_lines": damage,
                "notes": notes,
            },
            "counts": total,
            "by_target": by_target,
            "metrics": metrics,
        }
    )
    return Decision(
        folder.path,
        plan,
        cases,
        catalogue,
        scored,
        metrics,
        judgements,
        word,
        total,
        by_target,
        lost,
        notes,
        damage,
        _cut_short(folder),
    )


def recall(folder: RunFolder) -> Decision:
    """What `decide` said the last time, read back and not computed again. Raises InputError if it never has."""
    document, metrics = folder.read_metrics()
    word, judgements = folder.read_judgements()
    transcripts, damage = folder.read_transcripts()
    scores = folder.read_scores()
    cases = folder.read_cases()
    order = {case.id: place for place, case in enumerate(cases)}
    transcripts.sort(key=lambda one: order.get(one.id, len(order)))
    return Decision(
        folder.path,
        folder.read_plan(),
        cases,
        Catalogue.read(folder.catalogue),
        [(one, scores.get(one.id, [])) for one in transcripts],
        metrics,
        judgements,
        word,
        document["counts"],
        document["by_target"],
        document["run"]["missing"],
        document["run"]["notes"],
        damage,
        _cut_short(folder),
    )


def _cut_short(folder: RunFolder) -> str:
    outcome = folder.read_json("outcome.json")
    if outcome is None:
        return "its process ended before it could say why"
    return (
        "interrupted"
        if outcome["interrupted"]
        else str(outcome["failure"] or "".join(outcome["fault"].splitlines()[-1:]))
    )


def _our_share(cases: list[Case], started: list[str], transcripts: list[Transcript], target: str) -> float:
    """Share of a target's started conversations that are lost through us: failed, interrupted, or without a record."""
    mine = {case.id for case in cases if case.target == target}
    begun = mine & {*started, *(one.id for one in transcripts)}
    counted = {one.id for one in transcripts if one.ending not in NOT_COUNTED}
    return len(begun - counted) / len(begun) if begun else 0.0
