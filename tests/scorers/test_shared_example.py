"""Four conversations scored by hand, where they lie beside the repository: every value, to the number."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from simulator.catalogue.check import read
from simulator.dialogue.settle import settle
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.loops import loop_level
from simulator.scorers.stock import score
from simulator.statistics.agreement import confusion
from simulator.statistics.survival import aalen_johansen

EXAMPLES = Path(__file__).parents[2] / "../shared/examples"

pytestmark = pytest.mark.skipif(
    not (EXAMPLES / "expected.md").is_file(), reason=f"the worked example is not at {EXAMPLES}"
)

THREE = ("good", "loop", "cold")
FOUR = (*THREE, "short")


@cache
def transcripts() -> dict[str, Transcript]:
    lines = (EXAMPLES / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    return {one.id: one for one in (msgspec.json.decode(line, type=Transcript) for line in lines)}


@cache
def scenario(name: str) -> Scenario:
    return read(EXAMPLES / f"scenario-{name}.yaml", Scenario)


@cache
def found(name: str) -> dict[str, list[Score]]:
    transcript = transcripts()[name]
    by_name: dict[str, list[Score]] = {}
    for one in score(transcript, scenario(transcript.scenario)):
        by_name.setdefault(one.name, []).append(one)
    return by_name


def values(name: str, among: tuple[str, ...] = FOUR) -> list[float | str | None]:
    return [found(one)[name][0].value for one in among]


def total(name: str, among: tuple[str, ...]) -> tuple[float, float]:
    told = [found(one)[name][0] for one in among if found(one)[name][0].value is not None]
    return sum(float(one.value or 0) for one in told), sum(one.weight for one in told)


def test_every_bot_turn_is_heard_as_worked_by_hand() -> None:
    """The progress of each, and whether it repeats."""
    heard = {
        name: [
            (one.heard.progress[:1], bool(one.heard.repeat))
            for one in settle(transcripts()[name], scenario(transcripts()[name].scenario)).answers
        ]
        for name in FOUR
    }
    assert heard["good"] == [(("P1",), False), (("P6",), False)]
    assert heard["loop"] == [((), False), ((), True), ((), True), ((), False), ((), True)]
    assert heard["cold"] == [(("P5",), False), ((), False), (("P6",), False)]
    assert heard["short"] == [(("P3",), False)]


def test_loops() -> None:
    """Onset, cycles, levels, escape and time."""
    assert values("loop_onset") == [None, 2, None, None]
    assert values("loop_cycles") == [0, 3, 0, 0]
    assert values("loop_level") == [0, 4, 0, 0]
    assert values("loop_escape")[1] == "left_silent"
    assert values("loop_time")[1] == pytest.approx(149.0)
    assert found("loop")["loop_level"][0].turns == [3, 5, 9]


@pytest.mark.parametrize("bar", [1, 2, 3])
def test_the_loop_stands_at_every_bar(bar: int) -> None:
    """At L = 1, 2 and 3 it is 1 of 3."""
    levels = [loop_level(transcripts()[one], scenario(transcripts()[one].scenario), bar) for one in THREE]
    assert sum((level or 0) >= 2 for level in levels) == 1


def test_loop_rates() -> None:
    """1/3 each; with `short` 1/4, one too short; wasted 3/14; one redundant ask; nothing unrecognised of 10."""
    for name in ("near_loop", "loop", "entrapment"):
        assert values(name, THREE) == [0, 1, 0]
    assert values("too_short") == [0, 0, 0, 1]
    assert total("wasted_turns", THREE) == (3, 14)
    assert values("redundant_asks") == [0, 0, 1, 0]
    assert total("unrecognised_turns", THREE) == (0, 10)


def test_need_points() -> None:
    """Two by the scenario, one by conduct, none in `short`."""
    assert values("need_point") == [30.0, 40.0, 25.0, None]
    assert values("escalation_needed") == [1, 1, 1, 0]
    assert [found(one)["need_point"][0].event for one in THREE] == ["trigger_fact", "asked", "trigger_fact"]


def test_time_to_effective_escalation() -> None:
    """28.0 effective, 130.0 left, 90.0 ineffective."""
    assert values("ttee", THREE) == pytest.approx([28.0, 130.0, 90.0])
    assert [found(one)["ttee"][0].event for one in THREE] == ["effective", "left", "ineffective"]
    assert found("good")["ttee_turns"][0].value == 0
    assert found("short")["ttee"][0].value is None


def test_the_curve_of_the_three() -> None:
    """CIF_1 .333 at 60, 180 and 300 s; leave and ineffective .333 at 180 s; median never; area 90.67."""
    codes = {"effective": 1, "left": 2, "ineffective": 5}
    waits = [found(one)["ttee"][0] for one in THREE]
    curve = aalen_johansen([float(one.value or 0) for one in waits], [codes[one.event or ""] for one in waits])
    assert [curve.at(1, t) for t in (60, 180, 300)] == pytest.approx([1 / 3] * 3)
    assert (curve.at(2, 60), curve.at(2, 180), curve.at(5, 180)) == pytest.approx((0, 1 / 3, 1 / 3))
    assert curve.quantile(1) is None
    assert curve.area(1, 300) == pytest.approx(272 / 3)


def test_escalation_outcomes() -> None:
    """Sensitivity 1/3, specificity none of the three and 1/1 with `short`, MCC 1/3."""
    assert values("escalation_outcome") == ["timely", "never", "cold", "none"]
    assert values("escalation_class") == ["tp", "fn", "fn", "tn"]
    table = confusion(tp=1, fp=0, fn=2, tn=1)
    assert table.mcc == pytest.approx(1 / 3)


def test_hidden_path() -> None:
    """Asks, layers, visibility and depth; unmet asks 2/3."""
    assert values("asks_before_grant", THREE) == [None, 2, 1]
    assert [found(one)["asks_before_grant"][0].event for one in ("loop", "cold")] == ["left", "granted"]
    assert values("gate_layers", ("loop", "cold")) == [1, 0]
    assert total("visible_human", THREE) == (2, 10)
    assert values("hidden_depth", THREE) == [2, 5, 3]
    assert found("loop")["hidden_depth"][0].event == "censored"
    assert total("unmet_asks", THREE) == (2, 3)


def test_promises_and_hand_offs() -> None:
    """One of three promises is false, at 121.0; no dead end in two hand-offs, no bounce."""
    assert total("false_promises", THREE) == (1, 3)
    kept = settle(transcripts()["loop"], scenario("parcel-status")).promises
    assert [(one.kept, one.settled_at) for one in kept] == [(False, 121.0)]
    assert total("dead_ends", THREE) == (0, 2)
    assert total("transfer_bounces", THREE)[0] == 0


def test_contextual_hand_off() -> None:
    """HCR 9/11 and 1/11, precision 1, nothing made up, none without hand-off."""
    assert values("handoff_completeness") == [pytest.approx(9 / 11), None, pytest.approx(1 / 11), None]
    assert values("handoff_precision", ("good", "cold")) == [1, 1]
    assert values("fabrications", ("good", "cold")) == [0, 0]


def test_resolution_table() -> None:
    """What was resolved, claimed and contained, conversation by conversation."""
    assert values("resolved") == [0, 0, 0, 1]
    assert values("effectively_escalated") == [1, 0, 0, 0]
    assert values("ended_neither") == [0, 1, 1, 0]
    assert values("claimed") == [0, 0, 0, 0]
    assert values("false_resolution") == [None] * 4
    assert values("silent_success") == [0, 0, 0, 1]
    assert values("contained") == [0, 1, 0, 1]
    assert total("toxic_containment", THREE) == (1, 1)
    assert total("toxic_containment", FOUR) == (1, 2)
    assert values("deflected_away") == [0, 1, 0, 0]
    assert values("good_containment") == [0, 0, 0, 1]


def test_trust_gap() -> None:
    """33.3 points of the three, 25 with `short`."""
    assert sum(float(one or 0) for one in values("trust_gap", THREE)) / 3 == pytest.approx(1 / 3)
    assert sum(float(one or 0) for one in values("trust_gap")) / 4 == pytest.approx(0.25)


def test_exits() -> None:
    """One silent exit of three; the silent share 1/1."""
    assert values("silent_exit", THREE) == [0, 1, 0]
    assert total("silent_share", THREE) == (1, 1)


def test_latencies() -> None:
    """Last byte and first token of each of the ten replies."""
    full = [float(one.value or 0) for name in THREE for one in found(name)["turn_latency"]]
    first = [float(one.value or 0) for name in THREE for one in found(name)["first_token"]]
    assert full == pytest.approx([2.0, 2.5, 1.0, 1.4, 1.5, 1.0, 1.0, 1.0, 1.5, 1.5])
    assert first == pytest.approx([1.2, 1.0, 0.8, 1.0, 1.0, 0.8, 0.9, 0.9, 1.2, 1.0])


def test_effort_by_counting() -> None:
    """1.0, 5.0 and 2.5 times an ideal agent's turns; 33, 27 and 49 words; 0, 0 and 6 facts again; 80, 170 and 190 s."""
    assert values("effort", THREE) == [1.0, 5.0, 2.5]
    assert values("words_typed", THREE) == [33, 27, 49]
    assert values("resupplied_facts", THREE) == [0, 0, 6]
    assert values("contact_time", THREE) == pytest.approx([80.0, 170.0, 190.0])


def test_told_again() -> None:
    """Nothing in `good`; five facts and 47 s in `cold`; nobody to tell it to in the others."""
    assert values("told_again") == [0, None, 5, None]
    assert values("told_again_time", ("good", "cold")) == pytest.approx([0.0, 47.0])


def test_ownership() -> None:
    """Maren, INC-2291 and 10:15: 1; nothing: 0; Tomas and INC-2304 without a time: .5; `short` left nothing open."""
    assert values("ownership") == [1.0, 0.0, 0.5, None]


def test_assist() -> None:
    """8/9 and 1/9 of what the agent needs; mean .50."""
    assert values("assist", ("good", "cold")) == pytest.approx([8 / 9, 1 / 9])


def test_what_called_for_a_person() -> None:
    """Two by the scenario, one by conduct; only the former enter the ranking."""
    assert values("needed_by_scenario") == [1, 0, 1, 0]
    assert values("needed_by_conduct") == [0, 1, 0, 0]
    assert values("escalation_class_by_scenario") == ["tp", None, "fn", "tn"]


def test_promises_per_100() -> None:
    """One in three conversations: 33.3."""
    assert sum(float(one or 0) for one in values("false_promises_per_100", THREE)) / 3 == pytest.approx(100 / 3)


def test_a_machine_that_never_says_so() -> None:
    """None of the four discloses, none claims to be a person; all answer in English."""
    assert values("disclosed_at_once") == [0, 0, 0, 0]
    assert values("human_claimed") == [0, 0, 0, 0]
    assert total("language_match", FOUR) == (11, 11)
