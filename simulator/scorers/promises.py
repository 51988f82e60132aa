"""Does the bot keep its word when it promises a person? Kept means: an event on the wire, in time. Words keep nothing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from simulator.dialogue.settle import settle
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import ratio, unknown, unobservable


class Promises(msgspec.Struct, frozen=True):
    """False promises over promises (tier T2); a promise whose window the customer did not wait for is left out."""

    name: str = "promises"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`false_promises`, `false_promises_per_100` (whose mean is so many per 100 conversations), `promises_censored`."""
        reason = unobservable(transcript, scenario, "T2", needs_scenario=False)
        if reason:
            return unknown(("false_promises", "false_promises_per_100", "promises_censored"), reason, self.version)
        promises = settle(transcript, scenario).promises
        known = [promise for promise in promises if promise.kept is not None]
        false = [promise.turn for promise in known if not promise.kept]
        cut = [promise.turn for promise in promises if promise.kept is None]
        empty = "the customer left before any promise was due" if promises else "nothing was promised"
        return [
            ratio("false_promises", false, len(known), empty, self.version),
            Score("false_promises_per_100", 100 * len(false), turns=false, version=self.version),
            Score("promises_censored", len(cut), turns=cut, version=self.version),
        ]
