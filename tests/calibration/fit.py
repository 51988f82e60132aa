"""Refit the mind's intercepts to the three shares that anchor them: `python -m tests.calibration.fit`.

The crowd is the shipped one: every stock persona in every stock scenario, talking to reference bot `ordinary` on the
virtual clock. The draws are the same in every step, so the fit is a fixed point of logit steps on common random numbers.
The anchors of leaving are about leaving the bot: giving up in the queue for a person has a hazard of its own in the model,
with a silent share of its own, so who does that is counted apart.

It has to be run again whenever the mind, the phrase pack, the act tables or `ordinary` change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import msgspec

from simulator.clock.virtual import VirtualClock
from simulator.customers.customer import customer_for
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.engine import Limits, converse
from simulator.launch.casting import Cast, cast
from simulator.launch.under_test import build
from simulator.model.plan import RunPlan
from simulator.model.transcript import Transcript

ASKED, LEFT, SILENT = 0.30, 0.15, 0.695
"""Ever asked for a person; left the bot, saying so or not; silently, of those who left the bot."""


@dataclass(frozen=True)
class Shares:
    """What the crowd did, with the numbers it rests on."""

    n: int
    asked: float
    left: float
    silent: float
    leavers: int
    left_queue: float
    """Gave up waiting for a person whom the bot had called; not in `left`."""


def shares(transcripts: Sequence[Transcript]) -> Shares:
    """The anchored shares of a crowd."""
    n = len(transcripts)
    gone = [one for one in transcripts if one.ending in ("left_silent", "left_voiced")]
    waiting = [one for one in gone if any(s.kind in ("requested", "queued") for t in one.turns for s in t.signals)]
    leavers = [one for one in gone if one not in waiting]
    return Shares(
        n,
        sum(any(turn.act == "ASK_HUMAN" for turn in one.turns) for one in transcripts) / n,
        len(leavers) / n,
        sum(one.ending == "left_silent" for one in leavers) / max(1, len(leavers)),
        len(leavers),
        len(waiting) / n,
    )


def crowd(conversations: int, seed: int, target: str = "ordinary") -> Cast:
    """The shipped crowd: every persona that speaks English, dealt over every scenario."""
    return cast(RunPlan(target=target, conversations=conversations, seed=seed, probes=False))


def talk(ready: Cast, parameters: Parameters = DEFAULT) -> list[Transcript]:
    """Let the crowd talk to its bot on the virtual clock."""
    clock = VirtualClock()
    scenarios = ready.catalogue.scenarios
    bot = build(ready.targets[0], scenarios, clock, 1.0, in_process=True)
    setting, limits = ready.targets[0].setting(), Limits()
    said: list[Transcript] = []

    def seat() -> None:
        for case in ready.cases:
            scenario = ready.catalogue.spoken(case.scenario, case.language)
            customer = customer_for(case, ready.catalogue.personas[case.persona], scenario, parameters)
            said.append(converse(case, scenario, customer, bot, clock, limits, setting))

    clock.spawn(seat)
    clock.run()
    return said


SEEDS = (11, 12, 13)
"""Crowds that the fit is made on, together."""


CROWD = 1428
"""Customers of one seed: twice each of 14 personas in each of 51 scenarios."""


def fit(conversations: int = CROWD, steps: int = 40, close: float = 0.002) -> tuple[Parameters, Shares]:
    """Logit steps until every share is within `close` of its anchor."""
    crowds, parameters = [crowd(conversations, seed) for seed in SEEDS], DEFAULT
    found = shares([one for ready in crowds for one in talk(ready, parameters)])
    for step in range(steps):
        print(
            f"{step:3d}  a0 {parameters.ask_intercept:+.3f}  l0 {parameters.leave_intercept:+.3f}  "
            f"s0 {parameters.silent_intercept:+.3f}  {found}",
            flush=True,
        )
        gaps = (found.asked - ASKED, found.left - LEFT, found.silent - SILENT)
        if max(map(abs, gaps)) <= close:
            break
        parameters = msgspec.structs.replace(
            parameters,
            ask_intercept=parameters.ask_intercept + _step(found.asked, ASKED),
            leave_intercept=parameters.leave_intercept + _step(found.left, LEFT),
            silent_intercept=parameters.silent_intercept + _step(found.silent, SILENT),
        )
        found = shares([one for ready in crowds for one in talk(ready, parameters)])
    return parameters, found


def _step(share: float, anchor: float) -> float:
    share = min(max(share, 0.001), 0.999)
    return 0.8 * (log(anchor / (1 - anchor)) - log(share / (1 - share)))


if __name__ == "__main__":
    fitted, at = fit()
    print(f"a0 = {fitted.ask_intercept:.3f}, l0 = {fitted.leave_intercept:.3f}, s0 = {fitted.silent_intercept:.3f}")
    for other in (98, 99):
        print(f"seed {other}: {shares(talk(crowd(CROWD, other), fitted))}")
