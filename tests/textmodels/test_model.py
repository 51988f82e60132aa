"""Models that can be read, and their published figures computed again where the public data lies beside the repository."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from simulator.textmodels.model import Model, model, not_measured
from tests.textmodels import data, fit
from tests.textmodels.learning import Sample, auc, by_group, by_part, f1, held_out, labels, logistic

SHIPPED = ("dissatisfied", "escalated", "gave_up_intents", "gave_up_words", "handed_over_words")
HAS_DATA = pytest.mark.skipif(not (data.DATA / "tau.jsonl.gz").is_file(), reason=f"no public data at {data.DATA}")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_loads(name: str) -> None:
    """It has its name, weights and a threshold inside (0, 1)."""
    one = model(name)
    assert one.name == name
    assert one.weights
    assert 0 < one.threshold < 1
    assert bool(one.trained_on) == bool(one.notice), "what was fitted names its data and their licence"


def test_a_probability_by_hand() -> None:
    """One over one plus e to the minus odds; an unknown sign weighs nothing."""
    one = Model("m", "1", -1.0, 0.5, {"a": 2.0})
    assert one.probability({"a": 1.0, "b": 9.0}) == pytest.approx(1 / (1 + exp(-1.0)))


def test_auc_and_f1_by_hand() -> None:
    """Three of four pairs in order, a tie counting half; one of two found, one false alarm."""
    samples = [Sample({}, label, "g", "p") for label in (True, True, False, False)]
    assert auc(labels(samples), np.array([0.9, 0.4, 0.4, 0.5])) == pytest.approx(0.625)
    assert f1(labels(samples), np.array([1.0, 0.0, 1.0, 0.0])) == pytest.approx(0.5)


def test_the_fit_finds_the_sign_that_matters() -> None:
    """Of two signs the one that decides gets the weight, and the lasso drops the other."""
    samples = [Sample({"yes": i % 2, "noise": i // 2 % 2}, bool(i % 2), str(i), "p") for i in range(80)]
    found = logistic(samples, ridge=0.1, lasso=0.05)
    assert found.weights.keys() == {"yes"}
    assert found.weights["yes"] > 0


def test_what_is_not_measured_says_how_far_it_came() -> None:
    """Resolved and breakdown are below the bar on the unseen."""
    assert {name: figure.value < fit.ENOUGH for name, figure in not_measured().items()} == {
        "resolved": True,
        "breakdown": True,
    }


@HAS_DATA
@pytest.mark.slow
def test_the_figures_of_escalation_come_out_again() -> None:
    """F1 on the same kind and on unseen domains as published, above the goals; weights as shipped."""
    samples, shipped = data.escalated(data.DATA), model("escalated")
    found = fit.decided(samples, fit.handed_over, "domain")
    published = [one for one in shipped.figures if one.measure == "f1"]
    assert [one.value for one in found] == pytest.approx([one.value for one in published], abs=5e-3)
    assert found[0].value >= 0.80
    assert found[1].value >= 0.70
    fitted = fit.handed_over(samples)
    assert fitted.weights == pytest.approx(shipped.weights, abs=2e-3)


@HAS_DATA
def test_the_figure_of_giving_up_comes_out_again() -> None:
    """AUC from intents, four turns before the end."""
    samples, shipped = data.gave_up(data.DATA), model("gave_up_intents")
    p = held_out(samples, fit.caller_left, by_group(samples))
    assert auc(labels(samples), p) == pytest.approx(shipped.figures[0].value, abs=2e-3)
    assert shipped.figures[0].low > 0.72


@HAS_DATA
def test_no_group_and_no_part_is_on_both_sides() -> None:
    """What is measured was not fitted on."""
    samples = data.escalated(data.DATA)
    for splits, key in ((by_group(samples), "group"), (by_part(samples), "part")):
        for inside, outside in splits:
            assert not {getattr(samples[i], key) for i in inside} & {getattr(samples[i], key) for i in outside}
