from __future__ import annotations

import msgspec
import pytest

from simulator.dialogue.settle import settle
from simulator.language.text import sim
from simulator.model.scenario import Scenario
from simulator.scorers.loops import Loops, runs
from simulator.scorers.observable import unobservable
from tests.scorers.scenes import BOILER, KETTLE, Line, bot, customer, scores_of, signal, talk

ORDER = "Please tell me your order number."
UPDATE = "Please update the app to its newest version and open it again."
UPDATE_2 = "Could you please update your app to the newest version and then open it again?"
UPDATE_3 = "It often helps to install what the store has as the latest release, then start afresh."
LIDS = "Most leaks come from the lid: press it down until it clicks."
SCALE = "Descaling twice a year keeps a kettle tight, our guide shows how."
NO = customer("RESTATE", "that did not help")
ASK = customer("ASK_HUMAN", "a person please")
START = customer("STATE", "my kettle leaks", ["problem"])


def loop(*lines: Line, scenario: Scenario = KETTLE) -> tuple[object, object, object]:
    """Cycles, onset and level of a conversation."""
    found = scores_of(talk(*lines, scenario=scenario), scenario)
    return found["loop_cycles"].value, found["loop_onset"].value, found["loop_level"].value


def test_the_first_answer_is_never_a_cycle() -> None:
    """A useless first answer is only the first element of the list."""
    assert loop(START, bot(LIDS)) == (0, None, 0)


def test_closing_after_two_solved_needs_is_no_loop() -> None:
    """The same closing sentence follows progress both times."""
    closing = "Is there anything else I can do?"
    solved = bot(f"Your label is RET-31. {closing}")
    assert loop(
        START, solved, customer("STATE", "and how long?", need="how_long"), bot(f"It takes two weeks. {closing}")
    ) == (0, None, 0)


def test_asking_again_after_no_value_is_no_loop() -> None:
    """The order number may be asked for again twice when the customer has none."""
    none = customer("RESTATE", "I don't have it")
    assert loop(START, bot(ORDER), none, bot(ORDER), none, bot(ORDER)) == (0, None, 0)


def test_asking_a_third_time_after_no_value_is_a_cycle() -> None:
    """Two re-asks are excused, the third is not."""
    none = customer("RESTATE", "I don't have it")
    assert loop(START, bot(ORDER), none, bot(ORDER), none, bot(ORDER), none, bot(ORDER)) == (1, 4, 1)


def test_asking_again_after_a_valid_value_is_a_cycle() -> None:
    """The customer has given the number; to give it again is a reformulation."""
    told = customer("PROVIDE", "BO-4471", ["order"])
    again = customer("RESTATE", "BO-4471, as I said", ["order"])
    assert loop(START, bot(ORDER), told, bot(ORDER), again, bot(ORDER)) == (1, 3, 1)


def test_a_menu_after_an_invalid_pick_is_excused_twice() -> None:
    """A menu choice is a slot: two re-shows are excused, the third is a cycle."""
    wrong = customer("RESTATE", "9", ["menu:main!"])
    menu = bot("1 returns, 2 parts, 3 other", ids=["menu:main"])
    assert loop(START, menu, wrong, menu, wrong, menu) == (0, None, 0)
    assert loop(START, menu, wrong, menu, wrong, menu, wrong, menu) == (1, 4, 1)


def test_a_menu_after_a_valid_pick_is_a_cycle() -> None:
    """Equal content and no progress."""
    menu = bot("1 returns, 2 parts, 3 other", ids=["menu:main"])
    assert loop(START, menu, customer("RESTATE", "1", ["menu:main"]), menu) == (1, 2, 1)


def test_not_understanding_in_three_wordings_is_a_loop() -> None:
    """The signature `fallback` joins what the texts do not."""
    lines = (
        "Sorry, I didn't get that.",
        "Could you rephrase your question?",
        "I'm not sure I follow, something went wrong.",
    )
    assert loop(START, bot(lines[0]), NO, bot(lines[1]), NO, bot(lines[2])) == (2, 2, 3)


def test_three_new_steps_that_fail_are_no_loop() -> None:
    """Each is progress; unsolved, and a failed attempt each time."""
    steps = [bot("Please bleed the radiators."), bot("Then open every valve fully."), bot("Now refill the system.")]
    transcript = talk(customer("STATE"), steps[0], NO, steps[1], NO, steps[2], scenario=BOILER)
    found = scores_of(transcript, BOILER)
    assert (found["loop_level"].value, found["resolved"].value) == (0, 0)
    assert (found["need_point"].value, found["need_point"].event) == (40.0 + 4.0, "failed_attempts")


def test_where_the_repeat_is_the_service_there_is_no_loop() -> None:
    """Each answer delivers a milestone that was not delivered before."""
    assert loop(START, bot("Status: label RET-31."), NO, bot("Status: two weeks.")) == (0, None, 0)


def test_saying_it_again_on_request_is_no_cycle() -> None:
    """The customer's act is OTHER, not RESTATE."""
    assert loop(START, bot(LIDS), customer("OTHER", "sorry, say again?"), bot(LIDS)) == (0, None, 0)


def test_errors_and_silence_are_fallbacks_and_failures() -> None:
    """Both views are reported: a loop of nothing, and availability errors."""
    error = bot("502 upstream", signal("error", 21.0))
    found = scores_of(talk(START, error, NO, bot(""), NO, bot("")))
    assert (found["loop_level"].value, found["availability_errors"].value) == (3, 3)


def test_silence_after_thanks_is_no_turn() -> None:
    """A thank-you calls for no answer."""
    found = scores_of(talk(START, bot("Your label is RET-31."), customer("THANK", "thanks"), bot("")))
    assert (found["availability_errors"].value, found["availability_errors"].weight) == (0, 1)


def test_asking_for_what_was_told_is_redundant_and_loops_from_its_repeat_on() -> None:
    """The first such ask makes no progress and repeats nothing."""
    start = customer("STATE", "BO-4471 leaks", ["order", "problem"])
    assert loop(start, bot(ORDER), NO, bot(ORDER)) == (1, 2, 1)
    assert scores_of(talk(start, bot(ORDER)))["redundant_asks"].value == 1


def test_even_a_good_step_helps_only_once() -> None:
    """The turn that made progress is what the next ones are compared with."""
    reset = "Please reset the boiler now."
    assert loop(customer("STATE"), bot(reset), NO, bot(reset), scenario=BOILER) == (1, 2, 1)


def test_a_policy_repeated_with_an_exit_is_level_2() -> None:
    """The customer can leave the circle."""
    policy = bot("A lid cannot be replaced. You can call us on 0800 555 0100.")
    assert loop(START, policy, NO, policy, NO, policy) == (2, 2, 2)


def test_the_same_content_in_another_language_is_a_repeat() -> None:
    """By its id; that the change to the customer's language is progress in itself is not heard by this version."""
    assert loop(START, bot("Update the app.", ids=["kb:17"]), NO, bot("Aktualisieren Sie die App.", ids=["kb:17"])) == (
        1,
        2,
        1,
    )


def test_paraphrase_escapes_likeness_but_not_content() -> None:
    """Both paraphrases are below the bound of .85; the article's id catches them."""
    assert sim(UPDATE, UPDATE_2) < 0.85
    assert sim(UPDATE, UPDATE_3) < 0.85
    told = [bot(text, ids=["kb:17"]) for text in (UPDATE, UPDATE_2, UPDATE_3)]
    assert loop(START, told[0], NO, told[1], NO, told[2]) == (2, 2, 3)


def test_two_answers_in_turn_are_a_loop() -> None:
    """A-B-A-B: the window of four sees it, from the third bot turn on."""
    assert loop(START, bot(LIDS), NO, bot(SCALE), NO, bot(LIDS), NO, bot(SCALE)) == (2, 3, 3)


def test_a_window_of_four_forgets_the_fifth() -> None:
    """Five different answers and then the first again: it has left the window."""
    others = [bot(text, ids=[f"kb:{number}"]) for number, text in enumerate(("Alpha", "Bravo", "Charlie", "Delta"))]
    lines = [line for other in others for line in (other, NO)]
    assert loop(START, bot("Zulu", ids=["kb:z"]), NO, *lines, bot("Zulu", ids=["kb:z"])) == (0, None, 0)


def test_two_stonewalled_asks_are_level_4() -> None:
    """Entrapment of one who asked for a person twice, within the loop."""
    assert loop(START, bot(LIDS), ASK, bot(LIDS), ASK, bot(LIDS)) == (2, 2, 4)


def test_one_stonewalled_ask_is_level_3() -> None:
    """Level 4 needs two."""
    assert loop(START, bot(LIDS), NO, bot(LIDS), ASK, bot(LIDS)) == (2, 2, 3)


def test_a_loop_that_names_a_way_to_a_person_is_level_2() -> None:
    """`Type AGENT` is an exit that can be taken now."""
    lid = bot(f"{LIDS} Type AGENT to reach a person.")
    assert loop(START, lid, NO, lid, NO, lid) == (2, 2, 2)


def test_an_exit_that_was_tried_and_failed_is_none() -> None:
    """The customer types AGENT and gets the same again."""
    lid = bot(f"{LIDS} Type AGENT to reach a person.")
    found = scores_of(talk(START, lid, NO, lid, ASK, bot(LIDS), NO, bot(LIDS)))
    assert found["loop_level"].value == 3


def test_an_accepted_offer_that_leads_nowhere_is_no_exit() -> None:
    """Taking what was offered is a try too, though no ask."""
    lid = bot(f"{LIDS} Would you like to talk to an agent?")
    yes = customer("ACCEPT", "yes please")
    found = scores_of(talk(START, lid, NO, lid, yes, bot(SCALE), NO, bot(LIDS), NO, bot(LIDS)))
    assert found["loop_level"].value == 3


def test_a_false_promise_makes_entrapment_level_4() -> None:
    """Nobody came within a minute of being promised."""
    promise = bot("I am putting you through to a person now.")
    lines = (START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS), NO, promise, customer("RESTATE", "hello?", at=200))
    assert scores_of(talk(*lines, bot(LIDS)))["loop_level"].value == 4


def test_without_events_a_false_promise_cannot_raise_the_level() -> None:
    """A promise cannot be judged without the target's events."""
    promise = bot("I am putting you through to a person now.")
    lines = (START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS), NO, promise, customer("RESTATE", "hello?", at=200))
    level = scores_of(talk(*lines, bot(LIDS), tiers=("T0", "T1")))["loop_level"]
    assert level.value == 3
    assert "without T2" in level.reason


def test_without_t2_two_unmet_asks_still_show() -> None:
    """Asks that were passed over need no event to be seen."""
    found = scores_of(talk(START, bot(LIDS), ASK, bot(LIDS), ASK, bot(LIDS), tiers=("T0", "T1")))
    assert found["loop_level"].value == 4


def test_a_standing_way_out_counts_in_every_turn() -> None:
    """A button on the page that the target file declares."""
    found = scores_of(talk(START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS), standing_exit=True))
    assert found["loop_level"].value == 2


def test_a_button_that_leads_to_a_person_is_an_exit() -> None:
    """The wire's buttons are heard as the customer heard them."""
    lid = bot(LIDS, signal("button", 1.0, title="Talk to an agent", payload="agent"))
    assert loop(START, lid, NO, lid, NO, lid) == (2, 2, 2)


def test_a_turn_in_between_does_not_break_a_run() -> None:
    """Only a reset does: a new but useless answer is neither cycle nor progress."""
    assert loop(START, bot(LIDS), NO, bot(LIDS), NO, bot(SCALE), NO, bot(LIDS)) == (2, 2, 3)


def test_progress_breaks_a_run() -> None:
    """One cycle, an awaited truth, one cycle: twice a near-loop, no loop."""
    lines = (START, bot(LIDS), NO, bot(LIDS), NO, bot("Have you an order number?"), NO, bot(SCALE), NO, bot(SCALE))
    transcript = talk(*lines)
    assert [len(run.cycles) for run in runs(settle(transcript, KETTLE))] == [1, 1]
    assert scores_of(transcript)["loop_level"].value == 1


def test_after_a_resolution_the_list_is_empty() -> None:
    """What solved it may be said once more."""
    label = bot("Your label is RET-31.")
    assert loop(START, label, customer("RESTATE", "what was it?"), label) == (0, None, 0)


def test_runs_are_counted_by_need() -> None:
    """One repeat on each of two needs is twice a near-loop."""
    other = customer("STATE", "and how long?", need="how_long")
    again = customer("RESTATE", "how long?", need="how_long")
    first = customer("RESTATE", "it leaks!", need="return_it")
    assert loop(START, bot(LIDS), first, bot(LIDS), other, bot(SCALE), again, bot(SCALE))[2] == 1


@pytest.mark.parametrize(
    ("lines", "ending", "escape", "seconds"),
    [
        ((), "left_silent", "left_silent", 74.0 - 22.0),
        ((), "left_voiced", "left_voiced", 74.0 - 22.0),
        ((), "bot_closed", "bot_closed", 74.0 - 22.0),
        ((), "target_failed", "bot_closed", 74.0 - 22.0),
        ((), "limit", "cap", 74.0 - 22.0),
        ((NO, bot("Your label is RET-31.")), "satisfied", "bot_recovered", 68.0 - 22.0),
        ((customer("EXEC", "I will write to your director"), bot(SCALE)), "left_voiced", "exec", 66.0 - 22.0),
        ((ASK, bot("One moment.", signal("requested", 67.0))), "handed_off", "human_granted_on_ask", 67.0 - 22.0),
        ((NO, bot("One moment.", signal("requested", 67.0))), "handed_off", "human_offered", 67.0 - 22.0),
        (
            (NO, bot("You can call us on 0800 555 0100."), customer("ACCEPT", "I will ring")),
            "left_silent",
            "customer_workaround",
            88.0 - 22.0,
        ),
    ],
)
def test_every_loop_ends_in_one_of_the_escapes(
    lines: tuple[Line, ...], ending: str, escape: str, seconds: float
) -> None:
    """The clock runs from the first cycle's reformulation (22 s) to the escape; our own limit censors."""
    three = (START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS))
    transcript = msgspec.structs.replace(talk(*three, *lines), ending=ending)
    if not lines:
        transcript = msgspec.structs.replace(transcript, ended=74.0)
    found = scores_of(transcript)
    assert found["loop_escape"].value == escape
    assert found["loop_time"].value == pytest.approx(seconds)
    assert found["loop_time"].event == ("censored" if escape == "cap" else escape)


def test_wasted_turns_are_the_reformulations_in_cycles() -> None:
    """Two of three customer turns; the proof is the turns themselves."""
    wasted = scores_of(talk(START, bot(LIDS), NO, bot(LIDS), ASK, bot(LIDS)))["wasted_turns"]
    assert (wasted.value, wasted.weight, wasted.turns) == (2, 3, [2, 4])


def test_cycles_are_proven_by_their_bot_turns() -> None:
    """Evidence points at the turns that repeat."""
    assert scores_of(talk(START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS)))["loop_level"].turns == [3, 5]


def test_turns_that_say_nothing_known_are_counted() -> None:
    """No act, no content, no truth: a blind spot of the tables, not progress."""
    found = scores_of(talk(START, bot("Purple elephants."), NO, bot(LIDS)))["unrecognised_turns"]
    assert (found.value, found.weight) == (1, 2)


def test_one_bot_turn_is_too_short_to_loop() -> None:
    """It counts as level 0 and is printed."""
    found = scores_of(talk(START, bot(LIDS)))
    assert (found["too_short"].value, found["loop_level"].value) == (1, 0)


def test_evidence_survives_turns_that_come_in_pieces() -> None:
    """Two bot turns in a row are read as one; the indices still point into the transcript as recorded."""
    found = scores_of(talk(START, bot(LIDS), bot("Did that help?"), NO, bot(LIDS), NO, bot(LIDS)))
    assert found["loop_level"].turns == [4, 6]


def test_the_bar_of_a_loop_can_be_moved() -> None:
    """With three cycles asked for, two are a near-loop."""
    transcript = talk(START, bot(LIDS), NO, bot(LIDS), NO, bot(LIDS))
    level = next(found for found in Loops(confirmed=3)(transcript, KETTLE) if found.name == "loop_level")
    assert level.value == 1


def test_without_acts_or_scenario_nothing_is_guessed() -> None:
    """None, with the reason."""
    transcript = talk(START, bot(LIDS), tiers=("T0", "T2"))
    assert scores_of(transcript)["loop_level"].reason == unobservable(transcript, KETTLE, "T1")
    assert scores_of(talk(START, bot(LIDS)), None)["loop_level"].reason == "no scenario"
