"""`helpful` in scenes of a few turns: what a good bot does, and what it never does."""

from __future__ import annotations

import msgspec
import pytest

from simulator.bots.dials import make
from simulator.bots.faults import start
from simulator.bots.pack import pack
from simulator.bots.reference import Backend
from tests.bots.scenes import SCENARIOS, bot, states, talk

PERSON = pack("en").person


def test_it_asks_once_for_what_it_needs_then_answers() -> None:
    """Booking unknown: asked. Booking told: both truths in words, and the claim is true."""
    asked, told = talk("helpful", "late-train", "my train was cancelled, what now", "its TR-48213")
    assert asked.ids == ["ask:booking"]
    assert "booking number" in asked.texts[0]
    assert "platform 9" in told.texts[0]
    assert "17:42" in told.texts[0]
    assert told.resolved
    assert told.handoff is None


def test_it_does_not_ask_for_what_was_told() -> None:
    """A slot told in the first message is never asked for."""
    (answer,) = talk("helpful", "late-train", "train cancelled, booking tr-48213")
    assert answer.ids == []
    assert answer.resolved


def test_it_skips_the_steps_that_were_tried() -> None:
    """The restart was tried; the others come one by one, the one that mends among the first two."""
    answers = talk("helpful", "dead-router", "no internet, C-99120, I did restart the router", "no change", "still red")
    steps = [name for answer in answers for name in answer.ids]
    assert "step:restart_router" not in steps
    assert "step:reset_line" in steps
    assert len(set(steps)) == len(steps)


def test_it_hands_over_at_once_when_a_person_is_asked_for() -> None:
    """First ask, first answer, right queue, reference, everything told."""
    _, answer = talk("helpful", "dead-router", "no internet, lamp: the lamp is red", "agent please")
    assert answer.handoff is not None
    assert answer.handoff.queue == "network"
    assert answer.handoff.packet is not None
    assert {"problem", "light", "summary"} == set(answer.handoff.packet)
    assert answer.ticket is not None
    assert answer.ticket in answer.texts[0]


def test_a_fact_that_calls_for_a_person_is_enough() -> None:
    """Patients cannot be seen: no step is proposed any more."""
    answers = talk("helpful", "dead-router", "no internet at C-99120", "we cannot see any patients!")
    assert states(answers) == ["requested"]


def test_what_a_bot_cannot_solve_is_handed_over_after_one_question_at_most() -> None:
    """The account is asked for once; then it goes to billing."""
    first, second = talk("helpful", "wrong-bill", "you charged me twice", "no idea")
    assert first.ids == ["ask:account"]
    assert second.handoff is not None
    assert second.handoff.queue == "billing"


def test_two_failed_attempts_are_enough() -> None:
    """The second `no` brings a person, not a third try."""
    answers = talk("helpful", "dead-router", "no internet C-99120", "no", "nope", "no")
    assert states(answers) == ["requested"]
    assert [answer.handoff is not None for answer in answers][:2] == [False, False]


def test_a_slot_that_nobody_knows_is_asked_for_twice_at_most() -> None:
    """Then a person takes it."""
    answers = talk("helpful", "late-train", "train cancelled", "dont have it", "i said i dont have it")
    assert [answer.ids for answer in answers[:2]] == [["ask:booking"], ["ask:booking"]]
    assert states(answers) == ["requested"]


def test_the_way_to_a_person_is_always_in_sight() -> None:
    """In the greeting's words and as a button on each answer until the hand-off."""
    conversation = bot("helpful")
    greeting = conversation.greeting()
    assert "person" in greeting.texts[0]
    assert greeting.buttons == [PERSON]
    assert conversation.answer("train cancelled").buttons == [PERSON]
    assert conversation.answer(PERSON.payload).handoff is not None


def test_after_the_handoff_it_promises_nothing_anew() -> None:
    """What comes later is filed, without a second hand-off."""
    answers = talk("helpful", "late-train", "human!", "hello?", "a person please", "thanks")
    assert states(answers) == ["requested"]
    assert all(answer.ticket is None for answer in answers[1:])


def test_out_of_hours_it_opens_a_ticket() -> None:
    """Nobody is there, so it hands over nothing and names reference and time."""
    closed = msgspec.structs.replace(
        SCENARIOS["late-train"], desk=msgspec.structs.replace(SCENARIOS["late-train"].desk, open=False)
    )
    answer = start(make("helpful"), closed, {}, {}, "x").answer("a person please")
    assert answer.handoff is None
    assert answer.ticket is not None
    assert "10:00" in answer.texts[0]


def test_it_follows_the_customer_to_another_need() -> None:
    """A fact of the second need alone turns the talk to it."""
    _, answer = talk("helpful", "wrong-bill", "charged twice", "and new address, my number is 84.20")
    assert answer.actions == ["address_changed"]


def test_it_says_that_it_is_a_bot() -> None:
    """Asked, it tells; unasked, the greeting does."""
    conversation = bot("helpful")
    assert "assistant" in conversation.greeting().texts[0]
    (text,) = conversation.answer("are you a real person?").texts
    assert any(word in text for word in ("assistant", "bot", "software", "program"))


def test_the_same_case_gives_the_same_words() -> None:
    """No state, clock or order of the process enters."""
    script = ["no internet", "C-99120", "no", "a person"]
    assert talk("helpful", "dead-router", *script) == talk("helpful", "dead-router", *script)


def test_other_cases_give_other_words() -> None:
    """Forty customers do not all read the same sentence."""
    texts = {talk("helpful", "dead-router", "no internet", case=f"d/a/{n}")[0].texts[0] for n in range(40)}
    assert len(texts) >= 4


def test_facts_and_truths_of_the_customer_replace_the_scenario_s() -> None:
    """The company's database holds this customer's values."""
    scenario = SCENARIOS["late-train"]
    answer = start(make("helpful"), scenario, {"booking": "TR-1"}, {"leaves": "06:10"}, "x").answer("cancelled, TR-1")
    assert "06:10" in answer.texts[0]


def test_the_backend_counts_open_sessions() -> None:
    """A session counts from its opening to its close."""
    backend = Backend()
    first, _ = bot("helpful", backend=backend), bot("helpful", backend=backend)
    first.close()
    assert backend.live == 1


@pytest.mark.parametrize("text", ["", " ", "{slot}", "\ud800", "x" * 10_000, "🤷"])
def test_odd_texts_get_an_answer(text: str) -> None:
    """Whatever is written, something is said."""
    assert talk("helpful", "late-train", text)[0].texts
