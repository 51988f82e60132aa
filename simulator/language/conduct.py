"""What a bot or a person says of itself, and of who looks after the matter from here on.

A table of its own beside the act tables: only scorers ask for it, so a customer who hears does not pay for it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from operator import or_
from typing import NamedTuple

import yaml

from simulator.language.identify import language_of
from simulator.language.tables import Reading, is_question

KEPT = 8192
"""So many sentences' meanings are remembered."""


class Said(NamedTuple):
    """What one sentence, or all of a text, says."""

    machine: bool
    """That a machine is speaking."""
    person: bool
    """That a human being is speaking."""
    owner: bool
    """A person, a role or a team that answers for the matter."""
    next_step: bool
    """That somebody will do something, and by when."""


NOTHING = Said(False, False, False, False)


class Conduct:
    """The table of one language."""

    def __init__(self, patterns: dict[str, list[str]]) -> None:
        self._any = {
            name: re.compile("|".join(f"(?:{one})" for one in alternatives)) for name, alternatives in patterns.items()
        }
        self._sentence = lru_cache(maxsize=KEPT)(self._read)

    def said(self, reading: Reading) -> Said:
        """What a text says, sentence by sentence; a sentence that denies to be a machine is no disclosure."""
        found = NOTHING
        for sentence, plain in reading.parts:
            if plain:
                one = self._sentence(plain)
                if is_question(sentence):
                    one = one._replace(owner=False, next_step=False)  # to ask whether somebody should is no promise
                found = Said(*map(or_, found, one))
        return found

    def _read(self, plain: str) -> Said:
        find = {name: pattern.search(plain) is not None for name, pattern in self._any.items()}
        machine = find["machine"] and not find["person"]
        return Said(machine, find["person"], find["owner"] and not machine, find["commits"] and find["when"])


@lru_cache(maxsize=1)
def _tables() -> dict[str, Conduct]:
    data = yaml.safe_load(files("simulator.language").joinpath("conduct.yaml").read_text(encoding="utf-8"))
    return {language: Conduct(patterns) for language, patterns in data.items()}


def is_known(language: str) -> bool:
    """Whether there is a table of a language."""
    return language in _tables()


def conduct(language: str) -> Conduct:
    """The table of a language; of English where there is none."""
    return _tables().get(language) or _tables()["en"]


@lru_cache(maxsize=KEPT)
def conduct_of(text: str, language: str) -> Said:
    """What a text says, by the table of its own language where that can be told, else of `language`."""
    spoken = language_of(text)
    return conduct(spoken if is_known(spoken) else language).said(Reading(text))
