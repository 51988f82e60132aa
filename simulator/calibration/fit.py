"""Maximum likelihood of the choice's weights, and an honest account of those that the logs do not tell.

A weight is told if its standard error is at most half of what the model ships for it (an intercept: at most 1): then its
interval is narrower than the shipped value is large. What is not told keeps the shipped value, the least told first, and the
others are fitted again. The choice of what to hold rests on standard errors alone, never on estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, sqrt
from typing import Any

import msgspec

from simulator.calibration.history import Choice, History
from simulator.calibration.likelihood import WEIGHTS, States, features, states, value
from simulator.calibration.nodes import Nodes
from simulator.customers.parameters import DEFAULT
from simulator.model.calibration import Estimate, Held, Weight

FEWEST = 20
"""Events (asks, leaves; of leaves, silent ones and voiced ones) from which a weight on them is fitted."""
TOLD = 0.5
"""Largest standard error of a weight that is told, relative to the shipped value."""
TOLD_INTERCEPT = 1.0
"""The same of an intercept, in log-odds."""
ALIKE = 0.9
"""Correlation from which two weights are said to be told apart badly."""
REDUCED: frozenset[Weight] = frozenset(
    {"ask_intercept", "ask_failure", "leave_intercept", "leave_turn", "silent_intercept"}
)
"""What is fitted where acts are guessed or no scenario says what leads on: then too little is known of what customers feel
for slopes on it."""
_Z = 1.959963984540054
_STEP = 1e-4

_NEEDS: Mapping[Weight, str] = {
    "ask_intercept": "conversations in which customers ask for a person",
    "ask_frustration": "more asks, some early and some after repeats, refusals and wrong answers",
    "ask_distrust": "asks after refusals or broken promises without repeats, or customers' trust before the talk (a survey)",
    "ask_failure": "more asks at different counts of failed answers",
    "ask_unmet": "customers who go on after a refusal to call a person",
    "leave_intercept": "conversations that customers leave",
    "leave_frustration": "more leaves, some early and some after repeats, refusals and wrong answers",
    "leave_distrust": "leaves after refusals without repeats, or customers' trust before the talk (a survey)",
    "leave_turn": "more leaves at different lengths",
    "leave_ask": "more leaves after an ask for a person that was not met",
    "leave_out_of_time": "the seconds at which turns were sent and answered, and bots slow enough to use up patience",
    "silent_intercept": "leaves with parting words and leaves without",
    "silent_frustration": "more leaves of both kinds at different levels of frustration",
}


class Fitted(msgspec.Struct, frozen=True):
    """What maximum likelihood gives."""

    estimates: dict[Weight, Estimate]
    held: dict[Weight, Held]
    correlations: dict[Weight, dict[Weight, float]]
    assumed: list[str]
    log_likelihood: float


class Events(msgspec.Struct, frozen=True):
    """Counts of what the fit rests on."""

    choices: int
    asks: int
    silent: int
    voiced: int

    @property
    def leaves(self) -> int:
        return self.silent + self.voiced


def events(histories: Sequence[History]) -> Events:
    """What the histories hold."""
    made = [step.choice for one in histories for step in one.steps if step.choice is not Choice.NONE]
    return Events(len(made), made.count(Choice.ASKED), made.count(Choice.SILENT), made.count(Choice.VOICED))


def unheard(what: str, done: int, of: int) -> None:
    """Nobody is told how far it has come."""


def fit(
    histories: Sequence[History],
    crowds: Mapping[str, Nodes],
    *,
    on_progress: Callable[[str, int, int], None] = unheard,
) -> Fitted:
    """Fit the weights that the histories tell; the others keep what the model ships.

    Raises ValueError where no weight can be: with fewer than FEWEST asks and fewer than FEWEST leaves.
    """
    import numpy as np

    on_progress("replaying", 0, 3)
    blocks = states(histories, crowds)
    counts = events(histories)
    held = _without_events(counts, histories, blocks)
    free = [name for name in WEIGHTS if name not in held]
    if not free:
        raise ValueError(f"too few events: {counts.asks} asks, {counts.leaves} leaves")
    shipped = np.array([getattr(DEFAULT, name) for name in WEIGHTS], dtype=float)
    at = shipped.copy()
    on_progress("fitting", 1, 3)
    while True:
        at = _maximum(blocks, at, free)
        information = _information(blocks, at, free)
        weak = _weakest(information, free)
        if weak is None:
            break
        while weak is not None:
            held[weak] = _held(weak, _why(weak, information, free))
            keep = [place for place, name in enumerate(free) if name != weak]
            information, free = information[np.ix_(keep, keep)], [free[place] for place in keep]
            at[WEIGHTS.index(weak)] = getattr(DEFAULT, weak)
            weak = _weakest(information, free)
    found = value(blocks, at)
    places = [WEIGHTS.index(name) for name in free]
    model = np.linalg.inv(information)
    scores = found.scores[:, places]
    n = len(scores)
    robust = model @ (scores.T @ scores) @ model * (n / max(1, n - 1))
    on_progress("asking what cannot be told", 2, 3)
    estimates = {
        name: _estimate(name, float(at[places[i]]), sqrt(robust[i, i]), sqrt(model[i, i]))
        for i, name in enumerate(free)
    }
    assumed = _assumed(histories, crowds, at, found.by_conversation, scores, free)
    on_progress("fitted", 3, 3)
    return Fitted(
        estimates, {name: held[name] for name in WEIGHTS if name in held}, _pairs(robust, free), assumed, found.total
    )


def _estimate(name: Weight, at: float, robust: float, model: float) -> Estimate:
    return Estimate(
        value=round(at, 6),
        se=round(robust, 6),
        low=round(at - _Z * robust, 6),
        high=round(at + _Z * robust, 6),
        se_model=round(model, 6),
        shipped=getattr(DEFAULT, name),
    )


def _maximum(blocks: Sequence[States], start: Any, free: Sequence[Weight]) -> Any:
    """Where the likelihood of the free weights is largest."""
    import numpy as np
    from scipy.optimize import minimize

    places = [WEIGHTS.index(name) for name in free]
    n = sum(len(block.starts) for block in blocks)

    here: list[Any] = [None, None]

    def at(some: Any) -> Any:
        if here[0] is None or not np.array_equal(here[0], some):
            whole = start.copy()
            whole[places] = some
            here[:] = some.copy(), value(blocks, whole)
        return here[1]

    def curvature(some: Any) -> Any:
        scores = at(some).scores[:, places]
        return scores.T @ scores / n

    def loss(some: Any) -> float:
        return float(-at(some).total / n)

    def slope(some: Any) -> Any:
        return -at(some).scores[:, places].sum(axis=0) / n

    done = minimize(
        loss,
        start[places],
        jac=slope,
        # Where the model is right the mean square of the scores is the curvature, and it is never negative.
        hess=curvature,
        method="trust-exact",
        options={"gtol": 1e-6, "maxiter": 200},
    )
    best = start.copy()
    best[places] = np.asarray(done.x)
    return best


def _information(blocks: Sequence[States], at: Any, free: Sequence[Weight]) -> Any:
    """The observed information: minus the second derivatives of the log-likelihood, by central differences of its slope."""
    import numpy as np

    places = [WEIGHTS.index(name) for name in free]
    rows = []
    for place in places:
        up, down = at.copy(), at.copy()
        up[place] += _STEP
        down[place] -= _STEP
        rise = value(blocks, up).scores.sum(axis=0) - value(blocks, down).scores.sum(axis=0)
        rows.append(-rise[places] / (2 * _STEP))
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2


def _errors(information: Any) -> Any:
    """Standard errors; infinite where the information knows a direction nothing of."""
    import numpy as np

    scale = np.sqrt(np.maximum(np.diag(information), 1e-12))
    scaled = information / np.outer(scale, scale)
    roots, directions = np.linalg.eigh(scaled)
    with np.errstate(divide="ignore"):
        spread = np.where(roots > 1e-8, 1 / np.maximum(roots, 1e-8), inf)
    flat = np.where(directions**2 > 1e-6, directions**2, 0.0)
    summed = np.array([sum(s * f for s, f in zip(spread, row, strict=True) if f) for row in flat])
    return np.sqrt(summed) / scale


def _weakest(information: Any, free: Sequence[Weight]) -> Weight | None:
    """The weight that is told least, of those that are not told."""
    if not free:
        return None
    relative = {name: error / _allowed(name) for name, error in zip(free, _errors(information), strict=True)}
    # An intercept goes only when no slope is left to go before it.
    slopes = {name: one for name, one in relative.items() if not name.endswith("intercept")}
    among = slopes if slopes and max(slopes.values()) > 1 else relative
    worst = max(among, key=lambda name: among[name])
    return worst if among[worst] > 1 else None


def _allowed(name: Weight) -> float:
    return TOLD_INTERCEPT if name.endswith("intercept") else TOLD * abs(getattr(DEFAULT, name))


def _why(weak: Weight, information: Any, free: Sequence[Weight]) -> str:
    """With what standard error it would have been fitted, and with which others it is entangled."""
    import numpy as np

    here = free.index(weak)
    error = float(_errors(information)[here])
    if not np.isfinite(error) or error > 50:
        return "flat: the likelihood does not change with it"
    covariance = np.linalg.pinv(information)
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    related = covariance[here] / (spread[here] * spread)
    close = [f"{name} (r = {related[i]:+.2f})" for i, name in enumerate(free) if i != here and abs(related[i]) >= ALIKE]
    tangled = f"; told apart badly from {', '.join(close)}" if close else ""
    return f"its standard error would be {error:.2f}, more than {_allowed(weak):.2g}{tangled}"


def _held(name: Weight, why: str) -> Held:
    return Held(getattr(DEFAULT, name), why, _NEEDS[name])


def _without_events(counts: Events, histories: Sequence[History], blocks: Sequence[States]) -> dict[Weight, Held]:
    """What cannot be fitted whatever the likelihood says: too few events, no variation, or no such state to be had."""
    held: dict[Weight, Held] = {}
    coarse = (
        "acts were guessed from words, which is too coarse for what customers feel"
        if any(one.guessed for one in histories)
        else "without a scenario nobody knows which answers led on, and so what customers felt"
    )
    reduced = any(one.guessed or one.blind for one in histories)
    few = {
        "ask_": (counts.asks, "asks for a person"),
        "leave_": (counts.leaves, "leaves"),
        "silent_": (min(counts.silent, counts.voiced), "leaves of the rarer kind (silent or with words)"),
    }
    for name in WEIGHTS:
        found, what = few[name.partition("_")[0] + "_"]
        if found < FEWEST:
            held[name] = _held(name, f"{found} {what}, and {FEWEST} are the fewest")
        elif reduced and name not in REDUCED:
            held[name] = _held(name, coarse)
        elif not _varies(name, blocks):
            timeless = name == "leave_out_of_time" and not any(one.timed for one in histories)
            held[name] = _held(
                name, "no times in these logs" if timeless else "what it weighs is the same in every choice"
            )
    return held


def _varies(name: Weight, blocks: Sequence[States]) -> bool:
    import numpy as np

    if name.endswith("intercept"):
        return True
    return (
        max(float(np.ptp(features(block)[name])) for block in blocks) > 0
        or len({float(np.max(features(block)[name])) for block in blocks}) > 1
    )


def _pairs(covariance: Any, free: Sequence[Weight]) -> dict[Weight, dict[Weight, float]]:
    found: dict[Weight, dict[Weight, float]] = {}
    for i, one in enumerate(free):
        row = {
            other: round(float(covariance[i, j] / sqrt(covariance[i, i] * covariance[j, j])), 4)
            for j, other in enumerate(free)
            if j > i
        }
        if row:
            found[one] = row
    return found


def _assumed(
    histories: Sequence[History], crowds: Mapping[str, Nodes], at: Any, base: Any, scores: Any, free: Sequence[Weight]
) -> list[str]:
    """What stays an assumption, and how much of what the logs say of it the fitted weights could as well account for."""
    said = []
    scales = {"upset": "what harms add to frustration (upset_*)", "loss": "what harms take from trust (distrust_*)"}
    for which, what in scales.items():
        moved = value(states(histories, crowds, **{which: 1.1}), at).by_conversation
        found = _shared((moved - base) / 0.1, scores)
        if found is None:
            said.append(f"{what}: held; no harm of the kind was heard in these logs")
            continue
        shared, error = found
        said.append(
            f"{what}: held; of what these logs say of their common size {100 * shared:.0f} % could as well be said by the "
            f"weights above, and its standard error beside them would be {100 * error:.0f} %"
        )
    said.append(
        "who is urgent, wants a person from the start or speaks up (ask_wish, ask_urgency, leave_urgency, "
        "silent_assertive), and how widely customers differ: held; a log does not say who wrote it, so that would need "
        "what is known of each customer beforehand (segment, earlier contacts, a survey)"
    )
    said.append("leaving the queue for a person (queue_*): held; it is a choice of its own, and was left out")
    return said


def _shared(score: Any, others: Any) -> tuple[float, float] | None:
    """R squared of one score on the others (1 = a flat direction), and the standard error that the rest would give it."""
    import numpy as np

    whole = float(score @ score)
    if whole <= 1e-9:
        return None
    weights, *_ = np.linalg.lstsq(others, score, rcond=None)
    rest = score - others @ weights
    left = float(rest @ rest)
    return min(1.0, max(0.0, 1 - left / whole)), 1 / sqrt(max(left, 1e-12))
