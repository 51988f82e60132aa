"""The client processes: `python -m tests.benchmarks.clients {bare|whole|wire|idle} ...` prints one line of JSON.

`bare` and `whole` are the two sides of the same question: 50 Locust users, the same server, the same number of requests.
Processor time is that of this process alone, from the first counted request to the last; a lead-in opens connections
and fills caches on both sides.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import gevent
import locust  # noqa: F401  # first of all: it patches this process, as in a load process
import msgspec
from gevent.event import Event
from locust import FastHttpUser, User, task
from locust.env import Environment

from simulator.catalogue.freeze import Catalogue
from simulator.clock.wall import WallClock
from simulator.customers.customer import customer_for
from simulator.engine import Limits, Setting, converse
from simulator.launch.under_test import UnderTest, build
from simulator.load.seats import Floor, Seat, observer
from simulator.model.contracts import Say, Target
from simulator.model.plan import Case
from simulator.store import RunFolder

USERS = 50
LEAD_IN = 4_000


def cpu() -> float:
    """Processor seconds of this process, in user and in kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Meter:
    """Counts Locust's request events and takes processor time and wall time between two of them."""

    def __init__(self, environment: Environment, requests: int) -> None:
        self.done = Event()
        self.failures = 0
        self._seen, self._last = 0, LEAD_IN + requests
        environment.events.request.add_listener(self._request)

    def _request(self, exception: BaseException | None, **_: Any) -> None:
        self._seen += 1
        self.failures += exception is not None
        if self._seen == LEAD_IN:
            self._cpu, self._wall = cpu(), time.perf_counter()
        elif self._seen == self._last:
            self._cpu, self._wall = cpu() - self._cpu, time.perf_counter() - self._wall
            self.done.set()

    def result(self) -> dict[str, float]:
        requests = self._last - LEAD_IN
        return {"requests": requests, "cpu_s": self._cpu, "wall_s": self._wall, "failures": self.failures}


def bare(url: str, bodies: Path, requests: int, tasks: str) -> dict[str, float]:
    """Stock Locust: each user posts one body after the other and reads the answer.

    `tasks` is `each`: a request is a task, as Locust's manual has it; or `one`: a loop within a single task, which spares
    Locust the choice of a task and its wait (of nothing) between two requests.
    """
    texts = cycle(bodies.read_bytes().splitlines())
    headers = {"Content-Type": "application/json"}

    class Poster(FastHttpUser):  # type: ignore[misc]
        host = url

        @task  # type: ignore[untyped-decorator]
        def talk(self) -> None:
            self.client.post("/chat", data=next(texts), headers=headers)
            while tasks == "one":
                self.client.post("/chat", data=next(texts), headers=headers)

    environment = Environment(user_classes=[Poster])
    return _under_locust(environment, Meter(environment, requests))


def whole(folder: RunFolder, requests: int) -> dict[str, float]:
    """Whole customers in the seats of a load process, as `simulator.load.run` puts them there, with no time to think."""
    environment = Environment(user_classes=[Seat], catch_exceptions=False)
    clock, catalogue = WallClock(), Catalogue.read(folder.catalogue)
    target, setting = _target(folder, catalogue, clock, environment)
    cases = folder.read_cases()
    environment.exitramp_floor = floor = Floor(
        cases,
        catalogue.personas,
        catalogue.scenarios,
        {cases[0].target: target},
        {cases[0].target: setting},
        Limits(think=0.0),
        clock,
        folder.segment(),
        folder.starts(),
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    meter = Meter(environment, requests)
    result = _under_locust(environment, meter)
    held, damage = folder.read_transcripts()
    assert not damage
    assert not floor.status.unstored
    turns = sum(turn.speaker == "customer" for one in held for turn in one.turns)
    return {
        **result,
        "conversations": len(held),
        "turns_each": turns / len(held),
        "faults": sum(one.ending == "simulator_failed" for one in held),
    }


def wire(folder: RunFolder, texts: Path, requests: int) -> dict[str, float]:
    """The wire alone, with recorded words: fill the request, send it, read the answer, tell Locust."""
    environment = Environment(user_classes=[Seat])
    catalogue = Catalogue.read(folder.catalogue)
    target, _ = _target(folder, catalogue, WallClock(), environment)
    words = cycle([json.loads(line)["text"] for line in texts.read_bytes().splitlines()])
    meter = Meter(environment, requests)
    case = folder.read_cases()[0]

    def talk() -> None:
        session = target.open(case)
        while True:
            session.send(Say((next(words),), "STATE", None))

    talkers = [gevent.spawn(talk) for _ in range(USERS)]
    meter.done.wait()
    result = meter.result()
    gevent.killall(talkers)
    return result


class Hurried(WallClock):
    """The wall clock on which nothing is waited for: what a bot promises for later is over at once."""

    def sleep(self, seconds: float) -> None: ...


class SixthThought(WallClock):
    """The wall clock on which five thoughts pass at once and the sixth lasts until the end: so many turns are spoken.

    A pause between the messages of a burst is one too.
    """

    TURNS = 6

    def __init__(self, on_rest: Callable[[], None]) -> None:
        self._thoughts = 0
        self._on_rest = on_rest

    def sleep(self, seconds: float) -> None:
        self._thoughts += 1
        if self._thoughts == self.TURNS:
            self._on_rest()
            super().sleep(3600)


def idle(folder: RunFolder, customers: int) -> dict[str, float]:
    """Resident memory of so many customers who think about their sixth turn, above the same process without any."""
    catalogue = Catalogue.read(folder.catalogue)
    lines = iter((folder.path / "cases.jsonl").read_bytes().splitlines())  # each case is decoded by who sits down
    decode = msgspec.json.Decoder(Case).decode
    rested, resting = Event(), 0

    def rest() -> None:
        nonlocal resting
        resting += 1
        if resting == customers:
            rested.set()

    class Sitter(User):  # type: ignore[misc]
        @task  # type: ignore[untyped-decorator]
        def hold(self) -> None:
            while True:
                case = decode(next(lines))
                scenario = catalogue.scenarios[case.scenario]
                customer = customer_for(case, catalogue.personas[case.persona], scenario)
                transcript = converse(case, scenario, customer, target, SixthThought(rest), Limits(), setting)
                if transcript.ending == "interrupted":
                    raise gevent.GreenletExit

    def seat(many: int) -> None:
        nonlocal customers
        customers, resting_before = many, resting
        rested.clear()
        runner.start(many, spawn_rate=100_000)
        assert rested.wait(120), (
            f"{resting - resting_before} of {many - resting_before} customers came to their sixth turn"
        )

    environment = Environment(user_classes=[Sitter], catch_exceptions=False)
    target, setting = _target(folder, catalogue, Hurried(), environment)
    runner = environment.create_local_runner()
    everybody = customers
    seat(USERS)  # compiled patterns and phrases belong to the process, not to a customer
    gc.collect()
    before = resident()
    seat(everybody)
    gc.collect()
    kb = (resident() - before) / 1024 / (everybody - USERS)
    return {"customers": everybody, "kb_each": kb, "process_mb": before / 2**20}


def resident() -> int:
    """Bytes of this process that are in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _target(
    folder: RunFolder, catalogue: Catalogue, clock: WallClock, environment: Environment
) -> tuple[Target, Setting]:
    """The target of the run with our desk before it; each request fires Locust's event."""
    (one,) = msgspec.convert(folder.read_json("targets.json"), list[UnderTest])
    observe = observer(environment, one.name, Counter())
    return build(one, catalogue.scenarios, clock, 0.0, observe=observe), one.setting()


def _under_locust(environment: Environment, meter: Meter) -> dict[str, float]:
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=100_000)
    meter.done.wait()
    result = meter.result()
    runner.quit()
    return result


def main(kind: str, *given: str) -> None:
    if kind == "bare":
        result = bare(given[0], Path(given[1]), int(given[2]), given[3])
    elif kind == "whole":
        result = whole(RunFolder(Path(given[0])), int(given[1]))
    elif kind == "wire":
        result = wire(RunFolder(Path(given[0])), Path(given[1]), int(given[2]))
    else:
        result = idle(RunFolder(Path(given[0])), int(given[1]))
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
