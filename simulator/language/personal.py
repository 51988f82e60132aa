"""What has the form of personal data: addresses, numbers, ids by their shape, and the names that people have."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

MarkKind = Literal["link", "email", "iban", "card", "phone", "amount", "date", "time", "id", "number"]

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_CURRENCY = "[$€£]|usd|eur|gbp"
_DAY = r"\d{1,2}(?:st|nd|rd|th)"
_FORMS: tuple[tuple[MarkKind, tuple[str, ...]], ...] = (
    ("link", (r"\b(?:https?://|www\.)\S+",)),
    ("email", (r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)*", r"@\w+")),
    ("iban", (r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b",)),
    ("amount", (rf"(?:{_CURRENCY})[ ]?\d[\d.,]*", rf"\b\d[\d.,]*[ ]?(?:(?:euros?|dollars?|pounds?)\b|{_CURRENCY})")),
    ("time", (r"\b\d{1,2}:\d{2}(?::\d{2})?(?:[ ]?[ap]\.?m\b\.?)?", r"\b\d{1,2}[ ]?[ap]\.?m\b\.?")),
    (
        "date",
        (
            r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b",
            rf"\b(?:{_DAY}|\d{{1,2}})[ ](?:of[ ])?(?:{_MONTHS})\b(?:[ ,]+\d{{4}}\b)?",
            rf"\b(?:{_MONTHS})[ ](?:{_DAY}|\d{{1,2}})\b(?:[ ,]+\d{{4}}\b)?",
            rf"\b{_DAY}\b",
        ),
    ),
    ("card", (r"\b\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b", r"\b\d{13,19}\b")),
    (
        "phone",
        (
            r"\+\d[\d ()./-]{6,}\d",
            r"\(\d{2,5}\)[ ]?\d[\d ./-]{4,}\d",
            r"\b0\d[\d ()./-]{6,}\d",
            r"\b\d{3}[-. ]\d{3}[-. ]\d{4}\b",
            r"\b\d{3}[- ]\d{4}\b",
        ),
    ),
    # Anything else that holds a digit.
    ("id", (r"#?[^\W\d_]*(?:[-_/.]?\w*\d\w*)+(?:[-_/.]\w+)*",)),
)
FORM = re.compile("|".join(f"(?P<{kind}>{'|'.join(forms)})" for kind, forms in _FORMS), re.IGNORECASE)
"""Whatever holds a digit, an address or a link; the groups are named by the kinds, `number` is left to the caller."""


@cache
def names_of_people() -> frozenset[str]:
    """Given and family names in four languages, in lower case."""
    return _names("first_names", "last_names")


@cache
def given_names() -> frozenset[str]:
    """Given names alone, each word of a double name by itself, in lower case."""
    return frozenset(part for name in _names("first_names") for part in re.split(r"[\s-]", name) if len(part) > 2)


def _names(*fields: str) -> frozenset[str]:
    from importlib import import_module

    names: set[str] = set()
    for locale in ("en_US", "en_GB", "es_ES", "de_DE", "pt_BR", "fr_FR", "it_IT"):
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for field in vars(provider):
            if field.startswith(fields):
                names.update(name.lower() for name in getattr(provider, field) if isinstance(name, str))
    return frozenset(names)


@cache
def common_words() -> frozenset[str]:
    """A thousand common words for each of English, German, Spanish: whole words of no names."""
    from importlib import import_module

    words: set[str] = set()
    for locale in ("en_US", "de_DE", "es_ES"):
        words.update(import_module(f"faker.providers.lorem.{locale}").Provider.word_list)
    names = names_of_people()
    return frozenset(word for word in words if word.lower() not in names and word.lower() == word)
