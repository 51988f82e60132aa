"""The length law and the reply-time law."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log
from statistics import fmean, median

import msgspec
import pytest

from simulator.chance import Chance
from simulator.customers.pace import reply_time, usual_reply_time, words_wanted
from simulator.customers.parameters import DEFAULT
from tests.customers.scenes import PLAIN

CHANCE = Chance("pace")


def lengths(frustration: float = 0.0, answer: bool = False) -> list[int]:
    grid = [(i + 0.5) / 4000 for i in range(4000)]
    return [words_wanted(u, PLAIN, frustration, answer=answer, parameters=DEFAULT) for u in grid]


def test_the_mean_length_is_that_of_the_mixture() -> None:
    """.264 / .592 + .736 (1 + 9.962) = 8.51 words."""
    assert fmean(lengths()) == pytest.approx(0.264 / 0.592 + 0.736 * 10.962, abs=0.05)


def test_answers_and_anger_are_shorter() -> None:
    """Both shorten the message, and no message has less than one word."""
    assert fmean(lengths(answer=True)) < fmean(lengths())
    assert fmean(lengths(frustration=1.0)) == pytest.approx(0.6 * fmean(lengths()), rel=0.05)
    assert min(lengths(frustration=1.0)) == 1


def test_length_grows_with_the_uniform_within_a_component() -> None:
    """The table is an inverse distribution function."""
    assert all(a <= b for a, b in pairwise(lengths()[1056:]))


def test_the_usual_gap_by_hand() -> None:
    """8 words in answer to 20: exp(1.824 + .471 ln 9 + .079 ln 21) = 22.2 s; typing 8 words takes 13.3 s."""
    expected = exp(1.824 + 0.471 * log(9) + 0.079 * log(21))
    assert (
        usual_reply_time(8, 20, PLAIN, parameters=DEFAULT) == pytest.approx(expected) == pytest.approx(22.19, abs=0.02)
    )


def test_typing_is_a_floor() -> None:
    """Nobody writes 30 words faster than the device allows."""
    slow = msgspec.structs.replace(PLAIN, words_per_minute=10.0)
    gaps = [reply_time(30, 5, slow, CHANCE, move, parameters=DEFAULT) for move in range(200)]
    assert min(gaps) >= 180.0


def test_some_walk_away() -> None:
    """The median is that of the law, and one in twenty takes minutes more."""
    gaps = [reply_time(8, 20, PLAIN, CHANCE, move, parameters=DEFAULT) for move in range(2000)]
    assert median(gaps) == pytest.approx(22.2, rel=0.12)
    assert 0.02 < sum(gap > 120 for gap in gaps) / 2000 < 0.07
