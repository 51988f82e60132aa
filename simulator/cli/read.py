"""`score`, `report`, `show`: reading what a run has left in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import click
import msgspec

from simulator.cli.output import as_json, coloured, decided, emit, width
from simulator.model.errors import Exit, InputError, Problem
from simulator.model.gates import Verdict
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript
from simulator.store import RunFolder, is_first

EXIT: Mapping[Verdict, Exit] = {
    "passed": Exit.DONE,
    "not_judged": Exit.DONE,
    "failed": Exit.GATE_FAILED,
    "inconclusive": Exit.INCONCLUSIVE,
}


@click.command()
@click.argument("path", metavar="RUN|FILE", type=click.Path())
@click.option(
    "--scenario",
    "scenario_files",
    multiple=True,
    type=click.Path(),
    help="For a FILE: its scenarios (stock otherwise).",
)
@as_json
def score(path: str, scenario_files: tuple[str, ...], json: bool) -> int:
    """Score a run again, or a file of transcripts.

    A RUN is scored from its frozen copies; a FILE holds one transcript a line, ours or a foreign log's.
    """
    if Path(path).is_file():
        return _score_file(Path(path), scenario_files, json)
    from simulator.cli.wording import run_of
    from simulator.registry import METRICS
    from simulator.report.run import run_report

    folder = RunFolder.existing(path)
    decision = decided(folder)
    if json:
        for line in folder.score_lines():
            emit(msgspec.Raw(line.rstrip(b"\n")))
    else:
        click.echo(run_report(run_of(decision), METRICS, width=width(), colour=coloured()), nl=False)
    return EXIT[decision.verdict]


def _score_file(path: Path, scenario_files: tuple[str, ...], json: bool) -> int:
    from simulator.catalogue.check import read
    from simulator.catalogue.stock import select
    from simulator.store import read_transcripts
    from simulator.verdict.scoring import score_all

    scenarios = {
        one.name: one for one in (read(file, Scenario) for file in select("scenarios", scenario_files or ["*"]))
    }
    transcripts, damage = read_transcripts(path)
    for one in damage:
        click.echo(f"{one.file}:{one.line}: not a transcript, left out: {one.reason}", err=True)
    if not transcripts:
        raise InputError([Problem("no transcript in this file", file=str(path), hint="one JSON object a line")])
    for place, transcript in enumerate(transcripts):
        why = _unfit(transcript, scenarios.get(transcript.scenario))
        if why:
            click.echo(f"{transcript.id}: scored without its scenario: {why}; give its file with --scenario", err=True)
            transcripts[place] = msgspec.structs.replace(transcript, scenario="")
    for transcript, scores in score_all(transcripts, scenarios):
        for one_score in scores:
            if json:
                emit({"transcript": transcript.id, **msgspec.to_builtins(one_score)})
            else:
                value = "not measured" if one_score.value is None else one_score.value
                proof = f"turns {', '.join(str(turn + 1) for turn in one_score.turns)}" if one_score.turns else ""
                words = "  ".join(part for part in (one_score.event or "", one_score.reason, proof) if part)
                click.echo(f"{transcript.id}  {one_score.name:<24} {value!s:<14} {words}")
    return Exit.WRONG_INPUT if damage else Exit.DONE


def _unfit(transcript: Transcript, scenario: Scenario | None) -> str:
    """Why a scenario cannot be the one that a transcript was held in; empty if it can."""
    if not transcript.scenario:
        return ""
    if scenario is None:
        return f"no scenario {transcript.scenario!r} is known"
    strange = {turn.need for turn in transcript.turns if turn.need} - {need.name for need in scenario.needs}
    strange |= transcript.facts.keys() - scenario.facts.keys()
    return f"the {scenario.name!r} here has no {', '.join(sorted(strange))}" if strange else ""


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
