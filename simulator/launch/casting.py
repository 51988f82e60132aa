"""A plan becomes a cast: the catalogue, the targets, and every customer with all traits and facts drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from simulator.catalogue.facts import fill
from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.stock import select
from simulator.chance import Chance
from simulator.customers.traits import draw_traits
from simulator.customers.voice import phrases
from simulator.launch.under_test import UnderTest, find
from simulator.model.errors import InputError, Problem
from simulator.model.plan import Case, RunPlan

PROBES = ("probe_ask0", "probe_passive", "probe_oblique")


class Cast(msgspec.Struct, frozen=True):
    """Everything a run needs to know before anything is sent."""

    plan: RunPlan
    catalogue: Catalogue
    targets: list[UnderTest]
    cases: list[Case]


def cast(plan: RunPlan, base: Path = Path()) -> Cast:
    """Cast a plan; relative paths in it start at `base`. Raises InputError with every problem."""
    plan = plan.settled()
    given = [plan.target] if isinstance(plan.target, str) else plan.target
    problems: list[Problem] = []
    targets: list[UnderTest] = []
    for name in given:
        try:
            targets.append(find(name, base))
        except InputError as error:
            problems += error.problems
    if not given:
        problems.append(Problem("expected at least one target, found an empty list", field="target"))
    if len({target.name for target in targets}) < len(targets):
        problems.append(Problem("two targets of the plan have the same name", field="target"))
    catalogue: Catalogue | None = None
    try:
        personas = select("personas", plan.personas, base=base)
        probes = [path for path in select("personas", PROBES) if path not in personas] if plan.probes else []
        catalogue = Catalogue.load([*personas, *probes], select("scenarios", plan.scenarios, base=base))
        for persona in catalogue.personas.values():
            phrases(persona.language)
    except InputError as error:
        problems += error.problems
    if plan.clock == "virtual" and any(target.kind == "file" for target in targets):
        message = "the virtual clock computes time, so it needs a bot in this process; a target file has a real wire"
        problems.append(
            Problem(message, field="clock", hint="use `clock: wall`, or a reference bot or module:callable")
        )
    if problems or catalogue is None:
        raise InputError(problems)
    return Cast(plan, catalogue, targets, list(_cases(plan, catalogue, targets)))


def _cases(plan: RunPlan, catalogue: Catalogue, targets: list[UnderTest]) -> Iterator[Case]:
    numbers = count(1)
    for scenario_name, persona_name, repeat in _cells(plan, catalogue):
        persona, scenario = catalogue.personas[persona_name], catalogue.scenarios[scenario_name]
        chance = Chance(plan.seed, scenario_name, persona_name, repeat)
        facts, truth = fill(scenario, chance, persona.language)
        traits = draw_traits(persona, chance)
        for target in targets:
            yield Case(
                id=f"c-{next(numbers):04d}",
                target=target.name,
                scenario=scenario_name,
                persona=persona_name,
                repeat=repeat,
                seed=plan.seed,
                facts=facts,
                truth=truth,
                traits=traits,
                probe=persona.probe is not None,
            )


def _cells(plan: RunPlan, catalogue: Catalogue) -> Iterator[tuple[str, str, int]]:
    """Scenario, persona and repeat of every customer; conversations are dealt round-robin over the cells."""
    customers = [name for name, persona in catalogue.personas.items() if persona.probe is None]
    probes = [name for name, persona in catalogue.personas.items() if persona.probe is not None]
    # Along the diagonals of scenarios x personas, so that a run of few conversations has some of each, also one cut short.
    cells = [
        (scenario, customers[(row + column) % len(customers)])
        for row in range(len(customers))
        for column, scenario in enumerate(catalogue.scenarios)
    ]
    wanted = plan.repeats * len(cells) if plan.repeats is not None else plan.conversations or 0
    ordinary = [(*cells[number % len(cells)], number // len(cells)) for number in range(wanted if cells else 0)]
    probing = [(scenario, probe, 0) for probe in probes for scenario in catalogue.scenarios]
    # Probes evenly among the others, so that a run which is cut short has some of both.
    placed = [((place + 0.5) / len(some), one) for some in (ordinary, probing) for place, one in enumerate(some)]
    yield from (one for _, one in sorted(placed, key=lambda each: each[0]))
