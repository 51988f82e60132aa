"""The words of one scenario: how its slots, steps, articles and truths are recognised in a bot's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from simulator.model.scenario import Scenario

Named = list[tuple[str, re.Pattern[str]]]


class ScenarioPatterns:
    """Compiled once per scenario; texts are matched in lower case after NFKC."""

    __slots__ = ("_any_slot", "_any_topic", "_slots", "_topics", "truths", "wrong")

    def __init__(self, scenario: Scenario) -> None:
        required = {slot for need in scenario.needs for slot in need.required_slots}
        self._slots: Named = [
            (name, _union([rf"\b{re.escape(name.replace('_', ' '))}\b", *fact.asked]))
            for name, fact in scenario.facts.items()
            if fact.asked or name in required
        ]
        self._any_slot = _union(pattern.pattern for _, pattern in self._slots)
        self._topics: Named = [(f"step:{step}", _union(patterns)) for step, patterns in scenario.steps.items()]
        self._topics += [(f"kb:{article}", _union(patterns)) for article, patterns in scenario.articles.items()]
        self._any_topic = _union(pattern.pattern for _, pattern in self._topics)
        self.truths = {name: _union(truth.match) for name, truth in scenario.truth.items() if truth.match}
        self.wrong = {name: _union(truth.wrong) for name, truth in scenario.truth.items() if truth.wrong}

    def topics(self, text: str) -> list[str]:
        """Content ids of the steps and articles that a text proposes."""
        if not self._topics or not self._any_topic.search(text):
            return []
        return [topic for topic, pattern in self._topics if pattern.search(text)]

    def mentions_slot(self, text: str) -> bool:
        """Whether any slot's words stand in a text at all: a cheap test before its sentences are looked at."""
        return bool(self._slots) and self._any_slot.search(text) is not None

    def slots(self, requests: Iterable[str]) -> list[str]:
        """The slots that some requesting sentences (in lower case) ask for."""
        asked = [sentence.lower() for sentence in requests]
        return [slot for slot, pattern in self._slots if any(pattern.search(sentence) for sentence in asked)]

    def stated(self, text: str, truth: Mapping[str, str]) -> list[str]:
        """The truths that a text states: by the filled value itself or by the scenario's wordings."""
        return [
            name
            for name, value in truth.items()
            if holds(text, value) or (name in self.truths and self.truths[name].search(text))
        ]

    def contradicted(self, text: str) -> list[str]:
        """The truths that a text contradicts."""
        return [name for name, pattern in self.wrong.items() if pattern.search(text)]


def holds(text: str, value: str) -> bool:
    """Whether a value stands in a text (both any case) as a word of its own."""
    needle = value.lower()
    start = text.find(needle) if needle else -1
    while start >= 0:
        end = start + len(needle)
        before_free = start == 0 or not (text[start - 1].isalnum() and needle[0].isalnum())
        after_free = end == len(text) or not (text[end].isalnum() and needle[-1].isalnum())
        if before_free and after_free:
            return True
        start = text.find(needle, start + 1)
    return False


def _union(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


_compiled: dict[int, tuple[Scenario, ScenarioPatterns]] = {}


def patterns_of(scenario: Scenario) -> ScenarioPatterns:
    """The compiled patterns of a scenario, made once for each scenario object."""
    known = _compiled.get(id(scenario))
    if known is None or known[0] is not scenario:
        if len(_compiled) > 1000:
            _compiled.clear()
        # The scenario is kept beside its patterns, so its id cannot be handed to another object meanwhile.
        known = _compiled[id(scenario)] = (scenario, ScenarioPatterns(scenario))
    return known[1]
