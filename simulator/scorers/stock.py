"""All measures that come with the product, and how a conversation is measured with them."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.disclosure import Disclosure
from simulator.scorers.effort import Effort
from simulator.scorers.escalation import Escalation
from simulator.scorers.experience import Experience
from simulator.scorers.guesses import GUESSES
from simulator.scorers.handoff import Handoffs
from simulator.scorers.hidden_path import HiddenPath
from simulator.scorers.loops import Loops
from simulator.scorers.need_point import NeedPoint
from simulator.scorers.ownership import Ownership
from simulator.scorers.promises import Promises
from simulator.scorers.resolution import Outcomes
from simulator.scorers.responsiveness import Responsiveness

STOCK: tuple[Scorer, ...] = (
    Loops(),
    Responsiveness(),
    NeedPoint(),
    Escalation(),
    HiddenPath(),
    Promises(),
    Handoffs(),
    Outcomes(),
    Ownership(),
    Effort(),
    Experience(),
    Disclosure(),
)

FOR_LOGS: tuple[Scorer, ...] = (*STOCK, *GUESSES)
"""For logs of people: the stock, and whatever has to be guessed there from text alone (names that end in `_t0`)."""

CAUTIOUS: tuple[Scorer, ...] = tuple(
    NeedPoint(failed_attempts=None)
    if isinstance(one, NeedPoint)
    else Escalation(failed_attempts=None)
    if isinstance(one, Escalation)
    else one
    for one in STOCK
)
"""The same, but a need for a person is never inferred from failed attempts: for bots whose words are not understood."""

TIMED = frozenset(
    [
        "loop_time",
        "loop_escape",
        "need_point",
        "needed_by_scenario",
        "needed_by_conduct",
        "ttee",
        "ttee_turns",
        "time_from_hello",
        "ticket_route",
        "answer_time",
        "escalation_outcome",
        "escalation_class",
        "escalation_class_by_scenario",
        "first_answer_time",
        "false_promises",
        "false_promises_per_100",
        "promises_censored",
        "dead_ends",
        "asks_before_grant",
        "gate_layers",
        "human_bypass",
        "unmet_asks",
        "told_again_time",
        "contact_time",
    ]
)
"""Scores that compare times: a conversation whose log gives none cannot have them."""


def score(transcript: Transcript, scenario: Scenario | None, scorers: Sequence[Scorer] = STOCK) -> list[Score]:
    """Measure one conversation. A scorer that raises yields one Score by its own name, without value, that says so."""
    found: list[Score] = []
    for scorer in scorers:
        try:
            found += list(scorer(transcript, scenario))
        except Exception as error:  # one bad scorer, perhaps a user's own, must not cost a night's run
            reason = f"scorer failed: {type(error).__name__}: {error}"
            found.append(Score(scorer.name, None, reason=reason, version=scorer.version))
    return found if _timed(transcript) else [_untimed(one) for one in found]


def _timed(transcript: Transcript) -> bool:
    """Whether any turn has a stamp; where none has, every second would read as the first."""
    return any(turn.sent is not None or turn.done is not None or turn.first is not None for turn in transcript.turns)


def _untimed(one: Score) -> Score:
    if one.name not in TIMED or one.value is None:
        return one
    return Score(one.name, None, reason="the log gives no times", version=one.version)
