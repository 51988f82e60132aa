from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.language.matching import PatternSet

ROOT = Path(__file__).parents[2]
LANGUAGE = Path(__file__).parent


def stock_patterns() -> list[str]:
    """Every pattern of the stock scenarios, translations among them."""
    found: set[str] = set()
    for file in sorted((ROOT / "scenarios").rglob("*.yaml")):
        scenario = yaml.safe_load(file.read_text("utf-8"))
        for fact in scenario.get("facts", {}).values():
            found.update([*fact.get("asked", []), *fact.get("match", [])])
        for truth in scenario.get("truth", {}).values():
            found.update([*truth.get("match", []), *truth.get("wrong", [])])
        for patterns in (*scenario.get("steps", {}).values(), *scenario.get("articles", {}).values()):
            found.update(patterns)
    return sorted(found)


PATTERNS = stock_patterns()
WHOLE = PatternSet(PATTERNS)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(st.data())
def test_what_a_pattern_matches_the_set_finds(data: st.DataObject) -> None:
    """Texts are made from the pattern itself, in any script: whatever matches is found."""
    place = data.draw(st.integers(0, len(PATTERNS) - 1))
    text = data.draw(st.from_regex(re.compile(PATTERNS[place], re.IGNORECASE))).lower()
    assert (place in set(WHOLE.found(text))) == bool(WHOLE.patterns[place].search(text))


@given(st.text(max_size=80))
def test_any_text_is_matched_as_python_would(text: str) -> None:
    """The set finds what trying one pattern after the other finds."""
    lower = text.lower()
    assert sorted(WHOLE.found(lower)) == [at for at, one in enumerate(WHOLE.patterns) if one.search(lower)]


def test_sentences_are_matched_as_python_would() -> None:
    """Every written sentence of a bot finds the patterns that it finds one by one."""
    written = yaml.safe_load((LANGUAGE / "acts.yaml").read_text())
    for text in (one.lower() for texts in written.values() for one in texts):
        assert sorted(WHOLE.found(text)) == [at for at, one in enumerate(WHOLE.patterns) if one.search(text)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<!not )(?:sure|cert[a-z]+)(?! (?:it|\w))", "sure"),
        (r"\bcaf\w\b", "café"),
        (r"^[^\w]+\d$", "… ٣"),
        (r"a[]x]b", "a]b"),
        (r"(?P<one>ab)(?P=one)", "abab"),
        (r"x{2000}", "x" * 2000),
        (r"end$", "the end\n"),
        (r"a\sb", "a\x1fb"),
        (r"\(?(?=\))", ")"),
    ],
)
def test_what_re2_cannot_read_is_matched_all_the_same(pattern: str, text: str) -> None:
    """Look-arounds, words in any script, back references and huge repeats lose nothing."""
    found = PatternSet([pattern, "never this"]).found(text)
    assert list(found) == [0]


def test_few_patterns_of_the_stock_have_to_be_tried_on_every_text() -> None:
    """Hearing stays cheap however far the catalogue grows."""
    assert len(WHOLE.possible("zzz")) <= 0.02 * len(PATTERNS)


def test_a_pattern_that_python_cannot_read_is_refused() -> None:
    """It is a fault of the table or the scenario, found when it is compiled."""
    with pytest.raises(re.error):
        PatternSet(["(unclosed"])


def test_an_empty_set_finds_nothing() -> None:
    """A scenario without steps has no patterns for them."""
    assert list(PatternSet([]).found("restart the router")) == []
