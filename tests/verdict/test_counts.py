"""Nobody gets lost: whoever was started has an ending or is in flight, for customers and probes apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from simulator.model.score import Score
from simulator.model.transcript import Ending, Failure, Probed
from simulator.verdict.counts import ENDINGS, counts, failures, missing, truths
from simulator.verdict.record import Booked, Held, Marks
from tests.runs import reconciles
from tests.verdict.scenes import case, held


def test_every_ending_has_its_count() -> None:
    """Also the ones that did not occur."""
    document = counts([case("c-1"), case("c-2")], ["c-1"], [held("c-1", "limit")])
    assert get_args(Ending) == ENDINGS
    assert (document["limit"], document["satisfied"]) == (1, 0)
    assert (document["planned"], document["started"], document["finished"], document["in_flight"]) == (2, 1, 1, 0)


def test_what_was_begun_and_left_nothing_is_in_flight_and_named() -> None:
    """By id, in order; what was never begun is not missing."""
    cases = [case("c-1"), case("c-2"), case("c-3")]
    begun, there = ["c-2", "c-1"], [held("c-1", "satisfied")]
    assert counts(cases, begun, there)["in_flight"] == 1
    assert missing(cases, begun, there) == ["c-2"]


def test_probes_are_counted_apart() -> None:
    """A probe's ending is in no count of the customers'."""
    cases = [case("c-1"), case("c-2", probe=True)]
    document = counts(cases, ["c-1", "c-2"], [held("c-2", "handed_off")])
    assert (document["planned"], document["handed_off"]) == (1, 0)
    assert (document["probes"]["planned"], document["probes"]["handed_off"]) == (1, 1)


def test_unreachable_is_not_answered_badly() -> None:
    """By cause; one that only a target of somebody's own knows is an answer."""
    causes = ("refused", "timeout", "cut", "status", "empty", "status", "their_own")
    there = [
        msgspec.structs.replace(held(f"c-{place}", "target_failed"), error=Failure(cause, "why"))
        for place, cause in enumerate(causes)
    ]
    found = failures([*there, held("c-x")])
    assert (found["unreachable"], found["answered_badly"], found["causes"]["status"]) == (3, 4, 2)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from((None, "none", *ENDINGS))), max_size=30))
def test_counts_always_reconcile(fates: Sequence[tuple[bool, Ending | None]]) -> None:
    """Whatever became of each case: not begun, in flight or ended, customer or probe."""
    cases: list[Booked] = [case(f"c-{number}", probe=probe) for number, (probe, _) in enumerate(fates)]
    begun = [one.id for one, (_, fate) in zip(cases, fates, strict=True) if fate is not None]
    there: list[Held] = [
        held(one.id, fate) for one, (_, fate) in zip(cases, fates, strict=True) if fate in ENDINGS and fate
    ]
    document = counts(cases, begun, there)
    assert reconciles(document)
    assert document["in_flight"] + document["probes"]["in_flight"] == len(missing(cases, begun, there))


def test_what_the_resolution_rate_rests_on() -> None:
    """Conversations by what tells of them, those nobody can say by reason, and how the test system answered."""
    read = [Probed("a", "before", 1, [2], 200), Probed("a", "after", 2, [2], 200, reads=3)]
    unread = [Probed("a", "before", cause="refused"), Probed("a", "after", status=500, cause="status")]
    talks = [msgspec.structs.replace(held(f"c-{place}"), probes=one) for place, one in enumerate((read, unread))]
    marks = Marks()
    marks.add([Score("resolution_basis", "probe")])
    marks.add([Score("resolution_basis", None, reason="R=NA(probe): why")])
    marks.add([Score("resolution_basis", "words"), Score("resolved", 1)])
    marks.add([Score("resolution_basis", "action")])
    assert truths([*talks, held("c-8"), held("c-9")], marks, [0, 1, 2]) == {
        "by": {"probe": 1, "words": 1},
        "unknown": {"R=NA(probe): why": 1},
        "states": {"looks": 4, "requests": 6, "unread": {"refused": 1, "status 500": 1}},
    }
