from __future__ import annotations

from itertools import combinations

import pytest

from simulator.bots.wording import WORDINGS, plain, slot_words, titled
from simulator.language.text import sim


@pytest.mark.parametrize("what", WORDINGS)
def test_every_utterance_has_four_to_ten_wordings(what: str) -> None:
    """Nothing is always said the same way, and no wording is there twice."""
    assert 4 <= len(set(WORDINGS[what])) == len(WORDINGS[what]) <= 10


@pytest.mark.parametrize("what", ["useless", "deflect"])
def test_text_likeness_alone_misses_the_repeats(what: str) -> None:
    """The useless content comes in wordings less alike than the threshold of a repeat (0.85)."""
    filled = {"title": "Two-step sign-in for beginners", "url": "https://help.example/travel"}
    texts = [wording.format_map(filled) for wording in WORDINGS[what]]
    assert max(sim(a, b) for a, b in combinations(texts, 2)) < 0.85


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
    assert plain(pattern) == text


def test_slots_are_called_as_the_scenario_expects() -> None:
    """By name, or a longer one among its patterns; an identifier is a number."""
    assert slot_words("order", "TR-20964", ["(order|parcel) (number|id)"]) == "order number"
    assert slot_words("account", "AC-73506", []) == "account number"
    assert slot_words("iban", "GB50 TEST", ["account number"]) == "iban"
    assert slot_words("user_name", "KX-44120", []) == "user name"
    assert slot_words("started", "06:15", []) == "started"


def test_steps_are_worded_so_that_their_pattern_knows_them() -> None:
    """With an article where the pattern allows it, without where not."""
    assert titled("restart_router", ["restart.{0,12}router"]) == "restart the router"
    assert titled("clear_cache", ["clear cache"]) == "clear cache"
    assert titled("reset", ["turn (it|this) off"]) == "turn it off"
    assert titled("move_closer", ["closer to"]) == "move closer"
    assert titled("log_out", []) == "log out"
