"""Everything that exitramp raises on purpose.

    ExitrampError
    ├── InputError       a file, an option or an environment variable is wrong        exit 2
    ├── RunFailed        the run could not be completed (no target ever answered)     exit 4
    ├── TargetFailed     one turn of the bot under test failed: a value of the run, never our fault
    └── StoreFailed      a finished conversation could not be written                 exit 4

Anything else that escapes is a fault of exitramp itself (exit 5) and is never booked to the bot.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import msgspec

NETWORK_CAUSES = ("refused", "timeout", "cut")
"""Causes of a failed turn where no whole answer came: the network's, or a bot that is down or too slow."""
BOT_CAUSES = ("status", "not_json", "too_large", "empty", "error", "raised")
"""Causes where the bot answered, and the answer was no use."""
SETUP_CAUSES = ("setup",)
"""Causes where the company's test system could not be set up: the bot was never asked, so nothing is booked to it."""


class Exit(IntEnum):
    """How a process of exitramp ends."""

    DONE = 0
    """Passed, or nothing was to be judged."""
    GATE_FAILED = 1
    WRONG_INPUT = 2
    INCONCLUSIVE = 3
    NOT_COMPLETED = 4
    OUR_FAULT = 5
    INTERRUPTED = 130


class ExitrampError(Exception):
    """Base of every error that exitramp raises on purpose."""


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one place of an input: where, what was found, what was expected, what to do."""

    message: str
    """What was found and what was expected, e.g. `expected a list of strings, found a number (3)`."""
    file: str = ""
    line: int = 0
    """1-based; 0 = no line."""
    column: int = 0
    field: str = ""
    """Dotted path, e.g. `needs[0].required_slots`."""
    hint: str = ""
    """What to do about it; empty where the message says it."""
    warning: bool = False
    """A warning is shown but does not refuse the input."""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        parts = [part for part in (place, self.field) if part]
        text = ": ".join([*parts, self.message])
        return f"{text}; {self.hint}" if self.hint else text


class InputError(ExitrampError):
    """An input is wrong; carries every problem found in it, not only the first."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = [Problem(problems)] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RunFailed(ExitrampError):
    """The run could not be completed, in one plain sentence."""


class StoreFailed(ExitrampError):
    """A record could not be written in full; the message says which and why."""


class TargetFailed(ExitrampError):
    """The bot under test did not give a usable answer.

    `cause` is one of NETWORK_CAUSES, BOT_CAUSES or SETUP_CAUSES; `detail` is one line for people.
    """

    def __init__(self, cause: str, detail: str) -> None:
        self.cause = cause
        self.detail = detail
        super().__init__(f"{cause}: {detail}")
