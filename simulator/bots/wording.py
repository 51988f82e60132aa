"""Names made readable: what a bot calls a slot, a step, an article that the scenario has no words for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.bots.pack import Naming, readable

_GAP = re.compile(r"\.\{\d*,\d*\}|\.\*")
_OPTIONAL_GROUP = re.compile(r"(\([^()]*\))\?")
_OPTIONAL_LETTER = re.compile(r"(.)\?")
_ALTERNATIVES = re.compile(r"\(([^()|]*)(?:\|[^()]*)?\)")
_ACCENTED = re.compile(r"\[\w*?([^\W\x00-\x7f])\w*\]")
"""A letter with or without its accent: `tel[eé]fono`."""
_PLAIN = re.compile(r"[\w' -]+")
_ID_LIKE = re.compile(r"(?=.*\d)[\w-]{4,}")


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def plain(pattern: str, naming: Naming) -> str | None:
    """A readable text that a simple pattern matches: `(order|parcel) (number|id)` -> `order number`; else None."""
    text = _ACCENTED.sub(r"\1", pattern.replace("\\b", "").replace("\\s+", " ").replace("(?:", "("))
    found: list[str] = []
    for group, letter in ((r"\1", ""), ("", ""), (r"\1", r"\1")):  # what is optional, kept or dropped
        tried = _OPTIONAL_LETTER.sub(letter, _OPTIONAL_GROUP.sub(group, _GAP.sub(" ", text)))
        tried = " ".join(_ALTERNATIVES.sub(r"\1", tried).split())
        finished = tried.rpartition(" ")[2] not in naming.unfinished
        if finished and _PLAIN.fullmatch(tried) and re.search(pattern, tried, re.IGNORECASE):
            found.append(tried)
    return next((text for text in found if not re.search(naming.inflected, text)), found[0] if found else None)


def slot_words(name: str, value: str, asked: Iterable[str], naming: Naming) -> str:
    """How to call a slot: by its name, or by a longer one from its patterns; an identifier is a number."""
    text = readable(name)
    longer = (one for one in (plain(pattern, naming) for pattern in asked) if one and one.startswith(f"{text} "))
    text = next(longer, text)
    last = text.rpartition(" ")[2].lower()
    numbered = _ID_LIKE.fullmatch(value) and last not in naming.numbered and not last.endswith("name")
    return naming.number.format(text) if numbered else text


def named(name: str, patterns: Iterable[str], naming: Naming) -> str:
    """A step or an article in words: by its id, as ids are English; in other languages by a pattern that reads as words."""
    if naming.article:
        return readable(name)
    return next((text for text in (plain(pattern, naming) for pattern in patterns) if text), readable(name))


def titled(name: str, patterns: Iterable[str], naming: Naming) -> str:
    """The readable name of a step, such that one of its patterns knows it where that can be had."""
    if not naming.article:
        return named(name, patterns, naming)
    verb, _, rest = readable(name).partition(" ")
    bare = f"{verb} {rest}".strip()
    full = f"{verb} {naming.article} {rest}" if rest and rest.split()[0] not in naming.no_article else bare
    known = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    for text in (full, bare, *(text for text in (plain(pattern.pattern, naming) for pattern in known) if text)):
        if any(pattern.search(text) for pattern in known):
            return text
    return bare if known else full
