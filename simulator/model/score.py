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
"""these_scenarios: the list is all that matters (strata). all_scenarios: the list is a sample (clusters)."""


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number of a run for one group of conversations."""

    name: str
    group: str
    """Empty for the whole run, else like `persona=repeat_caller` or `scenario=saas-outage`."""
    estimate: float | None
    """None always has a reason; `not_reached` is one (JSON has no infinity)."""
    low: float | None
    high: float | None
    n: int
    """What it rests on: conversations, turns, asks, promises or hand-offs, as the metric's unit says."""
    skipped: int
    """Conversations that could not say, each with its reason in the scores."""
    method: str
    estimand: Estimand
    reason: str = ""
    bound_low: float | None = None
    """One-sided 95 % bounds: a gate decides on the one on its bad side."""
    bound_high: float | None = None
    target: str = ""
