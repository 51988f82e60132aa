"""Fits the weights of `dialogue.relevance` to the half of the labelled dialogues that is for tuning, and says how good they are.

`python -m tests.dialogue.fit_relevance` prints the weights to put into the module, the area under the ROC curve where each
language was left out in turn, and that of the shipped weights on the dialogues that were held out.
"""

from __future__ import annotations

from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from simulator.accuracy.labelled import Labelled, read_labelled, shipped
from simulator.dialogue.relevance import BIAS, WEIGHTS, Features
from simulator.scorers.responsiveness import counts
from simulator.statistics.detection import area

Matrix = NDArray[np.float64]
RIDGE = 3.0
"""Strength of the penalty on the squares of the weights."""


class Turns(NamedTuple):
    """Bot turns that a reader judged: their counts, whether they were unresponsive, and their dialogues' languages."""

    counts: Matrix
    unresponsive: Matrix
    languages: list[str]


def turns(split: str) -> Turns:
    """The judged turns of one half of the labelled dialogues."""
    rows: list[Features] = []
    truth: list[float] = []
    languages: list[str] = []
    for one in read_labelled(shipped()).conversations:
        if one.split != split:
            continue
        labels = one.labels["responsive_per_turn"]
        for index, found in counted(one):
            if labels[index] is not None:
                rows.append(found)
                truth.append(float(not labels[index]))
                languages.append(one.language)
    return Turns(np.array([[1.0, *row] for row in rows]), np.array(truth), languages)


def counted(one: Labelled) -> list[tuple[int, Features]]:
    """The counts of each bot turn of a dialogue."""
    transcript, scenario = one.seen("T1")
    return list(counts(transcript, scenario)) if scenario is not None else []


def fitted(given: Turns) -> Matrix:
    """Bias and weights of the penalised logistic regression."""

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        odds = 1 / (1 + np.exp(-given.counts @ weights))
        held = np.append(0.0, weights[1:])
        right = given.unresponsive * np.log(odds + 1e-12) + (1 - given.unresponsive) * np.log(1 - odds + 1e-12)
        return float(-right.sum() + RIDGE / 2 * (held**2).sum()), given.counts.T @ (
            odds - given.unresponsive
        ) + RIDGE * held

    found: Matrix = minimize(loss, np.zeros(given.counts.shape[1]), jac=True).x
    return found


def left_out(given: Turns) -> Matrix:
    """The logits of each language by weights fitted to the others."""
    language = np.array(given.languages)
    logits = np.zeros(len(language))
    for one in sorted(set(given.languages)):
        there = language == one
        others = Turns(given.counts[~there], given.unresponsive[~there], [])
        logits[there] = given.counts[there] @ fitted(others)
    return logits


def main() -> None:
    tuning, held_out = turns("tuning"), turns("held_out")
    weights = fitted(tuning)
    for name, weight, ours in zip(("bias", *Features._fields), weights, (BIAS, *WEIGHTS), strict=True):
        click.echo(f"{name:<10} {weight:+.2f}   shipped {ours:+.2f}")
    shipped_weights = np.array([BIAS, *WEIGHTS])
    for words, given, logits in (
        ("tuning, each language left out in turn", tuning, left_out(tuning)),
        ("held out, shipped weights", held_out, held_out.counts @ shipped_weights),
    ):
        found = area([bool(one) for one in given.unresponsive], logits.tolist())
        click.echo(f"{words}: AUC {found:.3f}, n {len(logits)} turns, {int(given.unresponsive.sum())} unresponsive")


if __name__ == "__main__":
    main()
