from __future__ import annotations

from itertools import pairwise

import pytest

from simulator.bots.in_process import ReferenceSession, ReferenceTarget
from simulator.clock.virtual import VirtualClock
from simulator.model.contracts import Reply, Say
from simulator.model.errors import InputError, TargetFailed
from tests.bots.scenes import SCENARIOS, Stopwatch, case_of, kinds, talk


def opened(spec: str, scenario: str = "dead-router", clock: Stopwatch | None = None) -> ReferenceSession:
    return ReferenceTarget(spec, SCENARIOS, clock or Stopwatch()).open(case_of(scenario))


def said(session: ReferenceSession, *texts: str) -> Reply:
    return session.send(Say(texts, "STATE", None))


def test_the_greeting_stands_on_the_clock() -> None:
    """It is there at the opening, at no cost in time."""
    greeting = opened("helpful").greeting
    assert greeting is not None
    assert greeting.done == 100.0
    assert greeting.buttons[0].title == "Talk to a person"


def test_the_latency_is_spent_on_the_clock() -> None:
    """Answers take about 0.8 s by default, not always the same."""
    clock = Stopwatch()
    session = opened("helpful", clock=clock)
    taken = [said(session, "hello").done for _ in range(4)]
    gaps = [b - a for a, b in zip([100.0, *taken], taken, strict=False)]
    assert all(0.2 < gap < 3 for gap in gaps)
    assert len(set(gaps)) == 4


def test_the_latency_has_its_dial() -> None:
    """At nought no time passes."""
    clock = Stopwatch()
    said(opened("helpful:latency=0", clock=clock), "hello")
    assert clock.now() == 100.0


def test_a_burst_is_answered_one_by_one_and_in_order() -> None:
    """Five messages at once: each answer comes its own latency after the one before, none overtakes another."""
    clock = VirtualClock()
    replies: list[Reply] = []

    def converse() -> None:
        session = ReferenceTarget("helpful", SCENARIOS, clock).open(case_of("dead-router"))
        for text in ("no internet", "C-99120", "no", "no", "a person please"):
            clock.spawn(lambda text=text: replies.append(said(session, text)))

    clock.spawn(converse)
    clock.run()
    alone = [answer.ids for answer in talk("helpful", "dead-router", "no internet", "C-99120", "no", "no")]
    assert [list(reply.ids) for reply in replies[:4]] == alone
    assert all(b.done - a.done > 0.2 for a, b in pairwise(replies))


def test_the_case_s_language_is_the_bot_s() -> None:
    """Greeting and button in Spanish."""
    greeting = ReferenceTarget("helpful", SCENARIOS, Stopwatch()).open(case_of("dead-router", language="es")).greeting
    assert greeting is not None
    assert greeting.buttons[0].title == "Hablar con una persona"


def test_a_handoff_comes_as_signals() -> None:
    """Request with queue and packet, and the ticket's reference, at the time of the answer."""
    reply = said(opened("helpful"), "no internet.", "a person please")
    assert kinds(reply.signals) == ["requested", "ticket"]
    requested, ticket = reply.signals
    assert requested.at == reply.done
    assert requested.detail["queue"] == "network"
    assert requested.detail["packet"]["problem"] == "the internet is gone"
    assert ticket.detail["reference"] in reply.text


def test_actions_and_claims_come_as_signals() -> None:
    """An executed action and the bot's own word that all is done."""
    reply = said(opened("helpful", "wrong-bill"), "new address for 84.20")
    assert kinds(reply.signals) == ["action", "claim_resolved"]
    assert reply.signals[0].detail == {"name": "address_changed"}


def test_a_failed_transfer_closes() -> None:
    """The dead end's answer carries the request, the failure and the close."""
    reply = said(opened("dead_end"), "a person")
    assert kinds(reply.signals) == ["requested", "failed"]
    assert reply.signals[1].detail == {"queue": "network"}
    assert reply.closed


def test_a_pressed_button_counts_as_its_payload() -> None:
    """What the button sends is what the bot reads."""
    session = opened("helpful")
    reply = session.send(Say(("Talk to a person",), "ACCEPT", None, button="I want to talk to a person"))
    assert "requested" in kinds(reply.signals)


def test_nothing_comes_unasked() -> None:
    """Waiting passes the time and brings nothing."""
    clock = Stopwatch()
    assert opened("helpful", clock=clock).wait(30) is None
    assert clock.now() == 130.0


def test_a_closed_session_is_gone() -> None:
    """Sending to it fails as it would over HTTP; closing it twice does no harm."""
    session = opened("helpful")
    session.close()
    session.close()
    with pytest.raises(TargetFailed, match="404"):
        said(session, "hello")


def test_an_unknown_scenario_is_an_input_error() -> None:
    """The bot can only know what it was given."""
    with pytest.raises(InputError, match=r"not given the scenario 'moon'.*dead-router"):
        ReferenceTarget("helpful", SCENARIOS, Stopwatch()).open(case_of("moon"))


def test_sessions_of_one_target_share_their_load() -> None:
    """The overloaded bot counts the sessions of this target alone, until they close."""
    target = ReferenceTarget("overloaded:n=1", SCENARIOS, Stopwatch())
    first, second = target.open(case_of("dead-router")), target.open(case_of("dead-router", 1))
    assert said(first, "no internet").ids == ("kb:wifi-tips",)
    second.close()
    assert said(first, "no internet").ids == ("ask:customer",)
