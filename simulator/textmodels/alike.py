"""How like a text is to earlier ones, each text taken apart once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from simulator.language.text import Likeness, norm

READ = 20_000
"""Letters of a text that are compared."""


@lru_cache(maxsize=4096)
def _likeness(text: str) -> Likeness:
    return Likeness(norm(text))


def likeness(text: str, earlier: Iterable[str]) -> list[float]:
    """The `sim` of a text with each earlier one; 0 where either has no words."""
    mine = _likeness(text[:READ])
    theirs = [_likeness(one[:READ]) for one in earlier]
    if mine.empty or not theirs:
        return [0.0] * len(theirs)
    found = iter(mine.to([one for one in theirs if not one.empty]).sims)
    return [0.0 if one.empty else next(found) for one in theirs]


def most_like(text: str, earlier: Iterable[str]) -> float:
    """The highest of them; 0 where there is none."""
    return max(likeness(text, earlier), default=0.0)
