"""Runs on the computed clock: equal seeds, equal transcripts."""

from __future__ import annotations

from pathlib import Path

from simulator.launch.casting import cast
from simulator.launch.run import Outcome, environment, execute, prepare
from simulator.model.plan import Load, RunPlan
from simulator.model.transcript import Transcript
from simulator.store import RunFolder


def computed(results: Path, target: str = "ordinary", users: int = 20, seed: int = 1) -> list[Transcript]:
    plan = RunPlan(
        target=target, conversations=12, clock="virtual", seed=seed, results=str(results), load=Load(users=users)
    )
    ready = cast(plan)
    folder = prepare(ready, None)
    assert execute(ready, folder, lambda status: None) == Outcome(str(folder.path))
    transcripts, damage = RunFolder(folder.path).read_transcripts()
    assert damage == []
    return sorted(transcripts, key=lambda one: one.id)


def test_the_same_seed_gives_the_same_transcripts(tmp_path: Path) -> None:
    """To the last word and the last microsecond."""
    assert computed(tmp_path) == computed(tmp_path)


def test_another_seed_gives_others(tmp_path: Path) -> None:
    """The seed is what tells them apart."""
    assert computed(tmp_path, seed=1) != computed(tmp_path, seed=2)


def test_seats_change_no_word(tmp_path: Path) -> None:
    """One after the other or all at once: what is said is the same (times differ in the last bit of a float)."""

    def words(transcripts: list[Transcript]) -> list[list[str]]:
        return [[turn.text for turn in one.turns] for one in transcripts]

    assert words(computed(tmp_path, users=1)) == words(computed(tmp_path, users=50))


def test_a_callable_runs_on_the_virtual_clock(tmp_path: Path) -> None:
    """Any Python function is a bot."""
    transcripts = computed(tmp_path, "tests.load.bots:polite")
    assert transcripts[0].turns[1].text.startswith("Thank you, answer 1")


def test_the_environment_names_what_a_number_may_depend_on() -> None:
    """Versions, machine, commit, and where text went."""
    told = environment(cast(RunPlan(conversations=1)).targets)
    assert {"exitramp", "python", "platform", "cores", "packages", "git", "started_at", "targets"} == told.keys()
    assert told["targets"] == {"helpful": "reference bot on 127.0.0.1"}


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path) -> None:
    """No run writes into another's folder."""
    ready = cast(RunPlan(conversations=1, probes=False, results=str(tmp_path)))
    assert len({prepare(ready, None).path for _ in range(3)}) == 3
