"""`run`, `demo`, `rerun`: sending customers to a bot."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from simulator.catalogue.check import examine
from simulator.cli.output import as_json, coloured, decided, emit, tell_our_fault, width
from simulator.cli.read import EXIT
from simulator.model.errors import NETWORK_CAUSES, SETUP_CAUSES, Exit, InputError, Problem, StoreFailed
from simulator.model.gates import DEFAULT_GATES, Gates
from simulator.model.plan import Load, ModelSpec, RunPlan

if TYPE_CHECKING:
    from simulator.launch.casting import Cast
    from simulator.launch.messages import Status
    from simulator.launch.run import Outcome
    from simulator.report.progress import Progress
    from simulator.store import RunFolder
    from simulator.verdict.decide import Decision

DEMO_PERSONAS = (
    "assertive_expert",
    "b2b_outage_lead",
    "hurried_shopper",
    "locked_out",
    "polite_novice",
    "repeat_caller",
)
DEMO_SCENARIOS = (
    "locked-account",
    "parcel-damaged",
    "parcel-redirect",
    "parcel-status",
    "roaming-bill",
    "saas-invoice-higher",
    "saas-outage-api",
    "saas-rate-limit",
    "sim-not-active",
    "slow-internet",
    "unauthorised-charge",
    "unexpected-fee",
)
"""A part of the stock that takes seconds and has all of it in small: bots that can, bots that must not, four trades."""

Read = TypeVar("Read", RunPlan, Gates)


@click.command()
@click.argument("plan", required=False, type=click.Path())
@click.option("--target", "targets", multiple=True, help="Target file, module:callable, or a reference bot's name.")
@click.option("--scenario", "scenarios", multiple=True, help="Name, glob or file; repeatable.")
@click.option("--persona", "personas", multiple=True, help="Name, glob or file; repeatable.")
@click.option("--conversations", type=click.IntRange(1), help="For each target, dealt round-robin over the cells.")
@click.option("--repeats", type=click.IntRange(1), help="Runs of each cell (scenario x persona).")
@click.option("--users", type=click.IntRange(1, 100_000), help="Seats: conversations at the same time.")
@click.option("--seed", type=click.IntRange(0), help="Same seed, same customers.")
@click.option(
    "--think", type=click.FloatRange(0, 1), help="Multiplies reading, thinking, typing on our clock; 0 = no waiting."
)
@click.option("--clock", type=click.Choice(["wall", "virtual"]), help="virtual: no wire, time is computed.")
@click.option("--gates", help="Gates file, `default` or `none`.")
@click.option("--calibration", help="File that `exitramp calibrate` wrote; customers choose by its weights.")
@click.option("--language", help="What personas speak that name no language of their own: en, es, de, pt.")
@click.option(
    "--llm", "llm", type=click.FloatRange(0, 1), help="Share of customers whose words a language model finds."
)
@click.option("--model", help="That model, at OPENAI_BASE_URL with OPENAI_API_KEY; alone it means --llm 1.")
@click.option("--probes/--no-probes", default=None, help="Send the three probes of the way to a person.")
@click.option("--results", type=click.Path(), help="Folder for the run's folder.")
@click.option("--print-plan", is_flag=True, help="Print the plan with all defaults and stop.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent and stop.")
@as_json
def run(plan: str | None, json: bool, print_plan: bool, dry_run: bool, **options: Any) -> int:
    """Send customers to a bot, score what they met, and judge it.

    PLAN is a plan file; every option is one of its fields and goes before it.
    """
    base = Path(plan).parent if plan else Path()
    chosen = _with_options(_read_warning(plan, RunPlan) if plan else RunPlan(), options)
    if print_plan:
        settled = chosen.settled()
        if json:
            emit(settled)
        else:
            click.echo(msgspec.yaml.encode(settled).decode(), nl=False)
        return Exit.DONE
    if plan is None and not options["targets"]:
        raise InputError(
            [Problem("no target", hint="exitramp run --target FILE (or a reference bot: exitramp bots list)")]
        )
    from simulator.cli.wording import preflight_of
    from simulator.launch.casting import cast
    from simulator.registry import METRICS
    from simulator.report.preflight import preflight

    gates = _gates_of(chosen, base)
    ready = cast(chosen, base)
    for warning in ready.catalogue.warnings:
        click.echo(f"warning: {warning}", err=True)
    before = preflight_of(ready, gates)
    click.echo(preflight(before, METRICS, width=width(), colour=coloured()), err=json, nl=False)
    if dry_run:
        if json:
            emit(before)
        return Exit.DONE
    return _send(ready, gates, json)


@click.command()
@click.option("--quick", is_flag=True, help="Fewer customers: a few seconds.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0))
@click.option("--results", default="results", show_default=True, type=click.Path())
@as_json
def demo(quick: bool, seed: int, results: str, json: bool) -> int:
    """Three bots, the same customers: what a dashboard shows, what they met."""
    from simulator.cli.wording import columns_of, demo_of, worst_picks
    from simulator.launch.casting import cast
    from simulator.launch.run import execute, prepare
    from simulator.report.comparison import Column, demo_header, demo_progress, demo_report
    from simulator.report.progress import Progress

    plan = RunPlan(
        target=["helpful", "looping", "maze"],
        personas=list(DEMO_PERSONAS),
        scenarios=list(DEMO_SCENARIOS),
        conversations=24 if quick else None,
        repeats=None if quick else 2,
        seed=seed,
        gates="none",
        results=results,
        load=Load(users=30),
        scope="all_scenarios",
    )
    ready = cast(plan)
    began = time.monotonic()
    folder = prepare(ready, None)
    if not json:
        columns = [Column(target.name, {}) for target in ready.targets]
        click.echo(demo_header(columns, demo_of(ready, folder.path), width=width()))
    last: Status | None = None
    with Progress(sys.stderr) as progress:

        def on_status(status: Status) -> None:
            nonlocal last
            last = status
            _tell(progress, ready, status)

        outcome = execute(ready, folder, on_status)
    decision = _scored(folder, outcome)
    if json:
        emit(folder.read_metrics()[0])
    else:
        columns = columns_of(decision, last)
        told = demo_of(ready, folder.path, time.monotonic() - began, last)
        click.echo(demo_progress(columns, told))
        click.echo()
        click.echo(demo_report(columns, told, worst_picks(decision), width=width(), colour=coloured()), nl=False)
    return _code(outcome, Exit.DONE, decision)


@click.command()
@click.argument("run", type=click.Path())
@click.argument("conversation", metavar="ID")
@click.option("--target", help="Another target for the same customer.")
@click.option("--results", type=click.Path(), help="Folder for the new run's folder.")
@as_json
def rerun(run: str, conversation: str, target: str | None, results: str | None, json: bool) -> int:
    """The same customer again: same persona, scenario and seed."""
    from simulator.catalogue.freeze import Catalogue
    from simulator.cli.wording import shown
    from simulator.launch.casting import Cast
    from simulator.launch.run import execute, prepare
    from simulator.launch.under_test import UnderTest, find
    from simulator.report.conversation import show
    from simulator.store import RunFolder
    from simulator.verdict.scoring import scenario_of

    old = RunFolder.existing(run)
    case = next((one for one in old.read_cases() if one.id == conversation), None)
    if case is None:
        raise InputError(
            [Problem(f"no conversation {conversation!r}", file=run, hint="ids look like c-0113; see exitramp report")]
        )
    targets = msgspec.convert(old.read_json("targets.json"), list[UnderTest])
    bot = find(target) if target else next(one for one in targets if one.name == case.target)
    if old.read_plan().clock == "virtual" and bot.kind == "file":
        hint = "give a reference bot or module:callable"
        raise InputError(
            [Problem("this run used the virtual clock; a target file has a real wire", file=run, hint=hint)]
        )
    case = msgspec.structs.replace(case, target=bot.name)
    plan = msgspec.structs.replace(
        old.read_plan().settled(),
        target=bot.given,
        conversations=1,
        repeats=None,
        probes=False,
        results=results or str(old.path.parent),
        gates="none",
    )
    ready = Cast(plan, Catalogue.read(old.catalogue), [bot], [case])
    folder = prepare(ready, None)
    outcome = execute(ready, folder, lambda _: None)
    decision = _scored(folder, outcome)
    stored = folder.read_scores()
    for held in decision.held:
        transcript, scores = decision.transcript(held), stored.get(held.id, [])
        if json:
            emit({"transcript": msgspec.to_builtins(transcript), "scores": msgspec.to_builtins(scores)})
        else:
            scenario = scenario_of(transcript, decision.catalogue.scenarios)
            where = shown(folder.path)
            click.echo(show(transcript, scenario, scores, width(), run=where, colour=coloured()))
    return _code(outcome, Exit.DONE, decision)


def _send(ready: Cast, gates: Gates | None, json: bool) -> int:
    from simulator.cli.wording import run_of
    from simulator.launch.run import execute, prepare
    from simulator.registry import METRICS
    from simulator.report.progress import Progress
    from simulator.report.run import run_report

    folder = prepare(ready, gates)
    with Progress(sys.stderr) as progress:
        outcome = execute(ready, folder, lambda status: _tell(progress, ready, status))
    decision = _scored(folder, outcome)
    if json:
        emit(folder.read_metrics()[0])
    else:
        click.echo(run_report(run_of(decision), METRICS, width=width(), colour=coloured()), nl=False)
    return _code(outcome, EXIT[decision.verdict], decision)


def _tell(progress: Progress, ready: Cast, status: Status) -> None:
    for target in ready.targets:
        planned = sum(case.target == target.name for case in ready.cases)
        progress.update(
            {
                "target": target.name,
                "finished": status.finished_by_target.get(target.name, 0),
                "planned": planned,
                "in_flight": status.in_flight(target.name),
                "lag_p99_ms": status.lag_p99_ms,
            }
        )


def _scored(folder: RunFolder, outcome: Outcome) -> Decision:
    """Score a run. Where its folder cannot be written any more, what became of the run itself is still said."""
    try:
        folder.write_json("outcome.json", outcome)
        return decided(folder)
    except StoreFailed:
        _tell_outcome(outcome)
        raise


def _code(outcome: Outcome, by_gates: Exit, decision: Decision) -> Exit:
    """Several at once: 130, 5, 4, 1, 3, 0."""
    code = _tell_outcome(outcome)
    if code != Exit.DONE:
        return code
    by_target = {target: [one for one in decision.held if one.target == target] for target in decision.by_target}
    for target, held in by_target.items():
        if held and all(one.ending == "simulator_failed" for one in held):
            error = held[0].error
            what = f"{error.cause}: {error.detail}" if error is not None else "no reason was recorded"
            click.echo(f"exitramp: no conversation with {target} could be held, a fault on our side: {what}", err=True)
            return Exit.OUR_FAULT
    for target, held in by_target.items():
        if not any(one.answered for one in held):
            causes = decision.by_target[target]["causes"]
            said = ", ".join(f"{cause} ({times})" for cause, times in causes.items()) or "no answer"
            who = "never answered once" if causes.keys() - {*SETUP_CAUSES} or not causes else "was never asked"
            first = next((one.error.detail for one in held if one.error is not None and one.error.detail), "")
            hint = " Is it running, and is base_url right?" if not causes.keys().isdisjoint(NETWORK_CAUSES) else ""
            example = f"; the first: {first}" if first else ""
            click.echo(f"exitramp: {target} {who}: {said}{example}.{hint}", err=True)
            return Exit.NOT_COMPLETED
    return by_gates


def _tell_outcome(outcome: Outcome) -> Exit:
    """Say what kept a run from its end, and return its exit code; DONE where nothing did."""
    if outcome.interrupted:
        click.echo("interrupted: what had been said is in the folder and was scored", err=True)
        return Exit.INTERRUPTED
    if outcome.fault:
        return tell_our_fault(outcome.fault)
    if outcome.failure:
        click.echo(f"exitramp: the run could not be completed: {outcome.failure}", err=True)
        return Exit.NOT_COMPLETED
    return Exit.DONE


def _with_options(plan: RunPlan, options: dict[str, Any]) -> RunPlan:
    changes: dict[str, Any] = {}
    for option, field in (("targets", "target"), ("scenarios", "scenarios"), ("personas", "personas")):
        if options[option]:
            # What is typed here starts here, what a plan says starts at the plan.
            changes[field] = [str(Path(one).resolve()) if Path(one).is_file() else one for one in options[option]]
    if "target" in changes and len(changes["target"]) == 1:
        changes["target"] = changes["target"][0]
    for field in ("seed", "think", "clock", "gates", "probes", "results", "conversations", "repeats", "language"):
        if options[field] is not None:
            changes[field] = options[field]
    if options["gates"] and Path(options["gates"]).is_file():
        changes["gates"] = str(Path(options["gates"]).resolve())
    if options["calibration"] is not None:
        changes["calibration"] = str(Path(options["calibration"]).resolve())
    if options["model"] is not None:
        spec = plan.model or ModelSpec(options["model"])
        changes["model"] = msgspec.structs.replace(spec, name=options["model"])
    share = options["llm"] if options["llm"] is not None else 1.0 if options["model"] and not plan.model else None
    if share is not None:
        changes["voices"] = {"phrases": round(1 - share, 9), "llm": share}
        changes["voices_of"] = {}
    if options["users"] is not None:
        changes["load"] = Load(users=options["users"])
    if options["conversations"] and options["repeats"]:
        raise InputError([Problem("--conversations and --repeats exclude each other", hint="give one of them")])
    if options["conversations"]:
        changes["repeats"] = None
    if options["repeats"]:
        changes["conversations"] = None
    return msgspec.structs.replace(plan, **changes)


def _gates_of(plan: RunPlan, base: Path) -> Gates | None:
    if isinstance(plan.gates, Gates):
        return plan.gates
    if isinstance(plan.gates, list):
        return Gates(rules=plan.gates)
    if plan.gates == "none":
        return None
    if plan.gates == "default":
        return DEFAULT_GATES
    return _read_warning(base / plan.gates, Gates)


def _read_warning(file: Path | str, kind: type[Read]) -> Read:
    """A checked file; its warnings are said, its problems raised."""
    examined = examine(file, kind, known_metrics=_known_metrics())
    value = examined.accepted()
    for warning in examined.problems:
        click.echo(f"warning: {warning}", err=True)
    return value


def _known_metrics() -> set[str]:
    from simulator.registry import METRICS

    return {*METRICS, "scenario_worse"}
