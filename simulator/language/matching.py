"""A scenario's patterns against a text: RE2 finds in one pass which of them can match, Python's engine says whether they do.

RE2 has no look-arounds and knows words of ASCII letters only. So the text is folded to ASCII, letter by letter, and each pattern
is taken apart into what must stand in a text that it matches; a pattern of which one piece is missing cannot match. The act
tables, whose sentences are in normal form, are looked up by words instead (`wordindex`), from the same pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import overload

import re2

_LOOK_AROUNDS = ("(?!", "(?=", "(?<!", "(?<=")
WIDER_SPACE = r"\s\v\x1c-\x1f"
"""What Python takes for a space and RE2 does not, beside what both do."""
_WIDER_ESCAPES = {"b": r"\b", "B": "", "s": f"[{WIDER_SPACE}]", "A": "", "Z": ""}
_ANYTHING = "(?s:.)"
_MEMORY = 64 << 20
_ESCAPE = re.compile(r"\\.")
QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_OPENING = re.compile(r"\((?:\?(?:P<\w+>|[a-z-]*:|[=!]|<[=!]))?")
_TELLING = re.compile(r"[^\W_]{2}")
"""A piece with at least two letters or digits side by side: others stand in nearly every text."""
_LETTER = re.compile(r"[^\W\d_]")


class _Folding(dict[int, str]):
    """One ASCII character for any other, of the same sort: a letter, a digit, a space, or none of these."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = unicodedata.normalize("NFKD", character)[0].lower()
        if character.isdecimal():
            folded = "0"
        elif character.isalnum():
            folded = base if base.isascii() and base.isalpha() else "x"
        else:
            folded = " " if character.isspace() else "\x02"
        self[code] = folded
        return folded


_FOLDING = _Folding((code, chr(code)) for code in range(128))


def folded(text: str) -> str:
    return text if text.isascii() else text.translate(_FOLDING)


class Compiled(Sequence[re.Pattern[str]]):
    """Patterns for Python's engine, each compiled when it is first wanted: most of a large table never are."""

    __slots__ = ("_compiled", "_prepare", "_written")

    def __init__(self, patterns: Sequence[str], prepare: Callable[[str], str]) -> None:
        self._written, self._prepare = tuple(patterns), prepare
        self._compiled: list[re.Pattern[str] | None] = [None] * len(self._written)

    @overload
    def __getitem__(self, place: int) -> re.Pattern[str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[re.Pattern[str]]: ...
    def __getitem__(self, place: int | slice) -> re.Pattern[str] | Sequence[re.Pattern[str]]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        found = self._compiled[place]
        if found is None:
            written = self._prepare(self._written[place])
            # Texts are in lower case already; ignoring case would cost the engine its search for literal beginnings.
            found = self._compiled[place] = re.compile(written, 0 if _in_lower_case(written) else re.IGNORECASE)
        return found

    def __len__(self) -> int:
        return len(self._written)


class PatternSet:
    """Patterns by their place in a list. Raises re.error for one that Python does not take either."""

    __slots__ = ("_always", "_rest", "_set", "patterns")

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = Compiled(patterns, str)
        list(self.patterns)  # so that a wrong one is found out now
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._always: list[int] = []
        """Places of patterns that RE2 cannot read even so: always tried."""
        numbers: dict[str, int] = {}
        needed: list[tuple[int, frozenset[int]]] = []
        for place, pattern in enumerate(patterns):
            pieces = frozenset(
                [number for piece in pieces_of(pattern) if (number := self._number(piece, numbers)) is not None]
            )
            if pieces:
                needed.append((place, pieces))
            else:
                self._always.append(place)
        shared = Counter(number for _, pieces in needed for number in pieces)
        self._rest: list[list[tuple[int, frozenset[int]]]] = [[] for _ in range(len(numbers))]
        """By the piece that fewest patterns share: the place of each such pattern, and the other pieces it needs."""
        for place, pieces in needed:
            rarest = min(pieces, key=lambda number: (shared[number], number))
            self._rest[rarest].append((place, pieces - {rarest}))
        if numbers:
            self._set.Compile()

    def _number(self, piece: str, numbers: dict[str, int]) -> int | None:
        """The number of a piece in the set; None for one that RE2 cannot read."""
        if piece in numbers:
            return numbers[piece]
        try:
            numbers[piece] = self._set.Add(piece)
        except re2.error:
            return None
        return numbers[piece]

    def possible(self, text: str) -> list[int]:
        """Places of the patterns that may match a text in lower case; no other does."""
        if not self._rest:
            return self._always
        found = self._set.Match(folded(text))
        if not found:
            return self._always
        there = set(found)
        return [
            *self._always,
            *[place for number in found for place, others in self._rest[number] if others <= there],
        ]

    def found(self, text: str) -> Iterator[int]:
        """Places of the patterns that match a text in lower case."""
        return (place for place in self.possible(text) if self.patterns[place].search(text))


def _in_lower_case(pattern: str) -> bool:
    """Whether no letter of it, escapes such as `\\S` aside, is a capital."""
    letters = _ESCAPE.sub("", pattern)
    return letters == letters.lower()


def pieces_of(pattern: str) -> set[str]:
    """Patterns for RE2 each of which is found, in the folded text, wherever the given one matches the text.

    A pattern is cut where it lets other words stand between its own, `(?:\\w+ ){0,5}` above all: whatever has begun to match
    would stay begun, and the automaton would have a state for every set of such beginnings.
    """
    if _has_top_alternative(pattern):
        either = _either(pattern)
        return {either} if either else set()
    pieces: set[str] = set()
    body = ""
    at = 0
    while at < len(pattern):
        end = atom_end(pattern, at)
        atom = pattern[at:end]
        repeated = QUANTIFIER.match(pattern, end)
        at = repeated.end() if repeated else end
        if atom.startswith("(?=") and not repeated:
            pieces |= pieces_of(atom[3:-1].removeprefix(".*"))
        elif atom.startswith(_LOOK_AROUNDS):
            continue
        elif _lets_words_pass(atom, repeated):
            pieces.add(_wider(body))
            body = ""
            if not repeated and (either := _either(inside_of(atom))):
                pieces.add(either)
        else:
            body += atom + (repeated[0] if repeated else "")
    pieces.add(_wider(body))
    return {piece for piece in pieces if _TELLING.search(_ESCAPE.sub(" ", piece))}


def _either(pattern: str) -> str:
    """One pattern for a list of alternatives: of each a piece that it cannot do without; empty where one has none."""
    stems = []
    for alternative in alternatives_of(pattern):
        pieces = pieces_of(alternative)
        if not pieces:
            return ""
        stems.append(max(sorted(pieces), key=len))
    return f"(?:{'|'.join(stems)})"


def alternatives_of(pattern: str) -> list[str]:
    found, at, begun = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            found.append(pattern[begun:at])
            begun = at + 1
        at = atom_end(pattern, at)
    return [*found, pattern[begun:]]


def inside_of(group: str) -> str:
    """What stands between the brackets of a group."""
    opening = _OPENING.match(group)
    return group[opening.end() if opening else 1 : -1]


def _lets_words_pass(atom: str, repeated: re.Match[str] | None) -> bool:
    """Whether other words may stand where this does: repeated, it crosses spaces, or something within it does."""
    if repeated and repeated[0][0] != "?" and (atom == "." or " " in atom or r"\s" in atom or atom.startswith("[^")):
        return True
    if not atom.startswith("("):
        return False
    inner, at = inside_of(atom), 0
    while at < len(inner):
        end = atom_end(inner, at)
        within = QUANTIFIER.match(inner, end)
        if not inner.startswith(_LOOK_AROUNDS, at) and _lets_words_pass(inner[at:end], within):
            return True
        at = within.end() if within else end
    return False


def _has_top_alternative(pattern: str) -> bool:
    at = 0
    while at < len(pattern):
        if pattern[at] == "|":
            return True
        at = atom_end(pattern, at)
    return False


def atom_end(pattern: str, at: int) -> int:
    """Where an escape, a class, a group or a single character ends."""
    return _end_of_group(pattern, at) if pattern[at] == "(" else at + _step(pattern, at)


def _step(pattern: str, at: int) -> int:
    """Length of what stands at a place: an escape, a class, or one character."""
    if pattern[at] == "\\":
        return 2
    return _end_of_class(pattern, at) - at if pattern[at] == "[" else 1


@lru_cache(maxsize=4096)
def _wider(pattern: str) -> str:
    """A pattern for RE2 and folded texts that matches wherever the given one does: without look-arounds, folded itself."""
    wider: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith(_LOOK_AROUNDS, at):
            at = _end_of_group(pattern, at)
            continue
        step = _step(pattern, at)
        token = pattern[at : at + step]
        if token[0] == "[":
            wider.append(_wider_class(token))
        elif token[0] == "\\":
            wider.append(_WIDER_ESCAPES.get(token[1:], token))
        elif token not in "^$":  # so that it is also found where the text goes on before or after
            wider.append(folded(token))
        at += step
    return "".join(wider)


def _wider_class(token: str) -> str:
    """A class; one that excludes letters, or spans letters beyond ASCII, may stand for anything."""
    inner = token[1:-1]
    if (inner.startswith("^") and _LETTER.search(_ESCAPE.sub("", inner))) or ("-" in inner and not inner.isascii()):
        return _ANYTHING
    return f"[{folded(inner)}]".replace(r"\s", WIDER_SPACE) if not inner.startswith("^") else token


def _end_of_class(pattern: str, start: int) -> int:
    at = start + 1 + pattern.startswith("^", start + 1)
    at += pattern.startswith("]", at)
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _end_of_group(pattern: str, start: int) -> int:
    return _groups(pattern).get(start, len(pattern))


@lru_cache(maxsize=1024)
def _groups(pattern: str) -> dict[int, int]:
    """Where each group that begins at a place ends: the place after its bracket."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "(":
            begun.append(at)
        elif pattern[at] == ")" and begun:
            ends[begun.pop()] = at + 1
        at += _step(pattern, at)
    return ends
