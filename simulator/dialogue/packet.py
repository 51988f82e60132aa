"""What a hand-off packet tells the human: facts found by value, wherever in it they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.dialogue.patterns import holds
from simulator.model.scenario import Scenario


def words_of(packet: Any) -> Iterator[str]:
    """Every text and number of a packet's values, in lower case."""
    if isinstance(packet, Mapping):
        for value in packet.values():
            yield from words_of(value)
    elif isinstance(packet, list | tuple):
        for value in packet:
            yield from words_of(value)
    elif isinstance(packet, str | int | float) and not isinstance(packet, bool):
        yield unicodedata.normalize("NFKC", str(packet)).lower()


def facts_in_packet(packet: Any, scenario: Scenario, facts: Mapping[str, str]) -> set[str]:
    """Names of the facts that a packet holds: the value itself, or one of the scenario's wordings of it."""
    text = "\n".join(words_of(packet))
    return {
        name
        for name, value in facts.items()
        if name in scenario.facts
        and (
            holds(text, value.lower())
            or any(re.search(pattern, text, re.IGNORECASE) for pattern in scenario.facts[name].match)
        )
    }
