"""How soon does a customer who needs a person have one who can help?

The clock runs from the need point to the first substantive human message of an effective hand-off: one that happened
on the wire (E1), to a qualified queue (E2), that was no dead end (E3) and brought the context (E4). A ticket or callback
counts at its creation. A condition of which the wire shows nothing is left out, and the score says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from simulator.dialogue.settle import Handoff, Settled, settle, visible
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.need_point import FAILED_ATTEMPTS, Need, need_of
from simulator.scorers.observable import unknown, unobservable
from simulator.scorers.packet import delivery
from simulator.scorers.truth import findings

ENOUGH_CONTEXT = 0.5
"""Least completeness of a packet that is not cold."""
TIMELY_S = 300.0
"""A hand-off later than this after the need point comes late, experienced seconds."""


class Conditions(NamedTuple):
    """E1-E4 of one hand-off; None = not exposed."""

    happened: bool
    qualified: bool | None
    reached: bool
    briefed: bool | None

    @property
    def effective(self) -> bool:
        return self.happened and self.qualified is not False and self.reached and self.briefed is not False


def arrives_at(handoff: Handoff) -> float | None:
    """The experienced second from which on a hand-off helps, if it ever did."""
    if handoff.live:
        return handoff.human_at
    return handoff.ticketed if handoff.reference else None


def conditions(handoff: Handoff, settled: Settled, transcript: Transcript, scenario: Scenario) -> Conditions:
    """Which of the conditions of an effective hand-off hold."""
    briefed: bool | None = None
    if "T3" in transcript.tiers:
        completeness = delivery(handoff, settled, transcript, scenario).completeness
        briefed = completeness >= ENOUGH_CONTEXT if completeness is not None else None
    return Conditions(arrives_at(handoff) is not None, handoff.qualified, not handoff.dead, briefed)


def effective(settled: Settled, transcript: Transcript, scenario: Scenario) -> Handoff | None:
    """The first effective hand-off."""
    arrived = (one for one in settled.handoffs if arrives_at(one) is not None)
    done = [one for one in arrived if conditions(one, settled, transcript, scenario).effective]
    return min(done, key=lambda one: arrives_at(one) or 0.0, default=None)


def resolved_at(settled: Settled, transcript: Transcript, scenario: Scenario) -> float | None:
    """The experienced second at which the bot had resolved every need; a state is known at the end only."""
    found = findings(transcript, scenario, settled)
    return max(one.at for one in found) if all(one.met for one in found) else None


class Outcome(NamedTuple):
    """The event that ended the wait for a person: when, which, and the turn that shows it."""

    at: float
    event: str
    reason: str = ""
    turn: int | None = None


def outcome(settled: Settled, transcript: Transcript, scenario: Scenario) -> Outcome:
    """The first of the competing events, whenever the wait began."""
    events: list[Outcome] = []
    done = effective(settled, transcript, scenario)
    if done is not None:
        events.append(Outcome(arrives_at(done) or 0.0, "effective", _unexposed(done, transcript), _turn(done)))
    solved = resolved_at(settled, transcript, scenario)
    if solved is not None:
        events.append(Outcome(solved, "resolved"))
    if done is None:
        for handoff in settled.handoffs:
            at = arrives_at(handoff)
            if at is not None:
                events.append(Outcome(at, "ineffective", turn=_turn(handoff)))
    match transcript.ending:
        case "bot_closed":
            event = "bot_ended"
        case "target_failed":
            event = "target_failed"
        case "limit" | "interrupted" | "simulator_failed":
            event = "censored"
        case _:
            event = "left"
    events.append(Outcome(settled.ended_at, event))
    # Stable: at the same second the event that stands first above.
    return min(events, key=lambda one: one.at)


def _turn(handoff: Handoff) -> int:
    return handoff.human_turn if handoff.live and handoff.human_turn is not None else handoff.turn


def _unexposed(handoff: Handoff, transcript: Transcript) -> str:
    notes = [] if handoff.live else ["ticket or callback"]
    notes += ["E2 not exposed"] if handoff.qualified is None else []
    notes += ["E4 needs the human side (T3)"] if "T3" not in transcript.tiers else []
    return "; ".join(notes)


_NAMES = (
    "ttee",
    "ttee_turns",
    "time_from_hello",
    "answer_time",
    "ticket_route",
    "escalation_outcome",
    "escalation_class",
    "escalation_class_by_scenario",
)


class Escalation(msgspec.Struct, frozen=True):
    """Time to effective escalation, its outcome and its class (tiers T1 and T2)."""

    timely_s: float = TIMELY_S
    failed_attempts: int | None = FAILED_ATTEMPTS
    name: str = "escalation"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        reason = unobservable(transcript, scenario, "T1", "T2")
        if reason or scenario is None:
            return unknown(_NAMES, reason, self.version)
        settled = settle(transcript, scenario)
        need = need_of(settled, scenario, self.failed_attempts)
        return [
            *self._waits(settled, transcript, scenario, need),
            *self._judged(settled, transcript, scenario, need),
        ]

    def _waits(
        self, settled: Settled, transcript: Transcript, scenario: Scenario, need: Need | None
    ) -> Iterator[Score]:
        ended = outcome(settled, transcript, scenario)
        done = effective(settled, transcript, scenario)
        start, turn = (need.at, need.turn) if need is not None else (None, None)
        if need is None and done is not None and _unsolvable_open(settled, scenario, arrives_at(done) or 0.0):
            start = arrives_at(done)
        early = done is not None and start is not None and (need is None or (arrives_at(done) or 0.0) < start)
        empty = "nothing called for a person"
        yield self._wait("ttee", start, turn, ended, empty, early)
        if start is None:
            yield from unknown(("ttee_turns",), empty, self.version)
        else:
            between = [index for index, spoken in settled.customer_turns() if start < visible(spoken) <= ended.at]
            yield Score("ttee_turns", len(between), event=ended.event, turns=between, version=self.version)
        # The same wait, but from the first word on: what a customer who knew from the beginning went through.
        yield self._wait("time_from_hello", None if start is None else settled.began, None, ended, empty, early)
        if done is None:
            yield from unknown(("ticket_route",), "no effective hand-off", self.version)
        else:
            yield Score("ticket_route", int(not done.live), turns=[_turn(done)], version=self.version)
        ask = next((i for i, spoken in settled.customer_turns() if spoken.act == "ASK_HUMAN"), None)
        asked_at = visible(settled.turns[ask]) if ask is not None else None
        early = done is not None and asked_at is not None and (arrives_at(done) or 0.0) < asked_at
        yield self._wait("answer_time", asked_at, ask, ended, "never asked for a person", early)

    def _wait(self, name: str, start: float | None, turn: int | None, ended: Outcome, empty: str, early: bool) -> Score:
        if start is None:
            return Score(name, None, reason=empty, version=self.version)
        notes = [note for note in ("anticipated" if early else "", ended.reason) if note]
        proof = [index for index in (turn, ended.turn) if index is not None]
        return Score(
            name,
            max(0.0, ended.at - start),
            event=ended.event,
            reason="; ".join(notes),
            turns=proof,
            version=self.version,
        )

    def _judged(
        self, settled: Settled, transcript: Transcript, scenario: Scenario, need: Need | None
    ) -> Iterator[Score]:
        done = effective(settled, transcript, scenario)
        at = arrives_at(done) if done is not None else None
        proof = [_turn(done)] if done is not None else [settled.handoffs[-1].turn] if settled.handoffs else []
        if need is not None and need.turn not in proof:
            proof.insert(0, need.turn)
        if need is None:
            if at is None:
                how, kind = "none", "tn"
            elif _unsolvable_open(settled, scenario, at):
                how, kind = "timely", "tp"
            else:
                how, kind = "needless", "fp"
        elif at is not None:
            timely = at - need.at <= self.timely_s
            how, kind = ("timely", "tp") if timely else ("late", "fn")
        else:
            how, kind = _missed(settled, transcript, scenario), "fn"
        anticipated = "anticipated" if how == "timely" and at is not None and (need is None or at < need.at) else ""
        yield Score("escalation_outcome", how, reason=anticipated, turns=proof, version=self.version)
        yield Score("escalation_class", kind, reason=anticipated, turns=proof, version=self.version)
        # Asks and loops are the bot's own doing: a bot that provokes more of them would be ranked on other customers.
        if need is not None and not need.by_scenario:
            own = "the bot's own doing called for a person"
            yield from unknown(("escalation_class_by_scenario",), own, self.version)
        else:
            yield Score("escalation_class_by_scenario", kind, reason=anticipated, turns=proof, version=self.version)


def _unsolvable_open(settled: Settled, scenario: Scenario, at: float) -> bool:
    """Whether a need that no bot can solve is open at this second: handing it over early is foresight, not waste."""
    return any(
        not need.bot_solvable
        and not (need.name in settled.resolved and visible(settled.turns[settled.resolved[need.name]]) <= at)
        for need in scenario.needs
    )


def _missed(settled: Settled, transcript: Transcript, scenario: Scenario) -> str:
    """Why nothing effective came of it, judged on the last hand-off."""
    if not settled.handoffs:
        return "never"
    last = settled.handoffs[-1]
    holds = conditions(last, settled, transcript, scenario)
    if holds.qualified is False:
        return "wrong_team"
    if holds.briefed is False:
        return "cold"
    return "dead_end" if not holds.reached else "never"
