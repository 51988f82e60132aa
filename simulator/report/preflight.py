"""What a run is going to do and what it will be able to say, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from simulator.model.gates import Gate
from simulator.report import numbers
from simulator.report.run import gate_line
from simulator.report.terminal import WIDTH, Paint, fold, one_line, painter
from simulator.report.words import REGISTRY, Meanings, label_of


class Destination(msgspec.Struct, frozen=True):
    """Where it all goes."""

    name: str
    address: str = ""
    note: str = ""
    """How it may be reached: `loopback`, `allowed_hosts`, `reference bot, started for this run`."""


class Gap(msgspec.Struct, frozen=True):
    """Something that cannot be measured here."""

    what: str
    """In plain words: `resolution`."""
    why: str
    add: str = ""
    """The field that would make it measurable: `reply.actions`."""


class Outlook(msgspec.Struct, frozen=True):
    """What a gate can come to before anything is sent."""

    gate: Gate
    n: int
    """Conversations (or probes) that this run will give it."""
    smallest_n: int | None = None
    """From how many a flawless bot passes; None where it does not depend on how many."""
    measurable: bool = True
    target: str = ""
    never: str = ""
    """Why it cannot be passed, however many conversations there were; empty where it can."""


class Preflight(msgspec.Struct, frozen=True):
    """A run before it is sent."""

    destinations: Sequence[Destination]
    conversations: int
    """For all targets together, without probes."""
    probes: int
    at_once: int
    can: Sequence[str] = ()
    """What can be measured, in plain words or as metric names (shown by label)."""
    cannot: Sequence[Gap] = ()
    gates: Sequence[Outlook] = ()
    think: float = 1.0
    clock: str = "wall"
    handoffs: str = ""
    """Where hand-offs end up: `desk`, `sandbox`, `people`."""
    facts: str = ""
    """Where the customers' facts come from."""
    customers: str = ""
    """By whose logs their choice was calibrated; empty: as the model ships."""
    voices: Sequence[str] = ()
    """Who words the customers, where their words go for that, and what it will take; empty: phrases alone."""
    truths: Sequence[str] = ()
    """By what it is told whether a need was met: `a state probe: 2 needs (GET /orders/{{order_number}} at ...)`."""


def preflight(plan: Preflight, meanings: Meanings = REGISTRY, *, width: int = WIDTH, colour: bool = False) -> str:
    """The lines shown before a run, and by `--dry-run`."""
    known = meanings
    paint = painter(colour)
    lines: list[str] = []
    for place, target in enumerate(plan.destinations):
        lines += _entry("Target" if place == 0 else "", _destination(target), width)
    lines += _entry("Will send", _sends(plan), width)
    lines += _entry("Time", _time(plan), width)
    if plan.handoffs:
        lines += _entry("Hand-offs", _handoffs(plan.handoffs), width)
    if plan.facts:
        lines += _entry("Facts", one_line(plan.facts), width)
    if plan.customers:
        lines += _entry("Customers", one_line(plan.customers), width)
    for place, voice in enumerate(plan.voices):
        lines += _entry("Voices" if place == 0 else "", one_line(voice), width)
    if plan.can:
        lines += _entry("Can measure", ", ".join(one_line(label_of(one, known)) for one in plan.can), width)
    for place, gap in enumerate(plan.cannot):
        add = f"  -> {one_line(gap.add)}" if gap.add else ""
        what = one_line(label_of(gap.what, known))
        lines += _entry("Cannot" if place == 0 else "", f"{what}: {one_line(gap.why)}{add}", width)
    for place, truth in enumerate(plan.truths):
        lines += _entry("Solved by" if place == 0 else "", one_line(truth), width)
    if not plan.gates:
        lines += _entry("Gates", "none: nothing will be judged", width)
    for place, outlook in enumerate(plan.gates):
        lines += _gate("Gates" if place == 0 else "", outlook, known, width, paint, len(plan.destinations) > 1)
    return "\n".join(lines) + "\n"


def outlook_in_words(outlook: Outlook) -> str:
    """`can pass from 59 conversations. OK` / `cannot pass with 40: needs 149` / `not measurable here, will be INCONCLUSIVE`."""
    gate = outlook.gate
    if not outlook.measurable:
        return "not measurable here, will be INCONCLUSIVE"
    if outlook.never:
        return f"cannot pass: {one_line(outlook.never)}"
    needs = max(outlook.smallest_n or 0, gate.min_count)
    if gate.use == "estimate" or gate.baseline or outlook.smallest_n is None:
        if outlook.n < needs:
            return f"cannot pass with {outlook.n:,}: needs {needs:,}"
        if gate.baseline:
            return f"judged against {one_line(gate.baseline)}"
        if gate.use == "estimate":
            return "judged on the estimate, any number will do. OK"
        zero = gate.at_most == 0 or gate.at_least == 1
        if zero:
            return "cannot pass with any number: a bound never reaches it; set `use: estimate`"
        return "how many it needs is not known"
    if outlook.n < needs:
        return f"cannot pass with {outlook.n:,}: needs {needs:,}"
    return f"can pass from {numbers.plural(needs, 'conversation')}. OK"


def _destination(target: Destination) -> str:
    parts = [one_line(target.name), one_line(target.address)]
    if target.note:
        parts.append(f"({one_line(target.note)})")
    return "  ".join(part for part in parts if part)


def _sends(plan: Preflight) -> str:
    parts = [numbers.plural(plan.conversations, "conversation"), numbers.plural(plan.probes, "probe")]
    parts.append(f"at most {plan.at_once:,} at once")
    return ", ".join(parts)


def _time(plan: Preflight) -> str:
    if plan.clock == "virtual":
        return "computed, not waited for (clock: virtual); every second the customers meet still counts"
    if plan.think == 0:
        return "customers do not pause between turns (think: 0); the seconds they would have taken still count"
    if plan.think == 1:
        return "customers read, think and type as slowly as people (think: 1)"
    return f"customers pause {numbers.percent(plan.think)} as long as people (think: {numbers.number(plan.think)})"


def _handoffs(reaches: str) -> str:
    return {
        "desk": "go to the desk that exitramp plays; no people are called",
        "sandbox": "go to a sandbox of yours, says `handoff_reaches`",
        "people": "REACH PEOPLE, says `handoff_reaches: people`",
    }.get(reaches, one_line(reaches))


def _entry(title: str, text: str, width: int) -> list[str]:
    return fold(text, width, " " * 14, title.ljust(14))


def _gate(title: str, outlook: Outlook, known: Meanings, width: int, paint: Paint, several: bool) -> list[str]:
    words = outlook_in_words(outlook)
    whose = f" ({one_line(outlook.target)})" if several and outlook.target else ""
    lines = _entry(title, f"{gate_line(outlook.gate, known)}{whose}: {words}", width)
    stuck = words.startswith(("cannot", "not measurable"))
    return [paint(line, "warn") for line in lines] if stuck else lines
