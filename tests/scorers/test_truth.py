"""What shows that a need was met; and what cannot show it is neither a success nor a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue.settle import settle
from simulator.model.scenario import Need, Resolution, Scenario, StateProbe
from simulator.model.score import Score
from simulator.model.transcript import Note, Probed, Quote, Transcript
from simulator.scorers.truth import basis_in_words, basis_of, findings
from tests.scorers.scenes import BOILER, KETTLE, Line, bot, customer, human, scores_of, signal, talk

START = customer("STATE", "my kettle leaks", need="return_it")
SENT = bot("Done, your label is on its way. Your issue is resolved.")
LABEL = bot("Your label is RET-31.")
DEPENDENT = (
    "resolved",
    "resolved_share",
    "resolution_basis",
    "false_resolution",
    "silent_success",
    "toxic_containment",
    "deflected_away",
    "good_containment",
    "trust_gap",
    "silent_exit",
    "effectively_escalated",
    "ended_neither",
)
"""Every score that speaks of a solution."""


def judged_by(*resolutions: Resolution) -> Scenario:
    """The kettle's scenario with needs that rest on other things."""
    needs = [Need(f"need_{place}", one, qualified_queues=["returns"]) for place, one in enumerate(resolutions)]
    return msgspec.structs.replace(KETTLE, needs=needs)


STATE = Resolution(probe=StateProbe("/returns/{{order}}", "status", equals="sent"))
BY_STATE = judged_by(STATE)
BY_NOTE = judged_by(Resolution(judge="ombudsman"))
MIXED = judged_by(STATE, Resolution(told=["label"]))


def state(when: Literal["before", "after"], value: Any = None, *, cause: str = "", status: int = 200) -> Probed:
    """What the test system said."""
    return Probed("need_0", when, value, ["sent"], status, cause)


OPEN, SENT_BEFORE = state("before", "open"), state("before", "sent")
STILL_OPEN, SENT_AFTER = state("after", "open"), state("after", "sent")


def by_state(*probes: Probed, lines: Sequence[Line] = (SENT,), **more: Any) -> dict[str, Score]:
    return scores_of(talk(START, *lines, probes=list(probes), **more), BY_STATE)


def test_a_state_that_came_about_is_resolved() -> None:
    """Not so before, so afterwards; the score says what it rests on."""
    told = by_state(OPEN, SENT_AFTER)
    assert (told["resolved"].value, told["resolved"].reason) == (1, "by a state probe")
    assert told["resolution_basis"].value == "probe"
    assert told["false_resolution"].value == 0


def test_a_state_that_did_not_come_about_is_not() -> None:
    """Whatever the bot claims."""
    told = by_state(OPEN, STILL_OPEN)
    assert (told["resolved"].value, told["claimed"].value, told["false_resolution"].value) == (0, 1, 1)


@pytest.mark.parametrize(
    ("probes", "why"),
    [
        ([SENT_BEFORE, SENT_AFTER], "it was so before the conversation"),
        ([SENT_BEFORE, STILL_OPEN], "it was so before the conversation"),
        ([OPEN, state("after", cause="refused", status=0)], "the state could not be read (refused)"),
        ([state("before", cause="timeout", status=0), SENT_AFTER], "the state could not be read (timeout)"),
        ([OPEN, state("after", cause="status", status=500)], "the state could not be read (status 500)"),
        ([OPEN, state("after", cause="not_json")], "the state could not be read (not_json)"),
        ([SENT_AFTER], "the state was not read before the conversation"),
        ([OPEN], "the state was not read after the conversation"),
        ([], "this target has no test system that was asked"),
    ],
)
def test_what_a_state_cannot_tell_nobody_can(probes: list[Probed], why: str) -> None:
    """Every score that speaks of a solution is None with that reason, and none of them is 0."""
    told = by_state(*probes)
    assert {told[name].reason for name in DEPENDENT} == {f"R=NA(probe): {why}"}
    assert {told[name].value for name in DEPENDENT} == {None}


def test_a_bot_that_failed_before_a_word_has_done_nothing() -> None:
    """No session was there to look; still that conversation is unsolved by the bot."""
    failed = talk(ending="target_failed", ended=1.0)
    assert scores_of(failed, BY_STATE)["resolved"].value == 0
    spoken = talk(START, ending="target_failed", ended=1.0)
    assert scores_of(spoken, BY_STATE)["resolved"].value is None


def test_what_a_person_may_have_done_is_not_booked_to_the_bot() -> None:
    """Our own desk does nothing in the company's systems; whoever sits behind a sandbox may."""
    lines = (bot("Connecting you.", signal("accepted", 2.0)), human("Hello, I am Ada.", 30.0))
    ours = by_state(OPEN, SENT_AFTER, lines=lines)
    theirs = by_state(OPEN, SENT_AFTER, lines=lines, tiers=("T0", "T1", "T2"))
    unsolved = by_state(OPEN, STILL_OPEN, lines=lines, tiers=("T0", "T1", "T2"))
    assert [told["resolved"].value for told in (ours, theirs, unsolved)] == [1, None, 0]
    assert "a person had joined" in theirs["resolved"].reason


def test_needs_may_rest_on_different_things() -> None:
    """Both have to hold, and both are named."""
    both = talk(START, LABEL, probes=[OPEN, SENT_AFTER])
    half = talk(START, LABEL, probes=[OPEN, STILL_OPEN])
    told = scores_of(both, MIXED)
    assert (told["resolved"].value, told["resolution_basis"].value) == (1, "words+probe")
    assert told["resolved"].reason == "by the bot's words and a state probe"
    assert scores_of(half, MIXED)["resolved_share"].value == 0.5


def test_one_unknown_need_makes_the_whole_unknown() -> None:
    """Also where the other is open: else only what failed would ever be counted."""
    told = scores_of(talk(START, SENT, probes=[OPEN, state("after", cause="cut", status=0)]), MIXED)
    assert (told["resolved"].value, told["resolved_share"].value) == (None, None)


def test_a_wait_for_a_person_ends_with_the_state() -> None:
    """Solved at the end at the latest: the competing event is solved, not left."""
    lines = (customer("ASK_HUMAN", "a person please"), bot("Not now."))
    solved, left = by_state(OPEN, SENT_AFTER, lines=(SENT, *lines)), by_state(OPEN, STILL_OPEN, lines=(SENT, *lines))
    assert (solved["ttee"].event, left["ttee"].event) == ("resolved", "left")


# Judges' notes


def note(verdict: bool | None, *quotes: tuple[int, str], need: str = "need_0", judge: str = "ombudsman") -> Note:
    return Note("t-1", need, judge, "3", verdict, [Quote(*one) for one in quotes], "some-model", "sha256:00")


def by_note(*notes: Note, lines: Sequence[Line] = (SENT,)) -> Score:
    return scores_of(talk(START, *lines, notes=list(notes)), BY_NOTE)["resolved"]


def test_a_note_with_its_quote_decides() -> None:
    """True, false or nothing, and the turn that proves it."""
    yes, no = by_note(note(True, (1, "label is on its way"))), by_note(note(False))
    assert (yes.value, yes.turns, yes.reason) == (1, [1], "by a judge's note")
    assert no.value == 0
    unsure = by_note(note(None))
    assert (unsure.value, unsure.reason) == (None, "R=NA(judge): the judge could not tell")


def test_without_a_note_nobody_can_say() -> None:
    """Nor with one on another need, or by another judge."""
    for others in ([], [note(True, (1, "label"), need="other")], [note(True, (1, "label"), judge="passer-by")]):
        found = by_note(*others)
        assert (found.value, found.reason) == (None, "R=NA(judge): no judge note")


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ((1, "label has arrived"), "not in turn 2"),
        ((0, "label is on its way"), "not in turn 1"),
        ((7, "label"), "there is no turn 7"),
        ((-1, "label"), "there is no turn -1"),
        ((1, "  "), "not in turn 2"),
    ],
)
def test_a_quote_that_is_not_there_voids_the_note(quote: tuple[int, str], why: str) -> None:
    """Also a verdict of false, and also beside quotes that are there."""
    for verdict in (True, False, None):
        found = by_note(note(verdict, (1, "Done"), quote))
        assert found.value is None
        assert "the judge's note is void" in found.reason
        assert why in found.reason


def test_a_verdict_of_true_has_to_quote() -> None:
    """What proves it must be shown."""
    assert by_note(note(True)).reason == "R=NA(judge): the judge's note is void: it quotes nothing"


def test_line_breaks_do_not_void_a_quote() -> None:
    """Runs of spaces and line breaks are one space."""
    assert by_note(note(True, (1, "your  label\nis on its way"))).value == 1


def test_the_last_of_several_notes_counts() -> None:
    """A judge that was mended writes below the old note."""
    assert by_note(note(False), note(True, (1, "Done"))).value == 1


def test_what_a_judge_finds_after_a_person_has_joined_is_not_the_bots() -> None:
    """R stays 0."""
    lines = (bot("Connecting you.", signal("accepted", 2.0)), human("Your label is on its way.", 30.0))
    assert by_note(note(True, (2, "on its way")), lines=lines).value == 0


# Bots that nobody instrumented


def uninstrumented(scenario: Scenario, *lines: Line, **more: Any) -> dict[str, Score]:
    return scores_of(talk(*lines, scenario=scenario, tiers=("T0", "T1"), **more), scenario)


def test_information_is_all_that_words_can_show() -> None:
    """T1: an information need is judged, R(T1); containment, and what needs it, is None and never 0."""
    told = uninstrumented(KETTLE, START, bot("Your label is RET-31 and it takes two weeks."))
    assert (told["resolved"].value, told["resolved"].reason) == (1, "R(T1)")
    assert told["silent_exit"].value == 0
    for name in ("contained", "toxic_containment", "deflected_away", "good_containment", "trust_gap"):
        assert told[name].value is None
        assert told[name].reason


@pytest.mark.parametrize("ending", ["satisfied", "left_silent", "left_voiced", "bot_closed", "limit", "target_failed"])
def test_an_action_that_nobody_sees_is_neither_done_nor_not(ending: Any) -> None:
    """However it ended: every score that speaks of a solution is None with a reason."""
    told = uninstrumented(BOILER, customer("STATE", "it is cold"), bot("An engineer is on the way."), ending=ending)
    assert {told[name].value for name in DEPENDENT} == {None}
    assert all(told[name].reason for name in DEPENDENT)
    assert told["resolved"].reason == "R=NA(T2)"


def test_events_without_a_log_of_actions_show_no_action() -> None:
    """A target that tells of hand-offs only: T2 is there, and still nobody can say what was done."""
    lines = (customer("STATE", "it is cold"), bot("An engineer is on the way."))
    blind = scores_of(talk(*lines, scenario=BOILER, action_log=False), BOILER)
    assert {blind[name].value for name in DEPENDENT} == {None}
    assert blind["contained"].value == 1


def test_a_log_of_actions_shows_them_without_hand_offs() -> None:
    """R by the log, containment unknown."""
    done = bot("Booked.", signal("action", 2.0, name="engineer_sent"))
    told = uninstrumented(BOILER, customer("STATE", "it is cold"), done, action_log=True)
    assert (told["resolved"].value, told["resolution_basis"].value, told["contained"].value) == (1, "action", None)
    idle = uninstrumented(BOILER, customer("STATE", "it is cold"), bot("Booked."), action_log=True)
    assert idle["resolved"].value == 0


def test_what_nobody_told_the_bot_it_cannot_know() -> None:
    """R = NA also where it guessed right: what only counts when it is right is no rate."""
    for said in (LABEL, bot("Your label is RET-31 and it takes two weeks."), bot("I do not know.")):
        told = uninstrumented(KETTLE, START, said, unseeded=["weeks"])
        assert {told[name].value for name in DEPENDENT} == {None}
        assert told["resolved"].reason == "R=NA(unseeded)"


@given(
    st.lists(st.sampled_from([OPEN, SENT_BEFORE, STILL_OPEN, SENT_AFTER, state("after", cause="cut")]), max_size=4),
    st.lists(st.builds(note, st.sampled_from([True, False, None])), max_size=2),
    st.sampled_from(["satisfied", "left_silent", "target_failed", "bot_closed"]),
)
def test_findings_are_none_exactly_where_they_have_a_reason(
    probes: list[Probed], notes: list[Note], ending: Literal["satisfied", "left_silent", "target_failed", "bot_closed"]
) -> None:
    """Whatever was read and noted, nothing is raised, and an unknown always says why."""
    scenario = judged_by(STATE, Resolution(judge="ombudsman"), Resolution(told=["label"]))
    transcript: Transcript = talk(START, LABEL, ending=ending, probes=probes, notes=notes)
    found = findings(transcript, scenario, settle(transcript, scenario))
    assert [one.basis for one in found] == ["probe", "judge", "words"]
    assert all((one.met is None) == bool(one.reason) for one in found)
    assert basis_of(found) == "words+probe+judge"
    assert basis_in_words("words+probe+judge") == "the bot's words, a state probe and a judge's note"
