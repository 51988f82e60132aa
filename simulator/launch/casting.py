"""A plan becomes a cast: the catalogue, the targets, and every customer with all traits and facts drawn."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import count
from pathlib import Path

import msgspec

from simulator.catalogue.accounts import Accounts, Deck, columns_of, read_accounts
from simulator.catalogue.check import read
from simulator.catalogue.facts import fill
from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.stock import select
from simulator.chance import Chance
from simulator.customers.traits import draw_traits
from simulator.customers.voice import phrases
from simulator.dialogue.fold import VERSION as HEARING
from simulator.launch.under_test import UnderTest, compile_probes, find
from simulator.model.calibration import Calibration
from simulator.model.errors import InputError, Problem
from simulator.model.plan import Case, RunPlan
from simulator.model.scenario import covers, spoken
from simulator.model.target import FactsFrom

_GOLDEN = (5**0.5 - 1) / 2
PROBES = ("probe_ask0", "probe_passive", "probe_oblique")


class Cast(msgspec.Struct, frozen=True):
    """Everything a run needs to know before anything is sent."""

    plan: RunPlan
    catalogue: Catalogue
    targets: list[UnderTest]
    cases: list[Case]
    accounts: Accounts | None = None
    """The company's own test accounts."""


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
        named = [pattern for pattern in plan.personas if not any(sign in pattern for sign in "*?[")]
        by_name = Catalogue.load(select("personas", named, base=base), []).personas if named else {}
        catalogue = _spoken_by(plan, catalogue, by_name.keys())
        for language in {persona.language for persona in catalogue.personas.values()}:
            phrases(language)
        problems += _voice_problems(plan, catalogue)
    except InputError as error:
        problems += error.problems
    accounts: Accounts | None = None
    try:
        plan = msgspec.structs.replace(plan, facts_from=_facts_from(plan, targets, base))
        accounts = _accounts(plan, catalogue)
    except InputError as error:
        problems += error.problems
    if catalogue is not None:
        problems += _probe_problems(targets, catalogue)
    try:
        plan = msgspec.structs.replace(plan, calibration=_calibration(plan, base))
    except InputError as error:
        problems += error.problems
    if plan.clock == "virtual" and any(target.kind == "file" for target in targets):
        message = "the virtual clock computes time, so it needs a bot in this process; a target file has a real wire"
        problems.append(
            Problem(message, field="clock", hint="use `clock: wall`, or a reference bot or module:callable")
        )
    if problems or catalogue is None:
        raise InputError(problems)
    warnings = [*catalogue.warnings, *_outdated(plan.calibration)]
    if accounts is not None:
        warnings += [*accounts.warnings, *_waits(plan, accounts)]
    warnings += _unasked(plan, catalogue, targets)
    catalogue = dataclasses.replace(catalogue, warnings=warnings)
    return Cast(plan, catalogue, targets, list(_cases(plan, catalogue, targets, accounts)), accounts)


def _calibration(plan: RunPlan, base: Path) -> Calibration | None:
    """The plan's calibration, whole: whoever reads the plan in a run's folder needs no file beside it. Raises InputError."""
    if not isinstance(plan.calibration, str):
        return plan.calibration
    file = base / plan.calibration
    return msgspec.structs.replace(read(file, Calibration), file=file.name)


def _outdated(calibration: str | Calibration | None) -> Iterator[Problem]:
    if isinstance(calibration, Calibration) and calibration.hearing not in ("", HEARING):
        message = f"fitted with hearing {calibration.hearing}, and this version hears by {HEARING}"
        yield Problem(message, calibration.file, field="hearing", hint="run `exitramp calibrate` again", warning=True)


def _facts_from(plan: RunPlan, targets: list[UnderTest], base: Path) -> FactsFrom | None:
    """Where the accounts of this run are, the file as a whole path: the plan's, else the targets'.

    Raises InputError where targets differ, since all of them meet the same customers.
    """
    if plan.facts_from is not None:
        return _found_from(plan.facts_from, base)
    named: dict[str, FactsFrom] = {}
    for target in targets:
        spec = target.spec() if target.kind == "file" else None
        if spec is not None and spec.facts_from is not None:
            named[target.name] = _found_from(spec.facts_from, Path(target.given).parent)
    if len({*named.values()}) > 1:
        message = f"{' and '.join(named)} name different accounts, but all targets of a run meet the same customers"
        raise InputError([Problem(message, field="facts_from", hint="put `facts_from` into the plan")])
    return next(iter(named.values()), None)


def _found_from(source: FactsFrom, base: Path) -> FactsFrom:
    return msgspec.structs.replace(source, file=str((base / source.file).resolve()))


def _accounts(plan: RunPlan, catalogue: Catalogue | None) -> Accounts | None:
    if plan.facts_from is None:
        return None
    scenarios = catalogue.scenarios.values() if catalogue is not None else ()
    known = {name for scenario in scenarios for name in columns_of(scenario)}
    return read_accounts(plan.facts_from.file, known if catalogue is not None else None)


def _probe_problems(targets: list[UnderTest], catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with the requests by which scenarios ask these targets' test systems."""
    for target in targets:
        try:
            compile_probes(target, catalogue.scenarios)
        except InputError as error:
            yield from error.problems


def _unasked(plan: RunPlan, catalogue: Catalogue, targets: list[UnderTest]) -> Iterator[Problem]:
    """Scenarios that look at a test system, and targets that have none."""
    asking = [
        f"{scenario.name}: {need.name}"
        for scenario in catalogue.scenarios.values()
        for need in scenario.needs
        if need.resolution.probe is not None
    ]
    lacking = [target.name for target in targets if plan.clock == "virtual" or target.kind == "callable"]
    if asking and lacking:
        some = f"{', '.join(asking[:3])}{', ...' if len(asking) > 3 else ''}"
        message = f"{', '.join(lacking)} has no test system to ask, so nobody can say whether these are solved: {some}"
        yield Problem(message, field="resolution.probe", hint="use a target file and clock: wall", warning=True)


def _waits(plan: RunPlan, accounts: Accounts) -> Iterator[Problem]:
    users, rows = plan.load.users, len(accounts.rows)
    if plan.facts_from is not None and plan.facts_from.unique and rows < users:
        message = f"{rows} accounts for {users} seats, one customer each at a time: seats will wait for an account"
        yield Problem(message, accounts.file, hint="add accounts, or fewer users", warning=True)


def _spoken_by(plan: RunPlan, catalogue: Catalogue, named: Collection[str]) -> Catalogue:
    """The personas with the language that each speaks in this run: its own, else the plan's.

    A persona with a language of its own is left out where the plan speaks another, unless it is among those `named`.
    Raises InputError where one has no scenario in its language.
    """
    personas, problems = {}, []
    for name, persona in catalogue.personas.items():
        if persona.language not in ("", plan.language) and name not in named:
            continue
        speaking = msgspec.structs.replace(persona, language=persona.language or plan.language)
        if not any(covers(scenario, speaking.language) for scenario in catalogue.scenarios.values()):
            message = f"none of the scenarios has words in {speaking.language!r}, which {name} speaks"
            hint = f"choose scenarios with a translation ({_translated(catalogue)})"
            problems.append(Problem(message, field="scenarios", hint=hint))
        personas[name] = speaking
    if problems:
        raise InputError(problems)
    if not any(persona.probe is None for persona in personas.values()):
        message = f"no chosen persona speaks {plan.language!r}"
        raise InputError([Problem(message, field="personas", hint="name one, or set `language`")])
    return dataclasses.replace(catalogue, personas=personas)


def _translated(catalogue: Catalogue) -> str:
    known = sorted({language for scenario in catalogue.scenarios.values() for language in scenario.translations})
    return f"there are some in {', '.join(known)}" if known else "none of these has one"


def _voice_problems(plan: RunPlan, catalogue: Catalogue) -> Iterator[Problem]:
    for field, shares in [("voices", plan.voices), *((f"voices_of.{who}", it) for who, it in plan.voices_of.items())]:
        if abs(sum(shares.values()) - 1) > 1e-6:
            yield Problem(f"shares add up to 1, found {sum(shares.values()):g}", field=field)
    for who in plan.voices_of:
        if who not in catalogue.personas:
            yield Problem(f"no persona {who!r} in this run", field="voices_of")
    wants_model = any(shares.get("llm") for shares in (plan.voices, *plan.voices_of.values()))
    if wants_model and plan.model is None:
        yield Problem("the llm voice needs a model", field="model", hint="model: {name: MODEL}, or --model MODEL")
    budget, model = plan.budget, plan.model
    if (
        budget is not None
        and budget.usd is not None
        and (model is None or model.usd_per_million_in is None or model.usd_per_million_out is None)
    ):
        hint = "state model.usd_per_million_in and model.usd_per_million_out"
        yield Problem("a budget in dollars needs prices", field="budget.usd", hint=hint)


def _cases(plan: RunPlan, catalogue: Catalogue, targets: list[UnderTest], accounts: Accounts | None) -> Iterator[Case]:
    numbers = count(1)
    voiced = _Voiced(plan)
    deck = Deck(accounts, plan.seed) if accounts is not None else None
    for scenario_name, persona_name, repeat in _cells(plan, catalogue):
        persona, scenario = catalogue.personas[persona_name], catalogue.scenarios[scenario_name]
        chance = Chance(plan.seed, scenario_name, persona_name, repeat)
        facts, truth = fill(spoken(scenario, persona.language), chance, persona.language)
        traits = draw_traits(persona, chance)
        row = deck.deal(scenario) if deck is not None else None
        model_voiced = persona.probe is None and voiced.next(persona_name)
        for target in targets:
            case = Case(
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
                language=persona.language,
                voice="llm" if model_voiced else "phrases",
                row=row,
            )
            yield accounts.filled(case) if accounts is not None else case


class _Voiced:
    """Deals the model's voice in the shares of the plan: spread evenly by the golden ratio, so that a share of .05 is one in
    twenty and not a matter of luck."""

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self._dealt: Counter[str] = Counter()

    def next(self, persona: str) -> bool:
        own = persona in self._plan.voices_of
        shares = self._plan.voices_of[persona] if own else self._plan.voices
        place = self._dealt[persona if own else ""]
        self._dealt[persona if own else ""] += 1
        return (0.5 + place * _GOLDEN) % 1 < shares.get("llm", 0.0)


def _cells(plan: RunPlan, catalogue: Catalogue) -> Iterator[tuple[str, str, int]]:
    """Scenario, persona and repeat of every customer; conversations are dealt round-robin over the cells."""
    customers = [name for name, persona in catalogue.personas.items() if persona.probe is None]
    probes = [name for name, persona in catalogue.personas.items() if persona.probe is not None]
    # Along the diagonals of scenarios x personas, so that a run of few conversations has some of each, also one cut short.
    cells = [
        (scenario, persona)
        for row in range(len(customers))
        for column, scenario in enumerate(catalogue.scenarios)
        if _meet(catalogue, persona := customers[(row + column) % len(customers)], scenario)
    ]
    wanted = plan.repeats * len(cells) if plan.repeats is not None else plan.conversations or 0
    ordinary = [(*cells[number % len(cells)], number // len(cells)) for number in range(wanted if cells else 0)]
    probing = [
        (scenario, probe, 0)
        for probe in probes
        for scenario in catalogue.scenarios
        if _meet(catalogue, probe, scenario)
    ]
    # Probes evenly among the others, so that a run which is cut short has some of both.
    placed = [((place + 0.5) / len(some), one) for some in (ordinary, probing) for place, one in enumerate(some)]
    yield from (one for _, one in sorted(placed, key=lambda each: each[0]))


def _meet(catalogue: Catalogue, persona: str, scenario: str) -> bool:
    """Whether the scenario has words in the persona's language."""
    return covers(catalogue.scenarios[scenario], catalogue.personas[persona].language)
