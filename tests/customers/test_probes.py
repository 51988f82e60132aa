"""Probes follow their scripts and draw nothing."""

from __future__ import annotations

import pytest

from simulator.customers.customer import customer_for
from simulator.customers.mind import Mind
from simulator.customers.probes import Probe, Script
from simulator.customers.voice import phrases
from simulator.model.contracts import Customer, Leave, Say
from simulator.model.persona import Persona
from tests.customers.scenes import BICYCLE, NOBODY, PAYROLL, PERSONA, USELESS, bot, case, left, said, waits


def probe(script: Script, repeat: int = 0) -> Probe:
    return Probe(case(repeat=repeat), BICYCLE, script, phrases())


@pytest.mark.parametrize("script", ["ask0", "oblique"])
def test_six_different_asks_then_gone(script: Script) -> None:
    """The cap censors; until then every turn asks, each time in other words."""
    customer = probe(script)
    moves = [customer.next(None), *[customer.next(USELESS) for _ in range(6)]]
    assert [move.act for move in moves if isinstance(move, Say)] == ["ASK_HUMAN"] * 6
    assert len({move.parts for move in moves if isinstance(move, Say)}) == 6
    assert left(moves[-1]).ending == "left_silent"
    assert left(moves[-1]).text == ""


@pytest.mark.parametrize("event", ["requested", "queued", "accepted"])
def test_a_hand_off_ends_the_probe(event: str) -> None:
    """Whichever event comes first."""
    customer = probe("ask0")
    customer.next(None)
    assert left(customer.next(bot(events=(event,)))).ending == "handed_off"


def test_a_gate_is_passed_once_then_the_probe_asks_again() -> None:
    """The slot's value is given, and the gate does not count as an ask."""
    customer = probe("ask0")
    first, gate = said(customer.next(None)), bot("Your order number?", asked=("order",))
    answer, again, third = (said(customer.next(gate)) for _ in range(3))
    assert (answer.act, answer.told) == ("PROVIDE", ("order",))
    assert "RW-62917" in answer.parts[0]
    assert [first.act, again.act, third.act] == ["ASK_HUMAN"] * 3
    assert len({first.parts, again.parts, third.parts}) == 3


def test_a_promise_is_waited_for_before_the_next_ask() -> None:
    """A promise kept a little later must not count as two asks."""
    customer = probe("ask0")
    customer.next(None)
    promise = bot("An agent will be with you.", signature={"promise_human"})
    assert waits(customer.next(promise)).seconds == 60.0
    assert said(customer.next(NOBODY)).act == "ASK_HUMAN"


def test_the_passive_probe_tells_all_and_never_asks() -> None:
    """Eight turns, the problem first, and no ask among them."""
    customer = Probe(case(PAYROLL), PAYROLL, "passive", phrases())
    moves = [customer.next(None), *[customer.next(USELESS) for _ in range(8)]]
    says = [move for move in moves if isinstance(move, Say)]
    assert [say.act for say in says] == ["STATE"] + ["RESTATE"] * 7
    assert says[0].told[0] == "problem"
    assert all(fact.value in says[0].parts[0] for fact in PAYROLL.facts.values())
    assert left(moves[-1]).ending == "left_silent"


def test_the_passive_probe_answers_what_is_asked() -> None:
    """It has told everything, so this is telling again."""
    customer = probe("passive")
    customer.next(None)
    assert said(customer.next(bot(asked=("order",)))).told == ("order",)


@pytest.mark.parametrize("script", ["ask0", "passive", "oblique"])
def test_two_probes_say_the_same(script: Script) -> None:
    """Words and times do not depend on the draw's address."""
    one, other = probe(script, 0), probe(script, 99)
    scene = [None, bot(asked=("order",)), USELESS, USELESS]
    assert [one.next(heard) for heard in scene] == [other.next(heard) for heard in scene]
    assert one.feeling == other.feeling


def test_the_customer_of_a_case() -> None:
    """A probe persona gives a probe, any other a mind."""
    ask0 = Persona(persona=1, name="probe_ask0", about="Asks.", probe="ask0")
    one: Customer = customer_for(case(), ask0, BICYCLE)
    other: Customer = customer_for(case(), PERSONA, BICYCLE)
    assert isinstance(one, Probe)
    assert isinstance(other, Mind)
    assert not isinstance(other.next(None), Leave)
