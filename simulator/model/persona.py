"""A persona: priors over a customer's traits, and the traits of one customer drawn from them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]


class Distribution(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A prior over one trait: exactly one of beta, lognormal, normal; then `times`; then clipped to the trait's range."""

    beta: tuple[Positive, Positive] | None = None
    lognormal: tuple[float, Positive] | None = None
    """Mean and standard deviation of the logarithm."""
    normal: tuple[float, Positive] | None = None
    times: Positive = 1.0


Trait = float | Distribution


class Persona(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who calls. Every trait overrides one prior; what is absent keeps the default of `customers/traits.py`."""

    persona: Literal[1]
    """Format version."""
    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    about: str
    language: str = ""
    """The language this persona speaks whatever the plan says; empty: the plan's."""
    vulnerable: bool = False
    """Age, illness, bereavement, little money or skill: reported as a group of its own."""
    device: Literal["phone", "desktop"] = "phone"
    probe: Literal["ask0", "passive", "oblique"] | None = None
    """A probe follows its script, draws nothing and enters the hidden-path metrics only."""
    failed_before: Annotated[float, Meta(ge=0, le=1)] | None = None
    """Probability that an earlier contact failed."""
    trust: Trait | None = None
    urgency: Trait | None = None
    reactivity: Trait | None = None
    carry_over: Trait | None = None
    assertive: Trait | None = None
    wish_for_human: Trait | None = None
    told_at_once: Trait | None = None
    queue_patience_s: Trait | None = None
    errors_per_word: Trait | None = None
    length: Trait | None = None
    speed: Trait | None = None
    caps: Trait | None = None
    impatience: Trait | None = None
    bursts: Trait | None = None


class Traits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One customer's drawn traits; the letters are their symbols in the mind's formulas."""

    urgency: float
    """kappa in [0, 1]."""
    trust: float
    """T_0 in [0, 1]."""
    reactivity: float
    """rho in [0.3, 3]."""
    carry_over: float
    """delta in [0.8, 0.98]."""
    assertive: float
    """alpha in [0, 1]: speaks up rather than leaves."""
    wish_for_human: float
    """h in [0, 1]."""
    queue_patience_s: float
    """Pi in [20, 1800] s."""
    told_at_once: float
    """d in [0, 1]: share of the relevant facts volunteered in the first turn."""
    errors_per_word: float
    """epsilon_w in [0, 0.3]."""
    length: float
    """v in [-0.6, 0.6]: log factor on message length."""
    speed: float
    """u in [-0.6, 0.6]: log factor on the reply gap."""
    caps: float
    """c_caps in [0, 1]."""
    words_per_minute: float
    """Typing speed of the device, a floor under the reply gap."""
    failed_before: bool
    impatience: float = 0.0
    """In [0, 4]: what each failed attempt, up to three, adds to the log-odds of leaving."""
    bursts: float = 0.0
    """In [0, 1]: mean number of further messages into which a turn is split."""
