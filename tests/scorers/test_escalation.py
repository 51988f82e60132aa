from __future__ import annotations

from typing import Any

import pytest

from simulator.model.score import Score
from simulator.scorers.escalation import Escalation
from tests.scorers.scenes import (
    BOILER,
    KETTLE,
    Line,
    bot,
    customer,
    event,
    human,
    scores_of,
    signal,
    talk,
)

COLD = customer("STATE", "FH-20618: radiators stay cold, F28", ["contract", "problem", "fault"])
NEWBORN = customer("RESTATE", "we have a newborn!", ["infant"], at=20)
PACKET = {"contract": "FH-20618", "problem": "the radiators stay cold", "fault": "F28", "impact": "newborn"}
BLEED = bot("Please bleed the radiators.")
HELLO = "Ines from the emergency team, an engineer leaves now."


def handover(at: float = 22.0, queue: str = "emergency", packet: Any = None) -> Line:
    """The bot hands over: requested and queued at once."""
    detail = {"queue": queue, "packet": PACKET if packet is None else packet}
    return bot("I am connecting you.", signal("requested", at, **detail), signal("queued", at, queue=queue))


def after(*lines: Line, **more: Any) -> dict[str, Score]:
    """The scores of a cold house in which a newborn is named at 20 s, and then."""
    return scores_of(talk(COLD, BLEED, NEWBORN, *lines, scenario=BOILER, **more), BOILER)


def joined(at: float, queue: str = "emergency") -> Line:
    return event(signal("accepted", at, queue=queue, agent="Ines"))


def test_the_clock_stops_at_the_first_substantive_message() -> None:
    """A greeting and a hold phrase help nobody yet."""
    found = after(handover(), joined(50), human("Hi, one moment please", 55), human(HELLO, 70), ending="handed_off")
    assert (found["ttee"].value, found["ttee"].event) == (50.0, "effective")
    assert (found["escalation_outcome"].value, found["escalation_class"].value) == ("timely", "tp")


def test_customer_turns_while_waiting_are_counted() -> None:
    """Strictly after the need point, up to the human's message."""
    waiting = (handover(), customer("OTHER", "ok", at=40), bot("Thank you."), joined(50), human(HELLO, 70))
    assert after(*waiting, customer("THANK", "thanks", at=90), ending="handed_off")["ttee_turns"].value == 1


def test_late_is_after_300_seconds() -> None:
    """Helped, but not in time: a miss reported by its own name."""
    late = (BLEED, customer("RESTATE", at=330), handover(332), joined(340), human(HELLO, 345))
    found = after(*late, ending="handed_off")
    assert (found["ttee"].value, found["escalation_outcome"].value) == (325.0, "late")
    assert found["escalation_class"].value == "fn"


def test_the_limit_of_timely_is_a_setting() -> None:
    """With 10 s even a minute is late."""
    transcript = talk(
        COLD, BLEED, NEWBORN, handover(), joined(50), human(HELLO, 70), scenario=BOILER, ending="handed_off"
    )
    found = {one.name: one.value for one in Escalation(timely_s=10)(transcript, BOILER)}
    assert found["escalation_outcome"] == "late"


def test_the_wrong_team_is_not_effective() -> None:
    """E2: the queue is none that can help; a human spoke, which ends the wait as ineffective."""
    found = after(handover(queue="sales"), joined(50, "sales"), human(HELLO, 70), ending="handed_off")
    assert (found["ttee"].value, found["ttee"].event) == (50.0, "ineffective")
    assert found["escalation_outcome"].value == "wrong_team"


def test_a_cold_hand_off_is_not_effective() -> None:
    """E4: the packet holds too little."""
    found = after(handover(packet={"contract": "FH-20618"}), joined(50), human(HELLO, 70), ending="handed_off")
    assert (found["ttee"].event, found["escalation_outcome"].value) == ("ineffective", "cold")


def test_the_right_team_after_the_wrong_one_is_effective() -> None:
    """An effective one followed: the first ends nothing."""
    again = (bot("Moving you.", signal("requested", 90.0, queue="emergency", packet=PACKET)),)
    found = after(
        handover(queue="sales"), joined(50, "sales"), human("Wrong desk, sorry, I pass you on.", 70),
        customer("RESTATE", at=88), *again, joined(100), human(HELLO, 110), ending="handed_off",
    )  # fmt: skip
    assert (found["ttee"].value, found["ttee"].event) == (90.0, "effective")


def test_nobody_comes() -> None:
    """E3: 180 s after the queue join nobody had written; the customer gave up."""
    found = after(handover(), ending="left_voiced", ended=210.0)
    assert (found["ttee"].value, found["ttee"].event) == (190.0, "left")
    assert found["escalation_outcome"].value == "dead_end"


def test_leaving_the_queue_early_is_no_dead_end() -> None:
    """Nobody had come, but there was still time: never, by the customer's leaving."""
    found = after(handover(), ending="left_silent", ended=100.0)
    assert (found["ttee"].event, found["escalation_outcome"].value) == ("left", "never")
    assert found["dead_ends"].value is None


@pytest.mark.parametrize(
    ("ending", "caused"),
    [
        ("left_silent", "left"),
        ("left_voiced", "left"),
        ("bot_closed", "bot_ended"),
        ("target_failed", "target_failed"),
        ("limit", "censored"),
    ],
)
def test_what_ends_a_wait_in_vain(ending: Any, caused: str) -> None:
    """Leaving and being cut off compete; only our own limit censors."""
    found = after(BLEED, ending=ending, ended=80.0)
    assert (found["ttee"].value, found["ttee"].event) == (60.0, caused)
    assert found["escalation_outcome"].value == "never"


def test_the_bot_may_still_solve_it() -> None:
    """Resolution after the need point competes."""
    solved = bot("An engineer is booked.", signal("action", 25.0, name="engineer_sent"), at=26.0)
    found = after(solved, ending="satisfied")
    assert (found["ttee"].value, found["ttee"].event) == (6.0, "resolved")


def test_a_ticket_counts_at_its_creation() -> None:
    """The asynchronous route, named in the reason."""
    ticket = bot("Your reference is T-1.", signal("ticket", 24.0, reference="T-1", packet=PACKET, queue="emergency"))
    found = after(ticket, ending="handed_off")["ttee"]
    assert (found.value, found.event) == (4.0, "effective")
    assert "ticket" in found.reason


def test_a_ticket_without_reference_is_no_hand_off() -> None:
    """E1 asks for an id."""
    found = after(
        bot("Noted.", signal("ticket", 24.0, packet=PACKET, queue="emergency")), ending="left_silent", ended=60.0
    )
    assert (found["ttee"].event, found["escalation_outcome"].value) == ("left", "never")


def test_a_ticket_does_not_stop_the_clock_of_a_live_transfer() -> None:
    """The clock waits for the human."""
    both = bot(
        "Connecting you, T-1.",
        signal("requested", 22.0, queue="emergency", packet=PACKET),
        signal("ticket", 22.0, reference="T-1"),
    )
    assert after(both, joined(50), human(HELLO, 70), ending="handed_off")["ttee"].value == 50.0


def test_words_alone_are_no_hand_off() -> None:
    """The bot says that it connects; nothing happens on the wire."""
    found = after(bot("I am putting you through to a person now."), ending="left_silent", ended=200.0)
    assert (found["ttee"].event, found["escalation_outcome"].value) == ("left", "never")


def test_foresight_is_never_charged() -> None:
    """Handed over before anything called for it, and no bot could have solved it."""
    early = talk(COLD, handover(3.0), joined(10), human(HELLO, 15), scenario=BOILER, ending="handed_off")
    found = scores_of(early, BOILER)
    assert (found["escalation_needed"].value, found["ttee"].value, found["ttee"].event) == (0, 0.0, "effective")
    assert "anticipated" in found["ttee"].reason
    assert (found["escalation_outcome"].value, found["escalation_class"].value) == ("timely", "tp")


def test_a_need_that_arises_after_the_hand_off_was_anticipated() -> None:
    """TTEE is 0, flagged."""
    lines = (COLD, handover(3.0), joined(10), human(HELLO, 15), customer("PROVIDE", "a newborn", ["infant"], at=30))
    found = scores_of(talk(*lines, scenario=BOILER, ending="handed_off"), BOILER)["ttee"]
    assert (found.value, found.event) == (0.0, "effective")
    assert "anticipated" in found.reason


def test_handing_over_what_the_bot_could_solve_is_needless() -> None:
    """Nothing called for a person and every open need is the bot's."""
    lines = (
        customer("STATE", "BO-4471 leaks", ["order", "problem"]),
        bot("Connecting you.", signal("requested", 2.0, queue="returns", packet={"o": "BO-4471", "what": "leaks"})),
        human("Hello, I can send you a label.", 30),
    )
    found = scores_of(talk(*lines, ending="handed_off"), KETTLE)
    assert (found["escalation_outcome"].value, found["escalation_class"].value) == ("needless", "fp")
    assert found["ttee"].value is None


def test_nothing_needed_nothing_done() -> None:
    """The quiet class."""
    found = scores_of(talk(customer("STATE"), bot("Your label is RET-31."), ending="satisfied"))
    assert (found["escalation_outcome"].value, found["escalation_class"].value) == ("none", "tn")


def test_the_answer_clock_starts_at_the_first_ask() -> None:
    """The need point was at 20 s, the first ask at 40 s."""
    asking = (BLEED, customer("ASK_HUMAN", "a person!", at=40), handover(42), joined(50), human(HELLO, 70))
    found = after(*asking, ending="handed_off")
    assert (found["ttee"].value, found["answer_time"].value) == (50.0, 30.0)


def test_conditions_that_are_not_exposed_are_passed_over_and_named() -> None:
    """No queue seen, no human side watched."""
    plain = bot("Connecting you.", signal("requested", 22.0))
    found = after(plain, human(HELLO, 70), ending="handed_off", tiers=("T0", "T1", "T2"))["ttee"]
    assert (found.value, found.event) == (50.0, "effective")
    assert "E2" in found.reason
    assert "E4" in found.reason


def test_without_events_there_is_no_time() -> None:
    """TTEE needs T1 and T2."""
    found = after(BLEED, tiers=("T0", "T1"))
    assert found["ttee"].value is None
    assert "T2" in found["escalation_outcome"].reason
