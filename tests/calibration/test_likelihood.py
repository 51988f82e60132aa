"""The likelihood is the mind's own choice, and its slopes are its slopes."""

from __future__ import annotations

from math import exp, log

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.calibration.history import Choice, History, Step
from simulator.calibration.likelihood import WEIGHTS, States, states, value
from simulator.calibration.nodes import nodes
from simulator.customers.feelings import Stir
from simulator.customers.parameters import DEFAULT
from tests.customers.scenes import PLAIN, mind

SHARE = st.floats(0, 1)
WEIGHT = st.floats(-3, 3)


@settings(max_examples=150, deadline=None)
@given(
    w=st.lists(WEIGHT, min_size=len(WEIGHTS), max_size=len(WEIGHTS)),
    frustration=SHARE,
    trust=SHARE,
    counts=st.tuples(st.integers(1, 12), st.integers(0, 8), st.integers(0, 5)),
    unmet=st.booleans(),
    broke=st.booleans(),
    traits=st.tuples(SHARE, SHARE, SHARE, st.floats(0, 4), st.booleans()),
)
def test_a_choice_has_the_probability_that_the_mind_gives_it(
    w: list[float],
    frustration: float,
    trust: float,
    counts: tuple[int, int, int],
    unmet: bool,
    broke: bool,
    traits: tuple[float, float, float, float, bool],
) -> None:
    """In any state, for any customer and any weights, leaving (silently or not), asking and going on are as likely in the
    likelihood as in `Mind.odds` and `Mind.silent_share`."""
    urgency, wish, assertive, impatience, failed = traits
    own = msgspec.structs.replace(
        PLAIN, urgency=urgency, wish_for_human=wish, assertive=assertive, impatience=impatience, failed_before=failed
    )
    parameters = msgspec.structs.replace(DEFAULT, **dict(zip(WEIGHTS, w, strict=True)))
    customer = mind(parameters, traits=own)
    customer.frustration, customer.trust = frustration, trust
    customer.turns, customer.failures, customer.asks = counts
    customer.budget_s = -1.0 if broke else 60.0
    customer._unmet = unmet  # a state that only a whole conversation could bring about
    leaving, asking = customer.odds()
    silent = customer.silent_share()
    expected = {
        Choice.WENT_ON: 1 - leaving - asking,
        Choice.ASKED: asking,
        Choice.STAYED: 1 - leaving,
        Choice.SILENT: leaving * silent,
        Choice.VOICED: leaving * (1 - silent),
    }

    def one(number: float) -> np.ndarray:
        return np.array([[float(number)]])

    for choice, probability in expected.items():
        state = States(
            starts=np.array([0]),
            owner=np.array([0]),
            choice=np.array([int(choice)]),
            frustration=one(frustration),
            distrust=one(1 - trust),
            broke=one(broke),
            wish=one(min(1.0, wish + DEFAULT.wish_from_history * failed)),
            urgency=one(urgency),
            assertive=one(assertive),
            impatience=one(impatience),
            turns=one(counts[0]),
            failures=one(min(counts[1], DEFAULT.counted_up_to)),
            asks=one(min(counts[2], DEFAULT.counted_up_to)),
            unmet=one(unmet),
        )
        assert exp(value([state], w).total) == pytest.approx(probability, rel=1e-9, abs=1e-14)


STEP = st.builds(
    Step,
    stir=st.builds(Stir, st.floats(0, 1), st.floats(0, 0.9), st.floats(0, 0.5), st.floats(0, 0.3)),
    slow_s=st.sampled_from([0.0, 0.0, 40.0]),
    turns=st.integers(1, 8),
    failures=st.integers(0, 5),
    asks=st.integers(0, 4),
    unmet=st.booleans(),
    choice=st.sampled_from(list(Choice)),
)
HISTORY = st.lists(STEP, min_size=1, max_size=5).map(
    lambda steps: History("", False, False, True, (*steps, steps[-1]._replace(choice=Choice.WENT_ON)))
)


@settings(max_examples=40, deadline=None)
@given(st.lists(HISTORY, min_size=1, max_size=4), st.lists(WEIGHT, min_size=len(WEIGHTS), max_size=len(WEIGHTS)))
def test_scores_are_the_slopes_of_the_likelihood(histories: list[History], w: list[float]) -> None:
    """Every score is what a small step of its weight changes, summed over conversations."""
    blocks = states(histories, {"": nodes(count=16)})
    slopes = value(blocks, w).scores.sum(axis=0)
    for place in range(len(WEIGHTS)):
        up, down = list(w), list(w)
        up[place] += 1e-5
        down[place] -= 1e-5
        rise = (value(blocks, up).total - value(blocks, down).total) / 2e-5
        assert slopes[place] == pytest.approx(rise, rel=1e-4, abs=1e-5)


def test_conversations_of_one_customer_are_averaged_over_the_crowd_as_a_whole() -> None:
    """The mean over the crowd is taken of whole conversations and not of choices: two choices hang together."""
    crowd = nodes(count=32)
    step = Step(Stir(0.1, 0, 0, 0), 0.0, 1, 1, 0, False, Choice.ASKED)
    once, twice = History("", False, False, True, (step,)), History("", False, False, True, (step, step))
    w = [getattr(DEFAULT, name) for name in WEIGHTS]
    alone = value(states([once], {"": crowd}), w).total
    (block,) = states([twice], {"": crowd})
    by_point = [
        value([States(*(_point(part, point) for part in block))], w).total for point in range(len(crowd.urgency))
    ]
    together = value([block], w).total
    assert together == pytest.approx(log(np.mean(np.exp(by_point))))
    assert together > 2 * alone


def _point(part: np.ndarray, point: int) -> np.ndarray:
    return part[:, point : point + 1] if part.ndim == 2 and part.shape[1] > 1 else part
