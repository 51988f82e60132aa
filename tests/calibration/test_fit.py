"""The fit finds what made the logs, and holds what they do not tell."""

from __future__ import annotations

import pytest

from simulator.calibration.fit import FEWEST, REDUCED, Fitted, events, fit
from simulator.calibration.history import History
from simulator.calibration.likelihood import WEIGHTS
from simulator.calibration.nodes import nodes
from simulator.customers.parameters import DEFAULT
from tests.calibration.fit import crowd
from tests.calibration.recovery import TRUTH, coverage, many, recovered, simulated

CROWDS = {"": nodes(count=64)}


@pytest.fixture(scope="module")
def logs() -> list[History]:
    """Five hundred conversations with known weights."""
    return simulated(500, 3, "ordinary")


@pytest.fixture(scope="module")
def fitted(logs: list[History]) -> Fitted:
    personas = crowd(1, 3).catalogue.personas
    return fit(logs, {**CROWDS, **{name: nodes(persona, 64) for name, persona in personas.items()}})


def test_weights_are_fitted_or_held_never_both(fitted: Fitted) -> None:
    """Every weight is accounted for, and what is held is held as shipped, with a reason and what it would need."""
    assert fitted.estimates.keys() | fitted.held.keys() == set(WEIGHTS)
    assert not fitted.estimates.keys() & fitted.held.keys()
    for name, held in fitted.held.items():
        assert held.value == getattr(DEFAULT, name)
        assert held.why
        assert held.needs


def test_intercepts_come_near_the_truth(fitted: Fitted) -> None:
    """Within four standard errors, and the shipped value of asking (more than four away) is ruled out."""
    for name in ("ask_intercept", "leave_intercept"):
        one = fitted.estimates[name]
        assert abs(one.value - getattr(TRUTH, name)) < 4 * one.se
    assert fitted.estimates["ask_intercept"].low > DEFAULT.ask_intercept


def test_both_standard_errors_agree_where_the_model_is_right(fitted: Fitted) -> None:
    """The logs were made by the model, so the sandwich and the information say about the same."""
    for one in fitted.estimates.values():
        assert one.se == pytest.approx(one.se_model, rel=0.35)
        assert one.low < one.value < one.high


def test_correlations_are_of_the_estimates(fitted: Fitted) -> None:
    """Each pair once; an intercept and the slope beside it pull against each other."""
    pairs = {(one, other) for one, row in fitted.correlations.items() for other in row}
    assert len(pairs) == len(fitted.estimates) * (len(fitted.estimates) - 1) / 2
    assert fitted.correlations["ask_intercept"]["ask_failure"] < 0


def test_what_no_log_tells_is_said(fitted: Fitted) -> None:
    """Gains of frustration, losses of trust, traits and the queue, each in a sentence."""
    assert len(fitted.assumed) == 4
    assert "%" in fitted.assumed[0]


def test_too_few_events_hold_a_choice(logs: list[History]) -> None:
    """With fewer leaves than the fewest none of their weights is fitted, and the count is named."""
    few = [one for one in logs if one.steps[-1].choice.name not in ("SILENT", "VOICED")]
    found = fit(few, CROWDS)
    assert all(name.startswith("ask_") for name in found.estimates)
    assert found.held["leave_turn"].why == f"0 leaves, and {FEWEST} are the fewest"


def test_nothing_to_fit_is_an_error() -> None:
    """With neither asks nor leaves there is nothing."""
    with pytest.raises(ValueError, match="too few events"):
        fit([], CROWDS)


def test_guessed_acts_allow_fewer_weights(logs: list[History]) -> None:
    """Slopes on what a customer feels are held, with that reason."""
    found = fit([one._replace(guessed=True) for one in logs], CROWDS)
    assert found.estimates.keys() <= REDUCED
    assert "guessed" in found.held["ask_frustration"].why


def test_without_times_the_waiting_budget_is_held_for_that(logs: list[History]) -> None:
    """Latency needs times, and the reason says so."""
    assert (
        fit([one._replace(timed=False) for one in logs], CROWDS).held["leave_out_of_time"].why
        == "no times in these logs"
    )


def test_events_are_counted(logs: list[History]) -> None:
    """Choices add up from their kinds."""
    found = events(logs)
    assert found.leaves == found.silent + found.voiced > 0
    assert found.choices > found.asks > FEWEST


@pytest.mark.slow
def test_five_thousand_conversations_give_their_weights_back() -> None:
    """Of a dozen 95 % intervals at most two miss the truth: three would be missed once in fifty, were the rate as stated."""
    found = recovered(101, 5000)
    assert found.conversations > 4_900
    assert len(found.holds) >= 10
    assert sum(not hit for hit in found.holds.values()) <= 2


@pytest.mark.slow
def test_intervals_cover_at_the_stated_rate() -> None:
    """Over ten crowds of 2,000 the share of intervals that hold the truth is .95 within its own interval."""
    share, low, high, n = coverage(list(many(range(301, 311), 2000)))
    assert n >= 80
    assert low <= 0.95 <= high, (share, low, high)
