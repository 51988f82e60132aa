from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.registry import METRICS
from simulator.scorers.stock import STOCK, score
from tests.scorers.scenes import BOILER, KETTLE, bot, customer, read, scores_of, talk

SCENARIOS = {one.name: one for one in (KETTLE, BOILER)}
TRANSCRIPT = talk(customer("STATE"), bot("Press the lid."))


class Broken(msgspec.Struct, frozen=True):
    name: str = "broken"
    version: str = "7"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        yield Score("half", 1.0)
        raise LookupError("no such turn")


def test_a_scorer_that_raises_costs_only_itself() -> None:
    """One Score by its name says so, the others go on."""
    found = score(TRANSCRIPT, KETTLE, (Broken(), *STOCK))
    assert found[0] == Score("broken", None, reason="scorer failed: LookupError: no such turn", version="7")
    assert len(found) == 1 + len(score(TRANSCRIPT, KETTLE))


def test_every_metric_has_its_score() -> None:
    """What the registry reads, the stock writes."""
    assert {entry.score for entry in METRICS.values()} <= scores_of(TRANSCRIPT).keys()


@pytest.mark.parametrize("tiers", [("T0",), ("T0", "T1"), ("T0", "T2"), ("T0", "T1", "T2", "T3")])
@pytest.mark.parametrize("known", [True, False])
def test_no_stock_scorer_fails_on_a_poor_transcript(tiers: tuple[str, ...], known: bool) -> None:
    """Below its tier or without a scenario each says None with a reason."""
    for transcript in (*read("kettle"), *read("boiler"), talk()):
        poor = msgspec.structs.replace(transcript, tiers=list(tiers))
        for one in score(poor, SCENARIOS[poor.scenario] if known else None):
            assert not one.reason.startswith("scorer failed"), one
            assert one.value is not None or one.reason, one


def test_scoring_is_pure() -> None:
    """Twice the same, and the transcript is left as it was."""
    for transcript in read("kettle"):
        before = msgspec.json.encode(transcript)
        assert score(transcript, KETTLE) == score(transcript, KETTLE)
        assert msgspec.json.encode(transcript) == before


def test_every_proof_points_into_the_transcript() -> None:
    """Turn indices are those of the transcript as recorded."""
    for transcript in (*read("kettle"), *read("boiler")):
        for one in score(transcript, SCENARIOS[transcript.scenario]):
            assert all(0 <= index < len(transcript.turns) for index in one.turns), one
