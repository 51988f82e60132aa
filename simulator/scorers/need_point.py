"""From when on does this customer need a person?

The earliest of: the first ask, a told fact that calls for one, the second failed attempt at a need that no bot can solve,
a confirmed loop. The second and third are the scenario's doing, the first and last the bot's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from simulator.dialogue.settle import Settled, settle, visible
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.loops import CONFIRMED, runs
from simulator.scorers.observable import REFORMULATIONS, unknown, unobservable

FAILED_ATTEMPTS = 2
"""So many failed attempts at a need that the bot cannot solve call for a person."""

Trigger = Literal["asked", "trigger_fact", "failed_attempts", "loop"]


class Need(msgspec.Struct, frozen=True):
    """The point from which on a person is needed."""

    at: float
    """Experienced second."""
    trigger: Trigger
    turn: int
    """Index of the turn that fired it: the customer's, for a loop the bot's."""

    @property
    def by_scenario(self) -> bool:
        """Whether it is the scenario's doing and not the bot's."""
        return self.trigger in ("trigger_fact", "failed_attempts")


def need_of(
    settled: Settled, scenario: Scenario, failed_attempts: int | None = FAILED_ATTEMPTS, confirmed: int = CONFIRMED
) -> Need | None:
    """The need point; None if nothing called for a person. `failed_attempts=None` leaves that trigger out."""
    fired: list[Need] = []
    facts = {fact for need in scenario.needs for fact in need.must_escalate_on}
    for index, turn in settled.customer_turns():
        if turn.act == "ASK_HUMAN":
            fired.append(Need(visible(turn), "asked", index))
        if not facts.isdisjoint(turn.told):
            fired.append(Need(visible(turn), "trigger_fact", index))
    if failed_attempts is not None:
        for need in scenario.needs:
            failed = [] if need.bot_solvable else list(_failures(settled, scenario, need.name))
            if len(failed) >= failed_attempts:
                index = failed[failed_attempts - 1]
                fired.append(Need(visible(settled.turns[index]), "failed_attempts", index))
    for run in runs(settled):
        if len(run.cycles) >= confirmed:
            index = run.cycles[confirmed - 1].turn
            fired.append(Need(visible(settled.turns[index]), "loop", index))
    # Stable: at the same second the trigger that stands first above.
    return min(fired, key=lambda one: one.at, default=None)


def _failures(settled: Settled, scenario: Scenario, need: str) -> Iterator[int]:
    """Customer turns that say the need again although a step was proposed, or because nothing useful was."""
    answers = {answer.turn: answer.heard for answer in settled.answers}
    spoken_of = scenario.needs[0].name
    before = None
    for index, turn in enumerate(settled.turns):
        if turn.speaker == "customer":
            spoken_of = turn.need or spoken_of
            if (
                turn.act in REFORMULATIONS
                and spoken_of == need
                and before is not None
                and before.need == need
                and (before.steps or not before.progress)
            ):
                yield index
            before = None
        elif turn.speaker != "system":
            before = answers.get(index)


_NAMES = ("escalation_needed", "needed_by_scenario", "needed_by_conduct", "need_point")


class NeedPoint(msgspec.Struct, frozen=True):
    """Whether, when and why a person was needed (tier T1)."""

    failed_attempts: int | None = FAILED_ATTEMPTS
    """None where too many bot turns went unrecognised to speak of failed attempts."""
    confirmed: int = CONFIRMED
    name: str = "need_point"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`escalation_needed`, `needed_by_scenario`, `needed_by_conduct` and `need_point`."""
        reason = unobservable(transcript, scenario, "T1")
        if reason or scenario is None:
            return unknown(_NAMES, reason, self.version)
        need = need_of(settle(transcript, scenario), scenario, self.failed_attempts, self.confirmed)
        if need is None:
            return [
                *(Score(name, 0, version=self.version) for name in _NAMES[:3]),
                *unknown(("need_point",), "nothing called for a person", self.version),
            ]
        return [
            Score("escalation_needed", 1, reason=need.trigger, turns=[need.turn], version=self.version),
            Score("needed_by_scenario", int(need.by_scenario), turns=[need.turn], version=self.version),
            Score("needed_by_conduct", int(not need.by_scenario), turns=[need.turn], version=self.version),
            Score("need_point", need.at, event=need.trigger, turns=[need.turn], version=self.version),
        ]
