from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.statistics.interval import Interval
from simulator.statistics.resampling import Scope, cluster_codes, resampled_weights
from simulator.statistics.survival import Steps, aalen_johansen, incidence, quantile_incidence

SCOPES: tuple[Scope, ...] = ("these_scenarios", "all_scenarios")
each_scope = pytest.mark.parametrize("scope", SCOPES)

# Eight conversations: 1 escalated, 2 left, 3 resolved, 0 cut short.
TIMES = [40.0, 95.0, 120.0, 150.0, 200.0, 260.0, 300.0, 600.0]
CAUSES = [1, 1, 2, 1, 3, 2, 1, 0]

endings = st.lists(
    st.tuples(st.integers(0, 12).map(float), st.integers(0, 3), st.sampled_from("abcdef")), min_size=1, max_size=40
)


def grid(scenarios: int, conversations: int) -> list[str]:
    return [f"scenario {k}" for k in range(scenarios) for _ in range(conversations)]


def test_eight_conversations() -> None:
    """CIF_1 is .125, .375 and .500 at 60, 180 and 300 s; leaving .25, resolved .125, nothing yet .125."""
    curve = aalen_johansen(TIMES, CAUSES)
    assert [curve.at(1, t) for t in (60, 180, 300)] == pytest.approx([0.125, 0.375, 0.5])
    assert (curve.at(2, 300), curve.at(3, 300), curve.surviving(300)) == pytest.approx((0.25, 0.125, 0.125))
    assert curve.at(1, 300) + curve.at(2, 300) + curve.at(3, 300) + curve.surviving(300) == pytest.approx(1)


def test_median_of_eight() -> None:
    """Half are escalated at 300 s; half never leave."""
    curve = aalen_johansen(TIMES, CAUSES)
    assert (curve.quantile(1), curve.quantile(2), curve.quantile(9)) == (300, None, None)


def test_area_of_eight() -> None:
    """The expected time already in human hands within 300 s is 76.9 s."""
    assert aalen_johansen(TIMES, CAUSES).area(1, 300) == pytest.approx(76.9, abs=0.05)


def test_one_minus_kaplan_meier_promises_too_much() -> None:
    """Censoring those who left would say .700 where .500 were escalated."""
    assert aalen_johansen(TIMES, [int(cause == 1) for cause in CAUSES]).at(1, 300) == pytest.approx(0.700)


def test_three_conversations() -> None:
    """28 s escalated, 90 s cold, 130 s left: a third each, no median, 90.67 s of area."""
    curve = aalen_johansen([28, 90, 130], [1, 5, 2])
    assert [curve.at(cause, 300) for cause in (1, 5, 2)] == pytest.approx([1 / 3] * 3)
    assert [curve.at(2, t) for t in (60, 180)] == pytest.approx([0, 1 / 3])
    assert [curve.at(5, t) for t in (60, 180)] == pytest.approx([0, 1 / 3])
    assert curve.quantile(1) is None
    assert curve.area(1, 300) == pytest.approx(90.67, abs=0.005)
    assert aalen_johansen([28, 130], [1, 2]).at(1, 60) == pytest.approx(0.5)


@given(endings)
def test_curves_rise_and_sum_to_one(run: list[tuple[float, int, str]]) -> None:
    """Incidences never fall, survival never rises, and together they are everybody."""
    curve = aalen_johansen([t for t, _, _ in run], [cause for _, cause, _ in run])
    for shares in curve.curves.values():
        assert list(shares) == sorted(shares)
    assert list(curve.survival) == sorted(curve.survival, reverse=True)
    for t in (-1, 0, 3.5, 12, 99):
        assert sum(curve.at(cause, t) for cause in (1, 2, 3)) + curve.surviving(t) == pytest.approx(1)


@given(st.lists(st.integers(0, 20).map(float), min_size=1))
def test_one_cause_without_censoring_is_the_empirical_distribution(times: list[float]) -> None:
    """With one ending for everybody, the incidence is the share of times up to t."""
    curve = aalen_johansen(times, [1] * len(times))
    for t in range(21):
        assert curve.at(1, t) == pytest.approx(sum(each <= t for each in times) / len(times))


@given(endings)
@settings(deadline=None)
def test_one_cause_against_scipy(run: list[tuple[float, int, str]]) -> None:
    """With one ending and censoring, survival is scipy's Kaplan-Meier, ties included."""
    from scipy.stats import CensoredData, ecdf

    ended = [cause > 0 for _, cause, _ in run]
    times = [t for t, _, _ in run]
    curve = aalen_johansen(times, [int(each) for each in ended])
    theirs = ecdf(CensoredData.right_censored(times, [not each for each in ended])).sf
    for t in range(13):
        assert curve.surviving(t) == pytest.approx(float(theirs.evaluate(np.array(t))))


@given(endings, st.lists(st.integers(1, 4), min_size=40, max_size=40))
def test_weights_repeat(run: list[tuple[float, int, str]], counts: list[int]) -> None:
    """A weight of three is the conversation three times over."""
    times, causes, _ = zip(*run, strict=True)
    weights = counts[: len(run)]
    weighted = aalen_johansen(times, causes, weights)
    repeated = aalen_johansen(np.repeat(times, weights).tolist(), np.repeat(causes, weights).tolist())
    assert weighted.survival == pytest.approx(repeated.survival)
    for cause, shares in repeated.curves.items():
        assert weighted.curves[cause] == pytest.approx(shares)


def test_asks_before_a_human_is_granted() -> None:
    """Probes granted at ask 1, 1, 2, 3 and two that reached the cap of 6: 1/3, 1/2 and 2/3, half by the second."""
    curve = aalen_johansen([1, 1, 2, 3, 6, 6], [1, 1, 1, 1, 0, 0])
    assert [curve.at(1, ask) for ask in (1, 2, 3)] == pytest.approx([1 / 3, 1 / 2, 2 / 3])
    assert curve.quantile(1) == 2


def test_refuses_what_is_no_time() -> None:
    """A time is a number of seconds from 0 on."""
    for times in ([], [-1.0], [math.nan], [math.inf]):
        with pytest.raises(ValueError, match="time"):
            aalen_johansen(times, [1] * len(times))


@each_scope
@given(run=endings, cause=st.integers(1, 3))
@settings(deadline=None, max_examples=40)
def test_ends_are_shares(scope: Scope, run: list[tuple[float, int, str]], cause: int) -> None:
    """Whatever the run, ends that exist are shares, and in order."""
    times, causes, labels = zip(*run, strict=True)
    for found in incidence(times, causes, labels, cause, [2, 6, 12], scope, resamples=499):
        assert found.estimate is not None
        if found.low is not None and found.high is not None:
            assert -1e-9 <= found.low <= found.high <= 1 + 1e-9


@given(run=endings, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_vectorised_against_plain(run: list[tuple[float, int, str]], seed: int) -> None:
    """Drawn counts as weights: the matrix form and the written-out one agree for every resample."""
    run.sort(key=lambda row: (row[0], row[1] == 0, row[1], row[2]))
    times, causes, labels = zip(*run, strict=True)
    (units,) = resampled_weights([len(set(labels))], 20)
    ordered, jumps = Steps(times, causes, labels, 1, "all_scenarios").jumps(units)
    curve = aalen_johansen(times, causes, units[seed % 20, cluster_codes(labels)].tolist())
    for horizon in (3, 12):
        assert jumps[seed % 20, ordered <= horizon].sum() == pytest.approx(curve.at(1, horizon))


@each_scope
def test_incidence_without_censoring_near_the_rate(scope: Scope) -> None:
    """When everybody is followed, the incidence at a horizon is a rate, and so is its interval."""
    from simulator.statistics.interval import rate

    rng = random.Random(2)
    times = [rng.uniform(0, 100) for _ in range(400)]
    [found] = incidence(times, [1] * 400, grid(80, 5), 1, [40], scope)
    same = rate([int(t <= 40) for t in times], grid(80, 5), scope)
    assert found.estimate == pytest.approx(same.estimate)
    assert (found.low, found.high) == pytest.approx((same.low, same.high), abs=0.01)


def test_curve_without_events() -> None:
    """Nobody escalated of 200 in 20 x 10: at most .050 under all scenarios, .018 under these."""
    times, causes = [10.0] * 200, [2] * 200
    [every] = incidence(times, causes, grid(20, 10), 1, [60], "all_scenarios")
    [these] = incidence(times, causes, grid(20, 10), 1, [60], "these_scenarios")
    assert (every.estimate, these.estimate) == (0.0, 0.0)
    assert every.high == pytest.approx(0.050, abs=5e-4)
    assert these.high == pytest.approx(0.0183, abs=5e-5)


def test_curve_with_only_events() -> None:
    """All escalated at once is a share of one with a lower bound."""
    [found] = incidence([0.0] * 100, [1] * 100, grid(10, 10), 1, [60], "these_scenarios")
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.bound_low == pytest.approx(0.05 ** (1 / 100))


def test_the_cut_short_do_not_count_as_clean() -> None:
    """Of 100 without an event, 60 cut short before the horizon: the bound rests on 40."""
    times = [10.0] * 60 + [500.0] * 40
    labels = [f"{i % 10}" for i in range(100)]
    [found] = incidence(times, [0] * 100, labels, 1, [60], "these_scenarios")
    assert found.bound_high == pytest.approx(1 - 0.05 ** (1 / 40))


def test_horizon_beyond_the_last_time() -> None:
    """A horizon that nobody was followed to is named."""
    [found] = incidence([10.0, 20.0] * 10, [1, 0] * 10, grid(5, 4), 1, [300], "these_scenarios")
    assert found.note == "nobody was followed beyond 20"


def test_same_share_in_every_scenario_has_width() -> None:
    """Scenarios that agree exactly leave the width of a share, not none."""
    [found] = incidence([10.0, 90.0] * 20, [1, 1] * 20, grid(20, 2), 1, [60], "all_scenarios")
    assert found.estimate == pytest.approx(0.5)
    assert found.low is not None
    assert found.low < 0.4


@each_scope
def test_incidence_by_few(scope: Scope) -> None:
    """Designs that decide no rate decide no curve."""
    [found] = incidence([28, 90, 130], [1, 5, 2], ["a", "b", "a"], 1, [60], scope)
    assert found.estimate == pytest.approx(1 / 3)
    assert (found.reason is None, found.bound_low) == (False, None)


def test_incidence_of_nobody() -> None:
    """Nobody at risk: no estimate for any horizon."""
    assert [found.estimate for found in incidence([], [], [], 1, [60, 180], "these_scenarios")] == [None, None]
    assert quantile_incidence([], [], [], 1, "these_scenarios").estimate is None


@each_scope
def test_median_interval(scope: Scope) -> None:
    """The interval of a median of uniform times holds the middle and is some 10 wide for 400."""
    rng = random.Random(5)
    times = [rng.uniform(0, 100) for _ in range(400)]
    found = quantile_incidence(times, [1] * 400, grid(80, 5), 1, scope)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 50 < found.high
    assert found.high - found.low == pytest.approx(9.8, abs=4)


def test_median_never_reached() -> None:
    """Where fewer than half escalate, the median is infinite, and its lower end may be finite."""
    times = [float(t) for t in range(1, 101)]
    found = quantile_incidence(times, [1, 2, 1, 2, 2] * 20, grid(10, 10), 1, "these_scenarios")
    assert (found.estimate, found.high, found.note) == (math.inf, math.inf, None)
    assert found.low is not None


def test_three_that_never_saw_it_do_not_prove_that_half_never_do() -> None:
    """No event of three: a share of .63 may still see one. Of five it is .45, and then never is the word."""
    few = quantile_incidence([60.0] * 3, [2] * 3, ["a"] * 3, 1, "these_scenarios")
    more = quantile_incidence([60.0] * 5, [2] * 5, ["a"] * 5, 1, "these_scenarios")
    assert (few.estimate, few.bound_low, few.bound_high) == (math.inf, None, math.inf)
    assert (more.estimate, more.bound_low, more.bound_high) == (math.inf, math.inf, math.inf)


def test_probes_cut_off_at_their_cap_say_nothing_of_later_asks() -> None:
    """Twelve that were refused six times: the median lies beyond six, how far nobody knows."""
    found = quantile_incidence([6.0] * 12, [0] * 12, grid(6, 2), 1, "these_scenarios")
    assert (found.estimate, found.bound_low, found.bound_high) == (math.inf, 6, math.inf)
    assert found.note == "nobody was followed beyond 6"


def test_a_lower_end_does_not_lie_beyond_what_was_followed() -> None:
    """Two in twelve were granted, ten were cut off at six: perhaps the seventh ask works."""
    found = quantile_incidence([1.0, 2.0] + [6.0] * 10, [1, 1] + [0] * 10, grid(6, 2), 1, "these_scenarios")
    assert (found.estimate, found.bound_low) == (math.inf, 6)


@given(endings, st.sampled_from(SCOPES), st.randoms())
@settings(deadline=None, max_examples=25)
def test_order_is_nothing(run: list[tuple[float, int, str]], scope: Scope, rng: random.Random) -> None:
    """The interval does not move when the conversations come in another order."""
    assume(len(run) > 1)
    shuffled = rng.sample(run, len(run))

    def found(rows: list[tuple[float, int, str]]) -> list[Interval]:
        times, causes, labels = zip(*rows, strict=True)
        return incidence(times, causes, labels, 1, [6], scope, resamples=199)

    assert found(run) == found(shuffled)
