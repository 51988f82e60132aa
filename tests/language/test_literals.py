from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.language.literals import needles
from simulator.language.tables import acts

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def stock_patterns() -> list[str]:
    """Every pattern of the stock scenarios."""
    found = []
    for file in sorted(SCENARIOS.glob("*.yaml")):
        scenario = yaml.safe_load(file.read_text())
        for fact in scenario["facts"].values():
            found += [*fact.get("asked", []), *fact.get("match", [])]
        for truth in scenario.get("truth", {}).values():
            found += [*truth.get("match", []), *truth.get("wrong", [])]
        for patterns in (*scenario.get("steps", {}).values(), *scenario.get("articles", {}).values()):
            found += patterns
    return sorted(set(found))


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(st.data())
def test_every_match_of_a_scenarios_pattern_holds_one_of_its_words(data: st.DataObject) -> None:
    """Texts are made from the pattern itself: whatever matches, the look-up would have found it."""
    pattern = data.draw(st.sampled_from(stock_patterns()))
    text = data.draw(st.from_regex(re.compile(pattern, re.IGNORECASE | re.ASCII), fullmatch=True)).lower()
    words = needles(pattern)
    if words is not None and re.search(pattern, text):
        assert any(word in text for word in words), (pattern, text)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(st.data())
def test_every_match_of_an_acts_pattern_is_looked_up(data: st.DataObject) -> None:
    """Sentences are made from the pattern itself, in normal form: the index tries the pattern on them."""
    tables = acts()
    pattern = data.draw(st.sampled_from(tables.index.patterns))
    text = data.draw(st.from_regex(re.compile(pattern.search.pattern, re.ASCII)))
    plain = " ".join(re.findall(r"<\w+>|\w+", text.lower()))
    if pattern.holds(f" {plain}"):
        found: set[str] = set()
        tables.index.find(plain, False, found)
        assert pattern.name in found, (pattern.search.pattern, plain)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\b(?:rephrase|reword)\b", ["please rephrase it", "reword this"]),
        (r"\b(rotat|renew)(e|ing)\b.{0,25}\bkey", ["renewing the key", "rotate your api key"]),
        (r"colou?r|gr[ae]y", ["a color", "colours", "grey", "gray"]),
        (r"what('s| is) the (problem|issue)", ["so what's the issue", "what is the problem"]),
        (r"(?i:STATUS page)(?! is)", ["see the status page now"]),
    ],
)
def test_a_pattern_is_looked_up_by_words_of_its_own(pattern: str, texts: list[str]) -> None:
    """Each match holds one; a text about something else holds none."""
    words = needles(pattern)
    assert words
    assert all(re.search(pattern, text) and any(word in text for word in words) for text in texts)
    assert not any(word in "we moved to a flat by the sea" for word in words)


@pytest.mark.parametrize("pattern", [r"\w+ \d", r"(foo|\d+)", r"x?", r"", r"(ab)?\s*", r"[a-z]{3}"])
def test_where_no_word_is_certain_none_is_claimed(pattern: str) -> None:
    """Such a pattern is always tried."""
    assert needles(pattern) is None
