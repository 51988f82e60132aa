"""Who the customers of a log may have been: points that stand for the crowd, since nobody's traits are in a log.

The traits that bear on the choice are drawn from the same priors as in a run, at points of a scrambled Sobol sequence
instead of at random: a mean over them is the integral over the crowd. They are the random effects of the model, one set for
all turns of a conversation; their spread is assumed and not fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from simulator.chance import Chance
from simulator.customers.parameters import DEFAULT
from simulator.customers.traits import draw_traits
from simulator.model.persona import Persona, Traits

NODES = 128
"""Points; a power of two, as Sobol sequences want it."""
_SEED = 20
DIMENSIONS = (
    "trait.urgency",
    "trait.trust",
    "trait.reactivity",
    "trait.carry_over",
    "trait.wish_for_human",
    "trait.assertive",
    "trait.impatience",
    "trait.queue_patience_s",
    "trait.failed_before",
)
"""The draws that the choice depends on, by the names under which a run draws them."""
ANYBODY = Persona(persona=1, name="anybody", about="nobody in particular: every trait by its prior")


class Nodes(NamedTuple):
    """Arrays of one value a point."""

    frustration: Any
    """At the start, as is trust."""
    trust: Any
    budget_s: Any
    urgency: Any
    wish: Any
    """For a person, with what an earlier failure adds."""
    assertive: Any
    reactivity: Any
    carry_over: Any
    impatience: Any


class _Point(Chance):
    """The draws of a customer at one point of the sequence."""

    __slots__ = ("_at",)

    def __init__(self, at: Mapping[str, float]) -> None:
        super().__init__()
        self._at = at

    def uniform(self, name: str, turn: int = 0) -> float:
        return self._at.get(name, 0.5)


@cache
def _points(count: int) -> list[dict[str, float]]:
    import numpy as np
    from scipy.stats import qmc

    points = qmc.Sobol(len(DIMENSIONS), scramble=True, rng=np.random.default_rng(_SEED)).random(count)
    inside = np.clip(points, 1e-6, 1 - 1e-6)
    return [dict(zip(DIMENSIONS, map(float, point), strict=True)) for point in inside]


def nodes(persona: Persona = ANYBODY, count: int = NODES) -> Nodes:
    """The crowd of customers that a persona stands for."""
    return nodes_of([draw_traits(persona, _Point(at)) for at in _points(count)])


def nodes_of(crowd: Sequence[Traits]) -> Nodes:
    """The same of customers whose traits are known."""
    import numpy as np

    p = DEFAULT
    history = np.array([float(one.failed_before) for one in crowd])
    urgency = np.array([one.urgency for one in crowd])
    start = p.frustration_start + p.frustration_from_history * history + p.frustration_from_urgency * urgency
    return Nodes(
        frustration=np.clip(start, 0, 1),
        trust=np.array([one.trust for one in crowd]) * (1 - p.trust_lost_to_history * history),
        budget_s=np.array([one.queue_patience_s for one in crowd]),
        urgency=urgency,
        wish=np.minimum(1.0, np.array([one.wish_for_human for one in crowd]) + p.wish_from_history * history),
        assertive=np.array([one.assertive for one in crowd]),
        reactivity=np.array([one.reactivity for one in crowd]),
        carry_over=np.array([one.carry_over for one in crowd]),
        impatience=np.array([one.impatience for one in crowd]),
    )
