"""Which scenarios a bot serves at all, tried with a few even-tempered customers each, and a starter plan with those.

A scenario that a bot was never built for says nothing about the bot; it only adds the same failure to every rate.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from simulator.catalogue import stock
from simulator.catalogue.check import read
from simulator.dialogue.settle import settle
from simulator.launch.casting import Cast, cast
from simulator.launch.under_test import find
from simulator.model.plan import DEFAULT_CONVERSATIONS, Load, RunPlan
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Transcript

EVEN_TEMPERED = Path(__file__).with_name("even_tempered.yaml")
TURN_CAP = 10
"""Customer turns: who has got nowhere by then was not served."""
TIME_CAP_S = 600.0
_OURS = ("simulator_failed", "interrupted")

Lack = Literal["unrecognised", "fallback", "no_progress"]
LACKS: Mapping[Lack, str] = {
    "unrecognised": "no answer was recognised as anything",
    "fallback": "every answer says that it did not understand",
    "no_progress": "no answer led on, and none offered a way out",
}
"""Why a conversation does not count as served, in words."""


class Fit(msgspec.Struct, frozen=True):
    """What a few conversations say about one scenario."""

    scenario: str
    standing: Literal["served", "way_out", "unserved", "failed", "untried"]
    """served: some answer led on; way_out: none did, but a way to a person or the like was offered; unserved: neither, in
    every conversation; failed: the bot failed every conversation before it could be told; untried: none was held."""
    n: int
    """Conversations that it rests on."""
    led_on: int = 0
    """Conversations in which some answer led on."""
    failed: int = 0
    """Conversations that the bot failed with nothing served in them; not among `n`."""
    why: str = ""
    """Of unserved ones what was lacking; how often, where it was not always the same."""
    causes: dict[str, int] = {}
    """Of the conversations that the bot failed, how often each."""
    example: str = ""
    """A conversation to read, of a scenario that is not served."""

    @property
    def planned(self) -> bool:
        """Whether a starter plan has it: a failure is a finding, a scenario out of reach is none."""
        return self.standing != "unserved"


def casting(
    target: str,
    scenarios: Sequence[str],
    conversations: int,
    results: str,
    *,
    clock: Literal["wall", "virtual"] | None = None,
    language: str = "en",
    seed: int = 1,
) -> Cast:
    """The cast of a fit: every scenario so many times. Without a `clock` time is computed where the bot allows it.

    Raises InputError.
    """
    if clock is None:
        clock = "wall" if find(target).kind == "file" else "virtual"
    plan = RunPlan(
        target=target,
        personas=[str(EVEN_TEMPERED)],
        scenarios=[*scenarios],
        repeats=conversations,
        seed=seed,
        language=language,
        probes=False,
        turn_cap=TURN_CAP,
        time_cap_s=TIME_CAP_S,
        clock=clock,
        load=Load(users=10),
        gates="none",
        results=results,
    )
    return cast(plan)


def fits(transcripts: Iterable[Transcript], scenarios: Mapping[str, Scenario]) -> list[Fit]:
    """What became of each scenario, in their order."""
    held: dict[str, list[Transcript]] = {name: [] for name in scenarios}
    for transcript in sorted(transcripts, key=lambda one: one.id):
        if transcript.ending not in _OURS:
            held[transcript.scenario].append(transcript)
    return [_fit(name, scenarios[name], some) for name, some in held.items()]


def _fit(name: str, scenario: Scenario, transcripts: Sequence[Transcript]) -> Fit:
    lacks: Counter[Lack] = Counter()
    causes: Counter[str] = Counter()
    example = ""
    n = led_on = 0
    for transcript in transcripts:
        led, way_out, lack = _served(transcript, spoken(scenario, transcript.language))
        if not led and not way_out and transcript.error is not None and transcript.ending == "target_failed":
            causes[transcript.error.cause] += 1
            example = example or transcript.id
            continue
        n += 1
        led_on += led
        if lack is not None:
            lacks[lack] += 1
    failed = causes.total()
    if not n:
        return Fit(name, "failed" if failed else "untried", 0, failed=failed, causes=dict(causes), example=example)
    if lacks.total() == n:
        why = "; ".join(LACKS[lack] + (f" ({times})" if len(lacks) > 1 else "") for lack, times in lacks.most_common())
        return Fit(name, "unserved", n, failed=failed, why=why, causes=dict(causes), example=transcripts[0].id)
    return Fit(name, "served" if led_on else "way_out", n, led_on, failed, causes=dict(causes))


def _served(transcript: Transcript, scenario: Scenario) -> tuple[bool, bool, Lack | None]:
    """Whether an answer led on, whether one offered a way out, and what a conversation that was not served lacks."""
    # A button that is always there says nothing about this scenario.
    settled = settle(msgspec.structs.replace(transcript, standing_exit=False), scenario)
    heard = [answer.heard for answer in settled.answers]
    led_on = any(one.progress for one in heard)
    way_out = any(one.exits for one in heard) or bool(settled.handoffs)
    if led_on:
        return True, way_out, None
    if heard and all("fallback" in one.signature for one in heard):
        return False, way_out, "fallback"
    if way_out:
        return False, True, None
    if not any(one.recognised for one in heard):
        return False, False, "unrecognised"
    return False, False, "no_progress"


def starter_plan(found: Sequence[Fit], cast: Cast, named: Mapping[str, str], out: Path, modeline: str) -> str:
    """A commented plan with every scenario that the bot serves; the others stand in it as comments, with the reason.

    `named`: how each scenario is named in a plan file at `out`, see `names_in_plan`.
    """
    bot = cast.targets[0]
    given = bot.given
    if bot.kind == "file":
        given = Path(os.path.relpath(given, out.parent)).as_posix()
        given = given if "/" in given else f"./{given}"
    width = max(len(name) for name in named.values()) + 6
    lines = [
        f"  - {_quoted(named[one.scenario])}".ljust(width) + f"  # {_told(one)}"
        if one.planned
        else f"  # - {_quoted(named[one.scenario])}".ljust(width) + f"  # not served: {one.why} (n = {one.n})"
        for one in found
    ]
    each = f"{cast.plan.repeats} even-tempered customers" if cast.plan.repeats != 1 else "one even-tempered customer"
    listed = "\n".join(lines)
    language = f"language: {cast.plan.language}\n" if cast.plan.language != "en" else ""
    return f"""{modeline}
# A plan to begin with. Its scenarios were tried with {each} each, which tells what a bot does not
# serve at all, and nothing about how well it serves the rest. All defaults: exitramp run {out.name} --print-plan
plan: 1
target: {_quoted(given)}
scenarios:
{listed}
personas: ["*"]                    # every stock persona; names, globs or files of your own
{language}conversations: {DEFAULT_CONVERSATIONS}                 # dealt over the cells scenario x persona
seed: 1                            # same seed, same customers
probes: true                       # and three probes a scenario, for the way to a person
# load: {{users: 20}}                # conversations at the same time
# think: 0                         # 1: customers read, think and type in real time
gates: default                     # a gates file, a list of gates, or none
"""


def names_in_plan(paths: Iterable[Path], out: Path) -> dict[str, str]:
    """Scenario -> how a plan at `out` names it: by its stock name, else by its path from there. Raises InputError."""
    home = stock.home("scenarios").resolve()
    named = {}
    for path in paths:
        own = Path(os.path.relpath(path, out.parent)).as_posix()
        name = read(path, Scenario).name
        named[name] = path.stem if path.resolve().is_relative_to(home) else own if "/" in own else f"./{own}"
    return named


def causes_in_words(causes: Mapping[str, int]) -> str:
    """`refused (3), timeout (1)`."""
    return ", ".join(f"{cause} ({times})" for cause, times in causes.items())


def _told(fit: Fit) -> str:
    failed = f"; the bot failed {fit.failed} more" if fit.failed else ""
    match fit.standing:
        case "served":
            return f"led on in {fit.led_on} of {fit.n}{failed}"
        case "way_out":
            return f"a way out only, no answer led on in {fit.n}{failed}"
        case "failed":
            return f"failed every time: {causes_in_words(fit.causes)}"
        case _:
            return "not tried"


def _quoted(text: str) -> str:
    """A text as YAML, plain where that is safe."""
    plain = re.fullmatch(r"(\.{1,2}/|[A-Za-z])[\w./-]*", text, re.ASCII) and text.lower() not in (
        "true",
        "false",
        "null",
    )
    return text if plain else msgspec.json.encode(text).decode()
