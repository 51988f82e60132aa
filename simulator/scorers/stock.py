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
from simulator.scorers.handoff import Handoffs
from simulator.scorers.hidden_path import HiddenPath
from simulator.scorers.loops import Loops
from simulator.scorers.need_point import NeedPoint
from simulator.scorers.ownership import Ownership
from simulator.scorers.promises import Promises
from simulator.scorers.resolution import Outcomes

STOCK: tuple[Scorer, ...] = (
    Loops(),
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

CAUTIOUS: tuple[Scorer, ...] = tuple(
    NeedPoint(failed_attempts=None)
    if isinstance(one, NeedPoint)
    else Escalation(failed_attempts=None)
    if isinstance(one, Escalation)
    else one
    for one in STOCK
)
"""The same, but a need for a person is never inferred from failed attempts: for bots whose words are not understood."""


def score(transcript: Transcript, scenario: Scenario | None, scorers: Sequence[Scorer] = STOCK) -> list[Score]:
    """Measure one conversation. A scorer that raises yields one Score by its own name, without value, that says so."""
    found: list[Score] = []
    for scorer in scorers:
        try:
            found += list(scorer(transcript, scenario))
        except Exception as error:  # one bad scorer, perhaps a user's own, must not cost a night's run
            reason = f"scorer failed: {type(error).__name__}: {error}"
            found.append(Score(scorer.name, None, reason=reason, version=scorer.version))
    return found
