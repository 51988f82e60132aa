"""Traits are read off their priors at addresses of their own."""

from __future__ import annotations

from math import exp, log
from statistics import fmean

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.chance import Chance
from simulator.customers.traits import RANGES, draw_traits, quantile
from simulator.model.persona import Distribution, Persona, Traits
from tests.customers.scenes import PERSONA


def drawn(persona: Persona, repeat: int) -> Traits:
    return draw_traits(persona, Chance(1, "scenario", "persona", repeat))


def test_the_same_address_gives_the_same_customer() -> None:
    """Drawing is a function of the address."""
    assert drawn(PERSONA, 3) == drawn(PERSONA, 3) != drawn(PERSONA, 4)


@given(st.floats(0, 1))
def test_overriding_one_trait_moves_no_other(trust: float) -> None:
    """Only the overridden trait differs."""
    before, after = drawn(PERSONA, 0), drawn(msgspec.structs.replace(PERSONA, trust=trust), 0)
    assert msgspec.structs.replace(after, trust=before.trust) == before


def test_every_trait_keeps_its_range() -> None:
    """Priors with long tails are clipped."""
    wild = msgspec.structs.replace(PERSONA, reactivity=Distribution(lognormal=(0, 3)), queue_patience_s=9e9)
    for repeat in range(200):
        traits = drawn(wild, repeat)
        for name, (low, high) in RANGES.items():
            assert low <= getattr(traits, name) <= high


def test_the_default_priors_have_their_means() -> None:
    """Beta(2, 3) has mean .4, Beta(5, 3) .625, Bernoulli(.25) .25."""
    crowd = [drawn(PERSONA, repeat) for repeat in range(3000)]
    assert fmean(traits.urgency for traits in crowd) == pytest.approx(0.4, abs=0.015)
    assert fmean(traits.trust for traits in crowd) == pytest.approx(0.625, abs=0.015)
    assert fmean(traits.failed_before for traits in crowd) == pytest.approx(0.25, abs=0.025)


def test_quantiles_by_hand() -> None:
    """Beta(1, 3) has median 1 - .5^(1/3); the log-normal's median is exp(mu); `times` scales."""
    assert quantile(Distribution(beta=(1, 3)), 0.5) == pytest.approx(1 - 0.5 ** (1 / 3))
    assert quantile(Distribution(lognormal=(log(180), 0.9)), 0.5) == pytest.approx(180)
    assert quantile(Distribution(normal=(0.2, 0.1), times=0.65), 0.5) == pytest.approx(0.13)
    assert quantile(Distribution(lognormal=(0, 1)), 0.975) == pytest.approx(exp(1.959964), rel=1e-5)


def test_a_desktop_types_faster() -> None:
    """The device sets the typing floor, from the same uniform."""
    desktop = msgspec.structs.replace(PERSONA, device="desktop")
    assert drawn(desktop, 0).words_per_minute > drawn(PERSONA, 0).words_per_minute


def test_an_empty_distribution_is_refused() -> None:
    """A prior without a family says what it lacks."""
    with pytest.raises(ValueError, match="needs one of beta"):
        quantile(Distribution(), 0.5)
