from __future__ import annotations

import pytest

from simulator.textmodels.escalation import escalated, escalation, signs
from simulator.textmodels.said import Said

LONG = "I have looked at the reservation and at the fare rules that apply to it, and I went through every option there is. "


def talk(*lines: str) -> list[Said]:
    """Customer and bot in turn."""
    return [Said("bot" if place % 2 else "customer", text, place) for place, text in enumerate(lines)]


def test_who_is_terse_is_judged_by_words_alone() -> None:
    """The fitted model knows wordy agents only."""
    assert escalation(talk("hi", "Hello!")).name == "handed_over_words"
    assert escalation(talk(LONG, LONG)).name == "escalated"


@pytest.mark.parametrize(
    ("language", "moved", "solved"),
    [
        ("en", "I am connecting you to a colleague now.", "Your refund is on its way."),
        ("de", "Ich verbinde Sie jetzt mit einem Mitarbeiter.", "Ihre Erstattung ist unterwegs."),
        ("es", "Le paso ahora con un agente.", "Su reembolso está en camino."),
        ("pt", "Vou transferir você para um atendente agora.", "Seu reembolso está a caminho."),
    ],
)
def test_a_transfer_in_words_is_more_likely_a_hand_over(language: str, moved: str, solved: str) -> None:
    """In each language, than an answer."""
    assert escalated(talk("123", moved), language) >= 0.5 > escalated(talk("123", solved), language)


def test_signs_of_the_end() -> None:
    """Who had the last word, and whether it is a question."""
    found = signs(talk("My line is down.", "Please restart it.", "What should I do next?"), "en")
    assert (found["end:customer"], found["end:open"], found["end:customer_asks"]) == (1, 1, 1)
    assert "end:bot_asks" not in found


def test_nothing_said_has_few_signs() -> None:
    """No turn, no failure."""
    assert signs([], "en") == {"asked": 0.0, "turns": 0.0}
