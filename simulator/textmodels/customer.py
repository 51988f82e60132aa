"""What a customer's words show, by families of phrases: complaint, correction, repetition, thanks and so on.

A family is a list of patterns in `customer_LANGUAGE.yaml`; which of them a turn shows is all that the models of this room
know of its wording.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

from simulator.language.tables import SENTENCES_KEPT, Phrases, Reading

LANGUAGES = ("en", "es", "de", "pt")
"""Those that have a table here; another is answered by nothing, never by English."""
LONGEST = 2_000
"""Letters of a turn that are read: the end of a longer one, since a paste comes before what is said of it."""


@lru_cache(maxsize=len(LANGUAGES))
def _phrases(language: str) -> Phrases:
    source = (files("simulator.textmodels") / f"customer_{language}.yaml").read_text(encoding="utf-8")
    data = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Phrases(data["families"], {})


@lru_cache(maxsize=SENTENCES_KEPT)
def families(text: str, language: str) -> frozenset[str]:
    """The families that the words of a customer's turn belong to. Raises KeyError for a language without a table."""
    if language not in LANGUAGES:
        raise KeyError(language)
    phrases = _phrases(language)
    found: set[str] = set()
    for _, plain in Reading(text[-LONGEST:]).parts:
        if plain:
            found |= phrases.find(plain)
    return frozenset(found)
