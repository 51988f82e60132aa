"""Many patterns against one text: RE2 finds in one pass which of them can match, Python's engine says whether they do.

A bot's sentence is tried against some two hundred patterns, of which a handful match. RE2 has no look-arounds and other ideas
of what a word is, so it is given a wider form of each pattern: what that rules out cannot match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import re2

_LOOK_AROUNDS = ("(?!", "(?=", "(?<!", "(?<=")
_BEYOND_ASCII = r"\x{80}-\x{10ffff}"
_WIDER_ESCAPES = {
    "b": "",
    "B": "",
    "w": rf"[\w{_BEYOND_ASCII}]",
    "d": rf"[\d{_BEYOND_ASCII}]",
    "s": rf"[\s\v\x1c-\x1f{_BEYOND_ASCII}]",
}
_MEMORY = 64 << 20
_ESCAPE = re.compile(r"\\.")


class PatternSet:
    """Patterns by their place in a list. Raises re.error for one that Python does not take either."""

    __slots__ = ("_always", "_places", "_set", "patterns")

    def __init__(self, patterns: Sequence[str]) -> None:
        # Texts are in lower case already; ignoring case would cost the engine its search for literal beginnings.
        self.patterns = [re.compile(one, 0 if _in_lower_case(one) else re.IGNORECASE) for one in patterns]
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._places: list[int] = []
        self._always: list[int] = []
        """Places of patterns that RE2 cannot read even so: always tried."""
        for place, pattern in enumerate(patterns):
            try:
                self._set.Add(_wider(pattern))
                self._places.append(place)
            except re2.error:
                self._always.append(place)
        if self._places:
            self._set.Compile()

    def possible(self, text: str) -> list[int]:
        """Places of the patterns that may match a text in lower case; no other does."""
        if not self._places:
            return self._always
        return [*self._always, *[self._places[found] for found in self._set.Match(text) or ()]]

    def found(self, text: str) -> Iterator[int]:
        """Places of the patterns that match a text in lower case."""
        return (place for place in self.possible(text) if self.patterns[place].search(text))


def _in_lower_case(pattern: str) -> bool:
    """Whether no letter of it, escapes such as `\\S` aside, is a capital."""
    letters = _ESCAPE.sub("", pattern)
    return letters == letters.lower()


def _wider(pattern: str) -> str:
    """A pattern for RE2 that matches wherever the given one does: without look-arounds and word edges, words in any script."""
    wider: list[str] = []
    at = 0
    if pattern.startswith("^(?=.*"):
        # Several words in any order, `^(?=.*A)(?=.*B)`: wherever that holds, A stands somewhere.
        return _wider(pattern[len("^(?=.*") : _end_of_group(pattern, 1) - 1])
    while at < len(pattern):
        if pattern.startswith(_LOOK_AROUNDS, at):
            at = _end_of_group(pattern, at)
        elif pattern[at] == "[":
            end = _end_of_class(pattern, at)
            inner = pattern[at:end]
            # A negated class is the wider the less it names, and RE2's words and digits are fewer.
            wider.append(inner if inner.startswith("[^") else f"{inner[:-1]}{_BEYOND_ASCII}]")
            at = end
        elif pattern[at] == "\\":
            wider.append(_WIDER_ESCAPES.get(pattern[at + 1 : at + 2], pattern[at : at + 2]))
            at += 2
        else:
            if pattern[at] not in "^$":  # so that it is also found where the text goes on before or after
                wider.append(pattern[at])
            at += 1
    return "".join(wider)


def _end_of_class(pattern: str, start: int) -> int:
    at = start + 1 + pattern.startswith("^", start + 1)
    at += pattern.startswith("]", at)
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _end_of_group(pattern: str, start: int) -> int:
    depth, at = 0, start
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 1
        elif pattern[at] == "[":
            at = _end_of_class(pattern, at) - 1
        elif pattern[at] in "()":
            depth += 1 if pattern[at] == "(" else -1
            if depth == 0:
                return at + 1
        at += 1
    return at
