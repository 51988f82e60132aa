from __future__ import annotations

import msgspec
import pytest

from simulator.scorers.need_point import NeedPoint
from tests.scorers.scenes import BOILER, KETTLE, bot, customer, scores_of, talk

COLD = customer("STATE", "the radiators stay cold", ["problem"])
STILL = customer("RESTATE", "still cold")
BLEED, VALVES = bot("Please bleed the radiators."), bot("Please open the valves.")
LIDS = bot("Most leaks come from the lid: press it down.")


def test_nothing_calls_for_a_person() -> None:
    """A solved question needs nobody."""
    found = scores_of(talk(customer("STATE"), bot("Your label is RET-31.")))
    assert (found["escalation_needed"].value, found["need_point"].value) == (0, None)


def test_the_first_ask_counts() -> None:
    """Stamped at the customer turn."""
    found = scores_of(talk(customer("STATE"), LIDS, customer("ASK_HUMAN", at=25), LIDS, customer("ASK_HUMAN", at=60)))
    assert (found["need_point"].value, found["need_point"].event, found["need_point"].turns) == (25.0, "asked", [2])


def test_taking_an_offer_is_no_ask() -> None:
    """ACCEPT never counts as an ask."""
    offer = bot("Would you like to talk to an agent?")
    found = scores_of(talk(customer("STATE"), offer, customer("ACCEPT", "yes"), offer))
    assert found["escalation_needed"].value == 0


def test_a_fact_that_calls_for_a_person() -> None:
    """The clock starts with the turn that tells it; a wrong value tells nothing."""
    told = customer("PROVIDE", "we have a newborn", ["infant"], at=31)
    found = scores_of(talk(COLD, BLEED, told, scenario=BOILER), BOILER)
    assert (found["need_point"].value, found["need_point"].event) == (31.0, "trigger_fact")
    wrong = customer("PROVIDE", "eh", ["infant!"], at=31)
    assert scores_of(talk(COLD, BLEED, wrong, scenario=BOILER), BOILER)["escalation_needed"].value == 0


def test_the_second_failed_attempt() -> None:
    """Two steps tried in vain at what no bot can mend; stamped at the customer turn that says so."""
    found = scores_of(talk(COLD, BLEED, STILL, VALVES, customer("RESTATE", at=55), scenario=BOILER), BOILER)
    assert (found["need_point"].value, found["need_point"].event) == (55.0, "failed_attempts")


def test_an_answer_with_progress_is_no_failed_attempt() -> None:
    """Being asked for the contract is progress and no step."""
    ask = bot("What is your contract number?")
    found = scores_of(talk(COLD, ask, STILL, BLEED, STILL, scenario=BOILER), BOILER)
    assert found["escalation_needed"].value == 0


def test_failed_attempts_do_not_count_where_a_bot_can_solve_it() -> None:
    """The kettle may still be returned by the bot."""
    found = scores_of(talk(customer("STATE"), LIDS, STILL, bot("Rinse it."), STILL))
    assert found["escalation_needed"].value == 0


def test_failed_attempts_can_be_left_out() -> None:
    """For a run in which too many bot turns went unrecognised."""
    transcript = talk(COLD, BLEED, STILL, VALVES, STILL, scenario=BOILER)
    assert [found.value for found in NeedPoint(failed_attempts=None)(transcript, BOILER)] == [0, 0, 0, None]


def test_a_confirmed_loop_calls_for_a_person() -> None:
    """Stamped at the last byte of the second cycle's bot turn."""
    found = scores_of(talk(customer("STATE"), LIDS, STILL, LIDS, STILL, LIDS))["need_point"]
    assert (found.value, found.event, found.turns) == (46.0, "loop", [5])


@pytest.mark.parametrize("told", [[], ["infant"]])
def test_the_earliest_trigger_wins(told: list[str]) -> None:
    """An ask at 60 s against a fact at 20 s or never."""
    lines = (COLD, BLEED, customer("PROVIDE", "x", told, at=20), bot("Noted."), customer("ASK_HUMAN", at=60))
    found = scores_of(talk(*lines, scenario=BOILER), BOILER)["need_point"]
    assert (found.value, found.event) == ((20.0, "trigger_fact") if told else (60.0, "asked"))


def test_experienced_time_is_what_counts() -> None:
    """A compressed run of the same conversation has the same need point."""

    transcript = talk(customer("STATE"), LIDS, customer("ASK_HUMAN", at=25))
    squeezed = [
        msgspec.structs.replace(turn, due=5.0, sent=5.0, shift=20.0) if turn.act == "ASK_HUMAN" else turn
        for turn in transcript.turns
    ]
    assert scores_of(msgspec.structs.replace(transcript, turns=squeezed), KETTLE)["need_point"].value == 25.0
