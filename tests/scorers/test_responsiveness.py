"""The share of bot turns that do not deal with the customer's turn before them."""

from __future__ import annotations

from tests.scorers.scenes import bot, customer, scores_of, signal, talk


def test_a_zen_master_is_unresponsive_without_repeating_itself() -> None:
    """Three fluent turns beside the matter; each is proof."""
    zen = talk(
        customer("STATE", "my kettle leaks, what can I do?"),
        bot("Water always finds its own way, and there is beauty in letting things flow as they wish to flow."),
        customer("RESTATE", "how do I send it back?"),
        bot("Patience is the companion of wisdom, and every ending carries the seed of some new beginning."),
        customer("RESTATE", "I want to return it!"),
        bot("Gratitude fills our days, and each message paints another bright colour on the canvas of our work."),
    )
    found = scores_of(zen)
    assert (found["unresponsive_turns"].value, found["unresponsive_turns"].weight) == (3, 3)
    assert found["unresponsive_turns"].turns == [1, 3, 5]
    assert (found["loop"].value, found["loop_cycles"].value) == (1, 2)


def test_help_is_responsive() -> None:
    """A needed question, the label, a person."""
    helped = talk(
        customer("STATE", "my kettle leaks, how do I send it back?"),
        bot("Which order number is it?"),
        customer("PROVIDE", "BO-4471", ["order"]),
        bot("Print the label RET-31 and drop it at any shop."),
        customer("ASK_HUMAN", "can I talk to somebody?"),
        bot("I am putting you through to a colleague.", signal("requested", 42.0, queue="returns")),
        ending="handed_off",
    )
    assert scores_of(helped)["unresponsive_turns"].value == 0


def test_without_acts_it_is_not_measured() -> None:
    """What the customer wanted is not known."""
    assert scores_of(talk(customer("STATE"), bot("Hm."), tiers=("T0",)))["unresponsive_turns"].value is None
