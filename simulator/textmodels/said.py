"""A conversation as the models of this room read it: who said what, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.language.tables import Reading, acts
from simulator.model.transcript import Speaker, Turn

LONGEST = 4_000
"""Letters of a bot's turn that are read for its acts: the end, where a turn says what happens next."""


class Said(NamedTuple):
    """One turn: its text, and its place in the transcript."""

    speaker: Speaker
    text: str
    turn: int = 0

    def acts(self, language: str) -> frozenset[str]:
        """What a bot's turn does, by the act tables."""
        return acts(language).performed(Reading(self.text[-LONGEST:]))


def said(turns: Iterable[Turn]) -> list[Said]:
    """The turns that have words; consecutive ones of one speaker are one turn, at the place of its first."""
    found: list[Said] = []
    for place, turn in enumerate(turns):
        if turn.speaker == "system" or not turn.text.strip():
            continue
        if found and found[-1].speaker == turn.speaker:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{turn.text}")
        else:
            found.append(Said(turn.speaker, turn.text, place))
    return found
