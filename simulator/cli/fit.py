"""`scenarios fit`: which scenarios suit a bot, and a plan to begin with."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from simulator.cli.output import as_json, emit, tell_our_fault
from simulator.cli.starters import refuse_to_overwrite, write_new
from simulator.model.errors import Exit, RunFailed

if TYPE_CHECKING:
    from simulator.launch.fit import Fit
    from simulator.launch.messages import Status


@click.command()
@click.argument("target")
@click.option(
    "--conversations", "each", default=3, show_default=True, type=click.IntRange(1, 100), help="For each scenario."
)
@click.option("--scenario", "scenarios", multiple=True, help="Name, glob or file; repeatable.  [default: the stock]")
@click.option("--language", default="en", show_default=True, help="What the customers speak.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option(
    "--clock", type=click.Choice(["wall", "virtual"]), help="virtual: no wire, time is computed.  [default: if it can]"
)
@click.option(
    "--out", default="plan.yaml", show_default=True, type=click.Path(path_type=Path), help="The plan to write."
)
@click.option("--results", default="results", show_default=True, type=click.Path(), help="Folder for the run's folder.")
@as_json
def fit(target: str, each: int, scenarios: tuple[str, ...], out: Path, results: str, json: bool, **options: Any) -> int:
    """Find the scenarios that TARGET does not serve at all, and write a plan with the others.

    TARGET is a target file, module:callable or a reference bot's name. A few even-tempered customers try each scenario.
    """
    from simulator.catalogue.schema_files import BESIDE, modeline, write_schemas
    from simulator.catalogue.stock import select
    from simulator.cli.wording import shown
    from simulator.launch.fit import casting, causes_in_words, fits, names_in_plan, starter_plan
    from simulator.launch.run import execute, prepare
    from simulator.report.progress import Progress

    refuse_to_overwrite([out])
    chosen = scenarios or ("*",)
    ready = casting(target, chosen, each, results, **options)
    named = names_in_plan(select("scenarios", chosen), out)
    bot = ready.targets[0]
    click.echo(
        f"{bot.name} ({bot.address()}): {len(ready.cases)} conversations, {each} for each of {len(named)} scenarios",
        err=True,
    )
    folder = prepare(ready, None)
    with Progress(sys.stderr) as progress:

        def on_status(status: Status) -> None:
            progress.update({"target": bot.name, "finished": status.finished, "planned": len(ready.cases)})

        outcome = execute(ready, folder, on_status)
    folder.write_json("outcome.json", outcome)
    if outcome.interrupted:
        click.echo(f"interrupted: no plan was written; what was said is in {shown(folder.path)}", err=True)
        return Exit.INTERRUPTED
    if outcome.fault:
        return tell_our_fault(outcome.fault)
    found = fits(folder.read_transcripts()[0], ready.catalogue.scenarios)
    if not any(one.n for one in found):
        total = sum((Counter(one.causes) for one in found), Counter[str]())
        causes = causes_in_words(total) or outcome.failure or "no answer"
        raise RunFailed(f"{bot.name} never answered once: {causes}; is it running, and is base_url right?")
    _tell(found, shown(folder.path), out, json)
    if not any(one.planned for one in found):
        raise RunFailed(
            f"{bot.name} serves none of these {len(found)} scenarios, so no plan was written; read a conversation "
            f"(exitramp show {shown(folder.path)} c-0001), or begin your own: exitramp scenarios new NAME"
        )
    write_schemas(out.parent / BESIDE, ["plan"])
    write_new(out, starter_plan(found, ready, named, out, modeline(out, out.parent / BESIDE, "plan")))
    click.echo(f"{out}: written; next: exitramp run {out}", err=True)
    return Exit.DONE


def _tell(found: list[Fit], folder: str, out: Path, json: bool) -> None:
    from simulator.launch.fit import causes_in_words

    if json:
        emit({"run": folder, "plan": str(out), "scenarios": [msgspec.to_builtins(one) for one in found]})
        return
    groups: dict[str, list[str]] = {}
    for one in found:
        told = {
            "unserved": f"{one.why} (n = {one.n}; {one.example})",
            "failed": f"the bot failed every time: {causes_in_words(one.causes)} (e.g. {one.example})",
            "way_out": f"no answer led on, but a way out was offered (n = {one.n})",
            "untried": "no conversation was held",
        }.get(one.standing, f"answers led on in {one.led_on} of {one.n}")
        groups.setdefault(one.standing, []).append(f"  {one.scenario:<30} {told}")
    heads = {  # what a reader has to act on stands last, where a terminal ends
        "served": "Served",
        "way_out": "A way out only",
        "untried": "Not tried",
        "failed": "Failed every time; in the plan, since that is a finding",
        "unserved": "Not served at all, so not in the plan",
    }
    for standing, head in heads.items():
        if standing in groups:
            click.echo(f"{head}: {len(groups[standing])}")
            click.echo("\n".join(groups[standing]))
    if "unserved" in groups:
        example = next(one.example for one in found if one.standing == "unserved")
        click.echo(
            "Not built for it, or no help with it? A conversation tells; if it is the latter, put the scenario back: "
            f"exitramp show {folder} {example}"
        )
