"""What it took the customer: turns, words, facts said again, seconds."""

from __future__ import annotations

import pytest

from tests.scorers.scenes import KETTLE, bot, customer, human, scores_of, signal, talk


def test_courtesies_are_no_work() -> None:
    """Three turns, one of them thanks, against an ideal agent's one: 2."""
    kettle = talk(
        customer("STATE", "my kettle leaks", ["problem"]),
        bot("Which order number is it?"),
        customer("PROVIDE", "BO-4471", ["order"]),
        bot("Your label is RET-31."),
        customer("THANK", "thank you so much"),
        ending="satisfied",
    )
    found = scores_of(kettle)
    assert found["effort"].value == 2
    assert found["effort"].turns == [0, 2]
    assert found["words_typed"].value == 3 + 1 + 4


def test_facts_told_a_second_time_are_counted_whoever_asked() -> None:
    """The order number again to the bot, the problem again to the person; a wrong value was never told."""
    again = talk(
        customer("STATE", "it leaks, order BO-9999", ["problem", "order!"]),
        bot("Which order number is it?"),
        customer("PROVIDE", "BO-4471", ["order"]),
        bot("Your order number, please?"),
        customer("RESTATE", "BO-4471, I said", ["order"]),
        bot("Connecting you.", signal("requested", 82.0, queue="returns"), signal("accepted", 83.0, agent="Ines")),
        human("Hello, Ines here. What is wrong with it?", 90.0),
        customer("RESTATE", "it leaks", ["problem"], at=100.0),
        ending="handed_off",
    )
    found = scores_of(again)["resupplied_facts"]
    assert (found.value, found.turns) == (2, [4, 7])


def test_a_contact_lasts_from_the_first_word_to_the_end() -> None:
    """A log that begins at 1,000 s and ends at 1,032 s took 32 s."""
    late = talk(customer("STATE", at=1000.0), bot("Hm.", at=1002.0), ended=1032.0)
    assert scores_of(late)["contact_time"].value == pytest.approx(32.0)


@pytest.mark.parametrize("name", ["effort", "words_typed", "resupplied_facts", "contact_time"])
def test_without_acts_there_is_no_effort(name: str) -> None:
    """A foreign log does not say which turns were courtesies."""
    foreign = talk(customer("STATE"), bot("Hm."), tiers=("T0",))
    assert scores_of(foreign, KETTLE)[name].value is None
    assert "T1" in scores_of(foreign, KETTLE)[name].reason
