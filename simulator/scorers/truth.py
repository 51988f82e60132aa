"""Was a need met, and what says so: the bot's words, the log of actions, the state of things, or a judge's note.

The bot's claim is none of these. Where what a need rests on cannot be seen in a transcript the answer is None with a
reason: an action of a bot that tells of none, a truth that nobody told the bot, a state that could not be read or was so
before, a judge who said nothing. None of that is the bot's failure, so it is never 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.dialogue.settle import Settled, visible
from simulator.model.scenario import BASES, Basis, Need, Scenario
from simulator.model.transcript import Note, Probed, Transcript

BASIS_WORDS: dict[str, str] = {
    "words": "the bot's words",
    "action": "the log of actions",
    "probe": "a state probe",
    "judge": "a judge's note",
}
"""What a resolution rests on, for people."""


class Finding(NamedTuple):
    """What is known of one need."""

    need: str
    basis: Basis
    met: bool | None
    reason: str = ""
    """Why nobody can say."""
    turns: tuple[int, ...] = ()
    """The turns that prove it; a state proves it without any."""
    at: float = 0.0
    """Experienced second from which it was met; of a state, the end of the conversation, at which it was read."""


def findings(transcript: Transcript, scenario: Scenario, settled: Settled) -> list[Finding]:
    """What is known of each need of the scenario."""
    return [_FINDERS[need.resolution.basis](need, transcript, settled) for need in scenario.needs]


def basis_of(found: list[Finding]) -> str:
    """What a resolution as a whole rests on: `probe`; of needs that rest on different things `words+probe`."""
    bases = {one.basis for one in found}
    return "+".join(basis for basis in BASES if basis in bases)


def basis_in_words(basis: str) -> str:
    """`the bot's words and a state probe`, for people."""
    *first, last = [BASIS_WORDS.get(one, one) for one in basis.split("+")]
    return f"{', '.join(first)} and {last}" if first else last


def _by_words(need: Need, transcript: Transcript, settled: Settled) -> Finding:
    told = need.resolution.told
    if any(name not in transcript.truth or name in transcript.unseeded for name in told):
        # Also where the bot has guessed it: what is only ever counted when it is right is no rate.
        return Finding(need.name, "words", None, "R=NA(unseeded)")
    return _by_turn(need, "words", settled)


def _by_action(need: Need, transcript: Transcript, settled: Settled) -> Finding:
    logged = transcript.action_log if transcript.action_log is not None else "T2" in transcript.tiers
    if not logged:
        return Finding(need.name, "action", None, "R=NA(T2)")
    return _by_turn(need, "action", settled)


def _by_turn(need: Need, basis: Basis, settled: Settled) -> Finding:
    turn = settled.resolved.get(need.name)
    if turn is None:
        return Finding(need.name, basis, False)
    return Finding(need.name, basis, True, turns=(turn,), at=visible(settled.turns[turn]))


def _by_state(need: Need, transcript: Transcript, settled: Settled) -> Finding:
    def unknown(why: str) -> Finding:
        return Finding(need.name, "probe", None, f"R=NA(probe): {why}")

    mine = {one.when: one for one in transcript.probes if one.need == need.name}
    if not mine:
        if _never_spoke(transcript):
            return Finding(need.name, "probe", False)
        return unknown("this target has no test system that was asked")
    for when in ("before", "after"):
        if when not in mine:
            return unknown(f"the state was not read {when} the conversation")
        if mine[when].cause:
            return unknown(f"the state could not be read ({_cause(mine[when])})")
    if mine["before"].holds:
        return unknown("it was so before the conversation")
    if not mine["after"].holds:
        return Finding(need.name, "probe", False)
    if settled.joined is not None and "T3" not in transcript.tiers:
        # The human side that exitramp plays changes nothing in the company's systems; any other may.
        return unknown("a person had joined, who may have done it")
    return Finding(need.name, "probe", True, at=settled.ended_at)


def _never_spoke(transcript: Transcript) -> bool:
    """Whether the bot failed before a word was said: nothing can have been done then, and no session was there to look."""
    return transcript.ending == "target_failed" and not transcript.turns


def _cause(probed: Probed) -> str:
    return f"status {probed.status}" if probed.cause == "status" and probed.status else probed.cause


def _by_note(need: Need, transcript: Transcript, settled: Settled) -> Finding:
    def unknown(why: str) -> Finding:
        return Finding(need.name, "judge", None, f"R=NA(judge): {why}")

    notes = [one for one in transcript.notes if one.need == need.name and one.judge == need.resolution.judge]
    if not notes:
        return unknown("no judge note")
    note = notes[-1]
    fault = next(_faults(note, transcript), "")
    if fault:
        return unknown(f"the judge's note is void: {fault}")
    if note.verdict is None:
        return unknown("the judge could not tell")
    turns = tuple(sorted({quote.turn for quote in note.quotes}))
    if not note.verdict:
        return Finding(need.name, "judge", False, turns=turns)
    at = visible(transcript.turns[turns[-1]])
    if settled.joined is not None and at >= settled.joined:
        return Finding(need.name, "judge", False)  # met with a person's help, which is not the bot's
    return Finding(need.name, "judge", True, turns=turns, at=at)


def _faults(note: Note, transcript: Transcript) -> Iterator[str]:
    if note.verdict and not note.quotes:
        yield "it quotes nothing"
    for quote in note.quotes:
        if not 0 <= quote.turn < len(transcript.turns):
            yield f"there is no turn {quote.turn}"
        elif not quote.text.split() or _plain(quote.text) not in _plain(transcript.turns[quote.turn].text):
            yield f"what it quotes is not in turn {quote.turn + 1}"


def _plain(text: str) -> str:
    return " ".join(text.split())


_FINDERS = {"words": _by_words, "action": _by_action, "probe": _by_state, "judge": _by_note}
