"""Refit the models of words and say how right they are: `python -m tests.textmodels.fit DATA_DIR`.

It prints the table and writes the weights into `simulator/textmodels`. What stays below .60 on an unseen domain or bot is
printed and not shipped. Weights of dissatisfaction and of giving up in words are judgements and are left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

import simulator
from simulator.textmodels.model import Figure, Model
from tests.textmodels import data
from tests.textmodels.learning import (
    Fit,
    Fitter,
    Sample,
    answers,
    auc,
    best_threshold,
    by_group,
    by_part,
    f1,
    held_out,
    interval,
    labels,
    logistic,
)

HOME = Path(simulator.__file__).parent / "textmodels"
ENOUGH = 0.60
"""A question is published only where the AUC on what was never seen reaches this."""
SAME, UNSEEN = "same kind, ten folds by group", "unseen, leave one {} out"
TAU = "863 conversations of language-model agents and customers (tau-bench, tau2-bench and forks; airline, retail, telecom)"
TAU_NOTICE = "tau-bench and tau2-bench, Copyright Sierra Research, MIT licence; see NOTICE.md"
BETOLD = "1,294 calls to a deployed phone bot, intents without words (BETOLD), the last four turns of each left out"
BETOLD_NOTICE = "BETOLD, Apache License 2.0; see NOTICE.md"


def handed_over(samples: Sequence[Sample]) -> Fit:
    """The model of escalation."""
    return logistic(samples, ridge=0.05)


def caller_left(samples: Sequence[Sample]) -> Fit:
    """The model of giving up, few of its signs kept."""
    return logistic(samples, ridge=0.01, lasso=0.02)


def others(samples: Sequence[Sample]) -> Fit:
    """What was tried where nothing is shipped."""
    return logistic(samples, ridge=0.1, least=20)


def ranked(samples: Sequence[Sample], fitter: Fitter, part: str = "") -> list[Figure]:
    """AUC on the same kind, and on each unseen part where there is more than one."""
    found = [_figure("auc", SAME, samples, held_out(samples, fitter, by_group(samples)), auc)]
    if part:
        unseen = held_out(samples, fitter, by_part(samples))
        found.append(_figure("auc", UNSEEN.format(part), samples, unseen, auc))
    return found


def decided(samples: Sequence[Sample], fitter: Fitter, part: str) -> list[Figure]:
    """F1 on the same kind and on unseen parts, with thresholds that have not seen them either."""
    found = []
    for on, splits in ((SAME, by_group(samples)), (UNSEEN.format(part), by_part(samples))):
        said = answers(samples, fitter, splits).astype(np.float64)
        found.append(_figure("f1", on, samples, said, f1))
    return found


def _figure(
    measure: str, on: str, samples: Sequence[Sample], p: np.ndarray, of: Callable[..., float], note: str = ""
) -> Figure:
    value, low, high = interval(samples, p, of)
    return Figure(measure, on, round(value, 3), round(low, 3), round(high, 3), len(samples), note)


def escalated(folder: Path) -> Model:
    """Escalated, the canned sentence masked, tool calls not read."""
    samples = data.escalated(folder)
    figures = decided(samples, handed_over, "domain") + ranked(samples, handed_over, "domain")
    for without in (1, 2):
        seen = data.escalated(folder, without)
        p = held_out_on(samples, seen)
        figures.append(_figure("auc", SAME, samples, p, auc, f"the last {without} turns not shown"))
    out = held_out(samples, handed_over, by_group(samples))
    fitted = handed_over(samples)
    return _model("escalated", fitted, best_threshold(labels(samples), out), TAU, TAU_NOTICE, figures)


def held_out_on(samples: Sequence[Sample], seen: Sequence[Sample]) -> np.ndarray:
    """As `held_out`, fitted on whole conversations and asked about their beginnings."""
    found = np.zeros(len(samples))
    for inside, outside in by_group(samples):
        found[outside] = handed_over([samples[i] for i in inside]).probabilities([seen[i] for i in outside])
    return found


def gave_up(folder: Path) -> Model:
    """Caller gave up, seen up to four turns before the end."""
    samples = data.gave_up(folder)
    figures = ranked(samples, caller_left)
    out = held_out(samples, caller_left, by_group(samples))
    fitted = caller_left(samples)
    return _model("gave_up_intents", fitted, best_threshold(labels(samples), out), BETOLD, BETOLD_NOTICE, figures)


def tried(folder: Path) -> dict[str, list[Figure]]:
    """The questions for which no model is shipped, as far as one came."""
    resolved = data.resolved(folder)
    turns = [one._replace(signs={"turns": one.signs["turns"]}) for one in resolved]
    return {
        "resolved": ranked(resolved, others, "domain"),
        "resolved, number of turns alone": ranked(turns, others, "domain"),
        "breakdown": ranked(data.breakdown(folder), others, "bot"),
    }


def _model(name: str, fitted: Fit, threshold: float, on: str, notice: str, figures: list[Figure]) -> Model:
    weights = {sign: round(weight, 4) for sign, weight in sorted(fitted.weights.items())}
    return Model(name, "1", round(fitted.intercept, 4), round(threshold, 3), weights, on, notice, figures)


def main(folder: Path) -> None:
    """Fit, print, write."""
    shipped = [escalated(folder), gave_up(folder)]
    for one in shipped:
        head = "# Fitted by `python -m tests.textmodels.fit`; log odds by sign, as simulator/textmodels reads them.\n"
        (HOME / f"{one.name}.yaml").write_text(head + msgspec.yaml.encode(one).decode(), encoding="utf-8")
    tries = tried(folder)
    best = {
        name: max((one for one in figures if one.measured_on != SAME), key=lambda one: one.value)
        for name, figures in tries.items()
    }
    failed = {
        name: max((best[one] for one in best if one.startswith(name)), key=lambda one: one.value)
        for name in ("resolved", "breakdown")
    }
    assert all(one.value < ENOUGH for one in failed.values()), "one of these can be published"
    head = "# What text alone did not answer on an unseen domain or bot: the best figure, by `python -m tests.textmodels.fit`.\n"
    (HOME / "not_measured.yaml").write_text(head + msgspec.yaml.encode(failed).decode(), encoding="utf-8")
    rows = [(one.name, figure) for one in shipped for figure in one.figures]
    rows += [(f"{name} (not shipped)", figure) for name, figures in tries.items() for figure in figures]
    for name, figure in rows:
        bounds = f"[{figure.low:.3f}, {figure.high:.3f}]"
        print(
            f"{name:46s} {figure.measure:4s} {figure.value:.3f} {bounds} n={figure.n:<5d} {figure.measured_on} {figure.note}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else data.DATA)
