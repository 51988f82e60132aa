from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.bots.hearing import Ear, near
from tests.bots.scenes import SCENARIOS

EAR = Ear(SCENARIOS["dead-router"].facts, {})


@pytest.mark.parametrize(
    "text",
    [
        "A PERSON please",
        "can i talk to a human",
        "agnet please",
        "i want a reprsentative",
        "humaan now",
        "get me your manager",
        "can someone call me",
        "is there anybody real",
        "let me speak with a colleage",
        "put me through",
        "i need a persooon",
        "operater",
        "call me back",
        "I want to talk to a person",
    ],
)
def test_an_ask_for_a_person_is_understood_through_typos(text: str) -> None:
    """A letter doubled, dropped, swapped or mistyped does not hide the ask."""
    assert EAR.hear(text).asks_human


@pytest.mark.parametrize(
    "text",
    [
        "someone used my card",
        "i cannot manage my account",
        "my personal data",
        "people say this works",
        "are you a human?",
        "no internet since 9",
        "the real problem is the lamp",
        "",
    ],
)
def test_other_talk_is_no_ask(text: str) -> None:
    """A word that only looks like a person's is not one."""
    assert not EAR.hear(text).asks_human


def test_facts_are_found_by_value_in_any_case() -> None:
    """Values are compared without case."""
    assert EAR.hear("c-99120, THE LAMP IS RED").told == ("customer", "light")


def test_a_value_inside_a_longer_number_is_not_it() -> None:
    """C-99120 does not stand in C-991207."""
    assert EAR.hear("it is C-991207").told == ()


def test_facts_are_found_by_the_scenario_s_patterns() -> None:
    """What the scenario lets a packet say, a customer may say too."""
    assert EAR.hear("no internet, did restart that router").told == ("problem", "rebooted")


def test_repeated_digits_belong_to_the_value() -> None:
    """Only letters are ever drawn out: C-00002 is not C-002."""
    ear = Ear(SCENARIOS["dead-router"].facts, {"customer": "C-00002"})
    assert ear.hear("c-00002").told == ("customer",)


def test_a_worded_fact_survives_a_typo() -> None:
    """One slip in a word does not hide the fact; identifiers must be exact."""
    assert EAR.hear("restarded the roouter").told == ("rebooted",)
    assert EAR.hear("C-99129").told == ()


def test_thanks_with_a_complaint_are_no_thanks() -> None:
    """`thanks but still broken` goes on."""
    assert EAR.hear("great, thanks").thanks
    assert not EAR.hear("thanks but it still doesnt work").thanks


def test_a_question_for_the_bot_s_nature_is_its_own_thing() -> None:
    """Asking whether it is a person is not asking for one."""
    assert EAR.hear("are you a bot?").asks_if_bot


@given(st.text(alphabet="abcdefgh", min_size=6, max_size=12), st.data())
def test_near_words_meet_after_any_one_slip(word: str, data: st.DataObject) -> None:
    """Dropped, doubled, mistyped, swapped: the sets of the two words meet."""
    at = data.draw(st.integers(0, len(word) - 2))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + "z" + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    assert all(near(word) & near(slip) for slip in slips)


@given(st.text(max_size=80))
def test_any_text_can_be_heard(text: str) -> None:
    """No customer can crash the bot."""
    EAR.hear(text)
