from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.chance import Chance

NAMES = st.text(max_size=8)


@settings(deadline=None)
@given(st.integers(0), NAMES, NAMES, st.integers(0, 999), NAMES, st.integers(0, 99))
def test_a_draw_depends_on_its_address_alone(
    seed: int, scenario: str, persona: str, repeat: int, name: str, turn: int
) -> None:
    """Not on what was drawn before, nor on the object."""
    one, two = (Chance(seed, scenario, persona, repeat) for _ in range(2))
    two.uniform("something else", 3)
    assert one.uniform(name, turn) == two.uniform(name, turn)
    assert 0.0 < one.uniform(name, turn) < 1.0


def test_a_draw_is_what_it_was_in_every_version() -> None:
    """A seed that somebody published must give the same customers for ever."""
    chance = Chance(7, "parcel-status", "hurried_shopper", 3)
    assert chance.bits("leave", 2) == int.from_bytes(bytes.fromhex("1df95876bc6f3b7c"), "little")


def test_every_part_of_the_address_counts() -> None:
    """Another seed, scenario, persona, repeat, name or turn is another draw."""
    draws = [
        Chance(*address).uniform(name, turn)
        for address in ((1, "a", "b", 0), (2, "a", "b", 0), (1, "c", "b", 0), (1, "a", "c", 0), (1, "a", "b", 1))
        for name in ("leave", "ask")
        for turn in (0, 1)
    ]
    assert len(set(draws)) == len(draws)


def test_uniform_draws_are_uniform() -> None:
    """Mean and spread of 20,000, within four standard errors; each tenth gets its tenth."""
    n = 20_000
    draws = [Chance(1, "s", "p", i).uniform("u") for i in range(n)]
    assert fmean(draws) == pytest.approx(0.5, abs=4 * sqrt(1 / 12 / n))
    tenths = Counter(int(10 * u) for u in draws)
    assert all(abs(count - n / 10) < 4 * sqrt(n * 0.09) for count in tenths.values())


def test_normal_draws_are_normal() -> None:
    """Mean 0, standard deviation 1, within four standard errors."""
    n = 20_000
    draws = [Chance(1, "s", "p", i).normal("n") for i in range(n)]
    assert fmean(draws) == pytest.approx(0.0, abs=4 / sqrt(n))
    assert stdev(draws) == pytest.approx(1.0, abs=4 / sqrt(2 * n))


def test_neighbouring_turns_are_independent() -> None:
    """Lag-one correlation of 20,000 is within four standard errors of none."""
    n = 20_000
    chance = Chance(1, "s", "p", 0)
    draws = [chance.uniform("u", turn) - 0.5 for turn in range(n + 1)]
    assert fmean(a * b * 12 for a, b in pairwise(draws)) == pytest.approx(0.0, abs=4 / sqrt(n))


def test_each_item_is_as_likely() -> None:
    """Three items, 9,000 draws."""
    counts = Counter(Chance(1, "s", "p", i).choice("abc", "c") for i in range(9_000))
    assert all(abs(count - 3_000) < 4 * sqrt(2_000) for count in counts.values())


def test_nothing_can_be_chosen_from_nothing() -> None:
    """An empty sequence raises."""
    with pytest.raises(IndexError):
        Chance(1).choice([], "c")
