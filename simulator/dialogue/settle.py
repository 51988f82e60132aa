"""The whole conversation, heard to its end: what only the future could tell is final here.

`settle` runs the same fold as the customer and then decides: which promises were kept, which asks were met, which exits
were real, what became of each hand-off, and what was resolved. It is for scorers; a customer has to act without it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from simulator.dialogue.fold import Dialogue
from simulator.language.tables import acts
from simulator.model.contracts import Button, Heard
from simulator.model.scenario import Scenario
from simulator.model.transcript import Part, Signal, Transcript, Turn

IMMEDIATE_S = 60.0
"""Window of a promise that states no time, experienced seconds."""
HUMAN_S = 180.0
"""So long a human may take to speak, from joining the queue or, without an event of that, from the request."""
GRANTS = frozenset({"requested", "queued", "accepted", "ticket", "callback"})
LIVE = frozenset({"requested", "queued", "accepted"})
FAILURES = frozenset({"failed", "denied", "returned"})
UNANSWERABLE = frozenset({"THANK", "CONFIRM", "OTHER"})
"""Acts after which a bot may say nothing: its silence is no turn."""
_ORDER = {"requested": 0, "queued": 1, "ticket": 2, "callback": 2, "accepted": 3}


def visible(turn: Turn) -> float:
    """The experienced second from which a turn can be read: sent for the customer, last byte for the rest."""
    stamp = turn.sent if turn.speaker == "customer" else turn.done
    return (stamp if stamp is not None else 0.0) + turn.shift


def first_byte(turn: Turn) -> float:
    """The experienced second of a turn's first byte."""
    return (turn.first if turn.first is not None else turn.done or 0.0) + turn.shift


def ended(transcript: Transcript) -> float:
    """The experienced second at which the conversation ended."""
    return transcript.ended + transcript.shift


class Answer(msgspec.Struct, frozen=True):
    """One bot turn; what it said before the customer's first word is the greeting, no answer."""

    turn: int
    """Index into the transcript's turns, as is `to`: the customer turn that it answers."""
    to: int
    heard: Heard
    exits: tuple[str, ...]
    """Exits that held: not a false promise, not one that was tried and failed."""


class Promise(msgspec.Struct, frozen=True):
    """A bot turn that promised a person."""

    turn: int
    kept: bool | None
    """None = nobody can say: the customer left before the window ended."""
    settled_at: float
    """Experienced second at which it was kept or had become false."""


class Ask(msgspec.Struct, frozen=True):
    """A customer turn that asked for a person."""

    turn: int
    answer: int | None
    """Index of the bot turn that answered, if any."""
    met: bool | None
    """None = left out: nothing answered and it was not the bot that ended."""
    granted_at: float | None
    """Experienced second at which the wire first showed a live hand-off before the next customer turn, if none failed."""


class Handoff(msgspec.Struct):
    """A hand-off that really happened on the wire: words alone are none."""

    turn: int
    """Index of the turn that carried its first event."""
    at: float
    """Experienced second of its first event."""
    need: str = ""
    """The need that the customer last spoke of before it."""
    live: bool = False
    """Towards a person who joins here (sync); else a ticket or callback (async)."""
    requested: float | None = None
    queued: float | None = None
    accepted: float | None = None
    failed: float | None = None
    ticketed: float | None = None
    """When a ticket or callback was opened."""
    queue: str = ""
    agent: str = ""
    reference: str = ""
    packet: Any = None
    packet_at: float | None = None
    spoke_at: float | None = None
    """First human message of any kind."""
    human_turn: int | None = None
    """First substantive human message."""
    human_at: float | None = None
    returned: bool = False
    qualified: bool | None = None
    """Whether the queue is one of the need's; None = the target or the scenario names none."""
    dead: bool | None = None
    """Dead end: it failed, bounced, or no human message came within the window. None = it ended too early to say."""


class Settled(msgspec.Struct, frozen=True):
    """A conversation as the scorers read it."""

    turns: list[Turn]
    """The transcript's turns; all indices point here."""
    greeting: Heard | None
    greeting_turn: int | None
    answers: list[Answer]
    promises: list[Promise]
    asks: list[Ask]
    handoffs: list[Handoff]
    resolved: dict[str, int]
    """Need -> index of the bot turn at which its resolution held, before any human joined."""
    joined: float | None
    """Experienced second at which the first human joined."""
    ended_at: float

    @property
    def began(self) -> float:
        """Experienced second of the first word, whoever's it was."""
        first = next((turn for turn in self.turns if turn.speaker != "system"), None)
        return 0.0 if first is None else visible(first) if first.speaker == "customer" else first_byte(first)

    def customer_turns(self) -> Iterator[tuple[int, Turn]]:
        """Index and turn of everything the customer said."""
        return ((index, turn) for index, turn in enumerate(self.turns) if turn.speaker == "customer")


def coalesce(turns: list[Turn]) -> list[Turn]:
    """Join consecutive turns of one party into one; system turns never split one. Ours come joined.

    A human's messages stay apart: the first of substance counts. A turn that was joined to an earlier one leaves an empty
    system turn in its place, so that every index still points into the transcript.
    """
    places: list[list[Turn]] = []
    speaking = ""
    last = 0
    for turn in turns:
        if turn.speaker == "system":
            places.append([turn])
        elif turn.speaker == speaking != "human":
            places[last].append(turn)
            places.append([Turn("system")])
        else:
            speaking, last = turn.speaker, len(places)
            places.append([turn])
    return [said[0] if len(said) == 1 else _merged(said) for said in places]


def _merged(said: list[Turn]) -> Turn:
    """Several turns of one party as one."""
    one, two = said[0], said[-1]
    answer = one.speaker != "customer"
    done = next((turn.done + turn.shift - one.shift for turn in reversed(said[1:]) if turn.done is not None), one.done)
    parts = [part for turn in said for part in (turn.parts or _as_part(turn))]
    return msgspec.structs.replace(
        one,
        text="\n".join([turn.text for turn in said if turn.text]),
        # A customer's burst is stamped by its last part, an answer by its last byte (latency reads the turns as recorded).
        sent=one.sent if answer else two.sent,
        done=done if answer else one.done,
        shift=one.shift if answer else two.shift,
        signals=[signal for turn in said for signal in turn.signals],
        parts=parts,
        ids=[name for turn in said for name in turn.ids],
        act=next((turn.act for turn in said if turn.act), two.act),
        need=next((turn.need for turn in said if turn.need), two.need),
        told=[name for turn in said for name in turn.told],
        button=next((turn.button for turn in said if turn.button), two.button),
    )


def _as_part(turn: Turn) -> list[Part]:
    at = turn.sent if turn.speaker == "customer" else turn.done
    return [Part(turn.text, at or 0.0)] if turn.text else []


_last: tuple[Transcript, Scenario | None, Settled] | None = None


def settle(transcript: Transcript, scenario: Scenario | None) -> Settled:
    """Hear a finished conversation to its end. The last result is kept: every scorer of a transcript asks for the same."""
    global _last
    if _last is not None and _last[0] is transcript and _last[1] is scenario:
        return _last[2]
    settled = _settle(transcript, scenario)
    _last = (transcript, scenario, settled)
    return settled


def _settle(transcript: Transcript, scenario: Scenario | None) -> Settled:
    turns = coalesce(transcript.turns)
    hears = transcript.language
    dialogue = Dialogue(scenario, transcript.truth, standing_exit=transcript.standing_exit, language=hears)
    greeting: Heard | None = None
    greeting_turn: int | None = None
    heard: list[tuple[int, int, Heard]] = []
    resolved: dict[str, int] = {}
    joined: float | None = None
    spoke = -1
    for index, turn in enumerate(turns):
        if turn.speaker == "customer":
            dialogue.say(turn.act, turn.need, turn.told, turn.text)
            spoke = index
        elif turn.speaker == "bot" and spoke < 0:
            greeting, greeting_turn = dialogue.greeting(turn.text, _buttons(turn)), index
        elif turn.speaker == "bot" and _is_nothing(turn, turns[spoke]):
            continue
        elif turn.speaker == "bot":
            latency = turn.first - turn.sent if turn.first is not None and turn.sent is not None else 0.0
            pressable = _buttons(turn)
            one = dialogue.hear(turn.text, ids=turn.ids, signals=turn.signals, buttons=pressable, latency=latency)
            heard.append((index, spoke, one))
        else:
            dialogue.note(turn.signals)
        arrival = _joins(turn)
        if arrival is not None:
            joined = arrival if joined is None else joined
            dialogue.join()
        if joined is None:
            for need in dialogue.resolved - resolved.keys():
                resolved[need] = index
    over = ended(transcript)
    handoffs = _handoffs(turns, scenario, transcript.language)
    _close(handoffs, transcript, over)
    observes = "T2" in transcript.tiers
    wire = _Wire(turns)
    promised = [index for index, _, one in heard if "promise_human" in one.signature]
    if observes:
        promises = [_promise(transcript, turns, index, over, wire) for index in promised]
    else:
        promises = [Promise(index, None, over) for index in promised]
    asks = list(_asks(transcript, scenario, turns, heard, promises, joined, wire))
    tries = [ask.turn for ask in asks if ask.met is False] + list(_taken_in_vain(turns, promises, observes))
    outcome = _Aftermath.of(promises, tries, handoffs)
    answers = [Answer(i, to, one, _held(i, one, outcome, transcript)) for i, to, one in heard]
    return Settled(turns, greeting, greeting_turn, answers, promises, asks, handoffs, resolved, joined, over)


def _is_nothing(turn: Turn, asked: Turn) -> bool:
    """Whether a bot turn is the silence after a turn that called for no answer."""
    return not turn.text and not turn.signals and not turn.ids and asked.act in UNANSWERABLE


def _buttons(turn: Turn) -> tuple[Button, ...]:
    """What a turn gave to press: signals `button` with a title (or name) and a payload."""
    found = []
    for signal in turn.signals:
        if signal.kind == "button":
            title = str(signal.detail.get("title") or signal.detail.get("name") or signal.detail.get("payload") or "")
            found.append(Button(title, str(signal.detail.get("payload") or title)))
    return tuple(found)


def _joins(turn: Turn) -> float | None:
    for signal in turn.signals:
        if signal.kind == "accepted":
            return signal.at + turn.shift
    return visible(turn) if turn.speaker == "human" else None


def _events(turns: list[Turn]) -> Iterator[tuple[int, float, Signal]]:
    """Every signal with its turn and experienced second, in the order in which they happened."""
    for index, turn in enumerate(turns):
        in_order = sorted(turn.signals, key=lambda signal: (signal.at, _ORDER.get(signal.kind, 4)))
        for signal in in_order:
            yield index, signal.at + turn.shift, signal


class _Wire:
    """What the wire showed, ready to be asked of any turn: a conversation may hold thousands of promises and asks."""

    def __init__(self, turns: list[Turn]) -> None:
        grants = [(index, at) for index, at, signal in _events(turns) if signal.kind in GRANTS]
        self._turns = [index for index, _ in grants]
        self._seconds = [at for _, at in grants]
        self._rising = all(one <= two for one, two in pairwise(self._seconds))
        self._last_failure: list[float] = [-math.inf] * (len(turns) + 1)
        """By turn: the latest second of a failure in it or after it."""
        for index, at, signal in _events(turns):
            if signal.kind in FAILURES:
                self._last_failure[index] = max(self._last_failure[index], at)
        for index in range(len(turns) - 1, -1, -1):
            self._last_failure[index] = max(self._last_failure[index], self._last_failure[index + 1])

    def granted(self, index: int, start: float, end: float | None) -> float | None:
        """The second of the first grant in a turn or after it that lies between two seconds."""
        first = bisect_left(self._turns, index)
        if self._rising:
            first = max(first, bisect_left(self._seconds, start))
            found = self._seconds[first] if first < len(self._seconds) else None
            return found if found is not None and (end is None or found <= end) else None
        later = (self._seconds[place] for place in range(first, len(self._seconds)))
        return next((at for at in later if at >= start and (end is None or at <= end)), None)

    def failed(self, index: int, since: float | None) -> bool:
        """Whether something failed in a turn or after it, at a second or later (None: ever)."""
        last = self._last_failure[index]
        return last > -math.inf if since is None else last >= since


def _promise(transcript: Transcript, turns: list[Turn], index: int, over: float, wire: _Wire) -> Promise:
    turn = turns[index]
    tables = acts(transcript.language)
    start = first_byte(turn)
    delay = tables.stated_delay(turn.text)
    if delay is None and tables.speaks_of_callback(turn.text):
        # A callback or ticket has to have its reference in the same turn or the next.
        following = next((i for i in range(index + 1, len(turns)) if turns[i].speaker == "bot"), None)
        end = visible(turns[following]) if following is not None else None
    else:
        end = visible(turn) + (IMMEDIATE_S if delay is None else delay)
    granted = wire.granted(index, start, end)
    if granted is not None:
        return Promise(index, True, granted)
    if end is not None and end <= over:
        return Promise(index, False, end)
    if transcript.ending == "bot_closed":
        return Promise(index, False, over)
    return Promise(index, None, over)


def _asks(
    transcript: Transcript,
    scenario: Scenario | None,
    turns: list[Turn],
    heard: list[tuple[int, int, Heard]],
    promises: list[Promise],
    joined: float | None,
    wire: _Wire,
) -> Iterator[Ask]:
    answer_to = {to: (index, one) for index, to, one in heard}
    kept = {promise.turn: promise.kept for promise in promises}
    for index, turn in enumerate(turns):
        if turn.speaker != "customer" or turn.act != "ASK_HUMAN":
            continue
        if joined is not None and visible(turn) >= joined:
            continue
        following = next((i for i in range(index + 1, len(turns)) if turns[i].speaker == "customer"), len(turns))
        live: float | None = None
        granted = False
        failed = False
        for _, at, signal in _events(turns[index:following]):
            granted = granted or signal.kind in GRANTS
            if signal.kind in LIVE and live is None:
                live = at
            failed = failed or signal.kind in FAILURES
        granted_at = live if live is not None and not failed and not wire.failed(following, live) else None
        if index not in answer_to:
            by_the_bot = transcript.ending in ("bot_closed", "target_failed")
            yield Ask(index, None, True if granted else False if by_the_bot else None, granted_at)
            continue
        at_turn, one = answer_to[index]
        excused = (
            "refuse_human" in one.signature
            and any(kind != "human" for kind in one.exits)
            and scenario is not None
            and not (scenario.desk.open and scenario.desk.answers == "accepts")
        )
        met: bool | None = granted or excused or kept.get(at_turn) is True
        if not met and kept.get(at_turn, False) is None and at_turn in kept:
            met = None
        yield Ask(index, at_turn, met, granted_at)


def _taken_in_vain(turns: list[Turn], promises: list[Promise], observes: bool) -> Iterator[int]:
    """Customer turns that took a human option which then was none: the bot answered, and nothing happened."""
    kept = {promise.turn: promise.kept for promise in promises}
    for index, turn in enumerate(turns):
        if turn.speaker != "customer" or turn.act != "ACCEPT" or not observes:
            continue
        following = next((i for i in range(index + 1, len(turns)) if turns[i].speaker == "customer"), len(turns))
        unanswered = following == len(turns) and all(turn.speaker != "bot" for turn in turns[index:])
        if unanswered or any(signal.kind in GRANTS for _, _, signal in _events(turns[index:following])):
            continue
        if all(kept.get(i, False) is False for i in range(index, following)):
            yield index


class _Aftermath(NamedTuple):
    """What came of promises, tries and hand-offs, for every exit before them."""

    broken: set[int]
    """Turns of false promises."""
    last_try: int
    """The last turn that tried a human option in vain; -1 where none did. So the others: the last turn of such a hand-off."""
    led_nowhere: int
    led_somewhere: int

    @classmethod
    def of(cls, promises: list[Promise], tries: list[int], handoffs: list[Handoff]) -> _Aftermath:
        return cls(
            {promise.turn for promise in promises if promise.kept is False},
            max(tries, default=-1),
            max((handoff.turn for handoff in handoffs if handoff.live and handoff.dead), default=-1),
            max((handoff.turn for handoff in handoffs if not handoff.dead), default=-1),
        )


def _held(index: int, heard: Heard, after: _Aftermath, transcript: Transcript) -> tuple[str, ...]:
    """The exits of one turn that held: a false promise is none, nor is one that was tried afterwards and failed."""
    if "human" not in heard.exits or transcript.standing_exit:
        return heard.exits
    offered = "offer_human" in heard.signature or "offered" in heard.events
    promised = "promise_human" in heard.signature and index not in after.broken
    opened = not LIVE.isdisjoint(heard.events)
    if after.led_nowhere >= index > after.led_somewhere:
        offered = promised = opened = False
    if opened or promised or (offered and after.last_try <= index):
        return heard.exits
    return tuple(kind for kind in heard.exits if kind != "human")


def _handoffs(turns: list[Turn], scenario: Scenario | None, language: str) -> list[Handoff]:
    """Every hand-off in order. What happens before the customer speaks again belongs to the same one."""
    found: list[Handoff] = []
    current: Handoff | None = None
    tables = acts(language)
    need = scenario.needs[0].name if scenario is not None else ""
    spoken_since = False
    at_turn: dict[int, list[tuple[float, Signal]]] = {}
    for index, at, signal in _events(turns):
        at_turn.setdefault(index, []).append((at, signal))

    def begin(index: int, at: float, *, live: bool) -> Handoff:
        nonlocal spoken_since
        found.append(Handoff(index, at, need=need, live=live))
        spoken_since = False
        return found[-1]

    for index, turn in enumerate(turns):
        if turn.speaker == "customer":
            need = turn.need or need
            spoken_since = True
        for at, signal in at_turn.get(index, ()):
            kind, detail = signal.kind, signal.detail
            joined = current is not None and current.accepted is not None
            if kind in LIVE:
                another = kind == "accepted" and current is not None and current.spoke_at is not None
                another = another and _elsewhere(current, detail)
                ticket_only = current is not None and not current.live and spoken_since
                over = current is None or current.failed is not None or ticket_only
                if current is None or over or another or (joined and kind != "accepted"):
                    current = begin(index, at, live=True)
                current.live = True
                if kind == "requested" and current.requested is None:
                    current.requested = at
                elif kind == "queued" and current.queued is None:
                    current.queued = at
                elif kind == "accepted" and current.accepted is None:
                    current.accepted = at
            elif kind in ("ticket", "callback"):
                if joined and current is not None and current.failed is None:
                    continue  # opened by a human who is there already
                if current is None or (spoken_since and (current.failed is not None or not current.live)):
                    current = begin(index, at, live=False)
                elif current.failed is not None:
                    current.live = False  # nobody could come, so it became a case for later
                current.ticketed = at if current.ticketed is None else current.ticketed
            elif kind in FAILURES and current is not None:
                current.failed = at
                current.returned = current.returned or kind == "returned"
            if current is None or kind not in GRANTS:
                continue
            current.queue = str(detail.get("queue") or current.queue)
            current.agent = str(detail.get("agent") or current.agent)
            current.reference = str(detail.get("reference") or current.reference)
            if detail.get("packet") is not None:
                current.packet, current.packet_at = detail["packet"], at
        if turn.speaker == "human":
            if current is None:
                current = begin(index, visible(turn), live=True)
            if current.accepted is None:
                current.accepted = visible(turn)
            if current.spoke_at is None:
                current.spoke_at = visible(turn)
            if current.human_at is None and tables.is_substantive(turn.text):
                current.human_turn, current.human_at = index, visible(turn)
    queues = {one.name: one.qualified_queues for one in scenario.needs} if scenario is not None else {}
    for handoff in found:
        if handoff.queue and queues.get(handoff.need):
            handoff.qualified = handoff.queue in queues[handoff.need]
    return found


def _elsewhere(handoff: Handoff | None, detail: dict[str, Any]) -> bool:
    """Whether an agent who joins is another than the one who is there."""
    return handoff is not None and any(
        detail.get(name) and known and detail[name] != known
        for name, known in (("agent", handoff.agent), ("queue", handoff.queue))
    )


def _close(handoffs: list[Handoff], transcript: Transcript, over: float) -> None:
    """Say of each hand-off whether it was a dead end."""
    last_live = max((index for index, handoff in enumerate(handoffs) if handoff.live), default=-1)
    for index, handoff in enumerate(handoffs):
        start = handoff.queued if handoff.queued is not None else handoff.at
        moved_on = handoff.qualified is False and last_live > index
        if not handoff.live:
            handoff.dead = False
        elif handoff.spoke_at is not None:
            handoff.dead = handoff.spoke_at - start > HUMAN_S or moved_on
        else:
            closed = handoff.failed is not None or transcript.ending in ("bot_closed", "target_failed")
            handoff.dead = True if closed or moved_on or over - start >= HUMAN_S else None
