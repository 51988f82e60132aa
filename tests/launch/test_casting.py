"""A cast: who meets whom, with every draw made before anything is sent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.cli.run import DEMO_PERSONAS, DEMO_SCENARIOS
from simulator.launch.casting import Cast, cast
from simulator.model.errors import InputError
from simulator.model.plan import Case, Load, RunPlan


def of(**fields: Any) -> Cast:
    return cast(RunPlan(**{"conversations": 24, "probes": False, **fields}))


def drawn(case: Case) -> tuple[object, ...]:
    return case.facts, case.truth, case.traits


def by_key(cases: list[Case]) -> dict[str, tuple[object, ...]]:
    return {case.key: drawn(case) for case in cases}


def test_the_same_seed_draws_the_same_customers() -> None:
    """Twice the same plan: the same cases to the last fact; another seed: other facts."""
    assert of(seed=3).cases == of(seed=3).cases
    assert by_key(of(seed=3).cases) != by_key(of(seed=4).cases)


def test_the_number_of_seats_changes_no_customer() -> None:
    """5 or 50 at the same time: the same cases."""
    assert of(load=Load(users=5)).cases == of(load=Load(users=50)).cases


def test_a_further_scenario_changes_no_other_draw() -> None:
    """Names, not places in a list, are the key of a draw."""
    few = by_key(of(scenarios=["parcel-status"], repeats=2, conversations=None).cases)
    more = by_key(of(scenarios=["locked-account", "parcel-status"], repeats=2, conversations=None).cases)
    assert few.items() <= more.items()
    assert len(more) == 2 * len(few)


def test_two_targets_meet_the_same_customers() -> None:
    """Each customer comes once to each target; ids number case x target in the order of the plan."""
    cases = of(target=["helpful", "maze"]).cases
    assert [case.id for case in cases[:3]] == ["c-0001", "c-0002", "c-0003"]
    assert [case.target for case in cases[:4]] == ["helpful", "maze", "helpful", "maze"]
    assert [drawn(case) for case in cases[::2]] == [drawn(case) for case in cases[1::2]]


def test_conversations_are_dealt_round_robin_over_the_cells() -> None:
    """30 conversations on 12 cells: no cell differs from another by more than one."""
    cases = of(scenarios=["parcel-*"], personas=["polite_novice", "repeat_caller"], conversations=15).cases
    times = [sum((c.scenario, c.persona) == cell for c in cases) for cell in {(c.scenario, c.persona) for c in cases}]
    assert len(cases) == 15
    assert max(times) - min(times) <= 1


def test_few_conversations_still_meet_every_scenario_and_persona() -> None:
    """One for each of twelve scenarios, two for each of six personas."""
    cases = of(conversations=12, scenarios=list(DEMO_SCENARIOS), personas=list(DEMO_PERSONAS)).cases
    assert len({case.scenario for case in cases}) == 12
    assert Counter(case.persona for case in cases).most_common(1)[0][1] == 2


def test_probes_come_once_a_scenario_and_apart() -> None:
    """Three probes for each of the scenarios, whatever the number of conversations."""
    probes = [case for case in of(probes=True, scenarios=["parcel-*"]).cases if case.probe]
    assert len(probes) == 3 * len({case.scenario for case in probes})


def test_every_problem_of_a_plan_is_told_at_once(tmp_path: Path) -> None:
    """Unknown target, scenario and persona in one go."""
    plan = RunPlan(target=["helpfull", "gone.yaml"], scenarios=["parcel-statu"])
    with pytest.raises(InputError) as wrong:
        cast(plan, tmp_path)
    text = str(wrong.value)
    assert "helpfull" in text
    assert "gone.yaml" in text
    assert "parcel-statu" in text


def test_a_target_file_has_no_virtual_clock(tmp_path: Path) -> None:
    """A real wire takes real time."""
    file = tmp_path / "bot.yaml"
    file.write_text(
        "{target: 1, name: b, base_url: 'http://127.0.0.1:1', turn: {request: {path: /, json: '{{text}}'}}, reply: {texts: r}}"
    )
    with pytest.raises(InputError, match="virtual clock"):
        cast(RunPlan(target=str(file), clock="virtual"))


def test_a_persona_whose_language_has_no_phrases_is_refused(tmp_path: Path) -> None:
    """Before the run, with the language's name."""
    file = tmp_path / "french.yaml"
    file.write_text("{persona: 1, name: french, about: speaks French, language: fr}")
    with pytest.raises(InputError, match="'fr'"):
        cast(RunPlan(personas=[str(file)]))


def test_a_plan_survives_its_own_yaml() -> None:
    """What --print-plan prints is the plan."""
    plan = RunPlan(target=["helpful", "maze"], seed=9, load=Load(users=3))
    assert msgspec.yaml.decode(msgspec.yaml.encode(plan), type=RunPlan) == plan


EXAMPLE = Path(__file__).parents[2] / "docs" / "cancel-order.yaml"


def test_a_probe_that_cannot_be_sent_is_refused_before_the_run(tmp_path: Path) -> None:
    """With scenario and field."""
    file = tmp_path / "s.yaml"
    file.write_text(EXAMPLE.read_text().replace("/state/{{case}}", "/state/a b"))
    with pytest.raises(InputError) as caught:
        of(scenarios=[str(file)], target="helpful")
    assert [one.field for one in caught.value.problems] == ["needs[0].resolution.probe.path"]


def test_a_target_without_a_test_system_is_warned_of() -> None:
    """A callable and the virtual clock have none; a wire has."""
    scenarios = [str(EXAMPLE)]
    assert of(scenarios=scenarios, target="helpful").catalogue.warnings == []
    for fields in ({"target": "helpful", "clock": "virtual"}, {"target": "tests.load.bots:polite"}):
        (warning,) = of(scenarios=scenarios, **fields).catalogue.warnings
        assert "no test system to ask" in warning.message
        assert warning.warning
