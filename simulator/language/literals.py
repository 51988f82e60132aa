"""What every match of a pattern must contain: words that are cheap to look for before the pattern itself is tried.

Bots' sentences are tried against hundreds of patterns, of which a handful can match. The literals are read off the pattern's
own parse tree, so they cannot fall behind it: a pattern from which none can be read is simply always tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import _parser as parser  # type: ignore[attr-defined]  # the parse tree has no public name
from typing import Any

_MOST = 400
"""So many alternatives are spelled out; a pattern with more is not worth it."""
_EDGE = "\0"
"""Stands for a word's edge (a zero-width one)."""
STEM = 4
"""A word is looked up by its first letters, so that `escalat\\w*` can be, too."""
_COMMON = frozenset(
    "the you your that this have will with for and are our can could would not don from was has been able please let"
    " know get now help what when how there here all any but its".split()
)


def needles(pattern: str) -> frozenset[str] | None:
    """Texts in lower case of which every match (of a text in lower case) contains at least one; None = cannot be said."""
    spelled = [frozenset(text.replace(_EDGE, "").lower() for text in texts) for texts in _required(parser.parse(pattern))]
    usable = [texts for texts in spelled if min(map(_weight, texts)) >= 3 and all(map(str.isascii, texts))]
    if not usable:
        return None
    return _without_longer(max(usable, key=lambda texts: (min(map(_weight, texts)) - len(texts) / 4, -len(texts))))


def stems(pattern: str) -> frozenset[str] | None:
    """First letters of words of which every match in normal form contains at least one word; None = cannot be said."""
    best: frozenset[str] | None = None
    best_score = 0.0
    for texts in _required(parser.parse(pattern)):
        words = [_best_word(text) for text in texts]
        if all(words):
            score = min(_rarity(word) for word in words) - len(set(words)) / 40
            if best is None or score > best_score:
                best, best_score = frozenset(word[:STEM] for word in words), score
    return best


def _best_word(text: str) -> str:
    """The most telling word that surely stands at its place, as far as it is known; empty if there is none."""
    # A word counts if it surely begins here and is known to its end, or for as long as a stem is.
    pieces = text.replace(_EDGE, " ").split(" ")
    telling = ""
    for index, piece in enumerate(pieces):
        begins, ends = index > 0, index < len(pieces) - 1
        if begins and piece and piece.isalnum() and (ends or len(piece) >= STEM) and _rarity(piece) > _rarity(telling):
            telling = piece
    return telling


def _rarity(word: str) -> float:
    return min(len(word), 7) - (4 if word in _COMMON else 0) if word else -9


def _weight(text: str) -> int:
    words = [word for word in text.split() if word not in _COMMON]
    return max(map(len, words), default=0)


def _without_longer(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(text for text in texts if not any(other in text for other in texts if other != text))


def _required(tree: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Sets of literal texts; a match holds one text of every set."""
    walk = _Walk({""})
    walk.sequence(list(tree))
    walk.close({""})
    return walk.closed


class _Walk:
    """Spells out a sequence from left to right for as long as it can be spelled out."""

    def __init__(self, begun: set[str]) -> None:
        self.open = begun
        self.closed: list[frozenset[str]] = []
        self.whole = True
        """Nothing had to be left out so far: `open` is the whole language of what was walked."""

    def close(self, begin: set[str]) -> None:
        if all(text.strip(_EDGE + " ") for text in self.open):
            self.closed.append(frozenset(self.open))
        self.open = begin
        self.whole = False

    def add(self, endings: set[str]) -> None:
        if len(self.open) * len(endings) > _MOST:
            at_edge = self._at_edge()
            self.close({_EDGE} if at_edge else {""})
        self.open = {text + ending for text in self.open for ending in endings}

    def sequence(self, items: Sequence[tuple[Any, Any]]) -> None:
        for operation, argument in items:
            name = str(operation)
            if name == "LITERAL":
                self.add({chr(argument)})
            elif name == "AT":
                self.add({_EDGE} if str(argument) != "AT_NON_BOUNDARY" else {""})
            elif name == "SUBPATTERN":
                self.sequence(list(argument[3]))
            elif name == "BRANCH":
                self._branch(argument[1])
            elif name == "IN" and (letters := _letters(argument)):
                self.add(letters)
            elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                self._repeat(*argument)
            elif name in ("ASSERT", "ASSERT_NOT"):
                continue  # looks, and takes nothing
            else:
                self.close({_EDGE} if name == "IN" and _is_space(argument) else {""})

    def _branch(self, alternatives: Sequence[Iterable[tuple[Any, Any]]]) -> None:
        walks = []
        for alternative in alternatives:
            walk = _Walk({""})
            walk.sequence(list(alternative))
            walks.append(walk)
        spelled: set[str] = set().union(*(walk.open for walk in walks))
        if all(walk.whole for walk in walks) and len(spelled) <= _MOST:
            self.add(spelled)
            return
        at_edge = self._at_edge()
        self.close({""})
        self._need_one_of(alternatives, at_edge)

    def _repeat(self, least: int, most: Any, body: Any) -> None:
        inner = _Walk({""})
        inner.sequence(list(body))
        small = inner.whole and len(inner.open) <= 20
        if small and (least, int(most)) == (1, 1):
            self.add(inner.open)
        elif small and (least, int(most)) == (0, 1):
            self.add(inner.open | {""})
        else:
            # `(?:\w+ ){0,3}` leaves a word's edge behind where there was one before it.
            at_edge = self._at_edge()
            ends_at_edge = bool(inner.open) and all(text.endswith((" ", _EDGE)) for text in inner.open)
            self.close({""})
            if least:
                self._need_one_of([body], at_edge)
            self.open = {_EDGE} if ends_at_edge and (at_edge or least) else {""}

    def _need_one_of(self, alternatives: Sequence[Any], at_edge: bool) -> None:
        """Each alternative's own needs, united where every one has some: the union of one set of each."""
        chosen: set[str] = set()
        for alternative in alternatives:
            walk = _Walk({_EDGE} if at_edge else {""})
            walk.sequence(list(alternative))
            walk.close({""})
            if not walk.closed:
                return
            chosen |= max(walk.closed, key=lambda texts: min(_rarity(_best_word(text)) for text in texts))
        if len(chosen) <= _MOST:
            self.closed.append(frozenset(chosen))

    def _at_edge(self) -> bool:
        return all(text.endswith((" ", _EDGE)) for text in self.open)


def _letters(members: Sequence[tuple[Any, Any]]) -> set[str]:
    """The letters of a small class like `[sz]`; empty for any other class."""
    if len(members) > 6 or any(str(kind) != "LITERAL" for kind, _ in members):
        return set()
    return {chr(code) for _, code in members}


def _is_space(members: Sequence[tuple[Any, Any]]) -> bool:
    return [str(argument) for _, argument in members] == ["CATEGORY_SPACE"]
