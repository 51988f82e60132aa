"""What there is to say of one metric: what it means to people, and how scores become it. Data alone, no scorer's code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

Kind = Literal[
    "rate",  # share of conversations whose 0/1 score is 1
    "ratio",  # sum of values over sum of weights
    "mean",  # of those that ended by `cause`, where one is named
    "class",  # share of conversations whose score, a word, is `cause`
    "incidence",  # share that has ended by `cause` at `horizon`, other causes competing (Aalen-Johansen)
    "incidence_median",  # the smallest time by which half have ended by `cause`
    "incidence_quantile",  # the same for the share `quantile`
    "incidence_area",  # the area under the incidence of `cause` from 0 to `horizon`
    "km_median",  # the smallest value by which half have had `cause` (any event where empty), the rest cut short
    "quantile",
    "sensitivity",  # tp / (tp + fn) of a score of classes
    "specificity",  # tn / (tn + fp)
    "ppv",  # tp / (tp + fp)
    "median",
]
Question = Literal[
    "Are they trapped?",
    "Can they reach a person?",
    "Does it step aside well?",
    "Is it really solved?",
    "Do they stay?",
    "Is it honest about itself?",
    "Does the wire hold?",
]
QUESTIONS: tuple[Question, ...] = get_args(Question)
Population = Literal["customers", "probe_ask0", "probe_passive", "probe_oblique", "probes"]


CELLS: Mapping[str, tuple[str, str]] = {
    "sensitivity": ("tp", "fn"),
    "specificity": ("tn", "fp"),
    "ppv": ("tp", "fp"),
}
"""By kind: the cell of a table of classes that counts, and the one that it shares its denominator with."""


class MetricEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One metric. `score` names the score that it is made of, `kind` says how."""

    name: str
    question: Question
    """What it helps to answer: the heading under which a report shows it."""
    label: str
    """In plain words, as on a screen."""
    unit: str
    better: Literal["lower", "higher", ""]
    """Empty where neither is better by itself."""
    sentence: str
    tier: str
    """What a transcript must hold: T0 text, T1 customer's acts, T2 target's events, T3 human side."""
    formula: str
    source: str
    kind: Kind
    score: str
    horizon: float | None = None
    """Experienced seconds at which an incidence is read."""
    quantile: float | None = None
    cause: str = ""
    """The event that counts, for incidences, medians of what can be cut short, and classes."""
    population: Population = "customers"
    """Whose conversations are counted. Probes follow a script and enter nothing else."""
    detail: bool = False
    """Left out of the terminal's report unless everything is asked for; metrics.json and gates know it all the same."""
    example: str

    @property
    def until(self) -> float:
        """Where an incidence or an area is read; infinite where the entry says nothing."""
        return self.horizon if self.horizon is not None else math.inf

    @property
    def share(self) -> float:
        """The share of a quantile; half where the entry says nothing."""
        return self.quantile if self.quantile is not None else 0.5

    accuracy: str = ""
    """Of a guess from text (a name that ends in `_t0`): how often it was found right, on what, with n and interval."""


OURS = "convention of this project"
SURVIVAL = "Aalen and Johansen 1978, competing risks; need point and causes: " + OURS
DETECTION = "signal detection; need point and limit of 300 s: " + OURS
VENDORS = "the usual definition of vendors' dashboards"
