"""What a bot or a person says of itself."""

from __future__ import annotations

import pytest

from simulator.language.conduct import conduct, is_known
from simulator.language.tables import Reading

MACHINE = [
    ("en", "Hi! I'm Ada, your virtual assistant. How can I help?"),
    ("en", "You are chatting with our AI."),
    ("en", "This is an automated response."),
    ("es", "Hola, soy Lola, la asistente virtual de la tienda."),
    ("es", "No soy una persona, pero puedo ayudarle."),
    ("de", "Ich bin Max, Ihr digitaler Assistent."),
    ("de", "Ich bin kein Mensch, helfe aber gern."),
    ("pt", "Sou a Bia, a assistente virtual da loja."),
    ("pt", "Não sou uma pessoa, mas posso ajudar."),
]
PERSON = [
    ("en", "I am a real person, don't worry."),
    ("en", "You're talking to a human being."),
    ("en", "I'm definitely not a bot."),
    ("es", "No soy un robot."),
    ("es", "Está hablando con una persona."),
    ("de", "Sie sprechen mit einem echten Menschen."),
    ("de", "Ich bin kein Bot."),
    ("pt", "Não sou um robô."),
    ("pt", "Você está falando com uma pessoa."),
]
NEITHER = [
    ("en", "I'm afraid your order is late."),
    ("en", "You can talk to a human being at any time."),
    ("en", "Are you a robot?"),
    ("en", "Please restart the machine."),
    ("es", "Reinicie la máquina, por favor."),
    ("de", "Ich bin gleich bei Ihnen."),
    ("de", "Ich verbinde Sie mit einem Menschen."),
    ("pt", "Sou da equipe de cobrança."),
]


@pytest.mark.parametrize(("language", "text"), MACHINE)
def test_a_machine_says_so(language: str, text: str) -> None:
    """Disclosed, and no claim to be a person."""
    said = conduct(language).said(Reading(text))
    assert (said.machine, said.person) == (True, False)


@pytest.mark.parametrize(("language", "text"), PERSON)
def test_a_claim_to_be_a_person(language: str, text: str) -> None:
    """To deny that it is a bot is one too."""
    said = conduct(language).said(Reading(text))
    assert (said.machine, said.person) == (False, True)


@pytest.mark.parametrize(("language", "text"), NEITHER)
def test_other_sentences_say_neither(language: str, text: str) -> None:
    """Machines and people are also spoken of."""
    said = conduct(language).said(Reading(text))
    assert (said.machine, said.person) == (False, False)


def test_there_is_a_table_for_each_language_of_the_act_tables() -> None:
    """Four, and no other."""
    assert [is_known(language) for language in ("en", "es", "de", "pt", "pl", "")] == [True] * 4 + [False] * 2
