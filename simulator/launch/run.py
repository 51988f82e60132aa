"""A run from cast to folder: freeze everything, start the processes, follow them, say what is missing.

The parent never imports Locust; it reads one status line a second and finds the conversations in the folder afterwards.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from simulator import __version__
from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.masking import Masking
from simulator.clock.virtual import VirtualClock
from simulator.customers.customer import customer_for
from simulator.engine import Limits, converse
from simulator.launch.casting import Cast
from simulator.launch.line import Line
from simulator.launch.messages import Status, read
from simulator.launch.processes import Child, start_bot
from simulator.launch.under_test import UnderTest, build
from simulator.launch.voicing import Voicing, budget_note
from simulator.model.contracts import Customer
from simulator.model.errors import Exit, InputError, Problem, RunFailed, StoreFailed
from simulator.model.gates import Gates
from simulator.model.persona import Persona
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript
from simulator.store import RunFolder

OnStatus = Callable[[Status], None]

LEASES = "leases"
"""Folder of a run, while it is under way: a lock for each test account."""


class Outcome(msgspec.Struct, frozen=True):
    """How the run itself went; what the conversations say is another matter."""

    folder: str
    interrupted: bool = False
    failure: str = ""
    """One plain sentence: why the run could not be completed."""
    fault: str = ""
    """A fault of exitramp itself."""
    notes: list[str] = []
    """What a reader has to know although it kept nothing from its end."""


def prepare(cast: Cast, gates: Gates | None, base: Path = Path()) -> RunFolder:
    """Freeze the cast into a new folder under the plan's results. Raises RunFailed if that cannot be written."""
    try:
        folder = RunFolder(_new_folder(base / cast.plan.results))
        cast.catalogue.write(folder.catalogue)
        (folder.catalogue / "targets").mkdir(parents=True, exist_ok=True)
        for target in cast.targets:
            if target.text:
                (folder.catalogue / "targets" / target.file).write_text(target.text, encoding="utf-8")
        if gates is not None:
            (folder.catalogue / "gates.yaml").write_bytes(msgspec.yaml.encode(gates))
        folder.write_plan(msgspec.yaml.encode(cast.plan).decode())
        folder.write_json("targets.json", cast.targets)
        folder.write_json("environment.json", environment(cast.targets))
        folder.write_cases(map(Masking.of(cast.plan).case, cast.cases))
    except (OSError, StoreFailed) as error:
        raise RunFailed(f"the run's folder cannot be written: {error}") from error
    return folder


def execute(cast: Cast, folder: RunFolder, on_status: OnStatus) -> Outcome:
    """Hold every conversation of a prepared run; Ctrl-C ends it early and is an outcome, not an exception.

    Raises InputError for a target that cannot be built, which only the process that talks to it can find out.
    """
    masking = Masking.of(cast.plan)
    rows = {case.row for case in cast.cases}
    outcome = _computed(cast, folder, on_status, masking) if cast.plan.clock == "virtual" else None
    if outcome is None:
        try:
            outcome = _attacked(cast, folder, on_status)
        except InputError as error:
            raise InputError([_masked(problem, masking, rows) for problem in error.problems]) from None
        finally:
            shutil.rmtree(folder.path / LEASES, ignore_errors=True)
            _mask_logs(folder, masking, rows)
    return msgspec.structs.replace(
        outcome, failure=masking.text(outcome.failure, rows), fault=masking.text(outcome.fault, rows)
    )


def _attacked(cast: Cast, folder: RunFolder, on_status: OnStatus) -> Outcome:
    children: list[Child] = []
    load: Child | None = None
    last = Status()
    interrupted = False
    code = 0
    try:
        urls: dict[str, str] = {}
        for target in cast.targets:
            if target.kind == "reference":
                log = folder.path / "logs" / f"{target.file.removesuffix('.yaml')}.log"
                child, urls[target.name] = start_bot(target.given, folder.catalogue / "scenarios", log)
                children.append(child)
        arguments = ["-m", "simulator.load", str(folder.path), msgspec.json.encode(urls).decode()]
        load = Child(arguments, folder.path / "logs" / "load.log")
        while line := load.line():
            status = read(line)
            if status is not None:
                last = status
                on_status(status)
    except KeyboardInterrupt:
        interrupted = True
    except RunFailed as failure:
        return Outcome(str(folder.path), failure=str(failure))
    finally:
        # A second Ctrl-C while the children end must not leave any of them behind.
        if load is not None:
            code = _ended(load)
        for child in children:
            _ended(child)
    if code == Exit.WRONG_INPUT and load is not None:
        raise InputError(load.last_words())
    notes = [_unreset(target, times) for target, times in last.failed_resets.items() if times]
    if last.spent:
        notes.append(budget_note(last.spent, last.planned - last.started))
    if last.fault and code == Exit.OUR_FAULT:
        return Outcome(str(folder.path), interrupted, fault=last.fault, notes=notes)
    return Outcome(str(folder.path), interrupted, failure=_failure(last, code, load, interrupted), notes=notes)


def environment(targets: list[UnderTest]) -> dict[str, Any]:
    """What a number may depend on beside the plan: versions, machine, checkout."""
    return {
        "exitramp": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "packages": {
            name: _version(name) for name in ("locust", "gevent", "geventhttpclient", "msgspec", "scipy", "faker")
        },
        "git": _git_commit(),
        "started_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "targets": {target.name: target.address() for target in targets},
    }


def hold_on_virtual_clock(
    cases: list[Case],
    catalogue: Catalogue,
    targets: list[UnderTest],
    limits: Limits,
    seats: int,
    *,
    unique: bool = False,
    customer: Callable[[Case, Persona, Scenario], Customer] = customer_for,
    begin: Callable[[Case], object] = lambda case: None,
    keep: Callable[[Transcript], object] = lambda transcript: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Transcript]:
    """Hold conversations with bots in this process on a computed clock; the transcripts in the order of the cases.

    `unique`: never two of them on one row of the test accounts at the same time. `customer` makes who plays a case.
    `begin` and `keep` are told of each conversation as it starts and as it ends; once `stop` says so none is begun.
    """
    held: dict[str, Transcript] = {}
    for target in targets:
        clock = VirtualClock()
        bot = build(target, catalogue.scenarios, clock, limits.think, in_process=True)
        setting = target.setting()
        line = Line((case for case in cases if case.target == target.name), unique=unique)
        rows = _Bell(clock)

        def seat(
            line: Line = line, rows: _Bell = rows, bot: Any = bot, clock: VirtualClock = clock, setting: Any = setting
        ) -> None:
            while line and not stop():
                case = line.next()
                if case is None:
                    rows.wait()
                    continue
                begin(case)
                scenario = catalogue.spoken(case.scenario, case.language)
                caller = customer(case, catalogue.personas[case.persona], scenario)
                transcript = converse(case, scenario, caller, bot, clock, limits, setting)
                held[case.id] = transcript
                keep(transcript)
                line.done(case)
                rows.ring(everybody=not line or stop())
                if transcript.ending == "interrupted":
                    # converse() keeps what was said and swallows what stopped it, so it is passed on from here.
                    raise KeyboardInterrupt

        for _ in range(min(seats, len(line))):
            clock.spawn(seat)
        clock.run()
    return [held[case.id] for case in cases if case.id in held]


class _Bell:
    """Seats that wait for a test account on the virtual clock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock, self._mailbox, self._waiting = clock, clock.mailbox(), 0

    def wait(self) -> None:
        self._waiting += 1
        self._clock.wait(self._mailbox, inf)

    def ring(self, *, everybody: bool) -> None:
        """An account has come free: somebody may look; at the end, everybody."""
        called = self._waiting if everybody else min(1, self._waiting)
        self._waiting -= called
        for _ in range(called):
            self._clock.put(self._mailbox, True)


def _computed(cast: Cast, folder: RunFolder, on_status: OnStatus, masking: Masking) -> Outcome:
    plan = cast.plan
    cases = {case.id: masking.restored(case) for case in cast.cases}
    limits = Limits(plan.turn_cap, plan.time_cap_s, plan.think)
    starts, segment = folder.starts(), folder.segment()
    begun: Counter[str] = Counter()
    finished: Counter[str] = Counter()
    told = time.monotonic()

    def begin(case: Case) -> None:
        starts.append({"id": case.id})
        begun[case.target] += 1

    def keep(transcript: Transcript) -> None:
        nonlocal told
        segment.append(masking.transcript(transcript, cases[transcript.id].row))
        finished[transcript.target] += 1
        if finished.total() == len(cast.cases) or time.monotonic() - told >= 1.0:
            told = time.monotonic()
            status = Status(len(cast.cases), begun.total(), finished.total(), dict(begun), dict(finished))
            on_status(status)

    voicing = Voicing(plan, cases.values(), folder.path)
    with _first_ctrl_c() as asked:
        try:
            hold_on_virtual_clock(
                list(cases.values()),
                cast.catalogue,
                cast.targets,
                limits,
                plan.load.users,
                unique=plan.facts_from is not None and plan.facts_from.unique,
                customer=voicing.customer,
                begin=begin,
                keep=keep,
                stop=lambda: asked.is_set() or bool(voicing.ends_run),
            )
        except KeyboardInterrupt:
            return Outcome(str(folder.path), interrupted=True)
        except StoreFailed as failure:
            left = len(cast.cases) - begun.total()
            return Outcome(str(folder.path), failure=f"could not write: {failure}; not started: {left}")
        finally:
            voicing.close()
    spent = voicing.ends_run
    notes = [budget_note(spent, len(cast.cases) - begun.total())] if spent else []
    return Outcome(str(folder.path), interrupted=asked.is_set(), notes=notes)


@contextmanager
def _first_ctrl_c() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C, so that what is being computed ends in order; a second one interrupts at once."""
    asked = threading.Event()

    def handle(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGINT, handle)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _masked(problem: Problem, masking: Masking, rows: set[int | None]) -> Problem:
    def hidden(text: str) -> str:
        return masking.text(text, rows)

    return msgspec.structs.replace(
        problem, message=hidden(problem.message), hint=hidden(problem.hint), field=hidden(problem.field)
    )


def _mask_logs(folder: RunFolder, masking: Masking, rows: set[int | None]) -> None:
    """What a bot of somebody's own has printed may hold anything."""
    for log in (folder.path / "logs").glob("*.log"):
        text = log.read_text(errors="replace")
        hidden = masking.text(text, rows)
        if hidden != text:
            log.write_text(hidden)


def _unreset(target: str, times: int) -> str:
    return (
        f"{target}: {times} {'request' if times == 1 else 'requests'} to clean up after a conversation failed (`reset`), so "
        "what it had done may still have been there for later ones"
    )


def _failure(last: Status, code: int, load: Child | None, interrupted: bool) -> str:
    if last.unwritable:
        lost = ", ".join(last.unstored)
        unstarted = last.planned - last.started
        parts = [last.unwritable, f"finished but not stored: {lost}" if lost else ""]
        parts.append(f"not started: {unstarted}" if unstarted else "")
        return "; ".join(part for part in parts if part)
    if code < 0 and not interrupted:
        return f"the load process was killed by signal {-code}; what had finished is in the folder"
    if code not in (Exit.DONE, Exit.NOT_COMPLETED) and not interrupted:
        words = load.last_words().splitlines() if load is not None else []
        return f"the load process ended with code {code}: {words[-1] if words else 'it said nothing'}"
    if last.stopped:
        return "; ".join(f"{target}: {reason}" for target, reason in last.stopped.items())
    return ""


def _ended(child: Child) -> int:
    while True:
        try:
            return child.end()
        except KeyboardInterrupt:
            child.process.kill()


def _new_folder(results: Path) -> Path:
    """A folder named by the time; a second run in the same second gets a number."""
    stem = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    for number in range(1, 1000):
        path = results / (stem if number == 1 else f"{stem}-{number}")
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        return path
    raise RunFailed(f"no free folder under {results}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _git_commit() -> str:
    """The commit that the user's own folder is at: plans and target files usually live beside a bot's code."""
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
