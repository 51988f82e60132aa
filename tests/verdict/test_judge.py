"""Pass, fail or inconclusive; what is missing is never a pass."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.model.gates import Gate, Gates, Judgement
from simulator.model.score import Metric
from simulator.verdict.judge import judge, passable_from, verdict
from tests.verdict.scenes import metric


def waits(estimate: float | None, low: float | None, **fields: Any) -> Metric:
    reason = "" if estimate is not None else "not_reached"
    defaults = {"estimate": estimate, "reason": reason, "bound_low": low, "bound_high": None}
    return metric("ttee_median", **{**defaults, **fields})


def judged(gate: Gate, *metrics: Metric, ours: float = 0.0) -> Judgement:
    (judgement,) = judge(Gates(rules=[gate]), metrics, ["bot"], ours={"bot": ours}, scenarios=12)
    return judgement


@pytest.mark.parametrize(
    ("gate", "outcome"),
    [
        (Gate("entrapment_rate", at_most=0.05), "pass"),  # the upper bound .04 lies below
        (Gate("entrapment_rate", at_most=0.03), "inconclusive"),  # .005 .. .04 lies on both sides
        (Gate("entrapment_rate", at_most=0.001), "fail"),  # even the lower bound lies above
        (Gate("entrapment_rate", at_least=0.001), "pass"),
        (Gate("entrapment_rate", at_least=0.03), "inconclusive"),
        (Gate("entrapment_rate", at_least=0.05), "fail"),
        (Gate("entrapment_rate", at_most=0.02, use="estimate"), "pass"),
        (Gate("entrapment_rate", at_most=0.0, use="estimate"), "fail"),
        (Gate("entrapment_rate", at_most=0.05, min_count=200), "pass"),
        (Gate("entrapment_rate", at_most=0.05, min_count=201), "inconclusive"),
        (Gate("entrapment_rate", at_most=0.05, group="persona=nobody"), "inconclusive"),
        (Gate("leak_rate", at_most=0.05), "inconclusive"),
        (Gate("loop_t0", at_most=0.05), "inconclusive"),  # a guess from text
        (Gate("trust_gap", worse_by_at_most=0.05, baseline="results/old"), "inconclusive"),
    ],
)
def test_the_bound_on_the_bad_side_decides(gate: Gate, outcome: str) -> None:
    """Estimate .02, one-sided bounds .005 and .04, n 200."""
    assert judged(gate, metric(), metric("trust_gap")).outcome == outcome


def test_too_few_names_both_numbers() -> None:
    """How many there are and how many are wanted."""
    reason = judged(Gate("entrapment_rate", at_most=0.05, min_count=500), metric()).reason
    assert reason == "n = 200, the gate wants at least 500"


def test_failures_of_ours_leave_everything_open() -> None:
    """Above 2 % no gate can be judged; at 2 % it can."""
    gate = Gate("entrapment_rate", at_most=0.05)
    assert judged(gate, metric(), ours=0.02).outcome == "pass"
    assert judged(gate, metric(), ours=0.021).outcome == "inconclusive"
    assert "failed on our side" in judged(gate, metric(), ours=0.021).reason


def test_never_reached_is_longer_than_any_limit() -> None:
    """A time that half of the customers surely never see fails `at_most` and meets `at_least`."""
    never = waits(None, None, never=True, open_above=True)
    assert judged(Gate("ttee_median", at_most=300), never).outcome == "fail"
    assert judged(Gate("ttee_median", at_least=300), never).outcome == "pass"
    assert judged(Gate("ttee_median", at_most=300), never).never


@pytest.mark.parametrize(
    ("limit", "low", "open_above", "outcome"),
    [
        ({"at_most": 300}, 45, True, "inconclusive"),  # three customers, none of them in time: it may be 45 s
        ({"at_most": 300}, 301, True, "fail"),  # even the lower bound is longer
        ({"at_most": 300}, None, True, "inconclusive"),
        ({"at_most": 300}, None, False, "inconclusive"),
        ({"at_least": 300}, 301, True, "pass"),
        ({"at_least": 300}, 45, True, "inconclusive"),
        ({"at_most": 300, "use": "estimate"}, 45, True, "fail"),  # never is longer than any limit
    ],
)
def test_never_reached_is_judged_on_its_bounds(
    limit: dict[str, Any], low: float | None, open_above: bool, outcome: str
) -> None:
    """An estimate of never is an estimate: only a bound on the right side decides."""
    assert judged(Gate("ttee_median", **limit), waits(None, low, open_above=open_above)).outcome == outcome


def test_an_open_bound_is_not_an_unknown_one() -> None:
    """41 s [30 s, never] may exceed 60 s; without any bound nothing can be said."""
    open_ = judged(Gate("ttee_median", at_most=60), waits(41, 30, open_above=True))
    unknown = judged(Gate("ttee_median", at_most=60), waits(41, None, reason="one scenario: no interval"))
    assert (open_.outcome, open_.reason) == ("inconclusive", "the bound has no finite value: there are too few to tell")
    assert (unknown.outcome, unknown.reason) == ("inconclusive", "one scenario: no interval")
    assert judged(Gate("ttee_median", at_most=20), waits(41, 30, open_above=True)).outcome == "fail"


def test_a_judgement_brings_its_own_interval_and_scope() -> None:
    """What the gate saw, not what the plan's report prints."""
    gates = Gates(rules=[Gate("entrapment_rate", at_most=0.05)], scope="all_scenarios", confidence=0.9)
    (judgement,) = judge(gates, [metric(low=0.001, high=0.2)], ["bot"], ours={}, scenarios=12)
    assert (judgement.low, judgement.high) == (0.001, 0.2)
    assert (judgement.scope, judgement.confidence) == ("all_scenarios", 0.9)


def test_what_was_not_measured_says_why() -> None:
    """The metric's own reason is the gate's."""
    silent = metric(estimate=None, reason="needs T2", bound_low=None, bound_high=None)
    judgement = judged(Gate("entrapment_rate", at_most=0.05), silent)
    assert (judgement.outcome, judgement.reason) == ("inconclusive", "not measured: needs T2")


def test_every_gate_is_judged_on_every_target() -> None:
    """Two gates and two targets are four judgements; a target without the metric is inconclusive."""
    gates = Gates(rules=[Gate("entrapment_rate", at_most=0.05), Gate("loop_rate", at_most=0.05)])
    judgements = judge(gates, [metric(), metric("loop_rate")], ["bot", "other"], ours={}, scenarios=12)
    assert [(one.target, one.outcome) for one in judgements] == [
        ("bot", "pass"),
        ("bot", "pass"),
        ("other", "inconclusive"),
        ("other", "inconclusive"),
    ]


def test_one_word_for_all() -> None:
    """fail over inconclusive over pass; no gate judges nothing."""
    good = judged(Gate("entrapment_rate", at_most=0.05), metric())
    open_ = judged(Gate("entrapment_rate", at_most=0.03), metric())
    bad = judged(Gate("entrapment_rate", at_most=0.001), metric())
    assert verdict([]) == "not_judged"
    assert verdict([good]) == "passed"
    assert verdict([good, open_]) == "inconclusive"
    assert verdict([open_, bad, good]) == "failed"


def test_a_flawless_bot_passes_from() -> None:
    """.95^59 < .05 for these scenarios; min_count may ask for more; an estimate asks for none."""
    gate = Gate("entrapment_rate", at_most=0.05)
    assert passable_from(gate, "these_scenarios", 0.95, 12) == 59
    assert passable_from(Gate("entrapment_rate", at_most=0.05, min_count=80), "these_scenarios", 0.95, 12) == 80
    assert passable_from(Gate("entrapment_rate", at_most=0, use="estimate"), "these_scenarios", 0.95, 12) is None
    assert passable_from(Gate("unmet_ask_rate", at_most=0.05), "these_scenarios", 0.95, 12) is None  # asks, unknown yet
    assert passable_from(Gate("ttee_median", at_most=60), "these_scenarios", 0.95, 12) is None
