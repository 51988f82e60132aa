"""What a reference bot understands of a customer: plain text in, a few flags and fact names out.

Deliberately apart from the simulator's own language tables: known truth must not be computed by the code it checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from simulator.model.scenario import Fact

# Unmistakable alone. Words such as `someone` ("someone used my card") need company, see COMPANY.
PERSONS = [
    "human", "person", "agent", "representative", "operator", "colleague", "supervisor", "manager", "advisor",
    "adviser", "employee", "staff",
]  # fmt: skip
VAGUE = ["someone", "somebody", "anyone", "anybody", "people"]
COMPANY = [
    "call", "phone", "ring", "talk", "speak", "chat", "help", "get", "reach", "contact", "there", "real",
    "actual", "else", "transfer", "connect",
]  # fmt: skip
# One slip away from a word above and yet another word.
INNOCENT = frozenset(["manage", "managed", "manages", "stuff", "agenda", "personal"])

_PHRASE = re.compile(
    r"\b((speak|talk|chat) (to|with)\b|(call|phone|ring) me\b|(put|pass|hand) me (through|over|on)|real people)"
)
_IF_BOT = re.compile(
    r"\b(are|r) (you|u) (even )?(a |an )?(real|human|person|bot|robot|machine|ai|computer)"
    r"|\bis this (a |an )?(bot|robot|machine|ai|real|human)"
    r"|\bam i (talking|speaking|chatting|writing) (to|with) (a |an )?(bot|robot|machine|real|human|person|computer)"
)
_THANKS = re.compile(
    r"\b(thanks|thank you|thankyou|thx|ty|cheers|perfect|brilliant|that (worked|helps|helped)|(it )?works now|sorted)\b"
)
_FAILED = re.compile(
    r"\b(did ?n.?t|does ?n.?t|do ?n.?t|not|no|never|still|again|already|useless|won.?t|can.?t|isn.?t)\b|\?\?"
)
_YES = re.compile(r"^(yes|yeah|yep|yup|ok|okay|sure|please|go ahead|do that|that would|definitely|fine|alright)\b")
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


def _nearness(words: list[str]) -> frozenset[str]:
    return frozenset().union(*(near(word) for word in words))


_PERSONS, _VAGUE, _COMPANY = _nearness(PERSONS), _nearness(VAGUE), _nearness(COMPANY)


class Ear:
    """Listens for the facts of one customer, whose true values the company's database holds."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Mapping[str, Fact], values: Mapping[str, str]) -> None:
        self._facts = []
        for name, fact in facts.items():
            value = values.get(name, fact.value).casefold()
            words = [near(word) for word in _WORD.findall(value) if len(word) > 3]
            loose = words if len(words) > 1 and not any(letter.isdigit() for letter in value) else []
            self._facts.append((name, value, [_compiled(pattern) for pattern in fact.match], loose))

    def hear(self, text: str) -> Understood:
        folded = _RUN.sub(r"\1\1", text.casefold().replace("’", "'"))
        words = [word for word in _WORD.findall(folded) if word not in INNOCENT]
        asks_if_bot = _IF_BOT.search(folded) is not None
        asks_human = not asks_if_bot and _asks_human(folded, words)
        letters = frozenset().union(*(near(word) for word in words)) if words else frozenset()
        return Understood(
            told=tuple(
                name
                for name, value, patterns, loose in self._facts
                if _holds(folded, value)
                or any(pattern.search(text) for pattern in patterns)
                or (loose and all(word & letters for word in loose))
            ),
            asks_human=asks_human,
            asks_if_bot=asks_if_bot,
            thanks=not asks_human and _THANKS.search(folded) is not None and _FAILED.search(folded) is None,
            agrees=_YES.search(folded.strip()) is not None,
            failed=_FAILED.search(folded) is not None,
        )


def _asks_human(folded: str, words: list[str]) -> bool:
    slips = [near(word) for word in words]
    if any(not slip.isdisjoint(_PERSONS) for slip in slips) or _PHRASE.search(folded):
        return True
    vague = any(not slip.isdisjoint(_VAGUE) for slip in slips)
    return vague and any(not slip.isdisjoint(_COMPANY) for slip in slips)


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
