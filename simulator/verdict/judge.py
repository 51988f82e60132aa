"""Metrics against gates: pass, fail or inconclusive; what is missing is never a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.model.gates import Gate, Gates, Judgement, Outcome, Verdict
from simulator.model.score import Estimand, Metric
from simulator.registry import METRICS
from simulator.statistics.power import smallest_n

MOST_FAILED_BY_US = 0.02
"""Above this share of simulator failures and interruptions a run is inconclusive."""


def judge(
    gates: Gates, metrics: Sequence[Metric], targets: Sequence[str], *, ours: Mapping[str, float], scenarios: int
) -> list[Judgement]:
    """Judge every gate on every target. `ours`: target -> share of its conversations that ended through our own fault."""
    by_key = {(metric.target, metric.name, metric.group): metric for metric in metrics}
    return [
        _judge(gate, by_key.get((target, gate.metric, gate.group)), target, ours.get(target, 0.0), gates, scenarios)
        for target in targets
        for gate in gates.rules
    ]


def verdict(judgements: Sequence[Judgement]) -> Verdict:
    """One word for all: a failed gate fails, an inconclusive one leaves it open, no gate at all judges nothing."""
    outcomes = {judgement.outcome for judgement in judgements}
    if not outcomes:
        return "not_judged"
    return "failed" if "fail" in outcomes else "inconclusive" if "inconclusive" in outcomes else "passed"


def passable_from(gate: Gate, scope: Estimand, confidence: float, scenarios: int) -> int | None:
    """Smallest number of conversations at which a flawless bot passes a gate; None where that cannot be said."""
    entry = METRICS.get(gate.metric)
    limit = gate.at_most if gate.at_most is not None else gate.at_least
    if entry is None or limit is None or gate.use == "estimate" or entry.unit != "share" or not 0 <= limit <= 1:
        return None
    n = smallest_n(limit, gate.at_most is not None, confidence, scope, scenarios)
    return None if n is None else max(n, gate.min_count)


def _judge(gate: Gate, metric: Metric | None, target: str, ours: float, gates: Gates, scenarios: int) -> Judgement:
    smallest = passable_from(gate, gates.scope, gates.confidence, scenarios)

    def said(outcome: Outcome, reason: str, bound: float | None = None) -> Judgement:
        estimate = metric.estimate if metric is not None else None
        n = metric.n if metric is not None else 0
        return Judgement(gate, outcome, estimate, bound, n, reason, target, smallest)

    if gate.worse_by_at_most is not None or gate.metric == "scenario_worse":
        return said("inconclusive", "needs a baseline run; comparison with one is not in this version")
    if metric is None:
        return said("inconclusive", f"no metric {gate.metric} for group {gate.group!r} in this run")
    if ours > MOST_FAILED_BY_US:
        return said(
            "inconclusive", f"{ours:.1%} of the conversations failed on our side, more than {MOST_FAILED_BY_US:.0%}"
        )
    if metric.n < gate.min_count:
        return said("inconclusive", f"n = {metric.n}, the gate wants at least {gate.min_count}")
    upper = gate.at_most is not None
    limit = gate.at_most if gate.at_most is not None else gate.at_least
    assert limit is not None
    if metric.estimate is None:
        if metric.reason.startswith("not_reached"):
            # A time that is never reached is longer than any limit and more asks than any number.
            return said("fail" if upper else "pass", "never reached")
        return said("inconclusive", f"not measured: {metric.reason}")
    if gate.use == "estimate":
        held = metric.estimate <= limit if upper else metric.estimate >= limit
        return said("pass" if held else "fail", "by the estimate")
    bad = metric.bound_high if upper else metric.bound_low
    good = metric.bound_low if upper else metric.bound_high
    if bad is None or good is None:
        return said("inconclusive", metric.reason or "no bound could be computed")
    if (bad <= limit) if upper else (bad >= limit):
        return said("pass", "", bad)
    if (good > limit) if upper else (good < limit):
        return said("fail", "", good)
    enough = f"; a flawless bot passes from {smallest} conversations" if smallest and metric.n < smallest else ""
    return said("inconclusive", f"the bound lies on the other side of the limit{enough}", bad)
