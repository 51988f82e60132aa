"""`check`, `personas`, `scenarios`: the files people write and the stock that comes along."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import msgspec

from simulator.catalogue import stock
from simulator.catalogue.check import MARKS, Examined, examine, read, source
from simulator.catalogue.target_file import examine_target
from simulator.cli.fit import fit
from simulator.cli.output import as_json, emit
from simulator.cli.realism import realism
from simulator.cli.starters import new_persona, new_scenario
from simulator.model.calibration import Calibration
from simulator.model.errors import Exit, InputError, Problem
from simulator.model.persona import Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario
from simulator.model.target import TargetSpec
from simulator.registry import METRICS


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@as_json
def check(files: tuple[str, ...], json: bool) -> int:
    """Check files: every problem with its place.

    FILES are personas, scenarios, plans, gates, targets and calibrations, or folders of them.
    """
    problems: list[Problem] = []
    for file in _expanded(files):
        found = _examined(file).problems
        problems += found
        if json:
            for problem in found:
                emit(msgspec.to_builtins(problem))
        elif not found:
            click.echo(f"{file}: good")
        for problem in [] if json else found:
            click.echo(f"{'warning: ' if problem.warning else ''}{problem}")
    return Exit.WRONG_INPUT if any(not problem.warning for problem in problems) else Exit.DONE


def _expanded(files: tuple[str, ...]) -> list[str]:
    """A folder stands for its YAML files."""
    found: list[str] = []
    for file in files:
        path = Path(file)
        found += [str(one) for one in sorted(path.rglob("*.y*ml"))] if path.is_dir() else [file]
    return found


def _examined(file: str) -> Examined[Any]:
    """A file is what its version key says it is: `persona: 1`, `scenario: 1`, `plan: 1`, `gates: 1`, `target: 1`."""
    document, _ = source(file)
    keys = document.value if isinstance(document.value, dict) else {}
    for kind, mark in MARKS.items():
        if mark in keys:
            if kind is TargetSpec:
                return _target(file)
            examined: Examined[Any] = examine(file, kind, known_metrics={*METRICS, "scenario_worse"})
            return _with_calibration(file, examined) if isinstance(examined.value, RunPlan) else examined
    if document.problems:
        return Examined(None, document.problems, b"")
    expected = ", ".join(f"`{mark}: 1`" for mark in MARKS.values())
    return Examined(
        None, [Problem("cannot tell what this file is", file, 1, 1, hint=f"begin it with one of {expected}")], b""
    )


def _with_calibration(file: str, plan: Examined[RunPlan]) -> Examined[Any]:
    """A plan is checked down to the calibration that it names."""
    named = plan.value.calibration if plan.value is not None else None
    if not isinstance(named, str):
        return plan
    found = examine(Path(file).parent / named, Calibration)
    return Examined(plan.value if found.value is not None else None, [*plan.problems, *found.problems], plan.original)


def _target(file: str) -> Examined[Any]:
    """A target is checked down to its templates and paths, as a run would compile them."""
    examined = examine_target(file, os.environ)
    if examined.value is not None:
        from simulator.launch.under_test import compile_target

        try:
            compile_target(examined.value, file)
        except InputError as error:
            return Examined(None, [*examined.problems, *error.problems], examined.original)
    return examined


@click.group()
def personas() -> None:
    """Who calls: the stock personas."""


personas.add_command(realism)


@personas.command("list")
@as_json
def list_personas(json: bool) -> None:
    """Every stock persona in one line."""
    for name in stock.names("personas"):
        persona = read(stock.home("personas") / f"{name}.yaml", Persona)
        if json:
            emit({"name": name, "about": persona.about, "probe": persona.probe})
        else:
            click.echo(f"{name:<20} {persona.about}")


@personas.command("show")
@click.argument("name")
@as_json
def show_persona(name: str, json: bool) -> None:
    """The file of a persona, by stock name or path."""
    _show("personas", name, Persona, json)


personas.add_command(new_persona)


@click.group()
def scenarios() -> None:
    """What they call about: the stock scenarios."""


scenarios.add_command(new_scenario)
scenarios.add_command(fit)


@scenarios.command("list")
@as_json
def list_scenarios(json: bool) -> None:
    """Every stock scenario in one line."""
    for name in stock.names("scenarios"):
        scenario = read(stock.home("scenarios") / f"{name}.yaml", Scenario)
        need = scenario.needs[0]
        if json:
            emit({"name": name, "domain": scenario.domain, "segment": scenario.segment, "about": scenario.about})
        else:
            by = "a bot can solve it" if need.bot_solvable else "needs a person"
            click.echo(
                f"{name:<20} {scenario.domain:<8} {scenario.segment}  {need.criticality:<6} {by:<19} {scenario.about}"
            )


@scenarios.command("show")
@click.argument("name")
@as_json
def show_scenario(name: str, json: bool) -> None:
    """The file of a scenario, by stock name or path."""
    _show("scenarios", name, Scenario, json)


def _show(kind: stock.Kind, name: str, noun: type[Any], json: bool) -> None:
    for path in stock.select(kind, [name]):
        if json:
            emit(msgspec.to_builtins(read(path, noun)))
        else:
            click.echo(path.read_text(encoding="utf-8"), nl=False)
