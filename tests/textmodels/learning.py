"""A logistic model fitted, and how right it is on what it was not fitted on."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata

Floats = NDArray[np.float64]
DRAWS = 1_000
FOLDS = 10


class Sample(NamedTuple):
    """One labelled conversation or turn."""

    signs: dict[str, float]
    label: bool
    group: str
    """What must not be split between fitting and measuring."""
    part: str
    """The domain, source or bot that can be left out as a whole."""


class Fit(NamedTuple):
    """Weights on the signs as they are, not standardised."""

    intercept: float
    weights: dict[str, float]

    def probabilities(self, samples: Sequence[Sample]) -> Floats:
        odds = [
            self.intercept + sum(self.weights.get(name, 0.0) * value for name, value in one.signs.items())
            for one in samples
        ]
        return np.asarray(1 / (1 + np.exp(-np.clip(np.array(odds), -40, 40))), dtype=np.float64)


def names_of(samples: Sequence[Sample], least: int) -> list[str]:
    """The signs that at least so many samples have."""
    counts: dict[str, int] = {}
    for one in samples:
        for name, value in one.signs.items():
            if value:
                counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, count in counts.items() if count >= least)


def logistic(samples: Sequence[Sample], ridge: float = 0.0, lasso: float = 0.0, least: int = 10) -> Fit:
    """Penalised maximum likelihood, both classes with the same total weight, on standardised signs.

    The lasso is solved with each weight as the difference of two that are not negative, so that the penalty is smooth.
    """
    names = names_of(samples, least)
    x = np.array([[one.signs.get(name, 0.0) for name in names] for one in samples])
    y = np.array([one.label for one in samples], dtype=np.float64)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    z = (x - mean) / spread
    share = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean())) / len(y)
    k = len(names)

    def cost(v: Floats) -> tuple[float, Floats]:
        w = v[1 : k + 1] - v[k + 1 :]
        odds = v[0] + z @ w
        loss = float(share @ (np.logaddexp(0, odds) - y * odds)) + ridge / 2 * float(w @ w) + lasso * float(v[1:].sum())
        pull = share * (1 / (1 + np.exp(-odds)) - y)
        slope = z.T @ pull + ridge * w
        return loss, np.concatenate([[pull.sum()], slope + lasso, -slope + lasso])

    found = minimize(
        cost,
        np.zeros(2 * k + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] + [(0, None)] * (2 * k),
        options={"maxiter": 3_000, "ftol": 1e-11},
    ).x
    w = (found[1 : k + 1] - found[k + 1 :]) / spread
    weights = {name: float(one) for name, one in zip(names, w, strict=True) if abs(one) > 1e-4}
    return Fit(float(found[0] - mean @ w), weights)


Fitter = Callable[[Sequence[Sample]], Fit]
Split = tuple[list[int], list[int]]


def by_group(samples: Sequence[Sample]) -> Iterator[Split]:
    """The same kind: ten folds, none of which shares a group with another."""
    fold = [zlib.crc32(one.group.encode()) % FOLDS for one in samples]
    yield from _splits(fold)


def by_part(samples: Sequence[Sample]) -> Iterator[Split]:
    """The unseen: each part in turn is left out as a whole."""
    yield from _splits([one.part for one in samples])


def _splits(keys: Sequence[object]) -> Iterator[Split]:
    for key in sorted(set(keys), key=str):
        inside = [i for i, one in enumerate(keys) if one != key]
        yield inside, [i for i, one in enumerate(keys) if one == key]


def held_out(samples: Sequence[Sample], fitter: Fitter, splits: Iterator[Split]) -> Floats:
    """The probability of each sample by the model that has not seen it."""
    found = np.zeros(len(samples))
    for inside, outside in splits:
        found[outside] = fitter([samples[i] for i in inside]).probabilities([samples[i] for i in outside])
    return found


def answers(samples: Sequence[Sample], fitter: Fitter, splits: Iterator[Split]) -> NDArray[np.bool_]:
    """Yes or no for each sample, with a threshold that has not seen it either."""
    found = np.zeros(len(samples), dtype=np.bool_)
    for inside, outside in splits:
        seen = [samples[i] for i in inside]
        threshold = best_threshold(labels(seen), held_out(seen, fitter, by_group(seen)))
        found[outside] = fitter(seen).probabilities([samples[i] for i in outside]) >= threshold
    return found


def labels(samples: Sequence[Sample]) -> NDArray[np.bool_]:
    return np.array([one.label for one in samples])


def best_threshold(y: NDArray[np.bool_], p: Floats) -> float:
    """The threshold with the highest F1, among 60."""
    return float(max(np.linspace(0.1, 0.95, 60), key=lambda t: f1(y, (p >= t).astype(np.float64))))


def auc(y: NDArray[np.bool_], p: Floats) -> float:
    """The chance that a yes is ranked above a no; ties count half."""
    yes = int(y.sum())
    return float((rankdata(p)[y].sum() - yes * (yes + 1) / 2) / (yes * (len(y) - yes)))


def f1(y: NDArray[np.bool_], said: Floats) -> float:
    told = said > 0
    return float(2 * (told & y).sum() / max(1, told.sum() + y.sum()))


def interval(
    samples: Sequence[Sample], p: Floats, measure: Callable[[NDArray[np.bool_], Floats], float]
) -> tuple[float, float, float]:
    """A measure and its 95 % interval: percentile bootstrap over groups, from a fixed seed."""
    y = labels(samples)
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(samples):
        groups.setdefault(one.group, []).append(i)
    members = [np.array(one) for one in groups.values()]
    chance = np.random.default_rng(20)
    drawn = []
    for _ in range(DRAWS):
        chosen = np.concatenate([members[i] for i in chance.integers(0, len(members), len(members))])
        if 0 < y[chosen].sum() < len(chosen):
            drawn.append(measure(y[chosen], p[chosen]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return measure(y, p), float(low), float(high)
