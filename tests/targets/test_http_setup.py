"""The company's test system: set up before a conversation, cleaned up after it, its failures kept apart from the bot's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.clock.wall import WallClock
from simulator.model.errors import TargetFailed
from simulator.targets.http import HttpTarget
from tests.targets.scripted import Action, ScriptedBot, answer, hang_up, silence
from tests.targets.talks import CASE, HELLO, SECRET, say, spec

ARRANGED = {
    "setup": {
        "request": {"path": "/accounts/{{facts.order}}/new", "json": {"case": "{{case}}", "as": "{{session_id}}"}}
    },
    "reset": {"request": {"path": "/accounts/{{facts.order}}", "method": "DELETE"}},
    "session": {
        "open": {"request": {"path": "/open", "json": {"language": "{{language}}", "as": "{{session_id}}"}}},
        "close": {"request": {"path": "/close"}},
    },
}
ORDER = ["/accounts/AC-12345/new", "/open", "/chat", "/close", "/accounts/AC-12345"]
OK = answer({})


class Observed:
    """What a target told of its requests."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __call__(self, method: str, name: str, milliseconds: float, size: int, failure: Exception | None) -> None:
        self.told.append((name, failure.cause if isinstance(failure, TargetFailed) else ""))


def talked(*script: Action, talk: Callable[[HttpTarget], None]) -> tuple[list[str], list[tuple[str, str]]]:
    """Paths in the order in which the bot's side got them, and what was told of the requests."""
    observed = Observed()
    with ScriptedBot(script) as bot:
        target = HttpTarget(spec(bot.url, **ARRANGED), WallClock(), observed)
        try:
            talk(target)
        finally:
            target.shut()
        return [request.path for request in bot.received], observed.told


def converse(target: HttpTarget) -> None:
    session = target.open(CASE)
    try:
        session.send(say())
    finally:
        session.close()


def failing(target: HttpTarget) -> None:
    with pytest.raises(TargetFailed):
        converse(target)


def test_set_up_comes_first_and_reset_last() -> None:
    """Once each, and neither is a request to the bot."""
    paths, told = talked(OK, OK, answer(HELLO), OK, OK, talk=converse)
    assert paths == ORDER
    assert told == [("/open", ""), ("/chat", ""), ("/close", "")]


def test_they_know_what_the_opening_knows() -> None:
    """The case, its facts, the language, and the same session id."""
    with ScriptedBot([OK, OK]) as bot:
        target = HttpTarget(spec(bot.url, **ARRANGED), WallClock())
        target.open(CASE)
        target.shut()
    new, opened = (request.json for request in bot.received)
    assert new["case"] == "late-parcel/hurried/2"
    assert opened == {"language": "en", "as": new["as"]}


@pytest.mark.parametrize("broken", [answer({"error": "x"}, "503 Service Unavailable"), hang_up, silence])
def test_a_failed_set_up_is_a_cause_of_its_own(broken: Action) -> None:
    """Whatever was wrong with it; the bot is never asked, and what was half set up is cleaned up."""

    def talk(target: HttpTarget) -> None:
        with pytest.raises(TargetFailed) as failed:
            target.open(CASE)
        assert failed.value.cause == "setup"
        assert failed.value.detail.startswith("POST /accounts/{{facts.order}}/new: ")

    paths, told = talked(broken, OK, talk=talk)
    assert paths == [ORDER[0], ORDER[-1]]
    assert told == [("/accounts/{{facts.order}}/new", "setup")]


@pytest.mark.parametrize(
    ("script", "paths"),
    [
        ((OK, answer({}, "500 Oh"), OK), [ORDER[0], "/open", ORDER[-1]]),
        ((OK, OK, answer({}, "500 Oh"), OK, OK), ORDER),
        ((OK, OK, answer({}, "500 Oh"), answer({}, "500 Oh"), OK), ORDER),
    ],
    ids=["opening", "turn", "turn and close"],
)
def test_reset_comes_however_it_ended(script: tuple[Action, ...], paths: list[str]) -> None:
    """The opening failed, a turn failed, the close failed too."""
    assert talked(*script, talk=failing)[0] == paths


def test_a_failed_reset_is_told_and_fails_nothing() -> None:
    """The conversation is over; whoever counts is told the cause."""
    _, told = talked(OK, OK, answer(HELLO), OK, answer({}, "500 Oh"), talk=converse)
    assert told[-1] == ("/accounts/{{facts.order}}", "reset")


def test_closing_twice_resets_once() -> None:
    """A second close does nothing."""

    def talk(target: HttpTarget) -> None:
        session = target.open(CASE)
        session.close()
        session.close()

    assert talked(OK, OK, OK, OK, talk=talk)[0].count(ORDER[-1]) == 1


def test_no_key_is_shown_when_the_test_system_fails() -> None:
    """Its words are shown, the key in them is not."""

    def talk(target: HttpTarget) -> None:
        with pytest.raises(TargetFailed) as failed:
            target.open(CASE)
        assert SECRET not in failed.value.detail

    talked(answer({}, f"403 {SECRET}"), OK, talk=talk)
