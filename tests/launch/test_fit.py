"""Which scenarios a bot serves, told from conversations."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.catalogue.check import examine, read
from simulator.catalogue.stock import select
from simulator.chance import Chance
from simulator.customers.traits import draw_traits
from simulator.engine import Limits
from simulator.launch.fit import EVEN_TEMPERED, LACKS, Fit, Lack, casting, fits, names_in_plan, starter_plan
from simulator.launch.run import hold_on_virtual_clock
from simulator.model.errors import InputError
from simulator.model.persona import Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario
from simulator.model.transcript import Act, Ending, Failure, Signal, Transcript, Turn

PARCEL = read(select("scenarios", ["parcel-status"])[0], Scenario)
SORRY = "Sorry, I did not understand that. Could you rephrase?"
CHATTER = "Zum Glück xyzzy plugh."


def talk(*answers: str, ending: Ending = "left_voiced", cause: str = "", standing_exit: bool = False) -> Transcript:
    """A customer who says it again and again, and these answers."""
    turns: list[Turn] = []
    for number, answer in enumerate(answers):
        at = 10.0 * number
        act: Act = "RESTATE" if number else "STATE"
        turns.append(Turn("customer", "where is my parcel", sent=at, act=act, need="locate_parcel"))
        turns.append(Turn("bot", answer, sent=at, first=at + 1, done=at + 1))
    error = Failure(cause) if cause else None
    return Transcript(
        "c-0001", turns, ending, 99.0, scenario="parcel-status", error=error, standing_exit=standing_exit,
        tiers=["T0", "T1", "T2"], truth={"depot_town": "Ashford", "delivery_day": "Tuesday"},
    )  # fmt: skip


def fit(*transcripts: Transcript) -> Fit:
    (one,) = fits(transcripts, {"parcel-status": PARCEL})
    return one


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ((SORRY, SORRY), "fallback"),
        ((CHATTER, CHATTER), "unrecognised"),
        (("Sorry, I did not understand that.", "Thank you for your patience."), "no_progress"),
    ],
)
def test_what_is_not_served_says_why(answers: tuple[str, ...], why: Lack) -> None:
    """In every conversation nothing was understood, recognised, or of use."""
    one = fit(talk(*answers), talk(*answers))
    assert (one.standing, one.n, one.why) == ("unserved", 2, LACKS[why])
    assert not one.planned
    assert one.example == "c-0001"


def test_mixed_reasons_are_counted() -> None:
    """Each with how often."""
    one = fit(talk(SORRY), talk(CHATTER), talk(SORRY))
    assert one.why == f"{LACKS['fallback']} (2); {LACKS['unrecognised']} (1)"


def test_one_answer_that_led_on_is_service() -> None:
    """A required slot was asked for in one conversation of two."""
    one = fit(talk(SORRY), talk("What is your tracking number?"))
    assert (one.standing, one.n, one.led_on, one.why) == ("served", 2, 1, "")


def test_a_way_out_alone_stays_in_the_plan() -> None:
    """No answer led on, a person was offered."""
    one = fit(talk("Would you like me to connect you to a colleague?"))
    assert (one.standing, one.planned) == ("way_out", True)


def test_a_button_that_is_always_there_is_no_service() -> None:
    """It says nothing about this scenario."""
    assert fit(talk(SORRY, standing_exit=True)).standing == "unserved"


def test_a_bot_that_fails_is_not_a_bot_out_of_its_field() -> None:
    """Failures are counted apart by cause, and the scenario stays in the plan."""
    one = fit(talk(ending="target_failed", cause="status"), talk(ending="target_failed", cause="status"))
    assert (one.standing, one.n, one.failed, one.causes, one.planned) == ("failed", 0, 2, {"status": 2}, True)
    one = fit(talk(SORRY), talk(SORRY, ending="target_failed", cause="timeout"))
    assert (one.standing, one.n, one.failed) == ("unserved", 1, 1)


def test_what_is_our_fault_tells_nothing() -> None:
    """No conversation of use is `untried`."""
    assert fit(talk(SORRY, ending="simulator_failed")).standing == "untried"
    assert fit().standing == "untried"


def test_an_action_is_service_though_its_words_are_not_recognised() -> None:
    """What the wire shows counts, whatever was said."""
    said = talk(CHATTER)
    said.turns[-1].signals.append(Signal("ticket", 1.0, {"reference": "T-1"}))
    assert fit(said).standing == "served"


def test_the_even_tempered_customer_draws_nothing() -> None:
    """Every trait is a constant, so that two bots and two seeds meet the same temper."""
    persona = read(EVEN_TEMPERED, Persona)
    drawn = [draw_traits(persona, Chance(seed, "s", persona.name, 0)) for seed in (1, 2)]
    assert drawn[0].trust == drawn[1].trust == 0.7
    assert (drawn[0].errors_per_word, drawn[0].reactivity) == (drawn[1].errors_per_word, drawn[1].reactivity)


def test_a_helpful_bot_serves_what_it_was_made_for() -> None:
    """Conversations on the virtual clock, three a scenario."""
    cast = casting("helpful", ["parcel-status", "unexpected-fee"], 3, "results")
    assert cast.plan.clock == "virtual"
    limits = Limits(cast.plan.turn_cap, cast.plan.time_cap_s, 1.0)
    transcripts = hold_on_virtual_clock(cast.cases, cast.catalogue, cast.targets, limits, 10)
    assert [(one.standing, one.n, one.led_on) for one in fits(transcripts, cast.catalogue.scenarios)] == [
        ("served", 3, 3)
    ] * 2


def test_a_starter_plan_is_sound_and_names_what_it_leaves_out(tmp_path: Path) -> None:
    """Stock scenarios by name, own ones by path; those not served only as comments with the reason."""
    own = tmp_path / "mine" / "own case.yaml"
    own.parent.mkdir()
    text = select("scenarios", ["parcel-status"])[0].read_text().replace("name: parcel-status", "name: own-case")
    own.write_text(text)
    out = tmp_path / "plans" / "plan.yaml"
    given = [str(own), "parcel-redirect", "tax-letter"]
    cast = casting("helpful", given, 2, "results")
    named = names_in_plan(select("scenarios", given), out)
    found = [
        Fit("own-case", "served", 2, 2),
        Fit("parcel-redirect", "way_out", 2),
        Fit("tax-letter", "unserved", 2, why="x"),
    ]
    written = starter_plan(found, cast, named, out, "# line")
    plan = examine(out, RunPlan, text=written)
    assert plan.problems == []
    assert plan.accepted().scenarios == ["../mine/own case.yaml", "parcel-redirect"]
    assert "  # - tax-letter" in written
    assert "# not served: x (n = 2)" in written


def test_a_wrong_target_or_scenario_is_told() -> None:
    """Before anything is sent."""
    with pytest.raises(InputError, match="did you mean `helpful`"):
        casting("helpfull", ["*"], 1, "results")
    with pytest.raises(InputError, match="parcel-status"):
        casting("helpful", ["parcel-statu"], 1, "results")
