"""The act tables of a language: which act a sentence of the bot's performs, by phrases.

A table is data (`en.yaml`); reading it costs about half a second once per process, a sentence heard for the first time some
tenths of a millisecond, one heard before next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from simulator.language.matching import Compiled, alternatives_of, atom_end, inside_of
from simulator.language.text import norm
from simulator.language.wordindex import WordIndex

SENTENCES_KEPT = 8192
"""So many sentences' acts are remembered, some 2 MB at most."""

_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*\s+|\n+")
_NOTHING: frozenset[str] = frozenset()
_normal = lru_cache(maxsize=SENTENCES_KEPT)(norm)


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
    """A text taken apart once: its sentences and their normal forms, which make its own."""

    __slots__ = ("normal", "parts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = [(sentence, _normal(sentence)) for sentence in sentences(text)]
        """Each sentence as it is written and in normal form."""
        self.normal = " ".join([plain for _, plain in self.parts if plain])


class Phrases:
    """Names, each with patterns over the normal form of a sentence of which any one means it."""

    def __init__(self, entries: dict[str, dict[str, Any]], macros: dict[str, str]) -> None:
        named = [(name, _expand(pattern, macros)) for name, entry in entries.items() for pattern in entry["patterns"]]
        self._names = [name for name, _ in named]
        self._compiled = Compiled([pattern for _, pattern in named], _by_letter)
        self._index = WordIndex([pattern for _, pattern in named])
        self._terms = [_conjunction(pattern) for _, pattern in named]
        """By place: what must and what must not stand in a sentence, where the pattern says no more than that."""
        self._statements = {name for name, entry in entries.items() if entry.get("statement")}
        self._unless_after = {
            name: _compile(entry["unless_after"], macros) for name, entry in entries.items() if "unless_after" in entry
        }

    def find(self, plain: str, question: bool = False) -> set[str]:
        """The names that a sentence in normal form performs; a question never performs a statement."""
        return self.among(self.possible(plain), plain, question)

    def possible(self, normal: str) -> list[int]:
        """Places of the patterns that may hold of a normal form or of a sentence in it; no other does."""
        return self._index.possible(normal)

    def among(self, places: list[int], plain: str, question: bool) -> set[str]:
        """As `find`, where it is known which patterns may hold."""
        found: set[str] = set()
        known: dict[str, bool] = {}
        for place in places:
            name = self._names[place]
            if name not in found and not (question and name in self._statements) and self._holds(place, plain, known):
                found.add(name)
        return found

    def patterns(self) -> Sequence[re.Pattern[str]]:
        """The patterns, macros filled in."""
        return self._compiled

    def _holds(self, place: int, plain: str, known: dict[str, bool]) -> bool:
        """Whether a pattern holds; `known` keeps what has been found out about this sentence."""
        unless = self._unless_after.get(self._names[place])
        terms = self._terms[place]
        if terms and unless is None:
            for words, wanted in terms:
                there = known.get(words)
                if there is None:
                    there = known[words] = _term(words).search(plain) is not None
                if there is not wanted:
                    return False
            return True
        pattern = self._compiled[place]
        if unless is None:
            # What begins with `^` holds at the beginning or not at all; a search would try the other places, too.
            find = pattern.match if pattern.pattern.startswith("^") else pattern.search
            return find(plain) is not None
        return any(not unless.search(plain, 0, match.start()) for match in pattern.finditer(plain))


class Acts:
    """The tables of one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        macros: dict[str, str] = {}
        for name, pattern in data["macros"].items():
            macros[name] = _expand(pattern, macros)
        self.language: str = data["language"]
        self.names = tuple(data["acts"])
        self._acts = Phrases(data["acts"], macros)
        # Bots say the same sentences over and over; a customer more should not cost more.
        self._heard = lru_cache(maxsize=SENTENCES_KEPT)(self._acts.find)
        self._request = Phrases({"request": data["request"]}, macros)
        self._ask_human = Phrases({"ask_human": data["ask_human"]}, macros)
        self._courtesy = [_compile(pattern, macros) for pattern in data["courtesy"]]
        self._callback = _compile(data["callback"], macros)
        self._delay = re.compile(data["delay"]["pattern"])
        self._numbers: dict[str, float] = data["delay"]["numbers"]
        self._units: dict[str, float] = data["delay"]["units"]
        self._contact = Phrases(
            {f"contact:{kind}": {"patterns": [pattern]} for kind, pattern in data["contact"].items()}, macros
        )

    def of(self, normal: str, text: str) -> frozenset[str]:
        """The acts that a text performs, e.g. {empathy, promise_human, contact:phone}; `normal` is its normal form."""
        return self.performed(Reading(text)) if normal else _NOTHING

    def performed(self, reading: Reading) -> frozenset[str]:
        """The acts that a text performs."""
        found: set[str] = set()
        for sentence, plain in reading.parts:
            if plain:
                found |= self._heard(plain, is_question(sentence))
        if "<" in reading.normal:
            found |= self._contact.find(reading.normal)
        return frozenset(found) if found else _NOTHING

    def patterns(self) -> Sequence[re.Pattern[str]]:
        """Every pattern of the acts, macros filled in."""
        return self._acts.patterns()

    def requests(self, reading: Reading) -> list[str]:
        """The sentences of a text that ask for something: questions, and requests by the table."""
        return [sentence for sentence, plain in reading.parts if is_question(sentence) or self._request.find(plain)]

    def asks_for_human(self, text: str) -> bool:
        """Whether a customer's words (or a button's) ask for a person, by phrases alone."""
        return bool(self._ask_human.find(norm(text)))

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


def is_question(sentence: str) -> bool:
    """Whether a sentence ends like a question."""
    return sentence.endswith("?") or sentence.rstrip("\"')] ").endswith("?")


def _expand(pattern: str, macros: dict[str, str]) -> str:
    return re.sub(r"[A-Z]{3,}", lambda found: macros.get(found[0], found[0]), pattern)


def _conjunction(pattern: str) -> tuple[tuple[str, bool], ...]:
    """`^(?=.*A)(?=.*B)(?!.*C)` as (A, True), (B, True), (C, False); empty for any other pattern.

    Many patterns ask for the same words, a person's above all; so each is looked for once in a sentence.
    """
    terms: list[tuple[str, bool]] = []
    at = 1
    while pattern.startswith("^") and pattern.startswith(("(?=.*", "(?!.*"), at):
        end = atom_end(pattern, at)
        words = pattern[at + 5 : end - 1]
        if len(alternatives_of(words)) > 1:  # of which only the first would be looked for anywhere
            return ()
        terms.append((words, pattern[at + 2] == "="))
        at = end
    return tuple(terms) if at == len(pattern) else ()


@lru_cache(maxsize=16_384)
def _term(words: str) -> re.Pattern[str]:
    return re.compile(_by_letter(words))


def _by_letter(pattern: str) -> str:
    """The same pattern with long alternations sorted by first letter, so that a word is tried against few of them."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        end = atom_end(pattern, at)
        atom = pattern[at:end]
        if atom.startswith("("):
            inner = inside_of(atom)
            opening = atom[: -len(inner) - 1]
            inner = _sorted_by_letter(tuple(alternatives_of(inner))) if opening == "(?:" else _by_letter(inner)
            atom = f"{opening}{inner})"
        parts.append(atom)
        at = end
    return "".join(parts)


@lru_cache(maxsize=4096)
def _sorted_by_letter(alternatives: tuple[str, ...]) -> str:
    if len(alternatives) < 5:
        return "|".join(_by_letter(one) for one in alternatives)
    groups: dict[str, list[str]] = {}
    others: list[str] = []
    for one in alternatives:
        if one[:1].isalpha() and one[1:2] not in {"?", "*", "+", "{"}:
            groups.setdefault(one[0], []).append(one[1:])
        else:
            others.append(_by_letter(one))
    sorted_ = [
        letter + (_by_letter(rests[0]) if len(rests) == 1 else f"(?:{_sorted_by_letter(tuple(rests))})")
        for letter, rests in groups.items()
    ]
    return "|".join([*sorted_, *others])


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
