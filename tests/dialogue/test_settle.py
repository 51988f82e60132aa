from __future__ import annotations

from typing import get_args

import pytest

from simulator.dialogue.settle import coalesce, settle
from simulator.model.transcript import Part, SignalKind, Transcript, Turn
from tests.dialogue.scenes import CLOSED, Scene, signal

PROMISE = "I'm connecting you with an agent now."
OFFER = "Would you like to speak to an agent?"
USELESS = "The speed of a line depends on many things such as distance and time of day."


# Promises


@pytest.mark.parametrize(("delay", "kept"), [(0.0, True), (59.0, True), (61.0, False)])
def test_an_immediate_promise_has_a_minute(delay: float, kept: bool) -> None:
    """From its first byte to sixty experienced seconds after its last."""
    scene = Scene().customer("ASK_HUMAN").bot(PROMISE).other("system", "", signal("queued"), after=delay)
    (promise,) = scene.end(after=100).promises
    assert promise.kept is kept


@pytest.mark.parametrize(("delay", "kept"), [(290.0, True), (310.0, False)])
def test_a_stated_time_is_what_counts(delay: float, kept: bool) -> None:
    """`Within 5 minutes` gives itself 300 s."""
    scene = Scene().customer("ASK_HUMAN").bot("An agent will be with you within 5 minutes.")
    scene.other("system", "", signal("accepted", agent="Lea"), after=delay)
    (promise,) = scene.end(after=400).promises
    assert promise.kept is kept


def test_a_broken_promise_was_broken_when_its_time_was_up() -> None:
    """At last byte plus a minute, whenever anybody noticed."""
    (promise,) = Scene().customer("ASK_HUMAN").bot(PROMISE).end(after=500).promises
    assert (promise.kept, promise.settled_at) == (False, 11 + 60)


def test_who_leaves_before_the_time_is_up_cannot_say() -> None:
    """Neither kept nor false: censored."""
    (promise,) = Scene().customer("ASK_HUMAN").bot(PROMISE).end(after=30).promises
    assert promise.kept is None


def test_a_bot_that_hangs_up_has_broken_its_promise() -> None:
    """It closed before the time was up."""
    (promise,) = Scene().customer("ASK_HUMAN").bot(PROMISE).end("bot_closed", after=5).promises
    assert promise.kept is False


@pytest.mark.parametrize("turn", ["same", "next", "none"])
def test_a_callback_needs_its_reference_in_this_turn_or_the_next(turn: str) -> None:
    """Words about a call are kept by a ticket or callback event, at the latest with the bot's next turn."""
    booked = signal("callback", reference="CB-1")
    scene = Scene().customer("ASK_HUMAN").bot("We'll call you back today.", *([booked] if turn == "same" else []))
    scene.customer("CONFIRM").bot("It is noted.", *([booked] if turn == "next" else []))
    (promise,) = scene.end(after=10).promises
    assert promise.kept is (turn != "none")


def test_without_events_nobody_can_tell_a_promise_from_a_lie() -> None:
    """Below T2 no promise is called kept or false."""
    (promise,) = Scene(tiers=["T0", "T1"]).customer("ASK_HUMAN").bot(PROMISE).end(after=500).promises
    assert promise.kept is None


# Asks


def test_an_ask_is_met_by_an_event_before_the_next_turn() -> None:
    """Requested, queued, accepted, a ticket or a callback."""
    (ask,) = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested")).end().asks
    assert (ask.met, ask.granted_at) == (True, 11)


def test_an_ask_is_met_by_a_promise_that_is_kept() -> None:
    """Even if the event comes after the customer has spoken again."""
    scene = Scene().customer("ASK_HUMAN").bot(PROMISE).customer("CONFIRM").bot("Soon.", signal("queued"))
    (ask,) = scene.end(after=100).asks
    assert (ask.met, ask.granted_at) == (True, None)


def test_an_ask_that_is_stonewalled_is_unmet() -> None:
    """Each one for itself."""
    scene = Scene().customer("ASK_HUMAN").bot(USELESS).customer("ASK_HUMAN").bot("I can't transfer you to an agent.")
    assert [ask.met for ask in scene.end().asks] == [False, False]


def test_a_reason_with_another_way_out_meets_an_ask_while_the_desk_is_closed() -> None:
    """The same words beside an open desk do not."""
    text = "Unfortunately our agents are currently offline. You can call us on 0800 123 456."
    (closed,) = Scene(CLOSED).customer("ASK_HUMAN").bot(text).end().asks
    (open_,) = Scene().customer("ASK_HUMAN").bot(text).end().asks
    assert (closed.met, open_.met) == (True, False)


@pytest.mark.parametrize(("ending", "met"), [("left_silent", None), ("bot_closed", False), ("target_failed", False)])
def test_an_ask_that_nothing_answered_is_left_out_unless_the_bot_ended(ending: str, met: bool | None) -> None:
    """Nobody can blame a bot that was not given time; one that hung up can be."""
    (ask,) = Scene().customer("STATE").bot(USELESS).customer("ASK_HUMAN").end(ending).asks  # type: ignore[arg-type]
    assert ask.met is met


def test_a_transfer_that_fails_was_no_usable_one() -> None:
    """Met by its event, but nothing the customer could use."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("system", "", signal("failed"), after=30)
    (ask,) = scene.end(after=10).asks
    assert (ask.met, ask.granted_at) == (True, None)


def test_words_to_a_human_are_no_ask() -> None:
    """After somebody has joined, asking for a person asks the person."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("human", "Hello, Lea here, I see the slow line.", signal("accepted", agent="Lea"), after=20)
    assert len(scene.customer("ASK_HUMAN").end().asks) == 1


# Exits


def test_an_offer_holds_until_it_is_tried_in_vain() -> None:
    """Taken, and nothing happened: it was no exit, retroactively."""
    scene = Scene().customer("STATE").bot(OFFER).customer("ACCEPT").bot(USELESS)
    offered, _ = scene.end().answers
    assert (offered.heard.exits, offered.exits) == (("human",), ())
    unanswered = Scene().customer("STATE").bot(OFFER).customer("ACCEPT").end("interrupted")
    assert unanswered.answers[0].exits == ("human",)


def test_an_offer_that_was_taken_and_led_on_was_an_exit() -> None:
    """A request follows."""
    scene = Scene().customer("STATE").bot(OFFER).customer("ACCEPT").bot("One moment.", signal("requested"))
    assert [answer.exits for answer in scene.end().answers] == [("human",), ("human",)]


def test_an_offer_that_nobody_tried_stays_one() -> None:
    """The harness has not exercised it."""
    (answer,) = Scene().customer("STATE").bot(OFFER).end().answers
    assert answer.exits == ("human",)


def test_a_false_promise_is_no_exit() -> None:
    """A kept one is, and so is one that nobody can judge."""
    for after, exits in ((500, ()), (10, ("human",))):
        (answer,) = Scene().customer("STATE").bot(PROMISE).end(after=after).answers
        assert answer.exits == exits


def test_a_transfer_that_leads_nowhere_is_no_exit() -> None:
    """Requested, then failed."""
    scene = Scene().customer("ASK_HUMAN").bot(PROMISE, signal("requested"))
    (answer,) = scene.other("system", "", signal("failed"), after=40).end(after=30).answers
    assert answer.exits == ()


def test_a_contact_stays_an_exit_whatever_comes_of_a_transfer() -> None:
    """Only the human option is taken back."""
    scene = Scene().customer("ASK_HUMAN").bot(f"{PROMISE} Or call us on 0800 123 456.")
    (answer,) = scene.end(after=500).answers
    assert (answer.heard.exits, answer.exits) == (("human", "contact"), ("contact",))


def test_a_standing_exit_holds_in_every_answer() -> None:
    """The page shows it whatever the bot says."""
    scene = Scene().customer("STATE").bot(USELESS).customer("ASK_HUMAN").bot(PROMISE)
    assert [answer.exits for answer in scene.end(after=500, standing_exit=True).answers] == [("human",)] * 2


# Hand-offs


def test_a_hand_off_from_request_to_help() -> None:
    """Requested, queued, accepted, a greeting, then the first substantive message."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested", packet={"summary": "slow line"}))
    scene.other("system", "", signal("queued", queue="line"), after=1)
    scene.other("human", "Hi, this is Lea.", signal("accepted", agent="Lea"), after=20).customer("CONFIRM")
    scene.other("human", "I can see a damaged cable in your street.", after=8)
    (one,) = scene.end("handed_off").handoffs
    assert (one.live, one.dead, one.qualified) == (True, False, True)
    assert (one.requested, one.queued, one.accepted, one.spoke_at, one.human_at) == (11, 12, 32, 32, 50)
    assert (one.queue, one.agent, one.packet, one.packet_at) == ("line", "Lea", {"summary": "slow line"}, 11)
    assert one.need == "fast_again"


def test_words_alone_are_no_hand_off() -> None:
    """Promised, and nothing on the wire."""
    assert Scene().customer("ASK_HUMAN").bot(PROMISE).end(after=100).handoffs == []


@pytest.mark.parametrize(("wait", "dead"), [(170.0, False), (190.0, True)])
def test_a_human_must_speak_within_three_minutes_of_the_queue(wait: float, dead: bool) -> None:
    """Else it was a dead end, even though somebody came."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("queued"))
    scene.other("human", "Hello, I have read about your slow line.", after=wait)
    (one,) = scene.end("handed_off").handoffs
    assert one.dead is dead


@pytest.mark.parametrize(
    ("ending", "after", "dead"), [("left_silent", 60, None), ("left_silent", 181, True), ("bot_closed", 5, True)]
)
def test_a_queue_that_nobody_comes_to(ending: str, after: float, dead: bool | None) -> None:
    """Left too early to say; waited long enough to say; closed by the bot."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("queued"))
    (one,) = scene.end(ending, after=after).handoffs  # type: ignore[arg-type]
    assert one.dead is dead


@pytest.mark.parametrize("kind", ["failed", "denied", "returned"])
def test_a_transfer_that_bounces_is_a_dead_end(kind: SignalKind) -> None:
    """Refused, broken off, or back with the bot."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    (one,) = scene.other("system", "", signal(kind), after=10).end().handoffs
    assert (one.dead, one.failed, one.returned) == (True, 21, kind == "returned")


def test_a_new_try_after_a_failure_is_a_new_hand_off() -> None:
    """The first was a dead end, the second was not."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("system", "", signal("failed"), after=10).customer("ASK_HUMAN").bot("Again.", signal("requested"))
    scene.other("human", "Hello, I have read about your slow line.", after=20)
    assert [one.dead for one in scene.end("handed_off").handoffs] == [True, False]


def test_a_ticket_alone_is_a_route_for_later() -> None:
    """Not live, no dead end, with its reference."""
    scene = Scene().customer("ASK_HUMAN").bot("Ticket T-9 is open.", signal("ticket", reference="T-9"))
    (one,) = scene.end().handoffs
    assert (one.live, one.dead, one.reference, one.ticketed) == (False, False, "T-9", 11)


def test_a_ticket_gives_a_live_transfer_its_number() -> None:
    """One hand-off, and a live one."""
    scene = Scene().customer("ASK_HUMAN")
    scene.bot("Queued as T-9.", signal("queued"), signal("ticket", reference="T-9"))
    (one,) = scene.end(after=200).handoffs
    assert (one.live, one.reference, one.dead) == (True, "T-9", True)


def test_a_ticket_by_a_human_who_has_joined_is_none() -> None:
    """It belongs to the work of the human."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("queued"))
    scene.other("human", "Hello, I have read about your slow line.", signal("accepted"), after=20).customer("CONFIRM")
    scene.other("human", "I have opened a ticket for it.", signal("ticket", reference="T-9"), after=5)
    (one,) = scene.end("handed_off").handoffs
    assert (one.ticketed, one.reference) == (None, "")


def test_a_transfer_that_fails_into_a_ticket_is_a_case_for_later() -> None:
    """Out of hours with a reference is no dead end."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("system", "", signal("failed"), signal("ticket", 1.0, reference="T-9"), after=10)
    (one,) = scene.end().handoffs
    assert (one.live, one.dead, one.reference) == (False, False, "T-9")


def test_a_wrong_queue_is_seen_and_a_second_human_is_a_second_hand_off() -> None:
    """Billing picked up first, then passed it on."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("queued", queue="billing"))
    scene.other("human", "Hello, I will pass you to the line team.", signal("accepted", agent="Tom"), after=20)
    scene.customer("CONFIRM")
    scene.other("human", "Lea here, I see it now.", signal("accepted", agent="Lea", queue="line"), after=20)
    first, second = scene.end("handed_off").handoffs
    assert (first.qualified, second.qualified) == (False, True)
    assert (first.dead, second.dead) == (True, False)


# Resolution


def test_resolution_is_the_bots_only_before_a_human_joins() -> None:
    """The step that mends it counts at the turn that said it; said after a human joined it does not."""
    scene = Scene().customer("STATE").bot("Do a factory reset, please.")
    assert scene.end("satisfied").resolved == {"fast_again": 1}
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("human", "Lea here with your slow line.", after=5).customer("CONFIRM").bot(
        "Do a factory reset, please."
    )
    assert scene.end("satisfied").resolved == {}


def test_the_first_human_sets_the_stamp_and_each_one_empties_the_list() -> None:
    """After a bounce and a second human the bot begins anew, as the customer heard it."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("human", "Lea here with your line.", after=5).other("system", "", signal("returned"), after=5)
    scene.customer("RESTATE").bot(USELESS).customer("RESTATE").bot(USELESS).customer("ASK_HUMAN")
    scene.bot("One moment.", signal("requested")).other("human", "Tom here with your line.", after=5)
    settled = scene.customer("RESTATE").bot(USELESS).end()
    assert settled.joined == 16
    assert [answer.heard.repeat for answer in settled.answers] == ["", "", "likeness", "", ""]


# Turns


def test_consecutive_turns_of_one_party_are_one() -> None:
    """Texts joined by a line; the customer's stamp is its last part's, the bot's its last byte; indices stay."""
    turns = [
        Turn("customer", "hello", due=1.0, sent=1.0, act="STATE", need="fast_again"),
        Turn("customer", "my line is slow", due=2.0, sent=2.0, told=["problem"]),
        Turn("bot", "One moment.", due=2.0, sent=2.0, first=3.0, done=3.5),
        Turn("bot", "Restart the router.", first=9.0, done=9.5, ids=["kb:1"]),
    ]
    first, empty, answer, nothing = coalesce(turns)
    assert (first.text, first.sent, first.act, first.told) == ("hello\nmy line is slow", 2.0, "STATE", ["problem"])
    assert first.parts == [Part("hello", 1.0), Part("my line is slow", 2.0)]
    assert (answer.text, answer.sent, answer.first, answer.done) == ("One moment.\nRestart the router.", 2.0, 3.0, 9.5)
    assert (empty.speaker, nothing.speaker) == ("system", "system")


def test_system_turns_split_nothing() -> None:
    """An event between two parts of an answer leaves it one answer."""
    scene = Scene().customer("STATE").bot("One moment.").other("system", "", signal("action", name="x"), after=1)
    scene.turns.append(Turn("bot", "Restart the router.", first=20.0, done=20.0))
    scene.now = 20.0
    (answer,) = scene.end().answers
    assert answer.heard.steps == ("restart",)
    assert answer.heard.latency == 1.0


def test_a_push_after_a_humans_words_has_no_latency_of_its_own() -> None:
    """Nothing was sent that it answers, so nothing was waited for."""
    scene = Scene().customer("ASK_HUMAN").bot("One moment.", signal("requested"))
    scene.other("human", "Lea here.", after=5)
    scene.turns.append(Turn("bot", "How did we do?", first=300.0, done=300.0))
    scene.now = 300.0
    assert scene.end().answers[-1].heard.latency == 0.0


def test_silence_after_thanks_is_no_turn() -> None:
    """No answer is due to a thank-you; to a restatement one is."""
    for act, count in (("THANK", 1), ("OTHER", 1), ("RESTATE", 2)):
        scene = Scene().customer("STATE").bot(USELESS).customer(act).bot("")  # type: ignore[arg-type]
        assert len(scene.end().answers) == count


def test_the_greeting_stands_apart() -> None:
    """It is heard, and is no answer."""
    scene = Scene().bot("Hello! Type AGENT to talk to a person.").customer("STATE").bot(USELESS)
    settled = scene.end()
    assert settled.greeting is not None
    assert (settled.greeting.exits, settled.greeting_turn) == (("human",), 0)
    assert [(answer.turn, answer.to) for answer in settled.answers] == [(2, 1)]


def test_experienced_time_is_what_counts() -> None:
    """A shift moves every stamp alike: nothing is judged by the wall."""
    plain = Scene().customer("ASK_HUMAN").bot(PROMISE).other("system", "", signal("queued"), after=50)
    settled = plain.end(after=10)
    moved = [Turn(**{f: getattr(turn, f) for f in turn.__struct_fields__} | {"shift": 1000.0}) for turn in plain.turns]
    later = settle(
        Transcript("c-2", moved, "left_silent", plain.now + 10, tiers=plain.tiers, shift=1000.0), plain.scenario
    )
    assert later.promises[0].kept is settled.promises[0].kept is True
    assert later.promises[0].settled_at == settled.promises[0].settled_at + 1000
    assert later.handoffs[0].at == settled.handoffs[0].at + 1000


def test_the_same_transcript_is_settled_once() -> None:
    """Every scorer asks for the same; a transcript that only looks alike is another one."""
    one = Transcript("c-1", [Turn("customer", "hi", sent=1.0, act="STATE")], "left_silent", 2.0)
    two = Transcript("c-1", [Turn("customer", "hi", sent=1.0, act="STATE")], "left_silent", 2.0)
    assert settle(one, None) is settle(one, None)
    assert settle(two, None) is not settle(one, None)


def test_a_conversation_in_which_nothing_was_said_settles() -> None:
    """A target that refused to open: no turns, no answers."""
    settled = settle(Transcript("c-1", [], "target_failed", 0.0), None)
    assert (settled.answers, settled.asks, settled.handoffs, settled.joined) == ([], [], [], None)


@pytest.mark.parametrize("kind", get_args(SignalKind))
def test_every_kind_of_signal_can_stand_alone(kind: SignalKind) -> None:
    """In a turn of its own, before anything was said."""
    turns = [Turn("system", first=0.0, done=0.0, signals=[signal(kind)]), Turn("customer", "hi", sent=1.0, act="STATE")]
    settled = settle(Transcript("c-1", turns, "left_silent", 2.0, tiers=["T0", "T1", "T2"]), None)
    assert len(settled.turns) == 2
