from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.statistics.interval import Interval, finished, mean, quantile, quantile_draft, ratio, ratio_draft
from simulator.statistics.resampling import Reading, Scope, read_all, resampled_weights
from simulator.statistics.survival import Waits, area_incidence, incidence, quantile_incidence


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 40), st.integers(1, 40))
@settings(deadline=None)
def test_who_reads_together_reads_what_it_would_alone(sizes: list[int], one: int, two: int) -> None:
    """Also where one wants fewer resamples than the other."""
    taken: dict[int, list[NDArray[np.float64]]] = {one: [], two: []}
    read_all([Reading(tuple(sizes), wanted, found.append) for wanted, found in taken.items()])
    for wanted, found in taken.items():
        assert np.array_equal(np.concatenate(found), np.concatenate(list(resampled_weights(sizes, wanted))))


def test_a_reader_of_few_reads_no_more_than_that_over_many_chunks() -> None:
    """With a chunk of five resamples: 7 and 12 of them."""
    sizes = (100_000,)
    counts: dict[int, list[int]] = {7: [], 12: []}

    def counting(wanted: int) -> Reading:
        return Reading(sizes, wanted, lambda weights: counts[wanted].append(len(weights)))

    read_all(map(counting, counts))
    assert counts == {7: [5, 2], 12: [5, 5, 2]}


@pytest.mark.parametrize("scope", ["these_scenarios", "all_scenarios"])
def test_intervals_made_together_are_those_made_alone(scope: Scope) -> None:
    """Ratios, quantiles, and several readings of one curve, to the last bit."""
    rng = np.random.default_rng(5)
    clusters = [f"s{place % 6}" for place in range(120)]
    parts, wholes = rng.integers(0, 3, 120).tolist(), rng.integers(2, 5, 120).tolist()
    times, causes = rng.uniform(1, 400, 120).tolist(), rng.integers(0, 3, 120).tolist()
    waits = Waits(times, causes, clusters)
    together = finished(
        [
            ratio_draft(parts, wholes, clusters, scope),
            ratio_draft(wholes, wholes, clusters, scope),
            quantile_draft(times, 0.5, clusters, scope),
            *waits.incidence(1, [60, 180], scope),
            waits.quantile(1, scope),
            waits.quantile(2, scope, share=0.25),
            waits.area(1, 300, scope),
        ]
    )
    alone: list[Interval] = [
        ratio(parts, wholes, clusters, scope),
        ratio(wholes, wholes, clusters, scope),
        quantile(times, 0.5, clusters, scope),
        *(incidence(times, causes, clusters, 1, [at], scope)[0] for at in (60, 180)),
        quantile_incidence(times, causes, clusters, 1, scope),
        quantile_incidence(times, causes, clusters, 2, scope, share=0.25),
        area_incidence(times, causes, clusters, 1, 300, scope),
    ]
    assert together == alone
    assert all(found.low is not None for found in alone)


def test_many_conversations_are_resampled_less_often() -> None:
    """Beyond 20,000 the ends of a ratio rest on fewer resamples, and still agree with those of a mean."""
    rng = np.random.default_rng(6)
    values = rng.integers(0, 2, 60_000).tolist()
    clusters = [f"s{place % 50}" for place in range(60_000)]
    found = ratio(values, [1] * 60_000, clusters, "these_scenarios")
    same = mean(values, clusters, "these_scenarios")
    assert found.estimate == same.estimate
    assert (found.low, found.high) == pytest.approx((same.low, same.high), abs=0.0006)
