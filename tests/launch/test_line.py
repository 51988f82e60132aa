"""The line of customers: in order, past those whose account is in use."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from simulator.launch.line import Line
from simulator.model.plan import Case
from tests.targets.talks import CASE


def cases(*rows: int | None) -> list[Case]:
    return [replace(CASE, id=f"c-{number}", row=row) for number, row in enumerate(rows)]


def called(line: Line) -> str:
    case = line.next()
    return case.id if case is not None else ""


def test_without_accounts_it_is_first_come_first_served() -> None:
    """And so it is where several may share one."""
    for line in (Line(cases(None, None, None), unique=True), Line(cases(0, 0, 0))):
        assert [called(line) for _ in range(4)] == ["c-0", "c-1", "c-2", ""]


def test_whoever_waits_for_an_account_is_passed() -> None:
    """The next one with a free account goes first; the other is called as soon as it is given back."""
    first, *_ = everybody = cases(0, 0, 1, None)
    line = Line(everybody, unique=True)
    assert [called(line) for _ in range(4)] == ["c-0", "c-2", "c-3", ""]
    assert len(line) == 1
    line.done(first)
    assert called(line) == "c-1"
    assert not line


def test_a_row_in_use_elsewhere_is_passed_until_it_comes_free() -> None:
    """Another process has it."""
    free: set[int] = {1}
    line = Line(cases(0, 1), unique=True, take=lambda row: row in free)
    assert [called(line), called(line)] == ["c-1", ""]
    assert line.elsewhere == {0}
    free.add(0)
    assert line.free(0)
    assert not line.free(0)
    assert [called(line), called(line)] == ["c-0", ""]
    assert not line.elsewhere


def test_a_cleared_line_calls_nobody() -> None:
    """Also not when an account comes free afterwards."""
    everybody = cases(0, 0)
    line = Line(everybody, unique=True)
    called(line)
    line.clear()
    line.done(everybody[0])
    assert (called(line), len(line)) == ("", 0)


@given(st.lists(st.none() | st.integers(0, 3), max_size=30), st.randoms(use_true_random=False))
def test_everybody_is_called_once_and_no_row_twice_at_a_time(rows: list[int | None], luck: Random) -> None:
    """Whatever the order in which conversations end."""
    line = Line(cases(*rows), unique=True)
    under_way: list[Case] = []
    seen: list[str] = []
    while line or under_way:
        case = line.next()
        if case is None:
            line.done(under_way.pop(luck.randrange(len(under_way))))
            continue
        assert case.row is None or case.row not in {one.row for one in under_way}
        under_way.append(case)
        seen.append(case.id)
    assert sorted(seen) == sorted(case.id for case in cases(*rows))
