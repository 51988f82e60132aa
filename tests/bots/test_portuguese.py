"""The bots in Portuguese: what they say and understand of a scenario whose words were translated."""

from __future__ import annotations

import msgspec
import pytest
import yaml

from simulator.bots.dials import make, names
from simulator.bots.faults import start
from simulator.bots.hearing import Ear
from simulator.bots.pack import pack
from simulator.bots.reference import BotAnswer, ReferenceBot
from simulator.model.scenario import Scenario, Words, spoken
from tests.bots.scenes import SCENARIOS, states

WORDS = {
    "late-train": """
facts:
  booking: {called: número da reserva, asked: ["número da reserva"]}
  problem: {value: o meu comboio foi cancelado, match: [cancel]}
truth:
  platform: {called: linha, value: linha 9, match: ["linha 9"]}
  leaves: {called: hora de partida}
""",
    "dead-router": """
facts:
  customer: {called: número de cliente, asked: ["número de cliente"]}
  problem: {value: estou sem internet, match: ["(sem|não há|não tenho) internet"]}
  light: {called: cor da luz, value: a luz está vermelha}
  rebooted: {value: reiniciei o roteador, match: ["reinici.{0,12}roteador"]}
  surgery: {value: não podemos atender os pacientes, match: [pacientes]}
steps:
  restart_router: [reiniciar o roteador]
  swap_cable: ["troc(ar|que) o cabo"]
  reset_line: ["restabelecer a linha"]
articles:
  wifi-tips: [dicas para o wifi]
""",
    "wrong-bill": """
facts: {account: {called: número da conta}}
actions: {address_changed: morada alterada}
""",
}


def scene(name: str) -> Scenario:
    """One of the small situations, in Portuguese."""
    words = msgspec.convert(yaml.safe_load(WORDS[name]), Words)
    return spoken(msgspec.structs.replace(SCENARIOS[name], translations={"pt": words}), "pt")


SCENES = {name: scene(name) for name in WORDS}
EAR = Ear(SCENES["dead-router"].facts, {}, "pt")


def bot(spec: str, name: str) -> ReferenceBot:
    return start(make(spec), SCENES[name], {}, {}, f"{name}/anna/0", 7)


def talk(spec: str, name: str, *texts: str) -> list[BotAnswer]:
    """A whole conversation: what the bot answers to each text."""
    conversation = bot(spec, name)
    return [conversation.answer(text) for text in texts]


def test_it_asks_for_the_slot_in_portuguese_then_tells_the_truths_in_portuguese() -> None:
    """Asked by its Portuguese name, answered with the Portuguese names and values of the truths."""
    asked, told = talk("helpful", "late-train", "o meu comboio foi cancelado, e agora?", "é TR-48213")
    assert asked.ids == ["ask:booking"]
    assert ": número da reserva" in asked.texts[0]
    assert "Linha: linha 9. Hora de partida: 17:42." in told.texts[0]
    assert told.resolved


def test_an_ask_for_a_person_is_granted_in_portuguese() -> None:
    """Queue and packet as ever, names and summary in Portuguese."""
    _, answer = talk("helpful", "dead-router", "sem internet, a luz esta vermelha", "quero falar com uma pessoa")
    assert answer.handoff is not None
    assert answer.handoff.queue == "network"
    assert answer.handoff.packet is not None
    assert "cor da luz: a luz está vermelha" in answer.handoff.packet["summary"]
    assert "equipe de network" in answer.texts[0]


def test_steps_come_in_portuguese_and_end_with_a_person() -> None:
    """Each in the words of its pattern; the summary lists them; what was tried is skipped."""
    answers = talk(
        "helpful", "dead-router", "estou sem internet, C-99120, reiniciei o roteador", "continua igual", "nada, não deu"
    )
    said = " ".join(answer.texts[0] for answer in answers)
    assert "restabelecer a linha" in said
    assert "reiniciar o roteador" not in said
    assert states(answers) == ["requested"]
    assert answers[-1].handoff is not None
    assert answers[-1].handoff.packet is not None
    assert "proposto pelo assistente: " in answers[-1].handoff.packet["summary"]


def test_actions_are_called_by_their_portuguese_name() -> None:
    """The log keeps the id."""
    (answer,) = talk("helpful", "wrong-bill", "mudei de casa, são 84.20")
    assert "morada alterada" in answer.texts[0]
    assert answer.actions == ["address_changed"]


def test_the_looping_bot_loops_in_portuguese() -> None:
    """One article under its Portuguese title in five wordings, whatever is asked."""
    answers = talk(
        "looping:p=1", "dead-router", "sem internet", "não", "continua igual", "um atendente por favor", "??"
    )
    assert {tuple(answer.ids) for answer in answers} == {("kb:wifi-tips",)}
    assert len({answer.texts[0] for answer in answers}) == 5
    assert all("Dicas para o wifi" in answer.texts[0] for answer in answers)
    assert states(answers) == []


def test_thanks_are_answered_in_portuguese() -> None:
    """By the looping bot too."""
    for spec in ("helpful", "looping:p=1"):
        *_, answer = talk(spec, "dead-router", "sem internet", "já funciona, muito obrigado")
        assert answer.texts[0] in pack("pt").says["welcome"]


def test_the_way_to_a_person_is_in_sight_in_portuguese() -> None:
    """Greeting and button; pressing it is an ask."""
    conversation = bot("helpful", "dead-router")
    greeting = conversation.greeting()
    assert "pessoa" in greeting.texts[0]
    (button,) = greeting.buttons
    assert button.title == "Falar com uma pessoa"
    assert conversation.answer(button.payload).handoff is not None


@pytest.mark.parametrize(
    "text",
    [
        "UM ATENDENTE por favor",
        "atendnete",
        "quero uma pessoa",
        "pessoaaa",
        "tem alguém aí?",
        "alguém pode me ligar",
        "me passa pra um colega",
        "passem-me ao supervisor",
        "me transfira para um operador",
        "preciso falar",
        "liguem-me por favor",
        "quero um responsável",
        "atendimento humano",
        "não quero falar com uma máquina",
        "gente de verdade",
    ],
)
def test_an_ask_for_a_person_is_understood(text: str) -> None:
    """In Brazil as in Portugal, with accents or without, with a slip of the finger."""
    assert EAR.hear(text).asks_human


@pytest.mark.parametrize(
    "text",
    [
        "alguém usou o meu cartão",
        "algum de vocês mexeu nisso",
        "os meus dados pessoais",
        "a gente já tentou isso",
        "minha operadora é outra",
        "estou com pressa",
        "veio um técnico ontem",
        "ninguém me ajuda",
        "me chamo Ana",
        "quero falar da minha fatura",
        "você é um bot?",
        "",
    ],
)
def test_other_talk_is_no_ask(text: str) -> None:
    """A word that only looks like an ask is none."""
    assert not EAR.hear(text).asks_human


def test_thanks_failure_and_consent_are_understood() -> None:
    """Thanks with a complaint are none; `se não` and a refusal with thanks are no yes."""
    assert EAR.hear("perfeito, obrigada").thanks
    assert not EAR.hear("obrigado, mas continua na mesma").thanks
    assert not EAR.hear("como assim resolvido?").thanks
    assert EAR.hear("isso eu já fiz").failed
    assert EAR.hear("Sim, por favor").agrees
    assert EAR.hear("pode ser").agrees
    assert not EAR.hear("se não der, o que faço?").agrees
    assert not EAR.hear("não, obrigado").agrees
    assert EAR.hear("estou falando com um robô?").asks_if_bot


@pytest.mark.parametrize("name", names())
def test_every_bot_speaks_nothing_but_portuguese(name: str) -> None:
    """None of their English sentences is left."""
    english = ("please", "your", " the ", " you", " is ")
    texts = [
        "sem internet",
        "C-99120",
        "não",
        "continua igual",
        "um atendente",
        "UM ATENDENTE",
        "é um bot?",
        "obrigado",
    ]
    answers = talk(name, "dead-router", *texts, "sim")
    assert not [text for answer in answers for text in answer.texts if any(word in text for word in english)]
