from __future__ import annotations

from threading import Event

from simulator.clock.wall import WallClock

LONG = 60.0
"""Longer than any test runs: who waits so long would be seen."""


def test_an_item_wakes_who_waits_in_another_thread() -> None:
    """Put by one thread, taken by another; nobody sleeps it out."""
    clock = WallClock()
    there, back = clock.mailbox(), clock.mailbox()
    clock.spawn(lambda: clock.put(back, ("got", clock.wait(there, LONG))))
    clock.put(there, 7)
    assert clock.wait(back, LONG) == ("got", 7)


def test_items_come_in_the_order_they_were_put() -> None:
    """First in, first out."""
    clock = WallClock()
    box = clock.mailbox()
    for item in "abc":
        clock.put(box, item)
    assert [clock.wait(box, 0.0) for _ in range(4)] == ["a", "b", "c", None]


def test_an_empty_mailbox_gives_none_when_the_time_is_up() -> None:
    """No exception, and not before so many seconds have passed."""
    clock = WallClock()
    begun = clock.now()
    assert clock.wait(clock.mailbox(), 0.02) is None
    assert clock.now() - begun >= 0.02
    assert clock.wait(clock.mailbox(), -1.0) is None


def test_a_sleep_lasts_at_least_as_long_as_asked() -> None:
    """And a negative one is none."""
    clock = WallClock()
    begun = clock.now()
    clock.sleep(0.01)
    clock.sleep(-5.0)
    assert clock.now() - begun >= 0.01


def test_spawned_code_runs_beside() -> None:
    """With the arguments it was given."""
    clock = WallClock()
    ran = Event()
    clock.spawn(lambda event: event.set(), ran)
    assert ran.wait(LONG)
