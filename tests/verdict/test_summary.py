"""Scores of many conversations -> one number with its interval, for the run and for each group."""

from __future__ import annotations

import pytest

from simulator.catalogue.check import read
from simulator.catalogue.stock import home
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario
from simulator.model.score import Metric, Score
from simulator.model.transcript import Transcript
from simulator.registry import METRICS
from simulator.registry.escalation import OUTCOMES
from simulator.verdict.record import Marks
from simulator.verdict.scoring import Scored
from simulator.verdict.summary import NOT_COUNTED, confusion_of, summarise
from tests.verdict.scenes import scored, transcript

PERSONAS = {name: read(home("personas") / f"{name}.yaml", Persona) for name in ("polite_novice", "probe_ask0")}
SCENARIOS = {name: read(home("scenarios") / f"{name}.yaml", Scenario) for name in ("parcel-status", "saas-outage-api")}


def one(rows: list[Scored], name: str, group: str = "") -> Metric:
    metrics = summarise(rows, PERSONAS, SCENARIOS, "these_scenarios", only=[name])
    return next(metric for metric in metrics if metric.group == group)


def test_a_rate_is_the_share_of_those_that_could_say() -> None:
    """3 of 8; the two that cannot say are skipped and counted."""
    found = one(scored(1, 0, 1, 0, 1, 0, 0, 0, None, None), "loop_rate")
    assert (found.n, found.skipped) == (8, 2)
    assert found.estimate == pytest.approx(3 / 8)
    assert found.low is not None
    assert found.low < 3 / 8


def test_nothing_to_measure_is_none_with_a_reason() -> None:
    """An empty denominator is never zero."""
    found = one(scored(None, None), "loop_rate")
    assert (found.estimate, found.n, found.reason.split(";")[0]) == (None, 0, "cannot say")


@pytest.mark.parametrize("ending", NOT_COUNTED)
def test_our_own_failures_are_in_no_rate(ending: str) -> None:
    """A conversation that we broke off says nothing of the bot."""
    rows = scored(1, 0, 0, 0)
    broken = transcript("c-x", ending, scenario="s0")  # type: ignore[arg-type]  # one of NOT_COUNTED
    assert one([*rows, (broken, [Score("loop", 1)])], "loop_rate").estimate == 0.25


def test_a_failed_target_stays_in() -> None:
    """A bot that crashes does not escape its rates."""
    crashed = transcript("c-x", "target_failed", scenario="s0")
    assert one([*scored(0, 0, 0), (crashed, [Score("loop", 1)])], "loop_rate").n == 4


def test_a_ratio_sums_over_sums() -> None:
    """(0 + 2 + 3) of (4 + 6 + 10) turns, not a mean of shares."""
    rows = [
        (transcript(f"c-{place}", scenario=f"s{place % 2}"), [Score("wasted_turns", value, weight=weight)])
        for place, (value, weight) in enumerate(((0, 4), (2, 6), (3, 10)))
    ]
    assert one(rows, "wasted_turn_ratio").estimate == pytest.approx(5 / 20)


def told(name: str, *scores: tuple[float | str | None, float, str | None], scenario: str = "s{}") -> list[Scored]:
    """One conversation for each (value, weight, event) of one score, dealt over two scenarios."""
    return [
        (
            transcript(f"c-{place}", scenario=scenario.format(place % 2)),
            [Score(name, value, weight=weight, event=event)],
        )
        for place, (value, weight, event) in enumerate(scores)
    ]


def test_a_ratio_rests_on_its_denominators() -> None:
    """Two of twenty promises broken: n is 20, whoever held them."""
    found = one(told("false_promises", (1, 5, None), (0, 5, None), (1, 6, None), (0, 4, None)), "false_promise_rate")
    assert (found.estimate, found.n, found.skipped) == (0.1, 20, 0)


def test_a_conversation_without_a_promise_is_part_of_the_chance() -> None:
    """It widens the interval and is not left out; one that could not be observed is."""
    some = told("false_promises", (1, 2, None), (0, 2, None), (0, 2, None), (1, 2, None))
    none = [
        (transcript(f"c-n{place}", scenario=f"s{place % 2}"), [Score("false_promises", None, weight=0)])
        for place in range(8)
    ]
    unseen = (transcript("c-x", scenario="s0"), [Score("false_promises", None, reason="needs T2")])
    few, many = one(some, "false_promise_rate"), one([*some, *none, unseen], "false_promise_rate")
    assert (few.estimate, many.estimate, many.n, many.skipped) == (0.25, 0.25, 8, 1)
    assert "resamples had an empty denominator" in many.reason


def test_no_denominator_at_all_is_no_zero() -> None:
    """The reason is that of the scores."""
    rows = [(transcript("c-0"), [Score("false_promises", None, reason="nothing was promised", weight=0)])]
    found = one(rows, "false_promise_rate")
    assert (found.estimate, found.n, found.skipped, found.reason) == (None, 0, 0, "nothing was promised")


def test_turns_of_one_conversation_are_drawn_together() -> None:
    """Ten equal replies of each of forty conversations are worth forty values, not four hundred."""

    def replies(talks: int, turns: int) -> list[Scored]:
        return [
            (transcript(f"c-{talk}-{turns}", scenario="s"), [Score("turn_latency", float(talk * 10 // turns))] * turns)
            for talk in range(talks)
        ]

    together, apart = one(replies(40, 10), "turn_latency_p50"), one(replies(400, 1), "turn_latency_p50")
    assert together.n == apart.n == 400
    assert together.high is not None and together.low is not None  # noqa: PT018  # narrows the types
    assert apart.high is not None and apart.low is not None  # noqa: PT018
    assert (together.high - together.low) / 40 > 2 * (apart.high - apart.low) / 4000


def test_a_wait_that_does_not_say_how_it_ended_is_refused() -> None:
    """Booking it as a leaver would bend the curve unseen."""
    with pytest.raises(ValueError, match="ttee_median: a score of ttee does not say how it ended"):
        one(told("ttee", (40, 1, None), (50, 1, "effective")), "ttee_median")


def test_leavers_have_a_curve_of_their_own() -> None:
    """Helped after 50 s, left after 80, helped after 170, left after 400: none, one and one of four have left."""
    waits = told("ttee", (50, 1, "effective"), (80, 1, "left"), (170, 1, "effective"), (400, 1, "left"))
    assert [one(waits, f"leave_cif_{at}").estimate for at in (60, 180, 300)] == [0, 0.25, 0.25]


def test_the_area_is_the_time_in_good_hands() -> None:
    """Helped after 100 and after 200 s, two of four: (200 + 100)/4 = 75 of 300 s."""
    waits = told("ttee", (100, 1, "effective"), (200, 1, "effective"), (50, 1, "left"), (300, 1, "left"))
    found = one(waits, "ttee_area_300")
    assert found.estimate == pytest.approx(75)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 75 < found.high


def test_a_quantile_that_too_few_reach_is_never() -> None:
    """Of 20 who ask 18 are helped: 95 % never are."""
    asked = told("answer_time", *[(float(t), 1, "effective") for t in range(1, 19)], (5.0, 1, "left"), (6.0, 1, "left"))
    assert one(asked, "answer_time_p95").estimate is None
    assert one(asked, "answer_time_p95").reason.startswith("not_reached")


def test_the_outcomes_of_an_escalation_sum_to_one() -> None:
    """Each is the share of its word."""
    rows = told("escalation_outcome", *[(word, 1, None) for word in ("timely", "timely", "cold", "never", "none")])
    shares = {word: one(rows, f"escalation_{word}_rate").estimate for word in OUTCOMES}
    assert shares["timely"] == pytest.approx(0.4)
    assert sum(share or 0 for share in shares.values()) == pytest.approx(1)


def test_predictive_value_counts_hand_offs_alone() -> None:
    """40 in time, 5 needless: 40/45; misses and quiet ones do not enter."""
    rows = told("escalation_class", *[(word, 1, None) for word in ["tp"] * 40 + ["fp"] * 5 + ["fn"] * 10 + ["tn"] * 45])
    assert one(rows, "escalation_ppv").estimate == pytest.approx(40 / 45)
    assert one(rows, "escalation_sensitivity").estimate == pytest.approx(0.8)
    assert one(rows, "escalation_specificity").estimate == pytest.approx(0.9)


def test_trust_is_told_apart_by_ending() -> None:
    """Mean .9 of the satisfied, .2 of the silent leavers, .55 of all four."""
    rows = told(
        "end_trust", (0.9, 1, "satisfied"), (0.9, 1, "satisfied"), (0.3, 1, "left_silent"), (0.1, 1, "left_silent")
    )
    found = {name: one(rows, name).estimate for name in ("end_trust", "end_trust_satisfied", "end_trust_left_silent")}
    assert found == {
        "end_trust": pytest.approx(0.55),
        "end_trust_satisfied": pytest.approx(0.9),
        "end_trust_left_silent": pytest.approx(0.2),
    }


def test_loops_end_in_competing_ways() -> None:
    """Loops of 2, 2, 3 and 4 cycles; the second and fourth end by silence: .50."""
    rows = told(
        "loop_escape_cycles", (2, 1, "exec"), (2, 1, "left_silent"), (3, 1, "bot_recovered"), (4, 1, "left_silent")
    )
    assert one(rows, "loop_escape_left_silent").estimate == pytest.approx(0.5)
    assert one(rows, "loop_escape_exec").estimate == pytest.approx(0.25)


def test_three_waits_of_which_one_ends_well_say_never_and_how_open_that_is() -> None:
    """The estimate is never; from 45 s on it may be otherwise, and no bound above is finite."""
    found = one(told("ttee", (45, 1, "effective"), *[(90, 1, "left")] * 3), "ttee_median")
    assert (found.estimate, found.bound_low, found.bound_high) == (None, 45, None)
    assert found.reason.startswith("not_reached")
    assert (found.open_above, found.never) == (True, False)


def test_forty_waits_that_never_end_well_are_never() -> None:
    """And that is no chance."""
    found = one(told("ttee", *[(90, 1, "left")] * 40), "ttee_median")
    assert (found.estimate, found.open_above, found.never) == (None, True, True)


def test_why_there_is_no_interval_stays_beside_never() -> None:
    """One conversation a scenario: no bound, so nothing may be decided."""
    found = one(told("ttee", (90, 1, "left"), (90, 1, "left")), "ttee_median")
    assert found.reason == "not_reached; one conversation a scenario: no interval"
    assert (found.open_above, found.never) == (False, False)


def test_groups_are_made_of_persona_scenario_segment_and_criticality() -> None:
    """A group's number is of its members alone."""
    rows: list[Scored] = []
    for place, scenario in enumerate(("parcel-status", "parcel-status", "saas-outage-api", "saas-outage-api")):
        about = transcript(f"c-{place}", scenario=scenario, persona="polite_novice")
        rows.append((about, [Score("loop", int(scenario == "parcel-status"))]))
    assert one(rows, "loop_rate", "scenario=parcel-status").estimate == 1
    assert one(rows, "loop_rate", "scenario=saas-outage-api").estimate == 0
    assert one(rows, "loop_rate", f"segment={SCENARIOS['saas-outage-api'].segment}").n in (2, 4)
    assert one(rows, "loop_rate", "persona=polite_novice").n == 4
    criticality = SCENARIOS["saas-outage-api"].needs[0].criticality
    assert one(rows, "loop_rate", f"criticality={criticality}").n in (2, 4)


def test_probes_enter_their_own_metrics_only() -> None:
    """A looping probe moves no rate of the customers'; its asks are told under its name."""
    probe = transcript("c-p", "handed_off", persona="probe_ask0", scenario="parcel-status")
    rows: list[Scored] = [*scored(0, 0), (probe, [Score("loop", 1), Score("asks_before_grant", 1, event="granted")])]
    assert one(rows, "loop_rate").n == 2
    assert one(rows, "asks_before_grant").n == 1
    assert one(rows, "asks_before_grant", "persona=probe_ask0").n == 1


def test_targets_are_summarised_apart() -> None:
    """Each with its own numbers, in the order in which they come."""
    rows: list[Scored] = []
    for place in range(8):
        target = "good" if place % 2 else "bad"
        about: Transcript = transcript(f"c-{place}", target=target, scenario=f"s{place // 4}")
        rows.append((about, [Score("loop", int(target == "bad"))]))
    metrics = summarise(rows, PERSONAS, SCENARIOS, "these_scenarios", only=["loop_rate"])
    assert [(one.target, one.estimate) for one in metrics if not one.group] == [("bad", 1.0), ("good", 0.0)]


def test_every_metric_of_the_registry_is_told() -> None:
    """Also where nothing could be measured: None always has a reason."""
    metrics = [one for one in summarise(scored(1, 0), PERSONAS, SCENARIOS, "these_scenarios") if not one.group]
    assert {one.name for one in metrics} == METRICS.keys()
    assert all(one.reason for one in metrics if one.estimate is None)


def test_the_four_cells_of_escalation() -> None:
    """Counted from the classes; an empty class gives no number."""
    marks = Marks()
    for _, scores in scored("tp", "tp", "fn", "tn", None, "fp", name="escalation_class"):
        marks.add(scores)
    cells = confusion_of(marks, range(5))
    assert (cells["tp"], cells["fp"], cells["fn"], cells["tn"]) == (2, 0, 1, 1)
    assert cells["ppv"] == 1


def test_the_trust_gap_is_what_the_operator_books_and_the_customer_does_not() -> None:
    """Of 200, 140 contained, 98 of these solved, 6 of the 98 in a loop: .70 - .46 = 24 points; toxic 42/140 = .30."""
    rows = []
    for place in range(200):
        contained, solved, looped = place < 140, place < 98, place < 6
        good = int(contained and solved and not looped)
        toxic = Score("toxic_containment", int(not solved)) if contained else Score("toxic_containment", None, weight=0)
        scores = [Score("contained", int(contained)), Score("trust_gap", int(contained) - good), toxic]
        rows.append((transcript(f"c-{place}", scenario=f"s{place % 4}"), scores))
    gap = one(rows, "trust_gap").estimate
    assert gap == pytest.approx(0.24)
    assert one(rows, "toxic_containment_rate").estimate == pytest.approx(0.30)
    # P(Q=1) x toxic + P(Q=1, R=1, level >= 2)
    assert gap == pytest.approx(0.7 * 0.3 + 6 / 200)
