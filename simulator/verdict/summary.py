"""Scores -> metrics: estimate, interval, n, for the whole run and for each group of conversations."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.score import Estimand, Metric, Score
from simulator.model.transcript import Transcript
from simulator.registry import METRICS, MetricEntry
from simulator.statistics import interval, survival
from simulator.statistics.agreement import confusion
from simulator.statistics.interval import Interval
from simulator.verdict.scoring import OnProgress, Scored, unseen

CAUSES = {"censored": 0, "effective": 1, "left": 2, "resolved": 3, "bot_ended": 4, "target_failed": 4, "ineffective": 5}
"""How a wait for a person can end, numbered as the competing risks of the survival curves; 0 is cut off."""
NOT_COUNTED = ("simulator_failed", "interrupted")
"""Endings that are ours: in no rate and no curve, but counted."""
_WHOLE_RUN_ONLY = ("quantile",)
_CRITICALITY = ("low", "medium", "high")


class _Row:
    """One conversation of the population: its cluster and its scores by name."""

    __slots__ = ("cluster", "groups", "probe", "scores")

    def __init__(self, cluster: str, groups: tuple[str, ...], probe: str, scores: dict[str, list[Score]]) -> None:
        self.cluster = cluster
        self.groups = groups
        self.probe = probe
        self.scores = scores


def summarise(
    scored: Sequence[Scored],
    personas: Mapping[str, Persona],
    scenarios: Mapping[str, Scenario],
    scope: Estimand,
    *,
    only: Collection[str] | None = None,
    confidence: float = 0.95,
    on_progress: OnProgress = unseen,
) -> list[Metric]:
    """Every metric of the registry (or `only` those) for every target, for the whole run and each group.

    `confidence` is that of the one-sided bounds that gates decide on; printed intervals are two-sided 95 %.
    """
    metrics: list[Metric] = []
    entries = [entry for entry in METRICS.values() if only is None or entry.name in only]
    for target in dict.fromkeys(transcript.target for transcript, _ in scored):
        rows = [
            _row(transcript, scores, personas, scenarios)
            for transcript, scores in scored
            if transcript.target == target and transcript.ending not in NOT_COUNTED
        ]
        groups = sorted({group for row in rows if not row.probe for group in row.groups})
        for done, entry in enumerate(entries, 1):
            members = [row for row in rows if _belongs(row, entry)]
            whole = _metric(entry, "", members, scope, confidence, target)
            metrics.append(whole)
            if entry.population != "customers":
                # Probes are a group of their own: the same number under the name by which gates ask for it.
                metrics.append(msgspec.structs.replace(whole, group=f"persona={entry.population}"))
            elif entry.kind not in _WHOLE_RUN_ONLY:
                for group in groups:
                    chosen = [row for row in members if group in row.groups]
                    metrics.append(_metric(entry, group, chosen, scope, confidence, target))
            on_progress(f"summing up {target}", done, len(entries))
    return metrics


def _row(
    transcript: Transcript, scores: Iterable[Score], personas: Mapping[str, Persona], scenarios: Mapping[str, Scenario]
) -> _Row:
    by_name: dict[str, list[Score]] = {}
    for score in scores:
        by_name.setdefault(score.name, []).append(score)
    groups = [f"persona={transcript.persona}", f"scenario={transcript.scenario}"]
    scenario = scenarios.get(transcript.scenario)
    if scenario is not None:
        worst = max((need.criticality for need in scenario.needs), key=_CRITICALITY.index)
        groups += [f"segment={scenario.segment}", f"criticality={worst}"]
    persona = personas.get(transcript.persona)
    probe = transcript.persona if persona is not None and persona.probe is not None else ""
    return _Row(transcript.scenario, tuple(groups), probe, by_name)


def _belongs(row: _Row, entry: MetricEntry) -> bool:
    if entry.population == "customers":
        return not row.probe
    return row.probe == entry.population or (entry.population == "probes" and bool(row.probe))


def _metric(
    entry: MetricEntry, group: str, rows: Sequence[_Row], scope: Estimand, confidence: float, target: str
) -> Metric:
    found = [(row.cluster, score) for row in rows for score in row.scores.get(entry.score, ())]
    told = [(cluster, score) for cluster, score in found if score.value is not None]
    silent = [score for _, score in found if score.value is None]
    with_a_word = sum(1 for row in rows if any(score.value is not None for score in row.scores.get(entry.score, ())))
    measured = _KINDS[entry.kind](entry, told, scope, confidence)
    reason = measured.reason or ""
    estimate: float | None = measured.estimate
    if estimate is not None and math.isinf(estimate):
        estimate, reason = None, "not_reached"
    elif estimate is None:
        said = [score.reason for score in silent if score.reason]
        common = max(set(said), key=said.count) if said else ""
        reason = common or reason or ("no conversations" if not rows else "no conversation could say")
    return Metric(
        name=entry.name,
        group=group,
        estimate=estimate,
        low=_finite(measured.low),
        high=_finite(measured.high),
        n=measured.n,
        skipped=len(rows) - with_a_word,
        method=measured.method,
        estimand=scope,
        reason="; ".join(part for part in (reason, measured.note or "") if part),
        bound_low=_finite(measured.bound_low),
        bound_high=_finite(measured.bound_high),
        target=target,
    )


Told = Sequence[tuple[str, Score]]


def _values(told: Told) -> list[float]:
    return [float(score.value) for _, score in told if isinstance(score.value, int | float)]


def _clusters(told: Told) -> list[str]:
    return [cluster for cluster, _ in told]


def _rate(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    return interval.rate(_values(told), _clusters(told), scope, confidence)


def _ratio(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    weights = [score.weight for _, score in told]
    return interval.ratio(_values(told), weights, _clusters(told), scope, confidence)


def _mean(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    ceiling = 1.0 if entry.unit == "share" else None
    return interval.mean(_values(told), _clusters(told), scope, confidence, floor=0.0, ceiling=ceiling)


def _causes(told: Told) -> list[int]:
    return [CAUSES.get(score.event or "censored", 2) for _, score in told]


def _incidence(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    horizon = entry.horizon if entry.horizon is not None else math.inf
    return survival.incidence(_values(told), _causes(told), _clusters(told), 1, [horizon], scope, confidence)[0]


def _incidence_median(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    return survival.median_incidence(_values(told), _causes(told), _clusters(told), 1, scope, confidence)


def _km_median(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    # Any event counts where the entry names none; whatever else cut it short is a competing one.
    observed = [0 if score.event == "censored" else 1 if entry.cause in ("", score.event) else 2 for _, score in told]
    return survival.median_incidence(_values(told), observed, _clusters(told), 1, scope, confidence)


def _quantile(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    share = entry.quantile if entry.quantile is not None else 0.5
    return interval.quantile(_values(told), share, _clusters(told), scope, confidence)


def _sensitivity(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tp", "fn", scope, confidence)


def _specificity(entry: MetricEntry, told: Told, scope: Estimand, confidence: float) -> Interval:
    return _of_class(told, "tn", "fp", scope, confidence)


def _of_class(told: Told, right: str, wrong: str, scope: Estimand, confidence: float) -> Interval:
    members = [(cluster, score) for cluster, score in told if score.value in (right, wrong)]
    return interval.rate([int(score.value == right) for _, score in members], _clusters(members), scope, confidence)


_KINDS: dict[str, Callable[[MetricEntry, Told, Estimand, float], Interval]] = {
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


def confusion_of(scored: Sequence[Scored]) -> dict[str, float | int | None]:
    """The four cells of escalation accuracy with PPV and MCC, over all conversations given."""
    cells = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for _, scores in scored:
        for score in scores:
            if score.name == "escalation_class" and isinstance(score.value, str):
                cells[score.value] += 1
    agreement = confusion(**cells)
    return {**cells, "ppv": agreement.ppv, "mcc": agreement.mcc}
