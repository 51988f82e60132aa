"""Things that a user may name as `module:attr`."""

from __future__ import annotations

from typing import Any

from simulator.clock.wall import WallClock
from simulator.model.contracts import Clock, Reply
from simulator.model.plan import Case
from simulator.model.transcript import Part, Signal
from simulator.targets.in_process import CallableSession, CallableTarget


def echo(text: str, session: dict[str, Any]) -> str:
    session["turns"] = session.get("turns", 0) + 1
    return f"{session['turns']}: {text}"


def several(text: str, session: dict[str, Any]) -> list[str]:
    return ["One.", "Tw\ud800o."]


def full(text: str, session: dict[str, Any]) -> Reply:
    return Reply((Part("Hello.", 0.0),), 0.0, 0.0, signals=(Signal("requested", 0.0),), closed=True)


def broken(text: str, session: dict[str, Any]) -> str:
    return str(text + 1)  # type: ignore[operator]


def forgetful(text: str, session: dict[str, Any]) -> None:
    return None


def mute(text: str, session: dict[str, Any]) -> list[str]:
    return []


async def unready(text: str, session: dict[str, Any]) -> str:
    return text


class Whole:
    """A full target, with the run's clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def open(self, case: Case) -> CallableSession:
        return CallableSession(echo, self.clock)


class Polite:
    """A reply function as an object."""

    def __call__(self, text: str, session: dict[str, Any]) -> str:
        return "Please."


def made() -> CallableTarget:
    return CallableTarget(echo, WallClock())


def explodes() -> CallableTarget:
    raise RuntimeError("no database")


def greedy(one: int, two: int, three: int) -> None: ...


ready = made()
number = 5
