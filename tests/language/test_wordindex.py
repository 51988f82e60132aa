"""The word index: rules out what cannot hold, and never what does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.language.tables import acts
from simulator.language.text import norm
from simulator.language.wordindex import WordIndex

LANGUAGE = Path(__file__).parent
LANGUAGES = ("en", "es", "de", "pt")
PATTERNS = {language: [one.pattern for one in acts(language).patterns()] for language in LANGUAGES}
INDEX = {language: WordIndex(patterns) for language, patterns in PATTERNS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_what_a_pattern_matches_the_index_finds(language: str, data: st.DataObject) -> None:
    """Sentences are made from the patterns themselves, brought into normal form; whatever holds of one is possible."""
    pattern = data.draw(st.sampled_from(PATTERNS[language]))
    simple = re.sub(r"\(\?[=!<][^()]*\)", "", pattern)
    try:
        drawn = data.draw(st.from_regex(re.compile(simple)))
    except re.error:
        return
    sentence = norm(drawn)
    possible = set(INDEX[language].possible(sentence))
    held = {place for place, one in enumerate(acts(language).patterns()) if one.search(sentence)}
    assert held <= possible


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_written_sentence_finds_its_patterns(language: str) -> None:
    """Sentences of bots in four languages, those of the acts and those of none."""
    patterns = acts(language).patterns()
    for text in _written(language)[::3]:
        sentence = norm(text)
        held = {place for place, one in enumerate(patterns) if one.search(sentence)}
        assert held <= set(INDEX[language].possible(sentence)), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_patterns_have_to_be_tried_on_every_sentence(language: str) -> None:
    """Hearing stays cheap however far the tables grow."""
    assert len(INDEX[language].possible("zzz qqq")) <= 0.05 * len(PATTERNS[language])


@pytest.mark.parametrize(
    ("pattern", "sentence", "possible"),
    [
        (r"\bagents?\b", "an agent", True),
        (r"\bagents?\b", "a reagent", False),
        (r"^(?=.*\bconnect)(?=.*\b(?:agent|adviser)s?\b)", "i connect you with advisers", True),
        (r"^(?=.*\bconnect)(?=.*\b(?:agent|adviser)s?\b)", "i connect you", False),
        (r"\b(?:i|we) ve (?:\w+ ){0,5}fixed\b", "i ve really quickly fixed", True),
        (r"\b(?:i|we) ve (?:\w+ ){0,5}fixed\b", "i ve broken it", False),
        (r"n t (?:know|see)", "i don t see", True),
        (r"\b(?:un)?able\b", "unable", True),
        (r"\b(?:very )?good\b", "good", True),
        (r"\bhab(?:e|t)\b|\bist\b", "es ist da", True),
        (r"\bgr[uü]ß", "viele grüße", True),
    ],
)
def test_by_hand(pattern: str, sentence: str, possible: bool) -> None:
    """Words at their beginning, all pieces together, optional parts, alternatives, letters that fold."""
    assert bool(WordIndex([pattern]).possible(sentence)) is possible


def _written(language: str) -> list[str]:
    file = LANGUAGE / ("acts.yaml" if language == "en" else f"{language}_acts.yaml")
    if not file.is_file():
        file = LANGUAGE / "acts.yaml"
    return [text for texts in yaml.safe_load(file.read_text("utf-8")).values() for text in texts]
