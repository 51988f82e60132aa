from __future__ import annotations

import io

import pytest

from simulator.report.progress import Progress, line


def test_line() -> None:
    """A status on one line, and nothing is written to the terminal but text."""
    status = {
        "target": "looping\x1b[2J",
        "finished": 1120,
        "planned": 1680,
        "in_flight": 12,
        "lag_p99_ms": 4.0,
    }
    assert line(status) == "looping 1,120/1,680  in flight 12  own lag p99 4 ms"


def test_what_is_absent() -> None:
    """A status that says little is shown as little, never as zero."""
    assert line({}) == "run ?"
    assert line({"target": "maze", "finished": 3, "lag_p99_ms": None}) == "maze 3"


def test_plain_lines() -> None:
    """Without a terminal a line goes out now and then, and the last state at the end."""
    seconds = iter([0.0, 0.0, 0.0, 1.0, 2.0, 6.0, 6.0, 7.0])
    stream = io.StringIO()
    with Progress(stream, every=5.0, now=lambda: next(seconds)) as progress:
        for finished in range(1, 6):
            progress.update({"target": "maze", "finished": finished, "planned": 5})
    assert stream.getvalue().splitlines() == ["maze 1/5", "maze 4/5", "maze 5/5"]


def test_same_line_once() -> None:
    """What was said is not said again at the end; each target has its last word."""
    stream = io.StringIO()
    with Progress(stream, every=0.0) as progress:
        progress.update({"target": "maze", "finished": 5, "planned": 5})
        progress.update({"target": "late", "finished": 2, "planned": 5})
    assert stream.getvalue().splitlines() == ["maze 5/5", "late 2/5"]


def test_live_bar() -> None:
    """On a terminal there is a bar for each target, and the cursor is back when it is over."""
    stream = io.StringIO()
    with Progress(stream, terminal=True) as progress:
        progress.update({"target": "maze [bold]", "finished": 2, "planned": 5, "in_flight": 3})
    text = stream.getvalue()
    assert "maze [bold]" in text
    assert "2/5  in flight 3" in text
    assert text.rstrip().endswith("\x1b[?25h")


def test_terminal_in_order_after_a_failure() -> None:
    """Whatever happens inside, the cursor is shown again."""
    stream = io.StringIO()

    def interrupted() -> None:
        with Progress(stream, terminal=True) as progress:
            progress.update({"target": "maze", "finished": 2, "planned": 5})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "\x1b[?25h" in stream.getvalue()
