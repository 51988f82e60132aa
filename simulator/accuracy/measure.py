"""Everything together: labelled conversations and dialled faults, as one table with the versions it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from simulator import __version__
from simulator.accuracy.dose import CUSTOMERS, SEED, measure_doses
from simulator.accuracy.labelled import Reading, frozen
from simulator.accuracy.measured import SCORERS
from simulator.accuracy.questions import figures, usable
from simulator.model.contracts import Scorer
from simulator.model.errors import InputError, Problem
from simulator.registry.accuracy import HELD_OUT, Accuracy

SHIPPED = "the labelled set of exitramp"
OnProgress = Callable[[str, int, int], None]


def measure(
    reading: Reading,
    source: str = SHIPPED,
    *,
    split: str | None = None,
    language: str | None = None,
    scorers: Sequence[Scorer] = SCORERS,
    customers: int = CUSTOMERS,
    doses: bool = True,
    on_progress: OnProgress = lambda what, done, of: None,
) -> Accuracy:
    """How often the scorers are right on what was read and, if asked, on the reference bots.

    `split` and `language` leave the rest of the labelled conversations out. Raises InputError where that leaves none.
    """
    chosen = [one for one in reading.conversations if split in (None, one.split) and language in (None, one.language)]
    if not chosen:
        there = ", ".join(sorted({f"{one.split or 'no split'}/{one.language}" for one in reading.conversations}))
        raise InputError([Problem("no labelled conversation of this split and language", hint=f"there are {there}")])
    useful = [one for one in chosen if usable(one)]
    found = figures(useful, scorers, lambda done, of: on_progress("labelled conversations", done, of))
    dosed, known = (
        measure_doses(
            customers,
            SEED,
            language or "en",
            scorers,
            lambda done, of: on_progress("reference bots", done, of),
        )
        if doses
        else ([], [])
    )
    return Accuracy(
        version=__version__,
        date=datetime.now(UTC).date().isoformat(),
        source=source,
        hashes=reading.hashes,
        conversations=dict(sorted(Counter(one.split for one in useful).items())),
        languages=dict(sorted(Counter(one.language for one in useful).items())),
        unread=len(reading.unread),
        unusable=len(chosen) - len(useful),
        figures=found,
        each=customers if doses else 0,
        seed=SEED,
        doses=dosed,
        known=known,
    )


def publishable(found: Accuracy) -> Accuracy:
    """What a release publishes of it: the split that no scorer was tuned on, without the names of single dialogues.

    Raises InputError where the labelled set is not the frozen one.
    """
    if found.hashes != frozen():
        hint = "only the frozen set that comes with the product is published"
        raise InputError([Problem("the labelled files are not those that were frozen", hint=hint)])
    kept = [msgspec.structs.replace(one, slips=[]) for one in found.figures if one.split == HELD_OUT and one.n]
    held_out = {HELD_OUT: found.conversations[HELD_OUT]}
    return msgspec.structs.replace(found, figures=kept, conversations=held_out)


def write(found: Accuracy, path: Path) -> None:
    """Keep it as JSON that a person can read a difference of. Raises InputError where the file cannot be written."""
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    except OSError as error:
        raise InputError([Problem(f"cannot be written: {error.strerror or error}", str(path))]) from None
