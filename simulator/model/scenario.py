"""A scenario: what the customer holds, what the bot must know, what has to come of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Kind = Literal["identity", "problem", "technical", "steps", "impact", "deadline", "outcome", "sentiment"]
Criticality = Literal["low", "medium", "high"]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something the customer holds and may tell."""

    kind: Kind
    """Gives the hand-off weight (problem 3; impact, technical, steps 2; the rest 1)."""
    value: str
    """Text, or a template such as `AC-{{digits:5}}` that is filled for each customer."""
    asked: list[str] = []
    """How a bot asks for it, besides the fact's own name: regular expressions, case-insensitive."""
    match: list[str] = []
    """How it may be worded in a hand-off packet besides the value itself: regular expressions."""
    step: str | None = None
    """For kind steps: the id of the troubleshooting step that the customer has already tried."""
    say: list[str] = []
    """How the customer words it, `{}` standing for the value; where absent the phrase pack has a form for the kind."""


class Truth(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What only the company's systems can tell, and the bot should."""

    value: str
    match: list[str] = []
    """How a bot may word it: regular expressions; where absent, the value itself."""
    wrong: list[str] = []
    """Wordings that contradict it: regular expressions."""


class Resolution(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must be so for the need to be met: exactly one of told, action, step."""

    told: list[str] = []
    """Truths that the bot must have said."""
    action: str | None = None
    """Name of an action in the target's log (tier T2)."""
    step: str | None = None
    """Troubleshooting step that mends it once the bot proposes it."""


class Need(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An atomic goal of the customer."""

    name: str
    resolution: Resolution
    criticality: Criticality = "medium"
    bot_solvable: bool = True
    required_slots: list[str] = []
    must_escalate_on: list[str] = []
    """Facts that call for a person once the customer has told them."""
    qualified_queues: list[str] = []
    milestones: list[str] = []
    """Truths whose first delivery is progress."""


class Desk(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The human side of this scenario."""

    open: bool = True
    wait_s: Annotated[float, Meta(ge=0)] = 30.0
    """Experienced seconds from the queue join to a human joining."""
    speaks_after_s: Annotated[float, Meta(ge=0)] = 6.0
    """Experienced seconds from joining to the human's first message."""
    queue: str = ""
    answers: Literal["accepts", "rejects", "never"] = "accepts"


class Scenario(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One situation; the statistical cluster of its conversations."""

    scenario: Literal[1]
    """Format version."""
    name: Slug
    facts: dict[str, Fact]
    needs: Annotated[list[Need], Meta(min_length=1)]
    about: str = ""
    domain: str = ""
    segment: Literal["b2b", "b2c"] = "b2c"
    contract_value: Annotated[float, Meta(ge=0)] = 0
    ideal_turns: Annotated[int, Meta(ge=1)] = 1
    truth: dict[str, Truth] = {}
    steps: dict[str, list[str]] = {}
    """How a bot words each troubleshooting step: regular expressions by step id."""
    articles: dict[str, list[str]] = {}
    """How a bot words each help article: regular expressions by article id."""
    agent_needs: list[str] = []
    """Facts the human needs, in the order in which the desk asks for them."""
    desk: Desk = Desk()
