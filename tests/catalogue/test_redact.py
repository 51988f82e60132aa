"""Nothing personal may remain of what customers wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalogue.drafts import known_words
from simulator.catalogue.redact import Public, cut

KNOWN = known_words()
NAMES = ["John Smith", "maria garcia", "Xanthippe Oyelaran", "GREGOR SAMSA", "zbigniew brzęczyszczykiewicz", "O'Neill", "Mark",
         "Grace Hopper", "Anne-Marie Dupont-Lévy", "McTavish", "bjørn", "Will Young"]  # fmt: skip
MAILS = ["j.smith@corp.example", "zoe_77@gmail.com", "müller@firma.de", "a @ b.co"]
PHONES = ["+44 7700 900123", "(202) 555-0143", "0170 5551234", "202-555-0172", "2025550172"]
IDS = [
    "ORD-48213",
    "TRK123456789",
    "#4711",
    "WS_9/77",
    "GB82 WEST 1234 5698 7654 32",
    "4111 1111 1111 1111",
    "QX7T2P",
    "77001",
]
FORMS = ["Hi, my name is {}. {}", "{1} Regards, {0}", "Hello this is {}, {}", "{} here. {}", "{1} - {0}", "i am {} and {}",
         "dear {} {}", "{1}. call {0} back", "{1}, mail {0} about it", "{0}: {1}", "{1} for {0}", "this is {} {}"]  # fmt: skip
TOPICS = ["where is my parcel", "my account is locked and i cannot log in", "you charged me twice for the same order"]


def shown(*messages: str) -> str:
    said = [cut(message) for message in messages]
    public = Public(said, KNOWN)
    leads = [public.lead(mark) for one in said for mark in one.marks]
    return "\n".join([*map(public.wording, said), *leads])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_no_name_remains(name: str, form: str) -> None:
    """Whatever its case and place, and though many customers use it."""
    text = shown(*[form.format(name, topic) for topic in TOPICS * 2], *TOPICS)
    ordinary = {"mark", "will", "young"}
    for word in re.split(r"[ '-]", name):
        if len(word) > 2 and word.lower() not in ordinary:
            assert word.lower() not in text.lower()
    assert not re.search(r"\b(Mark|Will|Young)\b", text)


@given(st.sampled_from(MAILS + PHONES + IDS), st.sampled_from(FORMS), st.sampled_from(TOPICS))
def test_no_address_number_or_id_remains(secret: str, form: str, topic: str) -> None:
    """None of its parts, though every customer wrote it."""
    text = shown(*[form.format(secret, topic)] * 4)
    assert not re.search(r"\d|@", text)
    for part in re.findall(r"[^\W\d_]{3,}", secret):
        assert not re.search(rf"\b{part}\b", text, re.IGNORECASE)


@given(st.text(max_size=80), st.sampled_from(TOPICS))
def test_any_text_is_survived(noise: str, topic: str) -> None:
    """Never an exception, never a digit or a brace, whatever the text."""
    text = shown(f"{noise} {topic}", f"{topic}, {noise}")
    assert not re.search(r"[\d{}@\x00]", text)


@given(st.from_regex(r"[bcdfghjklmnpqrstvwxz]{5,9}", fullmatch=True))
def test_a_word_of_one_customer_alone_does_not_remain(word: str) -> None:
    """No rule knows it, so nobody but its author may be told by it."""
    assert word not in shown(f"my {word} does not work at all", *TOPICS)


def test_a_word_that_three_customers_use_remains() -> None:
    """A product's own words are everybody's, in lower case and where no name stands."""
    assert "frobnicator" in shown(*[f"{verb} my frobnicator does not work" for verb in ("why", "since today", "again")])
    assert "frobnicator" not in shown(*["why my frobnicator does not work"] * 2)


def test_what_is_not_private_remains() -> None:
    """The clause beside the private one, without the hole that an id leaves."""
    text = shown("Hi, my name is Ada Lovelace and my parcel is late. Where is my order ORD-99123?")
    assert text.splitlines()[0] == "my parcel is late, Where is my order"


def test_a_lead_says_what_the_id_is_of() -> None:
    """The noun before it, not a thought before that."""
    said = cut("my parcel is gone, order number is AB-1234")
    assert Public([said], KNOWN).lead(said.marks[0]) == "order number is"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mail me at a.b@c.example", "email"),
        ("call +49 170 1234567", "phone"),
        ("paid $45.20", "amount"),
        ("on 3rd May", "date"),
        ("at 10:30 am", "time"),
        ("card 4111 1111 1111 1111", "card"),
        ("from GB82 WEST 1234 5698 7654 32", "iban"),
        ("order AB-12", "id"),
        ("see https://x.example/u/77", "link"),
        ("I am 83 now", "number"),
    ],
)
def test_each_kind_is_told_apart(text: str, kind: str) -> None:
    """By its form, so that a draft can ask for it by name."""
    assert [mark.kind for mark in cut(text).marks] == [kind]
