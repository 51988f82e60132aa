from __future__ import annotations

import math
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.statistics.ends import effective_n, exact_ends
from simulator.statistics.interval import Interval, mean, quantile, rate, ratio
from simulator.statistics.resampling import Scope, resampled_weights, rows_of

SCOPES: tuple[Scope, ...] = ("these_scenarios", "all_scenarios")
each_scope = pytest.mark.parametrize("scope", SCOPES)


def grid(scenarios: int, conversations: int) -> list[str]:
    return [f"scenario {k}" for k in range(scenarios) for _ in range(conversations)]


def within(interval: Interval) -> bool:
    """Whether the ends stand in the order they must."""
    assert interval.estimate is not None
    assert interval.low is not None
    assert interval.high is not None
    return interval.low <= interval.estimate <= interval.high


runs = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abcdefgh")), min_size=1, max_size=60)


def test_no_import_of_numpy_or_scipy() -> None:
    """A module that only wants the names does not pay for numpy and scipy."""
    rooms = ", ".join(
        f"simulator.statistics.{room}" for room in ("interval", "survival", "agreement", "power", "ends", "resampling")
    )
    program = f"import sys, {rooms}; sys.exit('scipy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_no_event_in_twenty_scenarios() -> None:
    """0 of 200 in 20 x 10 is worth 71.4 independent conversations: below .050, not .018."""
    found = rate([0] * 200, grid(20, 10), "all_scenarios")
    assert effective_n(200, 20, "all_scenarios") == pytest.approx(71.43, abs=0.01)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.050, abs=5e-4)
    assert found.bound_high == pytest.approx(1 - 0.05 ** (2.8 / 200))
    assert found.note == "few clusters; no spread seen: effective n 71.4 at an assumed ICC of 0.2"


def test_no_event_in_these_scenarios() -> None:
    """Where the list is all that matters, all 200 conversations count."""
    found = rate([0] * 200, grid(20, 10), "these_scenarios")
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 200))
    assert found.bound_high == pytest.approx(0.01487, abs=1e-5)
    assert found.note is None


@each_scope
def test_only_events_mirror_no_event(scope: Scope) -> None:
    """A share of one is bounded below as a share of none is bounded above."""
    none, every = (rate([value] * 200, grid(20, 10), scope) for value in (0, 1))
    assert none.high is not None
    assert none.bound_high is not None
    assert every.low == pytest.approx(1 - none.high)
    assert every.bound_low == pytest.approx(1 - none.bound_high)
    assert every.high == 1.0


def test_three_conversations_of_two_scenarios() -> None:
    """p = 1/3, s = .444, t_1 = 12.71: the interval is [0, 1], and it decides nothing."""
    found = rate([0, 0, 1], ["outage", "outage", "parcel"], "all_scenarios")
    assert found.low == pytest.approx(0.0, abs=1e-9)
    assert found.high == pytest.approx(1.0, abs=1e-9)
    assert found.reason == "fewer than 5 scenarios: inconclusive"
    assert (found.bound_low, found.bound_high) == (None, None)


def test_one_conversation_of_a_scenario_has_no_variance() -> None:
    """A stratum with one conversation leaves these_scenarios without an interval."""
    found = rate([0, 0, 1], ["outage", "outage", "parcel"], "these_scenarios")
    assert found.estimate == pytest.approx(1 / 3)
    assert (found.low, found.reason) == (None, "one conversation a scenario: no interval")


def test_one_scenario() -> None:
    """One scenario says nothing about all scenarios, and something about itself."""
    assert rate([0, 1] * 20, ["only"] * 40, "all_scenarios").reason == "one scenario: no interval"
    assert rate([0, 1] * 20, ["only"] * 40, "these_scenarios").reason is None


@pytest.mark.parametrize(("scenarios", "note"), [(5, "few clusters"), (39, "few clusters"), (40, None)])
def test_few_clusters(scenarios: int, note: str | None) -> None:
    """From 5 to 39 scenarios the interval says that they are few."""
    found = rate([0, 1, 1] * scenarios, grid(scenarios, 3), "all_scenarios")
    assert (found.reason, found.note) == (None, note)


def test_logit_t_of_all_scenarios() -> None:
    """The interval is sigma(logit p -+ t s / (p(1-p))) with s from scenarios of unequal size."""
    from scipy.special import expit, logit
    from scipy.stats import t

    events, sizes = [0, 1, 2, 0, 4, 1], [5, 4, 6, 3, 8, 4]
    values = [int(i < e) for e, m in zip(events, sizes, strict=True) for i in range(m)]
    found = rate(values, [str(k) for k, m in enumerate(sizes) for _ in range(m)], "all_scenarios")
    n, p = 30, 8 / 30
    s = math.sqrt(6 / 5 * sum((e - m * p) ** 2 for e, m in zip(events, sizes, strict=True)) / n**2)
    reach = t.ppf(0.975, 5) * s / (p * (1 - p))
    assert (found.low, found.high) == pytest.approx((expit(logit(p) - reach), expit(logit(p) + reach)))


def test_logit_t_of_these_scenarios() -> None:
    """The stratified variance is sum (m_k/N)^2 s_k^2 / m_k with N - K degrees of freedom."""
    from scipy.special import expit, logit
    from scipy.stats import t

    strata = [[0, 0, 1, 0], [1, 1, 0], [0, 0, 0, 0, 0], [1, 1]]
    values = [value for stratum in strata for value in stratum]
    found = rate(values, [str(k) for k, stratum in enumerate(strata) for _ in stratum], "these_scenarios")
    p = sum(values) / 14
    s = math.sqrt(sum((len(each) / 14) ** 2 * np.var(each, ddof=1) / len(each) for each in strata))
    reach = t.ppf(0.95, 10) * s / (p * (1 - p))
    assert (found.bound_low, found.bound_high) == pytest.approx((expit(logit(p) - reach), expit(logit(p) + reach)))


@each_scope
def test_no_spread_is_no_certainty(scope: Scope) -> None:
    """Where no variance shows, the interval has the width of independent conversations, not none."""
    values = [0, 1] * 50 if scope == "all_scenarios" else [0] * 50 + [1] * 50
    found = rate(values, grid(50, 2) if scope == "all_scenarios" else grid(2, 50), scope)
    assert found.low == pytest.approx(0.40, abs=0.01)
    assert found.high == pytest.approx(0.60, abs=0.01)


@given(runs, st.sampled_from(SCOPES))
def test_rate_contains_its_estimate(run: list[tuple[int, str]], scope: Scope) -> None:
    """Ends that exist lie in [0, 1] around the estimate, the one-sided bounds inside the two-sided interval."""
    found = rate([value for value, _ in run], [label for _, label in run], scope)
    if found.low is not None and found.high is not None:
        assert within(found)
        assert 0 <= found.low <= found.high <= 1
    if found.bound_low is not None and found.bound_high is not None and found.low is not None:
        assert found.low <= found.bound_low <= found.bound_high


@given(runs, st.sampled_from(SCOPES))
def test_rate_mirrors(run: list[tuple[int, str]], scope: Scope) -> None:
    """The interval of the events is that of the non-events, turned round."""
    labels = [label for _, label in run]
    there, back = rate([v for v, _ in run], labels, scope), rate([1 - v for v, _ in run], labels, scope)
    if there.low is not None and back.high is not None:
        assert there.low == pytest.approx(1 - back.high, abs=1e-9)
    assert there.reason == back.reason


def test_rate_of_nothing_is_nothing() -> None:
    """Nothing to divide by is not a share of 0."""
    found = rate([], [], "these_scenarios")
    assert (found.estimate, found.reason) == (None, "no conversations")


def test_rate_refuses_other_values() -> None:
    """A rate is of zeros and ones, one for each conversation."""
    with pytest.raises(ValueError, match="0 or 1"):
        rate([0, 2], ["a", "a"], "these_scenarios")
    with pytest.raises(ValueError, match="lengths differ"):
        rate([0, 1], ["a"], "these_scenarios")


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_confidence_is_a_probability(confidence: float) -> None:
    """A confidence of 95 is a slip for .95, and said to be one."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        rate([0, 1], ["a", "a"], "these_scenarios", confidence)


def test_mean_of_equal_scenarios_is_t_on_their_means() -> None:
    """With scenarios of one size, the interval is the t interval of the scenario means."""
    from scipy.stats import t

    rng = np.random.default_rng(3)
    values = rng.normal(2, 1, (8, 5))
    found = mean(values.ravel().tolist(), grid(8, 5), "all_scenarios")
    means = values.mean(axis=1)
    reach = t.ppf(0.975, 7) * means.std(ddof=1) / math.sqrt(8)
    assert (found.low, found.high) == pytest.approx((means.mean() - reach, means.mean() + reach))


@given(runs, st.sampled_from(SCOPES))
def test_mean_of_zeros_and_ones_has_the_spread_of_a_rate(run: list[tuple[int, str]], scope: Scope) -> None:
    """A mean of zeros and ones has the estimate of the rate and can be judged when the rate can."""
    values, labels = [value for value, _ in run], [label for _, label in run]
    as_mean, as_rate = mean(values, labels, scope, floor=0, ceiling=1), rate(values, labels, scope)
    assert as_mean.estimate == pytest.approx(as_rate.estimate)
    assert as_mean.reason == as_rate.reason
    assert (as_mean.low is None) == (as_rate.low is None)


def test_mean_of_equal_values() -> None:
    """When every hand-off was complete, the mean is bounded as a rate without failures is."""
    found = mean([1.0] * 60, grid(6, 10), "these_scenarios", floor=0, ceiling=1)
    assert found.bound_low == pytest.approx(0.05 ** (1 / 60))
    assert found.high == 1.0


def test_mean_of_equal_values_without_limits() -> None:
    """Equal values of a score without limits say nothing of what else it could be."""
    found = mean([3.0] * 60, grid(6, 10), "these_scenarios")
    assert (found.low, found.high, found.reason) == (None, None, "no spread: all values equal")


def test_ratio_is_sum_over_sum() -> None:
    """Three wasted turns of fourteen are .2143, however they spread over conversations."""
    found = ratio([0, 3, 0] * 4, [3, 5, 6] * 4, grid(2, 6), "these_scenarios")
    assert found.estimate == pytest.approx(0.2143, abs=1e-4)
    assert found.n == 4 * 14
    assert within(found)


@pytest.mark.parametrize("event", [0, 1])
def test_ratio_without_spread_has_width(event: int) -> None:
    """No false promise in 40 is no proof of none: the bound counts the promises, shared among their scenarios."""
    found = ratio([event] * 40, [1] * 40, grid(10, 4), "all_scenarios")
    n_e = 40 / (1 + 3 * 0.2)
    assert found.estimate == event
    bound = found.bound_low if event else found.bound_high
    assert bound == pytest.approx(0.05 ** (1 / n_e) if event else 1 - 0.05 ** (1 / n_e))
    assert found.high == (1.0 if event else pytest.approx(1 - 0.025 ** (1 / n_e)))


def test_ratio_of_single_denominators_without_event_is_the_rate() -> None:
    """With one denominator a conversation, the bounds without an event are those of the rate."""
    for scope in SCOPES:
        as_ratio, as_rate = ratio([0] * 80, [1] * 80, grid(8, 10), scope), rate([0] * 80, grid(8, 10), scope)
        assert (as_ratio.high, as_ratio.bound_high) == pytest.approx((as_rate.high, as_rate.bound_high))


def test_turns_of_one_conversation_resemble_each_other() -> None:
    """Ten promises in each of four conversations are worth less than forty conversations."""
    few = ratio([0] * 4, [10] * 4, grid(2, 2), "these_scenarios")
    many = ratio([0] * 40, [1] * 40, grid(2, 20), "these_scenarios")
    assert few.high is not None
    assert many.high is not None
    assert few.high > 2 * many.high


def test_ratio_that_never_varies_has_width() -> None:
    """Half in every single conversation still leaves the width of a share."""
    found = ratio([1] * 40, [2] * 40, grid(8, 5), "all_scenarios")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.45 < 0.55 < found.high


def test_ratio_counts_dropped_resamples() -> None:
    """Resamples without a denominator are dropped, and the reader is told how many."""
    found = ratio([0, 1] + [0] * 10, [1, 1] + [0] * 10, ["a"] * 12, "these_scenarios")
    assert found.note is not None
    assert "of 9,999 resamples had an empty denominator" in found.note
    dropped = int(found.note.split()[0].replace(",", ""))
    assert dropped / 9_999 == pytest.approx((10 / 12) ** 11, abs=0.02)


def test_ratio_counts_the_scenarios_that_have_a_denominator() -> None:
    """Twenty scenarios of which three saw a promise are three."""
    found = ratio([0, 1] * 3 + [0] * 34, [1, 1] * 3 + [0] * 34, grid(20, 2), "all_scenarios")
    assert (found.clusters, found.reason) == (3, "fewer than 5 scenarios: inconclusive")


def test_ratio_without_denominator_is_nothing() -> None:
    """Nothing to divide by is not a share of 0."""
    found = ratio([0, 0], [0, 0], ["a", "a"], "these_scenarios")
    assert (found.estimate, found.reason) == (None, "the denominator is empty")


@each_scope
def test_ratio_follows_the_linearised_spread(scope: Scope) -> None:
    """With many scenarios the bootstrap agrees with the variance of the linearised ratio."""
    rng = np.random.default_rng(8)
    denominators = rng.integers(1, 4, (60, 5))
    numerators = rng.binomial(denominators, rng.beta(4, 4, (60, 1)))
    share = numerators.sum() / denominators.sum()
    rest = numerators - share * denominators
    within = (5 * rest.var(axis=1, ddof=1)).sum()
    variance = 60 / 59 * (rest.sum(axis=1) ** 2).sum() if scope == "all_scenarios" else within
    found = ratio(numerators.ravel().tolist(), denominators.ravel().tolist(), grid(60, 5), scope)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(3.92 * math.sqrt(variance) / denominators.sum(), rel=0.06)


@each_scope
def test_order_of_conversations_is_nothing(scope: Scope) -> None:
    """Resampled intervals do not move when the conversations come in another order."""
    rng = random.Random(4)
    rows = [(rng.randint(0, 1), rng.randint(1, 3), label) for label in grid(7, 4)]
    shuffled = rng.sample(rows, len(rows))

    def both(rows: list[tuple[int, int, str]]) -> tuple[Interval, Interval]:
        parts, wholes, labels = zip(*rows, strict=True)
        return ratio(parts, wholes, labels, scope), quantile(wholes, 0.5, labels, scope)

    assert both(rows) == both(shuffled)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=50),
    st.floats(0.01, 0.99),
)
@settings(deadline=None, max_examples=30)
def test_quantile_is_the_empirical_one(values: list[float], q: float) -> None:
    """The estimate is the smallest value that a share q does not exceed."""
    found = quantile(values, q, ["one"] * len(values), "all_scenarios")
    assert found.estimate == np.quantile(values, q, method="inverted_cdf")


@each_scope
def test_quantile_near_the_binomial_interval(scope: Scope) -> None:
    """For independent values, the interval of a median has the ranks n/2 -+ z sqrt(n)/2."""
    values = list(range(400))
    random.Random(1).shuffle(values)
    found = quantile(values, 0.5, grid(80, 5), scope)
    assert found.low == pytest.approx(180, abs=8)
    assert found.high == pytest.approx(219, abs=8)


def test_a_percentile_can_lie_beyond_the_largest_value() -> None:
    """Of fifty values, the 99th percentile has no upper end."""
    found = quantile(list(range(50)), 0.99, grid(10, 5), "these_scenarios")
    assert found.high == math.inf
    assert found.low is not None
    assert found.low > 40


@each_scope
def test_order_statistics_agree_with_the_bootstrap(scope: Scope) -> None:
    """Past 20,000 values the ranks are computed, and come out where resampling put them."""
    rng = np.random.default_rng(6)
    values = (rng.exponential(1, (50, 401)) * rng.lognormal(0, 0.2, (50, 1))).round(6)
    few = quantile(values[:, :400].ravel().tolist(), 0.95, grid(50, 400), scope)
    many = quantile(values.ravel().tolist(), 0.95, grid(50, 401), scope)
    assert (few.method, many.method) == ("bootstrap", "order statistics")
    assert (many.low, many.high) == pytest.approx((few.low, few.high), rel=0.02)


def test_turns_are_drawn_by_conversation() -> None:
    """Turns of one conversation that are alike widen the interval of their percentile."""
    values = [float(i // 10) for i in range(400)]
    together = quantile(values, 0.5, ["one"] * 400, "these_scenarios", conversations=[i // 10 for i in range(400)])
    apart = quantile(values, 0.5, ["one"] * 400, "these_scenarios")
    assert None not in (together.high, together.low, apart.high, apart.low)
    assert together.high - together.low > 2 * (apart.high - apart.low)  # type: ignore[operator]


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_exact_ends_against_scipy(counts: tuple[int, int]) -> None:
    """The ends by which order statistics find their ranks are those of scipy's exact interval."""
    from scipy.stats import binomtest

    theirs = binomtest(*counts).proportion_ci(method="exact")
    assert exact_ends(*counts, 0.025) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@each_scope
def test_resamples_keep_their_size(scope: Scope) -> None:
    """A resample within scenarios leaves every scenario its size; one of scenarios keeps their number."""
    codes = np.repeat([0, 1, 2], [4, 2, 6])
    rows = rows_of(codes, scope)
    drawn = np.concatenate(list(resampled_weights(rows.sizes, 500, rows.per_draw)))[:, rows.column]
    per_scenario = np.stack([drawn[:, codes == k].sum(axis=1) for k in range(3)], axis=1)
    if scope == "these_scenarios":
        assert per_scenario == pytest.approx(np.tile([4, 2, 6], (500, 1)))
    else:
        assert (per_scenario / [4, 2, 6]).sum(axis=1) == pytest.approx(3)


def test_two_conversations_a_scenario_show_their_whole_spread() -> None:
    """Resampling pairs gives the stratified variance, not half of it."""
    events = [0, 1] * 60 + [1, 1] * 30 + [0, 0] * 30
    resampled = ratio(events, [1] * 240, grid(120, 2), "these_scenarios")
    formula = rate(events, grid(120, 2), "these_scenarios")
    assert (resampled.low, resampled.high) == pytest.approx((formula.low, formula.high), abs=0.01)


def simulated(scope: Scope, repeats: int) -> float:
    """The share of intervals that hold the truth: beta-binomial scenarios, p = .1, ICC .2, 20 x 10."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(repeats):
        rates = rng.beta(0.4, 3.6, 20)
        values = rng.binomial(1, np.repeat(rates, 10)).tolist()
        found = rate(values, grid(20, 10), scope)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= (0.1 if scope == "all_scenarios" else rates.mean()) <= found.high
    return held / repeats


@pytest.mark.slow
@each_scope
def test_coverage(scope: Scope) -> None:
    """A nominal 95 % interval holds the truth at least 92 times of 100."""
    assert simulated(scope, 1_000) >= 0.92
