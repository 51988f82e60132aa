"""Scores -> metrics without keeping the scores: for logs that are larger than memory.

Rates, means and ratios come from running sums, exactly. Medians, percentiles and curves come from a sample of fixed size, and
say so. Conversations are taken as independent.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable

import msgspec

from simulator.model.score import GUESS, Score
from simulator.model.transcript import Transcript
from simulator.registry import GUESSES, METRICS, MetricEntry
from simulator.registry.accuracy import in_words
from simulator.registry.entry import CELLS
from simulator.statistics import interval, survival
from simulator.statistics.interval import Interval
from simulator.statistics.running import Ends, KeyedSample, Moments, Sums, wilson
from simulator.verdict.summary import counts_for_the_bot

SAMPLED = 2_000
"""Conversations from which medians, percentiles and curves are computed."""
_MOST_REASONS = 40  # kinds of reasons told apart for one metric


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a log."""

    name: str
    label: str
    unit: str
    estimate: float | None
    """None only with a `reason`."""
    low: float | None
    high: float | None
    n: int
    """Conversations that could say; of a ratio, what was counted in them (turns, asks); of a percentile, the values."""
    skipped: int
    """Conversations that could not say."""
    reasons: dict[str, int]
    """Why not, and how many, the commonest first."""
    method: str
    guess: bool
    sampled: int = 0
    """Conversations in the sample that it was computed from; 0 where all were."""
    reason: str = ""
    accuracy: str = ""
    """Of a guess: how often it has been found right."""


class _Column:
    """One metric as it is counted."""

    def __init__(self, entry: MetricEntry) -> None:
        self.entry = entry
        self.said = 0
        self.hits = 0
        self.classed = 0
        self.moments = Moments()
        self.sums = Sums()
        self.sample = KeyedSample[list[Score]](SAMPLED)
        self.reasons: Counter[str] = Counter()

    def add(self, key: str, scores: list[Score]) -> None:
        told = [one for one in scores if one.value is not None or (self.entry.kind == "ratio" and one.weight == 0)]
        if self.entry.kind == "mean" and self.entry.cause:
            told = [one for one in told if one.event == self.entry.cause]
        if not told:
            reason = next((one.reason for one in scores if one.reason), "") or "no such score"
            short = reason[:200]
            self.reasons[short if short in self.reasons or len(self.reasons) < _MOST_REASONS else "other reasons"] += 1
            return
        self.said += 1
        match self.entry.kind:
            case "rate":
                self.hits += int(told[0].value == 1)
            case "class":
                self.hits += int(told[0].value == self.entry.cause)
            case "mean":
                self.moments.add(_number(told[0]))
            case "ratio":
                self.sums.add(sum(_number(one) for one in told), sum(one.weight for one in told))
            case "sensitivity" | "specificity" | "ppv":
                right, wrong = CELLS[self.entry.kind]
                self.hits += int(told[0].value == right)
                self.classed += int(told[0].value in (right, wrong))
            case _:
                self.sample.add(key, told)

    def line(self) -> Line:
        entry = self.entry
        n, sampled, why = self.said, 0, ""
        match entry.kind:
            case "rate" | "class":
                found, method = wilson(self.hits, self.said), "Wilson"
            case "mean":
                found, method = self.moments.ends(0.0, 1.0 if entry.unit in ("share", "0 to 1") else math.inf), "normal"
            case "ratio":
                found, method, n = self.sums.ends(), "ratio of sums", round(self.sums.whole)
                why = "" if n or not self.said else "there was none of what it counts"
            case "sensitivity" | "specificity" | "ppv":
                found, method, n = wilson(self.hits, self.classed), "Wilson", self.classed
            case _:
                kept = self.sample.items
                measured = _curve(entry, [(key, one) for key, told in kept for one in told])
                found = Ends(*(_finite(end) for end in (measured.estimate, measured.low, measured.high)))
                sampled = len(kept) if self.sample.seen > len(kept) else 0
                why = "not reached" if measured.estimate is not None and found.estimate is None else ""
                method, n = measured.method, measured.n
        common = self.reasons.most_common(1)
        if found.estimate is None and not why:
            why = common[0][0] if common else "no conversation could say"
        return Line(
            name=entry.name,
            label=entry.label,
            unit=entry.unit,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            n=n,
            skipped=self.reasons.total(),
            reasons=dict(self.reasons.most_common()),
            method=method,
            guess=entry.name.endswith(GUESS),
            sampled=sampled,
            reason=why if found.estimate is None else "",
            accuracy=entry.accuracy or in_words().get(entry.score, ""),
        )


class Tally:
    """What a log says as a whole. Its memory does not grow with the log."""

    def __init__(self, entries: Iterable[MetricEntry] | None = None, *, probes: Collection[str] = ()) -> None:
        """`probes`: names of the personas that are no customers; a foreign log has none."""
        self._probes = frozenset(probes)
        chosen = (*METRICS.values(), *GUESSES.values()) if entries is None else entries
        self._columns = [_Column(entry) for entry in chosen if entry.population == "customers"]
        self._known = {column.entry.score for column in self._columns}
        self._guesses: dict[str, _Column] = {}
        self.conversations = 0
        self.left_out = 0
        """Conversations that say nothing of the bot: our own failures, interruptions, probes."""

    def add(self, transcript: Transcript, scores: Iterable[Score], key: str) -> None:
        """Count one conversation; `key` tells it from every other and decides whether it is sampled."""
        if not counts_for_the_bot(transcript) or transcript.persona in self._probes:
            self.left_out += 1
            return
        self.conversations += 1
        by_name: dict[str, list[Score]] = {}
        for one in scores:
            by_name.setdefault(one.name, []).append(one)
            if one.name.endswith(GUESS) and one.name not in self._known and one.name not in self._guesses:
                self._guesses[one.name] = _Column(_guess_of(one))
        for column in (*self._columns, *self._guesses.values()):
            column.add(key, by_name.get(column.entry.score, []))

    def lines(self) -> list[Line]:
        """Every metric, in the order of the registry, guesses that it does not list at the end."""
        return [column.line() for column in (*self._columns, *self._guesses.values())]


def _guess_of(score: Score) -> MetricEntry:
    """A guess that the registry does not list: a share where it says 0 or 1, else a mean."""
    share = score.value in (None, 0, 1)
    return MetricEntry(
        name=score.name,
        question="Do they stay?",
        label=score.name,
        unit="share" if share else "number",
        better="",
        sentence="A guess from text.",
        tier="T0",
        formula="share of conversations" if share else "mean over conversations",
        source="",
        kind="rate" if share else "mean",
        score=score.name,
        example="",
    )


def _curve(entry: MetricEntry, told: list[tuple[str, Score]]) -> Interval:
    """A median, a percentile or a curve, each conversation a cluster of its own."""
    values = [_number(one) for _, one in told]
    talks = [key for key, _ in told]
    ended = [0 if one.event in (None, "censored") else 1 if entry.cause in ("", one.event) else 2 for _, one in told]
    match entry.kind:
        case "incidence":
            return survival.incidence(values, ended, talks, 1, [entry.until], "all_scenarios")[0]
        case "incidence_area":
            return survival.area_incidence(values, ended, talks, 1, entry.until, "all_scenarios")
        case "incidence_median" | "incidence_quantile" | "km_median":
            return survival.quantile_incidence(values, ended, talks, 1, "all_scenarios", share=entry.share)
        case _:
            return interval.quantile(values, entry.share, talks, "all_scenarios", conversations=talks)


def _number(score: Score) -> float:
    return float(score.value) if isinstance(score.value, int | float) else 0.0


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
