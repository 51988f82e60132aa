"""Result files of tau-bench and tau2-bench, written here in their public formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.scorers.stock import score
from tests.logs.material import ASKED, MOVED, put, read, signals, spoken, transcripts


def v1(messages: list[dict[str, Any]], last: str) -> dict[str, Any]:
    said = [*messages, {"role": "user", "content": last}]
    info = {"task": {"user_id": "mia_li_3668", "actions": []}, "source": "user", "user_cost": 0.1}
    return {"task_id": 7, "reward": 1.0, "info": info, "traj": said, "trial": 0}


def v2(messages: list[dict[str, Any]], reason: str, last: str = "") -> dict[str, Any]:
    said = [
        {**one, "turn_idx": place, "timestamp": f"2025-06-02T10:00:{place:02}.500000", "cost": 0.0}
        for place, one in enumerate([*messages, *([{"role": "user", "content": last}] if last else [])])
    ]
    for one in said:
        if one.get("tool_calls"):
            one["tool_calls"] = [
                {"id": call["id"], "name": call["function"]["name"], "arguments": {}, "requestor": "assistant"}
                for call in one["tool_calls"]
            ]
    rewarded = {"reward": 1.0, "db_check": {"db_match": True, "db_reward": 1.0}, "reward_basis": ["DB"]}
    return {
        "id": f"sim-{reason}",
        "task_id": "3",
        "trial": 1,
        "duration": 12.0,
        "termination_reason": reason,
        "reward_info": rewarded,
        "messages": said,
    }


def whole(*simulations: dict[str, Any]) -> str:
    info = {"git_commit": "0", "num_trials": 1, "environment_info": {"domain_name": "airline", "policy": "x" * 50_000}}
    return json.dumps({"timestamp": "t", "info": info, "tasks": [{"id": "3"}], "simulations": simulations}, indent=1)


@pytest.mark.parametrize(
    ("token", "ending"),
    [("###STOP###", "satisfied"), ("###TRANSFER###", "handed_off"), ("###OUT-OF-SCOPE###", "limit"), ("bye", "limit")],
)
def test_the_customers_last_token_tells_how_it_ended(tmp_path: Path, token: str, ending: str) -> None:
    """It is no word of the customer's, and a turn that held nothing else is none."""
    (one,) = transcripts(read(put(tmp_path, json.dumps([v1(ASKED, token)]))))
    assert (one.id, one.ending, len(one.turns)) == ("7/0", ending, len(ASKED) + 1)
    assert "###" not in str(one)
    assert spoken(one)[-1] == (("customer", "bye") if token == "bye" else ("system", ""))


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("user_stop", "satisfied"),
        ("agent_stop", "bot_closed"),
        ("max_steps", "limit"),
        ("too_many_errors", "target_failed"),
        ("user_error", "simulator_failed"),
    ],
)
def test_tau2_states_why_it_ended(tmp_path: Path, reason: str, ending: str) -> None:
    """By its termination reason, with the times of its messages; the simulations stand behind a long head."""
    path = put(tmp_path, whole(v2(MOVED, reason, "###STOP###")))
    (one,) = transcripts(read(path))
    assert (one.id, one.ending, one.ended_why, one.tiers) == (f"sim-{reason}", ending, reason, ["T0", "T2"])
    assert one.turns[1].sent == pytest.approx(1.0)
    assert one.ended == pytest.approx(len(MOVED))


def test_what_the_customers_own_tools_do_is_not_the_bots(tmp_path: Path) -> None:
    """In telecom the customer holds the phone: its calls are no actions of the bot."""
    simulation = v2(ASKED, "user_stop")
    call = {"id": "u", "name": "toggle_airplane_mode", "arguments": {}, "requestor": "user"}
    simulation["messages"].append(
        {"role": "user", "content": None, "tool_calls": [call], "timestamp": "2025-06-02T10:00:50"}
    )
    simulation["messages"].append(
        {"role": "tool", "content": "on", "requestor": "user", "timestamp": "2025-06-02T10:00:51"}
    )
    (one,) = transcripts(read(put(tmp_path, whole(simulation))))
    assert [name for _, _, name in signals(one)] == ["get_order"]
    assert [turn.speaker for turn in one.turns[-2:]] == ["system", "system"]


def test_containment_is_measured_where_the_tool_is_known_and_nowhere_else(tmp_path: Path) -> None:
    """Two that could have been handed over, one of which was; in a file without the tool nothing is booked."""

    def booked(*simulations: dict[str, Any]) -> list[Any]:
        found = transcripts(read(put(tmp_path, whole(*simulations))))
        return [next(s.value for s in score(one, None) if s.name == "contained") for one in found]

    assert booked(v2(ASKED, "user_stop"), v2(MOVED, "user_stop")) == [1, 0]
    assert booked(v2(ASKED, "user_stop")) == [None]
