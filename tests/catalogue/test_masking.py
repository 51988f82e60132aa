"""Values of test accounts in texts and JSON: found however they are written, replaced by the name of their column."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalogue.accounts import Accounts
from simulator.catalogue.masking import Mask, Masking
from simulator.model.transcript import Failure, Part, Probed, Signal, Transcript, Turn
from tests.targets.talks import CASE

ROW = {
    "name": "Anna Lind",
    "order": "TRK 1234-567",
    "email": "anna@lind.test",
    "floor": "5",
    "truth.town": "Ulm",
}
MASK = Mask(ROW)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("I am Anna Lind.", "I am [name]."),
        ("I AM ANNA  LIND", "I AM [name]"),
        ("it is TRK 1234-567", "it is [order]"),
        ("it is trk1234567, right?", "it is [order], right?"),
        ("so TRK-1234 567", "so [order]"),
        ("mail anna@lind.test now", "mail [email] now"),
        ("https://x.test/?u=anna%40lind.test", "https://x.test/?u=[email]"),
        ("floor 5, not 15 or 5th", "floor [floor], not 15 or 5th"),
        ("in Ulm, not Ulmen", "in [town], not Ulmen"),
        ("it is TRK 1234-568", "it is [order!]"),
    ],
)
def test_a_value_is_found_however_it_is_written(said: str, kept: str) -> None:
    """Case, spaces, grouping, in an address, with one digit wrong; short ones as words only."""
    assert MASK(said) == kept


def test_a_packet_is_masked_everywhere() -> None:
    """Nested, as a key, as a number; what is no value keeps its type."""
    packet = {"who": ["Anna Lind", 5, 6, True, None], "Ulm": {"at": 5.0}}
    expected: dict[str, Any] = {"who": ["[name]", "[floor]", 6, True, None], "[town]": {"at": 5.0}}
    assert MASK.json(packet) == expected


def test_one_value_has_one_name() -> None:
    """Two columns with the same value: the same name in the words and in both facts, so that it is found again."""
    mask = Mask({"login": "anna-77", "user": "anna-77"})
    assert mask("anna-77") == "[login]"


def test_the_longest_value_goes_first() -> None:
    """A value that holds another is not torn."""
    assert Mask({"last": "Lindgren", "full": "Anna Lindgren"})("Anna Lindgren") == "[full]"


@given(st.text(min_size=5, max_size=30).map(str.strip).filter(lambda value: len(value) >= 5), st.text(max_size=20))
def test_nothing_is_left_of_a_value(value: str, around: str) -> None:
    """Whatever the value and the text around it."""
    assert value not in Mask({"n": value})(f"{around} {value} {around}").replace("[n]", "\n")


def test_a_transcript_keeps_the_names_alone() -> None:
    """Words of both sides, messages of a burst, buttons, packets, facts, truths, and why it failed."""
    pool = Accounts("f", [{"order": "AC-12345", "truth.eta": "Friday"}])
    said = "AC-12345 comes Friday"
    turns = [
        Turn("customer", said, parts=[Part(said, 0.0)], button="order:AC-12345", told=["order"]),
        Turn("bot", said, signals=[Signal("requested", 0.0, {"packet": {"no": "ac12345"}})], ids=["kb:AC-12345"]),
    ]
    spoken = Transcript(
        "c-1", turns, "target_failed", 1.0, facts=CASE.facts, truth=CASE.truth, error=Failure("status", f"500: {said}")
    )
    kept = Masking(pool).transcript(spoken, 0)
    assert "12345" not in repr(kept)
    assert "Friday" not in repr(kept)
    assert (kept.facts, kept.truth) == ({"order": "[order]"}, {"eta": "[eta]"})
    assert kept.turns[0].text == "[order] comes [eta]"


def test_where_nothing_is_hidden_nothing_changes() -> None:
    """No accounts, or a customer without one."""
    spoken = Transcript("c-1", [], "satisfied", 1.0, facts=CASE.facts)
    assert Masking(None).transcript(spoken, 0) is spoken
    assert Masking(Accounts("f", [{"order": "AC-12345"}])).case(CASE) is CASE


def test_a_log_is_masked_for_the_accounts_of_the_run() -> None:
    """Text that belongs to no one customer."""
    masking = Masking(Accounts("f", [{"order": "AC-12345"}, {"order": "AC-54321"}]))
    assert masking.text("got AC-12345 and AC 54321", {0, 1, None}) == "got [order] and [order]"


def test_a_state_is_the_same_with_and_without_its_values() -> None:
    """Found and expected are masked alike, so that what held holds, and what did not does not."""
    pool = Accounts("f", [{"order": "AC-12345", "plan": "20"}])
    probes = [
        Probed("a", "after", "AC-12345", ["AC-12345"]),
        Probed("b", "after", 20, [20]),
        Probed("c", "after", 20, [30]),
        Probed("d", "after", None, ["x"], 500, "status", "500 no AC-12345"),
    ]
    kept = Masking(pool).transcript(Transcript("c-1", [], "satisfied", 1.0, probes=probes), 0).probes
    assert [one.holds for one in kept] == [one.holds for one in probes] == [True, True, False, None]
    assert "12345" not in repr(kept)
