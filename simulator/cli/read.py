"""`report`, `show`: reading what a run has left in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import click
import msgspec

from simulator.cli.output import as_json, coloured, decided, emit, width
from simulator.model.errors import Exit, InputError, Problem
from simulator.model.gates import Verdict
from simulator.model.transcript import Transcript
from simulator.store import RunFolder, is_first

EXIT: Mapping[Verdict, Exit] = {
    "passed": Exit.DONE,
    "not_judged": Exit.DONE,
    "failed": Exit.GATE_FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
}


@click.command()
@click.argument("run", type=click.Path())
@click.option("--all", "everything", is_flag=True, help="Measures of detail as well.")
@as_json
def report(run: str, everything: bool, json: bool) -> int:
    """The verdict, the numbers and the worst conversations of a RUN."""
    from simulator.cli.wording import run_of
    from simulator.registry import METRICS
    from simulator.report.run import run_report
    from simulator.verdict.decide import recall

    folder = RunFolder.existing(run)
    decision = recall(folder) if (folder.path / "metrics.json").is_file() else decided(folder)
    if json:
        emit(folder.read_metrics()[0])
    else:
        click.echo(
            run_report(run_of(decision, everything=everything), METRICS, width=width(), colour=coloured()), nl=False
        )
    return EXIT[decision.verdict]


@click.command()
@click.argument("run", type=click.Path())
@click.argument("conversation", metavar="ID")
@as_json
def show(run: str, conversation: str, json: bool) -> None:
    """One conversation, with the turns that prove its scores."""
    from simulator.catalogue.freeze import Catalogue
    from simulator.cli.wording import shown
    from simulator.report.conversation import show as page
    from simulator.scorers.stock import score as scores_of
    from simulator.verdict.scoring import scenario_of

    folder = RunFolder.existing(run)
    found: Transcript | None = None
    ids: dict[str, None] = {}
    for _, one in folder.stored([]):
        ids[one.id] = None
        if one.id == conversation and is_first(one, found):
            found = one
    if found is not None:
        with folder.pages() as pages:
            found = pages.noted(found, folder.notes({conversation}, []).get(conversation, []))
    else:
        hint = f"there are {len(ids)}: {', '.join(islice(ids, 5))}, ..."
        raise InputError([Problem(f"no conversation {conversation!r}", file=run, hint=hint)])
    scenario = scenario_of(found, Catalogue.read(folder.catalogue).scenarios)
    scores = scores_of(found, scenario)
    if json:
        emit({"transcript": msgspec.to_builtins(found), "scores": msgspec.to_builtins(scores)})
        return
    text = page(found, scenario, scores, width(), run=shown(folder.path), colour=coloured())
    click.echo(text)
