"""Does a turn of the bot's deal with what the customer has just said?

Fluent, varied and wholly unresponsive bots (mirrors, sympathy machines, Zen masters) trap customers without ever repeating
themselves. Ten things that can be counted in a turn and in what was said before it are weighed by a logistic regression
(`WEIGHTS`), fitted by `python -m tests.dialogue.fit_relevance` on the half of the labelled dialogues that is for tuning.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Literal, NamedTuple

from simulator.language.identify import is_common
from simulator.model.scenario import Scenario

VERSION = "1"
TEXTS_KEPT = 8192
"""So many texts' words are remembered."""
STEM = 6
"""A word by its first letters: inflections fall together, in four languages."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_CONCRETE = re.compile(
    r"[\w-]*\d[\w:./-]*|https?://\S+|(?<![\w.])[a-z][\w-]*(?:\.[a-z][\w-]*)+(?:/\S*)?", re.IGNORECASE
)
_PATTERN_SIGNS = re.compile(r"\\[a-zA-Z]|[_|()?:\[\]{}]")


class Features(NamedTuple):
    """What is counted of one bot turn; each from 0 to 1."""

    progress: float
    """It led on, as the fold hears it."""
    repeat: float
    """It repeats an answer, as the fold hears it."""
    concrete: float
    """Numbers, times, codes, links that nobody had said: none, one, two or more (0, .5, 1)."""
    person: float
    """It says that a person takes over."""
    solved: float
    """It says that something was done or solved."""
    fallback: float
    """It says that it did not understand."""
    request: float
    """It asks for something."""
    on_topic: float
    """Words of the matter that nobody had said yet: up to three (thirds)."""
    mirror: float
    """Share of its words that are the customer's own."""
    length: float
    """Its words against fifteen."""


WEIGHTS = Features(
    progress=-2.06,
    repeat=0.57,
    concrete=-1.15,
    person=-1.23,
    solved=-0.47,
    fallback=1.13,
    request=-0.07,
    on_topic=-0.5,
    mirror=0.05,
    length=1.39,
)
"""Towards unresponsive; logits."""
BIAS = -0.09
UNRESPONSIVE = -0.7
"""From this logit on a turn that led nowhere counts as beside the matter: a reformulation is then met in vain."""


@lru_cache(maxsize=TEXTS_KEPT)
def stems(text: str, language: str) -> frozenset[str]:
    """The words that carry a text, by their first letters; the language's commonest words are left out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(word[:STEM] for word in _WORD.findall(folded) if not is_common(word, language))


def topic(scenario: Scenario) -> frozenset[str]:
    """The words of the matter: of its facts, truths, needs, steps and articles, in the scenario's language."""
    words: list[str] = [scenario.about]
    for name, fact in scenario.facts.items():
        words += [name, fact.value, fact.called, *fact.say]
    for name, truth in scenario.truth.items():
        words += [name, truth.called]
    words += [word for need in scenario.needs for word in (need.name, need.called)]
    for patterns in (scenario.steps, scenario.articles):
        words += [*patterns, *(pattern for alternatives in patterns.values() for pattern in alternatives)]
    words += scenario.actions.values()
    return stems(_PATTERN_SIGNS.sub(" ", " ".join(words)), scenario.language)


@lru_cache(maxsize=TEXTS_KEPT)
def concrete(text: str) -> frozenset[str]:
    """Numbers, times, codes and links of a text."""
    return frozenset(found.strip(".,:/").casefold() for found in _CONCRETE.findall(text))


class Before:
    """The words that customer and bot have said so far, by their stems, and everything concrete among them."""

    __slots__ = ("bot", "concrete", "customer", "language")

    def __init__(self, language: str) -> None:
        self.language = language
        self.customer: set[str] = set()
        self.bot: set[str] = set()
        self.concrete: set[str] = set()

    def say(self, speaker: Literal["customer", "bot"], text: str) -> None:
        """One of the two has said something more."""
        (self.customer if speaker == "customer" else self.bot).update(stems(text, self.language))
        self.concrete.update(concrete(text))


def features(
    text: str,
    before: Before,
    *,
    signature: Collection[str],
    progress: bool,
    repeat: bool,
    requests: bool,
    matter: frozenset[str],
) -> Features:
    """What is counted of a turn of the bot's, given what was said before it."""
    mine = stems(text, before.language)
    return Features(
        progress=float(progress),
        repeat=float(repeat),
        concrete=min(2, len(concrete(text) - before.concrete)) / 2,
        person=float("promise_human" in signature),
        solved=float("claim_resolved" in signature),
        fallback=float("fallback" in signature),
        request=float(requests),
        on_topic=min(3, len((mine & matter) - before.customer - before.bot)) / 3,
        mirror=len(mine & before.customer) / len(mine) if mine else 0.0,
        length=min(1.0, len(mine) / 15),
    )


def unresponsiveness(found: Features) -> float:
    """The logit that a reader would call the turn unresponsive."""
    return BIAS + math.fsum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))
