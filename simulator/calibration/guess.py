"""What the turns of a log without acts were, guessed from words: every figure that rests on it says so.

Only what the choice needs is guessed: who asks for a person, who says goodbye, and who goes without a word. A conversation
that ends after an answer, with no person called, nothing claimed to be solved and no thanks, counts as left silently; people
who had what they came for and closed the window are among them, so the guess is high.
"""

from __future__ import annotations

import msgspec

from simulator.customers.guard import cues
from simulator.language.tables import acts
from simulator.language.text import norm
from simulator.model.transcript import Act, Transcript, Turn


def has_acts(transcript: Transcript) -> bool:
    """Whether the log itself says what the customer's turns were."""
    return any(turn.act is not None for turn in transcript.turns)


def guessed(transcript: Transcript) -> Transcript:
    """The same conversation with acts, and with an ending where the log knows none better."""
    turns: list[Turn] = []
    last = max((place for place, turn in enumerate(transcript.turns) if turn.speaker == "customer"), default=-1)
    opened = False
    for place, turn in enumerate(transcript.turns):
        if turn.speaker == "customer":
            act = _act(turn.text, transcript.language, opened=opened, last=place == last)
            turn = msgspec.structs.replace(turn, act=act)
            opened = True
        turns.append(turn)
    said = [turn for turn in turns if turn.speaker != "system"]
    ending = transcript.ending
    if ending not in ("left_silent", "left_voiced", "satisfied", "handed_off") and said:
        if said[-1].speaker == "bot" and not _claims(said[-1], transcript.language):
            ending = "left_silent"
        elif turns[last].act == "LEAVE_VOICED":
            ending = "left_voiced"
        else:
            ending = "satisfied"
    return msgspec.structs.replace(transcript, turns=turns, ending=ending)


def _act(text: str, language: str, *, opened: bool, last: bool) -> Act:
    known, plain = cues(language), norm(text)
    if acts(language).asks_for_human(text):
        return "ASK_HUMAN"
    content = known.settled.search(plain) or known.thanks.search(plain)
    # Thanks in passing, with something still asked for, is no goodbye.
    in_passing = known.still.search(plain) or (not last and known.requests.search(text.lower()))
    if opened and content and not in_passing:
        return "THANK"
    if last and opened and (known.gone.search(plain) or known.leaves.search(plain)):
        return "LEAVE_VOICED"
    return "RESTATE" if opened else "STATE"


def _claims(turn: Turn, language: str) -> bool:
    claimed = any(signal.kind in ("claim_resolved", "claimed") for signal in turn.signals)
    return claimed or "claim_resolved" in acts(language).of(norm(turn.text), turn.text)
