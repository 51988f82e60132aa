from __future__ import annotations

from typing import Any

import pytest

from simulator.model.score import Score
from tests.scorers.scenes import BOILER, Line, bot, customer, human, scores_of, signal, talk

START = customer("STATE", "my kettle leaks", need="return_it")
LABEL, WEEKS = bot("Your label is RET-31."), bot("It takes two weeks.")
BOTH = bot("Your label is RET-31 and it takes two weeks.")
LIDS = bot("Most leaks come from the lid: press it down.")
NO = customer("RESTATE", "no")


def found(*lines: Line, **more: Any) -> dict[str, Score]:
    return scores_of(talk(START, *lines, **more))


def test_every_need_must_be_met() -> None:
    """One of two is half, and not resolved."""
    half = found(LABEL)
    assert (half["resolved"].value, half["resolved_share"].value) == (0, 0.5)
    whole = found(BOTH)
    assert (whole["resolved"].value, whole["resolved"].reason, whole["resolved"].turns) == (1, "R(T1)", [1])


def test_the_right_value_counts_not_the_claim() -> None:
    """A claim with the wrong value is a false resolution."""
    told = found(bot("It takes six weeks. Your issue is resolved."))
    assert (told["resolved"].value, told["claimed"].value, told["false_resolution"].value) == (0, 1, 1)


def test_a_true_claim_is_no_false_resolution() -> None:
    """Claimed and so."""
    told = found(bot("Your label is RET-31, it takes two weeks. Your issue is resolved."))
    assert (told["claimed"].value, told["false_resolution"].value, told["silent_success"].value) == (1, 0, 0)


def test_success_without_claim_is_silent() -> None:
    """R = 1, K = 0."""
    assert found(BOTH)["silent_success"].value == 1


@pytest.mark.parametrize(("closing_last", "claims"), [(True, 1), (False, 0)])
def test_a_closing_claims_only_in_the_last_bot_turn(closing_last: bool, claims: int) -> None:
    """Said in passing, with more to come, it is mere politeness."""
    closing, plain = bot("Press the lid. Have a nice day!"), bot("Rinse it first.")
    lines = (plain, NO, closing) if closing_last else (closing, NO, plain)
    assert found(*lines)["claimed"].value == claims


def test_the_target_s_own_status_is_a_claim() -> None:
    """Whatever its words are."""
    assert found(bot("Well.", signal("claim_resolved", 2.0)))["claimed"].value == 1


def test_what_a_human_met_is_not_the_bot_s() -> None:
    """R stays 0 and the three shares still sum to one."""
    over = bot("Connecting you.", signal("requested", 1.0, queue="returns"), signal("accepted", 2.0))
    told = found(over, human("Hello, your label is RET-31 and it takes two weeks.", 30.0))
    assert [told[name].value for name in ("resolved", "effectively_escalated", "ended_neither")] == [0, 1, 0]


def test_an_action_needs_the_target_s_log() -> None:
    """With it R is known, without it NA."""
    sent = bot("An engineer is booked.", signal("action", 1.0, name="engineer_sent"))
    lines = (customer("STATE", "cold"), sent)
    assert scores_of(talk(*lines, scenario=BOILER), BOILER)["resolved"].value == 1
    blind = scores_of(talk(*lines[:1], bot("Booked."), scenario=BOILER, tiers=("T0", "T1")), BOILER)
    assert (blind["resolved"].value, blind["resolved"].reason) == (None, "R=NA(T2)")


def test_truths_that_nobody_put_there_cannot_be_asked_for() -> None:
    """R = NA where the transcript holds no value for them."""
    assert found(LIDS, truth={})["resolved"].reason == "R=NA(unseeded)"


def test_giving_up_counts_as_contained() -> None:
    """The vendors' number; toxic, for nothing was solved."""
    told = found(LIDS)
    assert (told["contained"].value, told["toxic_containment"].value, told["trust_gap"].value) == (1, 1, 1)
    assert told["deflected_away"].value == 0


def test_asking_in_vain_is_deflected_away() -> None:
    """Contained, unsolved, asked."""
    assert found(LIDS, customer("ASK_HUMAN", "a person"), LIDS)["deflected_away"].value == 1


@pytest.mark.parametrize("kind", ["requested", "queued", "accepted", "ticket", "callback"])
def test_any_hand_off_ends_containment(kind: Any) -> None:
    """A person, a ticket or a callback; then there is nothing toxic to count."""
    told = found(bot("Noted.", signal(kind, 1.0, reference="R-1")))
    assert (told["contained"].value, told["toxic_containment"].value, told["trust_gap"].value) == (0, None, 0)


def test_good_containment_is_solved_without_a_loop() -> None:
    """Nothing is booked that the customer would not sign."""
    told = found(LIDS, NO, BOTH, ending="satisfied")
    assert (told["good_containment"].value, told["trust_gap"].value) == (1, 0)


def test_solved_through_a_loop_is_in_the_gap() -> None:
    """Contained and resolved at level 2 or more."""
    told = found(LIDS, NO, LIDS, NO, LIDS, NO, BOTH, ending="satisfied")
    assert (told["resolved"].value, told["good_containment"].value, told["trust_gap"].value) == (1, 0, 1)


def test_without_events_containment_is_unknown() -> None:
    """Hand-offs that leave no trace must not make a bot look as if it had kept everybody."""
    told = found(LIDS, tiers=("T0", "T1"))
    assert [told[name].value for name in ("contained", "toxic_containment", "trust_gap")] == [None] * 3


def test_a_failed_target_contains_nobody() -> None:
    """Q = NA, R = 0 unless already met."""
    told = found(LIDS, ending="target_failed")
    assert (told["contained"].value, told["resolved"].value) == (None, 0)
    assert found(BOTH, ending="target_failed")["resolved"].value == 1


@pytest.mark.parametrize(
    ("lines", "ending", "exited"),
    [
        ((LIDS, NO, LIDS), "left_silent", 1),
        ((LIDS, NO, LIDS), "left_voiced", 0),
        ((BOTH,), "left_silent", 0),
        ((LIDS, customer("ASK_HUMAN", "a person"), LIDS), "left_silent", 0),
        ((LIDS, customer("EXEC", "the press will hear"), LIDS, NO, LIDS), "left_silent", 0),
    ],
)
def test_a_silent_exit_said_nothing(lines: tuple[Line, ...], ending: Any, exited: int) -> None:
    """Open need, no appeal above support, last turn no ask."""
    assert found(*lines, ending=ending)["silent_exit"].value == exited


def test_the_silent_share_is_over_leavers() -> None:
    """Those who stayed are in neither part."""
    shares = [found(LIDS, ending=ending)["silent_share"].value for ending in ("left_silent", "left_voiced", "limit")]
    assert shares == [1, 0, None]
