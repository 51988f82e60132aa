"""Test accounts from the plan to the transcript: who is dealt what, on the virtual clock, and kept out of the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.engine import Limits
from simulator.launch.casting import Cast, cast
from simulator.launch.run import execute, hold_on_virtual_clock, prepare
from simulator.model.errors import InputError
from simulator.model.plan import Case, Load, RunPlan
from simulator.model.target import FactsFrom
from simulator.store import RunFolder
from simulator.verdict.decide import decide
from tests.load.accounts_bot import accounts_file, target_file


def of(folder: Path, users: int = 5, *, hide: bool = False, unique: bool = True, **fields: Any) -> Cast:
    """A cast with five accounts beside the plan."""
    accounts_file(folder)
    chosen: dict[str, Any] = {
        "target": "helpful",
        "scenarios": ["parcel-status", "locked-account"],
        "conversations": 24,
        "probes": False,
        "clock": "virtual",
        "results": str(folder / "results"),
        "load": Load(users=users),
        "facts_from": FactsFrom("accounts.csv", unique, hide),
    }
    return cast(RunPlan(**{**chosen, **fields}), folder)


def run(ready: Cast) -> RunFolder:
    folder = prepare(ready, None)
    folder.write_json("outcome.json", execute(ready, folder, lambda status: None))
    return folder


def test_customers_hold_what_stands_in_their_row(tmp_path: Path) -> None:
    """Facts and truths of the scenario that has them; another scenario has no row."""
    cases = of(tmp_path).cases
    mine = [case for case in cases if case.scenario == "parcel-status"]
    assert {case.facts["tracking_number"] for case in mine} == {f"QRX77{case.row:06d}" for case in mine}
    assert {case.row for case in mine} == set(range(5))
    assert {case.row for case in cases if case.scenario == "locked-account"} == {None}


def test_everything_else_is_drawn_as_ever(tmp_path: Path) -> None:
    """Other facts and all traits are those of a run without accounts."""
    accounts, plain = of(tmp_path).cases, of(tmp_path, facts_from=None).cases
    assert [case.traits for case in accounts] == [case.traits for case in plain]
    assert [case.facts.get("parcel_size") for case in accounts] == [case.facts.get("parcel_size") for case in plain]


def test_every_target_meets_a_customer_on_the_same_account(tmp_path: Path) -> None:
    """And so does every run of the same seed, with any number of seats."""
    cases = of(tmp_path, target=["helpful", "maze"]).cases
    assert [case.row for case in cases[::2]] == [case.row for case in cases[1::2]]
    assert cases == of(tmp_path, users=50, target=["helpful", "maze"]).cases


def test_the_plan_goes_before_the_target(tmp_path: Path) -> None:
    """Each file starts at the file that names it."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    accounts_file(theirs, rows=2)
    target = str(target_file(theirs, "http://127.0.0.1:1", facts_from="{file: accounts.csv}"))
    own = of(tmp_path, target=target, clock="wall")
    assert own.plan.facts_from == FactsFrom(str(tmp_path.resolve() / "accounts.csv"))
    named_by_target = of(tmp_path, target=target, clock="wall", facts_from=None)
    assert named_by_target.accounts is not None
    assert len(named_by_target.accounts.rows) == 2


def test_targets_with_different_accounts_are_refused(tmp_path: Path) -> None:
    """All targets of a run meet the same customers."""
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        accounts_file(tmp_path / name)
        file = target_file(tmp_path / name, "http://127.0.0.1:1", facts_from="{file: accounts.csv}")
        file.write_text(file.read_text().replace("name: accounts", f"name: {name}"))
        files.append(str(file))
    with pytest.raises(InputError, match="one and two name different accounts"):
        of(tmp_path, target=files, clock="wall", facts_from=None)


def test_a_bad_file_is_told_with_the_plans_other_problems(tmp_path: Path) -> None:
    """In one go."""
    with pytest.raises(InputError) as wrong:
        of(tmp_path, target="helpfull", facts_from=FactsFrom("account.csv"))
    assert "helpfull" in str(wrong.value)
    assert "did you mean" in str(wrong.value)


def test_fewer_accounts_than_seats_is_warned_of(tmp_path: Path) -> None:
    """Where two may not share one."""
    assert any("5 accounts for 6 seats" in str(one) for one in of(tmp_path, users=6).catalogue.warnings)
    assert not of(tmp_path, users=5).catalogue.warnings
    assert not of(tmp_path, users=6, unique=False).catalogue.warnings


@pytest.mark.parametrize(("unique", "most"), [(True, 5), (False, 20)])
def test_never_two_on_one_account_on_the_virtual_clock(tmp_path: Path, unique: bool, most: int) -> None:
    """Twenty seats, five accounts: all are held, at most five at a time where they may not share."""
    ready = of(tmp_path, users=20, scenarios=["parcel-status"], unique=unique)
    under_way: list[Case] = []
    together: list[tuple[int, int]] = []

    def begin(case: Case) -> None:
        under_way.append(case)
        together.append((len(under_way), len({one.row for one in under_way})))

    def keep(transcript: Any) -> None:
        under_way[:] = [case for case in under_way if case.id != transcript.id]

    held = hold_on_virtual_clock(
        ready.cases, ready.catalogue, ready.targets, Limits(), 20, unique=unique, begin=begin, keep=keep
    )
    assert len(held) == 24
    assert max(customers for customers, _ in together) == most
    assert not unique or all(customers == rows for customers, rows in together)


def test_hidden_values_stay_out_of_a_computed_run(tmp_path: Path) -> None:
    """Cases, transcripts, scores: names where the values were, and the number of the row."""
    folder = run(of(tmp_path, hide=True, scenarios=["parcel-status"]))
    decide(folder)
    text = "\n".join(file.read_text() for file in folder.path.glob("**/*.json*"))
    assert not any(value in text for value in ("QRX77", "Preston", "Norwich", "Ashford"))
    assert {case.row for case in folder.read_cases()} == set(range(5))
    assert {case.facts["tracking_number"] for case in folder.read_cases()} == {"[tracking_number]"}


def test_hiding_changes_no_resolution(tmp_path: Path) -> None:
    """The same run open and hidden: the same conversations are solved, escalated and looped."""

    def scores(*, hide: bool) -> list[tuple[str, str, object]]:
        folder = run(of(tmp_path, hide=hide, target=["helpful", "looping"], scenarios=["parcel-status"]))
        told = ("resolved", "loop_level", "escalation_class", "false_promises", "end_trust")
        decide(folder)
        return [(id_, score.name, score.value) for id_, score in folder.scores() if score.name in told]

    hidden = scores(hide=True)
    assert any(name == "resolved" for _, name, _ in hidden) or any(name == "loop_level" for _, name, _ in hidden)
    assert hidden == scores(hide=False)


def test_a_hidden_case_can_be_held_again(tmp_path: Path) -> None:
    """What is taken from a run's records speaks the real values again, as `rerun` does."""
    folder = run(of(tmp_path, hide=True, scenarios=["parcel-status"]))
    plan, ready = folder.read_plan(), of(tmp_path)
    again = run(Cast(plan, ready.catalogue, ready.targets, folder.read_cases()[:1]))
    (before,) = [one for one in folder.read_transcripts()[0] if one.id == "c-0001"]
    assert again.read_transcripts()[0] == [before]
