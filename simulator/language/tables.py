"""The act tables of a language: which act a sentence of the bot's performs, by phrases.

A table is data (`en.yaml`); reading it costs some tens of milliseconds once per process. Cheap first: a pattern is tried on a
sentence only where one of the words stands that each of its matches must hold (`literals`), so tables may grow freely.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from simulator.language.literals import STEM, needs
from simulator.language.text import norm

_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*\s+|\n+")
_NOTHING: frozenset[str] = frozenset()


def sentences(text: str) -> list[str]:
    """The sentences of a text with their end marks."""
    found = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        stop = end.start() + (text[end.start()] != "\n")
        if start < stop:
            found.append(text[start:stop])
        start = end.end()
    if start < len(text):
        found.append(text[start:])
    return found


class Reading:
    """A text taken apart once: its normal form, and its sentences with theirs."""

    __slots__ = ("normal", "parts")

    def __init__(self, text: str) -> None:
        self.parts: list[tuple[str, str]] = [(sentence, norm(sentence)) for sentence in sentences(text)]
        # An ASCII text without angle brackets is in normal form if its sentences are; else it is done by the book.
        if text.isascii() and "<" not in text and ">" not in text:
            self.normal = " ".join([plain for _, plain in self.parts if plain])
        else:
            self.normal = norm(text)


class Phrases:
    """Patterns of which any one means the same: an act, a request, an ask."""

    __slots__ = ("name", "patterns", "statement", "unless_after")

    def __init__(self, name: str, entry: dict[str, Any], macros: dict[str, str]) -> None:
        self.name = name
        self.statement = bool(entry.get("statement", False))
        self.unless_after = _compile(entry["unless_after"], macros) if "unless_after" in entry else None
        self.patterns = [_Pattern(self, _expand(pattern, macros)) for pattern in entry["patterns"]]


class _Pattern:
    """One pattern over the normal form of a sentence with a space before it."""

    __slots__ = ("name", "needs", "search", "statement", "unless_after")

    def __init__(self, phrases: Phrases, source: str) -> None:
        self.name, self.statement, self.unless_after = phrases.name, phrases.statement, phrases.unless_after
        # Every word of a normal form has a space before it. Beginning with that instead of with a word's edge is what lets
        # the engine skip from word to word.
        source = re.sub(r"^(?:\\b|(\^))", r"\1 ", source)
        self.search = re.compile(source)
        self.needs = needs(source)

    def holds(self, sentence: str) -> bool:
        unless = self.unless_after
        if unless is None:
            return self.search.search(sentence) is not None
        return any(not unless.search(sentence, 0, match.start()) for match in self.search.finditer(sentence))


class Index:
    """Many phrases, found by the words in a sentence.

    A pattern has a bit for each of its first needs: the words of a sentence set them, and where all of a pattern's bits are
    set the pattern itself is tried.
    """

    _NEEDS = 4

    def __init__(self, all_phrases: Sequence[Phrases]) -> None:
        self.patterns = [pattern for phrases in all_phrases for pattern in phrases.patterns]
        self.everywhere = [pattern for pattern in self.patterns if not pattern.needs]
        """Patterns of which no word can be read off: tried on every sentence."""
        size = self._size = len(self.patterns)
        self._given = 0
        """Bits of needs that a pattern does not have."""
        self._by_stem: dict[str, int] = {}
        self._named: dict[str, int] = {}
        self._statements = 0
        for at, pattern in enumerate(self.patterns):
            self._named[pattern.name] = self._named.get(pattern.name, 0) | 1 << at
            self._statements |= pattern.statement << at
            for level in range(self._NEEDS):
                bit = 1 << (level * size + at)
                if level >= len(pattern.needs):
                    self._given |= bit
                else:
                    for stem in pattern.needs[level]:
                        self._by_stem[stem] = self._by_stem.get(stem, 0) | bit
        self._whole = (1 << size) - 1

    def find(self, plain: str, question: bool, found: set[str]) -> None:
        """Add the names of the phrases that a sentence in normal form holds and that are not yet among `found`."""
        met, size, bits = self._given, self._size, self._by_stem
        for word in plain.split():
            met |= bits.get(word[:STEM], 0)
        possible = met & met >> size & met >> 2 * size & met >> 3 * size & self._whole
        if question:
            possible &= ~self._statements
        sentence = f" {plain}"
        while possible:
            at = possible.bit_length() - 1
            pattern = self.patterns[at]
            if pattern.name not in found and pattern.holds(sentence):
                found.add(pattern.name)
                possible &= ~self._named[pattern.name]
            else:
                possible ^= 1 << at


class Acts:
    """The tables of one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        macros: dict[str, str] = {}
        for name, pattern in data["macros"].items():
            macros[name] = _expand(pattern, macros)
        self.language: str = data["language"]
        self.index = Index([Phrases(name, entry, macros) for name, entry in data["acts"].items()])
        self.names = tuple(data["acts"])
        self._request = Index([Phrases("request", data["request"], macros)])
        self._ask_human = Index([Phrases("ask_human", data["ask_human"], macros)])
        self._courtesy = [_compile(pattern, macros) for pattern in data["courtesy"]]
        self._callback = _compile(data["callback"], macros)
        self._delay = re.compile(data["delay"]["pattern"])
        self._numbers: dict[str, float] = data["delay"]["numbers"]
        self._units: dict[str, float] = data["delay"]["units"]
        self._contact = Index(
            [Phrases(f"contact:{kind}", {"patterns": [pattern]}, macros) for kind, pattern in data["contact"].items()]
        )

    def of(self, normal: str, text: str) -> frozenset[str]:
        """The acts that a text performs, e.g. {empathy, promise_human, contact:phone}; `normal` is its normal form."""
        return self.performed(Reading(text)) if normal else _NOTHING

    def performed(self, reading: Reading) -> frozenset[str]:
        """The acts that a text performs."""
        found: set[str] = set()
        for sentence, plain in reading.parts:
            if plain:
                self.index.find(plain, _is_question(sentence), found)
        if "<" in reading.normal:
            self._contact.find(reading.normal, False, found)
        return frozenset(found) if found else _NOTHING

    def requests(self, text: str) -> list[str]:
        """The sentences of a text that ask for something: questions, and requests by the table."""
        return [sentence for sentence, plain in Reading(text).parts if self.is_request(sentence, plain)]

    def is_request(self, sentence: str, plain: str) -> bool:
        """Whether a sentence (beside it its normal form) asks for something."""
        return _is_question(sentence) or self._holds(self._request, plain)

    def asks_for_human(self, text: str) -> bool:
        """Whether a customer's words (or a button's) ask for a person, by phrases alone."""
        return self._holds(self._ask_human, norm(text))

    @staticmethod
    def _holds(index: Index, plain: str) -> bool:
        found: set[str] = set()
        index.find(plain, False, found)
        return bool(found)

    def is_substantive(self, text: str) -> bool:
        """Whether a human's message holds at least 4 words beyond greeting and hold phrases."""
        plain = norm(text)
        for pattern in self._courtesy:
            plain = pattern.sub(" ", plain)
        return len(plain.split()) >= 4

    def speaks_of_callback(self, text: str) -> bool:
        """Whether the words mean that the customer will be called back."""
        return self._callback.search(norm(text)) is not None

    def stated_delay(self, text: str) -> float | None:
        """The longest delay that a text states, in seconds: `within 5 minutes` is 300."""
        found = self._delay.findall(text.lower())
        return max((self._number(number) * self._units[unit] for number, unit in found), default=None)

    def _number(self, word: str) -> float:
        return self._numbers[word] if word in self._numbers else float(word)


def _is_question(sentence: str) -> bool:
    return sentence.endswith("?") or sentence.rstrip("\"')] ").endswith("?")


def _expand(pattern: str, macros: dict[str, str]) -> str:
    return re.sub(r"[A-Z]{3,}", lambda found: macros.get(found[0], found[0]), pattern)


def _compile(pattern: str, macros: dict[str, str]) -> re.Pattern[str]:
    return re.compile(_expand(pattern, macros))


@lru_cache(maxsize=8)
def acts(language: str = "en") -> Acts:
    """The tables of a language by its code; English where this version has none of its own."""
    folder = files("simulator.language")
    source = folder / f"{language}.yaml"
    if not source.is_file():
        source = folder / "en.yaml"
    return Acts(yaml.load(source.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
