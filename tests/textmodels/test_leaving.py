from __future__ import annotations

from simulator.textmodels.dissatisfaction import dissatisfied
from simulator.textmodels.leaving import gave_up, signs
from simulator.textmodels.said import Said


def end(last: str) -> float:
    """The probability where these are the customer's last words."""
    said = [Said("customer", "My card is blocked."), Said("bot", "Please read our help pages."), Said("customer", last)]
    return gave_up(said, dissatisfied(said, "en"), "en")


def test_giving_up_in_words() -> None:
    """A bitter goodbye against thanks."""
    assert end("Forget it, this is useless.") >= 0.5 > end("Great, that worked, thank you!")


def test_without_a_customer_there_are_no_signs() -> None:
    """Nothing to read."""
    assert signs([Said("bot", "Hello")], {}, "en") == {}
