"""A conversation as plain data: turns, signals, ending. Raw facts only; every score is computed later.

Times are seconds since the session was opened, on the wall clock of the harness. `shift` turns them into experienced
time: experienced = wall + shift, where the customer's uncompressed reading, thinking and typing counts and our own
lateness does not.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Speaker = Literal["customer", "bot", "human", "system"]

Act = Literal[
    "STATE",  # first statement of a need
    "RESTATE",  # the need again in any wording, "that didn't work", or a valid value supplied again
    "PROVIDE",  # requested information, for the first time
    "ASK_HUMAN",
    "ACCEPT",  # takes an exit that the bot offered; never an ask
    "ASK_IF_BOT",
    "EXEC",  # goes above support
    "THANK",
    "CONFIRM",
    "LEAVE_VOICED",
    "LEAVE_SILENT",
    "OTHER",
]

SignalKind = Literal[
    "offered",
    "requested",
    "queued",
    "accepted",
    "denied",
    "failed",
    "returned",
    "claimed",
    "claim_resolved",
    "action",
    "ticket",
    "callback",
    "button",
    "error",
]

Ending = Literal[
    "satisfied",  # what the customer believes; scorers decide whether it is so
    "handed_off",
    "left_voiced",
    "left_silent",
    "bot_closed",
    "limit",  # ended_why: turn_cap, time_cap
    "interrupted",
    "target_failed",
    "simulator_failed",
]

Tier = Literal["T0", "T1", "T2", "T3"]
"""T0 text; T1 simulator truth (acts, told facts); T2 target events (hand-off, ticket, action); T3 the human side."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One message of a burst or of an answer in several messages."""

    text: str
    at: float


class Signal(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something the wire or the desk did, beside words.

    Known keys of `detail`: agent, name, packet, promised_at, queue, reference.
    """

    kind: SignalKind
    at: float
    detail: dict[str, Any] = {}


class Turn(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one party said until the other could answer."""

    speaker: Speaker
    text: str = ""
    due: float | None = None
    """When it should have gone out. A bot turn has the due and sent of the question, so that it is timed from there."""
    sent: float | None = None
    first: float | None = None
    """First byte or token; on human and system turns first = done = arrival."""
    done: float | None = None
    signals: list[Signal] = []
    parts: list[Part] = []
    """Filled where there was more than one message."""
    button: str | None = None
    """Payload of the button that the customer pressed."""
    ids: list[str] = []
    """Content ids that the wire gave, e.g. `kb:17`, `step:restart`, `ask:order`."""
    act: Act | None = None
    """Simulator truth, absent on foreign transcripts, as are need, told, thought and shift."""
    need: str | None = None
    told: list[str] = []
    """Names of the facts this turn tells; `name!` where the value told is not the true one."""
    thought: float = 0.0
    """Uncompressed reading, thinking and typing, seconds."""
    voice: str = ""
    """How the customer's words came about: empty for phrases by plan, else `llm`, `llm_repaired`, or why phrases had to step
    in: `rejected:CAUSE` (the guard), `failed:CAUSE` (the model's service), `spent:WHAT` (the budget)."""
    shift: float = 0.0
    """Experienced minus wall time at this turn, seconds."""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Why a conversation failed: `cause` is a word to count by, `detail` one line for people."""

    cause: str
    detail: str = ""


class Feeling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The customer's state after the turn with this index in `turns`: model output, never evidence about people."""

    turn: int
    frustration: float
    trust: float


class Wording(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What wording one conversation by a language model took."""

    model: str
    calls: int = 0
    """Requests that reached the service, repairs and retries among them."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    """By the plan's prices; 0 where it states none."""
    repaired: dict[str, int] = {}
    """Turns that passed the guard at the second attempt, by what was wrong with the first."""
    rejected: dict[str, int] = {}
    """Turns that did not, and were worded by phrases, by cause."""
    failed: dict[str, int] = {}
    """Turns worded by phrases because the model's service failed, by cause."""
    spent: dict[str, int] = {}
    """Turns worded by phrases because a budget was used up, by which."""
    overrun_s: float = 0.0
    """Wall seconds by which the model took longer than the customer thought: our lateness."""


class Probed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What the company's test system said of one need, as it came; whether that is a solution is for the scorers."""

    need: str
    when: Literal["before", "after"]
    """The customer's first message; the end of the conversation."""
    value: Any = None
    expected: list[Any] = []
    """Every value that means solved, templates filled."""
    status: int = 0
    """Of the HTTP answer; 0 where there was none."""
    cause: str = ""
    """Why the state could not be read, a word to count by; empty where it was."""
    detail: str = ""
    """The same in one line for people."""
    seconds: float = 0.0
    """From the first request to the last answer."""
    reads: int = 1
    """Requests that it took."""

    @property
    def holds(self) -> bool | None:
        """Whether it is as expected, by value and type; None where it could not be read."""
        if self.cause:
            return None
        # To Python 1 == True.
        return any(isinstance(one, bool) is isinstance(self.value, bool) and one == self.value for one in self.expected)


class Quote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words that a judge rests on."""

    turn: int
    """0-based index into the transcript's turns."""
    text: str
    """Found in that turn's text as it is, line breaks and runs of spaces aside."""


class Note(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a judge says of one need of one conversation: a line of `notes.jsonl`. The last of several counts."""

    transcript: str
    """Its id."""
    need: str
    judge: str
    """The name that the scenario asks for (`resolution.judge`)."""
    version: str
    """Of the judge: its instructions, its model and its settings."""
    verdict: bool | None
    """Whether the bot has met the need; null where the judge could not tell."""
    quotes: list[Quote] = []
    """Where one is not in its turn, the note is void; a verdict of true has at least one."""
    model: str = ""
    prompt: str = ""
    """Hash of what the judge was asked."""


class Transcript(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One finished conversation. `facts` and `truth` are as drawn for it: it and the frozen scenario are enough to rescore."""

    id: str
    turns: list[Turn]
    ending: Ending
    ended: float
    """Wall seconds since the opening; experienced = ended + shift."""
    case: str = ""
    """`scenario/persona/repeat`: the same for every target that meets this customer."""
    session: int = 1
    attempt: int = 1
    target: str = ""
    persona: str = ""
    scenario: str = ""
    tiers: list[Tier] = msgspec.field(default_factory=lambda: ["T0"])
    facts: dict[str, str] = {}
    truth: dict[str, str] = {}
    think: float = 1.0
    """Factor that multiplied reading, thinking and typing on the wall clock."""
    shift: float = 0.0
    ended_why: str = ""
    error: Failure | None = None
    feelings: list[Feeling] = []
    language: str = "en"
    """The customer's."""
    wording: Wording | None = None
    """None where phrases alone had the word."""
    standing_exit: bool = False
    """The target declares a persistent human option (`human_access.persistent`)."""
    action_log: bool | None = None
    """Whether the target tells which actions it carries out; None: as it tells of its other events (T2)."""
    unseeded: list[str] = []
    """Truths that were drawn for this customer and that nobody told the bot: it cannot know them."""
    probes: list[Probed] = []
    """What the company's test system said, before and after; none where no need is judged by its state."""
    notes: list[Note] = []
    """What judges said. Kept beside the transcripts in the run's folder, and joined to them when they are read."""
    versions: dict[str, str] = {}
