"""Child processes of a run: started in their own session, ended by closing their standard input, never outliving us."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from simulator.model.errors import RunFailed

GRACE_S = 15.0
"""So long a child may take to end by itself once its standard input is closed."""


class Child:
    """One child process, read line by line; what it writes to stderr is kept in a file."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self._log: IO[bytes] = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )

    def line(self) -> bytes:
        """The next line of its standard output; empty when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def ask_to_end(self) -> None:
        """Close its standard input, which is the sign to stop."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass

    def end(self) -> int:
        """Make sure that it has ended, and return its code (negative: the signal that killed it)."""
        self.ask_to_end()
        drain = threading.Thread(target=self._drain, daemon=True)
        drain.start()
        try:
            code = self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        drain.join(GRACE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()
        return code

    def last_words(self) -> str:
        """The end of what it wrote to stderr."""
        return self.log.read_text(errors="replace")[-2000:].strip()

    def _drain(self) -> None:
        # A child blocked on a full pipe would never end.
        while self.process.stdout is not None and self.process.stdout.read(65536):
            pass


def start_bot(given: str, scenarios: Path, log: Path) -> tuple[Child, str]:
    """Start a reference bot's server on loopback and return it with its address. Raises RunFailed."""
    arguments = ["-m", "simulator.bots.serve", given, "--port", "0", "--scenarios", str(scenarios), "--follow-stdin"]
    child = Child(arguments, log)
    try:
        return child, str(msgspec.json.decode(child.line())["url"])
    except KeyboardInterrupt:
        child.end()
        raise
    except (msgspec.DecodeError, KeyError, TypeError):
        child.end()
        raise RunFailed(f"the reference bot {given} did not start: {child.last_words() or 'it said nothing'}") from None
