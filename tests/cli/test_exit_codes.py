"""Each exit code by a real command. (4 and 130 are also in tests/launch/test_run_cut_short.py and test_own_bot.py.)"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs import SMALL_STOCK, Held, held, held_apart, invoked

GATES = "gates: 1\nrules:\n  - {{metric: {metric}, {limit}}}\n"
VIRTUAL = ("--clock", "virtual", "--no-probes")


def with_gates(folder: Path, metric: str, limit: str, target: str, conversations: int = 24) -> Held:
    gates = folder / "gates.yaml"
    gates.write_text(GATES.format(metric=metric, limit=limit))
    arguments: tuple[str | Path, ...] = (
        "--target",
        target,
        "--conversations",
        str(conversations),
        "--gates",
        gates,
        *VIRTUAL,
        *SMALL_STOCK,
    )
    return held(folder / "results", *arguments)


def test_0_every_gate_passed(tmp_path: Path) -> None:
    """Enough conversations and a good bot."""
    run = held_apart(tmp_path, "--target", "helpful", "--conversations", "72", "--clock", "virtual", *SMALL_STOCK)
    assert run.done.code == 0, run.done.out
    assert run.done.out.count("PASSED") == 1


def test_1_a_gate_failed(tmp_path: Path) -> None:
    """The verdict is the first word after the preflight, the gate's line says FAIL."""
    run = with_gates(tmp_path, "entrapment_rate", "at_most: 0.05", "looping:p=1")
    assert run.done.code == 1
    assert "FAILED" in run.done.out
    assert run.metrics["run"]["verdict"] == "failed"


@pytest.mark.parametrize(
    ("metric", "limit"),
    [
        ("entrapment_rate", "at_most: 0.05, min_count: 500"),
        ("entrapment_rate", "at_most: 0.01"),
        ("entrapment_rate", "at_most: 0.9, group: 'persona=nobody'"),
    ],
)
def test_3_a_gate_could_not_tell(tmp_path: Path, metric: str, limit: str) -> None:
    """Too few, a bound on both sides, a metric that is not there: never a pass."""
    run = with_gates(tmp_path, metric, limit, "helpful", 12)
    assert run.done.code == 3
    assert "INCONCLUSIVE" in run.done.out


def test_0_without_gates_nothing_is_judged(tmp_path: Path) -> None:
    """NOT JUDGED, in those words."""
    run = held(tmp_path, "--target", "maze", "--conversations", "6", "--gates", "none", *VIRTUAL)
    assert run.done.code == 0
    assert "NOT JUDGED" in run.done.out
    assert run.metrics["run"]["verdict"] == "not_judged"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--target", "helpfull"), "did you mean `helpful`?"),
        (("run", "--target", "helpful:latncy=2"), "latency"),
        (("run", "--target", "gone.yaml"), "gone.yaml"),
        (("run", "--target", "helpful", "--converations", "3"), "--conversations"),
        (("run", "--target", "helpful", "--users", "0"), "--users"),
        (("run", "--target", "helpful", "--scenario", "parcel-statu"), "parcel-status"),
        (("run", "--target", "helpful", "--gates", "gone.yaml"), "gone.yaml"),
        (("run", "--target", "helpful", "--conversations", "3", "--repeats", "2"), "exclude each other"),
        (("run",), "no target"),
        (("run", "gone-plan.yaml"), "gone-plan.yaml"),
        (("report", "nowhere"), "no such folder"),
        (("show", "/tmp", "c-0001"), "not the folder of a run"),
        (("metrics", "explain", "entrapment_rat"), "entrapment_rate"),
        (("persona",), "persona"),
        (("check",), "FILES"),
    ],
)
def test_2_wrong_usage_or_input(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """The wrong word is named, a near one offered; no traceback, nothing written."""
    results = ("--results", tmp_path / "results") if arguments[0] == "run" else ()
    done = invoked(*arguments, *results)
    assert done.code == 2, done.err
    assert words in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_2_a_callable_that_is_not_there(tmp_path: Path) -> None:
    """It is found out before anything is begun: no folder is left behind."""
    done = invoked("run", "--target", "tests.load.bots:polit", "--results", tmp_path)
    assert done.code == 2
    assert "did you mean `polite`?" in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.iterdir())


def test_4_a_function_that_always_raises_never_answered(tmp_path: Path) -> None:
    """A bot's exception is the bot's."""
    run = held(tmp_path, "--target", "tests.load.bots:raises", "--conversations", "4", "--no-probes")
    assert run.done.code == 4
    assert "never answered once: raised (4)" in run.done.err


def test_4_a_results_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Nothing is sent if nothing can be kept."""
    (tmp_path / "file").write_text("")
    done = invoked("run", "--target", "helpful", "--results", tmp_path / "file" / "results")
    assert done.code == 4
    assert "cannot be written" in done.err


def test_5_a_fault_that_is_not_the_bots(tmp_path: Path) -> None:
    """A target class that breaks its contract every time: no bot to blame, and it comes before the gates."""
    run = held(tmp_path, "--target", "tests.load.bots:nonsense_session", "--conversations", "4", "--no-probes")
    assert run.done.code == 5
    assert "a fault on our side" in run.done.err
    assert run.metrics["counts"]["simulator_failed"] == 4
    assert run.metrics["counts"]["target_failed"] == 0


def test_3_some_faults_of_ours_leave_the_gates_open(tmp_path: Path) -> None:
    """More than 2 % of the conversations failed on our side: inconclusive, though the rest went well."""
    run = held(
        tmp_path, "--target", "tests.load.bots:sometimes", "--conversations", "72", "--no-probes", "--users", "40"
    )
    counts = run.metrics["counts"]
    assert 2 <= counts["simulator_failed"] <= 8
    assert run.done.code in (1, 3)
    assert all(one["outcome"] == "inconclusive" for one in judgements(run))
    assert run.done.code == 3


def judgements(run: Held) -> list[dict[str, object]]:
    import json

    gates: list[dict[str, object]] = json.loads((run.folder.path / "gates.json").read_text())["gates"]
    return gates
