from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.language.tables import Acts, Reading, acts, sentences
from simulator.language.text import norm

HERE = Path(__file__).parent
WRITTEN: dict[str, list[str]] = yaml.safe_load((HERE / "acts.yaml").read_text())
LATER: dict[str, list[str]] = yaml.safe_load((HERE / "later.yaml").read_text())
NEGATIVES: list[dict[str, Any]] = yaml.safe_load((HERE / "negatives.yaml").read_text())
TABLES = acts()


def heard(text: str) -> frozenset[str]:
    return TABLES.of(norm(text), text)


@pytest.mark.parametrize("act", sorted(WRITTEN))
def test_at_least_95_in_100_sentences_of_an_act_are_heard(act: str) -> None:
    """Recall on fifty sentences of the act, and on the twenty-five that were written later."""
    assert len(WRITTEN[act]) == 50
    for texts in (WRITTEN[act], LATER[act]):
        missed = [text for text in texts if act not in heard(text)]
        assert len(missed) <= 0.05 * len(texts), missed


def test_at_most_5_in_100_look_alikes_are_heard_as_an_act() -> None:
    """Questions about agents, conditions, policies and customers' own sentences perform none of the acts."""
    false = {}
    for entry in NEGATIVES:
        found = heard(entry["text"]) & set(entry.get("not", TABLES.names))
        if found:
            false[entry["text"]] = found
    assert len(NEGATIVES) >= 60
    assert len(false) <= 0.05 * len(NEGATIVES), false


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four… five", ["One.", "Two!", "Three?", "Four…", "five"]),
        ('He said "wait." Then he left.', ['He said "wait.', "Then he left."]),
        ("See https://a.example/x.y for 3.50 EUR.\nDone", ["See https://a.example/x.y for 3.50 EUR.", "Done"]),
        ("\n\n", []),
        ("", []),
    ],
)
def test_sentences_end_at_a_mark_before_a_space_or_at_a_new_line(text: str, parts: list[str]) -> None:
    """Marks within links and numbers end nothing."""
    assert sentences(text) == parts


@pytest.mark.parametrize("text", [*WRITTEN["empathy"], "a. 注文！ <b>x</b> ok.", "1.2. 3", "http://a.b/. next"])
def test_a_reading_has_the_normal_form_of_the_whole(text: str) -> None:
    """Taking a text apart sentence by sentence changes nothing in its normal form."""
    twice = f"{text} {text}\n{text}"
    assert Reading(twice).normal == norm(twice)


def test_a_question_never_claims_or_promises() -> None:
    """`Is it fixed?` claims nothing, and `Shall I transfer you?` promises nothing."""
    assert heard("Is your issue resolved now?") == frozenset()
    assert "promise_human" not in heard("Shall I transfer you to an agent?")


def test_a_text_performs_the_acts_of_all_its_sentences() -> None:
    """Sympathy, then a promise, then a farewell."""
    text = "I'm sorry about that. I'm connecting you with an agent now. Have a great day!"
    assert heard(text) == {"empathy", "promise_human", "closing"}


def test_contacts_are_told_by_kind() -> None:
    """A number to call and an address to write to are exits of kind contact."""
    assert heard("You can call us on 0800 123 456.") >= {"contact:phone"}
    assert heard("Write to help@shop.example and we will look.") >= {"contact:email"}
    assert not any(act.startswith("contact") for act in heard("Your order 123 was shipped to a@b.example."))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("What is your order number?", 1),
        ("Please send me your order number. Thank you.", 1),
        ("I'll need your email address first.", 1),
        ("Your order number is on the label.", 0),
        ("Could you tell me the error code? And the region?", 2),
    ],
)
def test_requests_are_questions_and_requests(text: str, count: int) -> None:
    """Only sentences that ask for something can ask for a slot."""
    assert len(TABLES.requests(Reading(text))) == count


@pytest.mark.parametrize(
    "text", ["I want to speak to a person", "agent please", "can someone call me?", "Talk to an agent"]
)
def test_customers_who_ask_for_a_person_are_understood(text: str) -> None:
    """Used on buttons and foreign logs, where no act is known."""
    assert TABLES.asks_for_human(text)


@pytest.mark.parametrize("text", ["my internet is slow", "yes", "no, the other order"])
def test_other_words_of_customers_are_no_ask(text: str) -> None:
    """What names no person asks for none."""
    assert not TABLES.asks_for_human(text)


@pytest.mark.parametrize(
    ("text", "substantive"),
    [
        ("Hi, this is Maja from support.", False),
        ("Hello! One moment please.", False),
        ("Hi there, I have read your notes and see the double charge.", True),
        ("", False),
    ],
)
def test_a_humans_greeting_is_not_yet_help(text: str, substantive: bool) -> None:
    """Four words beyond greeting and hold phrases make a message substantive."""
    assert TABLES.is_substantive(text) is substantive


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("An agent will be with you within 5 minutes.", 300.0),
        ("in about two hours", 7200.0),
        ("within half an hour", 1800.0),
        ("within 24 hours or in 2 days", 172800.0),
        ("in a few minutes", 300.0),
        ("shortly", None),
        ("it costs 5 euros a minute", None),
    ],
)
def test_the_longest_stated_delay_counts(text: str, seconds: float | None) -> None:
    """What a promise gives itself, in seconds; None where it states no time."""
    assert TABLES.stated_delay(text) == seconds


def test_a_callback_is_told_from_a_transfer() -> None:
    """`We will call you back` is one; `I'm transferring you` is not."""
    assert TABLES.speaks_of_callback("We'll call you back today.")
    assert not TABLES.speaks_of_callback("I'm transferring you now.")


def test_a_language_without_tables_is_read_by_the_english_ones() -> None:
    """No file of its own, no failure."""
    assert acts("xx").language == "en"
    assert isinstance(acts("xx"), Acts)
