"""Bots as Python objects, named `tests.load.bots:...` by the tests."""

from __future__ import annotations

import time
from typing import Any

from simulator.model.contracts import Say
from simulator.model.plan import Case


def polite(text: str, session: dict[str, Any]) -> str:
    session["turns"] = session.get("turns", 0) + 1
    return f"Thank you, answer {session['turns']}: your parcel is on its way."


def chatty(text: str, session: dict[str, Any]) -> str:
    print("thinking aloud")
    return "Let me see."


def sleepy(text: str, session: dict[str, Any]) -> str:
    time.sleep(3600)
    return "Good morning."


def number(text: str, session: dict[str, Any]) -> int:
    return 42


def raises(text: str, session: dict[str, Any]) -> str:
    raise RuntimeError("no database")


class _Nonsense:
    greeting = None

    def send(self, say: Say) -> int:
        return 42

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None: ...


class _NonsenseTarget:
    def open(self, case: Case) -> _Nonsense:
        return _Nonsense()


class _Closed:
    def open(self, case: Case) -> None:
        raise ValueError("this class of yours is broken")


class _Sometimes:
    """Breaks the contract for one customer in ten."""

    def open(self, case: Case) -> Any:
        from simulator.clock.wall import WallClock
        from simulator.targets.in_process import CallableTarget

        return (
            _Nonsense()
            if case.repeat == 0 and case.scenario == "parcel-status"
            else CallableTarget(polite, WallClock()).open(case)
        )


nonsense_session = _NonsenseTarget()
cannot_open = _Closed()
sometimes = _Sometimes()
