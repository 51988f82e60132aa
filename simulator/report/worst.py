"""Which conversation of a target to read first, and why; and where a run went wrong most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from simulator.model.errors import SETUP_CAUSES
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.report.numbers import plural
from simulator.verdict.record import Held

LEVEL = "loop_level"
CYCLES = "loop_cycles"
ASKS = "asks_before_grant"
UNMET = "unmet_asks"
LAYERS = "gate_layers"
OUTCOME = "escalation_outcome"
FALSE_PROMISES = "false_promises"
FALSE_RESOLUTION = "false_resolution"
READ = (LEVEL, CYCLES, ASKS, UNMET, LAYERS, OUTCOME, FALSE_PROMISES, FALSE_RESOLUTION)
"""The scores that are looked at here."""

_ENTRAPPED = 3
_NOT_THE_BOT = ("interrupted", "simulator_failed")

_OUTCOMES: dict[str, tuple[int, str]] = {
    "never": (6, "needed a person, never had one"),
    "dead_end": (5, "handed over to nobody"),
    "cold": (4, "handed over without what was told"),
    "wrong_team": (3, "handed over to the wrong team"),
    "late": (2, "handed over late"),
    "needless": (1, "handed over without need"),
}


class Candidate(msgspec.Struct, frozen=True):
    """One conversation with its scores."""

    held: Held
    scores: Sequence[Score]
    probe: bool = False
    """A probe follows a script: it is chosen only where there is nothing else."""


class Pick(msgspec.Struct, frozen=True):
    """The conversation to read first."""

    candidate: Candidate
    reason: str
    """`entrapment level 4`, `5 asks, 2 forms before a person`, `handed over late`."""
    severity: tuple[float, ...]
    """Larger is worse; comparable between targets."""
    transcript: Transcript | None = None
    """What was said, for an excerpt."""
    scenario: Scenario | None = None

    @property
    def id(self) -> str:
        return self.candidate.held.id

    @property
    def target(self) -> str:
        return self.candidate.held.target


class Cell(msgspec.Struct, frozen=True):
    """Scenario x persona: how many of its conversations were trapped."""

    target: str
    scenario: str
    persona: str
    trapped: int
    n: int


def worst(candidates: Iterable[Candidate]) -> Pick | None:
    """The worst of the conversations; None where there is none that could be charged to the bot.

    Highest loop level first, then false promises and unmet asks, cycles, what became of the escalation, asks and forms
    before a person, a claim that it was solved, and length. The first of several equally bad ones is taken, so the choice
    does not depend on the machine. Give the candidates of one target.
    """
    best: Pick | None = None
    best_key: tuple[bool, tuple[float, ...]] | None = None
    for candidate in candidates:
        if candidate.held.ending in _NOT_THE_BOT:
            continue
        severity = severity_of(candidate)
        key = (not candidate.probe, severity)
        if best_key is None or key > best_key:
            best, best_key = Pick(candidate, reason_of(candidate), severity), key
    return best


def severity_of(candidate: Candidate) -> tuple[float, ...]:
    """A key by which conversations are ordered, the worst last."""
    scores = {score.name: score for score in candidate.scores}
    granted = _number(scores, ASKS)
    return (
        _number(scores, LEVEL),
        _number(scores, UNMET) + _number(scores, FALSE_PROMISES),
        _number(scores, CYCLES),
        _OUTCOMES.get(_word(scores, OUTCOME), (0, ""))[0],
        granted if granted > 1 else 0.0,
        _number(scores, LAYERS),
        _number(scores, FALSE_RESOLUTION),
        float(candidate.held.ending == "target_failed"),
        float(candidate.held.turns),
    )


def reason_of(candidate: Candidate) -> str:
    """Why this one, in plain words; at most three reasons."""
    scores = {score.name: score for score in candidate.scores}
    reasons: list[str] = []
    level = _number(scores, LEVEL)
    if level >= _ENTRAPPED:
        reasons.append(f"entrapment level {level:.0f}")
    elif level == 2:
        reasons.append("a loop, with a way out")
    elif level == 1:
        reasons.append("one round of a loop")
    promises = _number(scores, FALSE_PROMISES)
    if promises and level < _ENTRAPPED:
        reasons.append("promised a person who never came")
    way = _way_to_a_person(scores)
    if way:
        reasons.append(way)
    outcome = _OUTCOMES.get(_word(scores, OUTCOME))
    if outcome is not None and level < _ENTRAPPED:
        reasons.append(outcome[1])
    if not reasons and _number(scores, FALSE_RESOLUTION):
        reasons.append("told that it was solved, which it was not")
    if not reasons and candidate.held.ending == "target_failed":
        error = candidate.held.error
        setup = error is not None and error.cause in SETUP_CAUSES
        reasons.append("your test system failed" if setup else "the bot failed")
    if not reasons and candidate.held.ending == "left_silent":
        reasons.append("left without a word")
    return ", ".join(reasons[:3]) or "nothing went badly; the longest"


def _way_to_a_person(scores: Mapping[str, Score]) -> str:
    """`5 asks, 2 forms before a person`; empty where the first ask was granted, or nobody asked."""
    score = scores.get(ASKS)
    unmet = _number(scores, UNMET)
    layers = _number(scores, LAYERS)
    if score is None or score.value is None:
        return f"{plural(int(unmet), 'ask')} unmet" if unmet else ""
    asks = _number(scores, ASKS)
    if score.event not in (None, "granted"):
        return f"{plural(int(asks), 'ask')}, never a person" if asks else ""
    if asks <= 1 and layers <= 1:
        return ""
    forms = f", {plural(int(layers), 'form')}" if layers else ""
    return f"{plural(int(asks), 'ask')}{forms} before a person"


def worst_cells(candidates: Iterable[Candidate], most: int = 5) -> list[Cell]:
    """The cells with the largest share of trapped customers, worst first; cells without any are left out."""
    trapped: Counter[tuple[str, str, str]] = Counter()
    met: Counter[tuple[str, str, str]] = Counter()
    for candidate in candidates:
        talk = candidate.held
        if candidate.probe or talk.ending in _NOT_THE_BOT:
            continue
        level = next((score.value for score in candidate.scores if score.name == LEVEL), None)
        if not isinstance(level, int | float):
            continue
        cell = (talk.target, talk.scenario, talk.persona)
        met[cell] += 1
        trapped[cell] += level >= _ENTRAPPED
    cells = [Cell(*cell, trapped=bad, n=met[cell]) for cell, bad in trapped.items() if bad]
    cells.sort(key=lambda one: (-one.trapped / one.n, -one.trapped, one.target, one.scenario, one.persona))
    return cells[:most]


def _number(scores: Mapping[str, Score], name: str) -> float:
    """The value for ordering: what could not be said weighs nothing."""
    score = scores.get(name)
    return float(score.value) if score is not None and isinstance(score.value, int | float) else 0.0


def _word(scores: Mapping[str, Score], name: str) -> str:
    score = scores.get(name)
    return score.value if score is not None and isinstance(score.value, str) else ""
