"""How to reach the bot under test: the target file, format `target: 1`.

Only what this version can do is a field; anything else in a file is reported with its place, never ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Seconds = Annotated[float, Meta(gt=0)]


class Request(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A request template. `{{x}}` in a text is filled in; `"{{x}}"` alone keeps its type; `{{x?}}` drops the key when unset."""

    path: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    headers: dict[str, str] = {}
    json: Any = None


class Auth(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A header whose value comes from the environment: `{header: Authorization, value: "Bearer ${BOT_API_KEY}"}`."""

    header: str
    value: str


class Open(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    request: Request
    capture: dict[str, str] = {}
    """Name -> JMESPath over the answer; names become template variables."""
    greeting: str = ""
    """JMESPath of the bot's first words."""


class Close(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    request: Request


class SessionSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    id: str = "{{uuid}}"
    memory: Literal["client", "server"] = "server"
    """client: the wire keeps nothing, `{{history}}` is sent again each turn."""
    open: Open | None = None
    close: Close | None = None


class TurnSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    request: Request
    capture: dict[str, str] = {}
    serial: bool = False
    """Never two requests at once in a session: a burst's next message then waits for the answer to the one before."""


class ReplySpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All values are JMESPath over the answer's JSON."""

    texts: str
    """A string or a list of strings: several messages are one bot turn."""
    mode: Literal["sync"] = "sync"
    buttons: str = ""
    """-> [{title, payload}]"""
    ids: str = ""
    """-> content ids such as `kb:17`, `step:restart`."""
    actions: str = ""
    """-> names of executed actions."""
    ticket: str = ""
    """-> reference of a ticket that was opened."""
    callback: str = ""
    """-> reference or time of a callback that was scheduled."""
    speaker: str = ""
    """-> bot, human or system."""
    error: str = ""
    """Truthy = the turn failed although the status was 200."""
    closed: str = ""
    """Truthy = the bot has ended the session."""
    empty: Literal["silent", "error"] = "error"
    """What an answer without any text means."""


class ResolutionClaim(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The bot's own claim of resolved."""

    when: str


class HandoffRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One way to recognise a hand-off: exactly one of when (JMESPath) and text (regular expression over the words).

    Words alone can only ever mean `claimed` or `denied`.
    """

    state: Literal["offered", "requested", "queued", "accepted", "failed", "denied", "returned", "claimed"]
    when: str = ""
    text: str = ""
    context: str = ""
    """JMESPath of the packet for the human."""
    to: str = ""
    """JMESPath of the queue."""


class Timeouts(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    connect_s: Seconds = 5.0
    first_byte_s: Seconds = 30.0
    turn_s: Seconds = 120.0


class HumanAccess(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    persistent: bool = False
    by: str = ""
    """What it is, for people: `button: Talk to us`. Shown before a run."""


class FactsFrom(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The company's own test accounts: one customer a row, columns named like facts or `truth.NAME`."""

    file: str
    """CSV with a header; a relative path starts at the plan (or target file) that names it."""
    unique: bool = True
    """Never two customers on one row at the same time."""
    hide: bool = False
    """Show `[name]` for every value of the file in whatever the run writes."""


class CompanySystem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The company's test system, which scenarios ask for the state of things (`resolution.probe`)."""

    base_url: str = ""
    """Where it is; empty: where the bot is. The same hosts are allowed as for the bot."""
    auth: Auth | None = None
    """The bot's own key is sent where the system has the bot's address, and nowhere else."""
    timeout_s: Seconds = 10.0
    """For one request and its whole answer."""


class TargetSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A target file."""

    target: Literal[1]
    """Format version."""
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:=,-]*$")]
    base_url: str
    """`${ENV:default}` is filled from the environment; loopback and private hosts only unless `allowed_hosts` says otherwise."""
    turn: TurnSpec
    reply: ReplySpec
    transport: Literal["http"] = "http"
    auth: Auth | None = None
    session: SessionSpec = SessionSpec()
    resolution: ResolutionClaim | None = None
    handoff: list[HandoffRule] = []
    timeouts: Timeouts = Timeouts()
    max_reply_bytes: Annotated[int, Meta(ge=1024)] = 1_000_000
    """A longer answer fails the turn as `too_large`."""
    allowed_hosts: list[str] = []
    handoff_reaches: Literal["", "desk", "sandbox", "people"] = ""
    """Where a requested hand-off ends up: with our own desk (the default on loopback), a sandbox, or people."""
    human_access: HumanAccess = HumanAccess()
    facts_from: FactsFrom | None = None
    """Test accounts that exist on the bot's side; the plan's own `facts_from` goes before it."""
    setup: Close | None = None
    """Request to the company's test system before a conversation opens."""
    reset: Close | None = None
    """Request after it has closed, however it ended."""
    test_system: CompanySystem = CompanySystem()
    """Where scenarios look up whether a need was met; asked for nothing where no scenario does."""
