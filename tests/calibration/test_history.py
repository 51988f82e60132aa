"""Histories of real runs feel what the customers felt, and end where a log stops showing choices."""

from __future__ import annotations

import msgspec
import pytest

from simulator.calibration.history import LED_ON, Choice, history
from simulator.calibration.likelihood import states
from simulator.calibration.nodes import nodes_of
from simulator.launch.casting import Cast
from simulator.model.transcript import Act, Ending, Signal, Transcript, Turn
from tests.calibration.fit import crowd, talk
from tests.customers.scenes import BICYCLE

BOTS = ("ordinary", "maze", "looping")


@pytest.fixture(scope="module", params=BOTS)
def held(request: pytest.FixtureRequest) -> tuple[Cast, list[Transcript]]:
    """Ninety conversations with a reference bot."""
    ready = crowd(90, 17, request.param)
    return ready, talk(ready)


def test_a_replayed_customer_feels_what_it_felt(held: tuple[Cast, list[Transcript]]) -> None:
    """With a customer's own traits the replay gives the frustration and trust that the run recorded, at every choice."""
    ready, transcripts = held
    cases = {case.id: case for case in ready.cases}
    compared = 0
    for one in transcripts:
        found = history(one, ready.catalogue.spoken(one.scenario, one.language))
        if found is None:
            continue
        (block,) = states([found], {"": nodes_of([cases[one.id].traits])})
        recorded = {feeling.turn: feeling for feeling in one.feelings}
        spoken = next(place for place, turn in enumerate(one.turns) if turn.speaker == "customer")
        bot = [place for place, turn in enumerate(one.turns) if turn.speaker == "bot" and place > spoken]
        choices = [step for step in found.steps if step.choice is not Choice.NONE]
        for row, step in enumerate(choices):
            then = recorded[bot[step.turns - 1]]
            assert block.frustration[row, 0] == pytest.approx(then.frustration, abs=1e-4)
            assert 1 - block.distrust[row, 0] == pytest.approx(then.trust, abs=1e-4)
            compared += 1
    assert compared > 100


def test_every_leave_of_the_bot_is_a_choice(held: tuple[Cast, list[Transcript]]) -> None:
    """Who left the bot without a promise, a queue or going above support is seen leaving, silently or not as it was."""
    ready, transcripts = held
    seen = 0
    for one in transcripts:
        found = history(one, ready.catalogue.spoken(one.scenario, one.language))
        last = found.steps[-1].choice if found is not None else Choice.NONE
        if last in (Choice.SILENT, Choice.VOICED):
            assert one.ending == ("left_silent" if last is Choice.SILENT else "left_voiced")
            seen += 1
    assert seen > 5


def said(*turns: tuple[str, str, Act | None], ending: Ending = "left_silent") -> Transcript:
    """A conversation of (speaker, text, act), ten seconds a turn."""
    made = [
        Turn(
            "customer" if who == "c" else "bot",
            text,
            sent=10.0 * place,
            first=10.0 * place + 1,
            done=10.0 * place + 1,
            act=act,
            need="find_it" if act else None,
            thought=5.0 if who == "c" else 0.0,
        )
        for place, (who, text, act) in enumerate(turns)
    ]
    return Transcript("x-1", made, ending, 10.0 * len(turns), scenario=BICYCLE.name)


def choices(transcript: Transcript) -> list[str]:
    found = history(transcript, BICYCLE)
    return [step.choice.name for step in found.steps] if found is not None else []


def test_a_conversation_by_hand() -> None:
    """Went on, asked and was refused, went on, left silently: four choices, the ask counted and unmet after the refusal."""
    one = said(
        ("c", "where is my bicycle", "STATE"),
        ("b", "Please have a look at our help pages.", None),
        ("c", "that does not help", "RESTATE"),
        ("b", "Our opening hours are on the website.", None),
        ("c", "I want to talk to a person", "ASK_HUMAN"),
        ("b", "I am afraid I cannot connect you with a human agent.", None),
        ("c", "where is it then", "RESTATE"),
        ("b", "Have you seen the weather today?", None),
    )
    found = history(one, BICYCLE)
    assert found is not None
    assert [step.choice for step in found.steps] == [Choice.WENT_ON, Choice.ASKED, Choice.WENT_ON, Choice.SILENT]
    assert [step.asks for step in found.steps] == [0, 0, 1, 1]
    assert [step.unmet for step in found.steps] == [False, False, True, True]
    assert [step.failures for step in found.steps] == [1, 2, 3, 4]


def test_a_promise_ends_the_history() -> None:
    """Who was promised a person may be waiting, which leaves no turn: that choice and all later ones are left out."""
    promise = "A colleague will get back to you shortly."
    assert choices(said(("c", "where is it", "STATE"), ("b", promise, None))) == []


def test_a_queue_ends_the_history() -> None:
    """Leaving the queue for a person is another choice."""
    one = said(("c", "where is it", "STATE"), ("b", "Please wait.", None))
    queued = msgspec.structs.replace(one.turns[1], signals=[Signal("queued", 11.0)])
    assert choices(msgspec.structs.replace(one, turns=[one.turns[0], queued])) == []


@pytest.mark.parametrize(
    ("ending", "choice"),
    [("left_silent", ["SILENT"]), ("left_voiced", ["VOICED"]), ("limit", ["STAYED"]), ("target_failed", [])],
)
def test_the_end_after_an_answer(ending: Ending, choice: list[str]) -> None:
    """A limit shows that the customer did not leave; a bot that failed shows nothing."""
    assert choices(said(("c", "where is it", "STATE"), ("b", "Look around.", None), ending=ending)) == choice


def test_who_is_offered_a_person_stays_or_leaves() -> None:
    """Asking when one is offered is taking the offer, so the log tells staying from leaving and no more."""
    offer = "Would you like to talk to a human agent?"
    assert choices(said(("c", "where is it", "STATE"), ("b", offer, None), ("c", "yes", "ACCEPT"))) == ["STAYED"]


def test_the_rest_of_a_burst_is_no_choice() -> None:
    """A burst that the bot cuts with an answer was decided before that answer."""
    one = said(("c", "where is it", "STATE"), ("b", "Hm.", None), ("c", "the bicycle", "OTHER"), ("b", "Hm, hm.", None))
    rest = msgspec.structs.replace(one.turns[2], thought=0.0)
    assert choices(msgspec.structs.replace(one, turns=[*one.turns[:2], rest, one.turns[3]])) == ["NONE", "SILENT"]


def test_without_a_scenario_only_what_plainly_fails_is_a_failure() -> None:
    """A turn nobody can judge counts in part as a failure; the same one again as a whole one."""
    one = said(
        ("c", "where is it", "STATE"),
        ("b", "Parcels travel by night and are sorted by day.", None),
        ("c", "but where is it", "RESTATE"),
        ("b", "Parcels travel by night and are sorted by day.", None),
    )
    found = history(one, None)
    assert found is not None
    assert [step.failures for step in found.steps] == pytest.approx([1 - LED_ON, 2 - LED_ON])
