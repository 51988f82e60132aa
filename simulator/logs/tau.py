"""Result files of tau-bench (a list of `{task_id, reward, info, traj}`) and tau2-bench (an object with `simulations`).

The reward compares databases; it is no measure of whether the customer was helped, and is not read. The customer is a language
model that ends with a token; it is taken out of its words and says how the conversation ended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.logs.conversation import ROLES, Handoffs, Message, Unreadable, transcript
from simulator.logs.openai import declared, message
from simulator.model.transcript import LOG_ENDS, Ending, Transcript

_token = re.compile(r"\s*###(STOP|TRANSFER|OUT-OF-SCOPE)###\s*")
_BY_TOKEN: Mapping[str, Ending] = {"STOP": "satisfied", "TRANSFER": "handed_off", "OUT-OF-SCOPE": "limit"}
_BY_REASON: Mapping[str, Ending] = {
    "agent_stop": "bot_closed",
    "max_steps": "limit",
    "timeout": "limit",
    "too_many_errors": "target_failed",
    "agent_error": "target_failed",
    "user_error": "simulator_failed",
    "infrastructure_error": "simulator_failed",
}
"""tau2's reasons beside `user_stop`, of which the token tells the kind."""


def conversation(value: Any, fallback_id: str, handoffs: Handoffs, roles: Mapping[str, str] = ROLES) -> Transcript:
    """One simulation. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable("no object with `traj` or `messages`")
    said = value.get("traj", value.get("messages"))
    if not isinstance(said, list):
        raise Unreadable("expected a list of messages under `traj` or `messages`")
    messages: list[Message] = []
    ending: Ending = "limit"
    for place, one in enumerate(said, 1):
        found = message(one, place, roles)
        if found.speaker == "customer":
            tokens = _token.findall(found.text)
            ending = _BY_TOKEN[tokens[-1]] if tokens else ending
            found = found._replace(text=_token.sub(" ", found.text).strip()) if tokens else found
        messages.append(found)
    reason = value.get("termination_reason")
    why = reason if isinstance(reason, str) and reason in {*_BY_REASON, "user_stop"} else LOG_ENDS
    ending = _BY_REASON.get(why, ending)
    return transcript(
        _id(value) or fallback_id, messages, handoffs, declared=declared(value), ending=ending, ended_why=why
    )


def _id(value: Mapping[str, Any]) -> str:
    """`task/trial`, which is what people look a simulation up by; tau2's own id where it has one."""
    own = value.get("id")
    if isinstance(own, str) and own:
        return own
    task, trial = value.get("task_id"), value.get("trial")
    return "" if task is None else f"{task}/{trial}" if trial is not None else str(task)
