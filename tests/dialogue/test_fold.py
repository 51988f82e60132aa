from __future__ import annotations

import pytest

from simulator.dialogue.fold import Dialogue
from simulator.model.contracts import Button, Heard
from tests.dialogue.scenes import ROUTER, TRUTH, hear, signal, talk

RESTART = "Please try restarting your router now."
RESTART_AGAIN = "It usually helps: restart the router once more and wait until all lights are green again."
USELESS = "The speed of a line depends on many things such as distance, time of day and the wires inside the house."


def test_p1_the_first_ask_for_a_required_slot_moves_on() -> None:
    """Asking for what is needed and not yet known is progress."""
    heard = hear(talk(), "STATE", "What is your customer number?")
    assert heard.asked == ("customer_number",)
    assert heard.progress == ("P1",)


def test_an_ask_for_what_was_told_is_redundant() -> None:
    """The value was given: asking for it moves nothing, and is no repeat the first time."""
    dialogue = talk()
    heard = hear(dialogue, "STATE", "What is your customer number?", told=["customer_number"])
    assert heard.redundant == ("customer_number",)
    assert (heard.progress, heard.repeat) == ((), "")
    assert hear(dialogue, "RESTATE", "I need to know who you are, please.").cycles == 1


def test_a_mention_of_a_slot_asks_for_nothing() -> None:
    """Only a question or a request asks."""
    assert hear(talk(), "STATE", "Your customer number is printed on every bill.").asked == ()


def test_p2_a_slot_may_be_asked_again_twice() -> None:
    """Without a valid value two more asks are excused; the third is a repeat, and with a restatement a cycle."""
    dialogue = talk()
    hear(dialogue, "STATE", "What is your customer number?")
    first = hear(dialogue, "OTHER", "I still need your customer number, please.", told=["customer_number!"])
    second = hear(dialogue, "OTHER", "Could you tell me your customer number?")
    third = hear(dialogue, "RESTATE", "What is your customer number?")
    assert [first.excused, second.excused, third.excused] == [True, True, False]
    assert [first.repeat, second.repeat, third.repeat] == ["", "", "content"]
    assert third.cycles == 1


def test_p2_a_menu_may_be_shown_again_after_an_invalid_pick() -> None:
    """Twice; after a valid pick it is a repeat at once."""

    def show(dialogue: Dialogue, *told: str) -> Heard:
        dialogue.say("RESTATE", "fast_again", told)
        return dialogue.hear("Pick one: speed, bill, move.", ids=["menu:main"])

    dialogue = talk()
    assert show(dialogue).repeat == ""
    assert [show(dialogue, "menu:main!").excused for _ in range(3)] == [True, True, False]
    dialogue = talk()
    show(dialogue)
    assert show(dialogue, "menu:main").repeat == "content"


def test_p3_a_milestone_counts_once_by_value_or_by_wording() -> None:
    """18:30 is told by its value, the cause by a wording of the scenario's."""
    dialogue = talk()
    assert hear(dialogue, "STATE", "The outage ends at 18:30.").progress == ("P3",)
    assert hear(dialogue, "RESTATE", "As I said, the outage ends at 18:30 today.").progress == ()
    assert hear(dialogue, "RESTATE", "An excavator hit the cable and it was cut.").stated == ("cause",)


@pytest.mark.parametrize("text", ["It was 118:30 hours.", "Ticket A18:305 is open.", "The part 18:30a is missing."])
def test_a_value_within_another_word_states_nothing(text: str) -> None:
    """A milestone stands as a word of its own."""
    assert hear(talk(), "STATE", text).stated == ()


def test_p4_an_action_moves_the_need_it_belongs_to() -> None:
    """The log says that the move was booked: that need is resolved, the other is where it was."""
    dialogue = talk()
    dialogue.say("STATE", "move_house")
    heard = dialogue.hear("Your move is booked.", signals=[signal("action", name="moved")])
    assert heard.progress == ("P4", "P8")
    assert heard.resolved == ("move_house",)


def test_p5_a_new_step_moves_on_and_the_same_step_again_does_not() -> None:
    """In whatever words, a step proposed twice is a repeat of the first time."""
    dialogue = talk()
    assert hear(dialogue, "STATE", RESTART).progress == ("P5",)
    heard = hear(dialogue, "RESTATE", RESTART_AGAIN)
    assert (heard.progress, heard.repeat, heard.repeat_of, heard.cycles) == ((), "content", 1, 1)


def test_p5_a_step_that_the_customer_said_it_tried_is_no_progress() -> None:
    """Tried and told is known; tried and not told is not."""
    assert hear(talk(), "STATE", RESTART, told=["restarted"]).progress == ()
    assert hear(talk(), "STATE", RESTART, told=["problem"]).progress == ("P5",)


def test_p5_three_different_steps_that_fail_are_no_loop() -> None:
    """Each is new; failing is not repeating."""
    dialogue = talk()
    hear(dialogue, "STATE", RESTART)
    heard = hear(dialogue, "RESTATE", "Then please check the cable.")
    assert (heard.progress, heard.cycles) == (("P5",), 0)


@pytest.mark.parametrize("kind", ["requested", "queued", "accepted", "callback"])
def test_p6_a_hand_off_moves_on(kind: str) -> None:
    """Events on the wire, not words."""
    dialogue = talk()
    dialogue.say("ASK_HUMAN", "fast_again")
    assert dialogue.hear("Moment.", signals=[signal(kind)]).progress == ("P6",)  # type: ignore[arg-type]


def test_p6_a_ticket_needs_a_reference() -> None:
    """Without one it is a word."""
    dialogue = talk()
    dialogue.say("ASK_HUMAN", "fast_again")
    assert dialogue.hear("A ticket is open.", signals=[signal("ticket")]).progress == ()
    assert dialogue.hear("It is T-9.", signals=[signal("ticket", reference="T-9")]).progress == ("P6",)


def test_p8_resolution_ends_the_list_of_answers() -> None:
    """The step that mends it is progress and resolves; the same closing words afterwards repeat nothing."""
    dialogue = talk()
    heard = hear(dialogue, "STATE", "Do a factory reset, please.")
    assert heard.progress == ("P5", "P8")
    assert heard.resolved == ("fast_again",)
    assert hear(dialogue, "RESTATE", "Do a factory reset, please.").repeat == ""


def test_a_resolving_step_that_was_tried_resolves_nothing() -> None:
    """What the customer has done already cannot mend it."""
    dialogue = Dialogue(ROUTER, TRUTH)
    dialogue.say("STATE", "fast_again", ["restarted"])
    assert dialogue.hear("Restart the router.").resolved == ()


@pytest.mark.parametrize(
    "wordings",
    [
        ("Sorry, I didn't get that.", "Could you rephrase?", "I'm not sure what you mean."),
        (USELESS, USELESS, USELESS),
        (USELESS, USELESS.replace("many", "several"), USELESS.replace("house", "home")),
    ],
)
def test_three_useless_answers_are_a_loop(wordings: tuple[str, str, str]) -> None:
    """By signature, by the same text, by nearly the same text: the third useless answer is the second cycle."""
    dialogue = talk()
    heard = [hear(dialogue, act, text) for act, text in zip(("STATE", "RESTATE", "ASK_HUMAN"), wordings, strict=True)]  # type: ignore[arg-type]
    assert [one.cycles for one in heard] == [0, 1, 2]


def test_the_first_answer_is_never_a_cycle() -> None:
    """Even a useless one: there is nothing it could repeat."""
    heard = hear(talk(), "RESTATE", "Sorry, I didn't get that.")
    assert (heard.repeat, heard.cycles) == ("", 0)


def test_a_repeat_that_the_customer_asked_for_is_no_cycle() -> None:
    """`Say that again` is no reformulation."""
    dialogue = talk()
    hear(dialogue, "STATE", USELESS)
    heard = hear(dialogue, "OTHER", USELESS)
    assert (heard.repeat, heard.cycles) == ("likeness", 0)


def test_a_b_a_b_is_a_loop_from_the_third_answer_on() -> None:
    """A window of four sees the answer before the last one."""
    dialogue = talk()
    heard = []
    words = {
        "kb:1": "Thick walls swallow radio waves, as our guide says.",
        "kb:2": "Old laptops are listed on another page.",
    }
    for place, article in enumerate(("kb:1", "kb:2", "kb:1", "kb:2")):
        dialogue.say("RESTATE" if place else "STATE", "fast_again")
        heard.append(dialogue.hear(words[article], ids=[article]))
    assert [one.repeat_of for one in heard] == [-1, -1, 1, 2]
    assert heard[-1].cycles == 2


@pytest.mark.parametrize(
    "text",
    [
        "Every connection is a journey, and we are proud to travel it with you.",  # fluent and wholly beside it
        "So you are saying that your internet has become slow in the evening.",  # a mirror
    ],
)
def test_what_does_not_deal_with_a_need_said_again_repeats_nothing_useful(text: str) -> None:
    """Clause d: no repeat in words or content, and the customer is where it was; after the need's first statement it is none."""
    dialogue = talk()
    assert hear(dialogue, "STATE", text).repeat == ""
    dialogue = talk()
    hear(dialogue, "STATE", "One moment while I have a look.")
    dialogue.say("RESTATE", "fast_again", text="my internet is slow, did you find anything?")
    heard = dialogue.hear(text)
    assert (heard.repeat, heard.repeat_of, heard.cycles) == ("unresponsive", 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "I am putting you through to a colleague right away.",
        "Engineer Ines has case FX-2291 and calls you at 10:15.",
        "Sorry, none of our people can talk to you today.",
    ],
)
def test_what_deals_with_it_is_no_repeat(text: str) -> None:
    """A person promised, refused or named with reference and time."""
    dialogue = talk()
    hear(dialogue, "STATE", "One moment while I have a look.")
    assert hear(dialogue, "ASK_HUMAN", text).repeat == ""


def test_naming_the_reference_of_a_case_deals_with_it() -> None:
    """It has been handed over under CS-417, and the bot says so."""
    dialogue = talk()
    dialogue.say("STATE", "fast_again")
    dialogue.hear("I opened a ticket for you.", signals=[signal("ticket", reference="CS-417")])
    assert hear(dialogue, "RESTATE", "That is part of CS-417 now.").repeat == ""
    assert hear(dialogue, "RESTATE", "That is part of everything now.").repeat == "unresponsive"


def test_p7_the_first_answer_in_the_customer_s_language_is_progress() -> None:
    """After one in another, once; a greeting in another language is no answer."""
    english = "I will look at your connection now and tell you what is wrong with it."
    dialogue = talk()
    hear(dialogue, "STATE", "Ich schaue mir gleich Ihren Anschluss an und melde mich dann bei Ihnen.")
    assert hear(dialogue, "RESTATE", english).progress == ("P7",)
    hear(dialogue, "RESTATE", "Ich schaue mir gleich Ihren Anschluss an und melde mich dann bei Ihnen.")
    assert hear(dialogue, "RESTATE", english).progress == ()
    dialogue = talk()
    dialogue.greeting("Guten Tag, was kann ich heute für Sie tun?")
    assert hear(dialogue, "STATE", english).progress == ()


def test_the_window_is_four_answers() -> None:
    """What was said five answers ago is not repeated."""
    different = (
        "Copper carries less than glass over the same distance.",
        "Neighbours who watch films share the same street cabinet.",
        "Thick walls swallow radio waves between rooms.",
        "Old laptops often have slow network adapters inside.",
    )
    for between, repeat in ((3, "likeness"), (4, "")):
        dialogue = talk()
        hear(dialogue, "STATE", USELESS)
        for text in different[:between]:
            assert hear(dialogue, "OTHER", text).repeat == ""
        assert hear(dialogue, "OTHER", USELESS).repeat == repeat


def test_a_recombination_of_what_was_said_is_a_repeat() -> None:
    """Sentences of two earlier answers in a new order bring nothing new."""
    dialogue = talk()
    one, two = "Copper carries less over a distance. ", "Thick walls swallow radio waves between the rooms. "
    three, four = "Old laptops often have slow adapters inside. ", "Neighbours who watch films share your cabinet. "
    hear(dialogue, "STATE", one + two)
    hear(dialogue, "RESTATE", three + four)
    assert hear(dialogue, "RESTATE", two + three).repeat == "recombined"


def test_regrets_and_good_wishes_do_not_hide_a_repeat() -> None:
    """Content is what a turn is about; courtesy adds nothing to it."""
    dialogue = talk()
    hear(dialogue, "STATE", RESTART)
    heard = hear(dialogue, "RESTATE", f"I'm so sorry! {RESTART} Have a great day!")
    assert heard.repeat == "content"
    assert "empathy" in heard.signature


def test_two_needs_are_two_lists() -> None:
    """An answer to one need is no repeat of an answer to the other."""
    dialogue = talk()
    hear(dialogue, "STATE", USELESS)
    assert hear(dialogue, "STATE", USELESS, need="move_house").repeat == ""
    assert hear(dialogue, "RESTATE", USELESS).repeat == "likeness"


def test_progress_on_another_need_resets_only_that_one() -> None:
    """Asking for the new address while the slow line is spoken of moves the move, and stays useless for the line."""
    dialogue = talk()
    useless = "Sorry, I didn't get that."
    hear(dialogue, "STATE", useless)
    hear(dialogue, "RESTATE", useless)
    heard = hear(dialogue, "RESTATE", f"{useless} What is your address?")
    assert heard.progress == ()
    dialogue.say("RESTATE", "fast_again")
    assert dialogue.hear(useless).cycles == 2, "the list of the first need went on"
    assert hear(dialogue, "RESTATE", "What is your address?", need="move_house").excused


def test_a_step_of_another_need_alone_is_its_progress() -> None:
    """The factory reset belongs to the slow line: said while the move is spoken of, it resolves the line only."""
    heard = hear(talk(), "STATE", "Please do a factory reset.", need="move_house")
    assert heard.progress == ()
    assert heard.resolved == ("fast_again",)


def test_after_progress_the_same_words_are_a_repeat_of_it() -> None:
    """The turn that made progress is the first of the new list."""
    dialogue = talk()
    hear(dialogue, "STATE", USELESS)
    assert hear(dialogue, "RESTATE", "The outage ends at 18:30.").cycles == 0
    heard = hear(dialogue, "RESTATE", "The outage ends at 18:30.")
    assert (heard.repeat, heard.repeat_of, heard.cycles) == ("likeness", 2, 1)


def test_a_human_who_joins_empties_the_list() -> None:
    """What the bot said before is not held against it afterwards."""
    dialogue = talk()
    hear(dialogue, "STATE", USELESS)
    hear(dialogue, "RESTATE", USELESS)
    dialogue.join()
    heard = hear(dialogue, "RESTATE", USELESS)
    assert (heard.repeat, heard.cycles) == ("", 0)


def test_an_action_logged_beside_the_talk_resolves() -> None:
    """A system event may resolve a need while nobody speaks."""
    dialogue = talk()
    dialogue.say("STATE", "move_house")
    dialogue.note([signal("action", name="moved")])
    assert dialogue.resolved == {"move_house"}


def test_the_greeting_is_no_answer() -> None:
    """It is heard for what it shows: neither counted nor repeated."""
    dialogue = talk()
    greeting = dialogue.greeting("Hello! Type AGENT to talk to a person.", [Button("My bill", "bill")])
    assert greeting.exits == ("human",)
    assert dialogue.ordinal == 0
    assert hear(dialogue, "STATE", "Hello! Type AGENT to talk to a person.").repeat == ""


def test_a_standing_exit_is_offered_in_every_turn() -> None:
    """A human option that the page always shows."""
    assert hear(talk(standing_exit=True), "STATE", USELESS).exits == ("human",)
    assert hear(talk(), "STATE", USELESS).exits == ()


def test_a_button_that_leads_to_a_person_is_an_offer() -> None:
    """By its title; other buttons offer nothing."""
    dialogue = talk()
    dialogue.say("STATE", "fast_again")
    assert dialogue.hear("What now?", buttons=[Button("Talk to an agent", "agent")]).exits == ("human",)
    assert dialogue.hear("What now?", buttons=[Button("Check my bill", "bill")]).exits == ()


@pytest.mark.parametrize(
    ("text", "exits"),
    [
        ("I'm connecting you with an agent now.", ("human",)),
        ("Would you like to speak to an agent?", ("human",)),
        ("You can call us on 0800 123 456 until 18:00.", ("contact",)),
        ("Is there anything else?", ()),
        ("Have a look at our help centre: https://help.example/speed", ()),
        ("Please try rephrasing.", ()),
    ],
)
def test_an_exit_is_a_path_that_can_be_taken_now(text: str, exits: tuple[str, ...]) -> None:
    """A transfer, an offer or a contact; not a courtesy, a link, or advice to word it otherwise."""
    assert hear(talk(), "STATE", text).exits == exits


def test_an_empty_reply_is_a_fallback() -> None:
    """Silence is an answer, and a repeated one a loop."""
    dialogue = talk()
    assert hear(dialogue, "STATE", "").signature == {"fallback"}
    assert hear(dialogue, "RESTATE", "  \n").cycles == 1


def test_an_error_shown_as_words_is_a_fallback() -> None:
    """However it is worded."""
    dialogue = talk()
    dialogue.say("STATE", "fast_again")
    assert "fallback" in dialogue.hear("Code 17.", signals=[signal("error")]).signature


def test_content_ids_of_the_wire_and_links_count() -> None:
    """kb: and menu: ids as the wire gives them, url: from the text, articles by the scenario's wording."""
    dialogue = talk()
    dialogue.say("STATE", "fast_again")
    heard = dialogue.hear("See our article about speed at https://Help.example/Speed.", ids=["kb:17"])
    assert heard.content == {"kb:17", "kb:speed", "url:help.example/speed"}


def test_what_is_not_recognised_says_so() -> None:
    """No signature and no milestone."""
    assert not hear(talk(), "STATE", "Quite.").recognised
    assert hear(talk(), "STATE", "It ends at 18:30.").recognised


def test_a_turn_without_a_need_inherits_the_last() -> None:
    """As on a thank-you."""
    dialogue = talk()
    dialogue.say("STATE", "move_house")
    dialogue.say("THANK", None)
    assert dialogue.hear("You're welcome!").need == "move_house"


def test_a_log_without_a_scenario_is_heard_by_likeness_and_language() -> None:
    """No slots, no milestones: repeats and acts remain."""
    dialogue = Dialogue(None)
    dialogue.say(None, None)
    assert dialogue.hear("Sorry, I didn't get that.").signature == {"fallback", "empathy"}
    dialogue.say("RESTATE", None)
    assert dialogue.hear("Could you rephrase your question?").repeat == "content"


def test_a_human_is_listened_to_for_what_it_asks() -> None:
    """Slots asked for, by words or ids; no signature, no repeat."""
    heard = talk().listen("Could you tell me your customer number?", ids=["ask:address"])
    assert heard.speaker == "human"
    assert heard.asked == ("address", "customer_number")
