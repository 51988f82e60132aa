"""When something was said: ISO 8601, seconds or milliseconds since 1970, or a pattern of strptime."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

ISO, EPOCH_S, EPOCH_MS = "iso", "epoch_s", "epoch_ms"
_MILLISECONDS_FROM = 1e11
"""A bare number above it counts milliseconds: as seconds it would lie after the year 5000."""


def moment(value: Any, form: str = "") -> float | None:
    """Seconds since 1970; None where there is nothing that can be read. `form` empty: whichever of the first three fits.

    A time without a zone is taken as UTC: only differences inside one conversation are ever used.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
        if form in ("", ISO):
            found = _iso(value)
            if found is not None or form == ISO:
                return found
        elif form not in (EPOCH_S, EPOCH_MS):
            return _by_pattern(value, form)
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return number / 1000 if form == EPOCH_MS or (not form and abs(number) > _MILLISECONDS_FROM) else number


def _iso(text: str) -> float | None:
    if not text[:4].isdigit() or "-" not in text:
        return None
    try:
        return _seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _by_pattern(text: str, form: str) -> float | None:
    try:
        return _seconds(datetime.strptime(text, form))  # the zone is given next, where the text names none
    except (ValueError, OverflowError):
        return None


def _seconds(found: datetime) -> float:
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
