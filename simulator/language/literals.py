"""What every match of a pattern must contain: words that are cheap to look for before the pattern itself is tried.

Bots' sentences are tried against hundreds of patterns, of which a handful can match. The literals are read off the pattern's
own parse tree, so they cannot fall behind it: a pattern from which none can be read is simply always tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import _parser as parser  # type: ignore[attr-defined]  # the parse tree has no public name
from typing import Any

_MOST = 100
"""So many alternatives are spelled out; a pattern with more is not worth it."""
_EDGE = "\0"
"""Stands for a word's edge (a zero-width one)."""
STEM = 4
"""A word is looked up by its first letters, so that `escalat\\w*` can be, too."""
_COMMON_WORDS = """
    the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an
    will my one all would there their what so up out if about who get which go me when make can like time no just him
    know take people into year your good some could them see other than then now look only come its over think also back
    after use two how our work first well way even new want because any these give day most us is are was were been has
    had did does done am being here more very please let may might should must shall still again need help thank thanks
    sorry re ll ve don didn isn doesn able through every same each both before while where why too much many own off
    down once yet already always never another between during without order account number page message request
    information details contact send
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""What most sentences to customers have. Only speed depends on it."""


def needles(pattern: str) -> frozenset[str] | None:
    """Texts in lower case of which every match (of a text in lower case) contains at least one; None = cannot be said."""
    spelled = [frozenset(_telling(text) for text in texts) for texts in _required(parser.parse(pattern))]
    usable = [texts for texts in spelled if min(map(len, texts)) >= 3 and all(map(str.isascii, texts))]
    if not usable:
        return None
    return _without_longer(max(usable, key=lambda texts: (min(map(len, texts)) - len(texts) / 4, -len(texts))))


def _telling(text: str) -> str:
    """The longest word of a text that is not common, or its beginning or end; the whole text where all are common."""
    whole = text.replace(_EDGE, "").lower()
    return max([word for word in whole.split() if word not in _COMMON], key=len, default=whole)


def needs(pattern: str) -> list[frozenset[str]]:
    """Sets of stems, the most telling first: every match in normal form has a word of each set. Empty = cannot be said."""
    found: list[tuple[float, frozenset[str]]] = []
    for texts in _required(parser.parse(pattern)):
        spelled = {frozenset(_words(text)) for text in texts}
        least = [words for words in spelled if not any(other < words for other in spelled)]
        ranked = [sorted(words, key=lambda word: (-_rarity(word), word)) for words in least]
        # The rarest word of each text, then the second rarest of each: a text must have all of its words.
        for ranks in zip(*ranked, strict=False):
            score = min(map(_rarity, ranks)) - len(set(ranks)) / 40
            found.append((score, frozenset(word[:STEM] for word in ranks)))
    return [stems for _, stems in sorted(found, key=lambda scored: scored[0], reverse=True)]


def _words(text: str) -> list[str]:
    """The words that surely stand at a text's place, as far as they are known."""
    # A word counts if it surely begins here and is known to its end, or for as long as a stem is.
    pieces = text.replace(_EDGE, " ").split(" ")
    last = len(pieces) - 1
    return [
        piece for at, piece in enumerate(pieces) if at > 0 and piece.isalnum() and (at < last or len(piece) >= STEM)
    ]


def _rarest(text: str) -> float:
    return max(map(_rarity, _words(text)), default=_rarity(""))


def _rarity(word: str) -> float:
    return min(len(word), 7) - (6 if word in _COMMON else 0) if word else -9


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

    def sequence(self, items: Sequence[tuple[Any, Any]], edge_follows: bool = False) -> None:
        for at, (operation, argument) in enumerate(items):
            name = str(operation)
            if name == "LITERAL":
                self.add({chr(argument)})
            elif name == "AT":
                self.add({_EDGE} if str(argument) != "AT_NON_BOUNDARY" else {""})
            elif name == "SUBPATTERN":
                self.sequence(list(argument[3]), _at_edge(items[at + 1 :], edge_follows))
            elif name == "BRANCH":
                self._branch(argument[1], _at_edge(items[at + 1 :], edge_follows))
            elif name == "IN" and (letters := _letters(argument)):
                self.add(letters)
            elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                least, most, body = argument
                self._repeat(least, most, body, _at_edge(items[at + 1 :], edge_follows))
            elif name in ("ASSERT", "ASSERT_NOT"):
                continue  # looks, and takes nothing
            else:
                self.close({_EDGE} if name == "IN" and _is_space(argument) else {""})

    def _branch(self, alternatives: Sequence[Iterable[tuple[Any, Any]]], edge_follows: bool) -> None:
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
        ends_at_edge = all(_at_edge(list(alternative), backwards=True) for alternative in alternatives)
        self.close({_EDGE} if ends_at_edge else {""})
        self._need_one_of(alternatives, at_edge, edge_follows)

    def _repeat(self, least: int, most: Any, body: Any, edge_follows: bool) -> None:
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
            ends_at_edge = _at_edge(list(body), backwards=True)
            self.close({""})
            if least:
                self._need_one_of([body], at_edge, edge_follows and _at_edge(list(body)))
            self.open = {_EDGE} if ends_at_edge and (at_edge or least) else {""}

    def _need_one_of(self, alternatives: Sequence[Any], at_edge: bool, edge_follows: bool) -> None:
        """Each alternative's own needs, united where every one has some: the union of one set of each."""
        chosen: set[str] = set()
        for alternative in alternatives:
            walk = _Walk({_EDGE} if at_edge else {""})
            walk.sequence(list(alternative), edge_follows)
            if edge_follows:
                walk.add({_EDGE})
            walk.close({""})
            if not walk.closed:
                return
            chosen |= max(walk.closed, key=lambda texts: min(map(_rarest, texts)))
        if len(chosen) <= _MOST:
            self.closed.append(frozenset(chosen))

    def _at_edge(self) -> bool:
        return all(text.endswith((" ", _EDGE)) for text in self.open)


def _at_edge(items: Sequence[tuple[Any, Any]], beyond: bool = False, *, backwards: bool = False) -> bool:
    """Whether what these match begins (backwards: ends) with a space or at a word's edge; in doubt not.

    `beyond`: whether what stands beyond them does.
    """
    for operation, argument in reversed(items) if backwards else items:
        name = str(operation)
        if name in ("ASSERT", "ASSERT_NOT"):
            continue
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, _, body = argument
            if least or not _at_edge(list(body), backwards=backwards):
                return bool(least) and _at_edge(list(body), backwards=backwards)
            continue
        if name == "SUBPATTERN":
            return _at_edge(list(argument[3]), backwards=backwards)
        if name == "BRANCH":
            return all(_at_edge(list(alternative), backwards=backwards) for alternative in argument[1])
        if name == "LITERAL":
            return chr(argument) == " "
        if name == "AT":
            return str(argument) != "AT_NON_BOUNDARY"
        return name == "IN" and _is_space(argument)
    return beyond


def _letters(members: Sequence[tuple[Any, Any]]) -> set[str]:
    """The letters of a small class like `[sz]`; empty for any other class."""
    if len(members) > 6 or any(str(kind) != "LITERAL" for kind, _ in members):
        return set()
    return {chr(code) for _, code in members}


def _is_space(members: Sequence[tuple[Any, Any]]) -> bool:
    return [str(argument) for _, argument in members] == ["CATEGORY_SPACE"]
