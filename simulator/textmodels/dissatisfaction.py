"""How dissatisfied each turn of a customer's sounds, in [0, 1]: a weighted sum of signs, every one of them named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from simulator.language.identify import is_common
from simulator.language.tables import acts
from simulator.textmodels.alike import most_like
from simulator.textmodels.customer import LONGEST, families
from simulator.textmodels.model import Model, model
from simulator.textmodels.said import Said

STRONG = 1.6
"""A sign that weighs so much says so by itself; beside it words of content are no content."""
CONTENT = frozenset({"thanks", "done", "assent"})
REWORDED = 0.60
"""Likeness at which a turn says an earlier one again, as in the loop rule for foreign logs."""
REPEATED = 0.85
_MARKS = re.compile(r"[!?][!?]+|[.…]{4,}")
_SHOUTED = re.compile(r"\b[^\W\d_a-zà-ÿ]{2,}\b")
_LETTERS = re.compile(r"[^\W\d_]")


def dissatisfaction() -> Model:
    """The weights that are shipped."""
    return model("dissatisfied")


def signs(said: Sequence[Said], language: str) -> dict[int, frozenset[str]]:
    """The signs of each customer turn, by its place in the talk."""
    found: dict[int, frozenset[str]] = {}
    own: list[str] = []
    bots: list[str] = []
    before: Said | None = None
    for place, turn in enumerate(said):
        if turn.speaker == "bot":
            bots.append(turn.text)
        if turn.speaker != "customer":
            before = turn
            continue
        here = set(families(turn.text, language)) | _typography(turn.text, language)
        if not own:
            here.add("first")
        elif acts(language).asks_for_human(turn.text[-LONGEST:]):
            here.add("asks_human")
        if most_like(turn.text, own[-6:]) >= REWORDED:
            here.add("reworded")
        if before is not None and before.speaker == "bot" and own:
            if most_like(before.text, bots[-5:-1]) >= REPEATED:
                here.add("after_repeat")
            if "fallback" in before.acts(language):
                here.add("after_fallback")
        after = said[place + 1] if place + 1 < len(said) else None
        if after is not None and after.speaker == "bot" and apologises(after.text, language):
            here.add("apology_next")
        if len(turn.text.split()) <= 3:
            here.add("terse")
        own.append(turn.text)
        before = turn
        found[place] = frozenset(here)
    return found


def dissatisfied(said: Sequence[Said], language: str, by: Model | None = None) -> dict[int, float]:
    """The probability that a reader would call each customer turn dissatisfied, by its place in the talk."""
    weights = by or dissatisfaction()
    return {place: weigh(here, weights) for place, here in signs(said, language).items()}


def weigh(here: frozenset[str], weights: Model) -> float:
    """The probability of one turn's signs."""
    if any(weights.weights.get(sign, 0.0) >= STRONG for sign in here):
        here = here - CONTENT
    return weights.probability(dict.fromkeys(here, 1.0))


def _typography(text: str, language: str) -> set[str]:
    found = set()
    if _MARKS.search(text):
        found.add("marks")
    elif "!" in text:
        found.add("exclaims")
    letters = _LETTERS.findall(text)
    if len(letters) >= 6 and sum(letter.isupper() for letter in letters) > len(letters) / 2:
        found.add("capitals")
    elif any(is_common(word.lower(), language) for word in _SHOUTED.findall(text)):
        found.add("stressed")
    return found


_SORRY = {
    "en": r"\b(?:sorry|apologi[sz]e\w*|apolog(?:y|ies)|my mistake|my bad|frustrat\w+|inconvenience)\b",
    "es": r"\b(?:lo siento|lament\w+|disculp\w+|perd[oó]n\w*|frustraci[oó]n|molestias?)\b",
    "de": r"\b(?:entschuldig\w+|tut mir leid|tut uns leid|bedaure\w*|verzeih\w+|frust\w*|unannehmlichkeit\w*)\b",
    "pt": r"\b(?:desculp\w+|sinto muito|lament\w+|perd[ãa]o|frustraç\w+|transtornos?|inc[ôo]modos?)\b",
}


@lru_cache(maxsize=len(_SORRY))
def _sorry(language: str) -> re.Pattern[str]:
    return re.compile(_SORRY[language])


def apologises(text: str, language: str) -> bool:
    """Whether the beginning of a bot's turn apologises or names the customer's annoyance."""
    return _sorry(language).search(text[:200].lower()) is not None
