"""What scoring one conversation costs: twelve turns with the reference bots, and the same in words never heard before."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import count
from statistics import median

import msgspec

from simulator.engine import Limits
from simulator.launch.casting import cast
from simulator.launch.run import hold_on_virtual_clock
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript
from simulator.scorers.stock import score
from simulator.verdict.scoring import scenario_of

BOTS = ["helpful", "ordinary", "looping:p=0.5", "maze"]
TURNS = range(11, 14)
_NUMBERS = count()

Talk = tuple[Transcript, Scenario | None]


def talks() -> list[Talk]:
    """Conversations of about twelve turns about all stock scenarios, hand-offs and loops among them."""
    ready = cast(RunPlan(target=BOTS, conversations=300, probes=False, clock="virtual"))
    held = hold_on_virtual_clock(ready.cases, ready.catalogue, ready.targets, Limits(), 200)
    return [(one, scenario_of(one, ready.catalogue.scenarios)) for one in held if len(one.turns) in TURNS]


def made_new(held: Sequence[Talk]) -> Iterator[Talk]:
    """The same with a word of its own in front of each sentence of the bot's, so that none was ever heard."""
    for transcript, scenario in held:
        turns = [
            msgspec.structs.replace(turn, text=_new(turn.text)) if turn.speaker == "bot" else turn
            for turn in transcript.turns
        ]
        yield msgspec.structs.replace(transcript, turns=turns), scenario


def _new(text: str) -> str:
    return " ".join(f"{_word(next(_NUMBERS))}, {part}" for part in text.split(". ")) if text else text


def _word(number: int) -> str:
    return "Q" + "".join("abcdefghij"[int(digit)] for digit in str(number))


def milliseconds(held: Sequence[Talk]) -> float:
    """Median processor milliseconds in which all stock scorers score one."""
    spent = []
    for transcript, scenario in held:
        begun = time.process_time_ns()
        score(transcript, scenario)
        spent.append((time.process_time_ns() - begun) / 1e6)
    return median(spent)


def scoring(repeats: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of sentences heard before and of all new ones, once for each repeat; and how many conversations."""
    held = talks()
    milliseconds(held)
    known = [milliseconds(held) for _ in range(repeats)]
    strange = [milliseconds(list(made_new(held))) for _ in range(repeats)]
    return known, strange, len(held)
