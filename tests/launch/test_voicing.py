"""Runs whose customers a model words: over real HTTP, with budgets, and counted apart from the bot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from simulator.store import RunFolder
from tests.customers.model_server import serving


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as url:
        yield f"{url}/v1"


def run(
    endpoint: str, results: Path, plan: dict[str, Any], *options: str
) -> tuple[subprocess.CompletedProcess[str], RunFolder]:
    """One run by the command, and its folder."""
    file = results / "plan.yaml"
    file.write_text(json.dumps({"plan": 1, "target": "helpful", "probes": False, "gates": "none", "seed": 3, **plan}))
    env = {**os.environ, "OPENAI_BASE_URL": endpoint, "OPENAI_API_KEY": "sk-secret-of-this-test"}
    command = [sys.executable, "-m", "simulator", "run", str(file), "--results", str(results), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=env)
    (folder,) = [one for one in results.iterdir() if one.is_dir()]
    return done, RunFolder(folder)


def of(name: str, **plan: Any) -> dict[str, Any]:
    return {"model": {"name": name}, "voices": {"phrases": 0.5, "llm": 0.5}, "conversations": 24, **plan}


def test_half_the_customers_are_worded_by_the_model_and_the_run_says_so(endpoint: str, tmp_path: Path) -> None:
    """Where text goes before, what it took after, and every headline with and without mended conversations."""
    done, folder = run(endpoint, tmp_path, of("ok#half"))
    assert done.returncode == 0, done.stderr
    assert f"12 of 24 customers are worded by ok#half at {endpoint}" in done.stdout
    assert "Customers worded by a language model" in done.stdout
    transcripts = folder.read_transcripts()[0]
    voiced = [one for one in transcripts if one.wording is not None]
    assert len(voiced) == 12
    metrics = json.loads((folder.path / "metrics.json").read_text())
    assert metrics["wording"]["conversations"] == 12
    assert metrics["wording"]["calls"] == sum(one.wording.calls for one in voiced if one.wording)
    groups = {one["group"] for one in metrics["metrics"]}
    assert {"voice=llm", "voice=phrases", "wording=unmended"} <= groups


def test_no_key_is_in_any_file(endpoint: str, tmp_path: Path) -> None:
    """Neither in the run's folder nor on the screen."""
    done, folder = run(endpoint, tmp_path, of("401#key"))
    assert "sk-secret" not in done.stdout + done.stderr
    for file in folder.path.rglob("*"):
        assert file.is_dir() or "sk-secret" not in file.read_text(errors="replace"), file


@pytest.mark.parametrize(("script", "cause"), [("500", "status_5xx"), ("not_json", "bad_json"), ("refused", "refused")])
def test_a_failing_service_is_never_the_bots_failure(endpoint: str, tmp_path: Path, script: str, cause: str) -> None:
    """Phrases have the word, every conversation ends by itself, and the report says what failed."""
    plan = of(f"{script}#down", model={"name": f"{script}#down", "retries": 0}, clock="virtual")
    done, folder = run(endpoint, tmp_path, plan)
    assert done.returncode == 0, done.stderr
    transcripts = folder.read_transcripts()[0]
    assert {one.ending for one in transcripts}.isdisjoint({"target_failed", "simulator_failed"})
    metrics = json.loads((folder.path / "metrics.json").read_text())
    assert set(metrics["wording"]["failed"]) == {cause}
    assert metrics["counts"]["target_failed"] == 0


def test_a_budget_of_calls_holds_and_phrases_take_over(endpoint: str, tmp_path: Path) -> None:
    """Never one call more; the rest is marked."""
    done, folder = run(endpoint, tmp_path, of("ok#cap", budget={"calls": 9}, clock="virtual"))
    assert done.returncode == 0, done.stderr
    assert "budget 9 calls" in done.stdout
    wording = json.loads((folder.path / "metrics.json").read_text())["wording"]
    assert wording["calls"] == 9
    assert wording["spent"]["calls"] > 0


@pytest.mark.parametrize("clock", ["virtual", "wall"])
def test_a_budget_may_end_the_run(endpoint: str, tmp_path: Path, clock: str) -> None:
    """Nothing more is begun, and the report says why and how much is missing."""
    plan = of(f"ok#end-{clock}", budget={"calls": 5, "then": "end"}, clock=clock, load={"users": 1})
    done, folder = run(endpoint, tmp_path, plan)
    assert "budget (calls) was used up" in " ".join(done.stdout.split()), done.stdout
    assert 0 < len(folder.read_transcripts()[0]) < 24


def test_a_slower_model_is_our_lateness_and_not_the_bots_latency(endpoint: str, tmp_path: Path) -> None:
    """Twice the model's latency: the bot's own latency stays within 2 %, what the customers felt of it too.

    The bot takes long enough for 2 % to be more than the few milliseconds that a busy machine adds by itself.
    """
    found = {}
    for name, script in (("quick", "slow:0.1"), ("slow", "slow:0.2")):
        results = tmp_path / name
        results.mkdir()
        plan = of(f"{script}#{name}", target="helpful:latency=0.8", voices={"llm": 1.0}, conversations=16)
        _, folder = run(endpoint, results, plan, "--users", "8")
        transcripts = folder.read_transcripts()[0]
        turns = [turn for one in transcripts for turn in one.turns if turn.speaker == "bot" and turn.sent]
        found[name] = median([(turn.done or 0) - (turn.sent or 0) for turn in turns])
        late = [one.wording.overrun_s for one in transcripts if one.wording]
        assert min(late) > 0, "with think 0 every second of the model is late"
    assert found["slow"] == pytest.approx(found["quick"], rel=0.02)


def test_a_plan_without_a_model_is_refused_before_anything_is_sent(endpoint: str, tmp_path: Path) -> None:
    """What is missing, and both ways to give it."""
    file = tmp_path / "plan.yaml"
    file.write_text("{plan: 1, target: helpful, voices: {llm: 1}}")
    command = [sys.executable, "-m", "simulator", "run", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "the llm voice needs a model" in done.stderr
    assert "--model" in done.stderr
