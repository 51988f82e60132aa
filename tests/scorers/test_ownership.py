"""Somebody answers for what stays open: owner, reference, next step with a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scorers.scenes import BOILER, KETTLE, bot, customer, human, scores_of, signal, talk

COLD = customer("STATE", "the radiators stay cold, FH-20618", ["problem", "contract"])
OVER = bot(
    "I hand you over to our emergency team. Your reference is CS-4471.",
    signal("requested", 1.0, queue="emergency"),
    signal("ticket", 1.0, reference="CS-4471"),
    signal("accepted", 1.5, queue="emergency", agent="Ines"),
)


def owned(*lines: Any, **more: Any) -> Any:
    return scores_of(talk(*lines, scenario=BOILER, **more), BOILER)["ownership"]


def test_all_three_parts() -> None:
    """A name, a reference, and a time by which she writes again."""
    found = owned(COLD, OVER, human("Ines here. I own this and will write again at 10:15.", 9.0), ending="handed_off")
    assert (found.value, found.reason) == (1, "owner, reference, next step")


def test_two_of_three_are_a_half() -> None:
    """Nobody says when."""
    assert owned(COLD, OVER, human("Ines here, I am looking into it.", 9.0), ending="handed_off").value == 0.5


def test_one_alone_is_nothing() -> None:
    """A team that will not be heard of again."""
    found = owned(COLD, bot("Our service team knows about such faults."))
    assert (found.value, found.reason) == (0, "owner")


def test_words_alone_can_carry_all_three() -> None:
    """A bot that opens no ticket on the wire but names everything."""
    found = owned(COLD, bot("Our technical team will call you tomorrow before 10:00, your case is CS-90417."))
    assert found.value == 1


def test_the_customer_s_own_number_is_no_reference() -> None:
    """Its contract number said back is nothing new."""
    found = owned(COLD, bot("Our technical team will look at contract FH-20618 tomorrow."))
    assert found.reason == "owner, next step"


def test_a_question_is_no_next_step() -> None:
    """`Shall we call you tomorrow?` arranges nothing."""
    assert owned(COLD, bot("Shall our technical team call you tomorrow?")).value == 0


def test_nothing_open_needs_no_owner() -> None:
    """Solved is not in the mean."""
    solved = talk(customer("STATE"), bot("Label RET-31, back in two weeks."), ending="satisfied")
    found = scores_of(solved, KETTLE)["ownership"]
    assert (found.value, found.reason) == (None, "no need was open at the end")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "El equipo de averías le llamará mañana antes de las 10:00; su referencia es CS-90417."),
        ("de", "Unser Technikteam meldet sich morgen bis 10:00 Uhr, Ihre Vorgangsnummer lautet CS-90417."),
        ("pt", "A equipe de avarias vai ligar amanhã até as 10:00; o seu protocolo é CS-90417."),
    ],
)
def test_other_languages(language: str, text: str) -> None:
    """The same three parts in Spanish, German and Portuguese."""
    assert owned(COLD, bot(text), language=language).value == 1
