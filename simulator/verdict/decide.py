"""A run's folder -> scores -> metrics -> gates, all written back into the folder; from the frozen copies alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from simulator.catalogue.check import read
from simulator.catalogue.freeze import Catalogue
from simulator.model.gates import Gates, Judgement, Verdict
from simulator.model.plan import Case, RunPlan
from simulator.model.score import Metric
from simulator.model.transcript import Transcript
from simulator.registry.accuracy import headlines
from simulator.store import Damage, RunFolder
from simulator.verdict.counts import counts, failures, missing, truths, wording
from simulator.verdict.judge import judge, verdict
from simulator.verdict.scoring import MOST_UNRECOGNISED, OnProgress, Scored, score_all, unseen, without_guesswork
from simulator.verdict.summary import CONFIDENCE, confusion_of, counts_for_the_bot, summarise


class Decision(msgspec.Struct, frozen=True, kw_only=True):
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
    wording: dict[str, Any] | None
    """What the customers' language model did and took; None where phrases alone had the word."""
    missing: list[str]
    notes: list[str]
    """What a reader has to know beside the numbers."""
    damage: list[Damage]
    cut_short: str = ""
    """Why the run did not come to its end; empty if it did."""


def decide(folder: RunFolder, on_progress: OnProgress = unseen) -> Decision:
    """Score a run and judge it. Raises InputError if the folder's own files cannot be read."""
    plan, cases = folder.read_plan(), folder.read_cases()
    catalogue = Catalogue.read(folder.catalogue)
    transcripts, damage = _transcripts(folder, cases)
    started = folder.read_starts()
    targets = list(dict.fromkeys(case.target for case in cases))

    scored = score_all(transcripts, catalogue.scenarios, on_progress=on_progress)
    scored, doubtful = without_guesswork(scored, catalogue.scenarios)
    folder.write_scores((transcript.id, score) for transcript, scores in scored for score in scores)
    metrics = summarise(scored, catalogue.personas, catalogue.scenarios, plan.scope, on_progress=on_progress)

    gates_file = folder.catalogue / "gates.yaml"
    judgements: list[Judgement] = []
    if gates_file.is_file():
        gates = read(gates_file, Gates)
        ours = {target: _our_share(cases, started, transcripts, target) for target in targets}
        judged_on = _for_gates(gates, plan, metrics, scored, catalogue)
        judgements = judge(gates, judged_on, targets, ours=ours, scenarios=len(catalogue.scenarios))
    decision = Decision(
        folder=folder.path,
        plan=plan,
        cases=cases,
        catalogue=catalogue,
        scored=scored,
        metrics=metrics,
        judgements=judgements,
        verdict=verdict(judgements),
        counts=counts(cases, started, transcripts),
        by_target={target: _of_target(target, cases, started, scored) for target in targets},
        wording=wording(transcripts),
        missing=missing(cases, started, transcripts),
        notes=[
            *(_doubt(target, share) for target, share in doubtful.items()),
            *_unworded(wording(transcripts)),
            *_empty_states(transcripts),
            *_of_the_run(folder),
        ],
        damage=damage,
        cut_short=_cut_short(folder),
    )
    # Metrics last: whoever finds them finds the judgements too.
    folder.write_judgements(judgements, decision.verdict)
    folder.write_metrics(_document(decision, folder))
    return decision


def recall(folder: RunFolder) -> Decision:
    """What `decide` said the last time, read back and not computed again. Raises InputError if it never has."""
    document, metrics = folder.read_metrics()
    word, judgements = folder.read_judgements()
    cases = folder.read_cases()
    transcripts, damage = _transcripts(folder, cases)
    scores = folder.read_scores()
    return Decision(
        folder=folder.path,
        plan=folder.read_plan(),
        cases=cases,
        catalogue=Catalogue.read(folder.catalogue),
        scored=[(one, scores.get(one.id, [])) for one in transcripts],
        metrics=metrics,
        judgements=judgements,
        verdict=word,
        counts=document["counts"],
        by_target=document["by_target"],
        wording=document.get("wording"),
        missing=document["run"]["missing"],
        notes=document["run"]["notes"],
        damage=damage,
        cut_short=_cut_short(folder),
    )


def _transcripts(folder: RunFolder, cases: Sequence[Case]) -> tuple[list[Transcript], list[Damage]]:
    """What was said, in the order of the cases, and the lines that could not be read."""
    transcripts, damage = folder.read_transcripts()
    order = {case.id: place for place, case in enumerate(cases)}
    return sorted(transcripts, key=lambda one: order.get(one.id, len(order))), damage


def _for_gates(
    gates: Gates, plan: RunPlan, metrics: list[Metric], scored: list[Scored], catalogue: Catalogue
) -> list[Metric]:
    """The metrics at the scope and confidence of the gates; those of the report where they are the same."""
    if gates.scope == plan.scope and gates.confidence == CONFIDENCE:
        return metrics
    names = {gate.metric for gate in gates.rules}
    return summarise(
        scored, catalogue.personas, catalogue.scenarios, gates.scope, only=names, confidence=gates.confidence
    )


def _of_target(target: str, cases: Sequence[Case], started: Iterable[str], scored: Sequence[Scored]) -> dict[str, Any]:
    """Counts of one target, why it failed and how often, and how its hand-offs agree with what was needed."""
    mine = [pair for pair in scored if pair[0].target == target]
    probes = {case.id for case in cases if case.probe}
    customers = [pair for pair in mine if pair[0].id not in probes and counts_for_the_bot(pair[0])]
    return {
        **counts([case for case in cases if case.target == target], started, [one for one, _ in mine]),
        **failures(one for one, _ in mine),
        "resolution": truths(customers),
        "escalation": confusion_of([pair for pair in mine if counts_for_the_bot(pair[0])]),
    }


def _unworded(found: dict[str, Any] | None) -> list[str]:
    """Said on top where the model that was to word customers has worded none of them."""
    if found is None or not found["turns"] or sum(found["failed"].values()) < found["turns"]:
        return []
    causes = ", ".join(f"{cause} {times}" for cause, times in found["failed"].items())
    words = f"no turn was worded by the model {found['model']}: its service failed each time ({causes})"
    return [f"{words}; phrases had the word"]


def _empty_states(transcripts: Sequence[Transcript]) -> list[str]:
    """Said on top where a probe has never found anything: more likely a slip in its expression than a bot that fails."""
    found: dict[tuple[str, str], list[bool]] = {}
    for transcript in transcripts:
        for one in transcript.probes:
            wants_null = any(value is None for value in one.expected)
            if not one.cause and not wants_null and one.status not in (404, 410):
                found.setdefault((transcript.scenario, one.need), []).append(one.value is None)
    return [
        f"the state probe of {need} in {scenario} found nothing (null) in all {len(empty)} answers: look at its `value`"
        for (scenario, need), empty in found.items()
        if all(empty)
    ]


def _doubt(target: str, share: float) -> str:
    return (
        f"{target}: {share:.0%} of its turns were not recognised (more than {MOST_UNRECOGNISED:.0%}), so failed attempts "
        "were not counted as a reason to need a person"
    )


def _document(decision: Decision, folder: RunFolder) -> dict[str, Any]:
    """What metrics.json holds."""
    return {
        "schema": 1,
        "run": {
            "id": decision.folder.name,
            "verdict": decision.verdict,
            "seed": decision.plan.seed,
            "scope": decision.plan.scope,
            "scenarios": len(decision.catalogue.scenarios),
            "environment": folder.read_json("environment.json"),
            "outcome": folder.read_json("outcome.json"),
            "missing": decision.missing,
            "damaged_lines": decision.damage,
            "notes": decision.notes,
        },
        "counts": decision.counts,
        "by_target": decision.by_target,
        "wording": decision.wording,
        "accuracy": headlines(),
        "metrics": decision.metrics,
    }


def _of_the_run(folder: RunFolder) -> list[str]:
    """What the run itself had to remark."""
    outcome = folder.read_json("outcome.json") or {}
    return [str(note) for note in outcome.get("notes", ())]


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
    """Share of a target's started conversations that are lost on this side: failed, never set up, interrupted, no record."""
    mine = {case.id for case in cases if case.target == target}
    begun = mine & {*started, *(one.id for one in transcripts)}
    counted = {one.id for one in transcripts if counts_for_the_bot(one)}
    return len(begun - counted) / len(begun) if begun else 0.0
