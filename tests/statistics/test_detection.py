"""How often an alarm is right: hand-worked tables, and properties that every table has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.detection import area, detection, share
from simulator.statistics.ends import wilson_ends

CASES = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


def test_wilson_is_the_published_interval() -> None:
    """3 of 200: [.0051, .0432], as scipy's proportion_ci says."""
    assert wilson_ends(3, 200) == pytest.approx((0.0051, 0.0432), abs=5e-5)


def test_wilson_of_none_and_all_begins_and_ends_exactly() -> None:
    """0 of 20 starts at 0, 20 of 20 ends at 1, and both are wide."""
    assert wilson_ends(0, 20)[0] == 0.0
    assert wilson_ends(20, 20)[1] == 1.0
    assert wilson_ends(20, 20)[0] == pytest.approx(0.8389, abs=5e-5)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(part: int, whole: int) -> None:
    """Nothing to divide by, less than none, more than all."""
    with pytest.raises(ValueError, match="no share"):
        wilson_ends(part, whole)


def test_a_share_of_nothing_says_why() -> None:
    """No alarm at all: no precision, and the reason."""
    found = share(0, 0, "it never alarmed")
    assert (found.estimate, found.reason) == (None, "it never alarmed")


def test_the_measures_of_a_table() -> None:
    """tp 40, fp 5, fn 10, tn 45: precision .889, recall .8, specificity .9, F1 .842, MCC .704."""
    truths = [True] * 50 + [False] * 50
    alarms = [True] * 40 + [False] * 10 + [True] * 5 + [False] * 45
    found = {name: one.estimate for name, one in detection(truths, alarms).items()}
    expected = {"precision": 40 / 45, "recall": 0.8, "specificity": 0.9, "f1": 80 / 95, "mcc": 0.7035}
    assert found == pytest.approx(expected, abs=5e-4)


def test_the_area_counts_equals_half() -> None:
    """Of the four pairs of (.9, .5) and (.5, .1) three are in order and one is equal: .875."""
    assert area([True, True, False, False], [0.9, 0.5, 0.5, 0.1]) == 0.875


def test_the_area_needs_both_kinds() -> None:
    """Nothing can be ranked above what is not there."""
    assert area([True, True], [0.1, 0.9]) is None
    assert detection([True, True], [True, False], [0.9, 0.1])["auc"].reason == "needs cases of both kinds"


def test_a_detector_that_never_alarms_has_no_precision_and_no_recall() -> None:
    """Recall 0, F1 0, precision unknown: silence is not right."""
    found = detection([True, False] * 10, [False] * 20)
    assert found["precision"].estimate is None
    assert (found["recall"].estimate, found["f1"].estimate, found["specificity"].estimate) == (0.0, 0.0, 1.0)


def test_groups_that_resemble_each_other_widen_the_interval() -> None:
    """Twenty conversations in two groups, each all right or all wrong, say less than twenty that stand alone."""
    truths = [True] * 20 + [False] * 20
    alarms = [True] * 10 + [False] * 10 + [False] * 20
    alone = detection(truths, alarms)["f1"]
    grouped = detection(truths, alarms, groups="a" * 10 + "b" * 10 + "c" * 10 + "d" * 10)["f1"]
    assert alone.low is not None
    assert grouped.low is not None
    assert grouped.low < alone.low
    assert grouped.note == "few groups (4)"


def test_a_flawless_detector_keeps_an_interval() -> None:
    """Resampling shows no spread at 1; Wilson's ends of precision and recall do."""
    found = detection([True] * 20 + [False] * 20, [True] * 20 + [False] * 20)["f1"]
    assert found.estimate == 1.0
    assert found.low == pytest.approx(0.8389, abs=5e-5)


@given(CASES)
def test_every_interval_holds_its_estimate_and_stays_within_bounds(cases: list[tuple[bool, bool]]) -> None:
    """Shares and F1 lie between 0 and 1, MCC between -1 and 1, and each estimate between the ends of a share."""
    truths, alarms = zip(*cases, strict=True)
    for name, one in detection(truths, alarms, resamples=50).items():
        if one.estimate is not None:
            assert -1 - 1e-9 <= one.estimate <= 1 + 1e-9
        if name in ("precision", "recall", "specificity") and one.low is not None and one.high is not None:
            assert one.estimate is not None
            assert 0 <= one.low <= one.estimate <= one.high <= 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_turning_the_grades_round_turns_the_area_round(cases: list[tuple[bool, int]]) -> None:
    """AUC of the negated grades is 1 - AUC."""
    truths, grades = zip(*cases, strict=True)
    one, other = area(truths, grades), area(truths, [-grade for grade in grades])
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        assert one + other == pytest.approx(1.0)


def test_unequal_lengths_are_refused() -> None:
    """An answer too few would shift all others."""
    with pytest.raises(ValueError, match="lengths differ"):
        detection([True, False], [True])
