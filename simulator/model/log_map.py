"""How a company's export of chats is to be read: which column is what, and which word means whom."""

from __future__ import annotations

from typing import Literal

import msgspec

Party = Literal["customer", "bot", "human", "system"]


class Statuses(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Values of the status column that tell something; all others tell nothing."""

    handed_off: list[str] = []
    """The conversation was given to a person. Naming one says that hand-offs show in this export."""
    resolved: list[str] = []
    """The company's system calls it resolved: a claim, not a resolution."""
    left: list[str] = []
    """The customer left or the chat timed out on the customer's side."""


class LogMap(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One export's columns and words. Values are compared without regard to case and to space around them."""

    log_map: Literal[1] = 1
    conversation: str = "conversation"
    """Column with the id of the conversation. Its rows have to stand together."""
    speaker: str = "speaker"
    """Column that tells who speaks."""
    text: str = "text"
    """Column with what was said."""
    time: str = ""
    """Column with the time; empty where there is none."""
    time_format: str = ""
    """`iso`, `epoch_s`, `epoch_ms`, or a pattern of strptime such as `%d/%m/%Y %H:%M`; empty: whichever of the first three
    fits."""
    status: str = ""
    """Column with the state of the conversation; the last row of one counts."""
    speakers: dict[Party, list[str]] = {}
    """Party -> the values of the speaker column that mean it; those that go without saying (user, assistant, ...) are known."""
    statuses: Statuses = Statuses()
    delimiter: str = ""
    """One character; empty: found out from the first line."""
    encoding: str = "utf-8"
    newest_first: bool = False
    """The rows of a conversation run from the last message to the first."""
