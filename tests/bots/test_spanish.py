"""The bots in Spanish: what they say and understand of a scenario whose words were translated."""

from __future__ import annotations

import pytest

from simulator.bots.dials import names
from simulator.bots.hearing import Ear
from simulator.bots.pack import pack
from simulator.bots.reference import BotAnswer
from simulator.model.scenario import spoken
from tests.bots.scenes import SCENARIOS, bot, states
from tests.bots.scenes import talk as talk_in

EAR = Ear(spoken(SCENARIOS["dead-router"], "es").facts, {}, "es")


def talk(spec: str, scenario: str, *texts: str) -> list[BotAnswer]:
    return talk_in(spec, scenario, *texts, language="es")


def test_it_asks_for_the_slot_in_spanish_then_tells_the_truths_in_spanish() -> None:
    """Asked by its Spanish name, answered with the Spanish names and values of the truths."""
    asked, told = talk("helpful", "late-train", "mi tren se canceló, ¿y ahora?", "es la TR-48213")
    assert asked.ids == ["ask:booking"]
    assert "su número de reserva" in asked.texts[0]
    assert "Andén: andén 9. Sale a las: 17:42." in told.texts[0]
    assert told.resolved


def test_an_ask_for_a_person_is_granted_in_spanish() -> None:
    """Queue and packet as ever, names and summary in Spanish."""
    _, answer = talk("helpful", "dead-router", "sin internet, la luz esta en rojo", "quiero hablar con una persona")
    assert answer.handoff is not None
    assert answer.handoff.queue == "network"
    assert answer.handoff.packet is not None
    assert "color de la luz: la luz está en rojo" in answer.handoff.packet["summary"]
    assert "equipo de network" in answer.texts[0]


def test_steps_come_in_spanish_and_end_with_a_person() -> None:
    """Each in the words of its pattern; the summary lists them; what was tried is skipped, accents or not."""
    answers = talk(
        "helpful", "dead-router", "no hay internet, C-99120, reinicie el router", "sigue igual", "nada, no va"
    )
    said = " ".join(answer.texts[0] for answer in answers)
    assert "restablecer la línea" in said
    assert "reiniciar el router" not in said
    assert states(answers) == ["requested"]
    assert answers[-1].handoff is not None
    assert answers[-1].handoff.packet is not None
    assert "propuesto por el asistente: " in answers[-1].handoff.packet["summary"]


def test_actions_are_called_by_their_spanish_name() -> None:
    """The log keeps the id."""
    (answer,) = talk("helpful", "wrong-bill", "cambio de dirección, es el 84.20")
    assert "la dirección queda cambiada" in answer.texts[0]
    assert answer.actions == ["address_changed"]


def test_the_looping_bot_loops_in_spanish() -> None:
    """One article under its Spanish title in five wordings, whatever is asked."""
    answers = talk("looping:p=1", "dead-router", "sin internet", "no", "sigue igual", "un agente por favor", "??")
    assert {tuple(answer.ids) for answer in answers} == {("kb:wifi-tips",)}
    assert len({answer.texts[0] for answer in answers}) == 5
    assert all("Consejos para el wifi" in answer.texts[0] for answer in answers)
    assert states(answers) == []


def test_thanks_are_answered_in_spanish() -> None:
    """By the looping bot too."""
    for spec in ("helpful", "looping:p=1"):
        *_, answer = talk(spec, "dead-router", "sin internet", "ya funciona, muchas gracias")
        assert answer.texts[0] in pack("es").says["welcome"]


def test_the_way_to_a_person_is_in_sight_in_spanish() -> None:
    """Greeting and button; pressing it is an ask."""
    conversation = bot("helpful", "dead-router", language="es")
    greeting = conversation.greeting()
    assert "persona" in greeting.texts[0]
    (button,) = greeting.buttons
    assert button.title == "Hablar con una persona"
    assert conversation.answer(button.payload).handoff is not None


@pytest.mark.parametrize(
    "text",
    [
        "UN AGENTE por favor",
        "agnete",
        "quiero una persona",
        "personaaa",
        "¿hay alguien ahí?",
        "alguien puede llamarme",
        "pásame con un compañero",
        "pongame con su supervisor",
        "transfiérame a un operador",
        "necesito hablar",
        "que me llamen",
        "quiero un responsable",
        "no quiero hablar con una máquina",
        "gente de verdad",
        "¿con quién puedo hablar en su empresa?",
        "déjenme hablar con una persona de verdad",
        "me poneis con un agente?",
    ],
)
def test_an_ask_for_a_person_is_understood(text: str) -> None:
    """With accents or without, with a slip of the finger."""
    assert EAR.hear(text).asks_human


@pytest.mark.parametrize(
    "text",
    [
        "alguien usó mi tarjeta",
        "mis datos personales",
        "la gente dice que funciona",
        "he encargado un sofá",
        "vino un técnico ayer",
        "nadie en casa",
        "me llamo Ana",
        "quiero hablar de mi factura",
        "sigue sin venir nadie",
        "no me entra ninguna llamada",
        "pueden ver qué pasa?",
        "¿es usted un bot?",
        "",
    ],
)
def test_other_talk_is_no_ask(text: str) -> None:
    """A word that only looks like an ask is none."""
    assert not EAR.hear(text).asks_human


def test_thanks_failure_and_consent_are_understood() -> None:
    """Thanks with a complaint are none; `si` that means `if ... not` is no yes."""
    assert EAR.hear("perfecto, gracias").thanks
    assert not EAR.hear("gracias, pero sigue sin ir").thanks
    assert not EAR.hear("gracias pero es lo mismo de antes").thanks
    assert EAR.hear("ya está solucionado").thanks
    assert not EAR.hear("dices que está resuelto y yo lo veo igual").thanks
    assert not EAR.hear("lo quiero resuelto hoy").thanks
    assert EAR.hear("eso ya lo hice").failed
    assert EAR.hear("me parece bien").agrees
    assert EAR.hear("Sí, por favor").agrees
    assert not EAR.hear("si no va, ¿qué hago?").agrees
    assert EAR.hear("¿estoy hablando con un robot?").asks_if_bot


@pytest.mark.parametrize("name", names())
def test_every_bot_speaks_nothing_but_spanish(name: str) -> None:
    """None of their English sentences is left."""
    english = ("please", "your", " the ", " you", " is ")
    texts = ["sin internet", "C-99120", "no", "sigue igual", "un agente", "UN AGENTE", "¿es un bot?", "gracias", "sí"]
    answers = talk(name, "dead-router", *texts)
    assert not [text for answer in answers for text in answer.texts if any(word in text for word in english)]
