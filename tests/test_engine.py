from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
import pytest
from greenlet import GreenletExit
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock.virtual import VirtualClock
from simulator.desk.desk import AttendedSession
from simulator.dialogue.settle import settle
from simulator.engine import VERSIONS, Limits, Setting, converse
from simulator.model.contracts import Clock, Heard, Leave, Reply, Say, Session, Wait
from simulator.model.errors import TargetFailed
from simulator.model.plan import Case
from simulator.model.scenario import Fact, Need, Resolution, Scenario, Truth
from simulator.model.transcript import Ending, Feeling, Part, Signal, SignalKind, Speaker, Transcript
from simulator.model.transcript import Probed as State
from tests.customers.scenes import PLAIN

SCENARIO = Scenario(
    scenario=1,
    name="slow-line",
    facts={"number": Fact("identity", "K-4711"), "problem": Fact("problem", "the line is slow")},
    needs=[Need("fast_again", Resolution(action="mended"), required_slots=["number"])],
    agent_needs=["number", "problem"],
)
CASE = Case("c-7", "mine", "slow-line", "novice", 2, 5, {"number": "K-4711"}, {"end": "18:30"}, PLAIN)
Move = Say | Wait | Leave


def say(text: str = "hello", thought: float = 0.0, told: tuple[str, ...] = ()) -> Say:
    return Say((text,), "STATE", "fast_again", told, thought)


@dataclass
class Scripted:
    """A customer that makes these moves, whatever it hears; `heard` keeps what it heard."""

    moves: Sequence[Move | BaseException]
    heard: list[Heard | None] = field(default_factory=list)
    overheard: list[Heard] = field(default_factory=list)

    @property
    def feeling(self) -> tuple[float, float]:
        return len(self.heard) / 10, 1 / 3

    @property
    def wording(self) -> None:
        return None

    def overhear(self, heard: Heard) -> None:
        self.overheard.append(heard)

    def next(self, heard: Heard | None) -> Move:
        self.heard.append(heard)
        move = self.moves[len(self.heard) - 1]
        if isinstance(move, BaseException):
            raise move
        return move


Answer = tuple[float, str] | Exception | BaseException
"""Seconds to the first and last byte, and the words; or what is raised."""


class Bot:
    """A target whose answers, arrivals and connection time are given beforehand."""

    def __init__(
        self,
        clock: Clock,
        answers: Sequence[Answer] = (),
        *,
        greeting: str | None = None,
        connect: float = 0.0,
        arrivals: Sequence[tuple[float, Speaker, str, tuple[SignalKind, ...]]] = (),
        closes: bool = False,
        signals: tuple[SignalKind, ...] = (),
    ) -> None:
        self.clock, self.answers, self.arrivals = clock, list(answers), list(arrivals)
        self.words, self.connect, self.closes, self.signals = greeting, connect, closes, signals
        self.greeting: Reply | None = None
        self.said: list[Say] = []
        self.closed = 0

    def open(self, case: Case) -> Session:
        self.clock.sleep(self.connect)
        if isinstance(self.words, str):
            now = self.clock.now()
            self.greeting = Reply((Part(self.words, now),), now, now)
        return self

    def send(self, move: Say) -> Reply:
        self.said.append(move)
        answer = self.answers.pop(0) if self.answers else (1.0, "Quite.")
        if isinstance(answer, BaseException):
            self.clock.sleep(2.0)
            raise answer
        seconds, text = answer
        self.clock.sleep(seconds / 2)
        first = self.clock.now()
        self.clock.sleep(seconds / 2)
        now = self.clock.now()
        signals = tuple(Signal(kind, now, {}) for kind in self.signals)
        return Reply((Part(text, now),), first, now, signals=signals, closed=self.closes)

    def wait(self, seconds: float) -> Reply | None:
        if self.arrivals and self.arrivals[0][0] <= seconds:
            after, speaker, text, kinds = self.arrivals.pop(0)
            self.clock.sleep(after)
            now = self.clock.now()
            signals = tuple(Signal(kind, now, {}) for kind in kinds)
            return Reply((Part(text, now),) if text else (), now, now, speaker, signals=signals, closed=self.closes)
        self.clock.sleep(seconds)
        return None

    def close(self) -> None:
        self.closed += 1


def held(
    moves: Sequence[Move | BaseException],
    bot: Callable[[VirtualClock], Bot] = Bot,
    limits: Limits | None = None,
    setting: Setting | None = None,
    start: float = 0.0,
) -> tuple[Transcript, Scripted, Bot]:
    """The conversation of this customer with this bot on a clock of its own."""
    clock = VirtualClock(start)
    customer, target = Scripted(moves), bot(clock)
    found: list[Transcript] = []

    def run() -> None:
        found.append(converse(CASE, SCENARIO, customer, target, clock, limits or Limits(), setting or Setting()))

    clock.spawn(run)
    clock.run()
    return found[0], customer, target


BYE = Leave("satisfied")


# Stamps


def test_stamps_count_from_the_opening() -> None:
    """Due when the customer has thought, sent then, first and last byte as they came; whatever the clock showed before."""
    transcript, _, _ = held([say(thought=4.0), BYE], lambda clock: Bot(clock, [(3.0, "Quite.")]), start=1000.0)
    asked, answered = transcript.turns
    assert (asked.due, asked.sent, asked.thought) == (4.0, 4.0, 4.0)
    assert (answered.due, answered.sent, answered.first, answered.done) == (4.0, 4.0, 5.5, 7.0)
    assert transcript.ended == 7.0


def test_thinking_begins_when_the_last_byte_is_there() -> None:
    """Of the greeting and of every answer."""
    transcript, _, _ = held(
        [say(thought=4.0), say(thought=2.0), BYE],
        lambda clock: Bot(clock, [(3.0, "Quite.")], greeting="Hello!", connect=1.0),
    )
    greeting, first, _, second, _ = transcript.turns
    assert (greeting.due, greeting.sent, greeting.first, greeting.done) == (0.0, 0.0, 1.0, 1.0)
    assert (first.sent, second.sent) == (5.0, 10.0)


def test_our_lateness_is_on_the_wall_and_not_on_the_customer() -> None:
    """Slow to connect without a greeting: sent later than due, experienced as if it had been on time."""
    transcript, _, _ = held([say(thought=4.0), BYE], lambda clock: Bot(clock, [(3.0, "Quite.")], connect=6.0))
    asked, answered = transcript.turns
    assert (asked.due, asked.sent) == (4.0, 6.0)
    assert asked.sent is not None
    assert asked.sent + asked.shift == 4.0
    assert answered.done is not None
    assert answered.done + answered.shift == 7.0
    assert transcript.ended + transcript.shift == 7.0


def test_a_burst_keeps_its_parts() -> None:
    """One turn, its messages beside it; a single message has no parts."""
    move = Say(("hello", "my line is slow"), "STATE", "fast_again", ("problem",), 1.0)
    transcript, _, bot = held([move, say(), BYE])
    assert transcript.turns[0].text == "hello\nmy line is slow"
    assert [part.text for part in transcript.turns[0].parts] == ["hello", "my line is slow"]
    assert transcript.turns[0].told == ["problem"]
    assert transcript.turns[2].parts == []
    assert bot.said[0] is move


def experienced(transcript: Transcript) -> list[float]:
    """What the customer's watch showed at each turn: sent for its own, first and last byte for the rest, and the end."""
    stamps = []
    for turn in transcript.turns:
        own = (turn.sent,) if turn.speaker == "customer" else (turn.first, turn.done)
        stamps += [stamp + turn.shift for stamp in own if stamp is not None]
    return [*stamps, transcript.ended + transcript.shift]


SECONDS = st.floats(0.0, 60.0)


@settings(deadline=None)
@given(
    st.lists(st.tuples(SECONDS, SECONDS, st.none() | SECONDS), min_size=1, max_size=6),
    SECONDS,
    st.sampled_from([0.0, 0.1]),
)
def test_compression_moves_no_number_of_the_customers(
    exchanges: list[tuple[float, float, float | None]], parting: float, think: float
) -> None:
    """Whatever is thought, answered and waited for: experienced time is the same at think 1, .1 and 0."""
    moves: list[Move | BaseException] = []
    for thought, _, wait in exchanges:
        moves.append(say(thought=thought))
        if wait is not None:
            moves.append(Wait(wait))
    moves.append(Leave("left_silent", parting))

    def bot(clock: VirtualClock) -> Bot:
        answers = [(latency, "Quite.") for _, latency, _ in exchanges]
        return Bot(clock, answers, greeting="Hello!", connect=0.5, arrivals=[(7.0, "bot", "Still there?", ())])

    limits = Limits(time_cap_s=1e9)
    full, _, _ = held(moves, bot, limits)
    quick, _, _ = held(moves, bot, Limits(time_cap_s=1e9, think=think))
    assert experienced(quick) == pytest.approx(experienced(full))
    assert [feeling.turn for feeling in quick.feelings] == [feeling.turn for feeling in full.feelings]
    assert full.turns[-1].shift == pytest.approx(0.0, abs=1e-6)


def test_compressed_thinking_takes_no_time_on_the_wall() -> None:
    """Ten minutes of thought, three seconds of bot: three seconds."""
    transcript, _, _ = held(
        [say(thought=600.0), Leave("left_silent", 50.0)], lambda clock: Bot(clock, [(3.0, "Quite.")]), Limits(think=0.0)
    )
    assert transcript.ended == 3.0
    assert transcript.ended + transcript.shift == 653.0


# Endings


@pytest.mark.parametrize("ending", ["satisfied", "handed_off", "left_silent"])
def test_the_customer_ends_it(ending: Ending) -> None:
    """With the word it has for it; the session is closed once."""
    transcript, _, bot = held([say(), Leave(ending)])
    assert (transcript.ending, transcript.ended_why, transcript.error) == (ending, "", None)
    assert bot.closed == 1


def test_a_voiced_leave_is_said_to_the_bot_and_not_answered() -> None:
    """The last turn is the customer's, with its act; what the bot says to it nobody reads."""
    transcript, customer, bot = held([say(), Leave("left_voiced", 2.0, "That was useless.")])
    last = transcript.turns[-1]
    assert (transcript.ending, last.text, last.act, last.thought) == (
        "left_voiced",
        "That was useless.",
        "LEAVE_VOICED",
        2.0,
    )
    assert bot.said[-1].parts == ("That was useless.",)
    assert len(customer.heard) == 2


def test_parting_words_are_said_whatever_the_limits() -> None:
    """A bot that fails at them changes nothing, nor do the caps or a closed session."""
    leave = Leave("left_voiced", 0.0, "Bye.")
    failing, _, _ = held([say(), leave], lambda clock: Bot(clock, [(1.0, "Quite."), TargetFailed("cut", "gone")]))
    capped, _, _ = held([say(), leave], limits=Limits(turn_cap=1, time_cap_s=0.5))
    closed, _, bot = held([say(), leave], lambda clock: Bot(clock, closes=True))
    assert {one.ending for one in (failing, capped, closed)} == {"left_voiced"}
    assert [one.turns[-1].text for one in (failing, capped, closed)] == ["Bye."] * 3
    assert len(bot.said) == 1


def test_the_turn_cap_counts_the_customers_turns() -> None:
    """Two are said, the third is not."""
    transcript, _, _ = held([say()] * 3, limits=Limits(turn_cap=2))
    assert (transcript.ending, transcript.ended_why) == ("limit", "turn_cap")
    assert [turn.speaker for turn in transcript.turns] == ["customer", "bot"] * 2


def test_the_time_cap_counts_experienced_seconds() -> None:
    """Compressed thought counts in full, and a wait ends at the cap."""
    transcript, _, _ = held([say(thought=100.0), say()], limits=Limits(time_cap_s=60.0, think=0.0))
    assert (transcript.ending, transcript.ended_why, len(transcript.turns)) == ("limit", "time_cap", 2)
    transcript, _, _ = held([say(), Wait(500.0), say()], limits=Limits(time_cap_s=60.0))
    assert (transcript.ended_why, transcript.ended) == ("time_cap", 60.0)


def test_a_target_that_does_not_open() -> None:
    """No turns, the cause, and no time that a customer would have spent."""

    class Shut(Bot):
        def open(self, case: Case) -> Session:
            self.clock.sleep(5.0)
            raise TargetFailed("refused", "nobody listens on port 9")

    transcript, _, bot = held([], Shut)
    assert (transcript.ending, transcript.turns) == ("target_failed", [])
    assert transcript.error is not None
    assert (transcript.error.cause, transcript.error.detail) == ("refused", "nobody listens on port 9")
    assert bot.closed == 0


def test_a_target_that_fails_in_the_middle() -> None:
    """The turn it failed at is kept, and the seconds that were waited for it count."""
    transcript, _, bot = held(
        [say(thought=3.0), say(thought=4.0)],
        lambda clock: Bot(clock, [(1.0, "Quite."), TargetFailed("timeout", "120 s")]),
        Limits(think=0.0),
    )
    assert [turn.speaker for turn in transcript.turns] == ["customer", "bot", "customer"]
    assert transcript.error is not None
    assert (transcript.ending, transcript.error.cause, bot.closed) == ("target_failed", "timeout", 1)
    assert transcript.ended + transcript.shift == pytest.approx(3 + 1 + 4 + 2)


def test_a_fault_of_ours_is_never_the_bots() -> None:
    """The customer raises: simulator_failed, with what was said so far."""
    transcript, _, _ = held([say(), KeyError("need")])
    assert transcript.ending == "simulator_failed"
    assert transcript.error is not None
    assert transcript.error.cause == "KeyError"
    assert len(transcript.turns) == 2


@pytest.mark.parametrize("stop", [GreenletExit(), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("where", ["customer", "bot"])
def test_being_stopped_keeps_what_was_said(stop: BaseException, where: str) -> None:
    """From outside, while the customer thinks or the bot answers: interrupted, by name."""
    if where == "customer":
        transcript, _, bot = held([say(), stop])
    else:
        transcript, _, bot = held([say(), say()], lambda clock: Bot(clock, [(1.0, "Quite."), stop]))
    assert (transcript.ending, transcript.ended_why) == ("interrupted", type(stop).__name__)
    assert transcript.turns[1].text == "Quite."
    assert bot.closed == 1


def test_a_bot_that_closes_has_ended_it() -> None:
    """Unless the customer was leaving anyway."""
    transcript, customer, _ = held([say(), say()], lambda clock: Bot(clock, closes=True))
    assert (transcript.ending, len(transcript.turns), len(customer.heard)) == ("bot_closed", 2, 2)
    transcript, _, _ = held([say(), BYE], lambda clock: Bot(clock, closes=True))
    assert transcript.ending == "satisfied"


def test_a_bot_may_close_while_the_customer_waits() -> None:
    """What arrives may be the last word."""

    class ClosesLater(Bot):
        def wait(self, seconds: float) -> Reply | None:
            self.closes = True
            return super().wait(seconds)

    transcript, _, _ = held(
        [say(), Wait(60.0), say()],
        lambda clock: ClosesLater(clock, arrivals=[(5.0, "bot", "We are closing.", ())]),
    )
    assert (transcript.ending, transcript.turns[-1].text) == ("bot_closed", "We are closing.")


def test_a_close_that_fails_changes_nothing() -> None:
    """The conversation is over."""

    class Sticky(Bot):
        def close(self) -> None:
            raise OSError("already gone")

    assert held([say(), BYE], Sticky)[0].ending == "satisfied"


def test_a_close_that_is_broken_is_our_fault() -> None:
    """What no failing bot raises is not swallowed."""

    class Broken(Bot):
        def close(self) -> None:
            raise TypeError("no such thing")

    transcript = held([say(), BYE], Broken)[0]
    assert transcript.error is not None
    assert (transcript.ending, transcript.error.cause) == ("simulator_failed", "TypeError")


# Waiting


def test_a_wait_in_which_nothing_comes() -> None:
    """Time passes on both clocks, and the customer hears nobody."""
    transcript, customer, _ = held([say(thought=9.0), Wait(30.0), BYE], limits=Limits(think=0.0))
    assert customer.heard[-1] == Heard("nobody")
    assert transcript.ended == 31.0
    assert transcript.ended + transcript.shift == 40.0


@pytest.mark.parametrize("speaker", ["bot", "human", "system"])
def test_an_arrival_ends_the_wait_and_says_how_long_it_was(speaker: Speaker) -> None:
    """Stamped when it came; the customer's patience is told the seconds that it took."""
    transcript, customer, _ = held(
        [say(), Wait(30.0), BYE],
        lambda clock: Bot(clock, arrivals=[(12.0, speaker, "You are third in line.", ("queued",))]),
    )
    arrived = transcript.turns[-1]
    assert (arrived.speaker, arrived.first, arrived.done) == (speaker, 13.0, 13.0)
    assert (arrived.signals[0].kind, arrived.signals[0].at) == ("queued", 13.0)
    heard = customer.heard[-1]
    assert heard is not None
    assert heard.latency == 12.0
    assert heard.events == ("queued",)
    assert heard.speaker == ("nobody" if speaker == "system" else speaker)


def test_an_answer_says_how_long_its_first_byte_took() -> None:
    """Not its last."""
    _, customer, _ = held([say(), BYE], lambda clock: Bot(clock, [(8.0, "Quite.")]))
    assert customer.heard[-1] is not None
    assert customer.heard[-1].latency == 4.0


def test_somebody_who_joins_empties_what_the_bot_is_held_to() -> None:
    """By an event of the target's beside its words: what it says again to a new listener is no repeat."""
    text = "The speed of a line depends on many things such as distance."
    repeats = []
    for signals in ((), ("accepted",)):
        _, customer, _ = held([say(), say(), BYE], partial(Bot, answers=[(1.0, text)] * 2, signals=signals))
        repeats += [heard.repeat for heard in customer.heard[2:] if heard is not None]
    assert repeats == ["likeness", ""]


def test_a_compressed_desk_is_experienced_in_full() -> None:
    """Wait and speak as the scenario says, although the wall saw a hundredth of it."""

    class Attended(Bot):
        def open(self, case: Case) -> Session:
            return AttendedSession(super().open(case), case, SCENARIO, self.clock, 0.01)

    transcript, customer, _ = held(
        [say(thought=10.0), Wait(300.0), BYE], lambda clock: Attended(clock, signals=("requested",)), Limits(think=0.01)
    )
    human = transcript.turns[-1]
    assert human.speaker == "human"
    assert human.done is not None
    assert human.done + human.shift == pytest.approx(10 + 1 + 30 + 6)
    assert human.signals[0].at + human.shift == pytest.approx(10 + 1 + 30)
    assert human.done == pytest.approx(0.1 + 1 + 0.36)
    assert customer.heard[-1] is not None
    assert customer.heard[-1].latency == pytest.approx(36.0)


# What is written down


def test_what_a_transcript_says_about_its_case() -> None:
    """Identity, filled facts and truths, tiers, pace and versions."""
    setting = Setting(("T0", "T1", "T2"), standing_exit=True)
    transcript, customer, _ = held([say(), BYE], limits=Limits(think=0.5), setting=setting)
    assert (transcript.id, transcript.case) == ("c-7", "slow-line/novice/2")
    assert (transcript.target, transcript.persona, transcript.scenario) == ("mine", "novice", "slow-line")
    assert (transcript.facts, transcript.truth) == (CASE.facts, CASE.truth)
    assert (transcript.tiers, transcript.think, transcript.standing_exit) == (["T0", "T1", "T2"], 0.5, True)
    assert transcript.versions == VERSIONS
    assert customer.heard[-1] is not None
    assert customer.heard[-1].exits == ("human",), "a standing exit is heard in every turn"


def test_feelings_are_noted_after_what_was_heard() -> None:
    """One a turn: a wait in which nothing came replaces what was felt before it."""
    transcript, _, _ = held([say(), Wait(5.0), say(), BYE], lambda clock: Bot(clock, greeting="Hello!"))
    assert transcript.feelings == [Feeling(0, 0.1, 0.3333), Feeling(2, 0.3, 0.3333), Feeling(4, 0.4, 0.3333)]


def test_a_transcript_survives_the_disk() -> None:
    """Written and read, it is the same."""
    transcript, _, _ = held(
        [say(thought=1.0), Wait(9.0), Leave("left_voiced", 1.0, "Bye.")],
        lambda clock: Bot(clock, greeting="Hello!", arrivals=[(2.0, "system", "", ("failed",))]),
    )
    assert msgspec.json.decode(msgspec.json.encode(transcript), type=Transcript) == transcript


WORDS = st.sampled_from(
    [
        "Sorry, I didn't get that.",
        "What is your number?",
        "Would you like to speak to an agent?",
        "The speed of a line depends on many things such as distance.",
        "I'm connecting you with an agent now.",
        "",
    ]
)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from(["RESTATE", "ASK_HUMAN", "PROVIDE"])), min_size=1, max_size=8))
def test_the_scorers_hear_what_the_customer_heard(exchanges: list[tuple[str, str]]) -> None:
    """Model and metric cannot disagree: the transcript settles to the same, turn by turn."""
    moves: list[Move | BaseException] = [
        Say(("hm",), act, "fast_again", ("number",) if act == "PROVIDE" else ())  # type: ignore[arg-type]
        for _, act in exchanges
    ]
    answers: list[Answer] = [(1.0, text) for text, _ in exchanges]
    transcript, customer, _ = held([*moves, BYE], lambda clock: Bot(clock, answers, greeting="Hello!"))
    assert [answer.heard for answer in settle(transcript, SCENARIO).answers] == customer.heard[1:]


# What the company's test system shows


class Probed(Bot):
    """A bot beside which a test system can be asked."""

    takes = 5.0
    raises: BaseException | None = None
    asked = 0

    def probed(self) -> list[State]:
        assert self.closed == 0, "it is asked before the close"
        self.asked += 1
        self.clock.sleep(self.takes)
        if self.raises is not None:
            raise self.raises
        return [State("fast_again", "after", "mended", ["mended"])]


def test_the_state_is_read_once_and_takes_no_time_of_the_conversation() -> None:
    """After the last word and before the close; the conversation has ended when it is asked."""
    transcript, _, bot = held([say(), BYE], Probed)
    assert isinstance(bot, Probed)
    assert (bot.asked, bot.closed) == (1, 1)
    assert [one.value for one in transcript.probes] == ["mended"]
    assert transcript.ended == 1.0


def test_a_desk_in_front_hides_no_state() -> None:
    """What the session behind it can say it says, and nothing where that one cannot."""
    found: list[list[State]] = []
    clock = VirtualClock()
    for bot in (Probed(clock), Bot(clock)):
        session = AttendedSession(bot, CASE, SCENARIO, clock, 1.0)
        clock.spawn(lambda session=session: found.append(session.probed()))
        clock.run()
    assert [len(one) for one in found] == [1, 0]


@pytest.mark.parametrize(
    ("answer", "asked"), [(TargetFailed("cut", "x"), 1), (GreenletExit(), 0), (RuntimeError("ours"), 0)]
)
def test_the_state_is_read_unless_nobody_would_count_it(answer: BaseException, asked: int) -> None:
    """Also after the bot has failed; not where the run was stopped or we have failed."""
    _, _, bot = held([say(), BYE], lambda clock: Probed(clock, [answer]))
    assert isinstance(bot, Probed)
    assert (bot.asked, bot.closed) == (asked, 1)


@pytest.mark.parametrize(
    ("raised", "ending"), [(GreenletExit(), "interrupted"), (RuntimeError("slip"), "simulator_failed")]
)
def test_what_goes_wrong_while_reading_loses_no_word(raised: BaseException, ending: Ending) -> None:
    """The conversation is kept, its session closed, and the fault is not the bot's."""

    def broken(clock: VirtualClock) -> Bot:
        bot = Probed(clock)
        bot.raises = raised
        return bot

    transcript, _, bot = held([say(), BYE], broken)
    assert (transcript.ending, len(transcript.turns), bot.closed) == (ending, 2, 1)


def test_truths_that_were_drawn_and_not_told_are_named() -> None:
    """Not those that are fixed, that the target was told, or that come from its accounts."""
    truth = {name: Truth("{{date}}") for name in ("drawn", "told", "held")} | {"fixed": Truth("Monday")}
    scenario = msgspec.structs.replace(SCENARIO, truth=truth)
    case = msgspec.structs.replace(CASE, seeded=["held"])
    clock = VirtualClock()
    found: list[Transcript] = []

    def run(setting: Setting) -> None:
        found.append(converse(case, scenario, Scripted([BYE]), Bot(clock), clock, Limits(), setting))

    for setting in (Setting(told=frozenset({"told"}), action_log=False), Setting()):
        clock.spawn(run, setting)
        clock.run()
    assert [(one.unseeded, one.action_log) for one in found] == [(["drawn"], False), ([], None)]
