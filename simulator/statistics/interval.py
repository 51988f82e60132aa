"""How sure a number is: intervals that know that conversations of one scenario resemble each other.

Every function takes one value for each conversation and the scenario it belongs to, and says by its `scope` what the
claim is about. With `all_scenarios` those at hand stand for others like them: what counts is how many there are. With
`these_scenarios` nothing is claimed beyond those at hand: they are strata.

Printed intervals are two-sided 95 %; a gate decides on the one-sided bound on its bad side. Where the data show no
spread at all (no event, only events), they cannot tell how much conversations resemble each other, and that is then
assumed (`icc`) instead of printing an interval without width.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence, Sized
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from simulator.statistics.ends import (
    ASSUMED_ICC,
    NEGLIGIBLE,
    Ends,
    effective_n,
    exact_ends,
    logit_t_ends,
    no_ends,
    percentile_ends,
    spread_ends,
    t_quantile,
    unanimous_ends,
)
from simulator.statistics.resampling import (
    RESAMPLES,
    Reading,
    Scope,
    affordable,
    cluster_codes,
    read_all,
    rows_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_CLUSTERS = 5
"""With fewer scenarios nothing is decided about all scenarios."""
ENOUGH_CLUSTERS = 40
"""With fewer scenarios an interval about all scenarios carries the note `few clusters`."""

_BOOTSTRAP_VALUES = 20_000
_PRINTED_TAIL = 0.025
_ROUNDING = 1e-6  # of a weight: .95 of 20 values is the 19th, not the 20th


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate and how far it can be trusted."""

    estimate: float | None
    """The number itself; None if there is nothing to divide by. Infinite for a median that is never reached."""
    low: float | None = None
    """Lower end of the two-sided 95 % interval, for printing; None where it cannot be computed."""
    high: float | None = None
    """Upper end of the two-sided 95 % interval; may be infinite for medians and percentiles."""
    bound_low: float | None = None
    """One-sided lower bound; None where nothing may be decided, even if an interval is printed."""
    bound_high: float | None = None
    """One-sided upper bound; None as above."""
    n: int
    """What the estimate rests on: conversations, the values of a quantile, or the denominators of a ratio together."""
    clusters: int
    """Scenarios behind the estimate."""
    method: str
    """How the ends were found."""
    reason: str | None = None
    """Why no decision can rest on it; None if one can."""
    note: str | None = None
    """What a reader should know beside it, such as `few clusters`."""


class Draft(NamedTuple):
    """An interval that may have to read resamples before it is known: several that read the same ones share them."""

    reading: Reading | None
    finish: Callable[[], Interval]
    """To be called once the reading has been given all that it wants."""


def finished(drafts: Sequence[Draft]) -> list[Interval]:
    """The intervals of some drafts; what they resample alike is resampled once."""
    read_all(draft.reading for draft in drafts if draft.reading is not None)
    return [draft.finish() for draft in drafts]


def known(found: Interval) -> Draft:
    """One that needs no resamples."""
    return Draft(None, lambda: found)


def rate(
    successes: Sequence[float],
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    icc: float = ASSUMED_ICC,
) -> Interval:
    """The share of conversations with value 1, by a t interval on the logit scale.

    sigma(logit p +- t * s / (p (1 - p))), where for `all_scenarios` s^2 = K/(K-1) sum (m_k (p_k - p))^2 / N^2 with K -
    1 degrees of freedom, and for `these_scenarios` s^2 = sum (m_k/N)^2 s_k^2 / m_k with N - K. If the scenarios agree
    exactly (s = 0), s^2 = p (1 - p) / N. At p = 0 or 1 the bound comes from the effective number of conversations: see
    `effective_n`. `confidence` is that of the one-sided bounds. Raises ValueError for values other than 0 and 1 and
    for unequal lengths.
    """
    _same_length(successes, clusters)
    if not set(successes) <= {0, 1}:
        raise ValueError("a rate takes 0 or 1 for each conversation")
    n = len(successes)
    sizes = Counter(clusters)
    if not n:
        return nothing("logit-t", "no conversations")
    events = Counter(compress(clusters, successes))
    total = sum(events.values())
    p = total / n
    if total in (0, n):
        return unanimous(p, n, sizes.values(), scope, confidence, icc)
    return judged(p, _rate_ends(p, sizes, events, scope), sizes.values(), scope, n, "logit-t", confidence)


def _rate_ends(p: float, sizes: Counter[Hashable], events: Counter[Hashable], scope: Scope) -> Ends:
    n, total, scenarios = sizes.total(), events.total(), len(sizes)

    def ends(tail: float) -> tuple[float, float]:
        # Whole numbers until the last division, so that scenarios which agree exactly are seen to agree exactly.
        if scope == "all_scenarios":
            squares = sum((events[k] * n - m * total) ** 2 for k, m in sizes.items())
            variance, df = scenarios / (scenarios - 1) * squares / n**4, scenarios - 1
        else:
            variance = sum(events[k] * (m - events[k]) / (m - 1) for k, m in sizes.items()) / n**2
            df = n - scenarios
        return logit_t_ends(p, variance or p * (1 - p) / n, df, tail)

    return ends


def mean(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    floor: float | None = None,
    ceiling: float | None = None,
    icc: float = ASSUMED_ICC,
) -> Interval:
    """The mean over conversations of a score, by a t interval on scenario means (or stratified by scenario).

    The variances are those of `rate`. `floor` and `ceiling` are the least and greatest value the score can take: the
    ends are kept within them, and they are what bounds a mean whose values are all equal (a share q = tail^(1/n_e) or
    more of all conversations has that value, the rest may lie anywhere between floor and ceiling). Without them such a
    mean has no interval. For the difference of two bots on the same cells, hand in the differences.
    """
    _same_length(values, clusters)
    n = len(values)
    if not n:
        return nothing("t", "no conversations")
    groups: dict[Hashable, list[float]] = {}
    for value, label in zip(values, clusters, strict=True):
        groups.setdefault(label, []).append(value)
    sizes = [len(group) for group in groups.values()]
    if min(values) == max(values):
        n_e = effective_n(n, len(sizes), scope, icc)
        same = float(values[0])
        ends: Ends = partial(unanimous_ends, same, n_e, floor, ceiling)
        notes = [assumed(n_e, n, icc, "all values equal")]
        return judged(same, ends, sizes, scope, n, "effective n", confidence, notes)
    centre = math.fsum(values) / n
    return judged(
        centre, _mean_ends(centre, list(groups.values()), scope, floor, ceiling), sizes, scope, n, "t", confidence, []
    )


def _mean_ends(
    centre: float, groups: list[list[float]], scope: Scope, floor: float | None, ceiling: float | None
) -> Ends:
    n, scenarios = sum(map(len, groups)), len(groups)
    around_centre = math.fsum((value - centre) ** 2 for group in groups for value in group)

    def ends(tail: float) -> tuple[float, float]:
        if scope == "all_scenarios":
            squares = math.fsum((math.fsum(group) - len(group) * centre) ** 2 for group in groups)
            variance, df = scenarios / (scenarios - 1) * squares / n**2, scenarios - 1
        else:
            variance = math.fsum(len(group) * _variance(group) for group in groups) / n**2
            df = n - scenarios
        if variance <= NEGLIGIBLE * around_centre / n:
            variance = around_centre / n**2
        reach = t_quantile(df, tail) * math.sqrt(variance)
        low, high = centre - reach, centre + reach
        return low if floor is None else max(low, floor), high if ceiling is None else min(high, ceiling)

    return ends


def _variance(values: list[float]) -> float:
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


def ratio(
    numerators: Sequence[float],
    denominators: Sequence[float],
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    icc: float = ASSUMED_ICC,
    resamples: int = RESAMPLES,
) -> Interval:
    """Sum over sum, such as false promises over promises, by a percentile bootstrap.

    Hand in every conversation, also those with denominator 0: how many have one is part of the chance. Resampled are
    the scenarios (`all_scenarios`) or the conversations within each (`these_scenarios`); resamples with an empty
    denominator are dropped, and the note counts them. A share of 0 or 1, and one that is the same in every resample,
    gets its width from the effective number of denominators. Raises ValueError for unequal lengths and negative
    denominators.
    """
    draft = ratio_draft(numerators, denominators, clusters, scope, confidence, icc, resamples)
    return finished([draft])[0]


def ratio_draft(
    numerators: Sequence[float],
    denominators: Sequence[float],
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    icc: float = ASSUMED_ICC,
    resamples: int = RESAMPLES,
) -> Draft:
    """The same, before its resamples have been read."""
    _same_length(numerators, denominators, clusters)
    method = "bootstrap"
    counted = {label for label, denominator in zip(clusters, denominators, strict=True) if denominator > 0}
    if any(denominator < 0 for denominator in denominators):
        raise ValueError("a denominator is negative")
    if not counted:
        return known(nothing(method, "the denominator is empty"))
    total, events = math.fsum(denominators), math.fsum(numerators)
    estimate = events / total
    sizes = Counter(clusters)
    if scope == "all_scenarios":
        sizes = Counter({label: sizes[label] for label in counted})
    talks = sum(1 for denominator in denominators if denominator > 0)
    n = round(total)
    n_e = effective_n(total, len(counted) if scope == "all_scenarios" else talks, "all_scenarios", icc)
    share = all(0 <= part <= whole for part, whole in zip(numerators, denominators, strict=True))

    if share and estimate in (0.0, 1.0):
        ends: Ends = partial(unanimous_ends, estimate, n_e, 0.0, 1.0)
        seen = [assumed(n_e, total, icc)]
        return known(judged(estimate, ends, sizes.values(), scope, n, "effective n", confidence, seen))
    if not estimable(sizes.values(), scope):
        return known(judged(estimate, no_ends, sizes.values(), scope, n, method, confidence))
    sums: list[NDArray[Any]] = []

    def finish() -> Interval:
        import numpy as np

        both = np.concatenate(sums)
        kept = both[both[:, 1] > 0]
        drawn = kept[:, 0] / kept[:, 1]
        notes = []
        if len(drawn) < resamples:
            dropped = resamples - len(drawn)
            notes.append(f"{dropped:,} of {resamples:,} resamples had an empty denominator and were dropped")
        df = max(1, (len(counted) if scope == "all_scenarios" else talks) - 1)
        spread = spread_ends(estimate, drawn, n_e if share else None, df)
        return judged(estimate, spread, sizes.values(), scope, n, method, confidence, notes)

    return Draft(
        _reading_of_sums(numerators, denominators, cluster_codes(clusters), scope, resamples, sums.append), finish
    )


def _reading_of_sums(
    numerators: Sequence[float],
    denominators: Sequence[float],
    codes: NDArray[Any],
    scope: Scope,
    resamples: int,
    note: Callable[[NDArray[Any]], None],
) -> Reading:
    import numpy as np

    parts = np.asarray(numerators, dtype=np.float64)
    wholes = np.asarray(denominators, dtype=np.float64)
    if scope == "all_scenarios":
        both = np.column_stack((np.bincount(codes, parts), np.bincount(codes, wholes)))
        groups = [len(both)]
    else:
        order = np.lexsort((wholes, parts, codes))
        both = np.column_stack((parts[order], wholes[order]))
        groups = np.bincount(codes).tolist()
    return Reading(tuple(groups), resamples, lambda weights: note(weights @ both))


def quantile(
    values: Sequence[float],
    q: float,
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    conversations: Sequence[Hashable] | None = None,
) -> Interval:
    """The smallest value that at least a share `q` of the values do not exceed, such as a latency percentile.

    `conversations` names the conversation of each value where one has several (its turns): they are drawn together. Up
    to 20,000 values by percentile bootstrap (with fewer resamples, never under 999, as the values grow many); beyond
    by order statistics, whose ranks come from a binomial interval with the effective number of values that the data
    show (Woodruff 1952, with the exact interval of Korn and Graubard 1998). An end is infinite where even the largest
    value seen may lie below the percentile. Raises ValueError for q outside (0, 1).
    """
    return finished([quantile_draft(values, q, clusters, scope, confidence, conversations)])[0]


def quantile_draft(
    values: Sequence[float],
    q: float,
    clusters: Sequence[Hashable],
    scope: Scope,
    confidence: float = 0.95,
    conversations: Sequence[Hashable] | None = None,
) -> Draft:
    """The same, before its resamples have been read."""
    _same_length(values, clusters, values if conversations is None else conversations)
    if not 0 < q < 1:
        raise ValueError(f"a quantile is asked for at {q}, not between 0 and 1")
    n = len(values)
    if not n:
        return known(nothing("bootstrap", "no values"))
    import numpy as np

    codes = cluster_codes(clusters)
    units = np.arange(n) if conversations is None else cluster_codes(conversations)
    order = np.lexsort((units, codes, np.asarray(values, dtype=np.float64)))
    ordered, codes = np.asarray(values, dtype=np.float64)[order], codes[order]
    # A conversation belongs to one scenario: the same name under two scenarios is two conversations.
    units = np.arange(n) if conversations is None else codes * n + units[order]
    estimate = float(ordered[_rank(q, n) - 1])
    sizes = np.bincount(codes[np.unique(units, return_index=True)[1]]).tolist()
    if not estimable(sizes, scope):
        return known(judged(estimate, no_ends, sizes, scope, n, "bootstrap", confidence))

    def told(ends: Ends, method: str) -> Interval:
        def open_ended(tail: float) -> tuple[float | None, float | None]:
            low, high = ends(tail)
            return (-math.inf if (1 - q) ** n > tail else low), (math.inf if q**n > tail else high)

        return judged(estimate, open_ended, sizes, scope, n, method, confidence)

    if n > _BOOTSTRAP_VALUES:
        return known(told(_order_statistics(ordered, q, codes, units, scope), "order statistics"))
    found: list[NDArray[Any]] = []
    rows = rows_of(codes, scope, units)

    def take(weights: NDArray[Any]) -> None:
        reached = np.cumsum(weights[:, rows.column], axis=1)
        found.append(ordered[(reached < q * reached[:, -1:] - _ROUNDING).sum(axis=1)])

    return Draft(rows.reading(affordable(n), take), lambda: told(percentile_ends(np.concatenate(found)), "bootstrap"))


def _rank(q: float, n: float) -> int:
    return max(1, math.ceil(q * n - _ROUNDING))


def _order_statistics(ordered: NDArray[Any], q: float, codes: NDArray[Any], units: NDArray[Any], scope: Scope) -> Ends:
    import numpy as np

    n = len(ordered)
    below = (np.arange(n) < _rank(q, n)) - q
    if scope == "all_scenarios":
        sums = np.bincount(codes, below)
        variance = len(sums) / (len(sums) - 1) * float(np.sum((sums - sums.mean()) ** 2)) / n**2
    else:
        _, first, unit_of = np.unique(units, return_index=True, return_inverse=True)
        sums, stratum = np.bincount(unit_of, below), codes[first]
        size = np.bincount(stratum)
        around = sums - (np.bincount(stratum, sums) / np.maximum(1, size))[stratum]
        variance = float(np.sum(around**2 * (size / np.maximum(1, size - 1))[stratum])) / n**2
    n_e = min(n, q * (1 - q) / variance) if variance > 0 else n

    def ends(tail: float) -> tuple[float, float]:
        low, high = exact_ends(q * n_e, n_e, tail)
        return float(ordered[_rank(low, n) - 1]), float(ordered[min(n, _rank(high, n)) - 1])

    return ends


def nothing(method: str, reason: str) -> Interval:
    """No estimate at all, and why: nothing to divide by is not a share of 0."""
    return Interval(estimate=None, n=0, clusters=0, method=method, reason=reason)


def judged(
    estimate: float,
    ends: Ends,
    sizes: Collection[int],
    scope: Scope,
    n: int,
    method: str,
    confidence: float,
    notes: Iterable[str | None] = (),
) -> Interval:
    """An estimate with the ends that the design of the run allows: `sizes` are the conversations of each scenario."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, expected a number between 0 and 1")
    reason, printable = _obstacle(sizes, scope)
    low = high = bound_low = bound_high = None
    if printable:
        low, high = ends(_PRINTED_TAIL)
        if low is None and high is None:
            reason = reason or "no spread: all values equal"
        elif reason is None:
            bound_low, bound_high = ends(1 - confidence)
    few = "few clusters" if scope == "all_scenarios" and len(sizes) < ENOUGH_CLUSTERS and reason is None else None
    return Interval(
        estimate=estimate,
        low=low,
        high=high,
        bound_low=bound_low,
        bound_high=bound_high,
        n=n,
        clusters=len(sizes),
        method=method,
        reason=reason,
        note="; ".join(note for note in (few, *notes) if note) or None,
    )


def unanimous(share: float, n: int, sizes: Collection[int], scope: Scope, confidence: float, icc: float) -> Interval:
    """A share of exactly 0 or 1 of n conversations, bounded by how many independent ones they are worth."""
    n_e = effective_n(n, len(sizes), scope, icc)
    ends = partial(unanimous_ends, share, n_e, 0.0, 1.0)
    return judged(share, ends, sizes, scope, n, "effective n", confidence, [assumed(n_e, n, icc)])


def estimable(sizes: Collection[int], scope: Scope) -> bool:
    """Whether a run of this design shows any spread: two scenarios, or two conversations in each."""
    return _obstacle(sizes, scope)[1]


def _obstacle(sizes: Collection[int], scope: Scope) -> tuple[str | None, bool]:
    """Why nothing can be decided, and whether an interval can be printed all the same."""
    if scope == "these_scenarios":
        return ("one conversation a scenario: no interval", False) if min(sizes) < 2 else (None, True)
    if len(sizes) == 1:
        return "one scenario: no interval", False
    if len(sizes) < FEWEST_CLUSTERS:
        return f"fewer than {FEWEST_CLUSTERS} scenarios: inconclusive", True
    return None, True


def assumed(n_e: float, n: float, icc: float, seen: str = "no spread seen") -> str | None:
    """What the reader must know of a bound that rests on an assumed resemblance; None if it rests on none."""
    return f"{seen}: effective n {n_e:.1f} at an assumed ICC of {icc:g}" if n_e < n else None


def _same_length(first: Sized, *others: Sized) -> None:
    if any(len(other) != len(first) for other in others):
        raise ValueError(f"lengths differ: {[len(each) for each in (first, *others)]}")
