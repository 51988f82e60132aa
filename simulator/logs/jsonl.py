"""Normalised lines: `{id, source, domain, group, messages[{role, text, tool_calls?}]}`, beside whatever else they hold.

A message may also hold `act`, `need`, `told` (what the customer meant, if somebody knows) and `time`. Labels and `meta` are
never read: they hold answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.logs.conversation import ROLES, Handoffs, Message, Unreadable, acts_of, transcript
from simulator.logs.openai import declared, id_of, language_in, message
from simulator.model.transcript import Transcript


def conversation(value: Any, fallback_id: str, handoffs: Handoffs, roles: Mapping[str, str] = ROLES) -> Transcript:
    """One line. Raises Unreadable."""
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        raise Unreadable("expected an object with a list `messages`")
    source, scenario = value.get("source"), value.get("scenario")
    return transcript(
        id_of(value) or fallback_id,
        [_message(one, place, roles) for place, one in enumerate(value["messages"], 1)],
        handoffs,
        declared=declared(value),
        target=source if isinstance(source, str) else "",
        scenario=scenario if isinstance(scenario, str) else "",
        language=language_in(value),
    )


def _message(value: Any, place: int, roles: Mapping[str, str]) -> Message:
    found = message(value, place, roles)
    need, told = value.get("need"), value.get("told")
    try:
        act = acts_of(value.get("act"))
    except Unreadable as wrong:
        raise Unreadable(f"message {place}: {wrong}") from None
    return found._replace(
        act=act,
        need=need if isinstance(need, str) else None,
        told=[one for one in told if isinstance(one, str)] if isinstance(told, list) else [],
    )
