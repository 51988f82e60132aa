from __future__ import annotations

import pytest

from simulator.bots.pack import pack
from simulator.bots.wording import named, plain, slot_words, titled

EN, ES = pack("en").naming, pack("es").naming


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("account", "account"),
        ("(order|parcel) (number|id)", "order number"),
        ("reset.{0,20}meter", "reset meter"),
        (r"\berror codes?\b", "error code"),
        (r"mov(e|ing) closer", "move closer"),
        (r"chang(e|ing)?\b.{0,20}channel", "change channel"),
        (r"connect(ing)? by cable", "connect by cable"),
        (r"closer to", None),
        (r"wi[- ]?fi\d", None),
    ],
)
def test_simple_patterns_become_words(pattern: str, text: str | None) -> None:
    """What cannot be read off a pattern is not guessed."""
    assert plain(pattern, EN) == text


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("reiniciar el router", "reiniciar el router"),
        ("(reiniciando|reiniciar) el router", "reiniciando el router"),
        (r"\bn[uú]mero de tel[eé]fono\b", "número de teléfono"),
        ("cambi(e|ar) el canal", "cambie el canal"),
        ("acercarse al", None),
    ],
)
def test_patterns_of_another_language_become_its_words(pattern: str, text: str | None) -> None:
    """A letter that may lose its accent keeps it."""
    assert plain(pattern, ES) == text


def test_slots_are_called_as_the_scenario_expects() -> None:
    """By name, or a longer one among its patterns; an identifier is a number."""
    assert slot_words("order", "TR-20964", ["(order|parcel) (number|id)"], EN) == "order number"
    assert slot_words("account", "AC-73506", [], EN) == "account number"
    assert slot_words("iban", "GB50 TEST", ["account number"], EN) == "iban"
    assert slot_words("user_name", "KX-44120", [], EN) == "user name"
    assert slot_words("started", "06:15", [], EN) == "started"
    assert slot_words("cuenta", "AC-73506", [], ES) == "número de cuenta"


def test_steps_are_worded_so_that_their_pattern_knows_them() -> None:
    """With an article where the pattern allows it, without where not."""
    assert titled("restart_router", ["restart.{0,12}router"], EN) == "restart the router"
    assert titled("clear_cache", ["clear cache"], EN) == "clear cache"
    assert titled("reset", ["turn (it|this) off"], EN) == "turn it off"
    assert titled("move_closer", ["closer to"], EN) == "move closer"
    assert titled("log_out", [], EN) == "log out"


def test_ids_are_read_aloud_in_english_only() -> None:
    """In another language the first pattern that reads as words names a step; the id is the last resort."""
    patterns = [r"reinici\w+", "reiniciar el router", "restart.{0,12}router"]
    assert titled("restart_router", patterns, ES) == named("restart_router", patterns, ES) == "reiniciar el router"
    assert named("restart_router", patterns, EN) == "restart router"
    assert titled("log_out", [], ES) == "log out"
