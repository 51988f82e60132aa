"""The demo's table: several bots before the same customers, a dashboard's view above what the customers met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from simulator.model.score import Metric
from simulator.report import numbers
from simulator.report.conversation import excerpt
from simulator.report.numbers import Unit
from simulator.report.terminal import WIDTH, Paint, Style, fold, one_line, pad, painter
from simulator.report.worst import Pick
from simulator.scorers.hidden_path import CAP

ENOUGH_SCENARIOS = 40
"""A release gate should rest on so many scenarios."""
FEW_SCENARIOS = 20
"""Below this, a note says that the intervals are wide because there are few."""


class Column(msgspec.Struct, frozen=True):
    """One target of the comparison."""

    target: str
    metrics: Mapping[str, Metric]
    """The metrics of the whole run by name."""
    errors: int | None = None
    """Failed requests; None = not counted."""
    finished: int = 0
    planned: int = 0


class Demo(msgspec.Struct, frozen=True):
    """What the demo was, for the lines above and below the table."""

    version: str
    personas: int
    scenarios: int
    repeats: int
    probes: int
    """For each bot."""
    seed: int
    folder: str
    """The results folder as people type it."""
    seconds: float | None = None
    in_flight: int | None = None
    lag_p99_ms: float | None = None
    where: str = "on 127.0.0.1"
    customers: int | None = None
    """For each bot, without probes, where not every persona meets every scenario equally often."""
    estimand: str = "these_scenarios"


class _Row(msgspec.Struct, frozen=True):
    label: str
    cell: Callable[[Column], str]
    style: Style | None = None


def _metric(name: str, unit: Unit, *, interval: bool = True, tries: int | None = None) -> Callable[[Column], str]:
    return lambda column: numbers.estimate(column.metrics.get(name), unit, with_interval=interval, tries=tries)


def _errors(column: Column) -> str:
    return "not counted" if column.errors is None else numbers.count(column.errors)


_BLOCKS: tuple[tuple[str, tuple[_Row, ...]], ...] = (
    (
        "What a deflection dashboard would show",
        (
            _Row("contained (no person involved)", _metric("containment_rate", "share")),
            _Row("HTTP errors", _errors),
        ),
    ),
    (
        "What the customers met",
        (
            _Row("trapped in a loop, no way out", _metric("entrapment_rate", "share")),
            _Row("needed a person, had one in 3 min", _metric("ttee_cif_180", "share")),
            _Row("median wait for a person", _metric("ttee_median", "seconds", interval=False)),
            _Row(
                "asks until a person is offered",
                _metric("asks_before_grant", "number", interval=False, tries=CAP),
            ),
            _Row("solved by the bot, checked", _metric("resolution_rate", "share")),
            _Row("left without a word", _metric("silent_exit_rate", "share")),
        ),
    ),
    (
        "Trust Gap, points",
        (_Row("booked as success, not one", _metric("trust_gap", "points"), "bold"),),
    ),
)


def demo_table(columns: Sequence[Column], *, width: int = WIDTH, colour: bool = False) -> str:
    """The table alone: a column for each target, two blocks of rows and the Trust Gap.

    A value that is missing reads `not measured`, an event that never came `never` or `none in 6`; nothing missing is a 0.
    """
    paint = painter(colour)
    label = 4 + max(len(row.label) for _, rows in _BLOCKS for row in rows)
    cells = [[[row.cell(column) for column in columns] for row in rows] for _, rows in _BLOCKS]
    widths = [
        max(len(one_line(column.target)), *(len(row[place]) for block in cells for row in block))
        for place, column in enumerate(columns)
    ]
    across = label + sum(2 + one for one in widths)
    gap = "   " if across + len(columns) <= width else "  "

    def line(start: str, values: Sequence[str]) -> str:
        return (pad(start, label) + "".join(gap + pad(v, w) for v, w in zip(values, widths, strict=True))).rstrip()

    lines = [paint(line("", [one_line(column.target) for column in columns]), "bold")]
    for (title, rows), block in zip(_BLOCKS, cells, strict=True):
        lines.append(paint(f"  {title}", "dim"))
        for row, values in zip(rows, block, strict=True):
            text = line(f"    {row.label}", values)
            lines.append(paint(text, row.style) if row.style else text)
    return "\n".join(lines)


def demo_header(columns: Sequence[Column], demo: Demo, *, width: int = WIDTH) -> str:
    """What is about to happen, said before it happens."""
    personas, scenarios = numbers.plural(demo.personas, "persona"), numbers.plural(demo.scenarios, "scenario")
    crossed = f"{personas} x {scenarios} x {demo.repeats}"
    each = demo.personas * demo.scenarios * demo.repeats
    if demo.customers is not None and demo.customers != each:
        each, crossed = demo.customers, f"{demo.customers:,} over {personas} and {scenarios}"
    same = f"the same {each + demo.probes:,} customers for each ({crossed}" + (
        f", and {numbers.plural(demo.probes, 'probe')} of the way to a person)" if demo.probes else ")"
    )
    bots = f"{_in_words(len(columns)).capitalize()} reference {'bot' if len(columns) == 1 else 'bots'} {demo.where}"
    text = f"exitramp {one_line(demo.version)} demo. {bots}, {same}. No network, no key, seed {demo.seed}."
    return "\n".join(fold(text, width))


def demo_progress(columns: Sequence[Column], demo: Demo) -> str:
    """How far it came: the last state of the live line."""
    parts = [f"{one_line(column.target)} {column.finished:,}/{column.planned:,}" for column in columns]
    if demo.in_flight is not None:
        parts.append(f"in flight {demo.in_flight:,}")
    if demo.lag_p99_ms is not None:
        parts.append(f"own lag p99 {numbers.lag(demo.lag_p99_ms)}")
    if demo.seconds is not None:
        parts.append(numbers.seconds(demo.seconds))
    return "  " + "   ".join(parts)


def demo_report(
    columns: Sequence[Column], demo: Demo, worst: Sequence[Pick] = (), *, width: int = WIDTH, colour: bool = False
) -> str:
    """All that `exitramp demo` says once the conversations are over: the table, what it rests on, the worst
    conversation, where everything lies, what to do next. `worst` holds at most one pick for each target.
    """
    paint = painter(colour)
    blocks = [demo_table(columns, width=width, colour=colour), "\n".join(_footing(columns, demo, width))]
    if worst:
        blocks.append(_worst(worst, width, paint, colour))
    blocks.append("\n".join(_next(demo, worst)))
    blocks.append("  Nothing was judged: the demo has no gates.")
    return "\n\n".join(blocks) + "\n"


def _footing(columns: Sequence[Column], demo: Demo, width: int) -> list[str]:
    lines = fold(sample_size(columns), width, "  ")
    if any(metric.low is not None for column in columns for metric in column.metrics.values()):
        lines += fold(_brackets(demo), width, "  ")
    silent = never_failed(columns)
    return lines + (fold(silent, width, "  ") if silent else [])


def sample_size(columns: Sequence[Column]) -> str:
    """What the numbers rest on, taken from the metrics themselves."""

    def each(name: str) -> list[int | None]:
        return [metric.n if (metric := column.metrics.get(name)) is not None else None for column in columns]

    talks, asks, needed = each("entrapment_rate"), each("asks_before_grant"), each("ttee_cif_180")
    details = []
    if any(asks):
        details.append(f"{_each(asks)} probes for the asks")
    if any(n is not None for n in needed):
        details.append(f"{', '.join(_n(n) for n in needed)} who needed a person")
    rest = f" ({'; '.join(details)})" if details else ""
    return f"n = {_each(talks)} conversations a bot{rest}."


def _each(values: Sequence[int | None]) -> str:
    return _n(values[0]) if len(set(values)) == 1 else ", ".join(_n(value) for value in values)


def _n(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _brackets(demo: Demo) -> str:
    over = f"Brackets: 95 % intervals over {numbers.plural(demo.scenarios, 'scenario')}"
    about = "" if demo.estimand == "these_scenarios" else ", for scenarios like them"
    if demo.scenarios >= FEW_SCENARIOS:
        return f"{over}{about}."
    return f"{over}{about}: few, so they are wide. A release gate needs {ENOUGH_SCENARIOS} or more."


def never_failed(columns: Sequence[Column]) -> str:
    """That a harmful bot's requests all succeeded, where it is so; empty where it is not or was not counted."""
    gaps = {column.target: gap for column in columns if (gap := _value(column, "trust_gap")) is not None}
    least = min(gaps.values(), default=None)
    clean = [column for column in columns if column.errors == 0]
    harmful = [column for column in clean if least is not None and gaps.get(column.target, least) > least]
    if not harmful:
        return ""
    names = [f"`{one_line(column.target)}`" for column in harmful]
    passed = f"all {_in_words(len(columns))}" if len(clean) == len(columns) else "it" if len(harmful) == 1 else "them"
    return f"{_listed(names)} never failed a request. Load tools would have passed {passed}."


def _value(column: Column, name: str) -> float | None:
    metric = column.metrics.get(name)
    return metric.estimate if metric is not None else None


def _worst(worst: Sequence[Pick], width: int, paint: Paint, colour: bool) -> str:
    first, *others = sorted(worst, key=lambda pick: pick.severity, reverse=True)
    talk = first.candidate.held
    title = (
        f"Worst conversation of {one_line(first.target)}: {one_line(first.id)}, "
        f"{one_line(talk.scenario)} x {one_line(talk.persona)}, {first.reason}"
    )
    lines = [paint(line, "bold") for line in fold(title, width, "    ", "  ")]
    if first.transcript is not None:
        lines.append(excerpt(first.transcript, first.scenario, width, colour=colour))
    rest = " ".join(
        f"{'Worst of' if place == 0 else 'Of'} {one_line(pick.target)}: {one_line(pick.id)}, {pick.reason}."
        for place, pick in enumerate(others)
    )
    if rest:
        lines += fold(rest, width, "  ")
    return "\n".join(lines)


def _next(demo: Demo, worst: Sequence[Pick]) -> list[str]:
    folder = one_line(demo.folder).rstrip("/")
    rows = [("All results", f"{folder}/")]
    if worst:
        first = max(worst, key=lambda pick: pick.severity)
        rows.append(("Read one", f"exitramp show {folder} {one_line(first.id)}"))
    rows.append(("Every number", f"exitramp report {folder}"))
    rows.append(("Your own bot", "exitramp run --target FILE"))
    rows.append(("A line explained", "exitramp metrics explain trust_gap"))
    longest = max(len(title) for title, _ in rows)
    return [f"  {title.ljust(longest)}   {what}" for title, what in rows]


def _in_words(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
