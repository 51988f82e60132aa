"""Metrics against gates: pass, fail or inconclusive; what is missing is never a pass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from simulator.model.gates import Gate, Gates, Judgement, Outcome, Verdict
from simulator.model.score import GUESS, NOT_REACHED, Estimand, Metric
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
    """Smallest number of conversations at which a flawless bot passes a gate; None where that cannot be said.

    It cannot be said of a ratio: how many promises or asks a conversation holds is not known beforehand.
    """
    entry = METRICS.get(gate.metric)
    limit = gate.at_most if gate.at_most is not None else gate.at_least
    if entry is None or limit is None or gate.use == "estimate" or not 0 <= limit <= 1:
        return None
    if entry.unit != "share" or entry.kind == "ratio":
        return None
    n = smallest_n(limit, gate.at_most is not None, confidence, scope, scenarios)
    return None if n is None else max(n, gate.min_count)


def _judge(gate: Gate, metric: Metric | None, target: str, ours: float, gates: Gates, scenarios: int) -> Judgement:
    smallest = passable_from(gate, gates.scope, gates.confidence, scenarios)

    base = Judgement(
        gate, "inconclusive", None, None, 0, "", target, smallest, scope=gates.scope, confidence=gates.confidence
    )
    if metric is not None:
        base = msgspec.structs.replace(
            base, measured=metric.estimate, n=metric.n, low=metric.low, high=metric.high, never=_never(metric)
        )

    def said(outcome: Outcome, reason: str, bound: float | None = None) -> Judgement:
        finite = bound if bound is not None and math.isfinite(bound) else None
        return msgspec.structs.replace(base, outcome=outcome, reason=reason, bound=finite)

    if gate.metric.endswith(GUESS) or gate.of.endswith(GUESS):
        return said("inconclusive", "a guess from text is never gated")
    if gate.worse_by_at_most is not None or gate.metric == "scenario_worse":
        return said("inconclusive", "needs a baseline run; comparison with one is not in this version")
    if metric is None:
        return said("inconclusive", f"no metric {gate.metric} for group {gate.group!r} in this run")
    if ours > MOST_FAILED_BY_US:
        lost = f"{ours:.1%} of the conversations were interrupted, lost or failed on our side"
        return said("inconclusive", f"{lost}, more than {MOST_FAILED_BY_US:.0%}")
    if metric.n < gate.min_count:
        return said("inconclusive", f"n = {metric.n}, the gate wants at least {gate.min_count}")
    upper = gate.at_most is not None
    limit = gate.at_most if gate.at_most is not None else gate.at_least
    assert limit is not None
    # A time that is never reached is longer than any limit.
    estimate = math.inf if _never(metric) else metric.estimate
    if estimate is None:
        return said("inconclusive", f"not measured: {metric.reason}")
    if gate.use == "estimate":
        held = estimate <= limit if upper else estimate >= limit
        return said("pass" if held else "fail", "by the estimate")
    low = math.inf if metric.never else metric.bound_low
    high = math.inf if metric.open_above else metric.bound_high
    bad, good = (high, low) if upper else (low, high)
    if bad is not None and ((bad <= limit) if upper else (bad >= limit)):
        return said("pass", "never reached" if math.isinf(bad) else "", bad)
    if good is not None and ((good > limit) if upper else (good < limit)):
        return said("fail", "never reached" if math.isinf(good) else "", good)
    if bad is None:
        return said("inconclusive", _obstacle(metric) or "no bound could be computed")
    if math.isinf(bad):
        return said("inconclusive", "the bound has no finite value: there are too few to tell")
    enough = f"; a flawless bot passes from {smallest} conversations" if smallest and metric.n < smallest else ""
    return said("inconclusive", f"the bound lies on the other side of the limit{enough}", bad)


def _obstacle(metric: Metric) -> str:
    return metric.reason.removeprefix(NOT_REACHED).removeprefix("; ")


def _never(metric: Metric) -> bool:
    return metric.estimate is None and metric.reason.startswith(NOT_REACHED)
