"""`metrics`: what is measured and what it means."""

from __future__ import annotations

import click
import msgspec

from simulator.cli.output import as_json, emit
from simulator.registry import GUESSES, METRICS
from simulator.registry import explain as explanation


@click.group()
def metrics() -> None:
    """What is measured, and what a line of the report means."""


@metrics.command("list")
@as_json
def list_metrics(json: bool) -> None:
    """Every metric in one line."""
    for entry in (METRICS | GUESSES).values():
        if json:
            emit(msgspec.to_builtins(entry))
        else:
            click.echo(f"{entry.name:<26} {entry.label}")


@metrics.command("explain")
@click.argument("name")
@as_json
def explain(name: str, json: bool) -> None:
    """Definition, formula, tier, source and a worked example of one metric."""
    text = explanation(name)
    if json:
        known = METRICS | GUESSES
        emit(msgspec.to_builtins(known.get(name) or next(one for one in known.values() if one.score == name)))
    else:
        click.echo(text)
