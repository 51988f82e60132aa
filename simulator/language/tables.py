"""The act tables of a language: which act a sentence of the bot's performs, by phrases.

A table is data (`en.yaml`); reading it costs some milliseconds once per process. Cheap first: an act is tried only where
one of its words stands in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from simulator.language.text import norm

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_ANCHOR_NONE: frozenset[str] = frozenset()


def sentences(text: str) -> list[str]:
    """The sentences of a text with their end marks."""
    return [part for part in _SENTENCE_END.split(text) if part]


class Act:
    """The patterns of one act."""

    __slots__ = ("name", "pattern", "statement", "unless_after", "words")

    def __init__(self, name: str, entry: dict[str, Any], macros: dict[str, str]) -> None:
        self.name = name
        self.words = frozenset(entry["words"])
        self.statement = bool(entry.get("statement", False))
        self.pattern = _compile("|".join(f"(?:{pattern})" for pattern in entry["patterns"]), macros)
        self.unless_after = _compile(entry["unless_after"], macros) if "unless_after" in entry else None

    def holds(self, sentence: str, question: bool) -> bool:
        """Whether one sentence in normal form performs this act."""
        if question and self.statement:
            return False
        for match in self.pattern.finditer(sentence):
            if self.unless_after is None or not self.unless_after.search(sentence, 0, match.start()):
                return True
        return False


class Acts:
    """The tables of one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        macros: dict[str, str] = {}
        for name, pattern in data["macros"].items():
            macros[name] = _expand(pattern, macros)
        self.language: str = data["language"]
        self.acts = [Act(name, entry, macros) for name, entry in data["acts"].items()]
        self._by_word: dict[str, list[Act]] = {}
        for act in self.acts:
            for word in act.words:
                self._by_word.setdefault(word, []).append(act)
        self._anchors = frozenset(self._by_word)
        self._request = Act("request", data["request"], macros)
        self._ask_human = Act("ask_human", data["ask_human"], macros)
        self._courtesy = [_compile(pattern, macros) for pattern in data["courtesy"]]
        self._callback = _compile(data["callback"], macros)
        self._delay = re.compile(data["delay"]["pattern"])
        self._numbers: dict[str, float] = data["delay"]["numbers"]
        self._units: dict[str, float] = data["delay"]["units"]
        self._contact = {kind: _compile(pattern, macros) for kind, pattern in data["contact"].items()}

    def of(self, normal: str, text: str) -> frozenset[str]:
        """The acts that a text performs, e.g. {empathy, promise_human, contact:phone}; `normal` is its normal form."""
        anchors = self._anchors.intersection(normal.split())
        contact = "<num>" in normal or "<email>" in normal
        if not anchors and not contact:
            return _ANCHOR_NONE
        tried = {act for word in anchors for act in self._by_word[word]}
        found: set[str] = set()
        parts = sentences(text) if tried else []
        for sentence in parts:
            plain = normal if len(parts) == 1 else norm(sentence)
            question = _is_question(sentence)
            found.update(act.name for act in tried if act.name not in found and act.holds(plain, question))
        if contact:
            found.update(f"contact:{kind}" for kind, pattern in self._contact.items() if pattern.search(normal))
        return frozenset(found)

    def requests(self, text: str) -> list[str]:
        """The sentences of a text that ask for something: questions, and requests by the table."""
        return [sentence for sentence in sentences(text) if _is_question(sentence) or self._requests(norm(sentence))]

    def _requests(self, plain: str) -> bool:
        return not self._request.words.isdisjoint(plain.split()) and self._request.holds(plain, False)

    def asks_for_human(self, text: str) -> bool:
        """Whether a customer's words (or a button's) ask for a person, by phrases alone."""
        plain = norm(text)
        return not self._ask_human.words.isdisjoint(plain.split()) and self._ask_human.holds(plain, False)

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
    return sentence.rstrip("\"')] ").endswith("?")


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
