"""The voice: every told value stands in the message, ids unharmed, and few customers sound alike."""

from __future__ import annotations

import re
import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.chance import Chance
from simulator.customers.voice import Held, Intent, Lines, phrases
from simulator.language.tables import acts
from simulator.model.errors import InputError
from simulator.model.transcript import Act
from tests.customers.scenes import BICYCLE, PAYROLL, PLAIN, mind, said

VOICE = phrases()
CARELESS = msgspec.structs.replace(PLAIN, errors_per_word=0.3, caps=1.0)

kinds = st.sampled_from(["identity", "problem", "technical", "steps", "impact", "deadline", "outcome", "sentiment"])
ids = st.from_regex(r"[A-Z]{2}-[0-9]{4,6}|[0-9]{2}:[0-9]{2}|[a-z]{3}\.[a-z]{4}@example\.(com|org)", fullmatch=True)
sentences = st.lists(st.text(string.ascii_letters, min_size=2, max_size=9), min_size=1, max_size=6).map(" ".join)
facts = st.lists(
    st.builds(
        Held,
        name=st.from_regex("[a-z]{3,8}(_[a-z]{2,6})?", fullmatch=True),
        value=ids | sentences,
        kind=kinds,
        say=st.sampled_from([(), ("{}",), ("it says {} here", "{}, as I said"), ("{name}: {}",)]),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


def worded(intent: Intent, chance: Chance, move: int) -> str:
    """What is said in one turn."""
    return "\n".join(message.text for message in VOICE.word(intent, chance, move))


@given(
    facts,
    st.sampled_from([("STATE", ""), ("PROVIDE", ""), ("RESTATE", "told"), ("RESTATE", "stuck"), ("RESTATE", "human")]),
    st.floats(0, 1),
    st.integers(1, 40),
    st.integers(0, 10_000),
)
def test_no_told_value_is_dropped_or_mistyped(
    told: tuple[Held, ...], act: tuple[Act, str], frustration: float, length: int, move: int
) -> None:
    """Whatever is told stands in the message; ids to the letter, other words but for capitals."""
    intent = Intent(act[0], CARELESS, frustration, length, told, why=act[1], opening=act[0] == "STATE")
    text = worded(intent, Chance("voice"), move)
    for held in told:
        exact = any(letter.isdigit() or letter == "@" for letter in held.value)
        assert held.value in text if exact else held.value.casefold() in text.casefold()
    assert "\x01" not in text
    assert "\x02" not in text


def test_a_fact_with_wordings_of_its_own_is_told_in_one_of_them() -> None:
    """A wording without `{}` carries the fact by itself."""
    held = Held("problem", "unsaid", "problem", ("where is my parcel",))
    text = worded(Intent("STATE", PLAIN, 0.0, 8, (held,), opening=True), Chance("x"), 0)
    assert "where is my parcel" in text.lower()


def test_the_same_intent_and_address_give_the_same_words() -> None:
    """Wording is a function."""
    intent = Intent("ASK_HUMAN", CARELESS, 0.5, 6)
    assert worded(intent, Chance("a"), 3) == worded(intent, Chance("a"), 3)


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers(1, 30), st.integers(0, 3))
def test_an_ask_for_a_person_is_recognisable(move: int, frustration: float, length: int, ordinal: int) -> None:
    """However careless and angry, the word that names the person is spelt right."""
    text = worded(Intent("ASK_HUMAN", CARELESS, frustration, length, ordinal=ordinal), Chance("ask"), move)
    assert re.search(
        r"\b(human|agents?|person|someone|somebody|representative|colleague|staff|advisor)\b", text.lower()
    )


def test_only_asks_ask() -> None:
    """No other line of the pack reads as an ask for a person, or the bot would hear asks that were not made."""
    pack = msgspec.to_builtins(VOICE.pack)
    tables = acts("en")
    for part in ("greeting", "lead", "history", "closer", "restate", "tail", "thank", "missing", "leave", "exec"):
        for line in every_line(pack[part]):
            assert not tables.asks_for_human(line), line
    assert sum(tables.asks_for_human(line) for line in every_line(pack["ask_human"])) > 25


def every_line(part: object) -> list[str]:
    if isinstance(part, str):
        return [part]
    items = part.values() if isinstance(part, dict) else part
    assert not isinstance(items, (int, float))
    return [line for item in items for line in every_line(item)]  # type: ignore[attr-defined]


def test_every_ask0_line_is_a_plain_ask() -> None:
    """Six different wordings, each of which the lexical tables hear."""
    lines = VOICE.pack.probe_ask0
    assert len(set(lines)) == 6
    assert all(acts("en").asks_for_human(line) for line in lines)


def test_history_says_again() -> None:
    """Who comes back says so."""
    assert all("again" in line for line in VOICE.pack.history)
    text = said(mind(traits=msgspec.structs.replace(PLAIN, failed_before=True)).next(None)).parts[0]
    assert "again" in text.lower()


@pytest.mark.parametrize("scenario", [BICYCLE, PAYROLL], ids=lambda scenario: scenario.name)
def test_few_openings_are_alike(scenario: object) -> None:
    """Of 1,000 customers with the very same facts, at most 5 % open with words that another has used."""
    assert scenario in (BICYCLE, PAYROLL)
    chosen = BICYCLE if scenario is BICYCLE else PAYROLL
    openings = {said(mind(scenario=chosen, repeat=i, traits=None).next(None)).parts for i in range(1000)}
    assert len(openings) >= 950


def test_surface_shares() -> None:
    """About 47 % end without a mark, 16 % start in lower case, and a calm customer hardly ever shouts."""
    intent = Intent("RESTATE", PLAIN, 0.0, 8, why="stuck")
    texts = [worded(intent, Chance("surface"), move) for move in range(2000)]
    assert 0.43 < sum(text[-1].isalpha() for text in texts) / 2000 < 0.51
    assert 0.13 < sum(text[0].islower() for text in texts) / 2000 < 0.19
    assert sum(text.isupper() for text in texts) < 20


def test_the_angry_shout_and_exclaim() -> None:
    """Capitals and exclamation marks grow with frustration."""
    shouting = msgspec.structs.replace(PLAIN, caps=0.1)
    texts = [worded(Intent("ACCEPT", shouting, 0.9, 3), Chance("shout"), move) for move in range(1000)]
    assert 0.28 < sum(text.isupper() for text in texts) / 1000 < 0.48
    assert 0.42 < sum(text.endswith("!") for text in texts) / 1000 < 0.56


def test_typing_errors_come_at_the_trait_s_rate() -> None:
    """Of the words that may be hit, about a share epsilon is."""
    words = ["parcel", "nothing", "arrived", "yesterday", "morning", "delivery", "waiting", "since"] * 4
    held = Held("problem", "unsaid", "problem", (" ".join(words),))
    hit = total = 0
    for move in range(200):
        careless = msgspec.structs.replace(PLAIN, errors_per_word=0.1)
        text = worded(Intent("PROVIDE", careless, 0.0, 1, (held,)), Chance("typos"), move)
        got = [word.strip(".!?").lower() for word in text.split()]
        total += len(words)
        hit += sum(word not in words for word in got)
    assert hit / total == pytest.approx(0.1, abs=0.01)


def test_lines_are_chosen_by_length() -> None:
    """A long target draws long wordings, a short one short ones."""
    lines = Lines([" ".join(["word"] * n) for n in range(1, 41)])
    assert {len(lines.near(30, bits).split()) for bits in range(100)} == set(range(15, 31))
    assert max(len(lines.near(1, bits).split()) for bits in range(100)) == 10


def test_an_unknown_language_is_named() -> None:
    """The message says which languages there are."""
    with pytest.raises(InputError, match=r"no phrases for language 'xx'.*en"):
        phrases("xx")
