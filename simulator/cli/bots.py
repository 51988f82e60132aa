"""`bots`: the reference bots, known truth with one dialled fault each."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.bots.dials import about, make, names
from simulator.catalogue.stock import home
from simulator.cli.output import as_json, emit


@click.group()
def bots() -> None:
    """Reference bots: known truth, each with one dialled fault. A bot's name is also a target's name."""


@bots.command("list")
@as_json
def list_bots(json: bool) -> None:
    """Every reference bot in one line."""
    for name in names():
        if json:
            emit({"name": name, "about": about(name)})
        else:
            click.echo(f"{name:<16} {about(name)}")


@bots.command("serve")
@click.argument("name")
@click.option("--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="0 = any free port.")
@click.option("--scenario", "places", multiple=True, type=click.Path(path_type=Path), help="Scenario files or folders.")
def serve(name: str, port: int, places: tuple[Path, ...]) -> None:
    """Serve the bot NAME (with dials, e.g. `looping:p=0.5`) on 127.0.0.1 until Ctrl-C."""
    from simulator.bots.serve import load_scenarios
    from simulator.bots.serve import serve as serve_bot

    scenarios = load_scenarios(places or [home("scenarios")])
    serve_bot(make(name), scenarios, port)
