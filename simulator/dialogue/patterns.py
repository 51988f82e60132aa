"""The words of one scenario: how its slots, steps, articles and truths are recognised in a bot's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from simulator.language.matching import PatternSet
from simulator.model.scenario import Scenario


class Wordings:
    """Names, each with patterns of which any one means it."""

    __slots__ = ("_names", "_owners", "_set")

    def __init__(self, patterns: Mapping[str, Iterable[str]]) -> None:
        named = [(name, pattern) for name, alternatives in patterns.items() for pattern in alternatives]
        self._names = tuple(patterns)
        self._owners = [name for name, _ in named]
        self._set = PatternSet([pattern for _, pattern in named])

    def found(self, text: str) -> list[str]:
        """The names whose wording stands in a text, in the order of the scenario."""
        found = {self._owners[place] for place in self._set.found(text)}
        return [name for name in self._names if name in found] if found else []


class ScenarioPatterns:
    """Compiled once per scenario; texts are matched in lower case after NFKC."""

    __slots__ = ("_slots", "_topics", "_truths", "_wrong")

    def __init__(self, scenario: Scenario) -> None:
        required = {slot for need in scenario.needs for slot in need.required_slots}
        self._slots = Wordings(
            {
                name: [rf"\b{re.escape(name.replace('_', ' '))}\b", *fact.asked]
                for name, fact in scenario.facts.items()
                if fact.asked or name in required
            }
        )
        topics = {f"step:{step}": patterns for step, patterns in scenario.steps.items()}
        self._topics = Wordings(topics | {f"kb:{name}": patterns for name, patterns in scenario.articles.items()})
        self._truths = Wordings({name: truth.match for name, truth in scenario.truth.items()})
        self._wrong = Wordings({name: truth.wrong for name, truth in scenario.truth.items()})

    def topics(self, text: str) -> list[str]:
        """Content ids of the steps and articles that a text proposes."""
        return self._topics.found(text)

    def mentions_slot(self, text: str) -> bool:
        """Whether any slot's words stand in a text at all: a cheap test before its sentences are looked at."""
        return bool(self._slots.found(text))

    def slots(self, requests: Iterable[str]) -> list[str]:
        """The slots that some requesting sentences ask for, in the order in which they are asked."""
        asked = [slot for sentence in requests for slot in self._slots.found(sentence.lower())]
        return list(dict.fromkeys(asked))

    def stated(self, text: str, truth: Mapping[str, str]) -> list[str]:
        """The truths that a text states: by the filled value itself or by the scenario's wordings."""
        worded = self._truths.found(text)
        return [name for name, value in truth.items() if name in worded or holds(text, value)]

    def contradicted(self, text: str) -> list[str]:
        """The truths that a text contradicts."""
        return self._wrong.found(text)


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
