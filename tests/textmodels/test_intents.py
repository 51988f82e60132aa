from __future__ import annotations

from math import log1p

from simulator.textmodels.intents import gave_up, intents_only, signs
from simulator.textmodels.said import Said

CALL = [
    Said("bot", "<propose_date|available_slot>"),
    Said("customer", "<negate>"),
    Said("bot", "<propose_date|available_slot>"),
    Said("customer", "<negate|time>"),
]


def test_a_log_of_intents_is_told_from_words() -> None:
    """Every message stands in angle brackets."""
    assert intents_only(CALL)
    assert not intents_only([*CALL, Said("customer", "hello <b>")])
    assert not intents_only([])


def test_signs_by_hand() -> None:
    """Words with their times, what came lately, and the bot's repeats."""
    found = signs(CALL)
    assert found["times:bot:propose"] == log1p(2)
    assert found["last_1:customer:negate"] == 1
    assert (found["most_often"], found["twice_in_a_row"], found["negated_lately"]) == (2, 1, 2)


def test_failed_schedules_make_giving_up_likelier() -> None:
    """As the model was fitted: no slot is why callers leave."""
    failed = [*CALL, Said("bot", "<failed_schedule_warning|no_slots_available>"), Said("customer", "<negate>")]
    assert gave_up(failed) > gave_up([*CALL, Said("bot", "<confirm_date_scheduled>"), Said("customer", "<confirm>")])
