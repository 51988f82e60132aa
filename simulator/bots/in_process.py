"""Reference bots as a target without a wire: what the HTTP server and `reference.yaml` give together, on any clock."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.bots.dials import make
from simulator.bots.faults import start
from simulator.bots.reference import Backend, BotAnswer, InTurn, ReferenceBot
from simulator.model.contracts import Button, Clock, Reply, Say
from simulator.model.errors import InputError, TargetFailed
from simulator.model.plan import Case
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Part, Signal

LATENCY_S = 0.8
"""Median seconds to an answer where the dial says nothing: about what a hosted bot takes."""


class ReferenceTarget:
    """A reference bot by name, e.g. `looping:p=0.5`, in this process. Raises InputError for an unknown one."""

    def __init__(self, name: str, scenarios: Mapping[str, Scenario], clock: Clock) -> None:
        self.dials = make(name)
        self._scenarios = scenarios
        self._clock = clock
        self._backend = Backend()

    def open(self, case: Case) -> ReferenceSession:
        """Raises InputError if the case is of a scenario that the bot was not given."""
        if case.scenario not in self._scenarios:
            known = ", ".join(sorted(self._scenarios))
            raise InputError(f"the bot was not given the scenario {case.scenario!r}; it has {known}")
        scenario = spoken(self._scenarios[case.scenario], case.language)
        bot = start(self.dials, scenario, case.facts, case.truth, case.key, case.seed, LATENCY_S, self._backend)
        return ReferenceSession(bot, self._clock)


class ReferenceSession:
    """One conversation; the latency is spent on the clock. Of a burst, each message is answered by itself, in order."""

    def __init__(self, bot: ReferenceBot, clock: Clock) -> None:
        self._bot: ReferenceBot | None = bot
        self._clock = clock
        self._in_turn = InTurn()
        self.greeting: Reply | None = reply(bot.greeting(), clock.now())

    def send(self, say: Say) -> Reply:
        if self._bot is None:
            raise TargetFailed("status", "404: the session is closed")
        answer = self._bot.answer(say.button if say.button is not None else "\n".join(say.parts))
        self._in_turn.spend(answer.latency_s, self._clock.now, self._clock.sleep)
        return reply(answer, self._clock.now())

    def wait(self, seconds: float) -> Reply | None:
        """Nothing ever comes unasked."""
        self._clock.sleep(seconds)
        return None

    def close(self) -> None:
        if self._bot is not None:
            self._bot.close()
            self._bot = None


def reply(answer: BotAnswer, at: float) -> Reply:
    """The answer as the target file `reference.yaml` reads it off the wire."""
    return Reply(
        parts=tuple(Part(text, at) for text in answer.texts),
        first=at,
        done=at,
        buttons=tuple(Button(choice.title, choice.payload) for choice in answer.buttons),
        signals=tuple(_signals(answer, at)),
        ids=tuple(answer.ids),
        closed=answer.closed,
    )


def _signals(answer: BotAnswer, at: float) -> list[Signal]:
    signals = []
    if answer.handoff:
        detail = {"queue": answer.handoff.queue, "packet": answer.handoff.packet}
        given = {key: value for key, value in detail.items() if value is not None}
        signals.append(Signal(answer.handoff.state, at, given))
        if answer.handoff.then:
            signals.append(Signal(answer.handoff.then, at, {"queue": answer.handoff.queue}))
    signals += [Signal("action", at, {"name": name}) for name in answer.actions]
    if answer.ticket:
        signals.append(Signal("ticket", at, {"reference": answer.ticket}))
    if answer.resolved:
        signals.append(Signal("claim_resolved", at))
    return signals
