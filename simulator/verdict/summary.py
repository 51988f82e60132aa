"""Scores -> metrics: estimate, interval, n, for the whole run and for each group of conversations."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from simulator.model.errors import SETUP_CAUSES
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.score import NOT_REACHED, Estimand, Metric
from simulator.model.transcript import Transcript
from simulator.registry import GUESSES, METRICS, MetricEntry
from simulator.registry.entry import CELLS
from simulator.statistics import interval
from simulator.statistics.agreement import confusion
from simulator.statistics.columns import Column, Entries, truths
from simulator.statistics.interval import Draft, Interval, finished, known
from simulator.statistics.survival import Waits
from simulator.verdict.record import Held, Marks
from simulator.verdict.scoring import OnProgress, Scored, unseen

if TYPE_CHECKING:
    from simulator.statistics.columns import Truths

_CENSORED, _COUNTED, _COMPETING = 0, 1, 2
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
    # Guesses from text are summed up where they are asked for by name, never beside what was measured.
    known_metrics = METRICS if only is None else METRICS | GUESSES
    entries = [entry for entry in known_metrics.values() if only is None or entry.name in only]
    by_voice = any(one.wording is not None for one in held)
    table = _Table(held, marks, scenarios)
    for target in dict.fromkeys(one.target for one in held):
        places: dict[Place, list[int]] = {}
        for number, one in enumerate(held):
            if one.target == target and counts_for_the_bot(one):
                places.setdefault(_place(one, personas, scenarios, by_voice), []).append(number)
        found = _of_target(target, entries, places, table, scope, confidence, on_progress)
        for entry in entries:
            by_group = found[entry.name]
            metrics.append(by_group[""])
            if entry.population != "customers":
                # Probes are a group of their own: the same number under the name by which gates ask for it.
                metrics.append(msgspec.structs.replace(by_group[""], group=f"persona={entry.population}"))
            else:
                metrics += [metric for name, metric in sorted(by_group.items()) if name]
    return metrics


def _of_target(
    target: str,
    entries: Sequence[MetricEntry],
    places: Mapping[Place, Sequence[int]],
    table: _Table,
    scope: Estimand,
    confidence: float,
    on_progress: OnProgress,
) -> dict[str, dict[str, Metric]]:
    """Metrics by name and group. A group's are made together, since many of them read the same resamples; groups are
    made at the same time as there are cores, since nearly all of it is the work of compiled loops."""
    groups: dict[tuple[str, str], tuple[_Group, list[MetricEntry]]] = {}
    for entry in entries:
        for group in _groups(entry, places, table.count):
            groups.setdefault((entry.population, group.name), (group, []))[1].append(entry)
    found: dict[str, dict[str, Metric]] = {}
    # The largest first, so that no core is left alone with it at the end.
    work = sorted(groups.values(), key=lambda pair: -pair[0].size)

    def made(pair: tuple[_Group, list[MetricEntry]]) -> list[Metric]:
        return _metrics(pair[1], pair[0], table, scope, confidence, target)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, made_together in enumerate(pool.map(made, work), 1):
            for metric in made_together:
                found.setdefault(metric.name, {})[metric.group] = metric
            on_progress(f"summing up {target}", done, len(work))
    return found


def _groups(entry: MetricEntry, places: Mapping[Place, Sequence[int]], count: int) -> list[_Group]:
    """The groups of a metric, the whole run (`""`) among them also where it is empty."""
    members: dict[str, list[int]] = {"": []}
    for place, units in places.items():
        for name in counted_in(entry, place):
            members.setdefault(name, []).extend(units)
    return [_Group(name, len(units), truths(count, units)) for name, units in members.items()]


class _Table:
    """The columns of a run as metrics read them."""

    def __init__(self, held: Sequence[Held], marks: Marks, scenarios: Mapping[str, Scenario]) -> None:
        self.count = len(held)
        self._ids = [one.id for one in held]
        self._clusters = [cluster_of(one.scenario, scenarios) for one in held]
        self._marks = marks
        self._entries = {name: column.entries() for name, column in marks.columns.items()}
        self._nothing = Column().entries()

    def found(self, score: str, group: _Group) -> Entries:
        """Every entry of a score in a group."""
        return self._entries.get(score, self._nothing).of(group.member)

    def clusters(self, found: Entries) -> list[str]:
        return [self._clusters[unit] for unit in found.units.tolist()]

    def conversations(self, found: Entries) -> list[str]:
        """Their ids."""
        return [self._ids[unit] for unit in found.units.tolist()]

    def words(self, found: Entries) -> list[str]:
        """Empty where an entry is none."""
        words = self._marks.words
        return [words[word] if word >= 0 else "" for word in found.words()]

    def events(self, found: Entries) -> list[str | None]:
        return [self._marks.event_of(event) for event in found.events.tolist()]

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


class _Told:
    """The entries of a score that enter a metric, in the order of the conversations."""

    def __init__(self, entries: Entries, table: _Table, waits: dict[tuple[str, str], Waits]) -> None:
        self._entries = entries
        self._table = table
        self._waits = waits
        self.clusters = table.clusters(entries)

    @property
    def values(self) -> list[float]:
        """0 where an entry is a word or only says that there was nothing."""
        values: list[float] = self._entries.values.tolist()
        return values

    @property
    def wholes(self) -> list[float]:
        weights: list[float] = self._entries.weights.tolist()
        return weights

    @property
    def words(self) -> list[str]:
        return self._table.words(self._entries)

    @property
    def conversations(self) -> list[str]:
        return self._table.conversations(self._entries)

    @property
    def events(self) -> list[str | None]:
        return self._table.events(self._entries)

    def waits(self, key: tuple[str, str], ends: Callable[[Sequence[str | None]], list[int]]) -> Waits:
        """The entries as waits, once for all metrics of the group that count the same (`key`); `ends` numbers events."""
        if key not in self._waits:
            self._waits[key] = Waits(self.values, ends(self.events), self.clusters)
        return self._waits[key]


def _metrics(
    entries: Sequence[MetricEntry], group: _Group, table: _Table, scope: Estimand, confidence: float, target: str
) -> list[Metric]:
    """Several metrics of one group."""
    waits: dict[tuple[str, str], Waits] = {}
    drafts: list[Draft] = []
    about: list[tuple[int, str]] = []
    for entry in entries:
        found = table.found(entry.score, group)
        says = found.chosen(_says(entry, found))
        drafts.append(_KINDS[entry.kind](entry, _Told(says, table, waits), scope, confidence))
        about.append((group.size - says.conversations(), table.common_reason(found)))
    return [
        _metric(entry, group, measured, skipped, common, scope, target)
        for entry, measured, (skipped, common) in zip(entries, finished(drafts), about, strict=True)
    ]


def _metric(
    entry: MetricEntry, group: _Group, measured: Interval, skipped: int, common: str, scope: Estimand, target: str
) -> Metric:
    """`common`: the reason that most of those without a value give."""
    never = measured.estimate is not None and math.isinf(measured.estimate)
    reason = NOT_REACHED if never else ""
    if measured.estimate is None:
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
        skipped=skipped,
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


def _rate(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return known(interval.rate(told.values, told.clusters, scope, confidence))


def _ratio(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return interval.ratio_draft(told.values, told.wholes, told.clusters, scope, confidence)


def _mean(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    ceiling = 1.0 if entry.unit in ("share", "0 to 1") else None
    values, clusters = told.values, told.clusters
    if entry.cause:
        meant = [event == entry.cause for event in told.events]
        values, clusters = list(compress(values, meant)), list(compress(clusters, meant))
    return known(interval.mean(values, clusters, scope, confidence, floor=0.0, ceiling=ceiling))


def _class(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return known(interval.rate([int(word == entry.cause) for word in told.words], told.clusters, scope, confidence))


def _waits(entry: MetricEntry, told: _Told) -> Waits:
    """How long each waited and how that ended: by the event that the entry counts (any where it names none), by another,
    or cut short.

    Of competing risks only one is ever counted, so the others may share a number. Raises ValueError for a score without
    event: guessing would bend the curve.
    """

    def ends(events: Sequence[str | None]) -> list[int]:
        if None in events:
            raise ValueError(f"{entry.name}: a score of {entry.score} does not say how it ended")
        return [
            _CENSORED if event == "censored" else _COUNTED if entry.cause in ("", event) else _COMPETING
            for event in events
        ]

    return told.waits((entry.score, entry.cause), ends)


def _incidence(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return _waits(entry, told).incidence(_COUNTED, [entry.until], scope, confidence)[0]


def _incidence_area(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return _waits(entry, told).area(_COUNTED, entry.until, scope, confidence)


def _incidence_quantile(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return _waits(entry, told).quantile(_COUNTED, scope, confidence, share=entry.share)


def _quantile(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    return interval.quantile_draft(told.values, entry.share, told.clusters, scope, confidence, told.conversations)


def _cells(entry: MetricEntry, told: _Told, scope: Estimand, confidence: float) -> Draft:
    right, wrong = CELLS[entry.kind]
    pairs = zip(told.words, told.clusters, strict=True)
    members = [(word, cluster) for word, cluster in pairs if word in (right, wrong)]
    return known(
        interval.rate(
            [int(word == right) for word, _ in members], [cluster for _, cluster in members], scope, confidence
        )
    )


_KINDS: dict[str, Callable[[MetricEntry, _Told, Estimand, float], Draft]] = {
    "rate": _rate,
    "ratio": _ratio,
    "mean": _mean,
    "class": _class,
    "incidence": _incidence,
    "incidence_median": _incidence_quantile,
    "incidence_quantile": _incidence_quantile,
    "incidence_area": _incidence_area,
    "km_median": _incidence_quantile,
    "median": _quantile,
    "quantile": _quantile,
    **dict.fromkeys(CELLS, _cells),
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
