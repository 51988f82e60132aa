"""Stand-ins for what is personal: how much of it is caught, and what may never remain."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from simulator.logs.pseudonyms import LONGEST_WORD, Pseudonyms, _key, safe_id
from simulator.model.transcript import Failure, Note, Probed, Quote, Signal, Transcript, Turn
from simulator.statistics.running import wilson

TUNED = 20
"""Messages of each language that were looked at when the rules were mended; the others were not."""
KINDS = ("names", "mails", "numbers", "ids")


@cache
def sample() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (Path(__file__).parent / "personal.yaml").read_text(encoding="utf-8")
    )
    return loaded


def alone(text: str) -> str:
    return Pseudonyms([text]).text(text)


def remains(secret: str, text: str) -> bool:
    """Whether any part of a secret is left: a word of it, or four of its digits in a row."""
    if re.search(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", text, re.IGNORECASE):
        return True
    digits = re.sub(r"\D", "", secret)
    left = re.sub(r"[ \-./()]", "", re.sub(r"\[[a-z]+ \d+\]", "", text))
    return len(digits) >= 4 and any(digits[i : i + 4] in left for i in range(len(digits) - 3))


def caught(*, held_back: bool) -> dict[str, tuple[int, int]]:
    """Kind -> how many of how many were caught, each message a conversation of its own; `clean` counts the others."""
    hits: Counter[str] = Counter()
    among: Counter[str] = Counter()
    for messages in sample().values():
        for one in messages[TUNED:] if held_back else messages[:TUNED]:
            shown = alone(one["text"])
            if not any(one.get(kind) for kind in KINDS):
                among["clean"] += 1
                hits["clean"] += shown == one["text"]
            for kind in KINDS:
                for secret in one.get(kind, ()):
                    among[kind] += 1
                    hits[kind] += not remains(secret, shown)
    return {kind: (hits[kind], among[kind]) for kind in (*KINDS, "clean")}


@pytest.mark.parametrize(
    ("kind", "least"), [("names", 0.85), ("mails", 1.0), ("numbers", 1.0), ("ids", 0.95), ("clean", 0.9)]
)
def test_what_is_personal_is_caught(kind: str, least: float) -> None:
    """On the messages that were held back, in four languages, each alone: the hardest case, since nothing else tells a name."""
    hits, among = caught(held_back=True)[kind]
    assert hits / among >= least, f"{kind}: {hits} of {among}, {wilson(hits, among)}"


NAMES = st.sampled_from(
    ["Eleanor Whitcombe", "Jürgen Schröder", "María de la Cruz", "João da Silva", "Siobhán O'Neill", "Ng"]
)
SAYS = ("My name is {}.", "Me llamo {}.", "Ich heiße {}.", "Meu nome é {}.", "Name: {}", "under the name {}")


@given(
    NAMES,
    st.sampled_from(SAYS),
    st.lists(st.sampled_from(["Thanks {}!", "Is {} there?", "tell {} please", "{}"]), max_size=3),
)
def test_the_same_name_is_the_same_stand_in(name: str, form: str, later: list[str]) -> None:
    """Introduced once it is known everywhere in the conversation, before as well, in any case; and only one person is seen."""
    texts = (
        [one.format(name.split()[0]) for one in later]
        + [form.format(name)]
        + [one.format(name.upper()) for one in later]
    )
    pseudonyms = Pseudonyms(texts)
    shown = "\n".join(pseudonyms.text(one) for one in texts)
    assert set(re.findall(r"\[name \d+\]", shown)) == {"[name 1]"}
    for word in re.findall(r"[^\W\d_]{4,}", name):
        assert word.lower() not in shown.lower()


def test_two_people_are_two() -> None:
    """And a surname alone is whoever had it first."""
    texts = ["My name is Eleanor Whitcombe", "Hello Eleanor, I am Tobias", "Mr Whitcombe?"]
    pseudonyms = Pseudonyms(texts)
    assert [pseudonyms.text(one) for one in texts] == [
        "My name is [name 1]",
        "Hello [name 1], I am [name 2]",
        "Mr [name 1]?",
    ]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["My name is Maria Silva", "Hello MARİA"], ["My name is [name 1]", "Hello [name 1]"]),
        (["My name is İrem Yılmaz", "IREM YILMAZ?"], ["My name is [name 1]", "[name 1]?"]),
        (["My name is İris", "iris"], ["My name is [name 1]", "iris"]),
        (["My name is Jessica Strauß", "JEſſICA STRAUß"], ["My name is [name 1]", "[name 1]"]),
        (["My name is Νίκος", "ΝΊΚΟΣ! νίκοσ!"], ["My name is [name 1]", "[name 1]! [name 1]!"]),
        ([unicodedata.normalize("NFD", "My name is José Núñez"), "José?"], ["My name is [name 1]", "[name 1]?"]),
    ],
)
def test_a_name_is_known_however_its_letters_are_encoded(texts: list[str], shown: list[str]) -> None:
    """Dotted and dotless i, long s, final sigma, and accents that are signs of their own."""
    pseudonyms = Pseudonyms(texts)
    assert [pseudonyms.text(one) for one in texts] == shown


def test_letters_that_patterns_take_for_one_another_are_told_as_one() -> None:
    """For every letter there is: what a pattern finds for a letter, case ignored, has the same key."""
    letters = [sign for sign in map(chr, range(0x110000)) if sign.isalpha() and unicodedata.is_normalized("NFC", sign)]
    cased = "".join(sign for sign in letters if len({sign, sign.lower(), sign.upper(), sign.casefold()}) > 1)
    for key in {_key(sign) for sign in cased}:
        assert {_key(found) for found in re.findall(re.escape(key), cased, re.IGNORECASE)} == {key}
    for sign in cased:
        assert re.fullmatch(re.escape(_key(sign)), sign, re.IGNORECASE)


ODD = st.text(st.sampled_from("aAeEiIİıſsSßẞςΣσKkµ ﬅﬆ'-.,\u0301\u0307") | st.characters(), max_size=12)


@given(
    st.lists(ODD, max_size=4).map(" ".join)
    | st.builds("My name is {} {}, hello {}".format, st.sampled_from(["Maria", "İrem", "Strauß", "ΝΊΚΟΣ"]), ODD, ODD)
)
def test_any_text_has_its_stand_ins(text: str) -> None:
    """In any case of its own names too: there is no text on which it fails."""
    pseudonyms = Pseudonyms([text])
    for one in (text, text.upper(), text.lower(), text.swapcase(), unicodedata.normalize("NFD", text)):
        assert isinstance(pseudonyms.text(one), str)


def test_nothing_leads_back() -> None:
    """Another conversation gives another person the same stand-in."""
    assert alone("My name is Eleanor, 5550147") == alone("My name is Tobias, 9981234")


@given(st.text(max_size=300))
def test_no_address_and_no_long_number_ever_remains(text: str) -> None:
    """Whatever is written around them: no @ between words, no five digits in a row, grouped or not."""
    shown = re.sub(r"\[[a-z]+ \d+\]", "", alone(text))
    assert not re.search(r"\w@\w", shown)
    assert not re.search(r"\d{5}", shown)


TELLS = st.sampled_from(
    ["a.b@c.example", "zoë_7@mail.example", "12345", "+44 7700 900461", "4111-1111-1111-1111", "99 88 77 66"]
)


@given(st.text(max_size=40), TELLS, st.text(max_size=40))
def test_addresses_and_numbers_are_caught_in_any_text(before: str, secret: str, after: str) -> None:
    """Set apart by spaces, with anything else around them."""
    shown = alone(f"{before} {secret} {after}")
    assert secret not in shown
    assert not re.search(r"\w@\w|\d{5}", re.sub(r"\[[a-z]+ \d+\]", "", shown))


@given(st.text(max_size=200))
def test_stand_ins_are_final(text: str) -> None:
    """What was replaced is left alone the next time."""
    once = alone(text)
    assert alone(once) == once or "[" in text


def test_one_word_of_a_megabyte_costs_no_time() -> None:
    """It is replaced as a whole: patterns that look ahead would read it again for each letter."""
    assert alone("a1" * 500_000) == "[text 1]"
    assert alone("x" * (LONGEST_WORD - 1)) == "x" * (LONGEST_WORD - 1)


@pytest.mark.parametrize(("id_", "safe"), [("tau/airline/0/1", True), ("dbdc3/CIC_115/CIC0003", True), ("chat-771204", False),
                                           ("eleanor-1", False), ("a@b.example", False), ("T-12", True)])  # fmt: skip
def test_an_id_is_kept_where_it_is_nobodys(id_: str, safe: bool) -> None:
    """No address, no number of five digits, no given name in it."""
    assert safe_id(id_) is safe


def test_every_field_that_can_hold_words_is_changed() -> None:
    """Whatever is text, names of needs and facts too; of signals only the kind and the tool's name, of judges nothing."""
    secret = "My name is Eleanor, eleanor@mail.example"
    signal = Signal("queued", 1.0, {"name": "queue_up", "packet": {"customer": "Eleanor"}, "agent": "Tobias"})
    turn = Turn(
        "customer",
        secret,
        button="for Eleanor",
        ids=["url:x.example/u/eleanor@mail.example"],
        signals=[signal],
        need="refund for Eleanor",
        told=["order", "Eleanor!"],
        voice="failed:Eleanor",
    )
    shown = Pseudonyms([secret]).transcript(
        Transcript(
            "a",
            [turn],
            "limit",
            0.0,
            facts={"who": "Eleanor", "age of Eleanor": "40"},
            truth={"mail": "eleanor@mail.example"},
            target="desk of Eleanor",
            persona="Eleanor",
            scenario="Eleanor calls",
            ended_why="Eleanor left",
            error=Failure("Eleanor", "eleanor@mail.example"),
            unseeded=["Eleanor"],
            probes=[Probed("a", "after", value={"owner": "Eleanor"}, expected=["Eleanor"])],
            notes=[Note("a", "a", "Eleanor", "1", True, [Quote(0, secret)])],
        )
    )
    assert not re.search("eleanor|tobias", str(shown), re.IGNORECASE)
    assert (shown.turns[0].need, shown.turns[0].told) == ("refund for [name 1]", ["order", "[name 1]!"])
    assert (shown.target, shown.scenario, shown.ended_why) == ("desk of [name 1]", "[name 1] calls", "[name 1] left")
    assert (shown.probes, shown.notes) == ([], [])
    assert shown.turns[0].signals == [Signal("queued", 1.0, {"name": "queue_up"})]
