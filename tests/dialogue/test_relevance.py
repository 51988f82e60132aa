"""Whether a turn deals with what the customer has just said, by counting."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue import relevance
from simulator.dialogue.relevance import (
    BIAS,
    WEIGHTS,
    Before,
    Features,
    concrete,
    features,
    stems,
    topic,
    unresponsiveness,
)
from simulator.statistics.detection import area
from tests.dialogue.fit_relevance import fitted, turns
from tests.scorers.scenes import BOILER


def counted(text: str, *, customer: str = "", bot: str = "", signature: frozenset[str] = frozenset()) -> Features:
    before = Before("en")
    before.say("customer", customer)
    before.say("bot", bot)
    return features(
        text, before, signature=signature, progress=False, repeat=False, requests=False, matter=topic(BOILER)
    )


def test_stems_leave_out_the_commonest_words() -> None:
    """Six letters of what carries a sentence."""
    assert stems("Please restart the heating; restarting helps.", "en") == {"restar", "heatin", "helps"}


def test_numbers_codes_and_links_are_concrete() -> None:
    """Each as it stands, without the mark behind it."""
    assert concrete("Case FX-2291: 10:15, see status.fern.example. Or ring 555-0137!") == {
        "fx-2291",
        "10:15",
        "status.fern.example",
        "555-0137",
    }


def test_only_what_nobody_has_said_is_new() -> None:
    """The customer's own number and the bot's earlier one are old; two new ones fill the count."""
    assert counted("F28, and 9:30", customer="it shows F28", bot="at 9:30").concrete == 0
    assert counted("FX-1 at 9:30", customer="it shows F28").concrete == 1
    assert counted("FX-1 and F28", customer="it shows F28").concrete == 0.5


def test_words_of_the_matter_count_when_they_are_new() -> None:
    """Three fill the count; the customer's own words are none."""
    assert counted("Open every valve and bleed the radiators.", customer="cold radiators").on_topic == pytest.approx(
        2 / 3
    )


def test_a_mirror_is_made_of_the_customer_s_words() -> None:
    """All of them are."""
    assert counted("Radiators stay cold.", customer="my radiators stay cold").mirror == 1
    assert counted("", customer="my radiators stay cold").mirror == 0


def test_the_weights_point_where_a_reader_would() -> None:
    """Progress, news and a person away from unresponsive; repeats and not understanding towards it."""
    assert WEIGHTS.progress < WEIGHTS.person < 0 > WEIGHTS.concrete
    assert WEIGHTS.repeat > 0 < WEIGHTS.fallback


@given(st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_the_logit_is_a_weighted_sum(values: list[float]) -> None:
    """Nothing else is in it."""
    found = Features(*values)
    assert unresponsiveness(found) == pytest.approx(BIAS + sum(w * v for w, v in zip(WEIGHTS, values, strict=True)))


@given(st.text(), st.text(), st.text())
def test_any_text_can_be_counted(text: str, customer: str, bot: str) -> None:
    """Every count is finite and from 0 to 1."""
    assert all(math.isfinite(one) and 0 <= one <= 1 for one in counted(text, customer=customer, bot=bot))


def test_the_bar_of_the_loop_is_below_even_odds() -> None:
    """After a need said again, nothing but likely help keeps an empty turn from counting."""
    assert relevance.UNRESPONSIVE < 0


def test_the_shipped_weights_are_those_of_the_fit() -> None:
    """To the second decimal, on the dialogues for tuning; those held out are told apart as well as the tuning ones."""
    tuning, held_out = turns("tuning"), turns("held_out")
    assert fitted(tuning).tolist() == pytest.approx([BIAS, *WEIGHTS], abs=0.006)
    logits = [unresponsiveness(Features(*row[1:])) for row in held_out.counts.tolist()]
    assert (area([bool(one) for one in held_out.unresponsive], logits) or 0) > 0.75
