"""When something was said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.logs.moments import EPOCH_MS, EPOCH_S, ISO, moment


@pytest.mark.parametrize(
    ("value", "form", "seconds"),
    [
        ("1970-01-01T00:01:00", "", 60.0),
        ("1970-01-01T00:01:00Z", ISO, 60.0),
        ("1970-01-01 01:01:00+01:00", "", 60.0),
        (60, "", 60.0),
        ("60.5", "", 60.5),
        (1_700_000_000_000, "", 1_700_000_000.0),  # milliseconds, or it would be the year 55,000
        ("60000", EPOCH_MS, 60.0),
        ("1700000000000", EPOCH_S, 1_700_000_000_000.0),
        ("01/02/1970 00:00", "%d/%m/%Y %H:%M", 31 * 86_400.0),
        ("yesterday", "", None),
        ("", "", None),
        (None, "", None),
        (True, "", None),
        (10**400, "", None),
        ("nan", "", None),
        ("5", ISO, None),
        ("5", "%H:%M", None),
    ],
)
def test_times_are_read_in_their_form(value: Any, form: str, seconds: float | None) -> None:
    """Or there is none: never a guess, never an error."""
    assert moment(value, form) == seconds


@given(st.none() | st.text() | st.floats() | st.integers(), st.sampled_from(["", ISO, EPOCH_S, EPOCH_MS, "%Y", "%"]))
def test_nothing_is_fatal(value: Any, form: str) -> None:
    """Whatever stands in the field, under whatever pattern."""
    found = moment(value, form)
    assert found is None or found == found
