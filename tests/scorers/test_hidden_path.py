from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.model.scenario import Desk
from tests.scorers.scenes import KETTLE, bot, customer, event, human, scores_of, signal, talk

ASK = customer("ASK_HUMAN", "a person please")
LIDS = bot("Most leaks come from the lid: press it down.")
ORDER = bot("Please tell me your order number.")


def granted(at: float) -> Any:
    return bot("Connecting you.", signal("requested", at, queue="returns"))


def test_put_through_on_the_first_ask() -> None:
    """One ask, no layer: direct access."""
    found = scores_of(talk(ASK, granted(1.0), ending="handed_off"))
    assert (found["asks_before_grant"].value, found["asks_before_grant"].event) == (1, "granted")
    assert (found["gate_layers"].value, found["human_bypass"].value) == (0, 1)


def test_one_question_on_the_way_is_allowed() -> None:
    """The order number, given: still one ask and one layer."""
    found = scores_of(talk(ASK, ORDER, customer("PROVIDE", "BO-4471", ["order"]), granted(24.0), ending="handed_off"))
    assert (found["asks_before_grant"].value, found["gate_layers"].value, found["human_bypass"].value) == (1, 1, 1)


def test_layers_are_counted_once_each() -> None:
    """A question, an article, the question again: two layers, and no bypass."""
    found = scores_of(talk(ASK, ORDER, ASK, LIDS, ASK, ORDER, ASK, granted(67.0), ending="handed_off"))
    assert (found["asks_before_grant"].value, found["gate_layers"].value, found["human_bypass"].value) == (4, 2, 0)


def test_a_grant_that_fails_is_none() -> None:
    """Requested, then refused; the second ask is the one that worked."""
    refused = event(signal("failed", 5.0))
    found = scores_of(talk(ASK, granted(1.0), refused, ASK, granted(26.0), human("Hello, I am here to help you.", 60)))
    assert found["asks_before_grant"].value == 2


@pytest.mark.parametrize(
    ("asks", "ending", "told"),
    [(6, "left_silent", "censored"), (2, "left_silent", "left"), (2, "limit", "censored"), (2, "bot_closed", "left")],
)
def test_asking_in_vain(asks: int, ending: Any, told: str) -> None:
    """A probe at its cap of six and our own limit are cut short; a customer who goes has left."""
    found = scores_of(talk(*[line for _ in range(asks) for line in (ASK, LIDS)], ending=ending))["asks_before_grant"]
    assert (found.value, found.event) == (asks, told)


def test_who_never_asks_has_no_count() -> None:
    """None, and why."""
    found = scores_of(talk(customer("STATE"), LIDS))["asks_before_grant"]
    assert (found.value, found.reason) == (None, "never asked for a person")


@pytest.mark.parametrize(
    ("lines", "depth", "at_once"),
    [
        ((bot("Hi! Type AGENT to reach a person.", at=0.0), customer("STATE", at=5), LIDS), 0, 1),
        ((customer("STATE"), bot("Would you like to talk to an agent?")), 1, 1),
        ((customer("STATE"), LIDS, customer("RESTATE"), bot("You can call us on 0800 555 0100.")), 2, 0),
        ((customer("STATE"), LIDS, customer("RESTATE"), granted(24.0)), 2, 0),
    ],
)
def test_depth_is_the_turns_sent_before_a_person_is_in_sight(lines: Any, depth: int, at_once: int) -> None:
    """In the greeting 0, in the first answer 1, and so on."""
    found = scores_of(talk(*lines))
    assert (found["hidden_depth"].value, found["hidden_depth"].event) == (depth, "visible")
    assert found["human_visible_at_once"].value == at_once


def test_a_standing_option_is_depth_0() -> None:
    """Declared in the target file: in sight at every turn."""
    found = scores_of(talk(customer("STATE"), LIDS, customer("RESTATE"), LIDS, standing_exit=True))
    assert found["hidden_depth"].value == 0
    assert (found["visible_human"].value, found["visible_human"].weight) == (2, 2)


def test_a_bare_promise_shows_nobody() -> None:
    """Words that open nothing are no option in sight."""
    found = scores_of(talk(customer("STATE"), bot("I am putting you through to a person now."), ended=200.0))
    assert found["hidden_depth"].event == "censored"
    assert found["visible_human"].value == 0


def test_an_ask_that_is_passed_over_is_unmet() -> None:
    """Two asks: one passed over, one put through."""
    found = scores_of(talk(ASK, LIDS, ASK, granted(24.0), ending="handed_off"))["unmet_asks"]
    assert (found.value, found.weight, found.turns) == (1, 2, [0])


def test_an_honest_reason_with_another_way_meets_an_ask() -> None:
    """The desk is closed, and there is a number to call."""

    refusal = bot("No agents are available right now. You can call us on 0800 555 0100.")
    closed = msgspec.structs.replace(KETTLE, desk=Desk(open=False))
    assert scores_of(talk(ASK, refusal), closed)["unmet_asks"].value == 0
    assert scores_of(talk(ASK, refusal), KETTLE)["unmet_asks"].value == 1


def test_an_ask_without_answer_is_left_out_unless_the_bot_ended_it() -> None:
    """Nobody could have met it, or the bot would not."""
    assert scores_of(talk(ASK, ending="limit"))["unmet_asks"].value is None
    assert scores_of(talk(ASK, ending="bot_closed"))["unmet_asks"].value == 1
