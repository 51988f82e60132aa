from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalogue.check import read
from simulator.catalogue.facts import MAIL_DOMAINS, TEST_CARDS, faults, fill, filled, iban_remainder
from simulator.catalogue.stock import names, select
from simulator.chance import Chance
from simulator.model.scenario import Fact, Need, Resolution, Scenario, Truth

EVERY = {
    "account": "AC-{{digits:5}}",
    "booking": "{{letters:6}}",
    "who": "{{name}}",
    "given": "{{first_name}} {{last_name}}",
    "mail": "{{email}}",
    "phone": "{{phone}}",
    "bank": "{{iban}}",
    "card": "{{card}}",
    "day": "{{choice:Monday | Tuesday}}",
    "since": "{{date}} {{time}}",
    "paid": "{{amount:20-90}}",
    "price": "{{amount:9.90-49.90}}",
}


def scenario(**facts: str) -> Scenario:
    return Scenario(
        scenario=1,
        name="every-kind",
        facts={name: Fact("technical", value) for name, value in facts.items()},
        needs=[Need("a", Resolution(told=["t"]))],
        truth={"t": Truth("{{choice:Lyon|Lille}} {{phone}} {{email}}")},
    )


MAIL = re.compile(r"\S+@(\S+)")
PHONE = re.compile(r"\+\d[\d ()-]{5,}\d|\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b\d{3}-\d{4}\b")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){4,}(?: ?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"\b\d{4}[ -]?\d{4,6}[ -]?\d{4,5}(?:[ -]?\d{4})?\b")


def hold_only_reserved_ranges(values: list[str]) -> int:
    """How many addresses, numbers and accounts were seen, each one asserted to be reserved for examples."""
    seen = 0
    for value in values:
        for domain in MAIL.findall(value):
            assert domain in MAIL_DOMAINS
            seen += 1
        for iban in IBAN.findall(value):
            assert iban.replace(" ", "")[4:8] == "TEST"
            assert iban_remainder(iban) == 1
            seen += 1
        rest = IBAN.sub("", value)
        for card in CARD.findall(rest):
            assert card in TEST_CARDS
            seen += 1
        for phone in PHONE.findall(CARD.sub("", rest)):
            assert re.fullmatch(r"\d{3}-555-01\d\d", phone)
            seen += 1
    return seen


def test_ten_thousand_facts_of_every_placeholder_hold_only_reserved_ranges() -> None:
    """No draw can reach a stranger's mailbox, telephone, account or card."""
    whole = scenario(**EVERY)
    values: list[str] = []
    for customer in range(10_000 // len(EVERY) + 1):
        for part in fill(whole, Chance(7, customer)):
            values += part.values()
    assert len(values) >= 10_000
    assert hold_only_reserved_ranges(values) > 4_000


@pytest.mark.skipif(not names("scenarios"), reason="no stock scenarios")
def test_ten_thousand_facts_of_the_stock_hold_only_reserved_ranges() -> None:
    """The same of every scenario that is shipped."""
    stock = [read(path, Scenario) for path in select("scenarios", ["*"])]
    values: list[str] = []
    customer = 0
    while len(values) < 10_000:
        for one in stock:
            for part in fill(one, Chance(3, one.name, customer)):
                values += part.values()
        customer += 1
    assert "{{" not in "".join(values)
    hold_only_reserved_ranges(values)


def test_the_same_customer_gets_the_same_facts() -> None:
    """A draw has an address and nothing else, names from Faker included."""
    assert fill(scenario(**EVERY), Chance(1, "x")) == fill(scenario(**EVERY), Chance(1, "x"))
    assert fill(scenario(**EVERY), Chance(1, "x")) != fill(scenario(**EVERY), Chance(2, "x"))


def test_a_new_fact_changes_no_other() -> None:
    """Addresses are names, not positions in the file."""
    few, _ = fill(scenario(who="{{name}}", phone="{{phone}}"), Chance(1))
    many, _ = fill(scenario(**EVERY), Chance(1))
    assert {name: many[name] for name in few} == few


def test_two_placeholders_of_one_value_are_two_draws() -> None:
    """The address holds the position within the value."""
    assert len(set(filled("{{digits:9}} {{digits:9}}", Chance(1), "a").split())) == 2


def test_names_come_in_the_customers_language() -> None:
    """An unknown language falls back to English."""
    assert filled("{{name}}", Chance(4), "a", "de") != filled("{{name}}", Chance(4), "a", "en")
    assert filled("{{name}}", Chance(4), "a", "zz") == filled("{{name}}", Chance(4), "a", "en")


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(0, 500), st.integers(0, 500))
def test_draws_keep_their_bounds(seed: int, count: int, low: int, width: int) -> None:
    """Digits have their count and no leading zero, amounts lie in their range."""
    chance = Chance(seed)
    digits = filled(f"{{{{digits:{count}}}}}", chance, "a")
    assert len(digits) == count
    assert count == 1 or digits[0] != "0"
    assert low <= int(filled(f"{{{{amount:{low}-{low + width}}}}}", chance, "a")) <= low + width
    assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", filled("{{time}}", chance, "a"))


@pytest.mark.parametrize(
    "template",
    [
        "{{digits}}",
        "{{digits:0}}",
        "{{digits:16}}",
        "{{letters:x}}",
        "{{amount:9-3}}",
        "{{amount}}",
        "{{choice:}}",
        "{{x",
        "}}",
        "{{choice:a||b}}",
        "{{time:3}}",
        "{{company_email}}",
        "{{Name}}",
        "{{}}",
    ],
)
def test_a_template_that_cannot_be_filled_says_why(template: str) -> None:
    """faults() is what the checks show, and filled() refuses the same."""
    assert faults(template)
    with pytest.raises(ValueError, match=re.escape(faults(template)[0])):
        filled(template + " {{", Chance(1), "a")


@given(st.text(alphabet="{}digtsnameounc:|-0123459. ", max_size=30))
def test_a_template_without_fault_is_filled(template: str) -> None:
    """Either a complaint or a value without braces of a placeholder."""
    if not faults(template):
        assert "{{" not in filled(template, Chance(1), "a")
