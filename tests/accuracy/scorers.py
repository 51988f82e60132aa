"""Scorers of somebody's own, as `--scorer module:object` names them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript


class Constant(msgspec.Struct, frozen=True):
    """Says the same of every conversation."""

    value: float | None = 0
    score: str = "loop"
    name: str = "constant"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        return [Score(self.score, self.value, reason="" if self.value is not None else "it never looks")]


class Named(msgspec.Struct, frozen=True):
    """Reads the answer off the name of the conversation."""

    name: str = "named"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        wrong = [place for place, turn in enumerate(transcript.turns) if "wrong" in turn.text]
        yield Score("loop", float("loop" in transcript.id))
        yield Score("unresponsive_turns", len(wrong), turns=wrong, weight=len(transcript.turns))
        yield Score("gave_up_t0", sum("bye" in turn.text for turn in transcript.turns) / 4)


class Graded(msgspec.Struct, frozen=True):
    """Grades every turn by its words."""

    name: str = "graded"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        grades = {"fine": 0.1, "hm": 0.4, "no": 0.8}
        return [
            Score("dissatisfied_t0", grades[turn.text], turns=[place]) for place, turn in enumerate(transcript.turns)
        ]


always_pass = Constant()
always_alarm = Constant(1, name="alarm")
silent = Constant(None, name="silent")
nothing = 5
