"""What it took the customer, without asking it: turns against those of an ideal agent, words, things said again, time."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from simulator.dialogue.settle import settle
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import unknown, unobservable

COURTESY = frozenset({"THANK", "CONFIRM"})
"""Acts that no agent can spare a customer: counted neither here nor for the ideal agent."""


class Effort(msgspec.Struct, frozen=True):
    """Customer effort by counting (tier T1). It is no survey score and is never called one."""

    name: str = "effort"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`effort`, `words_typed`, `resupplied_facts`, `contact_time`."""
        reason = unobservable(transcript, scenario, "T1")
        if reason or scenario is None:
            return unknown(("effort", "words_typed", "resupplied_facts", "contact_time"), reason, self.version)
        settled = settle(transcript, scenario)
        said = list(settled.customer_turns())
        work = [index for index, turn in said if turn.act not in COURTESY]
        again: list[int] = []
        told: set[str] = set()
        for index, turn in said:
            valid = {name for name in turn.told if not name.endswith("!")}
            again += [index] * len(valid & told)
            told |= valid
        return [
            Score("effort", len(work) / scenario.ideal_turns, turns=work, version=self.version),
            Score("words_typed", sum(len(turn.text.split()) for _, turn in said), version=self.version),
            Score("resupplied_facts", len(again), turns=sorted(set(again)), version=self.version),
            Score("contact_time", settled.ended_at - settled.began, version=self.version),
        ]
