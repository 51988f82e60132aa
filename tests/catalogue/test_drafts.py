"""Starter files that pass their check as they are, and drafts that come from logs."""

from __future__ import annotations

import re

import pytest

from simulator.catalogue.check import examine
from simulator.catalogue.drafts import MOST_DRAFTS, Draft, from_messages, known_words, persona_text, scenario_text
from simulator.catalogue.facts import fill
from simulator.chance import Chance
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario

KNOWN = known_words()
LINE = "# yaml-language-server: $schema=.schemas/scenario.json"
PARCELS = [
    "where is my parcel TRK123456701, it is late",
    "my parcel has not arrived, tracking number TRK123456702",
    "Hi! My parcel is late. Tracking TRK123456703",
    "no sign of my parcel TRK123456704",
]
FEES = [
    "why did you charge me a fee of $12.50",
    "there is a fee on my bill, mail me at ada@example.org",
    "what is this fee on my bill",
]


def scenario_of(draft: Draft) -> Scenario:
    examined = examine("draft.yaml", Scenario, text=scenario_text("mine-1", LINE, draft))
    assert examined.problems == []
    return examined.accepted()


def test_a_starter_persona_is_sound_as_it_is() -> None:
    """No problem, not even a warning; and the first line names its schema."""
    text = persona_text("my_customer", LINE)
    assert examine("p.yaml", Persona, text=text).problems == []
    assert text.splitlines()[0] == LINE


def test_a_starter_persona_is_sound_with_every_comment_taken_away() -> None:
    """What stands commented out is right, too."""
    text = persona_text("my_customer", "#")
    lines = [re.sub(r"^# (?=[a-z_]+: )", "", line) for line in text.splitlines()]
    assert sum(line.startswith("bursts:") for line in lines) == 1
    assert examine("p.yaml", Persona, text="\n".join(lines)).problems == []


def test_a_starter_scenario_is_sound_as_it_is() -> None:
    """No problem, not even a warning, and it can be filled for a customer."""
    examined = examine("s.yaml", Scenario, text=scenario_text("my-case", LINE))
    assert examined.problems == []
    facts, truth = fill(examined.accepted(), Chance(1, "my-case", "me", 0))
    assert facts["order_number"].startswith("ORD-")
    assert truth["answer"]


def test_messages_that_begin_alike_are_one_draft() -> None:
    """Two situations, the larger first, each with its own words."""
    found = from_messages([*PARCELS, *FEES], KNOWN)
    assert [draft.conversations for draft in found.drafts] == [4, 3]
    assert all("parcel" in wording or "late" in wording for wording in found.drafts[0].wordings)
    assert found.messages == 7
    assert found.left == found.unshown == 0


def test_ids_become_templates() -> None:
    """The prefix that several customers' ids share stays, the digits are drawn."""
    scenario = scenario_of(from_messages(PARCELS, KNOWN).drafts[0])
    fact = scenario.facts["parcel_number"]
    assert fact.value == "TRK{{digits:9}}"
    assert fact.say[-1] == "{}"
    assert "parcel_number" in scenario.needs[0].required_slots


def test_ids_of_one_shape_are_one_fact() -> None:
    """Whatever each customer calls it: tracking by two, parcel by two."""
    facts = scenario_of(from_messages(PARCELS, KNOWN).drafts[0]).facts
    assert [name for name in facts if name.endswith("_number")] == ["parcel_number"]


def test_a_prefix_of_one_customer_is_drawn() -> None:
    """Initials in an id are somebody's."""
    messages = [f"my parcel {who}-4471 is late" for who in ("JS", "AK", "MB")]
    facts = scenario_of(from_messages(messages, KNOWN).drafts[0]).facts
    assert facts["parcel_number"].value == "{{letters:2}}-{{digits:4}}"


def test_addresses_become_candidate_facts() -> None:
    """Told in one of three conversations, drawn from reserved ranges."""
    draft = from_messages(FEES, KNOWN).drafts[0]
    assert {fact.name: fact.seen for fact in draft.facts} == {"amount": 1, "contact_email": 1}
    assert scenario_of(draft).facts["contact_email"].value == "{{email}}"


@pytest.mark.parametrize("wording", ['it "stops" # here', "100 % : {yes}", "no", "a\\b", "’tis — late"])
def test_any_wording_makes_a_sound_file(wording: str) -> None:
    """Quotes, hashes, colons and words that YAML knows."""
    scenario = scenario_of(Draft(3, [wording, f"{wording} again"], []))
    assert scenario.facts["problem_description"].value == wording


def test_the_same_messages_give_the_same_drafts() -> None:
    """Nothing is drawn."""
    assert from_messages([*FEES, *PARCELS], KNOWN) == from_messages([*FEES, *PARCELS], KNOWN)


def test_a_group_that_cannot_be_shown_is_counted() -> None:
    """Words of nobody but their authors: no draft, no loss in silence."""
    found = from_messages(["zzkqx vvbnm wwrtp"] * 2 + ["zzkqx vvbnm wwrtp Qqqq"], frozenset())
    assert found.unshown + found.left + sum(draft.conversations for draft in found.drafts) == 3


def test_few_drafts_of_the_largest_groups() -> None:
    """However many situations a log has."""
    things = ["parcel", "invoice", "router", "flight", "card", "password", "heating", "refund", "ticket", "hotel", "meter",
              "appointment", "letter", "workspace", "claim"]  # fmt: skip
    messages = [f"{thing} {thing} {thing} broken" for thing in things for _ in range(3)]
    found = from_messages(messages, [*KNOWN, *things])
    assert len(found.drafts) <= MOST_DRAFTS
    assert found.messages == sum(draft.conversations for draft in found.drafts) + found.left + found.unshown
