"""Did the hand-off reach somebody, and did it bring what the customer had told?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue.settle import Handoff, Settled, settle, visible
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript, Turn
from simulator.scorers.escalation import effective
from simulator.scorers.observable import ratio, unknown, unobservable
from simulator.scorers.packet import delivery, shared_weights

_REACHED = ("dead_ends", "transfer_bounces")
_BROUGHT = ("handoff_completeness", "handoff_precision", "fabrications", "assist")
_AGAIN = ("told_again", "told_again_time")


class Handoffs(msgspec.Struct, frozen=True):
    """Dead ends and bounces (tier T2), what the packet brought and what had to be told again (tier T3).

    Of several hand-offs the packet of the effective one counts, else that of the last.
    """

    name: str = "handoff"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        reason = unobservable(transcript, scenario, "T2", needs_scenario=False)
        if reason:
            return unknown(_REACHED + _BROUGHT + _AGAIN, reason, self.version)
        settled = settle(transcript, scenario)
        return [
            *self._reached(settled),
            *self._brought(transcript, scenario, settled),
            *self._told_again(transcript, scenario, settled),
        ]

    def _reached(self, settled: Settled) -> Iterator[Score]:
        known = [handoff for handoff in settled.handoffs if handoff.dead is not None]
        empty = "it ended before anyone could have come" if settled.handoffs else "no hand-off"
        dead = [handoff.turn for handoff in known if handoff.dead]
        yield ratio("dead_ends", dead, len(known), empty, self.version)
        if not settled.handoffs:
            yield from unknown(("transfer_bounces",), "no hand-off", self.version)
            return
        hops = list(_bounces(settled))
        yield Score("transfer_bounces", len(hops), turns=hops, version=self.version)

    def _brought(self, transcript: Transcript, scenario: Scenario | None, settled: Settled) -> Iterator[Score]:
        reason = unobservable(transcript, scenario, "T3") or ("" if settled.handoffs else "no hand-off")
        if reason or scenario is None:
            yield from unknown(_BROUGHT, reason, self.version)
            return
        handoff = effective(settled, transcript, scenario) or settled.handoffs[-1]
        arrived = delivery(handoff, settled, transcript, scenario)
        for name, value, empty in (
            ("handoff_completeness", arrived.completeness, "nothing had been told"),
            ("handoff_precision", arrived.precision, "the packet holds nothing that can be checked"),
        ):
            reason = empty if value is None else ""
            yield Score(name, value, reason=reason, turns=[handoff.turn], version=self.version)
        false = ", ".join(arrived.false)
        yield Score("fabrications", len(arrived.false), reason=false, turns=[handoff.turn], version=self.version)
        yield self._assist(handoff, arrived.held, scenario)

    def _assist(self, handoff: Handoff, held: dict[str, float], scenario: Scenario) -> Score:
        """Which share of what the human needs to know, by weight, the machine had gathered."""
        if not scenario.agent_needs:
            return unknown(("assist",), "the scenario names nothing that the human needs", self.version)[0]
        weights = shared_weights({name: scenario.facts[name].kind for name in scenario.agent_needs})
        got = sum(weight * held.get(name, 0.0) for name, weight in weights.items())
        return Score("assist", got / sum(weights.values()), turns=[handoff.turn], version=self.version)

    def _told_again(self, transcript: Transcript, scenario: Scenario | None, settled: Settled) -> Iterator[Score]:
        """How many facts the customer had to tell a human which it had told the bot, and how long that took."""
        spoken = any(turn.speaker == "human" and turn.text for turn in settled.turns)
        reason = unobservable(transcript, scenario, "T3", needs_scenario=False) or ("" if spoken else "no human spoke")
        if reason:
            yield from unknown(_AGAIN, reason, self.version)
            return
        before: set[str] = set()
        facts: list[str] = []
        seconds = 0.0
        proof: list[int] = []
        asked: Turn | None = None
        for index, turn in enumerate(settled.turns):
            if turn.speaker == "human" and turn.text:
                asked = turn
            elif turn.speaker == "customer":
                told = [name for name in turn.told if not name.endswith("!")]
                again = [name for name in told if name in before]
                if asked is None:
                    before.update(told)
                elif again:
                    facts += again
                    seconds += visible(turn) - visible(asked)
                    proof.append(index)
        yield Score("told_again", len(facts), reason=", ".join(facts), turns=proof, version=self.version)
        yield Score("told_again_time", seconds, turns=proof, version=self.version)


def _bounces(settled: Settled) -> Iterator[int]:
    """Turns at which the customer was passed on by a human: to another human, or back to the bot."""
    before: Handoff | None = None
    for handoff in settled.handoffs:
        if before is not None and handoff.accepted is not None:
            yield handoff.turn
        if handoff.accepted is not None:
            before = handoff
        if handoff.returned and handoff.accepted is not None:
            yield handoff.turn
            before = None
