"""Traits of one customer, drawn from the persona's priors.

Every trait is read off its prior's inverse distribution function at a uniform with an address of its own, so that
overriding one trait moves no other. Runs in the parent process, once for each case; load processes read the result.
"""

from __future__ import annotations

from math import exp
from statistics import NormalDist

from simulator.chance import Chance
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.model.persona import Distribution, Persona, Trait, Traits

_STANDARD_NORMAL = NormalDist()

RANGES: dict[str, tuple[float, float]] = {
    "urgency": (0.0, 1.0),
    "trust": (0.0, 1.0),
    "reactivity": (0.3, 3.0),
    "carry_over": (0.8, 0.98),
    "assertive": (0.0, 1.0),
    "wish_for_human": (0.0, 1.0),
    "told_at_once": (0.0, 1.0),
    "queue_patience_s": (20.0, 1800.0),
    "errors_per_word": (0.0, 0.3),
    "length": (-0.6, 0.6),
    "speed": (-0.6, 0.6),
    "caps": (0.0, 1.0),
    "impatience": (0.0, 4.0),
    "bursts": (0.0, 1.0),
}
"""What each trait is clipped to."""

_WPM_RANGE = (10.0, 150.0)


def draw_traits(persona: Persona, chance: Chance, parameters: Parameters = DEFAULT) -> Traits:
    """The traits of the customer whose draws these are. About 20 us after scipy has been imported."""
    drawn: dict[str, float] = {}
    for name, span in RANGES.items():
        own: Trait | None = getattr(persona, name)
        prior: Trait = getattr(parameters, name) if own is None else own
        drawn[name] = _draw(prior, chance, f"trait.{name}", span)
    wpm = parameters.phone_wpm if persona.device == "phone" else parameters.desktop_wpm
    failed = parameters.failed_before if persona.failed_before is None else persona.failed_before
    return Traits(
        **drawn,
        words_per_minute=_draw(wpm, chance, "trait.words_per_minute", _WPM_RANGE),
        failed_before=chance.uniform("trait.failed_before") < failed,
    )


def _draw(prior: Trait, chance: Chance, name: str, span: tuple[float, float]) -> float:
    value = quantile(prior, chance.uniform(name)) if isinstance(prior, Distribution) else float(prior)
    low, high = span
    return min(max(value, low), high)


def quantile(prior: Distribution, u: float) -> float:
    """The value of the prior below which a share `u` in (0, 1) of its mass lies, times its factor; not clipped."""
    if prior.beta is not None:
        # The one scipy function outside statistics/: exact at small parameters, where a hand-written inverse is not.
        from scipy.special import betaincinv

        value = float(betaincinv(prior.beta[0], prior.beta[1], u))
    elif prior.lognormal is not None:
        value = exp(prior.lognormal[0] + prior.lognormal[1] * _STANDARD_NORMAL.inv_cdf(u))
    elif prior.normal is not None:
        value = prior.normal[0] + prior.normal[1] * _STANDARD_NORMAL.inv_cdf(u)
    else:
        raise ValueError("a distribution needs one of beta, lognormal, normal")
    return value * prior.times
