"""A person as the bot: words, commands, and what becomes of silence."""

from __future__ import annotations

import pytest

from simulator.clock.virtual import VirtualClock
from simulator.model.contracts import Say
from simulator.model.errors import TargetFailed
from simulator.targets.person import PersonSession, read_answer


def test_words_alone_are_an_answer() -> None:
    """A line is a message."""
    reply = read_answer("One moment.\nWhat is your number?", 5.0)
    assert [part.text for part in reply.parts] == ["One moment.", "What is your number?"]
    assert (reply.signals, reply.first, reply.closed) == ((), 5.0, False)


@pytest.mark.parametrize(
    ("typed", "kind", "detail", "words"),
    [
        ("/human billing", "requested", {"queue": "billing"}, ""),
        ("/human", "requested", {}, ""),
        ("/ticket T-7\nI have filed this.", "ticket", {"reference": "T-7"}, "I have filed this."),
        ("/done refund_issued", "action", {"name": "refund_issued"}, ""),
        ("/solved\nAll done.", "claim_resolved", {}, "All done."),
    ],
)
def test_a_command_is_what_the_bot_does(typed: str, kind: str, detail: dict[str, str], words: str) -> None:
    """Beside what it says."""
    reply = read_answer(typed, 0.0)
    assert [(signal.kind, signal.detail) for signal in reply.signals] == [(kind, detail)]
    assert reply.text == words


def test_two_commands_on_one_line() -> None:
    """Each up to the next."""
    reply = read_answer("/done refunded /solved", 0.0)
    assert [signal.kind for signal in reply.signals] == ["action", "claim_resolved"]


def test_close_ends_the_chat_with_the_last_words() -> None:
    """The words after it are still said."""
    reply = read_answer("/close Good bye.", 0.0)
    assert reply.closed
    assert reply.text == "Good bye."


def test_a_slash_that_is_no_command_is_said() -> None:
    """Paths and dates are words."""
    assert read_answer("/etc/hosts is fine", 0.0).text == "/etc/hosts is fine"


def test_nobody_answering_is_a_failure_of_the_bot() -> None:
    """The end of input."""
    shown: list[str] = []

    def ask(text: str) -> None:
        shown.append(text)

    with pytest.raises(TargetFailed):
        PersonSession(ask, VirtualClock()).send(Say(("hello",), "STATE", None))
    assert shown == ["hello"]
