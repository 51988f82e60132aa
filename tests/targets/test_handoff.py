"""Hand-off rules: wire beats text, a refusal beats a claim, a question is no claim."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.model.errors import InputError
from simulator.model.target import HandoffRule
from simulator.targets.handoff import compile_handoff

WORDS = [
    {"state": "denied", "text": "(?i)can't transfer you"},
    {"state": "claimed", "text": r"(?i)\b(will|going to|transferring|transfer) (transfer )?you\b"},
]
WIRE: list[dict[str, str]] = [
    {"state": "queued", "when": "queue", "to": "queue.name"},
    {"state": "requested", "when": "handoff", "context": "handoff.packet", "to": "handoff.to"},
    {"state": "failed", "when": "failed"},
    {"state": "claimed", "when": "claimed"},
    {"state": "requested", "when": "again"},
]


def states(rules: list[dict[str, str]], document: Any, text: str = "") -> list[str]:
    recognise = compile_handoff(msgspec.convert(rules, list[HandoffRule]))
    return [signal.kind for signal in recognise(document, text, 3.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm transferring you now.", ["claimed"]),
        ("Do you want me to transfer you?", []),
        ("Shall I transfer you? I will transfer you.", ["claimed"]),
        ('He asked "should I transfer you?" and left', []),
        ("See https://a.b/c?d=1 while I transfer you.", ["claimed"]),
        ("It looks like I should transfer you, but I can\u2019t transfer you.", ["denied"]),
        ("Your parcel is late.", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    """Statements count, questions do not, and a refusal beats the claim beside it."""
    assert states(WORDS, {}, text) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"handoff": {}}, ["requested"]),
        ({"handoff": None}, []),
        ({"handoff": False}, []),
        ({"handoff": []}, []),
        ({"handoff": {}, "queue": {}, "again": 1}, ["queued", "requested"]),
        ({"claimed": True, "failed": True}, ["failed"]),
    ],
)
def test_wire(document: Any, expected: list[str]) -> None:
    """Rules apply from the top down, each state once; an empty object is a hand-off."""
    assert states(WIRE, document) == expected


def test_wire_beats_words() -> None:
    """Where the wire speaks, words add nothing."""
    assert states(WORDS + WIRE, {"queue": {"name": "billing"}}, "I will transfer you.") == ["queued"]


def test_details() -> None:
    """The packet is any JSON, the queue a text, the time the turn's."""
    recognise = compile_handoff(msgspec.convert(WIRE, list[HandoffRule]))
    (signal,) = recognise({"handoff": {"packet": {"order": ["AC-1"]}, "to": ["billing"]}}, "", 3.0)
    assert (signal.at, signal.detail) == (3.0, {"packet": {"order": ["AC-1"]}, "queue": "billing"})


@pytest.mark.parametrize(
    "rule",
    [
        {"state": "requested", "text": "human"},
        {"state": "claimed", "text": "("},
        {"state": "claimed"},
        {"state": "claimed", "text": "a", "when": "b"},
        {"state": "queued", "when": "b["},
    ],
)
def test_impossible_rule(rule: dict[str, str]) -> None:
    """Words that would prove a hand-off, a broken expression, both forms or none are refused."""
    with pytest.raises(InputError, match=r"handoff\[0\]"):
        states([rule], {})
