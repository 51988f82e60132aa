"""How long until what: cumulative incidence where several endings compete, and the time may be cut short.

Conversations that need a human can end in several ways: the human comes, the customer leaves, the bot solves it after
all. Whoever left cannot be handed over later, so counting leavers as merely censored (1 - Kaplan-Meier) promises too
much. The estimator of Aalen and Johansen (1978) does not: at each time u, F_k += S(u-) d_k(u) / n(u), then S *= 1 -
d(u) / n(u).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import msgspec

from simulator.statistics.ends import (
    ASSUMED_ICC,
    NEGLIGIBLE,
    Ends,
    effective_n,
    no_ends,
    percentile_ends,
    spread_ends,
    unanimous_ends,
)
from simulator.statistics.interval import Draft, Interval, estimable, finished, judged, known, nothing, unanimous
from simulator.statistics.resampling import RESAMPLES, Reading, Scope, affordable, cluster_codes, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

CENSORED = 0
"""The cause of a time that was cut short: what would have happened is not known."""


class Incidence(msgspec.Struct, frozen=True, kw_only=True):
    """Which share has ended in which way by which time: step functions, right-continuous, 0 before the first time."""

    times: tuple[float, ...]
    """The times at which something ended or was cut short, rising."""
    curves: Mapping[int, tuple[float, ...]]
    """For each cause the share that has ended so by each of the times."""
    survival: tuple[float, ...]
    """The share that has not ended by each of the times; with all curves it sums to 1."""

    def at(self, cause: int, t: float) -> float:
        """The share that has ended by `cause` at time t; beyond the last time, what it was then."""
        return self._read(self.curves[cause], t, 0.0) if cause in self.curves else 0.0

    def surviving(self, t: float) -> float:
        """The share that has not ended at time t."""
        return self._read(self.survival, t, 1.0)

    def quantile(self, cause: int, share: float = 0.5) -> float | None:
        """The smallest time by which such a share of all has ended by `cause`; None if that is never reached."""
        least = share - NEGLIGIBLE
        reached = (t for t, ended in zip(self.times, self.curves.get(cause, ()), strict=False) if ended >= least)
        return next(reached, None)

    def area(self, cause: int, tau: float) -> float:
        """The area under the curve of `cause` from 0 to tau: the expected time already spent so, in units of time."""
        area, share = 0.0, 0.0
        for t, reached in zip(self.times, self.curves.get(cause, ()), strict=False):
            if t >= tau:
                break
            area += (reached - share) * (tau - t)
            share = reached
        return area

    def _read(self, curve: tuple[float, ...], t: float, before: float) -> float:
        place = bisect_right(self.times, t)
        return curve[place - 1] if place else before


def aalen_johansen(times: Sequence[float], causes: Sequence[int], weights: Sequence[float] | None = None) -> Incidence:
    """The incidence of every cause, where `causes` says how each time ended (0: censored).

    At equal times, events come before censorings. `weights` count each time so often. Raises ValueError for no times,
    unequal lengths and a time that is negative or not a number.
    """
    _check(times, causes)
    if weights is None:
        weights = [1.0] * len(times)
    if len(weights) != len(times) or not math.fsum(weights) > 0 or min(weights) < 0:
        raise ValueError("weights are not one for each time, none negative, their sum positive")
    ended: dict[float, dict[int, float]] = {}
    for t, cause, weight in zip(times, causes, weights, strict=True):
        here = ended.setdefault(t, {})
        here[cause] = here.get(cause, 0.0) + weight
    rising = sorted(ended)
    # Summed from the last time back, so that rounding never leaves fewer at risk than end.
    at_risk = list(accumulate(sum(ended[t].values()) for t in reversed(rising)))[::-1]
    kinds = sorted({cause for cause in causes if cause != CENSORED})
    shares = dict.fromkeys(kinds, 0.0)
    curves: dict[int, list[float]] = {kind: [] for kind in kinds}
    survival: list[float] = []
    surviving = 1.0
    for t, present in zip(rising, at_risk, strict=True):
        events = 0.0
        for kind in kinds:
            number = ended[t].get(kind, 0.0)
            events += number
            if number:
                shares[kind] += surviving * number / present
            curves[kind].append(shares[kind])
        if events:
            surviving *= max(0.0, 1 - events / present)
        survival.append(surviving)
    return Incidence(
        times=tuple(rising), curves={kind: tuple(curve) for kind, curve in curves.items()}, survival=tuple(survival)
    )


class Waits:
    """How long each conversation waited and how that ended: what several incidences and medians are read from."""

    def __init__(self, times: Sequence[float], causes: Sequence[int], clusters: Sequence[Hashable]) -> None:
        """Raises ValueError as `aalen_johansen`, but not for no times."""
        if len(times):
            _check(times, causes, clusters)
        elif len(causes) or len(clusters):
            raise ValueError(f"lengths differ: 0 times, {[len(causes), len(clusters)]}")
        self._times, self._causes, self._clusters = times, causes, clusters
        self._sizes = list(Counter(clusters).values())
        self._curve: Incidence | None = None
        self._steps: dict[tuple[int, Scope], Steps] = {}

    def incidence(
        self,
        cause: int,
        horizons: Sequence[float],
        scope: Scope,
        confidence: float = 0.95,
        icc: float = ASSUMED_ICC,
        resamples: int = RESAMPLES,
    ) -> list[Draft]:
        """Drafts of what `incidence` gives, one for each horizon."""
        times, causes, sizes = self._times, self._causes, self._sizes
        if not len(times):
            return [known(nothing("bootstrap", "no conversations")) for _ in horizons]
        curve = self._whole()
        drafts = []
        for horizon in horizons:
            share = curve.at(cause, horizon)
            followed = sum(1 for t, ended in zip(times, causes, strict=True) if t >= horizon or ended != CENSORED)
            seen = _followed(times, horizon, curve)
            if not followed:
                drafts.append(known(judged(share, no_ends, sizes, scope, 0, "effective n", confidence, [seen])))
            elif not NEGLIGIBLE < share < 1 - NEGLIGIBLE:
                found = unanimous(float(round(share)), followed, sizes, scope, confidence, icc)
                note = "; ".join(each for each in (found.note, seen) if each) or None
                drafts.append(known(msgspec.structs.replace(found, n=len(times), note=note)))
            elif not estimable(sizes, scope):
                drafts.append(known(judged(share, no_ends, sizes, scope, len(times), "bootstrap", confidence, [seen])))
            else:
                drafts.append(
                    self._resampled_share(cause, horizon, share, followed, seen, scope, confidence, icc, resamples)
                )
        return drafts

    def _resampled_share(
        self,
        cause: int,
        horizon: float,
        share: float,
        followed: int,
        seen: str | None,
        scope: Scope,
        confidence: float,
        icc: float,
        resamples: int,
    ) -> Draft:
        steps = self._steps_of(cause, scope)
        found: list[NDArray[Any]] = []

        def take(weights: NDArray[Any]) -> None:
            import numpy as np

            ordered, jumps = steps.jumps(weights)
            found.append(jumps @ (ordered[:, None] <= np.asarray([horizon])).astype(np.float64))

        def finish() -> Interval:
            import numpy as np

            n_e, df = effective_n(followed, len(self._sizes), scope, icc), _freedom(self._sizes, scope)
            ends = spread_ends(share, np.concatenate(found)[:, 0], n_e, df)
            return judged(share, ends, self._sizes, scope, len(self._times), "bootstrap", confidence, [seen])

        return Draft(steps.reading(resamples, take), finish)

    def quantile(
        self,
        cause: int,
        scope: Scope,
        confidence: float = 0.95,
        resamples: int = RESAMPLES,
        icc: float = ASSUMED_ICC,
        share: float = 0.5,
    ) -> Draft:
        """A draft of what `quantile_incidence` gives."""
        # Shares are sums of products: five times .1 must count as a half.
        least = share - NEGLIGIBLE
        times, causes, sizes = self._times, self._causes, self._sizes
        if not len(times):
            return known(nothing("bootstrap", "no conversations"))
        curve = self._whole()
        middle = curve.quantile(cause, share)
        estimate = math.inf if middle is None else middle
        last = max(times)
        still_possible = curve.at(cause, last) + curve.surviving(last) >= least
        latest = last if still_possible else math.inf
        note = f"nobody was followed beyond {last:g}" if middle is None and still_possible else None

        def told(ends: Ends) -> Interval:
            return judged(estimate, ends, sizes, scope, len(times), "bootstrap", confidence, [note])

        if cause not in causes:
            return known(told(partial(_never_seen, times, causes, len(sizes), scope, icc, latest, least)))
        if not estimable(sizes, scope):
            return known(told(no_ends))
        steps = self._steps_of(cause, scope)
        found: list[NDArray[Any]] = []

        def take(weights: NDArray[Any]) -> None:
            import numpy as np

            ordered, jumps = steps.jumps(weights)
            below = (np.cumsum(jumps, axis=1) < least).sum(axis=1)
            found.append(np.append(ordered, math.inf)[below])

        def finish() -> Interval:
            import numpy as np

            resampled = percentile_ends(np.concatenate(found))

            def ends(tail: float) -> tuple[float | None, float | None]:
                low, high = resampled(tail)
                return (None if low is None else min(low, latest)), high

            return told(ends)

        return Draft(steps.reading(resamples, take), finish)

    def area(
        self,
        cause: int,
        tau: float,
        scope: Scope,
        confidence: float = 0.95,
        resamples: int = RESAMPLES,
        icc: float = ASSUMED_ICC,
    ) -> Draft:
        """A draft of what `area_incidence` gives."""
        times, causes, sizes = self._times, self._causes, self._sizes
        if not len(times):
            return known(nothing("bootstrap", "no conversations"))
        curve = self._whole()
        area = curve.area(cause, tau)
        share = area / tau
        notes = [_followed(times, tau, curve)]
        followed = sum(1 for t, ended in zip(times, causes, strict=True) if t >= tau or ended != CENSORED)
        if not followed:
            return known(judged(area, no_ends, sizes, scope, 0, "effective n", confidence, notes))
        n_e, df = effective_n(followed, len(sizes), scope, icc), _freedom(sizes, scope)

        def told(of_share: Ends) -> Interval:
            def ends(tail: float) -> tuple[float | None, float | None]:
                low, high = of_share(tail)
                return (None if low is None else low * tau), (None if high is None else high * tau)

            return judged(area, ends, sizes, scope, len(times), "bootstrap", confidence, notes)

        if not NEGLIGIBLE < share < 1 - NEGLIGIBLE or not estimable(sizes, scope):
            return known(told(partial(unanimous_ends, float(round(share)), n_e, 0.0, 1.0)))
        steps = self._steps_of(cause, scope)
        found: list[NDArray[Any]] = []

        def take(weights: NDArray[Any]) -> None:
            import numpy as np

            ordered, jumps = steps.jumps(weights)
            found.append(jumps @ np.maximum(tau - ordered, 0.0))

        def finish() -> Interval:
            import numpy as np

            return told(spread_ends(share, np.concatenate(found) / tau, n_e, df))

        return Draft(steps.reading(resamples, take), finish)

    def _whole(self) -> Incidence:
        if self._curve is None:
            self._curve = aalen_johansen(self._times, self._causes)
        return self._curve

    def _steps_of(self, cause: int, scope: Scope) -> Steps:
        if (cause, scope) not in self._steps:
            self._steps[cause, scope] = Steps(self._times, self._causes, self._clusters, cause, scope)
        return self._steps[cause, scope]


def incidence(
    times: Sequence[float],
    causes: Sequence[int],
    clusters: Sequence[Hashable],
    cause: int,
    horizons: Sequence[float],
    scope: Scope,
    confidence: float = 0.95,
    icc: float = ASSUMED_ICC,
    resamples: int = RESAMPLES,
) -> list[Interval]:
    """The share that has ended by `cause` at each horizon, with percentile bootstrap intervals.

    Resampled are the scenarios (`all_scenarios`) or the conversations within each (`these_scenarios`). Where nobody or
    everybody has ended so by a horizon, the bound comes from the effective number of the conversations whose state at
    the horizon is known. Raises ValueError as `aalen_johansen`, but for no times: then every estimate is None.
    """
    return finished(Waits(times, causes, clusters).incidence(cause, horizons, scope, confidence, icc, resamples))


def quantile_incidence(
    times: Sequence[float],
    causes: Sequence[int],
    clusters: Sequence[Hashable],
    cause: int,
    scope: Scope,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    icc: float = ASSUMED_ICC,
    share: float = 0.5,
) -> Interval:
    """The smallest time by which a share of all (half: the median) has ended by `cause`, with a bootstrap interval.

    Estimate and ends are infinite where the share is never reached. The lower end is no later than the last time anybody
    was followed, if those cut short could still make it up; where no one ended so, it is the latest time until which
    enough are known (`icc` as for `incidence`) to say that fewer than that have. Raises ValueError as `incidence`.
    """
    return finished([Waits(times, causes, clusters).quantile(cause, scope, confidence, resamples, icc, share)])[0]


def area_incidence(
    times: Sequence[float],
    causes: Sequence[int],
    clusters: Sequence[Hashable],
    cause: int,
    tau: float,
    scope: Scope,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    icc: float = ASSUMED_ICC,
) -> Interval:
    """The area under the curve of `cause` from 0 to tau, in units of time, with a bootstrap interval.

    It is the expected time within tau that has already been spent so; it compares where medians are infinite. Where it is
    0 or tau, the bound comes from the share that has ended so by tau, times tau. Raises ValueError as `incidence`.
    """
    return finished([Waits(times, causes, clusters).area(cause, tau, scope, confidence, resamples, icc)])[0]


def _never_seen(
    times: Sequence[float],
    causes: Sequence[int],
    scenarios: int,
    scope: Scope,
    icc: float,
    latest: float,
    least: float,
    tail: float,
) -> tuple[float | None, float | None]:
    """The ends of a quantile of which not one event was seen: resampling would only ever see none again.

    The lower one is the latest time until which enough of them are known to have gone without.
    """
    for until in (latest, *sorted(set(times), reverse=True)):
        known = sum(1 for t, ended in zip(times, causes, strict=True) if t >= until or ended != CENSORED)
        if known:
            _, share = unanimous_ends(0.0, effective_n(known, scenarios, scope, icc), 0.0, 1.0, tail)
            if share is not None and share < least:
                return until, math.inf
    return None, math.inf


def _followed(times: Sequence[float], horizon: float, curve: Incidence) -> str | None:
    last = max(times)
    return f"nobody was followed beyond {last:g}" if last < horizon and curve.survival[-1] > NEGLIGIBLE else None


def _freedom(sizes: Sequence[int], scope: Scope) -> int:
    return max(1, len(sizes) - 1 if scope == "all_scenarios" else sum(sizes) - len(sizes))


class Steps:
    """The jumps of one cause's curve in resamples.

    Every conversation is its own step. Among equal times that is the same as one common step: with two events,
    (1 - a/n) (1 - b/(n - a)) = 1 - (a + b)/n, and the second adds S (1 - a/n) b/(n - a) = S b/n.
    """

    def __init__(
        self, times: Sequence[float], causes: Sequence[int], clusters: Sequence[Hashable], cause: int, scope: Scope
    ) -> None:
        import numpy as np

        codes = cluster_codes(clusters)
        when, how = np.asarray(times, dtype=np.float64), np.asarray(causes)
        order = np.lexsort((codes, how, how == CENSORED, when))
        ended = how[order] != CENSORED
        self._rows = rows_of(codes[order], scope)
        self._at = np.flatnonzero(ended)
        by_cause = np.flatnonzero(how[order][self._at] == cause)
        self._by_cause = by_cause
        self._ordered: NDArray[Any] = when[order][self._at][by_cause]
        self._last: tuple[NDArray[Any], NDArray[Any]] | None = None

    def reading(self, resamples: int, take: Callable[[NDArray[Any]], None]) -> Reading:
        return self._rows.reading(affordable(len(self._rows.column), resamples), take)

    def jumps(self, weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The rising times of the cause's events, and the curve's jump at each in each resample.

        Kept until the next chunk comes: several read the same curve.
        """
        import numpy as np

        if self._last is not None and self._last[0] is weights:
            return self._ordered, self._last[1]
        weight = weights[:, self._rows.column]
        at_risk = np.cumsum(weight[:, ::-1], axis=1)[:, ::-1]
        # Only where something ended does the curve move: the factors between are 1.
        hazard = weight[:, self._at] / np.maximum(at_risk[:, self._at], 1.0)
        surviving = np.cumprod(1.0 - hazard, axis=1)
        jumps = hazard[:, self._by_cause]
        # What survives until a conversation's own step is what survived the step before it.
        later = self._by_cause > 0
        jumps[:, later] *= surviving[:, self._by_cause[later] - 1]
        self._last = weights, jumps
        return self._ordered, jumps


def _check(times: Sequence[float], *others: Sequence[object]) -> None:
    if not len(times):
        raise ValueError("no times")
    if any(len(other) != len(times) for other in others):
        raise ValueError(f"lengths differ: {len(times)} times, {[len(other) for other in others]}")
    if not all(0 <= t < math.inf for t in times):
        raise ValueError("a time is negative, infinite or not a number")
