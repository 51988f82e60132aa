"""From decisions to what the report room shows: the one place where the two meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from simulator import __version__
from simulator.catalogue.accounts import TRUTH
from simulator.cli.voices import voices_of
from simulator.launch.casting import Cast
from simulator.launch.messages import Status
from simulator.launch.under_test import Obstacle, UnderTest
from simulator.model.calibration import Calibration
from simulator.model.gates import Gate, Gates
from simulator.model.plan import Case, RunPlan
from simulator.model.scenario import BASES, Need, Scenario
from simulator.model.score import Metric
from simulator.registry import METRICS, MetricEntry
from simulator.registry.accuracy import headlines
from simulator.report.comparison import Column, Demo
from simulator.report.numbers import plural
from simulator.report.preflight import Destination, Gap, Outlook, Preflight
from simulator.report.run import Run
from simulator.report.worst import READ, Candidate, Pick, worst, worst_cells
from simulator.scorers.truth import BASIS_WORDS
from simulator.verdict.decide import Decision
from simulator.verdict.judge import passable_from
from simulator.verdict.scoring import scenario_of
from simulator.verdict.summary import cluster_of, counted_in, place_of

FAILURES = ("target_failed", "simulator_failed")


def shown(folder: Path) -> str:
    """A folder as people would type it: from here where that is shorter."""
    try:
        return str(folder.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(folder)


def candidates(decision: Decision) -> list[Candidate]:
    """The conversations of the run, ready to be compared."""
    probes = {case.id for case in decision.cases if case.probe}
    scores = decision.marks.scores_of(READ)
    return [Candidate(one, some, one.id in probes) for one, some in zip(decision.held, scores, strict=True)]


def worst_picks(decision: Decision, among: Sequence[Candidate] | None = None) -> list[Pick]:
    """The conversation to read first, for each target, and what was said in it."""
    among = candidates(decision) if among is None else among
    found = [worst(one for one in among if one.held.target == target) for target in decision.by_target]
    return [_read(pick, decision) for pick in found if pick is not None]


def _read(pick: Pick, decision: Decision) -> Pick:
    held = pick.candidate.held
    scenario = scenario_of(held, decision.catalogue.scenarios)
    return msgspec.structs.replace(pick, transcript=decision.transcript(held), scenario=scenario)


def by_target(decision: Decision) -> dict[str, list[Metric]]:
    """Metrics by target, in the order of the plan."""
    return {target: [m for m in decision.metrics if m.target == target] for target in decision.by_target}


def run_of(decision: Decision, *, everything: bool = False) -> Run:
    """A decision as the terminal report wants it; `everything`: measures of detail as well."""
    causes: Counter[str] = Counter()
    for counts in decision.by_target.values():
        causes.update(counts["causes"])
    plan = decision.plan
    among = candidates(decision)
    return Run(
        folder=shown(decision.folder),
        metrics=by_target(decision),
        counts=decision.counts,
        judgements=decision.judgements,
        description={
            "seed": plan.seed,
            "scenarios": len({case.scenario for case in decision.cases}),
            "seats": plan.load.users,
            "think": plan.think,
            "customers": _customers(plan),
        },
        causes=causes,
        examples={one.ending: one.id for one in reversed(decision.held) if one.ending in FAILURES},
        worst=worst_picks(decision, among),
        cells=worst_cells(one for one in among if one.held.target in decision.by_target),
        wording=decision.wording,
        truths={target: counts.get("resolution", {}) for target, counts in decision.by_target.items()},
        missing=decision.missing,
        notes=decision.notes,
        stopped=decision.cut_short,
        everything=everything,
        damage=[f"{one.file}:{one.line}: {one.reason}" for one in decision.damage],
        accuracy=headlines(),
    )


def columns_of(decision: Decision, status: Status | None = None) -> list[Column]:
    """One column a target for the demo's table; `status` is the last that the run sent."""
    failed = status.failed_requests if status is not None else None
    columns = []
    for target, metrics in by_target(decision).items():
        counts = decision.by_target[target]
        columns.append(
            Column(
                target,
                {metric.name: metric for metric in metrics if not metric.group},
                # Where there was no wire to count on, conversations that the bot failed stand for its requests.
                errors=failed.get(target) if failed is not None else counts["unreachable"] + counts["answered_badly"],
                finished=counts["finished"] + counts["probes"]["finished"],
                planned=counts["planned"] + counts["probes"]["planned"],
            )
        )
    return columns


def demo_of(cast: Cast, folder: Path, seconds: float | None = None, status: Status | None = None) -> Demo:
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
        in_flight=status.started - status.finished if status is not None else None,
        lag_p99_ms=status.lag_p99_ms if status is not None else None,
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
        cannot += _untold(cast, target)
    return Preflight(
        destinations=[Destination(one.name, one.address(), one.reached_by()) for one in cast.targets],
        conversations=ordinary,
        probes=len(cast.cases) - ordinary,
        at_once=min(cast.plan.load.users, len(cast.cases)),
        can=can,
        cannot=cannot,
        truths=list(_truths(cast)),
        gates=list(_outlooks(cast, gates)) if gates is not None else [],
        think=cast.plan.think,
        clock=cast.plan.clock,
        handoffs=_handoffs(cast),
        voices=list(voices_of(cast)),
        facts=_facts(cast),
        customers=_customers(cast.plan),
    )


def _needs(cast: Cast) -> Iterator[tuple[Scenario, Need]]:
    """Every need of every scenario that somebody in this run calls about."""
    called = {case.scenario for case in cast.cases}
    for scenario in cast.catalogue.scenarios.values():
        for need in scenario.needs if scenario.name in called else ():
            yield scenario, need


def _truths(cast: Cast) -> Iterator[str]:
    """What tells whether a need was met, and of how many needs."""
    by_basis: dict[str, list[Need]] = {}
    for _, need in _needs(cast):
        by_basis.setdefault(need.resolution.basis, []).append(need)
    for basis in BASES:
        needs = by_basis.get(basis, [])
        if not needs:
            continue
        told = f"{BASIS_WORDS[basis]}: {plural(len(needs), 'need')}"
        if basis == "probe":
            where = {one.test_system() for one in cast.targets if one.kind != "callable"} if _wired(cast) else set()
            paths = list(dict.fromkeys(need.resolution.probe.path for need in needs if need.resolution.probe))
            asked = f"GET {', '.join(paths[:3])}{', ...' if len(paths) > 3 else ''}"
            told += f" ({asked} at {', '.join(sorted(where))}, before and after each conversation)" if where else ""
        elif basis == "judge":
            judges = dict.fromkeys(str(need.resolution.judge) for need in needs)
            told += f" (by {', '.join(judges)}; from the run's notes.jsonl, scored again once it is there)"
        yield told


def _wired(cast: Cast) -> bool:
    return cast.plan.clock == "wall"


def _untold(cast: Cast, target: UnderTest) -> Iterator[Gap]:
    """Needs of which nobody will be able to say whether they were met, by why that is."""
    columns = {name for row in cast.accounts.rows for name in row} if cast.accounts is not None else set()
    seeded = {name.removeprefix(TRUTH) for name in columns if name.startswith(TRUTH)}
    found: dict[Obstacle, list[str]] = {}
    for scenario, need in _needs(cast):
        obstacle = target.obstacle(need, scenario.truth, seeded, wire=_wired(cast))
        if obstacle is not None:
            found.setdefault(obstacle, []).append(f"{scenario.name}: {need.name}")
    for obstacle, names in found.items():
        some = f"{'; '.join(names[:3])}{'; ...' if len(names) > 3 else ''}"
        what = f"whether {plural(len(names), 'need')} {'is' if len(names) == 1 else 'are'} met"
        yield Gap(what, f"{target.name}: {obstacle.why} ({some})", obstacle.add)


def _customers(plan: RunPlan) -> str:
    """By whose logs they choose; empty where by nobody's."""
    return plan.calibration.in_words() if isinstance(plan.calibration, Calibration) else ""


def _facts(cast: Cast) -> str:
    """Where the customers' facts come from."""
    source = cast.plan.facts_from
    if source is None or cast.accounts is None:
        return "drawn from the seed, reserved values only"
    count = len(cast.accounts.rows)
    told = [f"{count:,} account{'s' if count != 1 else ''}"]
    told += ["one customer each at a time"] if source.unique else []
    told += ["kept out of all records"] if source.hide else []
    return f"{Path(source.file).name} ({', '.join(told)}); the rest reserved values"


def _handoffs(cast: Cast) -> str:
    """Where hand-offs end up; by target where they differ."""
    reaches = {target.name: target.handoffs() for target in cast.targets}
    if len({*reaches.values()}) == 1:
        return next(iter(reaches.values()))
    return ", ".join(f"{target}: {where.upper() if where == 'people' else where}" for target, where in reaches.items())


def _outlooks(cast: Cast, gates: Gates) -> Iterator[Outlook]:
    for target in cast.targets:
        tiers: set[str] = {*target.setting().tiers}
        for gate in gates.rules:
            entry = METRICS.get(gate.metric)
            if entry is None:
                yield Outlook(gate, 0, measurable=False, target=target.name)
                continue
            population = _population(cast, target.name, entry, gate.group)
            scenarios = Counter(cluster_of(case.scenario, cast.catalogue.scenarios) for case in population)
            yield Outlook(
                gate,
                len(population),
                # How many it takes is known where a flawless bot's bound is, which is that of a rate.
                passable_from(gate, gates.scope, gates.confidence, len(scenarios)) if entry.kind == "rate" else None,
                # What a tier adds in parentheses refines a metric; it does not make it measurable.
                measurable={*entry.tier.partition(" (")[0].split("+")} <= tiers,
                target=target.name,
                never=_never(gate, gates, entry, scenarios),
            )


def _population(cast: Cast, target: str, entry: MetricEntry, group: str) -> list[Case]:
    """The cases that a gate will rest on, by the same rule by which they will be counted."""
    personas, scenarios = cast.catalogue.personas, cast.catalogue.scenarios
    return [
        case
        for case in cast.cases
        if case.target == target
        and group in counted_in(entry, place_of(case.persona, case.scenario, personas, scenarios, case.language))
    ]


def _never(gate: Gate, gates: Gates, entry: MetricEntry, scenarios: Counter[str]) -> str:
    """Why this run cannot pass a gate, whatever the bot does and however many customers are sent."""
    if gate.worse_by_at_most is not None:
        return "comparison with a baseline is not in this version"
    if not scenarios:
        return f"no conversation counts for {f'group {gate.group!r}' if gate.group else 'it'} in this run"
    alone = gates.scope == "these_scenarios" and min(scenarios.values()) < 2
    if alone and gate.use == "bound" and entry.population != "customers":
        # More customers bring no more probes: each comes once a scenario.
        return "one probe a scenario: no bound, use: estimate"
    return ""
