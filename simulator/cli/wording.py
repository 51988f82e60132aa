"""From decisions to what the report room shows: the one place where the two meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator import __version__
from simulator.launch.casting import Cast
from simulator.model.gates import Gates
from simulator.model.score import Metric
from simulator.registry import METRICS
from simulator.report.comparison import Column, Demo
from simulator.report.preflight import Destination, Gap, Outlook, Preflight
from simulator.report.run import Run
from simulator.report.worst import Candidate, Pick, worst, worst_cells
from simulator.verdict.decide import Decision
from simulator.verdict.judge import passable_from

FAILURES = ("target_failed", "simulator_failed")


def shown(folder: Path) -> str:
    """A folder as people would type it: from here where that is shorter."""
    try:
        return str(folder.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(folder)


def candidates(decision: Decision, target: str) -> list[Candidate]:
    """The conversations of one target, ready to be compared."""
    probes = {case.id for case in decision.cases if case.probe}
    return [
        Candidate(one, scores, decision.catalogue.scenarios.get(one.scenario), one.id in probes)
        for one, scores in decision.scored
        if one.target == target
    ]


def worst_picks(decision: Decision) -> list[Pick]:
    """The conversation to read first, for each target."""
    found = [worst(candidates(decision, target)) for target in decision.by_target]
    return [pick for pick in found if pick is not None]


def by_target(decision: Decision) -> dict[str, list[Metric]]:
    """Metrics by target, in the order of the plan."""
    return {target: [m for m in decision.metrics if m.target == target] for target in decision.by_target}


def run_of(decision: Decision) -> Run:
    """A decision as the terminal report wants it."""
    causes: Counter[str] = Counter()
    for counts in decision.by_target.values():
        causes.update(counts["causes"])
    plan = decision.plan
    everything = [one for target in decision.by_target for one in candidates(decision, target)]
    return Run(
        folder=shown(decision.folder),
        metrics=by_target(decision),
        counts=decision.counts,
        judgements=decision.judgements,
        description={
            "seed": plan.seed,
            "scenarios": len(decision.catalogue.scenarios),
            "seats": plan.load.users,
            "think": plan.think,
        },
        causes=causes,
        examples={one.ending: one.id for one, _ in reversed(decision.scored) if one.ending in FAILURES},
        worst=worst_picks(decision),
        cells=worst_cells(everything),
        missing=decision.missing,
        notes=decision.notes,
        stopped=decision.cut_short,
        damage=[f"{one.file}:{one.line}: {one.reason}" for one in decision.damage],
    )


def columns_of(decision: Decision) -> list[Column]:
    """One column a target for the demo's table."""
    columns = []
    for target, metrics in by_target(decision).items():
        counts = decision.by_target[target]
        columns.append(
            Column(
                target,
                {metric.name: metric for metric in metrics if not metric.group},
                errors=sum(counts["causes"].values()),
                finished=counts["finished"] + counts["probes"]["finished"],
                planned=counts["planned"] + counts["probes"]["planned"],
            )
        )
    return columns


def demo_of(cast: Cast, folder: Path, seconds: float | None = None, status: Mapping[str, Any] | None = None) -> Demo:
    """What the demo was, for the lines around its table."""
    probes = {case.persona for case in cast.cases if case.probe}
    customers = {case.persona for case in cast.cases if not case.probe}
    first = [case for case in cast.cases if case.target == cast.targets[0].name]
    each = sum(not case.probe for case in first)
    return Demo(
        version=__version__,
        personas=len(customers),
        scenarios=len(cast.catalogue.scenarios),
        repeats=max(1, each // max(1, len(customers) * len(cast.catalogue.scenarios))),
        probes=len(probes) * len(cast.catalogue.scenarios),
        seed=cast.plan.seed,
        folder=shown(folder),
        seconds=seconds,
        in_flight=0 if status is not None else None,
        lag_p99_ms=(status or {}).get("lag_p99_ms"),
        estimand=cast.plan.scope,
        customers=each,
    )


def preflight_of(cast: Cast, gates: Gates | None) -> Preflight:
    """A run before it is sent."""
    ordinary = sum(not case.probe for case in cast.cases)
    can: list[str] = []
    cannot: list[Gap] = []
    for target in cast.targets:
        for what, able, field in target.measurable():
            if able and what not in can:
                can.append(what)
            elif not able:
                cannot.append(Gap(what, f"{target.name} does not tell", field))
    return Preflight(
        destinations=[Destination(one.name, one.address()) for one in cast.targets],
        conversations=ordinary,
        probes=len(cast.cases) - ordinary,
        at_once=min(cast.plan.load.users, len(cast.cases)),
        can=can,
        cannot=cannot,
        gates=list(_outlooks(cast, gates)) if gates is not None else [],
        think=cast.plan.think,
        clock=cast.plan.clock,
        facts="drawn from the seed, reserved values only",
    )


def _outlooks(cast: Cast, gates: Gates) -> Sequence[Outlook]:
    outlooks = []
    for target in cast.targets:
        mine = [case for case in cast.cases if case.target == target.name]
        tiers: set[str] = {*target.setting().tiers}
        for gate in gates.rules:
            entry = METRICS.get(gate.metric)
            key, _, value = gate.group.partition("=")
            probes = entry is not None and entry.population != "customers"
            population = [case for case in mine if case.probe == probes]
            if key in ("persona", "scenario"):
                population = [case for case in population if getattr(case, key) == value]
            elif key == "segment":
                population = [c for c in population if cast.catalogue.scenarios[c.scenario].segment == value]
            outlooks.append(
                Outlook(
                    gate,
                    len(population),
                    passable_from(gate, gates.scope, gates.confidence, len(cast.catalogue.scenarios)),
                    # What a tier adds in parentheses refines a metric; it does not make it measurable.
                    measurable=entry is not None and {*entry.tier.partition(" (")[0].split("+")} <= tiers,
                    target=target.name,
                )
            )
    return outlooks
