"""Status lines on a real pipe."""

from __future__ import annotations

import os
import threading

from simulator.launch.messages import Status, StatusLine, read


def test_a_line_comes_out_as_it_went_in() -> None:
    """One JSON document a line; what is no document is nobody's status."""
    reading, writing = os.pipe()
    StatusLine(writing).offer(Status(planned=3, started_by_target={"bot": 3}, finished_by_target={"bot": 1}))
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123  # a descriptor
        status = read(pipe.readline())
    assert status is not None
    assert (status.planned, status.in_flight("bot"), status.in_flight("other"), status.final) == (3, 2, 0, False)
    assert read(b"Traceback (most recent call last):\n") is None
    assert read(b"[1, 2]\n") is None


def test_a_full_pipe_drops_lines_and_stops_nobody() -> None:
    """Thousands of offers return at once although nobody reads; the last line still arrives, on a line of its own."""
    reading, writing = os.pipe()
    line = StatusLine(writing)
    for number in range(5_000):
        line.offer(Status(finished=number))
    last = threading.Thread(target=line.finish, args=(Status(finished=5_000, final=True),))
    last.start()
    with open(reading, "rb") as pipe:  # noqa: PTH123  # a descriptor
        statuses: list[Status] = []
        while not statuses or not statuses[-1].final:
            status = read(pipe.readline())
            if status is not None:
                statuses.append(status)
    last.join()
    os.close(writing)
    assert statuses[0].finished == 0
    assert len(statuses) < 5_000
    assert statuses[-1].finished == 5_000


def test_a_parent_that_is_gone_is_no_fault() -> None:
    """Nobody can be told any more: the conversations matter, not the line."""
    reading, writing = os.pipe()
    os.close(reading)
    line = StatusLine(writing)
    line.offer(Status())
    line.finish(Status(final=True))
    os.close(writing)
