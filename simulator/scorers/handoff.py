"""Did the hand-off reach somebody, and did it bring what the customer had told?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue.settle import Handoff, Settled, settle
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.escalation import effective
from simulator.scorers.observable import ratio, unknown, unobservable
from simulator.scorers.packet import delivery

_REACHED = ("dead_ends", "transfer_bounces")
_BROUGHT = ("handoff_completeness", "handoff_precision", "fabrications")


class Handoffs(msgspec.Struct, frozen=True):
    """Dead ends and bounces (tier T2), completeness and precision of the packet (tier T3).

    Of several hand-offs the packet of the effective one counts, else that of the last.
    """

    name: str = "handoff"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        reason = unobservable(transcript, scenario, "T2", needs_scenario=False)
        if reason:
            return unknown(_REACHED + _BROUGHT, reason, self.version)
        settled = settle(transcript, scenario)
        return [*self._reached(settled), *self._brought(transcript, scenario, settled)]

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
