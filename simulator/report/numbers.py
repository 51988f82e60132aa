"""Numbers as people read them. What was not measured never looks like a zero, nor a rare event like none."""

from __future__ import annotations

import math
from typing import Literal

from simulator.model.score import NOT_REACHED, Metric

Unit = Literal["share", "points", "seconds", "number"]

NOT_MEASURED = "not measured"
NEVER = "never"
OPEN = "?"


def digits_of(value: float, digits: int = 0) -> str:
    """A number with so many decimals; more where it would round to zero although it is none."""
    text = f"{value:,.{digits}f}"
    while value and not text.strip("-0.,") and digits < 4:
        digits += 1
        text = f"{value:,.{digits}f}"
    return text.replace("-0", "0", 1) if not text.strip("-0.,") else text


def hundredths(value: float, digits: int = 0) -> str:
    """A share in hundredths without a sign: .44 is `44`. Almost none is not 0 and almost all is not 100."""
    if value in (0, 1):
        return f"{100 * value:.0f}"  # exactly none and exactly all need no decimals
    text = digits_of(100 * value, digits)
    while value < 1 and float(text.replace(",", "")) == 100 and digits < 4:
        digits += 1
        text = digits_of(100 * value, digits)
    return text


def percent(value: float | None, digits: int = 0) -> str:
    """`44 %`."""
    return NOT_MEASURED if value is None else f"{hundredths(value, digits)} %"


def seconds(value: float | None) -> str:
    """`4 ms`, `1.4 s`, `41 s`, `1 min 52 s`, `2 h 5 min`."""
    if value is None:
        return NOT_MEASURED
    if value < 0:
        return f"-{seconds(-value)}"
    if 0 < value < 0.1:
        return f"{digits_of(1000 * value)} ms"
    if value < 9.95:
        return f"{value:.1f}".removesuffix(".0") + " s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    minutes = round(value / 60)
    return f"{minutes // 60} h {minutes % 60} min".removesuffix(" 0 min")


def lag(milliseconds: float) -> str:
    """Our own lateness, which is counted in whole milliseconds: `4 ms`, `under 1 ms`."""
    return "under 1 ms" if milliseconds < 1 else seconds(milliseconds / 1000)


def elapsed(value: float) -> str:
    """Time since the opening, for a margin: `0:41`, `12:05`, `1:02:05`."""
    whole = max(0, math.floor(value))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def count(value: float | None) -> str:
    """`1,200`; None is `not measured`."""
    return NOT_MEASURED if value is None else number(value)


def number(value: float | None) -> str:
    """A plain number: `3`, `2.5`, `0.003`."""
    if value is None:
        return NOT_MEASURED
    if float(value).is_integer():
        return f"{value:,.0f}" if value else "0"
    return digits_of(value, 2).rstrip("0").rstrip(".")


def none_in(tries: int) -> str:
    """`none in 6`: so many tries and never once."""
    return f"none in {tries}"


def plural(how_many: int, one: str, many: str = "") -> str:
    """`1 conversation`, `1,200 conversations`."""
    return f"{how_many:,} {one if how_many == 1 else many or one + 's'}"


def measured(value: float | None, unit: Unit, digits: int = 0) -> str:
    """One value in its unit."""
    if value is None:
        return NOT_MEASURED
    if unit == "share":
        return percent(value, digits)
    if unit == "points":
        return hundredths(value, digits)
    return seconds(value) if unit == "seconds" else number(value)


def estimate(
    metric: Metric | None, unit: Unit, *, digits: int = 0, tries: int | None = None, with_interval: bool = True
) -> str:
    """A metric's estimate with its interval; `never` (or `none in 6`) for what was not reached, `not measured` for what
    nobody could see.
    """
    if metric is None:
        return NOT_MEASURED
    if metric.estimate is None:
        if not never_reached(metric):
            return NOT_MEASURED
        return none_in(tries) if tries is not None else NEVER
    text = measured(metric.estimate, unit, digits)
    return text + interval(metric.name, metric.low, metric.high, unit, digits) if with_interval else text


def never_reached(metric: Metric) -> bool:
    """Whether the estimate is missing because the event never came, and not because nobody could see it."""
    return metric.estimate is None and metric.reason.startswith(NOT_REACHED)


def interval(name: str, low: float | None, high: float | None, unit: Unit, digits: int = 0) -> str:
    """` [31, 57]` behind the estimate of a metric of this name, or nothing where there is no interval."""
    if low is None and high is None:
        return ""
    # Open above: half may never get there, or too few values can tell where a percentile ends.
    open_end = NEVER if name.endswith("_median") or name == "loop_time" else OPEN
    return f" [{_end(low, unit, digits, OPEN)}, {_end(high, unit, digits, open_end)}]"


def _end(value: float | None, unit: Unit, digits: int, missing: str) -> str:
    if value is None:
        return missing
    if unit == "seconds":
        return seconds(value)
    return hundredths(value, digits) if unit in ("share", "points") else number(value)


def apart(value: float, limit: float, unit: Unit, digits: int = 1) -> str:
    """A value with enough decimals that it does not look equal to a limit it differs from."""
    text = measured(value, unit, digits)
    if unit in ("share", "points"):
        while value != limit and text == measured(limit, unit, digits) and digits < 5:
            digits += 1
            text = measured(value, unit, digits)
    return text
