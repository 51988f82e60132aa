"""What a scorer says of one conversation, and what a run says of all of them."""

from __future__ import annotations

from typing import Literal

import msgspec


class Score(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One measurement of one conversation with its proof."""

    name: str
    value: float | str | None
    """None = not applicable or not observable; `reason` says which and why."""
    event: str | None = None
    """For durations and counts that can be cut short: the cause that ended it, or `censored`."""
    reason: str = ""
    turns: list[int] = []
    """0-based indices into the transcript's turns: the proof."""
    version: str = "1"
    weight: float = 1.0
    """For ratios summed over turns, asks or promises: the denominator this conversation adds (value is the numerator)."""


Estimand = Literal["these_scenarios", "all_scenarios"]
"""these_scenarios: nothing is claimed beyond them (strata). all_scenarios: they stand for others like them (clusters)."""


GUESS = "_t0"
"""What the name of a score and of a metric ends in that was guessed from text: never gated, never pooled with what was seen."""
NOT_REACHED = "not_reached"
"""What the reason of a metric begins with that was looked for and never came: it would be infinite, which JSON lacks."""


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number of a run for one group of conversations."""

    name: str
    group: str
    """Such as `persona=polite_novice` or `scenario=slow-internet`; empty: all of the run."""
    estimate: float | None
    """None only with a `reason`, which begins with NOT_REACHED where the number would be infinite."""
    low: float | None
    high: float | None
    n: int
    """What it rests on. Sums over sums (kind `ratio`): all denominators together, such as asks, promises, turns, hand-offs;
    percentiles: replies; all else: conversations."""
    skipped: int
    """Conversations that could not say, each with its reason in the scores. One that had none of what a ratio counts (no
    promise, no ask) did say so, and is not among them."""
    method: str
    estimand: Estimand
    reason: str = ""
    bound_low: float | None = None
    """One-sided bounds: a gate decides on the one on its bad side. None: not known, unless a field below says infinite."""
    bound_high: float | None = None
    open_above: bool = False
    """The upper bound is infinite: perhaps half never get there, or no reply was slow enough to end the percentile."""
    never: bool = False
    """The lower bound is infinite too: that it was not reached is no chance."""
    target: str = ""
