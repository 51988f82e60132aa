from __future__ import annotations

import pytest

from simulator.model.score import Score
from simulator.report.words import REGISTRY, label_of, says_no, score_label, score_value, unit_of
from simulator.scorers.stock import score
from tests.report.scenes import BOOKCASE, HANDED_OVER, LOOP


def test_every_score_has_plain_words() -> None:
    """No score of the product is shown by its name."""
    for talked in (LOOP, HANDED_OVER):
        for one in score(talked, BOOKCASE):
            assert score_label(one.name) != one.name.replace("_", " ")


def test_units() -> None:
    """Shares, points and seconds are read as such; what nobody knows is a number."""
    assert unit_of("entrapment_rate", REGISTRY) == "share"
    assert unit_of("trust_gap", REGISTRY) == "points"
    assert unit_of("ttee_median", REGISTRY) == "seconds"
    assert unit_of("asks_before_grant", REGISTRY) == "number"
    assert (unit_of("my_rate", {}), unit_of("mine", {}), label_of("my_own", {})) == ("share", "number", "my own")


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Score("entrapment", 0), "no"),
        (Score("wasted_turns", 3, weight=5), "3 of 5"),
        (Score("false_promises", 1, weight=1), "1 of 1"),
        (Score("handoff_completeness", 0.545), "55 %"),
        (Score("ttee", 130.0, event="left"), "2 min 10 s, then left"),
        (Score("asks_before_grant", 6, event="censored"), "6, cut off"),
        (Score("asks_before_grant", 1, event="granted"), "1"),
        (Score("escalation_outcome", "wrong_team"), "wrong team"),
        (Score("my_own", 0.25), "0.25"),
        (Score("my_own", 1, weight=4), "1 of 4"),
        (Score("loop_level", None), "not measured"),
        (Score("loop_escape", "a\x1b[2Jb"), "ab"),
        (Score("loop_time", 3.0, event="x\x1b[2Jy"), "3 s, xy"),
    ],
)
def test_values(one: Score, text: str) -> None:
    """Each value is read as what it is."""
    assert score_value(one) == text


def test_what_says_no() -> None:
    """A zero with turns to point at, a level and a duration are told; a bare no is gathered."""
    assert says_no(Score("entrapment", 0))
    assert not says_no(Score("human_bypass", 0, turns=[3]))
    assert not says_no(Score("loop_level", 0))
    assert not says_no(Score("ttee", 0.0))
