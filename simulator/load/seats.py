"""Locust users are seats: each takes the next due case, holds the conversation, records it and is free again.

Spawning a user for every customer would cost time with every live user and fight Locust's dispatcher; seats stay.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import gevent
import msgspec
from gevent.event import Event
from locust import User, task

from simulator.catalogue.masking import Masking
from simulator.customers.customer import customer_for
from simulator.engine import Limits, Setting, converse
from simulator.launch.line import Line
from simulator.launch.messages import Status
from simulator.launch.voicing import MakeCustomer
from simulator.load.leases import Leases
from simulator.model.contracts import Clock, Target
from simulator.model.errors import StoreFailed, TargetFailed
from simulator.model.persona import Persona
from simulator.model.plan import MOST_REFUSALS, Case
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Transcript
from simulator.store import Segment
from simulator.targets.http import Observe

NOTHING_HIDDEN = Masking(None)


class Floor:
    """The cases still to be held, and what has become of the others.

    `customer` makes who plays a case; once `ends_run` gives a reason nothing more is begun. `leases`: the folder of locks
    where no two customers may be on one test account at the same time; `masking` keeps the values of such accounts out of
    what is written.
    """

    def __init__(
        self,
        cases: Iterable[Case],
        personas: Mapping[str, Persona],
        scenarios: Mapping[str, Scenario],
        targets: Mapping[str, Target],
        settings: Mapping[str, Setting],
        limits: Limits,
        clock: Clock,
        segment: Segment,
        starts: Segment,
        *,
        customer: MakeCustomer = customer_for,
        ends_run: Callable[[], str] = lambda: "",
        leases: Path | None = None,
        masking: Masking = NOTHING_HIDDEN,
    ) -> None:
        self._leases = Leases(leases, self._freed) if leases is not None else None
        if self._leases is not None:
            self._line = Line(cases, unique=True, take=self._leases.take, give_back=self._leases.give_back)
        else:
            self._line = Line(cases)
        self._idle: deque[Event] = deque()
        """Seats that wait for an account."""
        self._masking = masking
        self._customer = customer
        self._ends_run = ends_run
        self._personas = personas
        self._scenarios = scenarios
        self._targets = targets
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._segment = segment
        self._starts = starts
        self._refused: Counter[str] = Counter()
        self._lateness: Counter[int] = Counter()
        self._started: Counter[str] = Counter()
        self._finished: Counter[str] = Counter()
        self._begun = 0
        self.status = Status(planned=len(self._line))
        self.empty = Event()
        if not self._line:
            self.empty.set()

    def hold_next(self) -> Transcript | None:
        """Hold the next conversation and record it; None when there is none left. Waits for a free test account."""
        case = self._next()
        if case is None:
            return None
        try:
            return self._hold(case)
        finally:
            self._line.done(case)
            self._wake()

    def _hold(self, case: Case) -> Transcript | None:
        try:
            self._starts.append({"id": case.id})
        except StoreFailed as failure:
            self._cannot_write(failure)
            return None
        self._begun += 1
        self.status.started += 1
        self._started[case.target] += 1
        scenario = spoken(self._scenarios[case.scenario], case.language)
        customer = self._customer(case, self._personas[case.persona], scenario)
        transcript = converse(
            case, scenario, customer, self._targets[case.target], self._clock, self._limits, self._settings[case.target]
        )
        transcript = self._masking.transcript(transcript, case.row)
        self._record(case, transcript)
        if not self.status.spent and (reason := self._ends_run()):
            self.status.spent = reason
            self.give_up()
            if self._begun == 0:
                self.empty.set()
        return transcript

    def give_up(self) -> None:
        """Start nothing more; what is under way goes on."""
        self._line.clear()
        self._wake()

    def _next(self) -> Case | None:
        while self._line:
            case = self._line.next()
            if case is None:
                self._wait()
            elif case.target not in self.status.stopped:
                return case
            else:
                self._line.done(case)
        if self._begun == 0:
            self.empty.set()
        self._wake()
        return None

    def _wait(self) -> None:
        """Until a test account comes free, or nobody waits for one any more."""
        if self._leases is not None:
            for row in self._line.elsewhere:
                self._leases.watch(row)
        called = Event()
        self._idle.append(called)
        try:
            called.wait()
        finally:
            if called in self._idle:
                self._idle.remove(called)

    def _wake(self) -> None:
        """Call as many seats as have something to look for: one for an account that came free, all at the end."""
        while self._idle:
            self._idle.popleft().set()
            if self._line:
                return

    def _freed(self, row: int) -> None:
        """Another process has given back a row for which this one has waited."""
        assert self._leases is not None
        waited_for = self._line.free(row)
        if not (waited_for and self._idle):
            # Nobody here would use it at once, so another process may.
            self._leases.let_go(row)
        self._wake()
        # Those beyond the number that can be watched may have come free unseen.
        for one in self._line.elsewhere - self._leases.watched:
            self._line.free(one)
            self._wake()

    def _record(self, case: Case, transcript: Transcript) -> None:
        self._begun -= 1
        try:
            self._segment.append(transcript)
        except StoreFailed as failure:
            self.status.unstored.append(case.id)
            self._cannot_write(failure)
        self.status.finished += 1
        self._finished[case.target] += 1
        if transcript.error is not None and transcript.error.cause == "refused":
            self._refused[case.target] += 1
            if self._refused[case.target] >= MOST_REFUSALS:
                reason = f"{MOST_REFUSALS} connections in a row were refused: {transcript.error.detail}"
                self.status.stopped[case.target] = reason
        else:
            self._refused[case.target] = 0
        for turn in transcript.turns:
            if turn.speaker == "customer" and turn.sent is not None and turn.due is not None:
                self._lateness[int(max(0.0, turn.sent - turn.due) * 1000)] += 1
        if not self._line and self._begun == 0:
            self.empty.set()

    def _cannot_write(self, failure: StoreFailed) -> None:
        # Nothing may be begun that cannot be kept; which ones are missing is said by name.
        self.status.unwritable = self.status.unwritable or f"could not write: {failure}"
        self.give_up()
        if self._begun == 0:
            self.empty.set()

    def snapshot(self, requests: int, failed_requests: Mapping[str, int], unreset: Mapping[str, int]) -> Status:
        """The status now, with our own lateness."""
        return msgspec.structs.replace(
            self.status,
            started_by_target=dict(self._started),
            finished_by_target=dict(self._finished),
            requests=requests,
            failed_requests=dict(failed_requests),
            failed_resets=dict(unreset),
            lag_p50_ms=_percentile(self._lateness, 0.50),
            lag_p99_ms=_percentile(self._lateness, 0.99),
        )


def _percentile(counts: Counter[int], share: float) -> float | None:
    """The milliseconds that so large a share stays below; None before there is anything."""
    total = counts.total()
    seen = 0
    for milliseconds in sorted(counts):
        seen += counts[milliseconds]
        if seen >= share * total:
            return float(milliseconds)
    return None


class Seat(User):  # type: ignore[misc]  # Locust is not typed strictly
    """One place for a customer. The floor is found on the environment."""

    @task  # type: ignore[untyped-decorator]
    def hold(self) -> None:
        floor: Floor = self.environment.exitramp_floor
        while True:
            transcript = floor.hold_next()
            if transcript is None:
                # Locust respawns users that end, so a seat without work sleeps until the run is over.
                gevent.sleep(3600)
            elif transcript.ending == "interrupted":
                # converse() has caught what was to stop this greenlet, so that the words said so far are kept.
                raise gevent.GreenletExit


def observer(environment: Any, target: str, failed: Counter[str], unreset: Counter[str] | None = None) -> Observe:
    """What a target calls after every request: Locust's own request event, and a count of its failed ones.

    Counted here and not by endings, because a bot that fails at parting words or at the close ends no conversation. What
    fails at setting up or cleaning up the company's test system is no request to the bot: `unreset` counts the latter,
    the former ends a conversation.
    """

    def observe(method: str, name: str, milliseconds: float, length: int, exception: Exception | None) -> None:
        if isinstance(exception, TargetFailed) and exception.cause in ("setup", "reset"):
            if unreset is not None:
                unreset[target] += exception.cause == "reset"
            return
        failed[target] += exception is not None
        environment.events.request.fire(
            request_type=method,
            name=name,
            response_time=milliseconds,
            response_length=length,
            exception=exception,
            context={},
        )

    return observe
