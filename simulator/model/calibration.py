"""A calibration: what a company's own chat logs say of how customers choose, and what they leave open.

It holds numbers about a crowd: no text, no name and no id of anybody in the logs. A plan names its file, and the run's
folder keeps it whole within the plan.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Weight = Literal[
    "ask_intercept",
    "ask_frustration",
    "ask_distrust",
    "ask_failure",
    "ask_unmet",
    "leave_intercept",
    "leave_frustration",
    "leave_distrust",
    "leave_turn",
    "leave_ask",
    "leave_out_of_time",
    "silent_intercept",
    "silent_frustration",
]
"""A weight of the customers' choice that logs can speak of; each is a field of `customers.parameters.Parameters`."""

Count = Annotated[int, Meta(ge=0)]
Deviation = Annotated[float, Meta(ge=0)]


class Logs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was read."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """Of the file, or of a run's conversations one after another."""
    conversations: Annotated[int, Meta(ge=1)]
    """With at least one choice that could be used."""
    turns: Count
    """Bot turns after which a choice could be used."""
    asks: Count
    """Choices that were an ask for a person."""
    left_silent: Count
    left_voiced: Count
    acts: Literal["told", "guessed"]
    """told: the log says what each customer turn was; guessed: from words alone, with all their errors."""
    progress: Literal["heard", "unknown"] = "heard"
    """heard: scenarios say which answers led on; unknown: repeats, fallbacks and refusals are failed attempts, other turns
    count as in part progress."""
    left_out: Count = 0
    """Conversations without a choice that could be used, probes among them."""
    not_drawn: Count = 0
    """Conversations beyond the most that a fit takes; which, was drawn at random."""
    unread: Count = 0
    """Lines that could not be read."""


class Estimate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One weight, in log-odds."""

    value: float
    se: Deviation
    """Standard error that holds however the turns of one conversation hang together (sandwich, by conversation)."""
    low: float
    high: float
    """95 % interval: value -+ 1.96 se."""
    se_model: Deviation
    """Standard error if the model is right (observed information)."""
    shipped: float
    """What the model has without a calibration."""


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One weight that these logs do not tell: it kept the shipped value, and the intervals of the others rest on that."""

    value: float
    why: str
    needs: str
    """What logs would have to hold to tell it."""


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of the customers' choice, fitted to logs by `exitramp calibrate`."""

    calibration: Literal[1]
    logs: Logs
    estimates: Annotated[dict[Weight, Estimate], Meta(min_length=1)]
    held: dict[Weight, Held] = {}
    correlations: dict[Weight, dict[Weight, Annotated[float, Meta(ge=-1.001, le=1.001)]]] = {}
    """Of the estimates, each pair once."""
    assumed: list[str] = []
    """What no chat log tells, in sentences."""
    about: str = ""
    """Whose logs, as the one who fitted it put it."""
    log_likelihood: float = 0.0
    exitramp: str = ""
    """Version that fitted it."""
    hearing: str = ""
    """Version of the hearing that it was fitted with: another one makes other states of the same logs."""
    file: str = ""
    """Name of the file that the plan named; filled in where a run keeps it."""

    def in_words(self) -> str:
        """`calibrated to acme.yaml (Acme web chat; n = 5,000 conversations)`."""
        whose = f"{self.about}; " if self.about else ""
        guessed = ", acts guessed" if self.logs.acts == "guessed" else ""
        return f"calibrated to {self.file or 'logs'} ({whose}n = {self.logs.conversations:,} conversations{guessed})"
