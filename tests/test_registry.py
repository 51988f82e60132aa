from __future__ import annotations

import pytest

from simulator.model.errors import InputError
from simulator.registry import METRICS, QUESTIONS, explain


@pytest.mark.parametrize("entry", METRICS.values(), ids=METRICS)
def test_every_entry_is_complete(entry: object) -> None:
    """Name, label, sentence, formula and example are words for people."""
    for field in ("name", "label", "unit", "sentence", "tier", "formula", "source", "score", "example"):
        assert getattr(entry, field), field


def test_metrics_stand_in_the_order_of_their_questions() -> None:
    """Every question has some, and they come together."""
    asked = [entry.question for entry in METRICS.values()]
    assert list(dict.fromkeys(asked)) == list(QUESTIONS)
    assert asked == sorted(asked, key=QUESTIONS.index)


def test_labels_are_unique() -> None:
    """On a screen a label stands alone."""
    labels = [entry.label for entry in METRICS.values()]
    assert len(set(labels)) == len(labels)


def test_what_a_kind_needs_is_there() -> None:
    """A horizon for an incidence, a quantile for a quantile, a cause for every competing risk."""
    for entry in METRICS.values():
        assert (entry.horizon is not None) == (entry.kind in ("incidence", "incidence_area")), entry.name
        assert (entry.quantile is not None) == (entry.kind in ("quantile", "median", "incidence_quantile")), entry.name
        assert entry.cause or entry.kind != "class", entry.name
        assert bool(entry.cause) or not entry.kind.startswith("incidence"), entry.name


def test_containment_is_neither_good_nor_bad() -> None:
    """A dashboard's success is no direction of ours."""
    assert METRICS["containment_rate"].better == ""


def test_explain_says_what_it_means_and_shows_an_example() -> None:
    """For `metrics explain`."""
    text = explain("entrapment_rate")
    assert "trapped in a loop, no way out" in text
    assert "Example" in text


def test_an_unknown_name_is_answered_with_names_like_it() -> None:
    """A slip is found."""
    with pytest.raises(InputError, match="did you mean trust_gap"):
        explain("trust-gap")


def test_a_name_like_nothing_is_answered_with_the_way_to_the_list() -> None:
    """No guess is better than a bad one."""
    with pytest.raises(InputError, match="exitramp metrics"):
        explain("xyzzy")


def test_the_score_of_one_conversation_is_explained_by_what_is_made_of_it() -> None:
    """`claimed` stands in a run's scores, `claimed_resolution_rate` in its metrics."""
    assert "claimed_resolution_rate: solved, says the bot" in explain("claimed")
    assert "Also made of it: escalation_median" not in explain("ttee")
    assert "ttee_median" in explain("ttee")
