"""Scores -> metrics: estimate, interval, n, for the whole run and for each group of conversations."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from simulator.model.errors import SETUP_CAUSES
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.score import NOT_REACHED, Estimand, Metric, Score
from simulator.model.transcript import Transcript
from simulator.registry import GUESSES, METRICS, MetricEntry
from simulator.statistics import interval, survival
from simulator.statistics.agreement import confusion
from simulator.statistics.interval import Interval
from simulator.verdict.scoring import OnProgress, Scored, unseen

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


class _Row(NamedTuple):
    """One conversation of the population: its statistical cluster, where it belongs, its scores by name."""

    conversation: str
    cluster: str
    place: Place
    scores: dict[str, list[Score]]


class _Told(NamedTuple):
    """A score with a value, and the conversation and scenario that it comes from."""

    conversation: str
    cluster: str
    score: Score


def summarise(
    scored: Sequence[Scored],
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    scope: Estimand,
    *,
    only: Collection[str] | None = None,
    confidence: float = CONFIDENCE,
    on_progress: OnProgress = unseen,
) -> list[Metric]:
    """Every metric of the registry (or `only` those) for every target, for the whole run and each group.

    `confidence` is that of the one-sided bounds that gates decide on; printed intervals are two-sided 95 %.
    """
    metrics: list[Metric] = []
    # Guesses from text are summed up where they are asked for by name, never beside what was measured.
    known = METRICS if only is None else METRICS | GUESSES
    entries = [entry for entry in known.values() if only is None or entry.name in only]
    by_voice = any(transcript.wording is not None for transcript, _ in scored)
    for target in dict.fromkeys(transcript.target for transcript, _ in scored):
        rows = [
            _row(transcript, scores, personas, scenarios, by_voice)
            for transcript, scores in scored
            if transcript.target == target and counts_for_the_bot(transcript)
        ]
        for done, entry in enumerate(entries, 1):
            members: dict[str, list[_Row]] = {}
            for row in rows:
                for group in counted_in(entry, row.place):
                    members.setdefault(group, []).append(row)
            whole = _metric(entry, "", members.pop("", []), scope, confidence, target)
            metrics.append(whole)
            if entry.population != "customers":
                # Probes are a group of their own: the same number under the name by which gates ask for it.
                metrics.append(msgspec.structs.replace(whole, group=f"persona={entry.population}"))
            else:
                for group, chosen in sorted(members.items()):
                    metrics.append(_metric(entry, group, chosen, scope, confidence, target))
            on_progress(f"summing up {target}", done, len(entries))
    return metrics


def counts_for_the_bot(transcript: Transcript) -> bool:
    """Whether a conversation says anything of the bot: not where we failed, nor the test system that was to be set up."""
    error = transcript.error
    return transcript.ending not in NOT_COUNTED and (error is None or error.cause not in SETUP_CAUSES)


def _row(
    transcript: Transcript,
    scores: Iterable[Score],
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    by_voice: bool,
) -> _Row:
    by_name: dict[str, list[Score]] = {}
    for score in scores:
        by_name.setdefault(score.name, []).append(score)
    groups, probe = place_of(transcript.persona, transcript.scenario, personas, scenarios, transcript.language)
    if by_voice:
        groups = (*groups, *_voiced(transcript))
    return _Row(transcript.id, cluster_of(transcript.scenario, scenarios), Place(groups, probe), by_name)


def _voiced(transcript: Transcript) -> list[str]:
    """Groups by who found the customer's words, and whether all of them came about as planned."""
    wording = transcript.wording
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
    entry: MetricEntry, group: str, rows: Sequence[_Row], scope: Estimand, confidence: float, target: str
) -> Metric:
    found = [_Told(row.conversation, row.cluster, score) for row in rows for score in row.scores.get(entry.score, ())]
    told = [one for one in found if _says(entry, one.score)]
    measured = _KINDS[entry.kind](entry, told, scope, confidence)
    never = measured.estimate is not None and math.isinf(measured.estimate)
    reason = NOT_REACHED if never else ""
    if measured.estimate is None:
        said = [one.score.reason for one in found if one.score.value is None and one.score.reason]
        common = max(set(said), key=said.count) if said else ""
        reason = common or ("no conversations" if not rows else "no conversation could say")
    elif measured.reason:
        reason = "; ".join(part for part in (reason, measured.reason) if part)
    return Metric(
        name=entry.name,
        group=group,
        estimate=_finite(measured.estimate),
        low=_finite(measured.low),
        high=_finite(measured.high),
        n=measured.n,
        skipped=sum(not any(_says(entry, score) for score in row.scores.get(entry.score, ())) for row in rows),
        method=measured.method,
        estimand=scope,
        reason="; ".join(part for part in (reason, measured.note or "") if part),
        bound_low=_finite(measured.bound_low),
        bound_high=_finite(measured.bound_high),
        target=target,
        open_above=measured.bound_high == math.inf,
        never=measured.bound_low == math.inf,
    )


def _says(entry: MetricEntry, score: Score) -> bool:
    """Whether a score enters the metric: it has a value, or says that there was none of what a ratio counts.

    How many conversations hold a promise at all is part of the chance with which promises are broken.
    """
    return score.value is not None or (entry.kind == "ratio" and score.weight == 0)


def _values(told: Sequence[_Told]) -> list[float]:
    return [float(one.score.value) for one in told if isinstance(one.score.value, int | float)]


def _clusters(told: Sequence[_Told]) -> list[str]:
    return [one.cluster for one in told]


def _rate(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    return interval.rate(_values(told), _clusters(told), scope, confidence)


def _ratio(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    parts = [float(one.score.value or 0) for one in told]
    wholes = [one.score.weight for one in told]
    return interval.ratio(parts, wholes, _clusters(told), scope, confidence)


def _mean(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    ceiling = 1.0 if entry.unit in ("share", "0 to 1") else None
    meant = [one for one in told if entry.cause in ("", one.score.event)]
    return interval.mean(_values(meant), _clusters(meant), scope, confidence, floor=0.0, ceiling=ceiling)


def _class(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    return interval.rate([int(one.score.value == entry.cause) for one in told], _clusters(told), scope, confidence)


def _ends(entry: MetricEntry, told: Sequence[_Told]) -> list[int]:
    """How each wait ended: by the event that the entry counts (any where it names none), by another, or cut short.

    Of competing risks only one is ever counted, so the others may share a number. Raises ValueError for a score without
    event: guessing would bend the curve.
    """
    ends = []
    for one in told:
        if one.score.event is None:
            raise ValueError(f"{entry.name}: a score of {entry.score} does not say how it ended")
        counted = entry.cause in ("", one.score.event)
        ends.append(_CENSORED if one.score.event == "censored" else _COUNTED if counted else _COMPETING)
    return ends


def _incidence(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    horizon = entry.horizon if entry.horizon is not None else math.inf
    ends = _ends(entry, told)
    return survival.incidence(_values(told), ends, _clusters(told), _COUNTED, [horizon], scope, confidence)[0]


def _incidence_area(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    horizon = entry.horizon if entry.horizon is not None else math.inf
    ends = _ends(entry, told)
    return survival.area_incidence(_values(told), ends, _clusters(told), _COUNTED, horizon, scope, confidence)


def _incidence_quantile(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    share = entry.quantile if entry.quantile is not None else 0.5
    ends = _ends(entry, told)
    return survival.quantile_incidence(_values(told), ends, _clusters(told), _COUNTED, scope, confidence, share=share)


def _quantile(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    share = entry.quantile if entry.quantile is not None else 0.5
    talks = [one.conversation for one in told]
    return interval.quantile(_values(told), share, _clusters(told), scope, confidence, talks)


def _sensitivity(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tp", "fn", scope, confidence)


def _specificity(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tn", "fp", scope, confidence)


def _ppv(entry: MetricEntry, told: Sequence[_Told], scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tp", "fp", scope, confidence)


def _of_class(told: Sequence[_Told], right: str, wrong: str, scope: Estimand, confidence: float) -> Interval:
    members = [one for one in told if one.score.value in (right, wrong)]
    return interval.rate([int(one.score.value == right) for one in members], _clusters(members), scope, confidence)


_KINDS: dict[str, Callable[[MetricEntry, Sequence[_Told], Estimand, float], Interval]] = {
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
    "sensitivity": _sensitivity,
    "specificity": _specificity,
    "ppv": _ppv,
}


def _finite(number: float | None) -> float | None:
    return None if number is None or math.isinf(number) or math.isnan(number) else number


def confusion_of(scored: Sequence[Scored]) -> dict[str, float | int | None]:
    """The four cells of escalation accuracy with PPV and MCC, over all conversations given."""
    cells = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for _, scores in scored:
        for score in scores:
            if score.name == "escalation_class" and isinstance(score.value, str):
                cells[score.value] += 1
    agreement = confusion(**cells)
    return {**cells, "ppv": agreement.ppv, "mcc": agreement.mcc}
