"""Scores -> metrics: estimate, interval, n, for the whole run and for each group of conversations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from simulator.model.errors import SETUP_CAUSES
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.score import NOT_REACHED, Estimand, Metric
from simulator.model.transcript import Transcript
from simulator.registry import METRICS, MetricEntry
from simulator.statistics import interval, survival
from simulator.statistics.agreement import confusion
from simulator.statistics.columns import Column, Entries, truths
from simulator.statistics.interval import Interval
from simulator.verdict.record import Held, Marks
from simulator.verdict.scoring import OnProgress, Scored, unseen

if TYPE_CHECKING:
    from simulator.statistics.columns import Truths

CAUSES = {"censored": 0, "effective": 1, "left": 2, "resolved": 3, "bot_ended": 4, "target_failed": 4, "ineffective": 5}
"""How a wait for a person can end, numbered as the competing risks of the survival curves; 0 is cut off."""
CONFIDENCE = 0.95
"""Of the one-sided bounds, where gates ask for no other."""
NOT_COUNTED = ("simulator_failed", "interrupted")
"""Endings that are ours: in no rate and no curve, but counted."""
UNMENDED = "wording=unmended"
"""Group of the conversations in which no turn was repaired or worded by another voice than planned."""
_WHOLE_RUN_ONLY = ("quantile",)
_CRITICALITY = ("low", "medium", "high")


class Place(NamedTuple):
    """Where a conversation belongs: its groups, and the probe that held it (empty for a customer)."""

    groups: tuple[str, ...]
    probe: str


class _Told(NamedTuple):
    """The entries of a score that enter a metric, in the order of the conversations."""

    values: list[float]
    """0 where an entry is a word or only says that there was nothing."""
    wholes: list[float]
    words: list[str]
    """Empty where an entry is none."""
    events: list[str | None]
    conversations: list[str]
    """Their ids."""
    clusters: list[str]


class _Group(NamedTuple):
    """Conversations that are summed up together."""

    name: str
    size: int
    member: Truths
    """Of each conversation of the run whether it is one of them."""


def summarise(
    scored: Iterable[Scored],
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    scope: Estimand,
    *,
    only: Collection[str] | None = None,
    confidence: float = CONFIDENCE,
    on_progress: OnProgress = unseen,
) -> list[Metric]:
    """`summed` of conversations with their scores, read once from first to last."""
    held: list[Held] = []
    marks = Marks()
    for transcript, scores in scored:
        held.append(Held.of(transcript))
        marks.add(scores)
    return summed(held, marks, personas, scenarios, scope, only=only, confidence=confidence, on_progress=on_progress)


def summed(
    held: Sequence[Held],
    marks: Marks,
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    scope: Estimand,
    *,
    only: Collection[str] | None = None,
    confidence: float = CONFIDENCE,
    on_progress: OnProgress = unseen,
) -> list[Metric]:
    """Every metric of the registry (or `only` those) for every target, for the whole run and each group.

    `marks` number the conversations as `held` lists them. `confidence` is that of the one-sided bounds that gates decide
    on; printed intervals are two-sided 95 %.
    """
    metrics: list[Metric] = []
    entries = [entry for entry in METRICS.values() if only is None or entry.name in only]
    by_voice = any(one.wording is not None for one in held)
    table = _Table(held, marks, scenarios)
    for target in dict.fromkeys(one.target for one in held):
        places: dict[Place, list[int]] = {}
        for number, one in enumerate(held):
            if one.target == target and counts_for_the_bot(one):
                places.setdefault(_place(one, personas, scenarios, by_voice), []).append(number)
        populations: dict[tuple[str, bool], dict[str, _Group]] = {}
        for done, entry in enumerate(entries, 1):
            key = entry.population, entry.kind in _WHOLE_RUN_ONLY
            if key not in populations:
                populations[key] = _groups(entry, places, len(held))
            groups = populations[key]
            whole = _metric(entry, groups[""], table, scope, confidence, target)
            metrics.append(whole)
            if entry.population != "customers":
                # Probes are a group of their own: the same number under the name by which gates ask for it.
                metrics.append(msgspec.structs.replace(whole, group=f"persona={entry.population}"))
            else:
                for name, group in sorted(groups.items()):
                    if name:
                        metrics.append(_metric(entry, group, table, scope, confidence, target))
            on_progress(f"summing up {target}", done, len(entries))
    return metrics


def _groups(entry: MetricEntry, places: Mapping[Place, Sequence[int]], count: int) -> dict[str, _Group]:
    """The groups of a metric by name, the whole run being `""`, which is always there."""
    members: dict[str, list[int]] = {"": []}
    for place, units in places.items():
        for name in counted_in(entry, place):
            members.setdefault(name, []).extend(units)
    return {name: _Group(name, len(units), truths(count, units)) for name, units in members.items()}


class _Table:
    """The columns of a run as metrics read them."""

    def __init__(self, held: Sequence[Held], marks: Marks, scenarios: Mapping[str, Scenario]) -> None:
        self._ids = [one.id for one in held]
        self._clusters = [cluster_of(one.scenario, scenarios) for one in held]
        self._marks = marks
        self._entries = {name: column.entries() for name, column in marks.columns.items()}
        self._nothing = Column().entries()

    def found(self, score: str, group: _Group) -> Entries:
        """Every entry of a score in a group."""
        return self._entries.get(score, self._nothing).of(group.member)

    def told(self, found: Entries) -> _Told:
        """What entries say."""
        units = found.units.tolist()
        words = self._marks.words
        return _Told(
            found.values.tolist(),
            found.weights.tolist(),
            [words[word] if word >= 0 else "" for word in found.words()],
            [self._marks.event_of(event) for event in found.events.tolist()],
            [self._ids[unit] for unit in units],
            [self._clusters[unit] for unit in units],
        )

    def common_reason(self, found: Entries) -> str:
        """The reason that most of those without a value give, of several the first; empty where none gives any."""
        reasons = Counter(reason for reason in found.reasons() if reason)
        return self._marks.words[reasons.most_common(1)[0][0]] if reasons else ""


def counts_for_the_bot(one: Transcript | Held) -> bool:
    """Whether a conversation says anything of the bot: not where we failed, nor the test system that was to be set up."""
    error = one.error
    return one.ending not in NOT_COUNTED and (error is None or error.cause not in SETUP_CAUSES)


def _place(one: Held, personas: Mapping[str, Persona], scenarios: Mapping[str, Scenario], by_voice: bool) -> Place:
    place = place_of(one.persona, one.scenario, personas, scenarios, one.language)
    return Place((*place.groups, *_voiced(one)), place.probe) if by_voice else place


def _voiced(one: Held) -> list[str]:
    """Groups by who found the customer's words, and whether all of them came about as planned."""
    wording = one.wording
    voice = ["voice=phrases" if wording is None else "voice=llm"]
    mended = wording is not None and (wording.repaired or wording.rejected or wording.failed or wording.spent)
    return voice if mended else [*voice, UNMENDED]


def cluster_of(scenario: str, scenarios: Mapping[str, Scenario]) -> str:
    """The statistical cluster of a scenario: its own name, unless it shares one with others."""
    about = scenarios.get(scenario)
    return about.cluster or scenario if about is not None else scenario


def place_of(
    persona: str,
    scenario: str,
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    language: str = "en",
) -> Place:
    """Where a conversation of this persona about this scenario belongs, held or only planned."""
    groups = [f"persona={persona}", f"scenario={scenario}"]
    about = scenarios.get(scenario)
    if about is not None:
        worst = max((need.criticality for need in about.needs), key=_CRITICALITY.index)
        groups += [f"segment={about.segment}", f"criticality={worst}"]
    who = personas.get(persona)
    if who is not None and who.vulnerable:
        groups.append("vulnerable=yes")
    if language != "en":
        groups.append(f"language={language}")
    return Place(tuple(groups), persona if who is not None and who.probe is not None else "")


def counted_in(entry: MetricEntry, place: Place) -> tuple[str, ...]:
    """The groups in which such a conversation counts for a metric, the whole run being `""`; none where it does not."""
    if entry.population == "customers":
        if place.probe:
            return ()
        return ("",) if entry.kind in _WHOLE_RUN_ONLY else ("", *place.groups)
    if place.probe == entry.population or (entry.population == "probes" and place.probe):
        return ("", f"persona={entry.population}")
    return ()


def _metric(
    entry: MetricEntry, group: _Group, table: _Table, scope: Estimand, confidence: float, target: str
) -> Metric:
    found = table.found(entry.score, group)
    says = found.chosen(_says(entry, found))
    measured = _KINDS[entry.kind](entry, table.told(says), scope, confidence)
    never = measured.estimate is not None and math.isinf(measured.estimate)
    reason = NOT_REACHED if never else ""
    if measured.estimate is None:
        common = table.common_reason(found)
        reason = common or ("no conversations" if not group.size else "no conversation could say")
    elif measured.reason:
        reason = "; ".join(part for part in (reason, measured.reason) if part)
    return Metric(
        name=entry.name,
        group=group.name,
        estimate=_finite(measured.estimate),
        low=_finite(measured.low),
        high=_finite(measured.high),
        n=measured.n,
        skipped=group.size - says.conversations(),
        method=measured.method,
        estimand=scope,
        reason="; ".join(part for part in (reason, measured.note or "") if part),
        bound_low=_finite(measured.bound_low),
        bound_high=_finite(measured.bound_high),
        target=target,
        open_above=measured.bound_high == math.inf,
        never=measured.bound_low == math.inf,
    )


def _says(entry: MetricEntry, found: Entries) -> Truths:
    """Which entries enter the metric: who has a value, or says that there was none of what a ratio counts.

    How many conversations hold a promise at all is part of the chance with which promises are broken.
    """
    told: Truths = found.told | (found.weights == 0) if entry.kind == "ratio" else found.told
    return told


def _rate(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    return interval.rate(told.values, told.clusters, scope, confidence)


def _ratio(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    return interval.ratio(told.values, told.wholes, told.clusters, scope, confidence)


def _mean(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    ceiling = 1.0 if entry.unit == "share" else None
    return interval.mean(told.values, told.clusters, scope, confidence, floor=0.0, ceiling=ceiling)


def _causes(entry: MetricEntry, told: _Told) -> list[int]:
    return [_cause(event, entry.score) for event in told.events]


def _cause(event: str | None, what: str) -> int:
    """The number of an ending. Raises ValueError for one that is no competing risk: guessing would bend the curve."""
    if event is None or event not in CAUSES:
        raise ValueError(f"{what} ended with {event!r}, expected one of {', '.join(CAUSES)}")
    return CAUSES[event]


def _incidence(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    horizon = entry.horizon if entry.horizon is not None else math.inf
    cause = _cause(entry.cause, entry.name)
    return survival.incidence(told.values, _causes(entry, told), told.clusters, cause, [horizon], scope, confidence)[0]


def _incidence_median(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    cause = _cause(entry.cause, entry.name)
    return survival.median_incidence(told.values, _causes(entry, told), told.clusters, cause, scope, confidence)


def _km_median(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    # Any event counts where the entry names none; whatever else cut it short is a competing one.
    observed = [0 if event == "censored" else 1 if entry.cause in ("", event) else 2 for event in told.events]
    return survival.median_incidence(told.values, observed, told.clusters, 1, scope, confidence)


def _quantile(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    share = entry.quantile if entry.quantile is not None else 0.5
    return interval.quantile(told.values, share, told.clusters, scope, confidence, told.conversations)


def _sensitivity(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tp", "fn", scope, confidence)


def _specificity(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tn", "fp", scope, confidence)


def _of_class(told: _Told, right: str, wrong: str, scope: Estimand, confidence: float) -> Interval:
    pairs = zip(told.words, told.clusters, strict=True)
    members = [(word, cluster) for word, cluster in pairs if word in (right, wrong)]
    return interval.rate(
        [int(word == right) for word, _ in members], [cluster for _, cluster in members], scope, confidence
    )


_KINDS: dict[str, Callable[[MetricEntry, _Told, Estimand, float], Interval]] = {
    "rate": _rate,
    "ratio": _ratio,
    "mean": _mean,
    "incidence": _incidence,
    "incidence_median": _incidence_median,
    "km_median": _km_median,
    "median": _quantile,
    "quantile": _quantile,
    "sensitivity": _sensitivity,
    "specificity": _specificity,
}


def _finite(number: float | None) -> float | None:
    return None if number is None or math.isinf(number) or math.isnan(number) else number


def confusion_of(marks: Marks, counted: Iterable[int]) -> dict[str, float | int | None]:
    """The four cells of escalation accuracy with PPV and MCC, over the conversations with these numbers."""
    cells = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    column = marks.columns.get("escalation_class", Column())
    for word in column.entries().of(truths(marks.count, counted)).words():
        if word >= 0:
            cells[marks.words[word]] += 1
    agreement = confusion(**cells)
    return {**cells, "ppv": agreement.ppv, "mcc": agreement.mcc}
