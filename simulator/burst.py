"""A burst: several messages of one customer, sent without waiting for the bot, as people do.

What is decided is one turn. If the bot answers in the middle, the turn is cut there: the rest is a turn of its own with act
OTHER, so that one decision is never taken for two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from simulator.model.contracts import Clock, Reply, Say, Session
from simulator.model.transcript import Part, Turn

_FOREVER_S = 1e9
"""The session's own time limits end a wait."""


class Exchange(NamedTuple):
    """What was said until the bot answered, and its answer."""

    turn: Turn
    answer: Callable[[], Reply]
    """Gives the answer, or raises what became of it."""
    more: bool
    """The burst goes on after this answer."""


class Start(NamedTuple):
    """When the first message goes out: wall seconds since the opening, and the customer's own time."""

    due: float
    sent: float
    experienced: float


def exchanges(
    say: Say, session: Session, clock: Clock, opened: float, think: float, start: Start, *, serial: bool = False
) -> Iterator[Exchange]:
    """Send a burst, message by message, each its gap after the one before, and give what came back.

    The gap is the customer's own time: while the bot is busy it really passes, since whether the bot is quick enough to
    answer in the middle must not depend on `think`; what is left of it when nobody is awaited is compressed like all
    thinking. `serial`: no message is sent before the one before it is answered.
    """
    mailbox = clock.mailbox()
    awaited = 0
    due, sent, experienced = start
    pieces: list[Part] = []
    told: list[str] = []
    arrived: list[Reply] = []
    cut = False

    def turn() -> Turn:
        return Turn(
            speaker="customer",
            text="\n".join(piece.text for piece in pieces),
            due=due,
            sent=sent,
            parts=list(pieces) if len(pieces) > 1 else [],
            act="OTHER" if cut else say.act,
            need=say.need,
            told=list(told),
            thought=0.0 if cut else say.thought,
            voice="" if cut else say.voice,  # one decision, worded once
            shift=experienced - sent,
        )

    def send(message: Say) -> None:
        try:
            clock.put(mailbox, session.send(message))
        except BaseException as failure:  # whoever waits for the answer gets it, whatever it is
            clock.put(mailbox, failure)

    for place, text in enumerate(say.parts):
        if place:
            gap, begun = say.gaps[place - 1], clock.now()
            passed = 0.0
            while awaited and (serial or passed < gap):
                item = clock.wait(mailbox, _FOREVER_S if serial else gap - passed)
                passed = clock.now() - begun if item is not None else gap
                if item is None:
                    break
                awaited -= 1
                if isinstance(item, BaseException):
                    yield Exchange(turn(), _raises(item), False)
                    return
                arrived.append(item)
            if arrived:
                closed = any(reply.closed for reply in arrived)
                yield Exchange(turn(), _gives(_merged(arrived)), not closed)
                if closed:
                    return
                pieces, told, arrived, cut = [], [], [], True
            left = max(0.0, gap - passed) * think
            due = clock.now() - opened + left
            clock.sleep(left)
            sent = clock.now() - opened
            experienced += max(gap, passed)
        pieces.append(Part(text, sent))
        told += say.told_in[place]
        awaited += 1
        clock.spawn(send, msgspec.structs.replace(say, parts=(text,), told=say.told_in[place], gaps=(), told_in=()))
    while awaited:
        item = clock.wait(mailbox, _FOREVER_S)
        if item is None:
            continue
        awaited -= 1
        if isinstance(item, BaseException):
            yield Exchange(turn(), _raises(item), False)
            return
        arrived.append(item)
    yield Exchange(turn(), _gives(_merged(arrived)), False)


def _merged(replies: list[Reply]) -> Reply:
    """Several answers that arrived before the customer went on: one bot turn."""
    if len(replies) == 1:
        return replies[0]
    replies = sorted(replies, key=lambda reply: reply.done)
    spoken = [reply for reply in replies if reply.parts] or replies
    return Reply(
        parts=tuple(part for reply in replies for part in reply.parts),
        first=replies[0].first,
        done=replies[-1].done,
        speaker=spoken[-1].speaker,
        buttons=spoken[-1].buttons,
        signals=tuple(signal for reply in replies for signal in reply.signals),
        ids=tuple(dict.fromkeys(name for reply in replies for name in reply.ids)),
        closed=any(reply.closed for reply in replies),
    )


def _gives(reply: Reply) -> Callable[[], Reply]:
    return lambda: reply


def _raises(failure: BaseException) -> Callable[[], Reply]:
    def fail() -> Reply:
        raise failure

    return fail
