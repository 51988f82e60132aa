from __future__ import annotations

from typing import Any

import pytest

from simulator.model.transcript import Feeling
from tests.scorers.scenes import BOILER, KETTLE, Line, bot, customer, event, human, scores_of, signal, talk

TOLD = customer(
    "STATE",
    "FH-20618, radiators stay cold, F28 at 0.4 bar, I did a reset, newborn here, by 18:30",
    ["contract", "problem", "fault", "pressure", "reset", "infant", "by"],
)
HELLO = "Ines here, an engineer is on her way."


def handed(packet: Any, *first: Line, **more: Any) -> Any:
    """The scores of a hand-off that carried this packet."""
    over = bot("Connecting you.", signal("requested", 30.0, queue="emergency", packet=packet), at=31.0)
    lines = (*(first or (TOLD,)), over, human(HELLO, 60.0))
    return scores_of(talk(*lines, scenario=BOILER, ending="handed_off", **more), BOILER)


def test_weights_go_by_kind_and_are_shared_within_it() -> None:
    """Told: contract 1, problem 3, two technical facts 1 + 1, steps 2, impact 2, deadline 1 = 11; brought: 1 + 3 + 1."""
    packet = {"contract": "FH-20618", "problem": "the radiators stay cold", "fault": "F28"}
    assert handed(packet)["handoff_completeness"].value == pytest.approx(5 / 11)


def test_one_fact_of_each_kind() -> None:
    """Identity, problem and code of identity 1, problem 3, impact 2, steps 2, code 2, deadline 1: 6/11 = .545."""
    six = customer("STATE", "all but the pressure", ["contract", "problem", "fault", "reset", "infant", "by"])
    packet = {"contract": "FH-20618", "problem": "the radiators stay cold", "fault": "F28"}
    assert handed(packet, six)["handoff_completeness"].value == pytest.approx(0.545, abs=5e-4)


def test_a_summary_in_other_words_is_read_by_the_scenario_s_patterns() -> None:
    """Free text by its wordings, ids by themselves, wherever they stand in the JSON."""
    packet = {"case": {"summary": "Cust. FH-20618: radiators cold, newborn. Reset done. Code F28.", "tags": ["18:30"]}}
    assert handed(packet)["handoff_completeness"].value == pytest.approx(10 / 11)


def test_an_id_must_be_exact() -> None:
    """Another's contract number is not the customer's."""
    found = handed({"contract": "FH-20619"})
    assert (found["handoff_completeness"].value, found["handoff_precision"].value) == (0.0, 0.0)
    assert (found["fabrications"].value, found["fabrications"].reason) == (1, "contract")


def test_an_id_written_otherwise_is_the_same() -> None:
    """Case and separators do not matter within a field."""
    assert handed({"contract": "fh 20618"})["handoff_precision"].value == 1.0


def test_an_invented_id_in_a_summary_is_found_by_its_shape() -> None:
    """`FH-` and five digits, but not the customer's."""
    found = handed({"summary": "FH-99999, radiators cold"})
    assert (found["fabrications"].value, found["handoff_precision"].value) == (1, 0.5)


def test_what_was_told_later_does_not_count() -> None:
    """Only what was told before the packet went out."""
    lines = (
        customer("STATE", "FH-20618", ["contract"]),
        bot("Connecting you.", signal("requested", 1.0, queue="emergency", packet={"id": "FH-20618"})),
        customer("PROVIDE", "radiators stay cold", ["problem"]),
        human(HELLO, 60.0),
    )
    assert scores_of(talk(*lines, scenario=BOILER), BOILER)["handoff_completeness"].value == 1.0


def test_a_wrong_value_was_not_told() -> None:
    """`fault!` tells no fact."""
    found = handed({"contract": "FH-20618"}, customer("STATE", "FH-20618, F9?", ["contract", "fault!"]))
    assert found["handoff_completeness"].value == 1.0


def test_a_bare_transcript_counts_half() -> None:
    """The agent must read it; so it just meets the bound of effective escalation."""
    text = TOLD[1]["text"]
    found = handed({"transcript": [{"role": "customer", "content": text}, {"role": "bot", "content": "Hm."}]})
    assert found["handoff_completeness"].value == pytest.approx(0.5)
    assert found["ttee"].value is not None


def test_an_unlabelled_transcript_is_known_by_its_turns() -> None:
    """A field that quotes several turns is no summary."""
    asked = bot("Please bleed the radiators and wait.")
    again = customer("RESTATE", "that did not warm anything up")
    text = f"C: {TOLD[1]['text']}\nB: Please bleed the radiators and wait.\nC: that did not warm anything up"
    assert handed({"body": text}, TOLD, asked, again)["handoff_completeness"].value == pytest.approx(0.5)


def test_a_summary_beside_a_transcript_counts_in_full() -> None:
    """Problem and contract by the summary, the rest by the transcript: (4 + 7/2) / 11."""
    packet = {"summary": "FH-20618, radiators stay cold", "history": TOLD[1]["text"]}
    assert handed(packet)["handoff_completeness"].value == pytest.approx(7.5 / 11)


def test_no_packet_brings_nothing() -> None:
    """The human side was watched and nothing came."""
    found = handed(None)
    assert (found["handoff_completeness"].value, found["escalation_outcome"].value) == (0.0, "cold")


def test_without_facts_there_is_nothing_to_bring() -> None:
    """An empty F is None, and E4 is passed over."""
    found = handed({}, customer("ASK_HUMAN", "a person"))
    assert found["handoff_completeness"].value is None
    assert found["ttee"].event == "effective"


@pytest.mark.parametrize(
    ("frustration", "packet", "share"),
    [(0.4, {"contract": "FH-20618"}, 1.0), (0.6, {"contract": "FH-20618"}, 0.5),
     (0.6, {"contract": "FH-20618", "note": "customer is upset"}, 1.0)],
)  # fmt: skip
def test_a_frustrated_customer_s_mood_belongs_into_the_packet(
    frustration: float, packet: dict[str, str], share: float
) -> None:
    """From .5 on it weighs 1, as the contract does."""
    lines = (customer("STATE", "FH-20618", ["contract"]), bot("Hm."), customer("RESTATE"))
    found = handed(packet, *lines, feelings=[Feeling(1, frustration, 0.5)])
    assert found["handoff_completeness"].value == pytest.approx(share)


def test_truths_agree_and_contradictions_are_made_up() -> None:
    """The desk is told six weeks where it is two."""
    start = customer("STATE", "BO-4471", ["order"])

    def precision(weeks: str) -> tuple[Any, Any]:
        over = bot("Connecting you.", signal("requested", 1.0, packet={"summary": f"BO-4471, takes {weeks}"}))
        found = scores_of(talk(start, over, human(HELLO, 30.0)), KETTLE)
        return found["handoff_precision"].value, found["fabrications"].value

    assert precision("two weeks") == (1.0, 0)
    assert precision("six weeks") == (0.5, 1)


def test_without_the_human_side_nothing_is_said() -> None:
    """NA below T3."""
    assert "T3" in handed({}, tiers=("T0", "T1", "T2"))["handoff_completeness"].reason


WAIT = bot("Connecting you.", signal("requested", 1.0, queue="returns"), signal("queued", 2.0, queue="returns"))
START = customer("STATE")


@pytest.mark.parametrize(("at", "dead"), [(182.0, 0), (183.0, 1)])
def test_a_human_must_write_within_180_seconds_of_the_queue_join(at: float, dead: int) -> None:
    """The clock starts where the queue was joined, at 2 s."""
    assert scores_of(talk(START, WAIT, human(HELLO, at)))["dead_ends"].value == dead


def test_without_a_queue_the_clock_starts_at_the_request() -> None:
    """At 1 s."""
    asked = bot("Connecting you.", signal("requested", 1.0))
    assert scores_of(talk(START, asked, human(HELLO, 182.0)))["dead_ends"].value == 1


def test_a_refusal_is_a_dead_end() -> None:
    """Failed with nobody there."""
    refused = scores_of(talk(START, WAIT, event(signal("failed", 20.0)), ended=30.0))["dead_ends"]
    assert (refused.value, refused.weight) == (1, 1)


def test_out_of_hours_with_a_ticket_is_none() -> None:
    """Nobody could come, so it became a case for later."""
    closed = event(signal("failed", 20.0), signal("ticket", 21.0, reference="R-5"))
    found = scores_of(talk(START, WAIT, closed, ended=300.0))["dead_ends"]
    assert (found.value, found.weight) == (0, 1)


def test_the_bot_closing_the_queue_is_a_dead_end() -> None:
    """The channel closed before anyone came."""
    assert scores_of(talk(START, WAIT, ending="bot_closed", ended=30.0))["dead_ends"].value == 1


def test_the_wrong_queue_and_another_transfer_is_a_dead_end_and_a_bounce() -> None:
    """Sales answers and passes the customer on."""
    wrong = bot("Connecting you.", signal("requested", 1.0, queue="sales"))
    right = event(signal("requested", 60.0, queue="returns"), signal("accepted", 80.0, queue="returns"))
    found = scores_of(talk(START, wrong, human(HELLO, 30.0), right, human(HELLO, 90.0)))
    assert (found["dead_ends"].value, found["dead_ends"].weight) == (1, 2)
    assert found["transfer_bounces"].value == 1


def test_back_to_the_bot_is_a_bounce() -> None:
    """A human spoke, then the bot had the customer again; no dead end, for somebody had come."""
    found = scores_of(
        talk(START, WAIT, human(HELLO, 30.0), event(signal("returned", 50.0)), customer("RESTATE", at=60))
    )
    assert (found["transfer_bounces"].value, found["dead_ends"].value) == (1, 0)
