"""`accuracy`: how often the scorers are right."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simulator.cli.output import as_json, coloured, emit, width
from simulator.model.errors import Exit, InputError, Problem


@click.command()
@click.option(
    "--labelled", multiple=True, type=click.Path(path_type=Path), help="A labelled file of your own; repeatable."
)
@click.option("--split", help="Only this one, such as tuning or held_out; its single mistakes are named.")
@click.option("--language", help="Only dialogues, and customers, in this language.")
@click.option("--scorer", "own", multiple=True, help="module:object: a scorer of your own beside, or instead of, ours.")
@click.option("--min", "minima", multiple=True, help="Floors, e.g. 'loop.precision=.95,loop.recall=.9'; repeatable.")
@click.option(
    "--doses/--no-doses", default=None, help="The reference bots with their faults dialled up (not with --labelled)."
)
@click.option(
    "--conversations", type=click.IntRange(20), default=200, show_default=True, help="With each reference bot."
)
@click.option("--published", is_flag=True, help="Measure nothing: what this release published.")
@click.option("--publish", type=click.Path(path_type=Path), help="Write what a release publishes to this file.")
@click.option("--markdown", is_flag=True, help="Tables for a README.")
@as_json
def accuracy(
    labelled: tuple[Path, ...],
    split: str | None,
    language: str | None,
    own: tuple[str, ...],
    minima: tuple[str, ...],
    doses: bool | None,
    conversations: int,
    published: bool,
    publish: Path | None,
    markdown: bool,
    json: bool,
) -> int:
    """How often the scorers are right: on labelled dialogues, and on bots whose fault is known.

    With --min it is a gate on the estimates: exit 1 where one falls short, 3 where one cannot be measured. Floors are held
    against the held-out dialogues where there are any, and against the reference bots (looping.recall, late.ordered).
    """
    from simulator.accuracy.floors import floors, judge, needs_doses
    from simulator.accuracy.labelled import read_labelled, shipped
    from simulator.accuracy.measure import SHIPPED, measure, publishable, write
    from simulator.accuracy.measured import with_own
    from simulator.registry.accuracy import HELD_OUT
    from simulator.registry.accuracy import published as last
    from simulator.report.accuracy import accuracy_markdown, accuracy_report
    from simulator.report.progress import Progress

    asked = floors(minima)
    dosed = not labelled if doses is None else doses
    if not dosed and not published and any(needs_doses(one) for one in asked):
        hint = "add --doses" if doses is None else "leave --no-doses out"
        raise InputError(
            [Problem("a floor is about the reference bots, which are not measured", field="--min", hint=hint)]
        )
    if publish and (labelled or split or language or own or published or not dosed):
        hint = "leave out --labelled, --split, --language, --scorer, --published and --no-doses"
        raise InputError([Problem("only the whole table can be published", field="--publish", hint=hint)])
    if published:
        known = last()
        if known is None:
            raise InputError([Problem("nothing was published with this copy", hint="exitramp accuracy measures it")])
        found = known
    else:
        reading = read_labelled(labelled or shipped())
        for problem in reading.unread:
            click.echo(f"left out: {problem}", err=True)
        with Progress(sys.stderr) as progress:
            found = measure(
                reading,
                ", ".join(path.name for path in labelled) or SHIPPED,
                split=split,
                language=language,
                scorers=with_own(own),
                customers=conversations,
                doses=dosed,
                on_progress=lambda what, done, of: progress.update({"target": what, "finished": done, "planned": of}),
            )
    if publish:
        write(publishable(found), publish)
        click.echo(f"published in {publish}", err=True)
    judged = judge(asked, found)
    if json:
        emit({"accuracy": found, "floors": judged})
    elif markdown:
        click.echo(accuracy_markdown(found), nl=False)
    else:
        # To name what a scorer gets wrong among the held-out dialogues is to tune on them: only who asks for it sees it.
        spared = () if split or labelled else (HELD_OUT,)
        named = [one for one in found.conversations if one not in spared]
        click.echo(accuracy_report(found, judged, named=named, width=width(), colour=coloured()), nl=False)
    outcomes = {one.outcome for one in judged}
    if "fail" in outcomes:
        return Exit.GATE_FAILED
    return Exit.INCONCLUSIVE if "inconclusive" in outcomes else Exit.DONE
