"""`report`, `show`: reading what a run has left in its folder."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec

from simulator.cli.output import as_json, coloured, decided, emit, width
from simulator.model.errors import Exit, InputError, Problem
from simulator.model.gates import Verdict
from simulator.store import RunFolder

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
    transcripts, _ = folder.read_transcripts()
    found = next((one for one in transcripts if one.id == conversation), None)
    if found is None:
        known = ", ".join(one.id for one in transcripts[:5])
        raise InputError(
            [Problem(f"no conversation {conversation!r}", file=run, hint=f"there are {len(transcripts)}: {known}, ...")]
        )
    scenario = scenario_of(found, Catalogue.read(folder.catalogue).scenarios)
    scores = scores_of(found, scenario)
    if json:
        emit({"transcript": msgspec.to_builtins(found), "scores": msgspec.to_builtins(scores)})
        return
    text = page(found, scenario, scores, width(), run=shown(folder.path), colour=coloured())
    click.echo(text)
