"""The contracts between the parts: what a customer decides, what a target answers, and five protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Act, Ending, Part, Probed, Signal, Speaker, Transcript, Wording


class Say(msgspec.Struct, frozen=True, gc=False):
    """The customer says something."""

    parts: tuple[str, ...]
    act: Act
    need: str | None
    told: tuple[str, ...] = ()
    thought: float = 0.0
    """Uncompressed seconds of reading, thinking and typing before it."""
    button: str | None = None
    gaps: tuple[float, ...] = ()
    """Experienced seconds before the second part, the third, ...: a burst goes out without waiting for the bot."""
    told_in: tuple[tuple[str, ...], ...] = ()
    """Of a burst: the names of `told` by part."""
    voice: str = ""
    """As `Turn.voice`."""


class Wait(msgspec.Struct, frozen=True, gc=False):
    """The customer waits for something promised, at most this many experienced seconds."""

    seconds: float


class Leave(msgspec.Struct, frozen=True, gc=False):
    """The customer is done."""

    ending: Ending
    thought: float = 0.0
    text: str = ""
    """Parting words of a voiced leave; empty otherwise."""
    voice: str = ""
    """As `Turn.voice`."""


class Button(msgspec.Struct, frozen=True, gc=False):
    """Something the customer can press instead of typing."""

    title: str
    payload: str


class Reply(msgspec.Struct, frozen=True):
    """What came back. Times are absolute on the clock that the session was given."""

    parts: tuple[Part, ...]
    first: float
    done: float
    speaker: Speaker = "bot"
    buttons: tuple[Button, ...] = ()
    signals: tuple[Signal, ...] = ()
    ids: tuple[str, ...] = ()
    waited: float | None = None
    """Experienced seconds this took where that differs from the wall (a compressed wait for our own desk)."""
    closed: bool = False
    """The other side has ended the session."""

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)


class Heard(msgspec.Struct, frozen=True, gc=False):
    """What the customer understood of the last turn: the dialogue fold's word on it.

    Provisional where only the future can tell (was the promise kept?): see `dialogue.settle`.
    """

    speaker: Literal["bot", "human", "nobody"]
    """nobody: a wait ended and nothing came."""
    need: str | None = None
    signature: frozenset[str] = frozenset()
    content: frozenset[str] = frozenset()
    progress: tuple[str, ...] = ()
    """In what way the turn led on; empty = no progress.

    P1 it asked for the first time for a required slot that had not been told; P3 it said a milestone, or a truth that
    resolves, for the first time; P4 it executed an action; P5 it proposed a troubleshooting step that was new and not
    among those that the customer had reported as tried; P6 a hand-off event, a callback or a ticket with its reference
    came with it; P7 it is the first in the customer's language after an answer in another; P8 it resolved a need. P2, a
    slot asked for again with good reason, is not progress but `excused`.
    """
    repeat: Literal["", "content", "likeness", "recombined", "unresponsive"] = ""
    """In what way it says again what did not help: the same content (a), the same words (b), nothing but words that were
    said (c), or, in answer to a need said again, nothing that deals with it (d)."""
    repeat_of: int = -1
    """Ordinal (1-based, among bot turns after the customer has spoken) of the turn it repeats."""
    excused: bool = False
    """P2: a slot or menu choice asked for again, at most twice, for want of a valid value; then it is no repeat either."""
    redundant: tuple[str, ...] = ()
    """Slots asked for although their valid value was told."""
    asked: tuple[str, ...] = ()
    """Slots asked for."""
    steps: tuple[str, ...] = ()
    """Troubleshooting steps proposed."""
    stated: tuple[str, ...] = ()
    """Truths stated."""
    wrong: tuple[str, ...] = ()
    """Truths contradicted."""
    cycles: int = 0
    """Consecutive cycles on this need so far (a reformulation answered by a repeat); 2 is a confirmed loop."""
    exits: tuple[str, ...] = ()
    """Exits offered: human, callback, ticket, contact."""
    events: tuple[str, ...] = ()
    """Kinds of the signals that came with it."""
    resolved: tuple[str, ...] = ()
    """Needs resolved by now."""
    recognised: bool = True
    latency: float = 0.0
    """First byte minus sent, seconds."""
    text: str = ""
    buttons: tuple[Button, ...] = ()


class Customer(Protocol):
    """hear -> feel and decide -> speak."""

    @property
    def feeling(self) -> tuple[float, float]:
        """Frustration and trust now."""
        ...

    @property
    def wording(self) -> Wording | None:
        """What a language model has cost so far; None where phrases alone have the word."""
        ...

    def next(self, heard: Heard | None) -> Say | Wait | Leave:
        """The next move; `heard` is None before anything was heard (no greeting)."""
        ...

    def overhear(self, heard: Heard) -> None:
        """The bot has answered in the middle of a burst: it is felt, and the rest of the burst goes out all the same."""
        ...


@runtime_checkable
class Session(Protocol):
    """One open conversation with a target."""

    greeting: Reply | None

    def send(self, say: Say) -> Reply:
        """Send one customer turn and return the whole answer. Raises TargetFailed."""
        ...

    def wait(self, seconds: float) -> Reply | None:
        """Whatever arrives unasked within so many experienced seconds, or None when they have passed."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Probing(Protocol):
    """A session that can also say what the company's test system shows."""

    def probed(self) -> list[Probed]:
        """The states that the scenario asks for, read before the conversation and now. What fails is said in each."""
        ...


class Target(Protocol):
    """The bot under test."""

    def open(self, case: Case) -> Session:
        """Open a fresh session. Raises TargetFailed."""
        ...


class Scorer(Protocol):
    """Transcript -> scores; pure. `scenario` is None for a foreign log without one."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]: ...


class Clock(Protocol):
    """Time as an object: the same blocking code runs on the wall and on a computed clock."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def mailbox(self) -> Any: ...
    def wait(self, mailbox: Any, seconds: float) -> Any | None: ...
    def put(self, mailbox: Any, item: Any) -> None: ...
    def spawn(self, function: Callable[..., object], *args: object) -> None: ...
