"""A folder -> scores, metrics, judgements: written, read back, the same again."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from simulator.cli.run import DEMO_SCENARIOS
from simulator.launch.casting import cast
from simulator.launch.run import execute, prepare
from simulator.model.gates import DEFAULT_GATES, Gate, Gates
from simulator.model.plan import RunPlan
from simulator.model.score import Metric, Score
from simulator.registry import METRICS
from simulator.scorers.stock import STOCK
from simulator.store import RunFolder
from simulator.verdict.decide import Decision, decide, recall
from simulator.verdict.scoring import ENOUGH_FOR_A_POOL, score_all
from tests.runs import metrics, reconciles


def computed(results: Path, gates: Gates | None, target: str | list[str] = "ordinary") -> RunFolder:
    plan = RunPlan(
        target=target, conversations=24, scenarios=list(DEMO_SCENARIOS), clock="virtual", results=str(results)
    )
    ready = cast(plan)
    folder = prepare(ready, gates)
    execute(ready, folder, lambda status: None)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Two bots, judged."""
    folder = computed(tmp_path_factory.mktemp("two"), DEFAULT_GATES, ["helpful", "looping:p=1"])
    decide(folder)
    return folder


def test_metrics_json_has_schema_run_counts_and_metrics(folder: RunFolder) -> None:
    """Every metric has n, skipped, method, estimand; where there is no estimate there is a reason."""
    document = metrics(folder)
    assert document["schema"] == 1
    assert {"id", "verdict", "seed", "scope", "missing", "damaged_lines"} <= document["run"].keys()
    assert reconciles(document["counts"])
    told = msgspec.convert(document["metrics"], list[Metric])
    assert {one.name for one in told} == METRICS.keys()
    assert {one.target for one in told} == {"helpful", "looping:p=1"}
    assert all(one.method and one.estimand == "these_scenarios" for one in told if one.estimate is not None)
    assert all(one.reason for one in told if one.estimate is None)
    assert all(one.n >= 0 and one.skipped >= 0 for one in told)


def test_metrics_json_is_strict_json(folder: RunFolder) -> None:
    """No NaN, no Infinity: any reader can read it."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads((folder.path / "metrics.json").read_text(), parse_constant=refuse)


def test_scores_are_one_a_line_with_their_transcript(folder: RunFolder) -> None:
    """Each line is a Score with the id; every transcript has some; None has a reason."""
    lines = [json.loads(line) for line in (folder.path / "scores.jsonl").read_text().splitlines()]
    ids = {one.id for one in folder.read_transcripts()[0]}
    assert {line["transcript"] for line in lines} == ids
    scores = [msgspec.convert({k: v for k, v in line.items() if k != "transcript"}, Score) for line in lines]
    assert all(score.reason for score in scores if score.value is None)


def test_a_second_look_says_the_same(folder: RunFolder) -> None:
    """Scoring again from the frozen copies changes nothing; reading back is what was decided."""

    def told(decision: Decision) -> object:
        return decision.metrics, decision.judgements, decision.verdict, decision.counts, decision.by_target

    before = (folder.path / "scores.jsonl").read_bytes()
    again = decide(RunFolder(folder.path))
    assert (folder.path / "scores.jsonl").read_bytes() == before
    assert told(recall(RunFolder(folder.path))) == told(again)


def test_a_looping_bot_fails_and_a_helpful_one_does_not(folder: RunFolder) -> None:
    """The gate on entrapment tells them apart."""
    outcomes = {one.target: one.outcome for one in decide(folder).judgements if one.gate.metric == "entrapment_rate"}
    assert outcomes["looping:p=1"] == "fail"
    assert outcomes["helpful"] != "fail"


def test_a_rescore_uses_the_frozen_gates(tmp_path: Path) -> None:
    """Not today's defaults; the scope and confidence of the gates are theirs."""
    gates = Gates(rules=[Gate("entrapment_rate", at_most=0.9)], confidence=0.8, scope="all_scenarios")
    folder = computed(tmp_path, gates)
    (judgement,) = decide(folder).judgements
    assert (judgement.gate.at_most, judgement.outcome) == (0.9, "pass")


def test_many_processes_score_as_one_does(folder: RunFolder) -> None:
    """Above a couple of thousand transcripts a pool scores, in the order given, the same."""
    transcripts, _ = folder.read_transcripts()
    many = [msgspec.structs.replace(one, id=f"{one.id}/{turn}") for turn in range(24) for one in transcripts[:90]]
    assert len(many) > ENOUGH_FOR_A_POOL
    alone = score_all(transcripts[:90], {}, STOCK[:1])
    in_pool = score_all(many, {}, STOCK[:1])
    assert [one.id for one, _ in in_pool] == [one.id for one in many]
    assert [scores for _, scores in in_pool] == [scores for _, scores in alone] * 24


def test_metrics_json_says_how_often_the_scorers_are_right(folder: RunFolder) -> None:
    """The published figures of the scorers that a run rests on stand beside its numbers."""
    loop = next(one for one in folder.read_json("metrics.json")["accuracy"] if one["score"] == "loop")
    assert {"estimate", "low", "high", "n"} <= loop["recall"].keys()
    assert loop["n"] >= 100
