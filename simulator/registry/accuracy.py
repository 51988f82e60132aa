"""How often the scorers are right: the shape of what `exitramp accuracy` finds, and what the last release found.

The figures are made in `simulator.accuracy`; they are kept here, beside what each metric means, because every run's report
shows them and whoever reads a metric should find both.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

PUBLISHED = Path(__file__).with_name("published.json")
"""What `exitramp accuracy` found of this version on the frozen set, written by `make accuracy`."""
DIGITS = 4
"""Of published figures."""
HELD_OUT = "held_out"
"""The split that no scorer was tuned on: the only one that is published."""


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """One figure with its two-sided 95 % interval."""

    estimate: float | None
    """None only with a `note`."""
    low: float | None
    high: float | None
    n: int
    """What it rests on: for a precision its alarms, for a recall the cases to be found, else all cases."""
    note: str = ""


def rounded(estimate: float | None, low: float | None, high: float | None, n: int, note: str = "") -> Measured:
    """A figure as it is published."""
    first, second, third = (None if one is None else round(one, DIGITS) for one in (estimate, low, high))
    return Measured(first, second, third, n, note)


class KindCount(msgspec.Struct, frozen=True):
    """How one kind of conversation fared."""

    kind: str
    n: int
    positives: int
    missed: int
    alarmed: int
    """Falsely."""


class Slip(msgspec.Struct, frozen=True, omit_defaults=True):
    """One case that a scorer got wrong."""

    id: str
    kind: str
    language: str
    what: Literal["missed", "alarmed"]
    turn: int | None = None
    """0-based index of the message, where the question is asked of each turn."""


class Figure(msgspec.Struct, frozen=True):
    """How well one score answers one question, on one split."""

    name: str
    """By which `--min` knows it."""
    question: str
    label: str
    score: str
    tier: str
    unit: Literal["conversation", "turn"]
    split: str
    n: int
    """Cases that were labelled and answered."""
    positives: int
    unanswered: int
    """Labelled cases of which the scorer said that it cannot know: in no figure but `answered`."""
    measures: dict[str, Measured]
    """`answered`, `precision`, `recall`, `specificity`, `f1`, `mcc`, and `auc` where the score is graded."""
    languages: dict[str, dict[str, Measured]]
    kinds: list[KindCount]
    slips: list[Slip]
    reason: str = ""
    """Why there is nothing to show, where it is so."""


class Arm(msgspec.Struct, frozen=True):
    """One bot at one dose."""

    bot: str
    dose: float
    value: Measured
    """Of the metric that the fault must move."""


class Dose(msgspec.Struct, frozen=True):
    """Whether more of a fault moves the metric that it must move."""

    name: str
    fault: str
    about: str
    metric: str
    label: str
    unit: str
    rises: bool
    """Whether more of the fault means more of the metric."""
    arms: list[Arm]
    """By rising dose."""
    helpful: Measured | None
    """The same customers with the good bot."""
    tau: float | None
    """Kendall's tau-b between dose and the value of single conversations, its sign turned where the metric falls."""
    p: float | None
    n: int
    """Conversations behind it."""
    back: float
    """The largest step of the estimate against the order, in the metric's unit; 0 where the doses order it strictly."""
    ordered: bool | None
    """tau > 0 with p < .001, and no two doses whose intervals lie apart in the wrong order."""
    apart: bool | None
    """The intervals of `helpful` and of the worst dose do not touch."""
    reason: str = ""


class Known(msgspec.Struct, frozen=True):
    """Single conversations whose truth the bot itself knows: it drew the fault for this customer and committed it."""

    name: str
    fault: str
    score: str
    truth: str
    """In words."""
    arms: list[KnownArm]
    recall: Measured
    specificity: Measured


class KnownArm(msgspec.Struct, frozen=True):
    """The counts at one dose."""

    dose: float
    n: int
    positives: int
    found: int
    alarmed: int
    """Falsely."""
    unanswered: int


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one call of `exitramp accuracy` found."""

    version: str
    """Of exitramp."""
    date: str
    """When it was measured, as YYYY-MM-DD."""
    source: str
    """Whose labels: the set that comes with the product, or a file's name."""
    hashes: dict[str, str]
    """SHA-256 of each labelled file, by name."""
    conversations: dict[str, int]
    """Labelled conversations by split."""
    languages: dict[str, int]
    unread: int
    """Lines that held no labelled conversation."""
    unusable: int
    """Conversations with no label that any question knows."""
    figures: list[Figure]
    each: int = 0
    """Customers of each reference bot; 0 where the doses were not measured."""
    seed: int = 0
    doses: list[Dose] = []
    known: list[Known] = []


class Floor(msgspec.Struct, frozen=True):
    """One figure that must not fall below a limit: what `--min` asks for, and what became of it."""

    name: str
    """`SCORE.MEASURE`, `FAULT.recall` and the like; `.low` behind it means the lower end of the 95 % interval."""
    at_least: float
    found: float | None = None
    outcome: Literal["pass", "fail", "inconclusive"] = "inconclusive"
    reason: str = ""
    """Why it cannot be told, where it is so."""


class Headline(msgspec.Struct, frozen=True):
    """How often one scorer is right, for the margin of a report."""

    score: str
    tier: str
    precision: Measured
    recall: Measured
    n: int
    positives: int


@lru_cache(maxsize=1)
def published() -> Accuracy | None:
    """What the last release found; None where none was published with this copy."""
    return msgspec.json.decode(PUBLISHED.read_bytes(), type=Accuracy) if PUBLISHED.is_file() else None


def headlines() -> list[Headline]:
    """What the release published of the scorers of whole conversations; none where nothing was published."""
    found = published()
    return [
        Headline(one.score, one.tier, one.measures["precision"], one.measures["recall"], one.n, one.positives)
        for one in (found.figures if found is not None else ())
        if one.unit == "conversation" and one.n
    ]


@lru_cache(maxsize=1)
def in_words() -> dict[str, str]:
    """How often each score was right on the dialogues held out, in a sentence, by score (or by the grade of one)."""
    found = published()
    told: dict[str, str] = {}
    for one in found.figures if found is not None else ():
        if one.n and not one.name.endswith("_ahead"):
            shares = [(name, one.measures[name].estimate) for name in ("precision", "recall")]
            figures = ", ".join(f"{name} {'-' if value is None else format(value, '.2f')}" for name, value in shares)
            unit = "turns" if one.unit == "turn" else "dialogues"
            told[one.score] = f"on labelled {unit}, held out, n {one.n}: {figures}"
    return told
