"""How often an alarm is right: what a detector's answers say beside the truth, each figure with its interval.

A share (precision, recall, specificity, accuracy) has Wilson's interval, which takes the cases as independent; F1, the Matthews
correlation and the area under the ROC curve are no shares of anything counted, so their intervals come from resampling
whole groups of cases (`groups`) with replacement.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator.statistics.agreement import confusion
from simulator.statistics.ends import wilson_ends
from simulator.statistics.interval import ENOUGH_CLUSTERS, Interval, nothing
from simulator.statistics.resampling import cluster_codes, resampled_weights, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = ("precision", "recall", "specificity")
MEASURES = (*SHARES, "f1", "mcc", "auc")
RESAMPLES = 1_999
"""Of intervals that accompany a figure and decide nothing."""


def share(part: int, whole: int, empty: str) -> Interval:
    """`part` of `whole` with Wilson's interval; no estimate, for the reason `empty`, where there is nothing to divide by."""
    if not whole:
        return nothing("Wilson", empty)
    low, high = wilson_ends(part, whole)
    bound_low, bound_high = wilson_ends(part, whole, 0.90)
    return Interval(
        estimate=part / whole,
        low=low,
        high=high,
        bound_low=bound_low,
        bound_high=bound_high,
        n=whole,
        clusters=whole,
        method="Wilson",
    )


def detection(
    truths: Sequence[bool],
    alarms: Sequence[bool],
    grades: Sequence[float] | None = None,
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> dict[str, Interval]:
    """Every measure of a detector by name; `auc` only where `grades` are given.

    precision = tp/(tp+fp), recall = tp/(tp+fn), specificity = tn/(tn+fp), f1 = 2tp/(2tp+fp+fn), mcc as in `agreement`, auc
    = the chance that a true case is graded above one that is not, equals counting half (Mann and Whitney 1947). A measure
    without the cases that it speaks of has no estimate and says why. Raises ValueError for unequal lengths.
    """
    if not len(truths) == len(alarms) == len(grades if grades is not None else truths):
        raise ValueError(f"lengths differ: {len(truths)} truths, {len(alarms)} alarms")
    tp = sum(t and a for t, a in zip(truths, alarms, strict=True))
    fp, fn = sum(alarms) - tp, sum(truths) - tp
    tn = len(truths) - tp - fp - fn
    found = {
        "precision": share(tp, tp + fp, "it never alarmed"),
        "recall": share(tp, tp + fn, "nothing was there to be found"),
        "specificity": share(tn, tn + fp, "nothing was there that must not alarm"),
    }
    labels = range(len(truths)) if groups is None else groups
    drawn = _resampled(truths, alarms, grades, labels, resamples) if truths else {}
    about = (len(truths), len(set(labels)))
    f1 = 2 * tp / (2 * tp + fp + fn) if tp + fn and tp + fp + fn else None
    found["f1"] = _resampled_interval(f1, drawn.get("f1"), about, _ends_of_f1(found), "nothing was there to be found")
    mcc = confusion(tp, fp, fn, tn).mcc
    found["mcc"] = _resampled_interval(mcc, drawn.get("mcc"), about, None, "one of the four margins is empty")
    if grades is not None:
        auc = area(truths, grades)
        found["auc"] = _resampled_interval(auc, drawn.get("auc"), about, None, "needs cases of both kinds")
    return found


def area(truths: Sequence[bool], grades: Sequence[float]) -> float | None:
    """The area under the ROC curve, 0 to 1 and .5 for chance; None where all cases are of one kind."""
    from scipy.stats import rankdata

    positive = sum(truths)
    negative = len(truths) - positive
    if not positive or not negative:
        return None
    ranks = rankdata(grades)
    above = sum(float(rank) for rank, truth in zip(ranks, truths, strict=True) if truth)
    return (above - positive * (positive + 1) / 2) / (positive * negative)


def _ends_of_f1(shares: Mapping[str, Interval]) -> tuple[float, float] | None:
    """F1 of the lower and of the upper ends of precision and recall: wide enough where resampling shows no spread."""
    ends = []
    for end in ("low", "high"):
        p, r = (getattr(shares[name], end) for name in ("precision", "recall"))
        if p is None or r is None:
            return None
        ends.append(2 * p * r / (p + r) if p + r else 0.0)
    return ends[0], ends[1]


def _resampled_interval(
    estimate: float | None,
    drawn: NDArray[Any] | None,
    about: tuple[int, int],
    without_spread: tuple[float, float] | None,
    reason: str,
) -> Interval:
    import numpy as np

    n, clusters = about
    if estimate is None or drawn is None:
        return nothing("bootstrap", reason)
    kept = drawn[np.isfinite(drawn)]
    spread = len(kept) > 0 and float(kept.min()) < float(kept.max())
    if spread and clusters > 1:
        low, bound_low, bound_high, high = (float(end) for end in np.quantile(kept, (0.025, 0.05, 0.95, 0.975)))
        method, note = "bootstrap", f"few groups ({clusters})" if clusters < ENOUGH_CLUSTERS else None
    elif without_spread is None:
        why = "no spread: no interval"
        return Interval(estimate=estimate, n=n, clusters=clusters, method="bootstrap", reason=why)
    else:
        low, high = bound_low, bound_high = without_spread
        method, note = "Wilson", "no spread: from Wilson's ends of precision and recall"
    return Interval(
        estimate=estimate,
        low=low,
        high=high,
        bound_low=bound_low,
        bound_high=bound_high,
        n=n,
        clusters=clusters,
        method=method,
        note=note,
    )


def _resampled(
    truths: Sequence[bool],
    alarms: Sequence[bool],
    grades: Sequence[float] | None,
    groups: Sequence[Hashable],
    resamples: int,
) -> dict[str, NDArray[Any]]:
    """F1, correlation and area of every resample; not a number where one has no cases of a kind."""
    import numpy as np

    truth, alarm = np.asarray(truths, dtype=bool), np.asarray(alarms, dtype=bool)
    cells = np.column_stack([truth & alarm, ~truth & alarm, truth & ~alarm, ~truth & ~alarm]).astype(np.float64)
    codes = cluster_codes(groups)
    found: dict[str, list[NDArray[Any]]] = {"f1": [], "mcc": [], "auc": []}
    ranks = None if grades is None else np.unique(np.asarray(grades, dtype=np.float64), return_inverse=True)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = rows_of(codes, "all_scenarios")
        for units in resampled_weights(rows.sizes, resamples, rows.per_draw):
            weights = units[:, rows.column]
            tp, fp, fn, tn = (weights @ cells).T
            found["f1"].append(2 * tp / (2 * tp + fp + fn))
            margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
            found["mcc"].append((tp * tn - fp * fn) / np.sqrt(margins))
            if ranks is not None:
                found["auc"].append(_areas(weights, truth, ranks))
    return {name: np.concatenate(values) for name, values in found.items() if values}


def _areas(weights: NDArray[Any], truth: NDArray[Any], ranks: NDArray[Any]) -> NDArray[Any]:
    """The area of each resample: of all weighted pairs of a true case and another, those graded in the right order."""
    import numpy as np

    levels = int(ranks.max()) + 1
    by_level = np.zeros((len(ranks), levels))
    by_level[np.arange(len(ranks)), ranks] = 1.0
    hits, misses = (weights * truth) @ by_level, (weights * ~truth) @ by_level
    below = np.cumsum(misses, axis=1) - misses
    right = (hits * (below + misses / 2)).sum(axis=1)
    areas: NDArray[Any] = right / (hits.sum(axis=1) * misses.sum(axis=1))
    return areas
