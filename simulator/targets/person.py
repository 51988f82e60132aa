"""A person plays the bot: what the customer says is shown, what the person answers is sent."""

from __future__ import annotations

from collections.abc import Callable

from simulator.model.contracts import Clock, Reply, Say
from simulator.model.errors import TargetFailed
from simulator.model.plan import Case
from simulator.model.transcript import Part, Signal, SignalKind

Ask = Callable[[str], str | None]
"""Shows the customer's words and gives the answer; None when there will be no more."""

COMMANDS: dict[str, tuple[SignalKind | None, str]] = {
    "/human": ("requested", "[TEAM]  hand over to a person (our desk takes the customer from there)"),
    "/ticket": ("ticket", "REFERENCE  open a ticket"),
    "/callback": ("callback", "WHEN  arrange a call back"),
    "/done": ("action", "NAME  carry out an action of the scenario"),
    "/solved": ("claim_resolved", "claim that the matter is settled"),
    "/close": (None, "end the chat from your side"),
}
"""What stands at the beginning of an answer, beside words: what the bot does. Several, each on its own `/`."""
_DETAIL = {"requested": "queue", "ticket": "reference", "callback": "reference", "action": "name"}


class PersonTarget:
    """A target whose answers a person types."""

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask, self._clock = ask, clock

    def open(self, case: Case) -> PersonSession:
        return PersonSession(self._ask, self._clock)


class PersonSession:
    """One conversation."""

    greeting: Reply | None = None

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask, self._clock = ask, clock

    def send(self, say: Say) -> Reply:
        """Raises TargetFailed when the person has stopped answering."""
        answer = self._ask("\n".join(say.parts))
        if answer is None:
            raise TargetFailed("empty", "nobody answers any more")
        return read_answer(answer, self._clock.now())

    def wait(self, seconds: float) -> Reply | None:
        self._clock.sleep(seconds)
        return None

    def close(self) -> None:
        """Nothing is held."""


def read_answer(answer: str, now: float) -> Reply:
    """What a person has typed: words, and commands such as `/human billing` each up to the next `/` or the end of its line."""
    words: list[str] = []
    signals: list[Signal] = []
    closed = False
    for line in answer.splitlines():
        rest = line.strip()
        while rest.startswith("/"):
            command, _, tail = rest.partition(" ")
            if command not in COMMANDS:
                break
            before, slash, after = tail.partition(" /")
            kind = COMMANDS[command][0]
            if kind is None:
                closed = True
                before, slash, after = "", "", tail
            else:
                key = _DETAIL.get(kind)
                signals.append(Signal(kind, now, {key: before.strip()} if key and before.strip() else {}))
            rest = f"/{after}" if slash else (tail.strip() if kind is None else "")
        if rest:
            words.append(rest)
    parts = tuple(Part(text, now) for text in words)
    return Reply(parts, now, now, signals=tuple(signals), closed=closed)
