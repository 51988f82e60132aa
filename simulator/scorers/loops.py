"""Is the customer going round in circles, and is there a way out?

A cycle is a reformulation that is answered by a repeat. Two in a row on one need, without progress between them, are a
loop; a loop that offers no exit in any of its turns is entrapment. Repeats, progress and resets are the dialogue fold's; in
its version 2 an answer that does not deal with the reformulation at all repeats, too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue.settle import Answer, Settled, settle, visible
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import REFORMULATIONS, ratio, unknown, unobservable

CONFIRMED = 2
"""Cycles in a row that make a loop: normally the third useless answer."""


class Run(msgspec.Struct, frozen=True):
    """Consecutive cycles on one need, without a reset between them."""

    need: str
    cycles: list[Answer]

    @property
    def start(self) -> int:
        """Index of the first reformulation."""
        return self.cycles[0].to

    @property
    def end(self) -> int:
        """Index of the last cycle's bot turn."""
        return self.cycles[-1].turn

    @property
    def turns(self) -> list[int]:
        """The cycle turns."""
        return [cycle.turn for cycle in self.cycles]


def is_cycle(settled: Settled, answer: Answer) -> bool:
    """Whether this bot turn repeats itself to a customer who has just said the need again."""
    return bool(answer.heard.repeat) and settled.turns[answer.to].act in REFORMULATIONS


def runs(settled: Settled) -> list[Run]:
    """Every run of cycles, in order of its first."""
    found: list[Run] = []
    current: dict[str, Run] = {}
    for answer in settled.answers:
        if not is_cycle(settled, answer):
            continue
        need = answer.heard.need or ""
        if answer.heard.cycles == 1 or need not in current:
            current[need] = Run(need, [])
            found.append(current[need])
        current[need].cycles.append(answer)
    return found


def levels(found: list[Run], settled: Settled, confirmed: int = CONFIRMED) -> list[int]:
    """How bad each run is: 1 near-loop, 2 loop with an exit, 3 entrapment, 4 entrapment of one who asked or was lied to."""
    unmet = [ask.turn for ask in settled.asks if ask.met is False]
    lied_to = any(promise.kept is False for promise in settled.promises)

    def level(run: Run) -> int:
        if len(run.cycles) < confirmed:
            return 1
        if any(cycle.exits for cycle in run.cycles):
            return 2
        return 4 if lied_to or bisect_right(unmet, run.end) - bisect_left(unmet, run.start) >= 2 else 3

    return [level(run) for run in found]


def loop_level(transcript: Transcript, scenario: Scenario | None, confirmed: int = CONFIRMED) -> int | None:
    """The worst level of a conversation, 0-4; None where it cannot be known."""
    if unobservable(transcript, scenario, "T1"):
        return None
    settled = settle(transcript, scenario)
    return max(levels(runs(settled), settled, confirmed), default=0)


def escape_of(run: Run, settled: Settled, transcript: Transcript, confirmed: int = CONFIRMED) -> tuple[str, float]:
    """How a confirmed loop ended and at which experienced second; `cap` where only our limit ended it."""
    after = visible(settled.turns[run.end])
    ends: list[tuple[float, str | int]] = []
    for answer in settled.answers:
        made = answer.heard.progress
        if answer.turn > run.end and answer.heard.need == run.need and made and "P6" not in made:
            ends.append((visible(settled.turns[answer.turn]), "bot_recovered"))
    # A turn stands for a person who came then: why is looked up for the one that counts, since there may be thousands.
    ends += [(handoff.at, handoff.turn) for handoff in settled.handoffs if handoff.at > after]
    if settled.joined is not None and settled.joined > after:
        ends.append((settled.joined, len(settled.turns)))
    confirmed_at = run.cycles[confirmed - 1].turn
    answered = [answer.turn for answer in settled.answers]
    for index, turn in settled.customer_turns():
        if index < confirmed_at:
            continue
        if turn.act == "EXEC":
            ends.append((visible(turn), "exec"))
        if turn.act == "ACCEPT" and _only_contact(index, settled, answered):
            ends.append((visible(turn), "customer_workaround"))
    ends.append((settled.ended_at, _by_ending(transcript)))
    # Sorting is stable: of two at the same second the one that was found first, as listed above.
    at, kind = min(ends, key=lambda end: end[0])
    return _granted(kind, settled) if isinstance(kind, int) else kind, at


def _granted(turn: int, settled: Settled) -> str:
    """A person came because the customer asked, or because the bot thought of it."""
    acts = [spoken.act for index, spoken in settled.customer_turns() if index < turn]
    asked = acts[-1:] == ["ASK_HUMAN"] or acts[-2:] == ["ASK_HUMAN", "ACCEPT"]
    return "human_granted_on_ask" if asked else "human_offered"


def _only_contact(index: int, settled: Settled, answered: list[int]) -> bool:
    before = bisect_left(answered, index)
    exits = settled.answers[before - 1].exits if before else ()
    return "contact" in exits and "human" not in exits


def _by_ending(transcript: Transcript) -> str:
    match transcript.ending:
        case "left_voiced" | "left_silent" as left:
            return left
        case "bot_closed" | "target_failed":
            return "bot_closed"
        case "limit" | "interrupted" | "simulator_failed":
            return "cap"
        case "handed_off":
            return "human_offered"
        case "satisfied":
            return "bot_recovered"


LONG = 3
"""Cycles in a row of a long loop: with those of one and two cycles, the three bars at which loops are reported."""
_LOOP = (
    "loop_level",
    "near_loop",
    "loop",
    "entrapment",
    "long_loop",
    "loop_onset",
    "loop_cycles",
    "loop_escape",
    "loop_escape_cycles",
    "loop_time",
)
_REST = ("wasted_turns", "unrecognised_turns", "too_short", "redundant_asks")


class Loops(msgspec.Struct, frozen=True):
    """Loops and entrapment (tier T1)."""

    confirmed: int = CONFIRMED
    """Cycles in a row that make a loop."""
    name: str = "loops"
    version: str = "2"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        reason = unobservable(transcript, scenario, "T1")
        if reason:
            return unknown(_LOOP + _REST, reason, self.version)
        settled = settle(transcript, scenario)
        return [*self._loops(transcript, settled), *self._turns(settled)]

    def _loops(self, transcript: Transcript, settled: Settled) -> Iterator[Score]:
        found = runs(settled)
        level = levels(found, settled, self.confirmed)
        worst = max(level, default=0)
        proof = next((run.turns for run, one in zip(found, level, strict=True) if one == worst), [])
        blind = worst == 3 and "T2" not in transcript.tiers
        reason = "without T2 a false promise cannot be seen, so the level rests on unmet asks" if blind else ""
        yield Score("loop_level", worst, reason=reason, turns=proof, version=self.version)
        for name, floor in (("near_loop", 1), ("loop", 2), ("entrapment", 3)):
            yield Score(name, int(worst >= floor), turns=proof if worst >= floor else [], version=self.version)

        long = [run.turns for run in found if len(run.cycles) >= LONG]
        yield Score("long_loop", int(bool(long)), turns=long[0] if long else [], version=self.version)

        if not found:
            yield from unknown(("loop_onset",), "no cycle", self.version)
        else:
            first = found[0].cycles[0]
            ordinal = [answer.turn for answer in settled.answers].index(first.turn) + 1
            yield Score("loop_onset", ordinal, turns=[first.turn], version=self.version)
        longest = max(found, key=lambda run: len(run.cycles), default=None)
        yield Score(
            "loop_cycles",
            len(longest.cycles) if longest else 0,
            turns=longest.turns if longest else [],
            version=self.version,
        )
        loops = [run for run in found if len(run.cycles) >= self.confirmed]
        if not loops:
            nothing = ("loop_escape", "loop_escape_cycles", "loop_time")
            yield from unknown(nothing, "no confirmed loop", self.version)
            return
        loop = loops[0]
        escape, at = escape_of(loop, settled, transcript, self.confirmed)
        told = f"the first of {len(loops)} loops" if len(loops) > 1 else ""
        if escape == "bot_recovered" and at == settled.ended_at:
            told = "the customer believed that it was solved"
        seconds = at - visible(settled.turns[loop.start])
        event = "censored" if escape == "cap" else escape
        yield Score("loop_escape", escape, reason=told, turns=loop.turns, version=self.version)
        cycles = len(loop.cycles)
        yield Score("loop_escape_cycles", cycles, event=event, reason=told, turns=loop.turns, version=self.version)
        yield Score("loop_time", seconds, event=event, reason=told, turns=loop.turns, version=self.version)

    def _turns(self, settled: Settled) -> Iterator[Score]:
        wasted = [cycle.to for run in runs(settled) for cycle in run.cycles]
        said = sum(1 for _ in settled.customer_turns())
        yield ratio("wasted_turns", wasted, said, "the customer said nothing", self.version)
        unheard = [answer.turn for answer in settled.answers if not answer.heard.recognised]
        yield ratio("unrecognised_turns", unheard, len(settled.answers), "no bot turn", self.version)
        yield Score("too_short", int(len(settled.answers) < 2), version=self.version)
        again = [answer for answer in settled.answers if answer.heard.redundant]
        count = sum(len(answer.heard.redundant) for answer in again)
        yield Score("redundant_asks", count, turns=[answer.turn for answer in again], version=self.version)
