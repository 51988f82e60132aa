"""A calibration on a screen: what the logs say of the customers' choice, and then what they do not."""

from __future__ import annotations

from simulator.model.calibration import Calibration
from simulator.report import numbers
from simulator.report.terminal import WIDTH, fold, one_line, painter, table

TANGLED = 0.9
"""Correlation of two estimates from which it is said."""


def calibration_report(found: Calibration, *, width: int = WIDTH, colour: bool = False) -> str:
    """Estimates with standard errors and 95 % intervals, then every weight that was held, with what would tell it."""
    paint = painter(colour)
    logs = found.logs
    read = [numbers.plural(logs.conversations, "conversation")]
    if found.about:
        read = [f"{one_line(found.about)}: {read[0]}"]
    read += [
        f"{logs.turns:,} choices",
        f"{logs.asks:,} asks for a person",
        f"{logs.left_silent:,} left silently, {logs.left_voiced:,} saying so",
    ]
    lines = fold(", ".join(read), width)
    lines += [line for note in _notes(found) for line in fold(note, width, "  ")]
    rows = [["Told by the logs", "shipped", "fitted", "se", "95 % interval", "se (model)"]]
    for name, one in found.estimates.items():
        rows.append(
            [
                f"  {name}",
                f"{one.shipped:+.2f}",
                f"{one.value:+.3f}",
                f"{one.se:.3f}",
                f"[{one.low:+.2f}, {one.high:+.2f}]",
                f"{one.se_model:.3f}",
            ]
        )
    told = table(rows, right=frozenset({1, 2, 3, 5}))
    lines += ["", paint(told[0], "bold"), *told[1:]]
    lines += fold(
        "Log-odds; se by conversation (sandwich), beside it what it is if the model is right. The intervals hold if what is "
        "held below is as it is held.",
        width,
        "  ",
    )
    for line in _tangles(found):
        lines += fold(line, width, "    ", "  ")
    if found.held:
        lines += ["", paint("Not told by these logs, held as shipped", "bold")]
        for name, held in found.held.items():
            lines += fold(f"{name} {held.value:+.2f}: {held.why}; needs {held.needs}", width, "      ", "  ")
    lines += ["", paint("Told by no chat log", "bold")]
    for sentence in found.assumed:
        lines += fold(one_line(sentence), width, "      ", "  ")
    return "\n".join(lines) + "\n"


def _notes(found: Calibration) -> list[str]:
    logs = found.logs
    notes = []
    if logs.acts == "guessed":
        notes.append(
            "ACTS GUESSED from words: who asks, who leaves and who was content was not in the logs. Silent leaves are "
            "counted high (content people close windows, too); the intervals know nothing of such errors."
        )
    if logs.progress == "unknown":
        notes.append(
            "No scenario says which answers led on: repeats, fallbacks and refusals count as failed attempts, other turns as in "
            "part progress, which is an assumption."
        )
    if logs.left_out:
        notes.append(
            f"{numbers.plural(logs.left_out, 'conversation')} left out: no choice in it that can be used, or a probe."
        )
    if logs.not_drawn:
        notes.append(f"{logs.not_drawn:,} more were not drawn: so many are enough.")
    if logs.unread:
        notes.append(f"{numbers.plural(logs.unread, 'line')} could not be read.")
    return notes


def _tangles(found: Calibration) -> list[str]:
    pairs = [
        f"{one} and {other} (r = {r:+.2f})"
        for one, row in found.correlations.items()
        for other, r in row.items()
        if abs(r) >= TANGLED
    ]
    return [f"Hard to tell apart: {', '.join(pairs)}."] if pairs else []
