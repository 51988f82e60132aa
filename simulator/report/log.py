"""What a foreign log says as a whole, for a terminal: every metric with its interval, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from simulator.report.numbers import NEVER, Unit, measured, plural
from simulator.report.terminal import fold, one_line, painter, table
from simulator.verdict.tally import Line


class LogReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said of one log."""

    source: str
    taken_for: str
    conversations: int
    left_out: int
    rejected: int
    tiers: Mapping[str, int]
    """Tier -> conversations that have it."""
    lines: Sequence[Line]
    pseudonymised: bool
    """Whether people speak in it whose names and numbers were replaced before anything was stored or printed."""
    notes: Sequence[str] = ()


def log_report(report: LogReport, width: int, colour: bool = False) -> str:
    """The summary as text, with a line end."""
    paint = painter(colour)
    told = [
        paint(f"{one_line(report.source)}: {plural(report.conversations, 'conversation')}", "bold"),
        *fold(f"Taken for {report.taken_for}.", width),
    ]
    if report.rejected:
        told += fold(f"{plural(report.rejected, 'record')} could not be read; see above.", width)
    if report.left_out:
        told += fold(f"{plural(report.left_out, 'conversation')} not counted: probes, or failures of our own.", width)
    seen = [line for line in report.lines if not line.guess]
    guesses = [line for line in report.lines if line.guess]
    told += ["", *_block(seen, width)]
    silent = [line for line in seen if not _has_value(line)]
    if silent:
        told += ["", paint("Not measured", "bold"), *_silent(silent, width)]
    if guesses:
        heading = "Guesses from text: never gated, never pooled with what was seen"
        told += ["", paint(heading, "bold"), *_block(guesses, width, with_accuracy=True)]
        told += _silent([line for line in guesses if not _has_value(line)], width)
    told += ["", *_notes(report, width)]
    return "\n".join(told) + "\n"


def _has_value(line: Line) -> bool:
    return line.estimate is not None or line.reason == "not reached"


def _block(lines: Sequence[Line], width: int, *, with_accuracy: bool = False) -> list[str]:
    rows = [["metric", "estimate", "95 % interval", "n", "could not say"]]
    shown = [line for line in lines if _has_value(line)]
    rows += [[line.name, _value(line), _interval(line), f"{line.n:,}", _skipped(line)] for line in shown]
    told = table(rows, right=frozenset({3})) if shown else ["No metric could be computed."]
    for line in shown:
        if line.accuracy or with_accuracy:
            told += fold(
                f"{line.name}: {line.accuracy or 'how often it is right is not published'}", width, indent="  "
            )
    return told


def _value(line: Line) -> str:
    if line.estimate is None:
        return NEVER
    return measured(line.estimate, _unit(line), 1 if line.unit == "share" else 0)


def _interval(line: Line) -> str:
    if line.low is None and line.high is None:
        return "-"
    digits = 1 if line.unit == "share" else 0
    low, high = ("?" if end is None else measured(end, _unit(line), digits) for end in (line.low, line.high))
    return f"{low} to {high}"


def _unit(line: Line) -> Unit:
    return "share" if line.unit == "share" else "seconds" if line.unit == "seconds" else "number"


def _skipped(line: Line) -> str:
    if not line.skipped:
        return "-"
    reason, times = next(iter(line.reasons.items()))
    more = len(line.reasons) - 1
    rest = f", and {plural(more, 'other reason')}" if more else ""
    return f"{line.skipped:,}: {one_line(reason)}" + (f" ({times:,}){rest}" if more else "")


def _silent(lines: Sequence[Line], width: int) -> list[str]:
    """Those without a value, together where the reason is the same."""
    by_reason: dict[str, list[str]] = {}
    for line in lines:
        by_reason.setdefault(one_line(line.reason), []).append(line.name)
    told: list[str] = []
    for reason, names in by_reason.items():
        told += fold(f"{reason}: {', '.join(names)}", width, indent="    ", first="  ")
    return told


def _notes(report: LogReport, width: int) -> list[str]:
    tiers = ", ".join(f"{tier} {count:,}" for tier, count in sorted(report.tiers.items()))
    sampled = max((line.sampled for line in report.lines), default=0)
    notes = [
        f"Shown by the log: {tiers} (T0 text, T1 the customer's acts, T2 hand-offs and actions, T3 the human side).",
        "Conversations are taken as independent; intervals are 95 %, those of shares Wilson's.",
    ]
    if sampled:
        notes.append(f"Medians and percentiles are those of a fixed sample of {sampled:,} conversations.")
    if report.pseudonymised:
        notes.append(
            "Names, addresses, numbers and ids were replaced by stand-ins before anything was stored or printed."
        )
    return [line for note in (*notes, *report.notes) for line in fold(note, width)]
