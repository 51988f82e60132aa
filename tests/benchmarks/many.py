"""A run of very many conversations, scored and summed up by the command: how long it takes, and how much memory.

Some hundred conversations are simulated and written out again and again under ids of their own, so texts come back; what
sentences cost that are heard for the first time is measured in `scoring`.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulator.launch.casting import cast
from simulator.launch.run import execute, prepare
from simulator.model.gates import DEFAULT_GATES
from simulator.model.plan import RunPlan
from simulator.store import RunFolder

BOTS = ["ordinary", "looping:p=0.5"]
DISTINCT = 400
"""Conversations with customers that are simulated for each bot, beside its probes."""
_EVERY_S = 0.1
_RARELY_S = 2.0
_LONGEST_S = 3_600.0


class Cost(NamedTuple):
    """What scoring a run took."""

    seconds: float
    """On the wall."""
    cpu_s: float
    """Of all processes together."""
    resident_mb: float
    """Resident memory of the command and all its processes together, the largest of the samples."""
    shared_mb: float
    """The same by proportional set size, where memory that processes share counts once."""
    processes: int


def run_of(folder: Path, conversations: int) -> RunFolder:
    """A run's folder with so many conversations, that has not been scored."""
    plan = RunPlan(target=BOTS, conversations=DISTINCT, clock="virtual", results=str(folder))
    ready = cast(plan)
    small = prepare(ready, None)
    outcome = execute(ready, small, lambda status: None)
    cases = {case.id: case for case in small.read_cases()}
    transcripts = small.read_transcripts()[0]
    large = prepare(ready, DEFAULT_GATES)
    segment, starts = large.segment(), large.starts()
    with (large.path / "cases.jsonl").open("wb") as file:
        for number, one in enumerate(islice(cycle(transcripts), conversations), 1):
            case = cases[one.id]
            repeat = case.repeat + number // len(transcripts) * (1 + max(each.repeat for each in ready.cases))
            named = f"{case.scenario}/{case.persona}/{repeat}"
            known = msgspec.structs.replace(case, id=f"c-{number:06d}", repeat=repeat)
            file.write(msgspec.json.encode(known) + b"\n")
            starts.append({"id": known.id})
            segment.append(msgspec.structs.replace(one, id=known.id, case=named))
    segment.close()
    starts.close()
    large.write_json("outcome.json", outcome)
    return large


def scored(folder: RunFolder) -> Cost:
    """Score and sum up a run by `exitramp score`, and watch its processes."""
    command = [sys.executable, "-m", "simulator", "score", str(folder.path)]
    began, spent = time.monotonic(), _spent()
    resident = shared = 0.0
    most, rarely = 0, began
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None and time.monotonic() - began < _LONGEST_S:
            family = _family(run.pid)
            resident = max(resident, sum(map(_resident, family)))
            most = max(most, len(family))
            if time.monotonic() > rarely:  # going through a process's pages takes it a while
                shared = max(shared, sum(map(_proportional, family)))
                rarely = time.monotonic() + _RARELY_S
            time.sleep(_EVERY_S)  # between two samples
        run.kill()
    if run.returncode not in (0, 1, 3):
        sys.exit(f"scoring ended with {run.returncode}")
    return Cost(time.monotonic() - began, _spent() - spent, resident, shared, most)


def _spent() -> float:
    """Processor seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(process: int) -> list[int]:
    """A process and all its descendants."""
    found = [process]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue  # it has just ended
    return found


def _resident(process: int) -> float:
    """Resident memory, MB."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0  # it has just ended
    return pages * resource.getpagesize() / 2**20


def _proportional(process: int) -> float:
    """Resident memory, of which each page counts for the processes that share it by equal parts, MB."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it has just ended
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
