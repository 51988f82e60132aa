"""Conversations with scripted bots, for the tests of the HTTP target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from simulator.clock.wall import WallClock
from simulator.model.contracts import Say
from simulator.model.persona import Traits
from simulator.model.plan import Case
from simulator.model.target import TargetSpec
from simulator.targets.http import HttpSession, HttpTarget
from tests.targets.scripted import Action, ScriptedBot

HELLO = {"reply": "Hello."}
SECRET = "sk-very-secret-0123456789"


TRAITS = Traits(0.5, 0.5, 1, 0.9, 0.5, 0.5, 300, 0.5, 0, 0, 0, 0, 40, False)
CASE = Case("c-0007", "t", "late-parcel", "hurried", 2, 1, {"order": "AC-12345"}, {"eta": "Friday"}, TRAITS)


def spec(url: str, **changes: Any) -> TargetSpec:
    fields: dict[str, Any] = {
        "target": 1,
        "name": "scripted",
        "base_url": url,
        "auth": {"header": "Authorization", "value": f"Bearer {SECRET}"},
        "turn": {"request": {"path": "/chat", "json": {"text": "{{text}}"}}},
        "reply": {"texts": "reply"},
        "timeouts": {"connect_s": 0.2, "first_byte_s": 0.2, "turn_s": 0.4},
        "max_reply_bytes": 100_000,
    }
    return msgspec.convert(fields | changes, TargetSpec)


@contextmanager
def talking(*script: Action, **changes: Any) -> Iterator[tuple[HttpSession, ScriptedBot]]:
    with ScriptedBot(script) as bot:
        target = HttpTarget(spec(bot.url, **changes), WallClock())
        try:
            yield target.open(CASE), bot
        finally:
            target.shut()


def say(text: str = "Where is my parcel?", button: str | None = None) -> Say:
    return Say((text,), "STATE", None, button=button)
