"""`--min`: figures that must not fall below a limit. The estimate decides; with `.low` behind it, the interval's lower end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import msgspec

from simulator.accuracy.dose import DEEDS, EFFECTS
from simulator.accuracy.questions import QUESTIONS
from simulator.model.errors import InputError, Problem
from simulator.registry.accuracy import HELD_OUT, Accuracy, Floor, Measured
from simulator.statistics.detection import MEASURES

LOW = ".low"


def names() -> list[str]:
    """Everything that a floor can be put under."""
    shares = [f"{one.name}.{what}" for one in QUESTIONS for what in ("answered", *MEASURES)]
    shares += [f"{one.bot}.{what}" for one in DEEDS for what in ("recall", "specificity")]
    return [*dict.fromkeys([*shares, *(name + LOW for name in shares), *_of_doses()])]


def _of_doses() -> list[str]:
    return [f"{one.name}.{what}" for one in EFFECTS for what in ("ordered", "apart")]


def needs_doses(floor: Floor) -> bool:
    """Whether it is about the reference bots."""
    return floor.name.rpartition(".")[0].removesuffix(".recall").removesuffix(".specificity") in {
        one.name for one in EFFECTS
    }


def floors(specs: Iterable[str]) -> list[Floor]:
    """What texts such as `loop.precision=.95,loop.recall=.9` ask for. Raises InputError with everything wrong in them."""
    found: list[Floor] = []
    problems: list[Problem] = []
    for piece in (piece.strip() for spec in specs for piece in spec.split(",")):
        name, equals, text = (part.strip() for part in piece.partition("="))
        known = names()
        if name not in known:
            near = get_close_matches(name, known, 3, 0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"such as {known[0]}"
            problems.append(Problem(f"{name!r} is no figure of accuracy", field="--min", hint=hint))
            continue
        try:
            limit = float(text)
        except ValueError:
            limit = float("nan")
        if not -1 <= limit <= 1:
            said = f"found {text!r}" if equals else "found none"
            problems.append(Problem(f"{name}: expected a number from -1 to 1, {said}", field="--min"))
            continue
        found.append(Floor(name, limit))
    if problems:
        raise InputError(problems)
    return found


def judge(asked: Iterable[Floor], found: Accuracy) -> list[Floor]:
    """Each with its outcome; inconclusive where the figure is not there."""
    known = dict(_figures(found))
    judged = []
    for floor in asked:
        one = known.get(floor.name.removesuffix(LOW))
        value = None if one is None else one.low if floor.name.endswith(LOW) else one.estimate
        if value is None:
            reason = (one.note if one is not None else "") or "it was not measured"
            judged.append(msgspec.structs.replace(floor, reason=reason))
        else:
            judged.append(
                msgspec.structs.replace(floor, found=value, outcome="pass" if value >= floor.at_least else "fail")
            )
    return judged


def judged_split(found: Accuracy) -> str:
    """The split that floors are about: what no scorer was tuned on, else the only or first one there is."""
    splits = sorted(found.conversations)
    return HELD_OUT if HELD_OUT in splits or not splits else splits[0]


def _figures(found: Accuracy) -> Iterator[tuple[str, Measured]]:
    split = judged_split(found)
    for figure in found.figures:
        if figure.split == split:
            for what, one in figure.measures.items():
                # The scorer's own reason says more than that there were no cases.
                note = figure.reason or one.note
                yield f"{figure.name}.{what}", msgspec.structs.replace(one, note=note)
    for known in found.known:
        yield f"{known.name}.recall", known.recall
        yield f"{known.name}.specificity", known.specificity
    for dose in found.doses:
        for what, shown in (("ordered", dose.ordered), ("apart", dose.apart)):
            value = None if shown is None else float(shown)
            yield f"{dose.name}.{what}", Measured(value, None, None, dose.n, dose.reason)
