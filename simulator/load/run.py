"""One load process: reads the run's folder, seats the customers, appends what they said, and ends.

It ends when every case is held, when its parent closes the pipe to it, or when nothing can be stored any more.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import gevent
import msgspec
from gevent.socket import wait_read
from locust.env import Environment

from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.masking import Masking
from simulator.clock.wall import WallClock
from simulator.engine import Limits
from simulator.launch.messages import Status, StatusLine
from simulator.launch.run import LEASES
from simulator.launch.under_test import UnderTest, build
from simulator.launch.voicing import Voicing
from simulator.load.seats import Floor, Seat, observer
from simulator.model.errors import Exit
from simulator.store import RunFolder

STATUS_S = 1.0


def run(path: Path, bots: dict[str, str]) -> Exit:
    """Hold every conversation of a run that has not been held, and say how it went: DONE (also where a target was given
    up, or the parent wanted an end), NOT_COMPLETED where a conversation could not be stored, OUR_FAULT.

    Raises InputError for a target that cannot be built.
    """
    logging.getLogger("locust").setLevel(logging.ERROR)
    line = StatusLine(_own_pipe())
    folder = RunFolder(path)
    plan = folder.read_plan()
    masking = Masking.of(plan)
    cases = [masking.restored(case) for case in folder.read_cases()]
    catalogue = Catalogue.read(folder.catalogue)
    held = {transcript.id for _, transcript in folder.stored([])}
    targets = msgspec.convert(folder.read_json("targets.json"), list[UnderTest])

    environment = Environment(user_classes=[Seat], catch_exceptions=False, stop_timeout=None)
    clock = WallClock()
    voicing = Voicing(plan, cases, path)
    failed = Counter({one.name: 0 for one in targets if one.kind != "callable"})
    unreset: Counter[str] = Counter()
    floor = Floor(
        [case for case in cases if case.id not in held],
        catalogue.personas,
        catalogue.scenarios,
        {
            one.name: build(
                one,
                catalogue.scenarios,
                clock,
                plan.think,
                url=bots.get(one.name, ""),
                observe=observer(environment, one.name, failed, unreset),
            )
            for one in targets
        },
        {one.name: one.setting() for one in targets},
        Limits(plan.turn_cap, plan.time_cap_s, plan.think),
        clock,
        folder.segment(),
        folder.starts(),
        customer=voicing.customer,
        ends_run=lambda: voicing.ends_run,
        leases=path / LEASES if plan.facts_from is not None and plan.facts_from.unique else None,
        masking=masking,
    )
    environment.exitramp_floor = floor
    faults: list[str] = []

    def user_error(exception: BaseException, tb: Any, **_: Any) -> None:
        # Locust logs such a thing and goes on; a fault of ours has to end the run instead.
        faults.append("".join(traceback.format_exception(type(exception), exception, tb)))
        floor.give_up()
        floor.empty.set()

    environment.events.user_error.add_listener(user_error)
    runner = environment.create_local_runner()
    # Long-lived customers make full collections expensive and useless: nothing a conversation holds forms a cycle.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)

    def snapshot() -> Status:
        return floor.snapshot(environment.stats.total.num_requests, failed, unreset)

    def tell() -> None:
        while True:
            line.offer(snapshot())
            gevent.sleep(STATUS_S)

    def parent_gone() -> None:
        while True:
            wait_read(0)
            if not os.read(0, 4096):
                floor.give_up()
                floor.empty.set()
                return

    runner.start(min(plan.load.users, max(1, len(cases))), spawn_rate=100_000)
    teller = gevent.spawn(tell)
    if not sys.stdin.closed:
        gevent.spawn(parent_gone)
    floor.empty.wait()
    runner.quit()
    teller.kill()
    voicing.close()
    final = snapshot()
    final.final = True
    if faults:
        final.fault = faults[0]
    line.finish(final)
    return Exit.OUR_FAULT if faults else Exit.NOT_COMPLETED if final.unwritable else Exit.DONE


def _own_pipe() -> int:
    """A descriptor of our own for status lines; whatever else prints (a bot in this process) goes to stderr."""
    pipe = os.dup(1)
    os.dup2(2, 1)
    return pipe
