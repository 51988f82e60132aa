"""The examples in the guides are files that exitramp accepts."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from simulator.catalogue.check import examine
from simulator.catalogue.target_file import examine_target
from simulator.model.scenario import Scenario
from simulator.model.transcript import Note

DOCS = Path(__file__).parents[1] / "docs"
SCENARIO = """\
scenario: 1
name: cancel-order
facts: {order_number: {kind: identity, value: "OR-{{digits:6}}"}}
"""
TARGET = """\
target: 1
name: mine
base_url: http://127.0.0.1:8080
turn: {request: {path: /chat, json: {text: "{{text}}"}}}
reply: {texts: reply}
"""


def blocks(language: str) -> list[str]:
    """The code blocks of the guide to truth."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / "truth.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_guide_to_truth_shows_what_is_accepted() -> None:
    """Its need, its test system and its note, without a warning."""
    need, system = blocks("yaml")
    assert examine("s.yaml", Scenario, text=SCENARIO + need).problems == []
    assert examine_target("t.yaml", {"ERP_KEY": "erp-4711"}, text=TARGET + system).problems == []
    (note,) = blocks("json")
    assert msgspec.json.decode(note, type=Note).quotes[0].turn == 5
