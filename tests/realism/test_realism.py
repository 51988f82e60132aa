"""The customers' own test: it passes the shipped ones, and fails on two that are one, or a trait without effect."""

from __future__ import annotations

import msgspec
import pytest

from simulator.customers.parameters import DEFAULT, Parameters
from simulator.realism import groups, laws
from simulator.realism.crowd import BOTS, Conduct, conduct, draft
from simulator.realism.standing import standings
from simulator.statistics.distance import distance


@pytest.fixture(scope="module")
def crowd() -> list[Conduct]:
    """Some 2,000 conversations of all personas with five bots."""
    return conduct(draft(2000, 3))


def test_every_conversation_is_there_once(crowd: list[Conduct]) -> None:
    """Over all processes, every bot and persona in about equal number."""
    assert len(crowd) == 2000
    assert {one.bot for one in crowd} == set(BOTS)
    by_persona = {name: sum(one.persona == name for one in crowd) for name in {one.persona for one in crowd}}
    assert max(by_persona.values()) - min(by_persona.values()) <= 10 * len(BOTS)


def test_a_crowd_is_the_same_however_it_is_split(crowd: list[Conduct]) -> None:
    """The first customers, held alone, did the same as among all."""
    ready = draft(2000, 3)
    few = msgspec.structs.replace(ready, cases=ready.cases[:20])
    assert conduct(few) == crowd[:20]


def test_traits_move_what_they_should(crowd: list[Conduct]) -> None:
    """The strong ones show even among two thousand; none has the wrong sign for sure."""
    found = {one.trait: one for one in groups.traits(crowd)}
    for trait in ("impatience", "told_at_once", "errors_per_word", "speed", "bursts", "length", "failed_before"):
        assert found[trait].as_meant, found[trait]
    for one in found.values():
        assert one.effect is not None
        assert one.effect.high > 0 if one.expected > 0 else one.effect.low < 0, one


def test_a_persona_cannot_be_told_from_itself(crowd: list[Conduct]) -> None:
    """Half of one persona's customers under another name: the pair fails."""
    mine = [one for one in crowd if one.persona == "polite_novice"]
    twins = [msgspec.structs.replace(one, persona="twin") if place % 2 else one for place, one in enumerate(mine)]
    (pair,) = groups.pairs(twins)
    assert not pair.apart


def test_plainly_different_personas_are_told_apart(crowd: list[Conduct]) -> None:
    """The impatient leave sooner than retirees who wait."""
    found = groups.pairs([one for one in crowd if one.persona in ("impatient_caller", "patient_retiree")])
    assert "turns_to_leaving" in found[0].apart


def test_lengths_drawn_from_the_law_hold_it() -> None:
    """A calm, average customer that answers nothing: the words asked for are the law itself."""
    from simulator.customers.pace import words_wanted
    from tests.customers.scenes import PLAIN

    drawn = [float(words_wanted((i + 0.5) / 5000, PLAIN, 0.0, parameters=DEFAULT)) for i in range(5000)]
    found = distance(drawn, laws.length_of_people, 120)
    assert found is not None
    assert found.ks < 0.006


def test_the_length_law_by_hand() -> None:
    """P(1 word) = .264 x .592 + .736 x (2.298 / 12.26)^2.298 = .156 + .0157."""
    assert laws.length_of_people(1) == pytest.approx(0.1563 + 0.736 * (2.298 / 12.26) ** 2.298, abs=1e-3)
    assert laws.length_of_people(0) == pytest.approx(0.0, abs=1e-12)


def test_customers_are_not_easy(crowd: list[Conduct]) -> None:
    """Some slots are not validly answered at first; a language model's customer has about 1."""
    estimate = laws.cooperation(crowd).estimate
    assert estimate is not None
    assert 0.3 < estimate < 0.9


def test_facts_come_out_gradually(crowd: list[Conduct]) -> None:
    """More is known with every turn, and not all of it in the end."""
    curve = [one.estimate or 0.0 for one in laws.disclosure(crowd)]
    assert curve == sorted(curve)
    assert curve[0] < 0.6
    assert curve[-1] < 0.95


def test_every_parameter_says_what_it_stands_on() -> None:
    """Measured, cited, fitted or convention: all of them, by name."""
    found = standings()
    assert {one.name for one in found} == set(Parameters.__struct_fields__)
    assert {one.standing for one in found} == {"measured", "cited", "fitted", "convention"}
