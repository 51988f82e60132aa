"""A language of the reference bots: what they say in it and how they understand it, from `words/<language>.yaml`.

English is the measure: a pack has its keys, and each wording the placeholders that the bot fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from string import Formatter

import msgspec
import yaml

from simulator.model.errors import InputError, Problem

FOLDER = Path(__file__).with_name("words")
MEASURE = "en"
FEWEST, MOST = 4, 10
"""Wordings of one utterance: nothing is always said the same way."""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button."""

    title: str
    payload: str


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of a hand-off packet's summary."""

    proposed: str
    nothing: str


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How names in a scenario become words."""

    number: str
    """An identifier by its name, e.g. `{} number`."""
    numbered: Sequence[str]
    """Last words of names that are not called a number once more."""
    article: str
    """Stands before what a step is done to. Empty: ids are no words of this language, patterns are."""
    no_article: Sequence[str]
    """Words before which it never stands."""
    unfinished: Sequence[str]
    """Words with which no name ends."""
    inflected: str
    """Regular expression of verb forms that are the second choice in a name."""


class Hears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a customer is understood; texts are compared in small letters and without accents."""

    persons: Sequence[str]
    """Words for a person who helps, unmistakable alone."""
    vague: Sequence[str]
    """Words for a person that need one of `company` to be an ask."""
    company: Sequence[str]
    innocent: Sequence[str]
    """Words that are one slip away from those above and mean something else."""
    phrase: Sequence[str]
    """Asks for a person without such a word: regular expressions, as are all that follow."""
    if_bot: Sequence[str]
    thanks: Sequence[str]
    failed: Sequence[str]
    """Says that something did not help, or was done already."""
    agrees: Sequence[str]


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All words of the reference bots in one language."""

    language: str
    says: dict[str, tuple[str, ...]]
    person: Choice
    """The button to a person."""
    forms: dict[str, str]
    """Slots of the maze's forms, by id."""
    topics: tuple[str, ...]
    """Of the maze's menus."""
    guides: dict[str, str]
    """Titles of the maze's articles, by id."""
    articles: dict[str, str]
    """Titles of articles that solve nothing, by id."""
    queues: dict[str, str]
    """Names of teams by queue, in other languages than English; a queue that is not here is called by its id."""
    summary: Summary
    naming: Naming
    hears: Hears

    def queue(self, name: str) -> str:
        """A queue in words."""
        return self.queues.get(name) or readable(name)


def readable(name: str) -> str:
    """`restart_gateway` -> `restart gateway`."""
    return name.replace("_", " ").replace("-", " ")


def languages() -> list[str]:
    """The languages that reference bots speak, by code."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@lru_cache(maxsize=64)
def pack(language: str) -> Pack:
    """The words of a language, English where there is none. Raises InputError with all that is wrong in its file."""
    if language == MEASURE:
        return read(FOLDER / f"{MEASURE}.yaml")
    return read(FOLDER / f"{language}.yaml", pack(MEASURE)) if language in languages() else pack(MEASURE)


def read(path: Path, measure: Pack | None = None) -> Pack:
    """The pack in a file, held against another. Raises InputError with every problem found."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), Loader=loader), Pack)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise InputError([Problem(f"cannot be read as a bot's words: {error}", str(path))]) from None
    problems = [Problem(message, str(path), field=field) for field, message in _faults(found, measure or found, path)]
    if problems:
        raise InputError(problems)
    return found


def _faults(found: Pack, measure: Pack, path: Path) -> Iterator[tuple[str, str]]:
    """Field and fault of whatever a bot would stumble over."""
    if found.language != path.stem:
        yield "language", f"expected {path.stem!r} as the file is named, found {found.language!r}"
    for field in ("says", "forms", "guides", "articles"):
        yield from _other_keys(field, getattr(found, field), getattr(measure, field))
    for what, expected in measure.says.items():
        wordings = found.says.get(what)
        if wordings is None:
            continue
        if not FEWEST <= len(set(wordings)) == len(wordings) <= MOST:
            yield f"says.{what}", f"expected {FEWEST} to {MOST} different wordings, found {len(set(wordings))}"
        yield from _misfilled(f"says.{what}", wordings, expected)
    yield from _misfilled("summary.proposed", [found.summary.proposed], [measure.summary.proposed])
    yield from _misfilled("naming.number", [found.naming.number], [measure.naming.number])
    if len(found.topics) != len(measure.topics):
        yield "topics", f"expected {len(measure.topics)} topics, found {len(found.topics)}"
    hears = found.hears
    patterns = {name: getattr(hears, name) for name in ("phrase", "if_bot", "thanks", "failed", "agrees")}
    for field, listed in {**patterns, "persons": hears.persons}.items():
        if not listed:
            yield f"hears.{field}", "expected at least one, found none"
    for field, alternatives in {**patterns, "inflected": [found.naming.inflected]}.items():
        yield from ((field, fault) for fault in map(_uncompiled, alternatives) if fault)


def _other_keys(field: str, found: Iterable[str], expected: Iterable[str]) -> Iterator[tuple[str, str]]:
    # The order is part of it: which form or article a bot shows is a number.
    found, expected = list(found), list(expected)
    if set(expected) - set(found):
        yield field, "missing: " + ", ".join(name for name in expected if name not in found)
    if set(found) - set(expected):
        yield field, "unknown: " + ", ".join(name for name in found if name not in expected)
    if found != expected and set(found) == set(expected):
        yield field, "expected the keys in the order of the English pack: " + ", ".join(expected)


def _misfilled(field: str, wordings: Sequence[str], expected: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Wordings that leave out a placeholder which each of the expected has, or hold one that none of them has."""
    known = [_placeholders(wording) or set() for wording in expected]
    needed, allowed = set.intersection(*known), set.union(*known)
    for wording in wordings:
        filled = _placeholders(wording)
        if filled is None:
            yield field, f"a brace is not closed in {wording!r}"
        elif not needed <= filled <= allowed:
            names = ", ".join(f"{{{name}}}" for name in sorted(needed)) or "no placeholder"
            yield field, f"expected {names} in {wording!r}"


def _placeholders(wording: str) -> set[str] | None:
    """`Your {slot}, please` -> {slot}; None where it cannot be filled."""
    try:
        return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}
    except ValueError:
        return None


def _uncompiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"no regular expression: {pattern!r} ({error})"
    return ""
