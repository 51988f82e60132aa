"""What a reference bot understands of a customer: plain text in, a few flags and fact names out.

Deliberately apart from the simulator's own language tables: known truth must not be computed by the code it checks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from simulator.bots.pack import pack
from simulator.model.scenario import Fact

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"([^\W\d_])\1{2,}")


class Understood(msgspec.Struct, frozen=True, gc=False):
    """One customer message as the bot sees it."""

    told: tuple[str, ...] = ()
    """Names of the facts it holds."""
    asks_human: bool = False
    asks_if_bot: bool = False
    thanks: bool = False
    agrees: bool = False
    failed: bool = False
    """Says that something did not help, or was done already."""


@lru_cache(maxsize=20_000)
def near(word: str) -> frozenset[str]:
    """The word and all that is left of it when one letter goes.

    Two words whose sets meet are one slip of the finger apart (a letter dropped, doubled, mistyped or swapped). Below
    five letters a slip makes other words, so only the word itself counts.
    """
    if len(word) < 5:
        return frozenset((word,))
    return frozenset((word, *(word[:i] + word[i + 1 :] for i in range(len(word)))))


def folded(text: str) -> str:
    """In small letters and without accents, which many customers leave out."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign) != "Mn")
    return text.casefold().replace("’", "'")


class Language:
    """What of a language has to be understood, compiled."""

    __slots__ = ("_company", "_persons", "_phrase", "_vague", "agrees", "failed", "if_bot", "innocent", "thanks")

    def __init__(self, language: str) -> None:
        hears = pack(language).hears
        self._persons, self._vague, self._company = map(_nearness, (hears.persons, hears.vague, hears.company))
        self.innocent = frozenset(map(folded, hears.innocent))
        self._phrase = _any(hears.phrase)
        self.if_bot, self.thanks, self.failed, self.agrees = map(
            _any, (hears.if_bot, hears.thanks, hears.failed, hears.agrees)
        )

    def asks_human(self, text: str, words: Sequence[str]) -> bool:
        """Whether a folded text, taken apart into these words, asks for a person."""
        slips = [near(word) for word in words]
        if any(not slip.isdisjoint(self._persons) for slip in slips) or self._phrase.search(text):
            return True
        vague = any(not slip.isdisjoint(self._vague) for slip in slips)
        return vague and any(not slip.isdisjoint(self._company) for slip in slips)


def _nearness(words: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*(near(folded(word)) for word in words))


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_language = lru_cache(maxsize=16)(Language)


class Ear:
    """Listens for the facts of one customer, whose true values the company's database holds."""

    __slots__ = ("_facts", "_language")

    def __init__(self, facts: Mapping[str, Fact], values: Mapping[str, str], language: str = "en") -> None:
        self._language = _language(language)
        self._facts = []
        for name, fact in facts.items():
            value = folded(values.get(name, fact.value))
            words = [near(word) for word in _WORD.findall(value) if len(word) > 3]
            loose = words if len(words) > 1 and not any(letter.isdigit() for letter in value) else []
            self._facts.append((name, value, [_compiled(pattern) for pattern in fact.match], loose))

    def hear(self, text: str) -> Understood:
        language = self._language
        plain = _RUN.sub(r"\1\1", folded(text))
        words = [word for word in _WORD.findall(plain) if word not in language.innocent]
        asks_if_bot = language.if_bot.search(plain) is not None
        asks_human = not asks_if_bot and language.asks_human(plain, words)
        failed = language.failed.search(plain) is not None
        letters = frozenset().union(*(near(word) for word in words)) if words else frozenset()
        return Understood(
            told=tuple(
                name
                for name, value, patterns, loose in self._facts
                if _holds(plain, value)
                or any(pattern.search(text) for pattern in patterns)
                or (loose and all(word & letters for word in loose))
            ),
            asks_human=asks_human,
            asks_if_bot=asks_if_bot,
            thanks=not asks_human and language.thanks.search(plain) is not None and not failed,
            agrees=language.agrees.search(plain.strip()) is not None,
            failed=failed,
        )


def _holds(text: str, value: str) -> bool:
    """Whether the value stands in the text on its own, not inside a longer word or number."""
    at = text.find(value) if value else -1
    while at >= 0:
        end = at + len(value)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            return True
        at = text.find(value, at + 1)
    return False


@lru_cache(maxsize=5_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
