"""A run's folder -> scores -> metrics -> gates, all written back into the folder; from the frozen copies alone.

Conversations are read one at a time and their scores written as they come: what stays in memory of each is `Held` and its
entries in `Marks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from simulator.catalogue.check import read
from simulator.catalogue.freeze import Catalogue
from simulator.model.gates import Gates, Judgement, Verdict
from simulator.model.plan import RunPlan
from simulator.model.score import Metric
from simulator.model.transcript import Transcript
from simulator.registry.accuracy import headlines
from simulator.scorers.stock import CAUTIOUS
from simulator.store import SCORES, Damage, RunFolder
from simulator.verdict.counts import counts, failures, missing, truths, wording
from simulator.verdict.judge import judge, verdict
from simulator.verdict.record import Booked, Held, Marks
from simulator.verdict.scoring import MOST_UNRECOGNISED, OnProgress, Sheet, guesswork, score_stored, unseen
from simulator.verdict.summary import CONFIDENCE, confusion_of, counts_for_the_bot, summed


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run says once it has been scored."""

    folder: Path
    plan: RunPlan
    cases: list[Booked]
    catalogue: Catalogue
    held: list[Held]
    """The conversations, in the order of their cases."""
    marks: Marks
    """Their scores, numbered as `held`."""
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

    def transcript(self, held: Held) -> Transcript:
        """What was said, read again. Raises StoreFailed if it is not there any more."""
        assert held.place is not None, "conversations of a run are in its folder"
        with RunFolder(self.folder).pages() as pages:
            return pages.read(held.place)


def decide(folder: RunFolder, on_progress: OnProgress = unseen) -> Decision:
    """Score a run and judge it. Raises InputError if the folder's own files cannot be read."""
    plan, cases = folder.read_plan(), [Booked.of(case) for case in folder.cases()]
    catalogue = Catalogue.read(folder.catalogue)
    held, damage = _held(folder, cases)
    started = set(folder.read_starts())
    targets = list(dict.fromkeys(case.target for case in cases))

    marks, doubtful = _scored(folder, held, catalogue, on_progress)
    metrics = summed(held, marks, catalogue.personas, catalogue.scenarios, plan.scope, on_progress=on_progress)

    gates_file = folder.catalogue / "gates.yaml"
    judgements: list[Judgement] = []
    if gates_file.is_file():
        gates = read(gates_file, Gates)
        ours = {target: _our_share(cases, started, held, target) for target in targets}
        judged_on = _for_gates(gates, plan, metrics, held, marks, catalogue)
        judgements = judge(gates, judged_on, targets, ours=ours, scenarios=len(catalogue.scenarios))
    decision = Decision(
        folder=folder.path,
        plan=plan,
        cases=cases,
        catalogue=catalogue,
        held=held,
        marks=marks,
        metrics=metrics,
        judgements=judgements,
        verdict=verdict(judgements),
        counts=counts(cases, started, held),
        by_target={target: _of_target(target, cases, started, held, marks) for target in targets},
        wording=wording(held),
        missing=missing(cases, started, held),
        notes=[
            *(_doubt(target, share) for target, share in doubtful.items()),
            *_unworded(wording(held)),
            *_empty_states(held),
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
    cases = [Booked.of(case) for case in folder.cases()]
    held, damage = _held(folder, cases)
    return Decision(
        folder=folder.path,
        plan=folder.read_plan(),
        cases=cases,
        catalogue=Catalogue.read(folder.catalogue),
        held=held,
        marks=_marks(folder, held),
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


def _held(folder: RunFolder, cases: Sequence[Booked]) -> tuple[list[Held], list[Damage]]:
    """The conversations, the first attempt of each, in the order of the cases, and the lines that could not be read."""
    damage: list[Damage] = []
    found = folder.first_attempts(damage, Held.of)
    for id_, notes in folder.notes(found, damage).items():
        where = found[id_].place
        found[id_] = msgspec.structs.replace(found[id_], place=where and where._replace(notes=tuple(notes)))
    order = {case.id: place for place, case in enumerate(cases)}
    return sorted(found.values(), key=lambda one: order.get(one.id, len(order))), damage


def _scored(
    folder: RunFolder, held: Sequence[Held], catalogue: Catalogue, on_progress: OnProgress
) -> tuple[Marks, dict[str, float]]:
    """The scores of all, written as they come, and the targets that were scored without guessing at failed attempts.

    Whether a target is to be scored so shows only at the end; its conversations are then scored a second time.
    """
    marks = Marks()
    sizes: list[int] = []

    def first(sheets: Iterator[Sheet]) -> Iterator[bytes]:
        for sheet in sheets:
            marks.extend(sheet.marks)
            sizes.extend(map(len, sheet.lines))
            yield from sheet.lines

    scenarios = catalogue.scenarios
    places = [one.place for one in held if one.place is not None]
    folder.write_score_lines(first(score_stored(folder.path, places, scenarios, on_progress=on_progress)))
    doubtful = guesswork(held, marks)
    if not doubtful:
        return marks, doubtful
    again = [number for number, one in enumerate(held) if one.target in doubtful]
    cautious = Marks()

    def second(sheets: Iterator[Sheet]) -> Iterator[bytes]:
        for sheet in sheets:
            cautious.extend(sheet.marks)
            yield from sheet.lines

    replaced = second(score_stored(folder.path, [places[one] for one in again], scenarios, CAUTIOUS, on_progress))
    folder.write_score_lines(_merged(folder, sizes, set(again), replaced))
    marks.replace(again, cautious)
    return marks, doubtful


def _merged(folder: RunFolder, sizes: Sequence[int], again: set[int], replaced: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of the scores as they stand (so many bytes for each conversation), some of them replaced."""
    with (folder.path / SCORES).open("rb") as before:
        for number, size in enumerate(sizes):
            kept = before.read(size)
            yield next(replaced) if number in again else kept


def _marks(folder: RunFolder, held: Sequence[Held]) -> Marks:
    """The scores as they were stored; those of a conversation that is not there are left out."""
    number = {one.id: place for place, one in enumerate(held)}
    marks = Marks()
    marks.count = len(held)
    for id_, score in folder.scores():
        if id_ in number:
            marks.add((score,), number[id_])
    return marks


def _for_gates(
    gates: Gates,
    plan: RunPlan,
    metrics: list[Metric],
    held: Sequence[Held],
    marks: Marks,
    catalogue: Catalogue,
) -> list[Metric]:
    """The metrics at the scope and confidence of the gates; those of the report where they are the same."""
    if gates.scope == plan.scope and gates.confidence == CONFIDENCE:
        return metrics
    names = {gate.metric for gate in gates.rules}
    return summed(
        held, marks, catalogue.personas, catalogue.scenarios, gates.scope, only=names, confidence=gates.confidence
    )


def _of_target(
    target: str, cases: Sequence[Booked], started: Iterable[str], held: Sequence[Held], marks: Marks
) -> dict[str, Any]:
    """Counts of one target, why it failed and how often, and how its hand-offs agree with what was needed."""
    mine = [one for one in held if one.target == target]
    probes = {case.id for case in cases if case.probe}
    counted = [number for number, one in enumerate(held) if one.target == target and counts_for_the_bot(one)]
    return {
        **counts([case for case in cases if case.target == target], started, mine),
        **failures(mine),
        "resolution": truths(held, marks, [number for number in counted if held[number].id not in probes]),
        "escalation": confusion_of(marks, counted),
    }


def _unworded(found: dict[str, Any] | None) -> list[str]:
    """Said on top where the model that was to word customers has worded none of them."""
    if found is None or not found["turns"] or sum(found["failed"].values()) < found["turns"]:
        return []
    causes = ", ".join(f"{cause} {times}" for cause, times in found["failed"].items())
    words = f"no turn was worded by the model {found['model']}: its service failed each time ({causes})"
    return [f"{words}; phrases had the word"]


def _empty_states(held: Sequence[Held]) -> list[str]:
    """Said on top where a probe has never found anything: more likely a slip in its expression than a bot that fails."""
    found: dict[tuple[str, str], list[bool]] = {}
    for talk in held:
        for one in talk.probes:
            wants_null = any(value is None for value in one.expected)
            if not one.cause and not wants_null and one.status not in (404, 410):
                found.setdefault((talk.scenario, one.need), []).append(one.value is None)
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


def _our_share(cases: Sequence[Booked], started: Iterable[str], held: Sequence[Held], target: str) -> float:
    """Share of a target's started conversations that are lost on this side: failed, never set up, interrupted, no record."""
    mine = {case.id for case in cases if case.target == target}
    begun = mine & {*started, *(one.id for one in held)}
    counted = {one.id for one in held if counts_for_the_bot(one)}
    return len(begun - counted) / len(begun) if begun else 0.0
