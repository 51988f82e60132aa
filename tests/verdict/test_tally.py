"""Metrics of a log that is not kept."""

from __future__ import annotations

import pytest

from simulator.model.score import Score
from simulator.model.transcript import Transcript, Turn
from simulator.registry import GUESSES, METRICS
from simulator.statistics.running import wilson
from simulator.verdict.tally import SAMPLED, Line, Tally


def talk(id_: str, **more: object) -> Transcript:
    return Transcript(id_, [Turn("customer", "hello")], "limit", 0.0, **more)  # type: ignore[arg-type]  # fields by name


def tallied(*scores: list[Score]) -> dict[str, Line]:
    tally = Tally()
    for place, found in enumerate(scores):
        tally.add(talk(str(place)), found, str(place))
    return {line.name: line for line in tally.lines()}


def test_a_rate_has_wilsons_interval_and_its_silence_a_reason() -> None:
    """3 of 4, one that could not say, and why."""
    values = [
        Score("loop", 1),
        Score("loop", 1),
        Score("loop", 0),
        Score("loop", 1),
        Score("loop", None, reason="no scenario"),
    ]
    line = tallied(*([one] for one in values))["loop_rate"]
    assert (line.estimate, line.low, line.high) == wilson(3, 4)
    assert (line.n, line.skipped, line.reasons) == (4, 1, {"no scenario": 1})


def test_a_ratio_is_a_sum_over_a_sum() -> None:
    """A conversation without any promise says so and is not among the silent."""
    line = tallied(
        [Score("false_promises", 1, weight=2)],
        [Score("false_promises", 2, weight=2)],
        [Score("false_promises", None, weight=0)],
    )["false_promise_rate"]
    assert (line.estimate, line.n, line.skipped) == (0.75, 4, 0)


def test_classes_divide_by_their_own() -> None:
    """Sensitivity over tp and fn, specificity over tn and fp."""
    found = tallied(*([Score("escalation_class", cell)] for cell in ("tp", "tp", "fn", "tn", "fp", "fp")))
    assert (found["escalation_sensitivity"].estimate, found["escalation_sensitivity"].n) == (2 / 3, 3)
    assert (found["escalation_specificity"].estimate, found["escalation_specificity"].n) == (1 / 3, 3)


def test_a_percentile_is_that_of_all_while_all_fit() -> None:
    """And of a sample of fixed size, which says so, where they do not; n are the values, of which a conversation has many."""
    few = tallied(*([Score("turn_latency", float(n))] for n in range(1, 101)))["turn_latency_p50"]
    assert (few.estimate, few.n, few.sampled) == (50.0, 100, 0)
    two = tallied([Score("turn_latency", 1.0), Score("turn_latency", 2.0)], [Score("turn_latency", 3.0)])
    assert (two["turn_latency_p50"].estimate, two["turn_latency_p50"].n) == (2.0, 3)
    many = tallied(*([Score("turn_latency", float(n))] for n in range(1, 3 * SAMPLED + 1)))["turn_latency_p50"]
    assert many.sampled == SAMPLED
    assert many.estimate == pytest.approx(1.5 * SAMPLED, rel=0.1)


def test_guesses_stand_apart_even_where_no_registry_lists_them() -> None:
    """By the suffix of their name; a share where they say 0 or 1."""
    found = tallied([Score("asks_human_t0", 1)], [Score("asks_human_t0", 0)], [Score("loop", 1)])
    assert (found["asks_human_t0"].estimate, found["asks_human_t0"].guess) == (0.5, True)
    assert {name for name, line in found.items() if line.guess} == {"asks_human_t0", *GUESSES}


def test_what_is_not_the_bots_is_not_counted() -> None:
    """Our own failures and probes, known by the names that were handed in: left out, and how many."""
    tally = Tally(probes=["asks_at_once"])
    tally.add(talk("a"), [Score("loop", 1)], "a")
    tally.add(talk("b", persona="asks_at_once"), [Score("loop", 1)], "b")
    tally.add(talk("d", persona="probe_of_theirs"), [Score("loop", 1)], "d")
    tally.add(Transcript("c", [Turn("customer", "x")], "simulator_failed", 0.0), [Score("loop", 1)], "c")
    assert (tally.conversations, tally.left_out) == (2, 2)


def test_every_metric_of_customers_has_a_line_with_a_reason_if_nothing_else() -> None:
    """What was never measured is None and says why."""
    found = tallied([])
    measured = {name for name, entry in METRICS.items() if entry.population == "customers"}
    assert found.keys() == measured | GUESSES.keys()
    assert all(line.estimate is None and line.reason for line in found.values())
