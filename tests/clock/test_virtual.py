from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.chance import Chance
from simulator.clock.virtual import VirtualClock


def test_whoever_is_due_first_runs_first() -> None:
    """Order is by time, then by who began to wait first; the clock shows each one's moment."""
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> None:
        clock.sleep(seconds)
        seen.append((name, clock.now()))

    for name, seconds in (("late", 5.0), ("early", 1.0), ("as early", 1.0), ("at once", 0.0)):
        clock.spawn(sleeper, name, seconds)
    clock.run()
    assert seen == [("at once", 0.0), ("early", 1.0), ("as early", 1.0), ("late", 5.0)]


def test_time_never_runs_backwards() -> None:
    """A negative sleep is none, and a clock may start anywhere."""
    clock = VirtualClock(start=100.0)
    clock.spawn(clock.sleep, -5.0)
    clock.run()
    assert clock.now() == 100.0


def test_a_mailbox_waits_for_so_long_and_no_longer() -> None:
    """None at the end of the wait; what comes later lies there for the next."""
    clock = VirtualClock()
    box = clock.mailbox()
    seen: list[tuple[float, object]] = []

    def reader() -> None:
        for seconds in (2.0, 10.0, 0.0, 0.0):
            begun = clock.now()
            seen.append((begun, clock.wait(box, seconds)))
        seen.append((clock.now(), "end"))

    def writer() -> None:
        clock.sleep(3.0)
        clock.put(box, "a")
        clock.put(box, "b")

    clock.spawn(reader)
    clock.spawn(writer)
    clock.run()
    assert seen == [(0.0, None), (2.0, "a"), (3.0, "b"), (3.0, None), (3.0, "end")]


def test_a_put_wakes_the_one_who_has_waited_longest() -> None:
    """One item, one reader; the other goes on waiting."""
    clock = VirtualClock()
    box = clock.mailbox()
    seen: list[tuple[str, object, float]] = []

    def reader(name: str) -> None:
        seen.append((name, clock.wait(box, 9.0), clock.now()))

    def writer() -> None:
        clock.sleep(1.0)
        clock.put(box, "item")

    for task in (("first",), ("second",)):
        clock.spawn(reader, *task)
    clock.spawn(writer)
    clock.run()
    assert seen == [("first", "item", 1.0), ("second", None, 9.0)]


def test_nobody_takes_what_was_handed_to_another() -> None:
    """A task that comes by between the put and the waking of its reader finds the box empty."""
    clock = VirtualClock()
    box = clock.mailbox()
    seen: list[tuple[str, object, float]] = []

    def reader(name: str, delay: float, seconds: float) -> None:
        clock.sleep(delay)
        seen.append((name, clock.wait(box, seconds), clock.now()))

    def writer() -> None:
        clock.sleep(1.0)
        clock.put(box, "item")
        seen.append(("writer", clock.wait(box, 0.0), clock.now()))

    clock.spawn(reader, "patient", 0.0, 5.0)
    clock.spawn(writer)
    clock.run()
    assert seen == [("patient", "item", 1.0), ("writer", None, 1.0)]


def test_an_item_at_the_last_moment_still_comes_through() -> None:
    """Put in the very second in which the wait ends, and before it does."""
    clock = VirtualClock()
    box = clock.mailbox()
    seen: list[object] = []

    def writer() -> None:
        clock.sleep(2.0)
        clock.put(box, "just in time")

    clock.spawn(writer)
    clock.spawn(lambda: seen.append(clock.wait(box, 2.0)))
    clock.run()
    assert seen == ["just in time"]


def test_what_a_task_raises_is_raised_by_run() -> None:
    """No failure passes silently, and the rest can be run to its end."""
    clock = VirtualClock()
    seen: list[str] = []

    def fails() -> None:
        clock.sleep(1.0)
        raise ValueError("in the task")

    def goes_on() -> None:
        clock.sleep(2.0)
        seen.append("the other")

    clock.spawn(fails)
    clock.spawn(goes_on)
    with pytest.raises(ValueError, match="in the task"):
        clock.run()
    clock.run()
    assert seen == ["the other"]


def test_only_spawned_code_may_wait() -> None:
    """From outside there is nobody to switch to."""
    with pytest.raises(RuntimeError, match="spawned"):
        VirtualClock().sleep(1.0)


def test_a_task_may_spawn_another() -> None:
    """It runs at the moment at which it was spawned."""
    clock = VirtualClock()
    seen: list[float] = []

    def parent() -> None:
        clock.sleep(3.0)
        clock.spawn(lambda: seen.append(clock.now()))

    clock.spawn(parent)
    clock.run()
    assert seen == [3.0]


def test_ten_thousand_sleepers_are_nothing() -> None:
    """Each sleeps three times; all end, in order of their time."""
    clock = VirtualClock()
    ends: list[float] = []

    def sleeper(number: int) -> None:
        draw = Chance(1, number)
        for turn in range(3):
            clock.sleep(draw.uniform("sleep", turn) * 100)
        ends.append(clock.now())

    for number in range(10_000):
        clock.spawn(sleeper, number)
    clock.run()
    assert len(ends) == 10_000
    assert ends == sorted(ends)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), min_size=1, max_size=8))
def test_the_same_tasks_run_in_the_same_order(naps: list[list[int]]) -> None:
    """However many fall on one moment, two runs agree."""

    def run() -> list[tuple[int, float]]:
        clock = VirtualClock()
        seen: list[tuple[int, float]] = []

        def task(name: int, seconds: list[int]) -> None:
            for nap in seconds:
                clock.sleep(float(nap))
                seen.append((name, clock.now()))

        for name, seconds in enumerate(naps):
            clock.spawn(task, name, seconds)
        clock.run()
        return seen

    assert run() == run()
