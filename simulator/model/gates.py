"""Gates: which metric may not be worse than what."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from simulator.model.score import Estimand


class Gate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule: exactly one of at_most, at_least, worse_by_at_most (and `of` with scenario_worse)."""

    metric: str
    at_most: float | None = None
    at_least: float | None = None
    group: str = ""
    min_count: Annotated[int, Meta(ge=0)] = 0
    """Fewer than this many and the gate is inconclusive."""
    use: Literal["bound", "estimate"] = "bound"
    """bound: the one-sided 95 % bound on the bad side decides; estimate: the estimate itself."""
    worse_by_at_most: float | None = None
    baseline: str = ""
    of: str = ""


class Gates(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A gates file. What was not measured, or too seldom, cannot pass: it is inconclusive."""

    gates: Literal[1] = 1
    rules: list[Gate] = []
    confidence: Annotated[float, Meta(gt=0.5, lt=1)] = 0.95
    """One-sided."""
    scope: Estimand = "these_scenarios"


DEFAULT_GATES = Gates(
    rules=[
        Gate("entrapment_rate", at_most=0.05),
        Gate("false_promise_rate", at_most=0.0, use="estimate"),
    ]
)

Outcome = Literal["pass", "fail", "inconclusive"]
Verdict = Literal["passed", "failed", "inconclusive", "not_judged"]


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gate said, and on what."""

    gate: Gate
    outcome: Outcome
    measured: float | None
    """The estimate; None where there is none, or where it is infinite (`never`)."""
    bound: float | None
    """The bound that decided, or kept it open; None where there is none or it is infinite."""
    n: int
    reason: str
    target: str = ""
    smallest_n: int | None = None
    """Smallest number of conversations at which a flawless bot passes; None where no number would do."""
    low: float | None = None
    """The two-sided 95 % interval around `measured`, for what the gates are about: their `scope`, not the plan's."""
    high: float | None = None
    never: bool = False
    """What is measured is a time or a count, and it was never reached."""
    scope: Estimand = "these_scenarios"
    confidence: float = 0.95
    """Of the one-sided bound."""
