"""`watch` and `play`: one conversation as it happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.output import coloured, width
from simulator.model.errors import Exit, InputError, Problem

if TYPE_CHECKING:
    from simulator.launch.casting import Cast
    from simulator.model.contracts import Clock, Customer, Heard, Leave, Say, Target, Wait
    from simulator.model.plan import Case
    from simulator.model.scenario import Scenario
    from simulator.model.transcript import Transcript, Wording

Tell = Callable[[str], None]


_PARTINGS = {"left_silent": "leaves without a word", "satisfied": "is content", "handed_off": "is with a person"}


class Watched:
    """A customer whose every move is told as it is made: implements `Customer`."""

    def __init__(self, customer: Customer, patience: Callable[[], float], tell: Tell, *, bot: bool = True) -> None:
        self._customer, self._patience, self._tell, self._bot = customer, patience, tell, bot

    @property
    def feeling(self) -> tuple[float, float]:
        return self._customer.feeling

    @property
    def wording(self) -> Wording | None:
        return self._customer.wording

    def overhear(self, heard: Heard) -> None:
        self._customer.overhear(heard)
        self._heard(heard)

    def next(self, heard: Heard | None) -> Say | Wait | Leave:
        from simulator.model.contracts import Leave, Say
        from simulator.report.live import ACTS, line

        move = self._customer.next(heard)
        if heard is not None:
            self._heard(heard)
        if isinstance(move, Say):
            aside = ACTS[move.act] + (f", worded by {move.voice}" if move.voice else "")
            self._tell(line("customer", "\n".join(move.parts), aside=aside, width=width(), colour=coloured()))
        elif isinstance(move, Leave):
            why = _PARTINGS.get(move.ending, "leaves")
            self._tell(line("customer", move.text or "...", aside=why, width=width(), colour=coloured()))
        else:
            why = f"waits, at most {move.seconds:.0f} s"
            self._tell(line("customer", "...", aside=why, width=width(), colour=coloured()))
        return move

    def _heard(self, heard: Heard) -> None:
        from simulator.report.live import feelings, line

        if heard.text and (self._bot or heard.speaker != "bot"):
            noticed = [f"repeat ({heard.repeat})"] if heard.repeat else []
            noticed += [f"asks for {slot} again" for slot in heard.redundant]
            noticed += [kind for kind in heard.events if kind != "button"]
            who = "person" if heard.speaker == "human" else "queue" if heard.speaker == "nobody" else "bot"
            self._tell(line(who, heard.text, aside=", ".join(noticed), width=width(), colour=coloured()))
        self._tell(feelings(*self._customer.feeling, self._patience(), colour=coloured()))


@click.command()
@click.option("--target", default="helpful", show_default=True, help="Target file, module:callable or reference bot.")
@click.option("--persona", default="repeat_caller", show_default=True)
@click.option("--scenario", default="parcel-status", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option(
    "--speed", default=10.0, show_default=True, type=click.FloatRange(1, 1000), help="Times as fast as people."
)
@click.option("--model", help="Let this language model word the customer (OPENAI_BASE_URL, OPENAI_API_KEY).")
def watch(target: str, persona: str, scenario: str, language: str, seed: int, speed: float, model: str | None) -> int:
    """Watch one conversation live: both sides, and what the customer feels."""
    from simulator.clock.wall import WallClock
    from simulator.launch.under_test import build

    ready = _one(target, persona, scenario, language, seed, model)
    clock, think = WallClock(), 1 / speed
    bot = build(ready.targets[0], ready.catalogue.scenarios, clock, think, in_process=True, pace=think)
    transcript, about = _hold(ready, bot, clock, think, shows_bot=True)
    _tell_end(transcript, about)
    return Exit.NOT_COMPLETED if transcript.ending == "target_failed" else Exit.DONE


@click.command()
@click.option("--persona", default="repeat_caller", show_default=True)
@click.option("--scenario", default="parcel-status", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--model", help="Let this language model word the customer (OPENAI_BASE_URL, OPENAI_API_KEY).")
def play(persona: str, scenario: str, language: str, seed: int, model: str | None) -> int:
    """Play the bot yourself and see what the customer feels."""
    from simulator.clock.wall import WallClock
    from simulator.launch.under_test import Attended
    from simulator.targets.person import COMMANDS, PersonTarget

    ready = _one("helpful", persona, scenario, language, seed, model)
    clock = WallClock()
    case = ready.cases[0]
    about = ready.catalogue.spoken(case.scenario, case.language)
    click.echo(f"You are the bot. {about.about}")
    for kind, known in (("truth", case.truth), ("steps", dict.fromkeys(about.steps, ""))):
        if known:
            told = ", ".join(f"{name}: {value}" if value else name for name, value in known.items())
            click.echo(f"  You know ({kind}): {told}")
    for command, (_, meaning) in COMMANDS.items():
        click.echo(f"  {command} {meaning}")
    click.echo("  An empty line or end of input ends it.\n")

    def ask(_: str) -> str | None:
        try:
            answer = click.prompt("     you  ", prompt_suffix="", default="", show_default=False)
        except click.Abort:
            return None
        return str(answer) or None

    bot = Attended(PersonTarget(ask, clock), ready.catalogue.scenarios, clock, 0.0)
    transcript, about = _hold(ready, bot, clock, 0.0, shows_bot=False)
    _tell_end(transcript, about)
    return Exit.DONE


def _one(target: str, persona: str, scenario: str, language: str, seed: int, model: str | None) -> Cast:
    """A cast of one customer. Raises InputError."""
    from simulator.launch.casting import cast
    from simulator.model.plan import ModelSpec, RunPlan

    plan = RunPlan(
        target=target,
        personas=[persona],
        scenarios=[scenario],
        conversations=1,
        seed=seed,
        language=language,
        probes=False,
        voices={"llm": 1.0} if model else {"phrases": 1.0},
        model=ModelSpec(model) if model else None,
    )
    ready = cast(plan)
    if not ready.cases:
        raise InputError([Problem("no customer to talk to", hint="name one persona and one scenario")])
    return ready


def _hold(ready: Cast, bot: Target, clock: Clock, think: float, *, shows_bot: bool) -> tuple[Transcript, Scenario]:
    from simulator.customers.mind import Mind
    from simulator.customers.model_voice import ModelVoiced
    from simulator.engine import Limits, converse
    from simulator.launch.voicing import Voicing

    case: Case = ready.cases[0]
    about = ready.catalogue.spoken(case.scenario, case.language)
    persona = ready.catalogue.personas[case.persona]
    voicing = Voicing(ready.plan, ready.cases, Path())
    customer = voicing.customer(case, persona, about)
    setting = ready.targets[0].setting()
    mind = customer.mind if isinstance(customer, ModelVoiced) else customer
    patience = (lambda: mind.patience) if isinstance(mind, Mind) else (lambda: 1.0)  # a probe has all the time
    watched = Watched(customer, patience, click.echo, bot=shows_bot)
    transcript = converse(case, about, watched, bot, clock, Limits(think=think), setting)
    return transcript, about


def _tell_end(transcript: Transcript, about: Scenario) -> None:
    """How it ended, and what the scorers make of it."""
    from simulator.report.conversation import verdict_lines

    click.echo()
    for told in verdict_lines(transcript, about, width=width(), colour=coloured()):
        click.echo(told)
