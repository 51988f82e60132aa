"""Which of many patterns may hold of a sentence, told by how its words begin.

A table of acts has hundreds of patterns, each of which needs certain words: `(?=.*\\b(?:agent|adviser))(?=.*\\bconnect)`
holds of no sentence without a word that begins with `agen` or `advi`, and one that begins with `conn`. So every piece that
a pattern cannot do without becomes a set of beginnings, and a sentence is looked up word by word. An automaton over all
patterns rules out as many and is quicker once warm; but it has a state for every set of words met so far, and building
these took milliseconds for each sentence of a bot that words everything afresh.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from simulator.language.matching import (
    QUANTIFIER,
    WIDER_SPACE,
    alternatives_of,
    atom_end,
    folded,
    inside_of,
    pieces_of,
)

LONGEST = 4
"""Letters of a word that are looked at."""
WORDS_KEPT = 8192
"""So many words of each index are remembered."""
_MOST = 2_000
"""Beginnings of one piece; with more of them it tells nothing."""
_SPACE = " "
_WORD = re.compile(r"[\w<>]")

Beginning = tuple[str, str]
"""Letters, and how the word goes on: `exact` not at all, `open` somehow, `go` as the pattern goes on; `inside`: they may
stand anywhere, since the pattern does not say that a word begins there."""


class WordIndex:
    """Patterns over normal forms, by their place in a list."""

    __slots__ = ("_always", "_by_length", "_exact", "_inside", "_keys", "_patterns_of", "_pieces_in")

    def __init__(self, patterns: Sequence[str]) -> None:
        numbers: dict[frozenset[Beginning], int] = {}
        self._exact: dict[str, int] = {}
        self._by_length: list[dict[str, int]] = [{} for _ in range(LONGEST + 1)]
        needs: list[list[int]] = []
        self._always: list[int] = []
        for place, pattern in enumerate(patterns):
            wanted = [ways for piece in pieces_of(pattern) if (ways := _required(piece)) is not None]
            needs.append([numbers.setdefault(ways, len(numbers)) for ways in wanted])
            if not wanted:
                self._always.append(place)
        inside: dict[str, int] = {}
        for ways, number in numbers.items():
            for letters, how in ways:
                if how == "inside":
                    inside[letters[:3]] = inside.get(letters[:3], 0) | 1 << number
                    continue
                index = self._exact if how == "exact" else self._by_length[len(letters)]
                index[letters] = index.get(letters, 0) | 1 << number
        self._inside = inside
        # New sentences are made of known words.
        self._pieces_in = lru_cache(maxsize=WORDS_KEPT)(self._look_up)
        # A pattern is found by the piece that fewest sentences have, going by how many beginnings it allows.
        ways_of = {number: len(ways) for ways, number in numbers.items()}
        self._patterns_of: list[list[tuple[int, int]]] = [[] for _ in numbers]
        """By piece: the place of each pattern that is found by it, and all the pieces it needs, a bit each."""
        self._keys = 0
        for place, wanted_here in enumerate(needs):
            if wanted_here:
                key = min(wanted_here, key=lambda number: (ways_of[number], number))
                self._keys |= 1 << key
                self._patterns_of[key].append((place, sum(1 << number for number in set(wanted_here))))

    def possible(self, normal: str) -> list[int]:
        """Places of the patterns that may hold of a sentence in normal form; no other does."""
        there = 0
        for word in folded(normal).split():
            there |= self._pieces_in(word)
        found = list(self._always)
        left = there & self._keys
        while left:
            lowest = left & -left
            left ^= lowest
            for place, needed in self._patterns_of[lowest.bit_length() - 1]:
                if needed & there == needed:
                    found.append(place)
        return found

    def _look_up(self, word: str) -> int:
        """The pieces of which a word of a sentence has a beginning, a bit each; beginnings never reach over a space."""
        exact, (_, _, twos, threes, fours) = self._exact, self._by_length
        there = exact.get(word, 0) | twos.get(word[:2], 0) | threes.get(word[:3], 0) | fours.get(word[:4], 0)
        for at in range(len(word) - 2):
            there |= self._inside.get(word[at : at + 3], 0)
        return there


@lru_cache(maxsize=8192)
def _required(piece: str) -> frozenset[Beginning] | None:
    """Beginnings of which a sentence that the piece is found in has one; None where that cannot be told."""
    found: list[frozenset[Beginning]] = []
    at, starts = 0, False
    while at < len(piece):
        end = atom_end(piece, at)
        atom = piece[at:end]
        quantifier = QUANTIFIER.match(piece, end)
        if _is_edge(atom):
            starts = not quantifier or quantifier[0][0] == "+"
        else:
            if (ways := _beginnings(piece[at:], starts)) is not None:
                found.append(ways)
            starts = False
            if atom.startswith("(") and not quantifier:
                each = [_required(one) for one in alternatives_of(inside_of(atom))]
                if all(one is not None for one in each):
                    found.append(frozenset().union(*[one for one in each if one is not None]))
        at = quantifier.end() if quantifier else end
    # Beginnings of words before letters anywhere, and few before many.
    return min(found, key=lambda ways: (any(how == "inside" for _, how in ways), len(ways)), default=None)


def _is_edge(atom: str) -> bool:
    """Whether a word ends or begins here for sure."""
    return atom in (r"\b", _SPACE) or (
        atom.startswith("[") and r"\s" in atom and not re.search(r"[^\W_]", atom.replace(WIDER_SPACE, ""))
    )


def _beginnings(pattern: str, starts: bool) -> frozenset[Beginning] | None:
    """How a match of this pattern may begin; None where one of the ways tells less than two letters (three, where no word
    need begin with them)."""
    ways = _firsts(pattern)
    if not ways or len(ways) > _MOST:
        return None
    if not starts:
        return frozenset((letters, "inside") for letters, _ in ways) if min(len(one) for one, _ in ways) > 2 else None
    if any(how != "exact" and len(letters) < 2 for letters, how in ways):
        return None
    return frozenset((letters, "open" if how == "go" else how) for letters, how in ways)


@lru_cache(maxsize=8192)
def _firsts(pattern: str, begun: bool = False) -> frozenset[Beginning]:
    """The first letters of a match, at most LONGEST of them, for each way through the pattern; `begun`: letters stand before
    it, so that an edge of a word ends one."""
    going: set[str] = {""}
    done: set[Beginning] = set()
    at = 0
    while at < len(pattern) and going:
        end = atom_end(pattern, at)
        atom = pattern[at:end]
        quantifier = QUANTIFIER.match(pattern, end)
        at = quantifier.end() if quantifier else end
        after: set[str] = set()
        for letters in going:
            for more, how in _ways(atom, begun or bool(letters)):
                whole = (letters + more)[:LONGEST]
                if len(whole) == LONGEST:
                    done.add((whole, "open"))
                elif how == "go" and not (quantifier and quantifier[0][0] != "?"):
                    after.add(whole)
                elif how == "exact" and not whole and not begun:
                    after.add(whole)  # an edge before any letter
                else:
                    done.add((whole, "open" if how == "go" else how))
        if quantifier and quantifier[0][0] in "?*{":
            after |= going
        going = after
        if len(done) + len(going) > _MOST:
            return frozenset({("", "open")})
    return frozenset(done | {(letters, "go") for letters in going})


def _ways(atom: str, begun: bool) -> frozenset[Beginning]:
    if _is_edge(atom):
        return frozenset({("", "exact")})
    if atom.startswith("(?:") or (atom.startswith("(") and not atom.startswith("(?")):
        return frozenset().union(*(_firsts(one, begun) for one in alternatives_of(inside_of(atom))))
    if len(atom) == 1 and _WORD.match(atom):
        return frozenset({(atom, "go")})
    return frozenset({("", "open")})
