"""The model's voice against somebody else's idea of the endpoint: aimock, which mimics the services' own answers and faults.

Needs Node and npm; the package is installed once into pytest's cache. Without them the tests are skipped by name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import time
from typing import Any

import pytest

from simulator.clock.wall import WallClock
from simulator.customers.model_service import ModelService
from simulator.customers.model_voice import ModelVoiced
from simulator.customers.spending import Ledger
from simulator.model.contracts import Say
from simulator.model.plan import Budget, ModelSpec
from tests.customers.scenes import BICYCLE, USELESS, case, mind

PACKAGE = "@copilotkit/aimock@1.43.0"
GOOD = {"content": "Hello, my bicycle still isn't back."}


def fixture(model: str, response: dict[str, Any], place: int | None = None, **more: Any) -> dict[str, Any]:
    """What aimock answers to this model, at its n-th call where a place is given."""
    return {
        "match": {"model": model} | ({} if place is None else {"sequenceIndex": place}),
        "response": response,
        **more,
    }


LIMITED = {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}, "status": 429}
FIXTURES = [
    fixture("good", GOOD),
    fixture("flips", {"content": "How can I help you today?"}, 0),
    fixture("flips", GOOD, 1),
    fixture("limited", LIMITED | {"retryAfter": 1}, 0),
    fixture("limited", GOOD, 1),
    fixture("far", LIMITED | {"retryAfter": 600}),
    fixture("denied", {"error": {"message": "no", "code": "invalid_api_key"}, "status": 401}),
    fixture("broken", {"error": {"message": "oops", "type": "server_error"}, "status": 500}),
    fixture("filtered", {"content": "", "finishReason": "content_filter"}),
    fixture("dropped", GOOD, chaos={"dropRate": 1.0}),
    fixture("malformed", GOOD, chaos={"malformedRate": 1.0}),
    fixture("gone", GOOD, chaos={"disconnectRate": 1.0}),
    fixture("slow", GOOD, chaos={"latencyMs": 20_000}),
]


@pytest.fixture(scope="module")
def aimock(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("aimock needs Node and npm, and they are not installed")
    command = _installed(
        npm, request.config.cache.mkdir("aimock") if request.config.cache else tmp_path_factory.mktemp("npm")
    )
    fixtures = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    with subprocess.Popen(
        [node, str(command), "-p", "0", "-f", str(fixtures)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if "listening on" in line:
                yield line.split()[-1]
                break
        else:
            pytest.fail(f"aimock has not started: {''.join(said)}")
        server.terminate()


def _installed(npm: str, folder: Path) -> Path:
    """aimock's command, installed if it is not there yet."""
    command = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    if not command.is_file():
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=30000"]
        try:
            subprocess.run(
                [npm, "install", "--prefix", str(folder), *quiet, PACKAGE], check=True, capture_output=True, timeout=120
            )
        except (subprocess.SubprocessError, OSError):
            pytest.skip(f"npm cannot install {PACKAGE}")
    return command


def voice(url: str, model: str, ledger: Ledger | None = None, **spec: Any) -> ModelService:
    given = ModelSpec(model, url + "/v1", **{"retries": 1, "timeout_s": 10.0, **spec})
    return ModelService(given, WallClock(), ledger, {"OPENAI_API_KEY": "sk-test"}, tell=str)


def opening(one: ModelService) -> tuple[Say, ModelVoiced]:
    customer = ModelVoiced(mind(), one, case(), BICYCLE)
    move = customer.next(None)
    assert isinstance(move, Say)
    return move, customer


def test_a_good_wording_goes_out(aimock: str, tmp_path: Path) -> None:
    """And its tokens are booked as the endpoint counts them."""
    ledger = Ledger(tmp_path / "spending", Budget(tokens=10_000), time())
    move, customer = opening(voice(aimock, "good", ledger))
    assert (move.parts, move.voice) == ((GOOD["content"],), "llm")
    wording = customer.wording
    assert wording.prompt_tokens + wording.completion_tokens == ledger.totals().tokens > 0


def test_a_role_flip_is_repaired(aimock: str) -> None:
    """By a second request."""
    move, customer = opening(voice(aimock, "flips"))
    assert (move.parts, move.voice) == ((GOOD["content"],), "llm_repaired")
    assert customer.wording.calls == 2


def test_a_rate_limit_is_waited_out(aimock: str) -> None:
    """For as long as the endpoint says."""
    move, customer = opening(voice(aimock, "limited"))
    assert (move.voice, customer.wording.calls) == ("llm", 2)
    assert customer.wording.overrun_s >= 1.0


def test_a_far_rate_limit_is_not(aimock: str) -> None:
    """The next turn does not even ask."""
    one = voice(aimock, "far")
    move, customer = opening(one)
    again = customer.next(USELESS)
    assert isinstance(again, Say)
    assert (move.voice, again.voice, customer.wording.calls) == ("failed:rate_limited", "failed:rate_limited", 1)


@pytest.mark.parametrize(
    ("model", "voiced", "calls"),
    [
        ("broken", "failed:status_5xx", 2),
        ("dropped", "failed:status_5xx", 2),
        ("malformed", "failed:bad_json", 2),
        ("gone", "failed:cut", 2),
        ("filtered", "failed:refused", 1),
        ("denied", "failed:status", 1),
        ("no such fixture", "failed:status", 1),
    ],
)
def test_each_fault_has_its_name(aimock: str, model: str, voiced: str, calls: int) -> None:
    """And phrases word the turn."""
    move, customer = opening(voice(aimock, model))
    plain = mind().next(None)
    assert isinstance(plain, Say)
    assert (move.parts, move.voice, customer.wording.calls) == (plain.parts, voiced, calls)


def test_a_slow_endpoint_times_out(aimock: str) -> None:
    """After the plan's timeout."""
    assert opening(voice(aimock, "slow", retries=0, timeout_s=0.3))[0].voice == "failed:timeout"
