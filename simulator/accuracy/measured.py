"""Whose accuracy is measured: the product's scorers, and those that somebody brings along."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from simulator.model.contracts import Scorer
from simulator.model.errors import InputError, Problem
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.stock import FOR_LOGS, score
from simulator.targets.in_process import load_callable

SCORERS: tuple[Scorer, ...] = FOR_LOGS
"""Whose accuracy is published."""
_FORM = "expected `scorer(transcript, scenario) -> scores` with `name` and `version`, or a class that makes one"


def with_own(specs: Iterable[str]) -> tuple[Scorer, ...]:
    """The product's scorers and those that `module:object` names; one of a stock scorer's name takes its place.

    Raises InputError with what is wrong with every one of them.
    """
    problems: list[Problem] = []
    scorers = {scorer.name: scorer for scorer in SCORERS}
    for spec in specs:
        try:
            own = _loaded(spec)
            # Last again, for of two scores of one name the later scorer's is measured.
            scorers.pop(own.name, None)
            scorers[own.name] = own
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(scorers.values())


def _loaded(spec: str) -> Scorer:
    found = load_callable(spec)
    if inspect.isclass(found):
        try:
            found = found()
        except Exception as error:  # the user's own code: whatever it raises is bad input, said in one sentence
            raise InputError(
                [Problem(f"making the scorer failed: {type(error).__name__}: {error}", field=spec)]
            ) from error
    named = all(isinstance(getattr(found, what, None), str) for what in ("name", "version"))
    if not callable(found) or not named:
        raise InputError([Problem(f"found a {type(found).__name__}; {_FORM}", field=spec)])
    return found  # type: ignore[no-any-return]  # a Scorer by what has just been looked at


def answers(transcript: Transcript, scenario: Scenario | None, scorers: Sequence[Scorer]) -> list[Score]:
    """Every scorer's scores; where two scorers give a score of one name, those of the later one."""
    by_name: dict[str, list[Score]] = {}
    for scorer in scorers:
        own: dict[str, list[Score]] = {}
        for found in score(transcript, scenario, (scorer,)):
            own.setdefault(found.name, []).append(found)
        by_name |= own
    return [found for those in by_name.values() for found in those]
