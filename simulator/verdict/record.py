"""What is kept of conversations once they are scored: a few facts of each, and its scores in columns; no words.

A conversation's turns and the proofs of its scores stay in the run's files. What is kept is some 1.5 KB for each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from simulator.model.plan import Case
from simulator.model.score import Score
from simulator.model.transcript import Ending, Failure, Probed, Transcript, Wording
from simulator.statistics.columns import Column, Row, truths
from simulator.store import Place


class Booked(msgspec.Struct, frozen=True, gc=False):
    """A case, as far as it is counted."""

    id: str
    target: str
    scenario: str
    probe: bool

    @classmethod
    def of(cls, case: Case) -> Booked:
        return cls(case.id, sys.intern(case.target), sys.intern(case.scenario), case.probe)


class Held(msgspec.Struct, frozen=True, gc=False):
    """A conversation, as far as it is counted and grouped."""

    id: str
    target: str
    scenario: str
    persona: str
    language: str
    ending: Ending
    attempt: int
    turns: int
    """How many."""
    answered: bool
    """Whether anything came back after the customer had spoken; a greeting alone answers nobody."""
    worded: int
    """Customer turns that a language model worded or was to word."""
    probes: list[Probed]
    error: Failure | None = None
    wording: Wording | None = None
    place: Place | None = None
    """Where it can be read again; None where it stands in no run's folder."""

    @classmethod
    def of(cls, transcript: Transcript, place: Place | None = None) -> Held:
        speakers = [turn.speaker for turn in transcript.turns]
        asked = speakers.index("customer") if "customer" in speakers else len(speakers)
        return cls(
            id=transcript.id,
            target=sys.intern(transcript.target),
            scenario=sys.intern(transcript.scenario),
            persona=sys.intern(transcript.persona),
            language=sys.intern(transcript.language),
            ending=transcript.ending,
            attempt=transcript.attempt,
            turns=len(speakers),
            answered=any(one != "customer" for one in speakers[asked:]),
            worded=sum(1 for turn in transcript.turns if turn.voice) if transcript.wording is not None else 0,
            probes=transcript.probes,
            error=transcript.error,
            wording=transcript.wording,
            place=place,
        )


class Marks:
    """Scores of conversations in columns, by name. Conversations are numbered from 0 as they are added."""

    def __init__(self) -> None:
        self.count = 0
        """Conversations."""
        self.columns: dict[str, Column] = {}
        self.words: list[str] = [""]
        """What the codes of the columns stand for; 0 is no word at all."""
        self._codes: dict[str, int] = {"": 0}

    def __getstate__(self) -> tuple[Any, ...]:
        return self.count, self.columns, self.words

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.count, self.columns, self.words = state
        self._codes = {word: code for code, word in enumerate(self.words)}

    def add(self, scores: Iterable[Score], unit: int | None = None) -> None:
        """The scores of the next conversation, or of the one with this number."""
        unit = self.count if unit is None else unit
        self.count = max(self.count, unit + 1)
        for score in scores:
            column = self.columns.get(score.name)
            if column is None:
                column = self.columns[score.name] = Column()
            value = score.value
            number = value if isinstance(value, int | float) else None
            column.add(
                unit,
                number,
                word=self._code(value) if isinstance(value, str) else -1,
                reason=self._code(score.reason) if value is None else 0,
                event=self._code(score.event) if score.event is not None else 0,
                weight=score.weight,
            )

    def extend(self, other: Marks) -> None:
        """All conversations of another, numbered on from those here."""
        codes = [self._code(word) for word in other.words]
        for name, column in other.columns.items():
            if name not in self.columns:
                self.columns[name] = Column()
            self.columns[name].extend(column, range(self.count, self.count + other.count), codes)
        self.count += other.count

    def replace(self, units: Sequence[int], other: Marks) -> None:
        """New scores for some conversations: the n-th of the other's are those of `units[n]`, which rise."""
        codes = [self._code(word) for word in other.words]
        leave_out = truths(self.count, units)
        for name in [*self.columns, *(other.columns.keys() - self.columns.keys())]:
            new = Column()
            new.extend(other.columns.get(name, Column()), units, codes)
            self.columns[name] = self.columns.get(name, Column()).replaced(leave_out, new)

    def event_of(self, code: int) -> str | None:
        """The event of a code; None where there was none."""
        return self.words[code] if code else None

    def of(self, name: str, units: Iterable[int]) -> Iterator[Row]:
        """The entries of a score that are of these conversations, in their order."""
        wanted = set(units)
        column = self.columns.get(name, Column())
        return (row for row in column.rows() if row.unit in wanted)

    def scores_of(self, names: Sequence[str]) -> list[list[Score]]:
        """Of each conversation its scores of these names, without their proofs."""
        found: list[list[Score]] = [[] for _ in range(self.count)]
        for name in names:
            if name in self.columns:
                for row in self.columns[name].rows():
                    value = self.words[row.word] if row.word >= 0 else row.number
                    found[row.unit].append(Score(name, value, event=self.event_of(row.event), weight=row.weight))
        return found

    def _code(self, word: str) -> int:
        code = self._codes.get(word)
        if code is None:
            code = self._codes[word] = len(self.words)
            self.words.append(word)
        return code
