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
from simulator.model.transcript import Transcript, Turn
from simulator.registry import METRICS
from simulator.scorers.stock import CAUTIOUS, STOCK, score
from simulator.store import RunFolder, score_line
from simulator.verdict import stream
from simulator.verdict.decide import Decision, decide, recall
from simulator.verdict.scoring import ENOUGH_FOR_A_POOL, scenario_of, score_stored
from simulator.verdict.summary import summarise
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


def test_what_streams_is_what_a_list_would_give(folder: RunFolder) -> None:
    """Scores, metrics and cells of a run are those of all its transcripts held in memory, to the last digit."""
    decision = decide(folder)
    order = {one.id: place for place, one in enumerate(decision.cases)}
    transcripts = sorted(folder.read_transcripts()[0], key=lambda one: order[one.id])
    scored = list(stream.scored(transcripts, decision.catalogue.scenarios))
    lines = b"".join(score_line(one.id, score) for one, scores in scored for score in scores)
    assert (folder.path / "scores.jsonl").read_bytes() == lines
    personas, scenarios = decision.catalogue.personas, decision.catalogue.scenarios
    assert decision.metrics == summarise(scored, personas, scenarios, decision.plan.scope)
    assert [one.id for one in decision.held] == [one.id for one in transcripts]


def test_a_bot_that_nobody_understands_is_scored_again_with_care(tmp_path: Path) -> None:
    """Its lines are replaced, those of the other bot stay, and the metrics are of the new ones."""
    plan = RunPlan(target=["helpful", "maze", "looping"], conversations=60, probes=False, results=str(tmp_path))
    ready = cast(plan)
    folder = prepare(ready, None)
    segment = folder.segment()
    for case in reversed(ready.cases):
        # Of two customers who say it three times, one hears words that no table knows.
        said = "Brm lork zarn {}." if case.target == "maze" else "Sorry, I did not understand that. {}"
        turns = [
            turn
            for number, act in enumerate(("STATE", "RESTATE", "RESTATE"))
            for turn in (
                Turn("customer", "it is broken", sent=number * 9.0, act=act),  # type: ignore[arg-type]  # three acts
                Turn(
                    "bot", said.format("uf" * number), sent=number * 9.0, first=number * 9.0 + 1, done=number * 9.0 + 1
                ),
            )
        ]
        talk = Transcript(case.id, turns, "left_silent", 40.0, tiers=["T0", "T1", "T2"], facts=case.facts)
        named = {"target": case.target, "scenario": case.scenario, "persona": case.persona, "truth": case.truth}
        segment.append(msgspec.structs.replace(talk, **named))
    segment.close()
    decision = decide(folder)
    assert [note.partition(":")[0] for note in decision.notes] == ["maze"]
    scored = []
    for held in decision.held:
        with folder.pages() as pages:
            assert held.place is not None
            transcript = pages.read(held.place)
        careful = CAUTIOUS if held.target == "maze" else STOCK
        scored.append((transcript, score(transcript, scenario_of(held, decision.catalogue.scenarios), careful)))
    lines = b"".join(score_line(one.id, each) for one, scores in scored for each in scores)
    assert (folder.path / "scores.jsonl").read_bytes() == lines
    personas, scenarios = decision.catalogue.personas, decision.catalogue.scenarios
    assert decision.metrics == summarise(scored, personas, scenarios, decision.plan.scope)
    plain = list(stream.scored([one for one, _ in scored], scenarios))
    assert decision.metrics != summarise(plain, personas, scenarios, decision.plan.scope)


def test_stored_conversations_are_scored_by_many_processes_as_by_one(tmp_path: Path) -> None:
    """Above a couple of thousand the same bytes in the same order, and the same columns; none is held for longer."""
    folder = RunFolder(tmp_path)
    segment = folder.segment()
    talk = [Turn("customer", "hello", sent=1.0, act="STATE"), Turn("bot", "Hello.", sent=1.0, first=2.0, done=2.0)]
    for number in range(ENOUGH_FOR_A_POOL + 300):
        segment.append(Transcript(f"c-{number}", talk * (1 + number % 3), "left_silent", 9.0, tiers=["T0", "T1"]))
    segment.close()
    places = [place for place, _ in folder.stored([])]
    alone = [score_stored(tmp_path, places[at : at + 1000], {}) for at in range(0, len(places), 1000)]
    in_pool = list(score_stored(tmp_path, places, {}))
    assert [line for sheet in in_pool for line in sheet.lines] == [
        line for sheets in alone for sheet in sheets for line in sheet.lines
    ]
    assert sum(sheet.marks.count for sheet in in_pool) == len(places)


def test_many_processes_score_as_one_does(folder: RunFolder) -> None:
    """Above a couple of thousand transcripts a pool scores, in the order given, the same."""
    transcripts, _ = folder.read_transcripts()
    many = [msgspec.structs.replace(one, id=f"{one.id}/{turn}") for turn in range(24) for one in transcripts[:90]]
    assert len(many) > ENOUGH_FOR_A_POOL
    alone = list(stream.scored(transcripts[:90], {}, STOCK[:1]))
    in_pool = list(stream.scored(many, {}, STOCK[:1]))
    assert [one.id for one, _ in in_pool] == [one.id for one in many]
    assert [scores for _, scores in in_pool] == [scores for _, scores in alone] * 24


def test_metrics_json_says_how_often_the_scorers_are_right(folder: RunFolder) -> None:
    """The published figures of the scorers that a run rests on stand beside its numbers."""
    loop = next(one for one in folder.read_json("metrics.json")["accuracy"] if one["score"] == "loop")
    assert {"estimate", "low", "high", "n"} <= loop["recall"].keys()
    assert loop["n"] >= 100
