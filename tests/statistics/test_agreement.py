from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.agreement import confusion

counts = st.integers(0, 50)


def test_hundred_conversations() -> None:
    """TP 40, FP 5, FN 10, TN 45: sensitivity .80, specificity .90, MCC .704."""
    found = confusion(tp=40, fp=5, fn=10, tn=45)
    assert (found.sensitivity, found.specificity) == pytest.approx((0.80, 0.90))
    assert found.mcc == pytest.approx(0.704, abs=5e-4)
    assert found.ppv == pytest.approx(40 / 45)


def test_four_conversations() -> None:
    """TP 1, FP 0, FN 2, TN 1: MCC 1/3."""
    assert confusion(tp=1, fp=0, fn=2, tn=1).mcc == pytest.approx(1 / 3)


def test_empty_class() -> None:
    """Without a conversation that needed nothing there is no specificity and no correlation."""
    found = confusion(tp=1, fp=0, fn=2, tn=0)
    assert (found.specificity, found.ppv, found.mcc) == (None, 1.0, None)
    assert found.sensitivity == pytest.approx(1 / 3)


def test_negative_count() -> None:
    """A count below zero is refused."""
    with pytest.raises(ValueError, match="negative"):
        confusion(tp=-1, fp=0, fn=0, tn=0)


@given(counts, counts, counts, counts)
def test_opposite_answer_turns_the_correlation(tp: int, fp: int, fn: int, tn: int) -> None:
    """Doing the opposite each time turns the sign of the correlation, which lies between -1 and 1."""
    there, back = confusion(tp, fp, fn, tn).mcc, confusion(fn, tn, tp, fp).mcc
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there == pytest.approx(-back)
        assert -1 - 1e-12 <= there <= 1 + 1e-12
