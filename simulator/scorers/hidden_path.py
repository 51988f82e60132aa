"""How well hidden is the way to a person?

Probes with a fixed script measure it best, but every transcript can answer: how many asks until one was granted, how many
turns until a human option was to be seen, how many forms and articles stood in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue.settle import LIVE, Answer, Handoff, Settled, settle, visible
from simulator.model.contracts import Heard
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import ratio, unknown, unobservable

CAP = 6
"""Asks that the probe makes at most; having made them it is cut short, not leaving."""

_GATES = ("ask:", "menu:", "kb:", "url:", "step:")
_LAYERS = ("asks_before_grant", "gate_layers", "human_bypass")


class HiddenPath(msgspec.Struct, frozen=True):
    """The way to a person: asks and layers (tiers T1, T2), unmet asks (T1), visibility (T0)."""

    cap: int = CAP
    name: str = "hidden_path"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        settled = settle(transcript, scenario)
        yield from self._visibility(transcript, settled)
        reason = unobservable(transcript, scenario, "T1", "T2", needs_scenario=False)
        reason = reason or ("" if settled.asks else "never asked for a person")
        yield from unknown(_LAYERS, reason, self.version) if reason else self._layers(transcript, settled)
        reason = unobservable(transcript, scenario, "T1")
        if reason:
            yield from unknown(("unmet_asks",), reason, self.version)
            return
        known = [ask for ask in settled.asks if ask.met is not None]
        unmet = [ask.turn for ask in known if not ask.met]
        empty = "no ask that the bot could answer" if settled.asks else "never asked for a person"
        yield ratio("unmet_asks", unmet, len(known), empty, self.version)

    def _visibility(self, transcript: Transcript, settled: Settled) -> Iterator[Score]:
        depth, event, proof = hidden_depth(transcript, settled)
        yield Score("hidden_depth", depth, event=event, turns=proof, version=self.version)
        if event == "visible":
            at_once: int | None = int(depth <= 1)
        else:
            at_once = 0 if settled.answers else None
        reason = "the bot never answered" if at_once is None else ""
        yield Score("human_visible_at_once", at_once, reason=reason, turns=proof, version=self.version)
        opened = {handoff.turn for handoff in settled.handoffs}
        shown = [answer.turn for answer in settled.answers if transcript.standing_exit or _shows(answer, opened)]
        yield ratio("visible_human", shown, len(settled.answers), "no bot turn", self.version)

    def _layers(self, transcript: Transcript, settled: Settled) -> Iterator[Score]:
        grant = usable(settled)
        granted_at = _first_event(grant) if grant is not None else None
        first = settled.asks[0].turn
        if granted_at is not None and granted_at < visible(settled.turns[first]):
            yield from unknown(_LAYERS, "a person was on the way before the first ask", self.version)
            return
        asks = [
            ask.turn for ask in settled.asks if granted_at is None or visible(settled.turns[ask.turn]) <= granted_at
        ]
        if granted_at is not None:
            event, reason = "granted", ""
        elif transcript.ending in ("limit", "interrupted", "simulator_failed") or len(asks) >= self.cap:
            event, reason = "censored", ""
        else:
            event = "left"
            by_bot = transcript.ending in ("bot_closed", "target_failed")
            reason = "the bot ended it" if by_bot else ""
        yield Score("asks_before_grant", len(asks), event=event, reason=reason, turns=asks, version=self.version)
        until = grant.turn if grant is not None else len(settled.turns)
        between = [answer for answer in settled.answers if first < answer.turn < until]
        layers = {item for answer in between for item in answer.heard.signature if item.startswith(_GATES)}
        yield Score(
            "gate_layers",
            len(layers),
            event=event,
            reason=", ".join(sorted(layers)),
            turns=[answer.turn for answer in between if not layers.isdisjoint(answer.heard.signature)],
            version=self.version,
        )
        bypass = event == "granted" and len(asks) == 1 and len(layers) <= 1
        yield Score("human_bypass", int(bypass), turns=asks, version=self.version)


def usable(settled: Settled) -> Handoff | None:
    """The first hand-off towards a person that no failure followed before somebody spoke."""
    live = [handoff for handoff in settled.handoffs if _first_event(handoff) is not None]
    return next((one for one in live if one.failed is None or one.spoke_at is not None), None)


def _first_event(handoff: Handoff) -> float | None:
    stamps = [at for at in (handoff.requested, handoff.queued, handoff.accepted) if at is not None]
    return min(stamps, default=None)


def hidden_depth(transcript: Transcript, settled: Settled) -> tuple[int, str, list[int]]:
    """Customer turns before the first visible human option, `visible` or `censored`, and the turn that showed it."""
    if transcript.standing_exit:
        return 0, "visible", []
    if settled.greeting is not None and settled.greeting_turn is not None and _options(settled.greeting):
        return 0, "visible", [settled.greeting_turn]
    opened = {handoff.turn for handoff in settled.handoffs}
    turns = [answer.turn for answer in settled.answers if _shows(answer, opened)]
    turns += opened
    first = min(turns, default=None)
    sent = sum(1 for index, _ in settled.customer_turns() if first is None or index < first)
    return (sent, "censored", []) if first is None else (sent, "visible", [first])


def _options(heard: Heard) -> bool:
    shown = "offer_human" in heard.signature or any(item.startswith("contact:") for item in heard.signature)
    return shown or "offered" in heard.events or not LIVE.isdisjoint(heard.events)


def _shows(answer: Answer, opened: set[int]) -> bool:
    """Whether a human option is to be seen in a bot turn: offered, a contact, or a hand-off opened. Words alone are none."""
    return _options(answer.heard) or answer.turn in opened
