"""Is somebody answerable for what is still open when the conversation ends?

Three things make a case somebody's: a name, role or team that answers for it, a reference, and a next step with a time.
They may stand in the words of bot or human, or come as events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from simulator.dialogue.settle import Settled, settle
from simulator.language.conduct import conduct_of
from simulator.language.tables import acts
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import unknown, unobservable
from simulator.scorers.resolution import resolution

PARTS = ("owner", "reference", "next step")
_CODE = re.compile(r"(?<![\w-])(?:[A-Z]{2,6}-?\d{3,}|[A-Z]{1,6}-\d{3,}(?:-\d+)*|#\d{3,})(?![\w-])")
"""What a reference looks like in words: INC-2291, CS40817, #88213."""


class Ownership(msgspec.Struct, frozen=True):
    """Human ownership of what stays open (tiers T1, T2): 1 for all three parts, .5 for two, else 0."""

    name: str = "ownership"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`ownership`."""
        reason = unobservable(transcript, scenario, "T1", "T2")
        if reason:
            return unknown(("ownership",), reason, self.version)
        settled = settle(transcript, scenario)
        judged = resolution(transcript, scenario, settled)
        if judged.whole is None:
            return unknown(("ownership",), judged.reason, self.version)
        if judged.whole == 1:
            return unknown(("ownership",), "no need was open at the end", self.version)
        shown = _shown(transcript, settled)
        there = [part for part in PARTS if shown[part]]
        value = {3: 1.0, 2: 0.5}.get(len(there), 0.0)
        proof = sorted({index for part in there for index in shown[part][:1]})
        return [
            Score("ownership", value, reason=", ".join(there) or "none of the three", turns=proof, version=self.version)
        ]


def _shown(transcript: Transcript, settled: Settled) -> dict[str, list[int]]:
    """The turns in which each part of ownership shows."""
    shown: dict[str, list[int]] = {part: [] for part in PARTS}
    # What the customer brought along is no reference of this case.
    brought = {value.casefold() for value in transcript.facts.values()}
    for handoff in settled.handoffs:
        if (handoff.agent or handoff.queue) and not handoff.dead:
            shown["owner"].append(handoff.turn)
    for index, turn in enumerate(settled.turns):
        for signal in turn.signals:
            if signal.kind in ("ticket", "callback") and signal.detail.get("reference"):
                shown["reference"].append(index)
            if signal.detail.get("promised_at"):
                shown["next step"].append(index)
        if turn.speaker not in ("bot", "human") or not turn.text:
            continue
        said = conduct_of(turn.text, transcript.language)
        if said.owner:
            shown["owner"].append(index)
        if any(code.group().casefold() not in brought for code in _CODE.finditer(turn.text)):
            shown["reference"].append(index)
        if said.next_step or acts(transcript.language).stated_delay(turn.text) is not None:
            shown["next step"].append(index)
    return {part: sorted(turns) for part, turns in shown.items()}
