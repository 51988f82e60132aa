"""`run`, `demo` and `rerun` beyond their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from simulator.model.plan import RunPlan
from tests.runs import SMALL_STOCK, Held, exitramp, held, held_apart, invoked, metrics, only_run, spoken

FEW = ("--conversations", "12", "--no-probes", "--gates", "none", "--seed", "5")


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Two reference bots over HTTP."""
    return held_apart(tmp_path_factory.mktemp("http"), "--target", "ordinary", "--target", "maze", *FEW, "--users", "5")


def test_print_plan_round_trips(tmp_path: Path) -> None:
    """The printed plan, with every default, prints the same again; an option wins over the file."""
    first = invoked("run", "--target", "maze", "--seed", "9", "--users", "7", "--print-plan")
    file = tmp_path / "plan.yaml"
    file.write_text(first.out)
    assert invoked("run", file, "--print-plan").out == first.out
    changed = msgspec.yaml.decode(invoked("run", file, "--seed", "10", "--print-plan").out, type=RunPlan)
    assert (changed.seed, changed.load.users, changed.target) == (10, 7, "maze")
    assert set(RunPlan.__struct_fields__) <= {line.split(":")[0] for line in first.out.splitlines()}


def test_a_plan_file_with_paths_beside_it(tmp_path: Path) -> None:
    """Relative paths start at the plan; gates in the plan are judged."""
    beside = tmp_path / "plans"
    beside.mkdir()
    (beside / "me.yaml").write_text("{persona: 1, name: me, about: my own customer}\n")
    (beside / "gates.yaml").write_text("gates: 1\nrules: [{metric: entrapment_rate, at_most: 0.99, use: estimate}]\n")
    plan = "plan: 1\ntarget: helpful\nclock: virtual\nprobes: false\nconversations: 4\npersonas: [./me.yaml]\n"
    (beside / "plan.yaml").write_text(f"{plan}gates: ./gates.yaml\n")
    run = held_apart(tmp_path / "results", "plans/plan.yaml", cwd=tmp_path)
    assert run.done.code == 0, run.done.err
    assert {case.persona for case in run.folder.read_cases()} == {"me"}
    (beside / "plan.yaml").write_text(f"{plan}gates: [{{metric: entrapment_rate, at_least: 0.99, use: estimate}}]\n")
    assert invoked("run", beside / "plan.yaml", "--results", tmp_path / "others").code == 1


def test_a_wrong_plan_is_told_with_its_places(tmp_path: Path) -> None:
    """All problems at once, each with line, field and a near word."""
    file = tmp_path / "plan.yaml"
    file.write_text("plan: 1\ntarget: helpful\nconversation: 3\nseed: many\n")
    done = invoked("run", file)
    assert done.code == 2
    for words in ("plan.yaml:3", "conversations", "plan.yaml:4", "seed"):
        assert words in done.err
    assert "Traceback" not in done.err


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """Says what would be sent and which gate can pass, and writes no folder."""
    done = invoked(
        "run", "--target", "helpful", "--conversations", "72", *SMALL_STOCK, "--dry-run", "--results", tmp_path / "r"
    )
    assert done.code == 0
    assert "72 conversations, 36 probes" in done.out
    assert "can pass from 59 conversations. OK" in done.out
    assert not (tmp_path / "r").exists()


def test_two_bots_meet_the_same_customers_over_http(over_http: Held) -> None:
    """Same case, same facts, same first words."""
    by_case: dict[str, set[tuple[str, ...]]] = {}
    for one in over_http.folder.read_transcripts()[0]:
        first = next(turn for turn in one.turns if turn.speaker == "customer")
        by_case.setdefault(one.case, set()).add((first.text, str(one.facts)))
    assert len(by_case) == 12
    assert all(len(opening) == 1 for opening in by_case.values())


def test_seats_and_processes_change_no_customer(over_http: Held, tmp_path: Path) -> None:
    """5 or 50 at once, on the wall or computed: the same cases to the last byte."""
    more = held(tmp_path, "--target", "ordinary", "--target", "maze", *FEW, "--users", "50", "--clock", "virtual")
    cases = [run.folder.path.joinpath("cases.jsonl").read_bytes() for run in (over_http, more)]
    assert cases[0] == cases[1]


def test_the_same_command_twice_on_the_virtual_clock(tmp_path: Path) -> None:
    """Equal transcripts, byte for byte."""
    runs = [held(tmp_path / name, "--target", "ordinary", "--clock", "virtual", *FEW) for name in ("a", "b")]
    contents = [(run.folder.transcripts / "0.jsonl").read_bytes() for run in runs]
    assert contents[0] == contents[1]
    assert contents[0].count(b"\n") == 12


def test_json_is_the_only_thing_on_stdout(tmp_path: Path) -> None:
    """One document, the same as metrics.json; people's words go to stderr."""
    run = held(tmp_path, "--target", "helpful", "--clock", "virtual", *FEW, "--json")
    assert json.loads(run.done.out) == metrics(run.folder)
    assert "Will send" in run.done.err


def test_rerun_is_the_same_customer_again(over_http: Held, tmp_path: Path) -> None:
    """By id from any run, also for another target; the old run's frozen files are used."""
    old = next(one for one in over_http.folder.read_transcripts()[0] if one.id == "c-0003")
    done = invoked("rerun", over_http.folder.path, "c-0003", "--target", "helpful", "--results", tmp_path)
    (again,) = only_run(tmp_path).read_transcripts()[0]
    assert done.code == 0, done.err
    assert (again.case, again.facts, again.target) == (old.case, old.facts, "helpful")
    assert invoked("rerun", over_http.folder.path, "c-9999").code == 2


def test_rerun_on_the_virtual_clock_is_equal(tmp_path: Path) -> None:
    """The same words at the same times."""
    run = held(tmp_path / "first", "--target", "ordinary", "--clock", "virtual", *FEW)
    old = {one.id: one for one in run.folder.read_transcripts()[0]}["c-0007"]
    assert invoked("rerun", run.folder.path, "c-0007", "--results", tmp_path / "again").code == 0
    (again,) = only_run(tmp_path / "again").read_transcripts()[0]
    assert [(who, words) for who, words, *_ in spoken(again)] == [(who, words) for who, words, *_ in spoken(old)]
    assert again.ending == old.ending


def test_the_demo_runs_without_network_or_key(tmp_path: Path) -> None:
    """Three bots, the same customers, exit 0, and where to read on."""
    done = exitramp("demo", "--quick", "--results", tmp_path)
    assert done.code == 0, done.err
    for words in ("helpful", "looping", "maze", "What the customers met", "Trust Gap", "exitramp show"):
        assert words in done.out
    assert metrics(only_run(tmp_path))["counts"]["simulator_failed"] == 0


def test_the_printed_plan_is_the_one_that_is_used(tmp_path: Path) -> None:
    """How many conversations, and nobody compressed on a computed clock; as YAML, as JSON, and in the run's folder."""
    document = json.loads(invoked("run", "--clock", "virtual", "--print-plan", "--json").out)
    assert (document["conversations"], document["repeats"], document["think"]) == (144, None, 1.0)
    assert "conversations: 144" in invoked("run", "--print-plan").out
    assert "conversations: null" in invoked("run", "--repeats", "2", "--print-plan").out
    run = held(tmp_path, "--target", "helpful", "--clock", "virtual", *FEW)
    assert run.folder.read_plan().think == 1.0


def test_a_dry_run_as_json_is_one_document(tmp_path: Path) -> None:
    """What people read goes to stderr; where hand-offs go is among it."""
    done = invoked("run", "--target", "helpful", "--conversations", "72", *SMALL_STOCK, "--dry-run", "--json")
    document = json.loads(done.out)
    assert (document["conversations"], document["probes"], document["handoffs"]) == (72, 36, "desk")
    assert "Hand-offs     go to the desk" in done.err


def outlooks(folder: Path, *rules: str, more: str = "") -> list[dict[str, object]]:
    """What a dry run of 72 conversations says of some gates."""
    file = folder / "gates.yaml"
    file.write_text("gates: 1\nrules:\n" + "".join(f"  - {{{rule}}}\n" for rule in rules) + more)
    done = invoked(
        "run", "--target", "helpful", "--conversations", "72", *SMALL_STOCK, "--gates", file, "--dry-run", "--json"
    )
    found: list[dict[str, object]] = json.loads(done.out)["gates"]
    return found


def test_a_gate_on_a_group_is_promised_the_groups_conversations(tmp_path: Path) -> None:
    """By criticality as by scenario; a quantile has no groups, and a group that is not there has nobody."""
    high, one, quantile, nobody = outlooks(
        tmp_path,
        "metric: entrapment_rate, at_most: 0.2, group: criticality=high",
        "metric: entrapment_rate, at_most: 0.2, group: scenario=parcel-status",
        "metric: turn_latency_p95, at_most: 5, group: scenario=parcel-status",
        "metric: entrapment_rate, at_most: 0.2, group: persona=nobody, use: estimate",
    )
    assert (high["n"], one["n"], one["smallest_n"]) == (18, 6, 14)
    for outlook in (quantile, nobody):
        assert (outlook["n"], "no conversation counts for group" in str(outlook["never"])) == (0, True)


def test_one_probe_a_scenario_has_no_bound(tmp_path: Path) -> None:
    """Of three probes only the one that asks at once counts for its metric, and its gate needs the estimate."""
    bound, estimate, all_three = outlooks(
        tmp_path,
        "metric: human_bypass_rate, at_least: 0.5",
        "metric: human_bypass_rate, at_least: 0.5, use: estimate",
        "metric: unmet_ask_rate, at_most: 0.5",
    )
    assert (bound["n"], bound["never"]) == (12, "one probe a scenario: no bound, use: estimate")
    assert (estimate["n"], estimate["never"]) == (12, "")
    assert (all_three["n"], all_three["never"]) == (36, "")


def test_how_many_a_ratio_needs_is_not_known(tmp_path: Path) -> None:
    """What passes a flawless rate says nothing of shares of turns."""
    (outlook,) = outlooks(tmp_path, "metric: wasted_turn_ratio, at_most: 0.2")
    assert outlook["smallest_n"] is None


def test_a_rerun_is_a_plan_of_one(over_http: Held, tmp_path: Path) -> None:
    """Its folder says what was held, not what the old run had planned."""
    invoked("rerun", over_http.folder.path, "c-0002", "--results", tmp_path)
    plan = only_run(tmp_path).read_plan()
    assert (plan.conversations, plan.repeats, plan.probes) == (1, None, False)
