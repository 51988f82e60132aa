"""The guard: reworded turns that keep the contract pass, the known defects of language-model customers do not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.customers import guard
from simulator.customers.guard import Wanted, fault, stands, tells
from simulator.customers.voice import Held
from tests.customers.rewordings import BROKEN, FAQ, OPENING, ORDER, PARCEL, SOLVED, SOUND, Reworded, turn


def _name(one: Reworded) -> str:
    return f"{one.wanted.language}-{one.wanted.act}-{one.text[:40]}"


@pytest.mark.parametrize("one", SOUND, ids=_name)
def test_what_keeps_the_contract_passes(one: Reworded) -> None:
    """Other words for the same are no fault."""
    assert fault(one.text, one.wanted) == ""


@pytest.mark.parametrize("one", BROKEN, ids=_name)
def test_what_breaks_it_is_caught(one: Reworded) -> None:
    """Each known defect, whichever name it is given."""
    assert fault(one.text, one.wanted) != ""


def test_a_defect_gets_its_own_name() -> None:
    """Nearly always: some are two at once."""
    single = [one for one in BROKEN if one.text.strip() and one.defect != "several"]
    named = [fault(one.text, one.wanted) in one.defect for one in single]
    assert sum(named) / len(named) > 0.95


@pytest.mark.parametrize("one", SOUND, ids=_name)
def test_the_draft_itself_passes(one: Reworded) -> None:
    """What phrases worded is never held against them."""
    assert fault(one.wanted.draft, one.wanted) == ""


@pytest.mark.parametrize("signal", ["###STOP###", "[END]", "<|im_end|>", "TERMINATE", "(end of conversation)"])
def test_a_stop_signal_beside_a_thank_you(signal: str) -> None:
    """The confirmation and the signal in one turn is the commonest defect of all."""
    [one] = turn("THANK", "thanks", f"Thanks, that was all I needed. {signal}", last=SOLVED)
    assert fault(one.text, one.wanted) == "stop_token"


def test_the_bots_words_may_be_taken_up() -> None:
    """Quoting its numbers, names and offers is no invention, and complaining of its lines no change of roles."""
    heard = "Ticket T-4471 is with Rosalind. How can I help you with it on Tuesday?"
    texts = (
        "You said T-4471 is with Rosalind, and then?",
        "Tuesday is too late.",
        "You keep asking “How can I help you”.",
    )
    for one in turn("RESTATE", "that's not what I asked", *texts, last=heard):
        assert fault(one.text, one.wanted) == ""


def test_a_confirmation_needs_a_question_first() -> None:
    """Unasked it breaks the contract; asked for, a customer who acknowledges may give it."""
    [one] = turn("CONFIRM", "ok, go on", "Yes, I confirm, please proceed.", last="I am looking at it.")
    assert fault(one.text, one.wanted) == "act"
    asked = msgspec.structs.replace(one.wanted, last="Shall I go ahead with the cancellation?")
    assert fault(one.text, asked) == ""


def test_the_opening_may_be_said_when_it_is_the_opening() -> None:
    """And not again."""
    first = Wanted("STATE", "my parcel has not arrived", length=14, facts=(PARCEL,))
    assert fault(OPENING, first) == ""
    later = Wanted("RESTATE", "that's not it", length=14, opening=OPENING, said=OPENING, heard=FAQ)
    assert fault(OPENING, later) == "opening_again"


def test_the_matter_may_be_taken_up_again() -> None:
    """Restating is no repetition; the opening in other order, shortened, or with words beside it is one."""
    opening = "hello, my internet is really slow since yesterday. any ideas?"
    wanted = Wanted("RESTATE", "no change, same as before", length=6, opening=opening, said=opening, heard=FAQ)
    assert fault("No change, the internet is still slow.", wanted) == ""
    for text in ("Hi, since yesterday my internet's been really slow, any ideas?", f"No change. {opening}"):
        assert fault(text, wanted) == "opening_again"


def test_words_around_a_value_do_not_tell_it() -> None:
    """Nor does naming the matter without what is wrong with it."""
    cleared = Held("cache", "cleared the browser cache", "steps", ["{} everywhere, no change"])
    assert not tells("we restarted everything, no change", cleared)
    wrong = Held("problem", "I got the wrong item", "problem", ["{}", "this is not what I ordered"])
    assert tells("that's not what I ordered", wrong)
    assert not tells("I have a question about what I ordered", wrong)


def test_a_wrong_value_has_to_be_told_as_it_is() -> None:
    """A slip of the customer's is a fact like any other."""
    slipped = Held("order", "RW-62977", "identity")
    wanted = Wanted("PROVIDE", "it's RW-62977", facts=(slipped,), held_back=(ORDER,))
    assert fault("My order is RW-62977.", wanted) == ""
    assert fault("My order is RW-62917.", wanted) == "leaked"


def test_a_scenarios_pattern_tells_a_fact() -> None:
    """In words that share nothing with the value."""
    fact = Held("impact", "wages are late", "impact")
    assert not tells("nobody got any money this month", fact)
    assert tells("nobody got any money this month", fact, ["got (no|any) money"])


@given(
    st.text(st.sampled_from("AB-0123456789"), min_size=3, max_size=12).filter(
        lambda v: v[0] in "AB" and v[-1].isdigit()
    )
)
def test_a_value_stands_in_a_text_whatever_its_case_and_spaces(value: str) -> None:
    """As a word of its own, not as a piece of a longer one."""
    assert stands(value, f"it is {value.lower()}, ok?")
    assert stands(value, f"it is {' '.join(value)} ok")
    assert not stands(value, f"it is {value}7")
    assert not stands(value, f"it is x{value}")


@pytest.mark.parametrize("language", ["es", "de", "pt"])
def test_every_language_looks_for_the_same(language: str) -> None:
    """A table may lack only what English says for all."""
    folder = Path(guard.__file__).parent / "cues"
    english, other = (yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in ("en", language))
    assert english.keys() - other.keys() == {"capitals"}


@settings(deadline=None)  # the first text of a language waits for its cues
@given(st.text(max_size=200), st.sampled_from([one.wanted for one in SOUND]))
def test_any_text_gets_an_answer(text: str, wanted: Wanted) -> None:
    """Whatever a model may write."""
    assert isinstance(fault(text, wanted), str)
