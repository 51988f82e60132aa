"""The command line as people use it: real processes, real folders, deadlines instead of sleeps."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from simulator.cli.main import invoke
from simulator.cli.run import DEMO_PERSONAS, DEMO_SCENARIOS
from simulator.model.transcript import Transcript
from simulator.store import RunFolder

EXITRAMP = (sys.executable, "-m", "simulator")
ROOT = Path(__file__).resolve().parent.parent
DEADLINE_S = 60.0


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


class Held(NamedTuple):
    """A run that has ended, and what it said."""

    done: Done
    folder: RunFolder

    @property
    def metrics(self) -> dict[str, Any]:
        return metrics(self.folder)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours, with the repository importable from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def exitramp(*arguments: str | Path, cwd: Path | None = None, **more: str) -> Done:
    """Run a command to its end, in a process of its own."""
    done = subprocess.run(
        [*EXITRAMP, *map(str, arguments)],
        cwd=cwd,
        env=environment(more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * DEADLINE_S,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def invoked(*arguments: str | Path) -> Done:
    """The same in this process, without the second that a new one takes to start."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = invoke([str(one) for one in arguments])
    return Done(code, out.getvalue(), err.getvalue())


def held(results: Path, *arguments: str | Path) -> Held:
    """A run of few customers, to its end; what it starts are processes as ever."""
    return Held(invoked("run", *arguments, "--results", results), only_run(results))


def held_apart(results: Path, *arguments: str | Path, cwd: Path | None = None, **more: str) -> Held:
    """A run in a process of its own, with an environment of its own."""
    done = exitramp("run", *arguments, "--results", results, cwd=cwd, **more)
    return Held(done, only_run(results))


@contextmanager
def under_way(results: Path, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], RunFolder]]:
    """A run in which conversations have begun."""
    command = [*EXITRAMP, "run", *map(str, arguments), "--results", str(results)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment({}), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    ) as it:
        try:
            until(lambda: any(results.glob("*/started/*.jsonl")), "a conversation has begun", it)
            yield it, only_run(results)
        finally:
            it.kill()


def until(true: Callable[[], object], what: str, run: subprocess.Popen[str] | None = None) -> None:
    """Look again and again until it is so; fail loudly at the deadline, or once a run that was to do it has ended."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        if run is not None and run.poll() is not None and not true():
            out, err = run.communicate()
            raise AssertionError(f"the run ended with {run.returncode} before {what}:\n{out}\n{err}")
        assert time.monotonic() < deadline, f"waited {DEADLINE_S} s in vain until {what}"
        time.sleep(0.02)


def only_run(results: Path) -> RunFolder:
    (folder,) = results.iterdir()
    return RunFolder(folder)


def metrics(folder: RunFolder) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode((folder.path / "metrics.json").read_bytes())
    return document


def processes(folder: RunFolder, word: str = "") -> list[int]:
    """Processes that work on this run: their command line names its folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue  # it has just ended
            if f"{folder.path}" in command and "simulator." in command and word in command and not dead:
                found.append(int(entry.name))
    return found


def spoken(transcript: Transcript) -> list[tuple[str, str, float | None, float | None]]:
    """What was said, and when."""
    return [(turn.speaker, turn.text, turn.sent, turn.done) for turn in transcript.turns]


def reconciles(counts: Mapping[str, Any]) -> bool:
    """started = sum of endings + in_flight, for customers and probes."""
    apart = {"planned", "started", "finished", "in_flight", "probes"}
    endings = sum(times for name, times in counts.items() if name not in apart)
    own = bool(counts["started"] == endings + counts["in_flight"] and counts["finished"] == endings)
    return own and ("probes" not in counts or reconciles(counts["probes"]))


SMALL_STOCK = (
    *(option for name in DEMO_SCENARIOS for option in ("--scenario", name)),
    *(option for name in DEMO_PERSONAS for option in ("--persona", name)),
)
"""The part of the stock that the demo uses: few scenarios, so that few conversations are several for each."""
