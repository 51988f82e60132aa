"""The reference bots as known truth: more of a fault moves its metric, and single deeds are seen."""

from __future__ import annotations

import pytest

from simulator.accuracy.dose import DEEDS, EFFECTS, Deed, Effect, measure_doses
from simulator.bots.dials import KINDS, make
from simulator.model.scenario import Scenario
from simulator.model.transcript import Act, Signal, Transcript, Turn
from simulator.registry import METRICS
from simulator.registry.accuracy import Dose, Known
from tests.accuracy.scorers import always_alarm, always_pass
from tests.bots.scenes import SCENARIOS

FAULTS = {"looping", "maze", "late", "cold_handoff", "false_solved", "false_promise", "deflector", "dead_end"}
ENDS = [Effect("looping", "p", (0.0, 1.0), "loop_rate")]


def deed(bot: str) -> Deed:
    return next(one for one in DEEDS if one.bot == bot)


def said(*turns: tuple[Act, str, str]) -> Transcript:
    """A conversation by act, need and the article that answers it."""
    found = []
    for act, need, article in turns:
        found += [Turn("customer", "text", act=act, need=need), Turn("bot", "text", ids=[article])]
    return Transcript("t", found, "limit", 1.0)


ONE_NEED = next(one for one in SCENARIOS.values() if len(one.needs) == 1)


def test_every_fault_has_its_effect_and_every_dose_is_a_bot() -> None:
    """All bots with a fault, leaky and overloaded too; every name can be made, every metric but a missing one is known."""
    assert {effect.bot for effect in EFFECTS} == FAULTS | {"leaky", "overloaded"} == {*KINDS} - {"helpful", "ordinary"}
    for effect in EFFECTS:
        assert [make(bot)[effect.dial] for bot in effect.bots()] == list(effect.doses)
        assert effect.metric in METRICS or effect.metric == "leak_rate"


@pytest.mark.parametrize(
    ("turns", "looped"),
    [
        ([("STATE", "a", "kb:1"), ("RESTATE", "a", "kb:1"), ("ASK_HUMAN", "a", "kb:1")], True),
        ([("STATE", "a", "kb:1"), ("RESTATE", "a", "kb:1")], False),
        ([("STATE", "a", "kb:1"), ("PROVIDE", "a", "kb:1"), ("RESTATE", "a", "kb:1")], False),
        ([("STATE", "a", "kb:1"), ("RESTATE", "a", "kb:2"), ("RESTATE", "a", "kb:3")], False),
        ([("STATE", "a", "kb:1"), ("RESTATE", "a", "kb:1"), ("STATE", "b", "kb:1"), ("RESTATE", "b", "kb:1")], False),
    ],
)
def test_what_the_looper_knows_of_a_customer(turns: list[tuple[Act, str, str]], looped: bool) -> None:
    """Its article came again to a need said again, twice for one need; and nobody loops whom the fault did not strike."""
    truth = deed("looping").truth
    assert truth(said(*turns), True, ONE_NEED) is looped
    assert truth(said(*turns), False, ONE_NEED) is False


def test_a_bot_knows_nothing_of_a_chance_it_never_had() -> None:
    """No request, no cold hand-off and no dead end; a claim where there are two needs is not wholly its own."""
    plain = said(("STATE", "a", "kb:1"))
    assert deed("cold_handoff").truth(plain, True, ONE_NEED) is None
    assert deed("dead_end").truth(plain, True, ONE_NEED) is None
    claim = Transcript("t", [Turn("bot", "done", signals=[Signal("claim_resolved", 1.0)])], "limit", 1.0)
    assert deed("false_solved").truth(claim, True, ONE_NEED) is True
    two: Scenario = next(one for one in SCENARIOS.values() if len(one.needs) > 1)
    assert deed("false_solved").truth(claim, True, two) is None


@pytest.fixture(scope="module")
def looping() -> tuple[Dose, Known]:
    """The looper at its two ends, forty customers each."""
    doses, known = measure_doses(40, effects=ENDS)
    return doses[0], known[0]


def test_the_dose_orders_the_metric(looping: tuple[Dose, Known]) -> None:
    """None of the fault, no loops; all of it, most customers loop; the ends lie apart from the good bot."""
    dose, _ = looping
    assert dose.arms[0].value.estimate == 0.0
    assert dose.arms[1].value.estimate is not None
    assert dose.arms[1].value.estimate > 0.5
    assert (dose.ordered, dose.apart, dose.back) == (True, True, 0.0)
    assert dose.n == 80


def test_every_loop_is_found_and_none_is_made_up(looping: tuple[Dose, Known]) -> None:
    """Recall 1 at dose 1 and no false alarm at dose 0, of single conversations whose truth the bot knows."""
    _, known = looping
    none, all_ = known.arms
    assert (none.n, none.positives, none.alarmed) == (40, 0, 0)
    assert all_.found == all_.positives > 20
    assert (known.recall.estimate, known.specificity.estimate) == (1.0, 1.0)


def test_a_scorer_that_always_passes_finds_nothing() -> None:
    """Recall 0, and no dose is ordered or apart: the metric never moves."""
    (dose,), (known,) = measure_doses(20, scorers=[always_pass], effects=ENDS)
    assert known.recall.estimate == 0.0
    assert (dose.ordered, dose.apart) == (False, False)


def test_a_scorer_that_always_alarms_is_never_right_about_the_rest() -> None:
    """Recall 1 and specificity 0."""
    _, (known,) = measure_doses(20, scorers=[always_alarm], effects=ENDS)
    assert (known.recall.estimate, known.specificity.estimate) == (1.0, 0.0)


def test_a_fault_without_a_metric_is_not_measured() -> None:
    """Said so, and no bot is run for it."""
    (dose,), known = measure_doses(20, effects=[Effect("leaky", "p", (0.0, 1.0), "no_such_rate")])
    assert (dose.arms, dose.ordered, dose.apart, known) == ([], None, None, [])
    assert "no_such_rate" in dose.reason


@pytest.mark.slow
def test_every_fault_orders_its_metric_at_two_hundred_customers() -> None:
    """All doses in order, helpful and the worst apart, every deed found, at the size that is published."""
    doses, known = measure_doses()
    told = [dose for dose in doses if not dose.reason]
    assert {dose.fault for dose in told} >= FAULTS
    assert [dose.name for dose in told if not (dose.ordered and dose.apart)] == []
    assert [one.name for one in known if one.recall.estimate != 1.0] == []
    loops = next(one for one in known if one.fault == "looping")
    assert loops.specificity.estimate == 1.0
