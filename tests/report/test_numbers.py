from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.report import numbers
from tests.report.scenes import metric


def test_share_with_interval() -> None:
    """A share reads as percent with its interval in brackets."""
    assert numbers.estimate(metric("loop_rate", 0.38, 0.27, 0.5), "share") == "38 % [27, 50]"
    assert numbers.estimate(metric("loop_rate", 0.048, 0.039, 0.057), "share", digits=1) == "4.8 % [3.9, 5.7]"
    assert numbers.estimate(metric("loop_rate", 0.38), "share") == "38 %"
    assert numbers.estimate(metric("loop_rate", 0.0, 0.0, 0.08), "share") == "0 % [0, 8]"


@pytest.mark.parametrize(
    ("value", "text"), [(0.003, "0.3 %"), (0.0004, "0.04 %"), (0.998, "99.8 %"), (1.0, "100 %"), (0.0, "0 %")]
)
def test_almost_none_and_almost_all(value: float, text: str) -> None:
    """A rare event does not look like none, nor nearly all like all."""
    assert numbers.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.004, "4 ms"),
        (0.0, "0 s"),
        (1.43, "1.4 s"),
        (9.97, "10 s"),
        (41.2, "41 s"),
        (59.6, "1 min"),
        (112.0, "1 min 52 s"),
        (3599.7, "1 h"),
        (7500.0, "2 h 5 min"),
        (-3.0, "-3 s"),
    ],
)
def test_seconds(value: float, text: str) -> None:
    """Durations are read in the unit that fits them."""
    assert numbers.seconds(value) == text


@given(st.sampled_from(["share", "points", "seconds", "number"]))
def test_missing_is_no_zero(unit: numbers.Unit) -> None:
    """None never prints as a number."""
    assert numbers.measured(None, unit) == "not measured"
    assert numbers.estimate(None, unit) == "not measured"
    assert numbers.estimate(metric("x", None, reason="no probe"), unit) == "not measured"


def test_never_reached() -> None:
    """An event that was looked for and never came reads `never`, or `none in 6` where tries are counted."""
    gone = metric("ttee_median", None, reason="not_reached; few clusters")
    assert numbers.estimate(gone, "seconds") == "never"
    assert numbers.estimate(gone, "number", tries=6) == "none in 6"


def test_interval_without_an_upper_end() -> None:
    """A median whose upper bound is never reached says so."""
    assert numbers.estimate(metric("ttee_median", 41, 30, None), "seconds") == "41 s [30 s, never]"


def test_trust_gap_in_points() -> None:
    """Points are hundredths without a percent sign."""
    assert numbers.estimate(metric("trust_gap", 0.71, 0.58, 0.82), "points") == "71 [58, 82]"


def test_apart_from_the_limit() -> None:
    """What differs from a limit does not print as the limit."""
    assert numbers.apart(0.05004, 0.05, "share") == "5.004 %"
    assert numbers.apart(0.05, 0.05, "share") == "5.0 %"
    assert numbers.apart(0.38, 0.05, "share") == "38.0 %"


@given(st.floats(0, 1))
def test_only_zero_prints_as_zero(share: float) -> None:
    """Above a hundredth of a percent, a share prints as 0 or 100 only if it is."""
    text = numbers.percent(share)
    if text == "0 %":
        assert share == 0
    if text == "100 %":
        assert share > 1 - 1e-5


def test_plain_numbers() -> None:
    """Counts have thousands separators, small numbers keep their first digit."""
    assert (numbers.number(1200), numbers.number(2.5), numbers.number(0.003)) == ("1,200", "2.5", "0.003")
    assert (numbers.number(0.0), numbers.number(-0.0), numbers.count(None)) == ("0", "0", "not measured")
    assert (numbers.plural(1, "ask"), numbers.plural(0, "ask"), numbers.plural(2, "story", "stories")) == (
        "1 ask",
        "0 asks",
        "2 stories",
    )


def test_time_in_the_margin() -> None:
    """Elapsed time counts minutes, and hours once there are any."""
    assert [numbers.elapsed(t) for t in (0, 41.9, 725, 3725, -1)] == ["0:00", "0:41", "12:05", "1:02:05", "0:00"]
