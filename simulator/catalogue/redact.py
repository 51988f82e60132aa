"""Customers' own words without anything that is theirs alone.

Two nets. What has the form of personal data (addresses, numbers, ids, names by their place or capital) is cut out, or its
whole clause is dropped. And of the rest only public words pass: those of the stock catalogue and of common speech, and
those that at least three customers used in lower case, not where names stand, and that no list of names has. So what no rule
foresaw is dropped too. One thing can still pass: a rare name in lower case that three customers told in the same odd place.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from simulator.language.identify import is_common
from simulator.language.personal import FORM, MarkKind, names_of_people

FEWEST_CUSTOMERS = 3
"""So many have to use a word, or a prefix of an id, before it is nobody's own."""
FEWEST_WORDS = 3
"""A shorter clause says nothing by itself."""
MOST_WORDS = 25
"""Of one wording."""


class Mark(NamedTuple):
    """Something that was cut out of a message."""

    kind: MarkKind
    text: str
    lead: tuple[str, ...]
    """Up to three words right before it, in lower case."""


class Said(NamedTuple):
    """An opening message after the first net."""

    clauses: tuple[tuple[str, ...], ...]
    """Sentences, and of each its clauses; what was cut out of a clause leaves a hole."""
    marks: tuple[Mark, ...]
    named: frozenset[str] = frozenset()
    """Words, in lower case, that stand where people put names: after `this is`, `dear`, `for`, or alone at the end."""


_span = re.compile(
    r"\b\d{1,2}[ ](?=(?:minutes?|hours?|days?|weeks?|months?|times|tagen?|wochen|stunden|días|semanas|horas|dias)\b)",
    re.IGNORECASE,
)
_HOLE = "\x00"
_numbered = re.compile(rf"{_HOLE}(\d+){_HOLE}")
_clause_start = re.compile(r"[,;!?\n()]|(?<!\bno)(?<!\bnr)[.]\s")
_joint = re.compile(r"\b(?:and|but|und|aber|y|pero|e|mas)\b", re.IGNORECASE)
_sentence_end = re.compile(r"(?:(?<!\bno)(?<!\bnr)[.!?…]+(?=\s|$)|\n)+")
_clause_end = re.compile(r"[,;:()\"“”«»]+|\s[-–—]+\s|[–—]")
_word = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HELLO = "hi|hello|hey|hiya|dear|hallo|hola|olá|oi|good (?:morning|afternoon|evening|day)"
_greeting = re.compile(rf"^(?:(?:{_HELLO})\b\s*(?:(?:there|team)\b)?\s*)+", re.IGNORECASE)
_introduces = re.compile(
    r"\b(?:(?:my|first|last|sur|full|maiden|user)[ -]?names?|names? (?:is|are)|name'?s|called|mr|mrs|ms|miss|mister|madam|sir"
    r"|dr|prof|(?:best|kind|warm)?\s?regards|sincerely|yours|cheers|signed|born|lives?|living|address|me llamo|mi nombre"
    r"|ich heiße|mein name|meu nome|me chamo|señora?|herr|frau|senhora?|atentamente|mit freundlichen)\b",
    re.IGNORECASE,
)
_addresses = re.compile(
    r"\b(?:i am|i'm|im|this is|it is|it's|hi|hello|hey|dear|thanks|thank you|from|by|for|with|to|and)\s+"
    r"([^\W\d_]+(?:['-][^\W\d_]+)*)",
    re.IGNORECASE,
)
_BEFORE_NAMES = (
    "i am|i'm|im|this is|names? is|name's|name:|regards|thanks|cheers|mrs?|ms|miss|dr|for|from|by|with|to|and|or|agent|colleague"
    "|call|mail|email|e-mail|tell|told|ask|asked|contact|me llamo|soy|de|con|para|ich bin|von|mit|für|sou|com|do|da"
)
# Looked ahead for, so that `hello this is ...` is seen as both.
_named = re.compile(
    rf"\b(?:{_BEFORE_NAMES}|{_HELLO})\b[\s,.:-]*(?=([^\W\d_]+(?:['-][^\W\d_]+)*)(?:\s+([^\W\d_]+(?:['-][^\W\d_]+)*))?)",
    re.IGNORECASE,
)
_signed = re.compile(r"[,.!?\n–—-]\s*([^\W\d_]+(?:['-][^\W\d_]+)*)(?:\s+([^\W\d_]+(?:['-][^\W\d_]+)*))?\W*$")
_place = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|drive|close|court|apartment|apt|flat|postcode|zip|house|calle|rua|avenida)\b"
    r"|stra(?:ß|ss)e\b",
    re.IGNORECASE,
)
_LEADS_UP = "numbers?|no|nr|num|ids?|refs?|references?|codes?|is|was|on|at|of|for|from|to|by|since|until|about|over|with|in|it's"
# What leads up to a value and is left hanging once the value is gone.
_dangling = re.compile(
    rf"(?:\b(?:{_LEADS_UP})\b[ .:#]*)*{_HOLE}(?:\s*(?:and|or|,|&)\s*{_HOLE})*",
    re.IGNORECASE,
)
_NOUNS = (
    "account", "appointment", "bill", "booking", "case", "claim", "confirmation", "contract", "customer", "delivery", "device",
    "error", "flight", "invoice", "member", "membership", "meter", "order", "parcel", "policy", "product", "purchase",
    "reservation", "route", "serial", "shipment", "subscription", "ticket", "tracking", "transaction", "user", "version",
    "voucher", "workspace",
)  # fmt: skip
# A clause that says nothing but the value: `the number is ...`, `I am customer ...`, `... is our workspace`.
_only_a_value = re.compile(
    rf"\b(?:is|are|was|says?|said|reads?|am|i'm|client|patient|tenant)\b\s*(?:{'|'.join(_NOUNS)})?[ :#]*{_HOLE}"
    rf"|^\s*{_HOLE}\s*(?:is|was)\b",
    re.IGNORECASE,
).search
SHORTEST_ID = 4
"""A shorter number that nothing introduces is a count, an age or a house number."""


def noun_before(lead: Iterable[str]) -> str:
    """The thing that a number is the number of, by the words before it; empty where they do not tell."""
    return next((word for word in reversed([*lead]) if word in _NOUNS), "")


def cut(message: str) -> Said:
    """Cut out of a message whatever has the form of personal data."""
    text = unicodedata.normalize("NFKC", message).replace("’", "'").replace(_HOLE, " ")
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) > 10 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters):
        text = text.lower()  # somebody shouts: capitals tell nothing
    text = _span.sub("several ", text)
    named = {word.lower() for pattern in (_named, _signed) for pair in pattern.findall(text) for word in pair if word}
    marks: list[Mark] = []

    def found(match: re.Match[str]) -> str:
        kind: MarkKind = match.lastgroup  # type: ignore[assignment]  # the groups are named by the kinds
        before = _clause_start.split(text[max(0, match.start() - 40) : match.start()])[-1]
        lead = tuple(word.lower() for word in _word.findall(before)[-3:])
        value = match.group().strip("#.-/_ ")
        if kind == "id" and value.isdigit() and len(value) < SHORTEST_ID and not noun_before(lead[-2:]):
            kind = "number"
        marks.append(Mark(kind, value, lead))
        return f" {_HOLE}{len(marks) - 1}{_HOLE} "

    holed = FORM.sub(found, text)
    sentences = []
    for sentence in _sentence_end.split(holed):
        clauses = []
        for clause in _clause_end.split(sentence):
            # What is joined to something private may be told without it: `my name is ... and my parcel is late`.
            for part in _joint.split(clause) if _is_private(clause, marks) else [clause]:
                holes = _numbered.sub(_HOLE, part)
                said = not _is_private(part, marks) and not _only_a_value(holes)
                clauses.append(" ".join(_dangling.sub(" ", holes).split()) if said else "")
        sentences.append(tuple(clauses))
    return Said(tuple(sentences), tuple(marks), frozenset(named))


def _is_private(clause: str, marks: list[Mark]) -> bool:
    kinds = {marks[int(number)].kind for number in _numbered.findall(clause)}
    told = kinds & {"email", "phone", "iban", "card", "link", "number"} or (kinds and _place.search(clause))
    return bool(told or _introduces.search(clause))


class Public:
    """The words that may be shown, given everything that was said."""

    def __init__(self, said: Iterable[Said], known: Collection[str]) -> None:
        """`known`: words, as they are written, that are ours and nobody's."""
        self._known = frozenset(known)
        lower: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        named: set[str] = set()
        for one in said:
            named |= one.named
            words = {word for clauses in one.clauses for clause in clauses for word in _word.findall(clause)}
            lower.update(word for word in words if word.islower())
            capital.update(word.lower() for word in words if not word.islower())
        # What stands where names stand, or is often written with a capital, may be a name that no list has.
        self._shared = {
            word
            for word, times in lower.items()
            if times >= FEWEST_CUSTOMERS and 2 * capital[word] <= times and word not in named | names_of_people()
        }

    def word(self, word: str, *, first: bool = False) -> bool:
        """Whether a word may be shown; `first`: it opens a sentence, where a capital tells nothing."""
        if word in self._known or word in self._shared:
            return True
        lower = word.lower()
        if word in ("I", "I'm", "I've", "I'd", "I'll"):
            return True
        if any(is_common(lower, language) for language in ("en", "es", "de", "pt")):
            return word.islower() or first or word.isupper()
        stem, mark, ending = word.partition("'")
        if mark and ending == "s" and stem.islower():
            return self.word(stem)
        if word.islower() or len(word) == 1:
            return False
        # A capital within a sentence may be anybody's name, and at its head it may be one that is also a word.
        shown = first or (word.isupper() and len(word) > 1)
        return shown and lower not in names_of_people() and (lower in self._known or lower in self._shared)

    def clause(self, clause: str, *, first: bool) -> bool:
        """Whether every word of a clause may be shown and none of them names somebody."""
        words = _word.findall(clause)
        names = names_of_people()
        for named in _addresses.findall(clause):
            if named.lower() in names and not any(is_common(named.lower(), one) for one in ("en", "es", "de", "pt")):
                return False
        return all(self.word(word, first=first and index == 0) for index, word in enumerate(words))

    def wording(self, said: Said) -> str:
        """What of a message may be shown, one or two clauses; empty where too little is left."""
        kept: list[str] = []
        for clauses in said.clauses:
            for index, clause in enumerate(clauses):
                bare = _greeting.sub("", clause).strip(" '-*_~|/\\<>[]{}&%=+^`")
                enough = len(_word.findall(bare)) >= FEWEST_WORDS
                if enough and self.clause(bare, first=index == 0 or bare != clause) and len(kept) < 2:
                    kept.append(bare)
        words = ", ".join(kept).split()
        if len(words) > MOST_WORDS:
            words = kept[0].split()
        plain = " ".join(words) if len(words) <= MOST_WORDS else ""
        # Letters and the commonest marks alone: braces are a place for a value, and signs may spell what words may not.
        return " ".join(re.sub(r"[^\w\s'.,?!&/-]|_", " ", plain).split())

    def lead(self, mark: Mark) -> str:
        """The words before a value that may be shown: `my order`; empty where there are none."""
        kept: list[str] = []
        for word in reversed(mark.lead):
            if word not in _NOUNS and (not self.word(word) or word in names_of_people()):
                break
            kept.insert(0, word)
        noun = noun_before(kept)
        if noun:
            # From `my order` on; what stands before belongs to another thought.
            start = kept.index(noun)
            kept = kept[start - 1 if start and kept[start - 1] in ("my", "the", "our", "for") else start :]
        return " ".join(kept) if noun or len(kept) > 1 else ""


def bare_words(said: Said) -> list[str]:
    """Every word that is left of a message, in lower case: for comparing, not for showing."""
    return [word.lower() for clauses in said.clauses for clause in clauses for word in _word.findall(clause)]
