"""One conversation as a row of choices: what was heard before each, and what the customer then did.

The state behind a choice is no part of a log. What was said is, so the model's own hearing is run over it, and what it stirs
is kept here; how strongly a customer felt it is for `likelihood`, which knows the customers as a crowd.

A history ends where choices are no longer what the log shows: somebody is on the way or was promised (from there on people
wait, and a wait leaves no turn), the customer thanks, goes above support, or has asked as often as the model lets anybody.
That is decided by what was said before, so cutting there does not bias what is left.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from simulator.customers.feelings import Stir, offers_human, stirred
from simulator.customers.mind import GRANTS, JOINING, LOST
from simulator.customers.parameters import DEFAULT
from simulator.dialogue.settle import settle
from simulator.language.tables import acts
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript, Turn


class Choice(IntEnum):
    """What followed an answer."""

    NONE = 0
    """No choice was made, or the log does not show it: the answer is felt, no more."""
    WENT_ON = 1
    ASKED = 2
    """Asked for a person."""
    STAYED = 3
    """Went on or asked: the log cannot tell which, or the model lets nobody ask there."""
    SILENT = 4
    """Left without a word."""
    VOICED = 5
    """Left and said so."""


class Step(NamedTuple):
    """One answer of the bot's."""

    stir: Stir
    slow_s: float
    """Seconds beyond what a customer waits for without minding."""
    turns: int
    """Bot turns heard, this one among them."""
    failures: float
    """Failed attempts; with a fraction where turns could not be judged."""
    asks: int
    unmet: bool
    """The last ask for a person is unmet."""
    choice: Choice


class History(NamedTuple):
    """All answers of one conversation up to its last choice."""

    persona: str
    guessed: bool
    """What the customer's turns were was guessed from words."""
    blind: bool
    """No scenario says what leads on."""
    timed: bool
    """The log says when the bot answered."""
    steps: tuple[Step, ...]


LED_ON = 0.4
"""Convention: the part of turns that led on, where no scenario can tell; of reference bot `ordinary`'s turns that neither
repeat, fall back, refuse nor bring an event it was .42 (n = 784), of `maze`'s .28."""
_FAILS = frozenset({"fallback", "refuse_human"})
_FAREWELLS = ("THANK", "EXEC")


def history(transcript: Transcript, scenario: Scenario | None, *, guessed: bool = False) -> History | None:
    """The choices of a conversation; None where it has none that can be used.

    Without a scenario nobody knows what leads on: a turn that repeats, falls back or refuses is a failed attempt, any other
    is felt as LED_ON of progress and the rest of a failure.
    """
    settled = settle(transcript, scenario)
    answers = {answer.turn: answer.heard for answer in settled.answers}
    tables = acts(scenario.language if scenario is not None else transcript.language)
    p = DEFAULT
    turns = [(place, turn) for place, turn in enumerate(settled.turns) if turn.speaker != "system" or turn.signals]
    steps: list[Step] = []
    failures = 0.0
    asks = heard_turns = 0
    unmet = resolved = spoken = timed = False
    asked_last = False
    for here, (place, turn) in enumerate(turns):
        if turn.speaker == "customer":
            spoken = True
            if _goes_on_talking(turn):
                continue
            asked_last = turn.act == "ASK_HUMAN"
            asks += asked_last
            if turn.act in _FAREWELLS:
                break
            continue
        if not spoken and turn.speaker == "bot":
            continue
        heard = answers.get(place)
        if turn.speaker != "bot" or heard is None or not JOINING.isdisjoint(heard.events):
            break
        heard_turns += 1
        timed = timed or (turn.first is not None and turn.sent is not None)
        granted = not GRANTS.isdisjoint(heard.events)
        failed = not heard.progress and not heard.excused
        unjudged = failed and scenario is None and not heard.repeat and _FAILS.isdisjoint(heard.signature)
        failures += 1 - LED_ON if unjudged else float(failed)
        refused = asked_last and not granted and "promise_human" not in heard.signature
        slow_s = max(0.0, heard.latency - p.slow_after_s)
        met = not resolved and scenario is not None and all(need.name in heard.resolved for need in scenario.needs)
        resolved = resolved or met
        stir = stirred(heard, p, failed=failed and not unjudged, refused=refused, slow=slow_s > 0, resolved=met)
        if unjudged:
            stir = Stir(
                stir.upset + (1 - LED_ON) * p.upset_no_progress,
                stir.calm + LED_ON * p.calm_progress,
                stir.loss,
                stir.gain + LED_ON * p.trust_progress,
            )
        unmet = (unmet or refused) and not granted
        unmet = unmet or not LOST.isdisjoint(heard.events)
        promised = "promise_human" in heard.signature and not granted
        following = turns[here + 1][1] if here + 1 < len(turns) else None
        if promised or asks >= p.most_asks:
            break
        choice = _choice(following, transcript.ending)
        if choice in (Choice.WENT_ON, Choice.ASKED) and (resolved or offers_human(heard, tables)):
            # Nobody asks once the need is met, and who is offered a person takes the offer instead.
            choice = Choice.STAYED
        steps.append(Step(stir, slow_s, heard_turns, failures, asks, unmet, choice))
        if following is None or (following.speaker != "customer"):
            break
    while steps and steps[-1].choice is Choice.NONE:
        steps.pop()
    return History(transcript.persona, guessed, scenario is None, timed, tuple(steps)) if steps else None


def _choice(following: Turn | None, ending: str) -> Choice:
    if following is None:
        ends = {"left_silent": Choice.SILENT, "left_voiced": Choice.VOICED}
        # Stopped by the limit or by the bot: the move was drawn and never came out, but it was not to leave.
        return ends.get(ending, Choice.STAYED if ending in ("limit", "bot_closed") else Choice.NONE)
    if following.speaker != "customer" or _goes_on_talking(following) or following.act == "EXEC":
        return Choice.NONE
    if following.act == "LEAVE_VOICED":
        return Choice.VOICED
    return Choice.ASKED if following.act == "ASK_HUMAN" else Choice.WENT_ON


def _goes_on_talking(turn: Turn) -> bool:
    """Whether it is the rest of a burst that the bot has cut with an answer: decided before, and thought of before."""
    return turn.act == "OTHER" and turn.thought == 0.0 and turn.need is not None
