"""Bots that are Python: functions, and classes that make whole targets."""

from __future__ import annotations

import pytest

from simulator.clock.wall import WallClock
from simulator.model.contracts import Reply, Session
from simulator.model.errors import InputError, TargetFailed
from simulator.targets.in_process import load_callable, load_target
from tests.targets.talks import CASE, say

HERE = "tests.targets.bots_to_load"


def talk(name: str, *texts: str) -> list[Reply]:
    session = load_target(f"{HERE}:{name}", WallClock()).open(CASE)
    assert isinstance(session, Session)
    return [session.send(say(text)) for text in texts]


@pytest.mark.parametrize("name", ["echo", "Whole", "made", "ready"])
def test_forms(name: str) -> None:
    """A function, a class, a function that makes a target, and a target itself all serve; the session remembers."""
    assert [reply.text for reply in talk(name, "Hi", "Ho")] == ["1: Hi", "2: Ho"]


def test_class_of_reply_functions() -> None:
    """A class whose objects are called like a reply function serves too."""
    assert talk("Polite", "Hi")[0].text == "Please."


def test_sessions_are_separate() -> None:
    """Each conversation has a dict of its own."""
    assert [reply.text for reply in talk("echo", "Hi") + talk("echo", "Hi")] == ["1: Hi", "1: Hi"]


def test_list() -> None:
    """A list is one turn of several messages, without lone surrogates."""
    (reply,) = talk("several", "Hi")
    assert [part.text for part in reply.parts] == ["One.", "Tw\ufffdo."]


def test_reply_is_stamped() -> None:
    """A Reply keeps what it says; stamps that no clock of ours gave are replaced."""
    before = WallClock().now()
    (reply,) = talk("full", "Hi")
    assert before <= reply.first <= reply.done == reply.parts[0].at == reply.signals[0].at <= WallClock().now()
    assert reply.closed


def test_button() -> None:
    """A pressed button sends its payload."""
    session = load_target(f"{HERE}:echo", WallClock()).open(CASE)
    assert session.send(say("Yes", button="/yes")).text == "1: /yes"


@pytest.mark.parametrize(
    ("name", "cause", "detail"),
    [
        ("broken", "raised", "TypeError: can only concatenate str"),
        ("forgetful", "raised", "TypeError: the reply is NoneType"),
        ("mute", "empty", "no text"),
    ],
)
def test_failures(name: str, cause: str, detail: str) -> None:
    """What the function raises, a wrong type and silence are the bot's failures."""
    with pytest.raises(TargetFailed) as caught:
        talk(name, "Hi")
    assert caught.value.cause == cause
    assert detail in caught.value.detail


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:reply", "no Python module `no_such_module`"),
        ("tests.nowhere:reply", "no Python module `tests.nowhere`"),
        (f"{HERE}:ecco", "did you mean `echo`"),
        (f"{HERE}:number", "found a int"),
        (f"{HERE}:unready", "async"),
        (f"{HERE}:explodes", "no database"),
        (f"{HERE}:greedy", "one, two, three"),
        (HERE, "names no Python object"),
    ],
)
def test_not_a_target(name: str, words: str) -> None:
    """A name that leads nowhere, or to something else, is refused in words."""
    with pytest.raises(InputError, match=words):
        load_target(name, WallClock())


def test_nested_attribute() -> None:
    """An attribute of an attribute can be named."""
    assert load_callable(f"{HERE}:Whole.open").__name__ == "open"
