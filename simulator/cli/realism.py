"""`personas realism`: the simulator's own test."""

from __future__ import annotations

import sys
import time

import click

from simulator.cli.output import as_json, coloured, emit, width
from simulator.model.errors import Exit


@click.command()
@click.option(
    "--conversations", default=5000, show_default=True, type=click.IntRange(100), help="In all, over all bots."
)
@click.option("--persona", "personas", multiple=True, help="Name, glob or file; repeatable. Default: all.")
@click.option("--language", default="en", show_default=True, help="Spoken by personas without one of their own.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@as_json
def realism(conversations: int, personas: tuple[str, ...], language: str, seed: int, json: bool) -> int:
    """Test the customers themselves: do they differ as meant, do they write like people, are they easy?

    Exits with 1 if two personas cannot be told apart or a trait does not move what it should.
    """
    from collections import Counter

    from simulator.realism import groups, laws
    from simulator.realism.crowd import BOTS, conduct, draft
    from simulator.realism.standing import standings
    from simulator.report.progress import Progress
    from simulator.report.realism import Distinction, Fit, Lever, Proportion, Realism, realism_report
    from simulator.statistics.interval import Interval

    def proportion(name: str, found: Interval, published: float | None = None, note: str = "") -> Proportion:
        three = None if found.estimate is None else (found.estimate, found.low, found.high)
        return Proportion(name, three, published, found.n, note)

    began = time.monotonic()
    ready = draft(conversations, seed, personas or ("*",), BOTS, language)
    with Progress(sys.stderr) as progress:
        crowd = conduct(ready, lambda done, of: progress.update({"target": "talking", "finished": done, "planned": of}))
    parameters = standings()
    words = {name: label for name, (label, _) in groups.MEASURES.items()}
    found = Realism(
        conversations=len(crowd),
        seconds=time.monotonic() - began,
        personas=len({one.persona for one in crowd}),
        bots=BOTS,
        languages=sorted({one.language for one in crowd}),
        pairs=[
            Distinction(
                one.a, one.b, words[one.measure], (one.effect.delta, one.effect.low, one.effect.high), bool(one.apart)
            )
            for one in groups.pairs(crowd)
        ],
        levers=[
            Lever(
                one.trait,
                words[one.measure],
                one.expected,
                None if one.effect is None else (one.effect.delta, one.effect.low, one.effect.high),
                one.as_meant,
            )
            for one in groups.traits(crowd)
        ],
        fits=[
            Fit(
                law.name,
                law.unit,
                None if law.distance is None else law.distance.ks,
                None if law.distance is None else (law.distance.wasserstein, law.distance.low, law.distance.high),
                0 if law.distance is None else law.distance.n,
                law.holds,
                law.note,
            )
            for law in laws.laws(crowd)
        ],
        shares=[
            *(proportion(one.name, one.found, one.published, one.note) for one in laws.shares(crowd)),
            proportion("of those who leave, silently", laws.silent_share(crowd), 0.695, "queues of live chats"),
        ],
        cooperation=proportion("", laws.cooperation(crowd)),
        disclosure=[proportion("", one) for one in laws.disclosure(crowd)],
        standings=dict(Counter(one.standing for one in parameters)),
        assumed=[one.name for one in parameters if one.standing == "convention"],
    )
    if json:
        emit({"realism": found, "failures": found.failures})
    else:
        click.echo(realism_report(found, width=width(), colour=coloured()), nl=False)
    return Exit.GATE_FAILED if found.failures else Exit.DONE
