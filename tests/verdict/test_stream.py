"""Scoring as it comes."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.model.transcript import Transcript, Turn
from simulator.scorers.stock import CAUTIOUS, score
from simulator.verdict.scoring import ENOUGH_FOR_A_POOL
from simulator.verdict.stream import scored


def talks(count: int) -> Iterator[Transcript]:
    for number in range(count):
        turns = [Turn("customer", f"where is parcel {number % 7}"), Turn("bot", "It is on its way.")]
        yield Transcript(f"c-{number}", turns, "limit", 0.0, target="a" if number % 2 else "b")


def test_the_order_stays_and_the_scores_are_those_of_all_at_once() -> None:
    """In one process and in several."""
    count = ENOUGH_FOR_A_POOL + 150
    whole = [(one, score(one, None)) for one in talks(count)]
    assert list(scored(talks(count), {}, cores=1)) == whole
    assert list(scored(talks(count), {}, cores=2)) == whole


def test_few_are_held_however_many_come() -> None:
    """The first score is there long before the last conversation has been asked for."""
    asked = 0

    def counted() -> Iterator[Transcript]:
        nonlocal asked
        for one in talks(20 * ENOUGH_FOR_A_POOL):
            asked += 1
            yield one

    stream = scored(counted(), {}, cores=1)
    next(stream)
    assert asked <= ENOUGH_FOR_A_POOL
    stream.close()  # type: ignore[attr-defined]  # a generator


def test_a_target_may_be_measured_with_scorers_of_its_own() -> None:
    """As the rule of a whole run wants it."""
    whole = [(one, score(one, None, CAUTIOUS)) for one in talks(4) if one.target == "a"]
    found = [pair for pair in scored(talks(4), {}, cautious={"a": CAUTIOUS}) if pair[0].target == "a"]
    assert found == whole
