"""The words of one scenario: how its slots, steps, articles and truths are recognised in a bot's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from simulator.dialogue.relevance import topic
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


class Mentions(NamedTuple):
    """What a text mentions of a scenario."""

    topics: list[str]
    """Content ids of the steps and articles that it proposes."""
    slots: bool
    """Whether any slot's words stand in it at all; whether it asks for one is for its sentences to say."""
    worded: list[str]
    """Truths that it states in one of the scenario's wordings."""
    wrong: list[str]
    """Truths that it contradicts."""


NOTHING = Mentions([], False, [], [])


class ScenarioPatterns:
    """Compiled once per scenario; texts are matched in lower case after NFKC."""

    __slots__ = ("_all", "_slots", "topic")

    def __init__(self, scenario: Scenario) -> None:
        self.topic = topic(scenario)
        """The words of the matter, by their stems."""
        required = {slot for need in scenario.needs for slot in need.required_slots}
        slots = {
            name: [rf"\b{re.escape(name.replace('_', ' '))}\b", *fact.asked]
            for name, fact in scenario.facts.items()
            if fact.asked or name in required
        }
        self._slots = Wordings(slots)
        # One set for everything, since a text is looked through once for all of it; the kind stands before the name.
        self._all = Wordings(
            {f"step:{name}": patterns for name, patterns in scenario.steps.items()}
            | {f"kb:{name}": patterns for name, patterns in scenario.articles.items()}
            | {f"slot:{name}": patterns for name, patterns in slots.items()}
            | {f"truth:{name}": truth.match for name, truth in scenario.truth.items()}
            | {f"wrong:{name}": truth.wrong for name, truth in scenario.truth.items()}
        )

    def mentions(self, text: str) -> Mentions:
        """Everything of the scenario that a text mentions."""
        found = self._all.found(text)
        if not found:
            return NOTHING
        return Mentions(
            [name for name in found if name.startswith(("step:", "kb:"))],
            any(name.startswith("slot:") for name in found),
            [name[6:] for name in found if name.startswith("truth:")],
            [name[6:] for name in found if name.startswith("wrong:")],
        )

    def slots(self, requests: Iterable[str]) -> list[str]:
        """The slots that some requesting sentences ask for, in the order in which they are asked."""
        asked = [slot for sentence in requests for slot in self._slots.found(sentence.lower())]
        return list(dict.fromkeys(asked))


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
