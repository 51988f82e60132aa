"""Children: they end by themselves when asked, are killed when they do not, and leave their last words."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from simulator.launch.processes import Child, start_bot
from simulator.model.errors import RunFailed


def test_a_child_ends_when_its_stdin_closes(tmp_path: Path) -> None:
    """That is the whole protocol."""
    child = Child(["-c", "import sys; print('here', flush=True); sys.stdin.read(); sys.exit(7)"], tmp_path / "log")
    assert child.line() == b"here\n"
    assert child.end() == 7


def test_a_child_that_is_blocked_on_a_full_pipe_ends_too(tmp_path: Path) -> None:
    """What nobody read is drained while it ends."""
    child = Child(["-c", "print('x' * 1_000_000)"], tmp_path / "log")
    assert child.end() == 0


def test_what_killed_it_is_its_code(tmp_path: Path) -> None:
    """Negative: the number of the signal."""
    child = Child(["-c", "import time; time.sleep(600)"], tmp_path / "log")
    child.process.send_signal(signal.SIGKILL)
    assert child.end() == -signal.SIGKILL


def test_its_last_words_are_kept(tmp_path: Path) -> None:
    """What went to stderr is in the log."""
    child = Child(["-c", "import sys; sys.exit('no disk')"], tmp_path / "logs" / "log")
    assert child.end() == 1
    assert child.last_words() == "no disk"


def test_a_bot_that_does_not_start_is_one_sentence(tmp_path: Path) -> None:
    """With the reason that it gave."""
    with pytest.raises(RunFailed, match=r"helpful did not start: .*no scenario"):
        start_bot("helpful", tmp_path, tmp_path / "log")
