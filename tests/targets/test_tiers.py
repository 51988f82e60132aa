"""What a target file lets us see."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.model.target import TargetSpec
from simulator.targets.tiers import measurable, tiers, told_truths

WIRED = [{"state": "requested", "when": "handoff", "context": "packet"}]
WORDS = [{"state": "claimed", "text": "transferring you"}]


def spec(**fields: Any) -> TargetSpec:
    basis = {
        "target": 1,
        "name": "t",
        "base_url": "http://x",
        "turn": {"request": {"path": "/"}},
        "reply": {"texts": "r"},
    }
    return msgspec.convert(basis | fields, TargetSpec)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["T0", "T1"]),
        ({"handoff": WORDS}, ["T0", "T1"]),
        ({"handoff": WORDS + WIRED}, ["T0", "T1", "T2", "T3"]),
        ({"handoff": WIRED, "handoff_reaches": "people"}, ["T0", "T1", "T2"]),
        ({"reply": {"texts": "r", "ticket": "t"}, "handoff_reaches": "sandbox"}, ["T0", "T1", "T2"]),
    ],
)
def test_tiers(fields: dict[str, Any], expected: list[str]) -> None:
    """Words alone never prove a hand-off; the human side is seen only where our own desk plays it."""
    assert tiers(spec(**fields)) == expected


def test_what_is_missing_names_its_field() -> None:
    """Every row that cannot be measured names a field, and no other row does."""
    for fields in ({}, {"handoff": WIRED}, {"handoff": WIRED, "handoff_reaches": "people"}):
        assert all(able is (field == "") for _, able, field in measurable(spec(**fields)))


def test_what_stands_ready_is_named() -> None:
    """The way to a person that a target declares is shown as it calls it."""
    rows = [what for what, able, _ in measurable(spec(human_access={"persistent": True, "by": "Talk to us"})) if able]
    assert "standing way to a person (Talk to us)" in rows


def test_context_needs_packet_and_desk() -> None:
    """The hand-off's context is seen where a packet is wired and our own desk receives it."""
    rows = {what: (able, field) for what, able, field in measurable(spec(handoff=WIRED))}
    assert rows["hand-off context"] == (True, "")
    elsewhere = {what: (able, field) for what, able, field in measurable(spec(handoff=WIRED, handoff_reaches="people"))}
    assert elsewhere["hand-off context"] == (False, "handoff_reaches: desk")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, set()),
        ({"turn": {"request": {"path": "/", "json": {"all": "{{truth}}"}}}}, None),
        ({"setup": {"request": {"path": "/{{truth.day}}", "json": ["{{ truth.the-place? }}"]}}}, {"day", "the-place"}),
        ({"session": {"open": {"request": {"path": "/", "headers": {"X-Day": "on {{truth.day}}"}}}}}, {"day"}),
        ({"reset": {"request": {"path": "/", "json": "{{truth}}"}}}, set()),
    ],
)
def test_what_a_target_is_told_of_the_truth(fields: dict[str, Any], told: set[str] | None) -> None:
    """By its requests before and in a conversation, all of it (None) or by name."""
    assert told_truths(spec(**fields)) == (told if told is None else frozenset(told))
