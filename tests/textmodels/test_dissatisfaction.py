from __future__ import annotations

import pytest

from simulator.textmodels.dissatisfaction import dissatisfied, signs
from simulator.textmodels.said import Said


def talk(*lines: str) -> list[Said]:
    """Customer and bot in turn."""
    return [Said("bot" if place % 2 else "customer", text, place) for place, text in enumerate(lines)]


@pytest.mark.parametrize(
    ("language", "turn"),
    [
        ("en", "That's not what I asked, are you even reading this?!"),
        ("de", "Das ist doch lächerlich, ich will endlich einen Menschen!!"),
        ("es", "Esto es una tomadura de pelo, ya lo dije tres veces."),
        ("pt", "Que palhaçada, já falei isso. Esquece."),
    ],
)
def test_an_angry_turn_is_dissatisfied_and_thanks_are_not(language: str, turn: str) -> None:
    """In each language."""
    thanks = {"en": "Great, thank you.", "de": "Super, danke.", "es": "Perfecto, gracias.", "pt": "Ótimo, obrigado."}
    found = dissatisfied(talk("1", "2", turn, "3", thanks[language]), language)
    assert found[2] >= 0.5
    assert found[4] < 0.2


def test_irony_borrows_the_words_of_content() -> None:
    """Beside a strong sign thanks do not count."""
    found = dissatisfied(talk("hi", "Hello.", "Thanks for nothing, this is ridiculous."), "en")
    assert found[2] >= 0.5


def test_the_first_turn_may_bring_bad_news() -> None:
    """A problem neutrally told is none of the service's."""
    assert dissatisfied(talk("My internet has been slow since Monday."), "en")[0] < 0.2


def test_signs_of_the_course_are_named() -> None:
    """A reworded need after the bot's repeat, answered by an apology."""
    same = "Please restart the router and wait for the green light."
    found = signs(
        talk("my wifi is slow today", same, "my wifi is slow today!", same, "my wifi is slow", "I am sorry."), "en"
    )
    assert {"reworded", "after_repeat", "apology_next"} <= found[4]
    assert "first" in found[0]
