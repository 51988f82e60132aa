"""The table of `make bench`: what was measured, on what, from how many runs. Nothing here passes or fails."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.benchmarks.hearing import hearing
from tests.benchmarks.many import BOTS, DISTINCT, run_of, scored
from tests.benchmarks.material import prepare_run, reply
from tests.benchmarks.model_voice import turns_per_cpu_second
from tests.benchmarks.parts import REPEATS, Recording, conversations_per_second, cost, middle
from tests.benchmarks.scoring import scoring

PAIRS = 7
REQUESTS = 8_000
"""Counted requests of one run, beside those that lead in."""
TARGET_RATIO = 0.5
TARGET_KB = 30.0
CROWDS = (1_000, 5_000)
MANY = 10_000
"""Conversations that are scored and summed up, where no other number is given; the target is for TARGET_MANY."""
TARGET_MANY, TARGET_S, TARGET_MB = 100_000, 150.0, 1024.0
TARGET_MS = 1.5
_LONGEST_S = 60.0
"""No run of a client may take longer."""


@contextmanager
def bot() -> Iterator[str]:
    """The benchmark's server in a process of its own; gives its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait(10)


def client(kind: str, *given: object) -> dict[str, float]:
    """One run of a client process."""
    command = [sys.executable, "-m", "tests.benchmarks.clients", kind, *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    if done.returncode:
        sys.exit(f"the {kind} client failed:\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if result.get("failures") or result.get("faults"):
        sys.exit(f"the {kind} client had failures, so its numbers mean nothing: {result}")
    return result


def microseconds(result: dict[str, float]) -> float:
    return result["cpu_s"] / result["requests"] * 1e6


def verdict(met: bool, target: str) -> str:
    return f"target {target}: {'met' if met else 'not met'}"


def machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in ("locust", "gevent", "geventhttpclient", "msgspec"))
    return f"{os.cpu_count()} cores, load {load}; {platform.platform()}; Python {platform.python_version()}; {packages}"


def against_fasthttpuser(folder: Path, url: str, bodies: Path) -> list[str]:
    """Runs one after the other: a machine's speed changes within seconds, so only neighbours are compared."""
    ratios: dict[str, list[float]] = {"each": [], "one": []}
    whole: dict[str, float] = {}
    lines = []
    for pair in range(PAIRS):
        run = prepare_run(folder / f"pair-{pair}", url, REQUESTS // 2)
        bare = {tasks: microseconds(client("bare", url, bodies, REQUESTS, tasks)) for tasks in ratios}
        whole = client("whole", run.path, REQUESTS)
        ours = microseconds(whole)
        for tasks, theirs in bare.items():
            ratios[tasks].append(theirs / ours)
        lines.append(
            f"  pair {pair + 1}: FastHttpUser {bare['each']:4.0f} us ({bare['one']:.0f} in a loop), ours {ours:4.0f} us,"
            f" ratio {ratios['each'][-1]:.2f} ({ratios['one'][-1]:.2f})"
        )
    shown = {tasks: f"{median(found):.2f} [{min(found):.2f}-{max(found):.2f}]" for tasks, found in ratios.items()}
    return [
        f"Whole customers against bare FastHttpUser, turns a CPU second, 50 connections, n {PAIRS} pairs of {REQUESTS:,}",
        *lines,
        f"  ratio {shown['each']}; {verdict(median(ratios['each']) >= TARGET_RATIO, f'{TARGET_RATIO}')}",
        f"  ratio to a FastHttpUser that loops within one task: {shown['one']}",
        f"  {whole['turns_each']:.1f} turns a conversation; no two replies alike, 36-42 words each",
    ]


def parts(folder: Path, url: str, bodies: Path, recording: Recording) -> list[str]:
    """Hearing, mind, voice and record replayed alone; the wire alone against the server."""
    wire = [microseconds(client("wire", prepare_run(folder / "wire", url, 1).path, bodies, REQUESTS)) for _ in range(5)]
    turns = recording.turns
    table = [
        ("hearing", cost(recording.hearing, turns)),
        ("mind", cost(recording.deciding, turns)),
        ("voice", cost(recording.wording, turns)),
        ("record", cost(recording.recorder(folder), turns)),
        ("wire (request, answer, Locust's event)", wire),
    ]
    lines = [f"  {name:40s} {middle(values):>22s}  n {len(values)}" for name, values in table]
    return [f"Parts of a turn alone, CPU us a turn, {turns:,} recorded turns replayed in one process", *lines]


def memory(folder: Path, url: str) -> list[str]:
    lines = []
    for customers in CROWDS:
        # Some leave before their sixth turn; their seats go to the next.
        run = prepare_run(folder / f"idle-{customers}", url, 2 * customers)
        try:
            result = client("idle", run.path, customers)
        except subprocess.TimeoutExpired:
            lines.append(
                f"  {customers:5,d} customers: not measured, they were not all at their turn after {_LONGEST_S:.0f} s"
            )
            continue
        lines.append(
            f"  {customers:5,d} customers: {result['kb_each']:.1f} KB each over {result['process_mb']:.0f} MB;"
            f" {verdict(result['kb_each'] <= TARGET_KB, f'{TARGET_KB:.0f} KB')}"
        )
    return [
        "Idle customers at their sixth turn, resident memory with case, seat, session and transcript so far, n 1",
        *lines,
    ]


def customers(recording: Recording) -> list[str]:
    """What a customer alone takes, against the goals for it."""
    turns = recording.turns
    spoken = cost(recording.speaking, turns)
    known, strange = hearing(repeats=REPEATS)
    state = [each / 1024 for each in recording.states()]
    worded = turns_per_cpu_second()
    return [
        "A customer alone, one core",
        f"  mind and phrases, us a turn: {middle(spoken)}; {verdict(median(spoken) <= 60, '60')}",
        f"  hearing a 40-word reply of sentences heard before, us: {middle(known)}; {verdict(median(known) <= 60, '60')}",
        f"  hearing one whose every sentence is new, us: {middle(strange)}; {verdict(median(strange) <= 60, '60')}",
        f"  state of a mind at its sixth turn, KB: {middle(state)}; {verdict(median(state) <= 4, '4')}",
        f"  worded by a model that answers at once, turns a CPU second: {middle(worded)};"
        f" {verdict(median(worded) >= 600, '600')}",
    ]


def main() -> None:
    begun = time.monotonic()
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    print(f"exitramp benchmarks: {machine()}\n", flush=True)
    with tempfile.TemporaryDirectory() as name, bot() as url:
        folder = Path(name)
        recording = Recording(prepare_run(folder / "recording", url, 400))
        bodies = folder / "bodies.jsonl"
        lines = [json.dumps({"session": f"{at:032x}", "text": text}) for at, text in enumerate(recording.texts())]
        bodies.write_text("\n".join(lines))
        print("\n".join(against_fasthttpuser(folder, url, bodies)) + "\n", flush=True)
        print("\n".join(parts(folder, url, bodies, recording)) + "\n", flush=True)
        print("\n".join(memory(folder, url)) + "\n", flush=True)
        print("\n".join(customers(recording)) + "\n", flush=True)
        print("\n".join(offline(recording)) + "\n", flush=True)
        print("\n".join(scorers()) + "\n", flush=True)
        print("\n".join(at_scale(folder / "many", many)) + "\n", flush=True)
    print(f"{len(reply(1).split())} words in a reply such as: {reply(1)}")
    print(f"took {time.monotonic() - begun:.0f} s")


def scorers() -> list[str]:
    """One conversation of twelve turns."""
    known, strange, count = scoring(REPEATS)
    met = verdict(median(known) <= TARGET_MS, f"{TARGET_MS}")
    return [
        f"All stock scorers over a conversation of about 12 turns, median of {count}, one core, CPU ms",
        f"  sentences heard before: {middle(known)}  n {len(known)}; {met}",
        f"  every sentence of the bot new: {middle(strange)}  n {len(strange)};"
        f" {verdict(median(strange) <= TARGET_MS, f'{TARGET_MS}')}",
    ]


def at_scale(folder: Path, conversations: int) -> list[str]:
    """A whole run, scored and summed up by the command."""
    found = scored(run_of(folder, conversations))
    lines = [
        f"{conversations:,} conversations of {len(BOTS)} bots: exitramp score, {os.cpu_count()} cores, n 1",
        f"  {found.seconds:.0f} s on the wall, {found.cpu_s:.0f} s of all cores together",
        f"  {found.resident_mb:.0f} MB resident at most, its {found.processes} processes together, looked at every 0.1 s",
        f"  ({found.shared_mb:.0f} MB where memory that they share counts once)",
        f"  {DISTINCT} customers and the probes of each bot were simulated, and repeated under other ids",
    ]
    if conversations == TARGET_MANY:
        met = found.seconds < TARGET_S and found.resident_mb < TARGET_MB
        lines.append(f"  {verdict(met, f'{TARGET_S:.0f} s, {TARGET_MB:.0f} MB')}")
    else:
        share = TARGET_MANY / conversations
        lines.append(
            f"  in proportion {TARGET_MANY:,} would take {found.seconds * share:.0f} s; measured by:"
            f" python -m tests.benchmarks {TARGET_MANY}"
        )
    return lines


def offline(recording: Recording) -> list[str]:
    """What needs no wire: computed time, scoring."""
    cases = [one.case for one in recording.held]
    held = conversations_per_second(cases, recording.catalogue)
    scored = [each / 1000 for each in cost(recording.scoring, len(cases), repeats=5)]
    return [
        f"Without a wire, {len(cases)} conversations, one process",
        f"  conversations a second on the virtual clock with the reference bot `helpful`: {middle(held)}  n {len(held)}",
        f"  scoring a conversation, all stock scorers: {middle(scored)} ms  n {len(scored)}",
    ]


if __name__ == "__main__":
    main()
