"""Whether `calibrate` finds the weights that made the logs: `python -m tests.calibration.recovery`.

Customers with known weights, most of them not the shipped ones, talk to a reference bot on the virtual clock; their transcripts
are fitted as a company's would be, and each 95 % interval is asked whether it holds the truth.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from statistics import fmean, stdev

import msgspec

from simulator.calibration.fit import Fitted, fit
from simulator.calibration.history import History, history
from simulator.calibration.likelihood import WEIGHTS
from simulator.calibration.nodes import nodes
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.model.calibration import Weight
from simulator.statistics.ends import exact_ends
from simulator.statistics.interval import rate
from tests.calibration.fit import crowd, talk

TRUTH: Parameters = msgspec.structs.replace(
    DEFAULT,
    ask_intercept=-3.9,
    ask_frustration=1.4,
    ask_failure=0.75,
    ask_unmet=0.4,
    leave_intercept=-4.1,
    leave_frustration=2.0,
    leave_turn=0.2,
    leave_ask=0.6,
    silent_intercept=0.2,
)
"""The weights that made the logs; distrust, parting words by frustration and the waiting budget are as shipped."""


def simulated(conversations: int, seed: int, target: str, parameters: Parameters = TRUTH) -> list[History]:
    """The histories of customers with known weights."""
    ready = crowd(conversations, seed, target)
    found = []
    for one in talk(ready, parameters):
        told = history(one, ready.catalogue.spoken(one.scenario, one.language))
        if told is not None:
            found.append(told)
    return found


class Recovered(msgspec.Struct, frozen=True):
    """One fit beside the truth."""

    seed: int
    conversations: int
    fitted: Fitted
    truth: dict[Weight, float]

    @property
    def holds(self) -> dict[Weight, bool]:
        """By weight, whether its interval holds the truth."""
        return {name: one.low <= self.truth[name] <= one.high for name, one in self.fitted.estimates.items()}


def recovered(seed: int, conversations: int, target: str = "ordinary", parameters: Parameters = TRUTH) -> Recovered:
    """Simulate, fit as the product does, compare."""
    personas = crowd(1, seed, target).catalogue.personas
    crowds = {"": nodes(), **{name: nodes(persona) for name, persona in personas.items()}}
    histories = simulated(conversations, seed, target, parameters)
    return Recovered(
        seed, len(histories), fit(histories, crowds), {name: getattr(parameters, name) for name in WEIGHTS}
    )


def many(seeds: Sequence[int], conversations: int, target: str = "ordinary") -> Iterator[Recovered]:
    """One fit for each seed, over all cores."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(recovered, conversations=conversations, target=target), seeds)


def coverage(found: Sequence[Recovered]) -> tuple[float, float, float, int]:
    """The share of intervals that hold the truth, its own 95 % interval, and how many intervals there are.

    Intervals of one fit hang together, so the seeds are the clusters.
    """
    held = [(hit, one.seed) for one in found for hit in one.holds.values()]
    share = rate([hit for hit, _ in held], [seed for _, seed in held], "all_scenarios")
    if share.estimate is None or share.low is None or share.high is None:
        raise ValueError(f"no interval of coverage from {len(found)} seeds: {share.reason}")
    return share.estimate, share.low, share.high, len(held)


def _tell(found: Sequence[Recovered]) -> None:
    print(f"{'weight':<20} truth  mean estimate  mean se  sd of estimates  covered [95 %]      held at shipped value")
    for name in WEIGHTS:
        estimates = [one.fitted.estimates[name] for one in found if name in one.fitted.estimates]
        line = f"{name:<20} {getattr(TRUTH, name):+.2f}"
        if estimates:
            values = [one.value for one in estimates]
            hits = sum(one.holds[name] for one in found if name in one.holds)
            low, high = exact_ends(hits, len(values), 0.025)
            sd = f"{stdev(values):13.3f}" if len(values) > 1 else " " * 12 + "-"
            line += (
                f"  {fmean(values):+13.3f}  {fmean(one.se for one in estimates):7.3f}  {sd}    "
                f"{hits}/{len(values)} [{low:.2f}, {high:.2f}]"
            )
        print(f"{line:<92}{len(found) - len(estimates)} of {len(found)}")
    if len(found) > 1:
        share, low, high, n = coverage(found)
        print(
            f"all: {100 * share:.1f} % of {n} intervals hold the truth [{100 * low:.1f}, {100 * high:.1f}], {len(found)} seeds"
        )


if __name__ == "__main__":
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=101)
    asked.add_argument("--conversations", type=int, default=5000)
    asked.add_argument("--bot", default="ordinary")
    given = asked.parse_args()
    so_far: list[Recovered] = []
    for each in many(range(given.first, given.first + given.seeds), given.conversations, given.bot):
        so_far.append(each)
        missed = [name for name, hit in each.holds.items() if not hit]
        print(
            f"seed {each.seed}: {each.conversations} conversations, {len(each.holds)} weights, missed: {missed or 'none'}",
            file=sys.stderr,
            flush=True,
        )
    _tell(so_far)
