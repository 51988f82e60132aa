"""One conversation, move by move: the customer decides, the message goes out when it is due, what comes back is heard.

Blocking code over a clock that was handed in: under Locust each wait is a greenlet switch, on the virtual clock it costs
nothing. Nothing is scored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from simulator import __version__
from simulator.burst import Exchange, Start, exchanges
from simulator.dialogue import fold
from simulator.model.contracts import Clock, Customer, Heard, Leave, Probing, Reply, Say, Session, Target, Wait
from simulator.model.errors import TargetFailed
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Ending, Failure, Feeling, Part, Probed, Signal, Tier, Transcript, Turn

VERSIONS = {"exitramp": __version__, "hearing": fold.VERSION}


class Limits(msgspec.Struct, frozen=True):
    """Where a conversation is cut, and how fast the customer's own time passes."""

    turn_cap: int = 30
    """Customer turns."""
    time_cap_s: float = 1800.0
    """Experienced seconds."""
    think: float = 1.0
    """Multiplies reading, thinking and typing on the clock; experienced time always has all of it."""


class Setting(msgspec.Struct, frozen=True):
    """What a transcript says about the target beside what was said."""

    tiers: Sequence[Tier] = ("T0", "T1")
    standing_exit: bool = False
    serial: bool = False
    """The session takes one request at a time, so a burst waits for each answer."""
    action_log: bool | None = None
    """Whether the target tells which actions it carries out; None: as it tells of its other events (T2)."""
    told: frozenset[str] | None = None
    """Truths that the target is told of each customer; None: all of them."""


def converse(
    case: Case,
    scenario: Scenario,
    customer: Customer,
    target: Target,
    clock: Clock,
    limits: Limits,
    setting: Setting,
) -> Transcript:
    """Hold one conversation and return it, whatever happens: a failure is an ending, not an exception.

    A bot that fails ends it as `target_failed`, a customer (or anything else of ours) that raises as `simulator_failed`,
    being stopped from outside as `interrupted`; the caller sees that in the ending and stops itself.
    """
    turns: list[Turn] = []
    feelings: list[Feeling] = []
    ending: Ending = "limit"
    why = ""
    error: Failure | None = None
    session: Session | None = None
    opened = clock.now()
    # Experienced minus wall time: grows by what compression spared the harness, shrinks by our own lateness.
    shift = 0.0
    experienced = 0.0
    free_at = 0.0  # wall second at which the customer may begin to read, think and type
    said = 0
    leaving = closed = False
    heard: Heard | None = None
    probes: list[Probed] = []
    try:
        dialogue = fold.Dialogue(scenario, case.truth, standing_exit=setting.standing_exit)
        session = target.open(case)
        # What was arranged with the company's test system before is no time of the conversation. A session of somebody's own
        # need not know of it.
        opened = getattr(session, "began", None) or opened
        if session.greeting is not None:
            turns.append(_bot_turn(session.greeting, opened, 0.0, 0.0, 0.0))
            free_at = experienced = turns[-1].done or 0.0
            heard = dialogue.greeting(turns[-1].text, session.greeting.buttons)
        while True:
            move = customer.next(heard)
            if turns:
                if feelings and feelings[-1].turn == len(turns) - 1:
                    feelings.pop()  # a wait in which nothing came has changed what was felt after the same turn
                feelings.append(_felt(customer, len(turns) - 1))
            if isinstance(move, Leave):
                ending = move.ending
                if not move.text:
                    clock.sleep(move.thought * limits.think)
                    experienced += move.thought
                    break
                leaving = True
                move = Say((move.text,), "LEAVE_VOICED", None, thought=move.thought, voice=move.voice)
            elif closed:
                ending = "bot_closed"
                break
            elif said >= limits.turn_cap:
                why = "turn_cap"
                break
            elif experienced >= limits.time_cap_s:
                why = "time_cap"
                break

            if isinstance(move, Wait):
                patience = min(move.seconds, limits.time_cap_s - experienced)
                begun = experienced
                arrived = session.wait(patience)
                now = clock.now() - opened
                if arrived is None:
                    experienced += patience
                    shift, free_at = experienced - now, now
                    heard = Heard("nobody")
                    continue
                experienced = (
                    experienced + arrived.waited if arrived.waited is not None else arrived.done - opened + shift
                )
                shift, free_at = experienced - (arrived.done - opened), arrived.done - opened
                closed = arrived.closed
                turns.append(_arrival(arrived, opened, shift))
                heard = _hear(dialogue, arrived, turns[-1], experienced - begun)
                continue

            due = free_at + move.thought * limits.think
            clock.sleep(due - (clock.now() - opened))
            sent = clock.now() - opened
            experienced += move.thought
            shift = experienced - sent
            said += 1
            if move.gaps:
                start = Start(due, sent, experienced)
                told = exchanges(move, session, clock, opened, limits.think, start, serial=setting.serial)
            else:
                told = iter((Exchange(_customer_turn(move, due, sent, shift), partial(session.send, move), False),))
            for turn, answer, more in told:
                turns.append(turn)
                dialogue.say(turn.act, turn.need, turn.told, turn.text)
                if leaving:
                    # Parting words: the bot gets them, but whatever it answers, nobody is there to read it.
                    try:
                        if not closed:
                            answer()
                    except TargetFailed:
                        pass
                    break
                reply = answer()
                closed = reply.closed
                due, sent, shift = turn.due or 0.0, turn.sent or 0.0, turn.shift
                free_at = reply.done - opened
                experienced = free_at + shift
                if reply.speaker != "human":
                    turns.append(_bot_turn(reply, opened, due, sent, shift))
                elif reply.parts or reply.signals:
                    turns.append(_arrival(reply, opened, shift))
                heard = _hear(dialogue, reply, turns[-1], max(0.0, reply.first - opened - sent))
                if more:
                    customer.overhear(heard)
                    feelings.append(_felt(customer, len(turns) - 1))
            if leaving:
                break
    except TargetFailed as failure:
        ending, error = "target_failed", Failure(failure.cause, failure.detail)
    except Exception as failure:  # a fault of ours must never be booked to the bot
        ending, error = "simulator_failed", Failure(type(failure).__name__, str(failure))
    except BaseException as stopped:  # Ctrl-C, GreenletExit: what was said so far is kept
        ending, why = "interrupted", type(stopped).__name__
    finally:
        over = clock.now() - opened
        if ending not in ("simulator_failed", "interrupted"):
            try:
                probes = _states(session)
            except Exception as failure:  # ours as well: what a test system answers is a value and never raises
                ending, error = "simulator_failed", Failure(type(failure).__name__, f"reading the state: {failure}")
            except BaseException as stopped:  # Ctrl-C while it was read: the talk is kept
                ending, why = "interrupted", type(stopped).__name__
        if session is not None:
            try:
                session.close()
            except (TargetFailed, OSError):  # the conversation is over: a bot that is gone changes nothing in it
                pass
            except Exception as failure:  # ours: said, but it may not hide what the conversation itself came to
                if error is None and ending != "interrupted":
                    ending, error = "simulator_failed", Failure(type(failure).__name__, f"at the close: {failure}")
    return Transcript(
        id=case.id,
        turns=turns,
        ending=ending,
        ended=over,
        case=case.key,
        target=case.target,
        persona=case.persona,
        scenario=case.scenario,
        tiers=list(setting.tiers),
        facts=case.facts,
        truth=case.truth,
        think=limits.think,
        shift=_final_shift(ending, turns, experienced, over, shift),
        ended_why=why,
        error=error,
        feelings=feelings,
        language=case.language,
        wording=customer.wording,
        standing_exit=setting.standing_exit,
        action_log=setting.action_log,
        unseeded=_unseeded(case, scenario, setting),
        probes=probes,
        versions=VERSIONS,
    )


def _states(session: object) -> list[Probed]:
    """What the company's test system shows, of a session that can say."""
    return session.probed() if isinstance(session, Probing) else []


def _unseeded(case: Case, scenario: Scenario, setting: Setting) -> list[str]:
    """Truths of this customer alone that exist nowhere on the bot's side."""
    if setting.told is None:
        return []
    drawn = [name for name, truth in scenario.truth.items() if "{{" in truth.value]
    return [name for name in drawn if name not in setting.told and name not in case.seeded]


def _felt(customer: Customer, turn: int) -> Feeling:
    frustration, trust = customer.feeling
    return Feeling(turn, round(frustration, 4), round(trust, 4))


def _final_shift(ending: Ending, turns: list[Turn], experienced: float, now: float, shift: float) -> float:
    # A failed turn was waited for on the wall; everything else has been counted into the experienced time.
    return shift if ending in ("target_failed", "simulator_failed", "interrupted") and turns else experienced - now


def _hear(dialogue: fold.Dialogue, reply: Reply, turn: Turn, latency: float) -> Heard:
    """What the customer hears; `latency` is what it waited: for an arrival, since it began to wait."""
    if reply.speaker == "human":
        dialogue.join()
        listened = dialogue.listen(turn.text if reply.parts else "", ids=reply.ids, signals=reply.signals)
        return msgspec.structs.replace(listened, latency=latency)
    if reply.speaker == "system":
        dialogue.note(reply.signals)
        events = tuple(signal.kind for signal in reply.signals)
        heard = Heard("nobody", events=events, latency=latency, text=reply.text)
    else:
        heard = dialogue.hear(turn.text, ids=reply.ids, signals=reply.signals, buttons=reply.buttons, latency=latency)
    if "accepted" in heard.events:
        dialogue.join()
    return heard


def _customer_turn(move: Say, due: float, sent: float, shift: float) -> Turn:
    return Turn(
        speaker="customer",
        text="\n".join(move.parts),
        due=due,
        sent=sent,
        parts=[Part(text, sent) for text in move.parts] if len(move.parts) > 1 else [],
        button=move.button,
        act=move.act,
        need=move.need,
        told=list(move.told),
        thought=move.thought,
        voice=move.voice,
        shift=shift,
    )


def _bot_turn(reply: Reply, opened: float, due: float, sent: float, shift: float) -> Turn:
    return Turn(
        speaker=reply.speaker,
        text=reply.text,
        due=due,
        sent=sent,
        first=reply.first - opened,
        done=reply.done - opened,
        signals=[*_since(reply.signals, opened), *_buttons(reply, opened)],
        parts=[Part(part.text, part.at - opened) for part in reply.parts] if len(reply.parts) > 1 else [],
        ids=list(reply.ids),
        shift=shift,
    )


def _arrival(reply: Reply, opened: float, shift: float) -> Turn:
    """Something that came unasked: from a human, or an event."""
    at = reply.done - opened
    signals = _since(reply.signals, opened)
    return Turn(
        speaker=reply.speaker, text=reply.text, first=at, done=at, signals=signals, ids=list(reply.ids), shift=shift
    )


def _buttons(reply: Reply, opened: float) -> list[Signal]:
    """What the customer could press, so that a scorer sees the same way to a person as the customer did."""
    at = reply.done - opened
    return [Signal("button", at, {"title": one.title, "payload": one.payload}) for one in reply.buttons]


def _since(signals: Sequence[Signal], opened: float) -> list[Signal]:
    return [Signal(signal.kind, signal.at - opened, signal.detail) for signal in signals]
