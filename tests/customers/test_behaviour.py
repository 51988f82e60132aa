"""What must hold of whole conversations, whatever else is changed: on common random numbers and the computed clock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from math import inf
from multiprocessing import get_context

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.clock.virtual import VirtualClock
from simulator.clock.wall import WallClock
from simulator.customers.customer import customer_for
from simulator.customers.model_service import ModelService
from simulator.engine import Limits, Setting, converse
from simulator.launch.casting import Cast, cast
from simulator.launch.run import hold_on_virtual_clock
from simulator.model.contracts import Clock, Heard, Reply, Say
from simulator.model.plan import Case, ModelSpec, RunPlan
from simulator.model.transcript import Part, Transcript
from tests.customers.model_server import serving
from tests.customers.scenes import bot, mind


class Fixed:
    """A bot that says one thing after one second, whatever it hears."""

    def __init__(self, clock: Clock, text: str = "Please read our guide.") -> None:
        self.clock, self.text = clock, text
        self.greeting: Reply | None = None

    def open(self, case: Case) -> Fixed:
        return self

    def send(self, say: Say) -> Reply:
        self.clock.sleep(1.0)
        now = self.clock.now()
        return Reply((Part(self.text, now),), now, now)

    def wait(self, seconds: float) -> Reply | None:
        self.clock.sleep(seconds)
        return None

    def close(self) -> None: ...


def with_fixed_bot(ready: Cast) -> list[Transcript]:
    """Every case with the bot of one reply."""
    clock = VirtualClock()
    held: list[Transcript] = []

    def hold() -> None:
        for case in ready.cases:
            scenario = ready.catalogue.spoken(case.scenario, case.language)
            customer = customer_for(case, ready.catalogue.personas[case.persona], scenario)
            held.append(converse(case, scenario, customer, Fixed(clock), clock, Limits(), Setting()))

    clock.spawn(hold)
    clock.run()
    return held


def turns_to_leaving(transcript: Transcript) -> float:
    """Customer decisions until it left, the leaving itself being one; infinite if it did not leave."""
    if transcript.ending not in ("left_silent", "left_voiced"):
        return inf
    said = sum(turn.speaker == "customer" and turn.act not in ("OTHER", "LEAVE_VOICED") for turn in transcript.turns)
    return said + 1


def alone(persona: str, conversations: int = 204) -> list[Transcript]:
    return with_fixed_bot(cast(RunPlan(personas=[persona], conversations=conversations, probes=False, seed=4)))


def test_with_one_fixed_reply_the_impatient_are_gone_by_their_fourth_turn() -> None:
    """At least 95 in 100 of them; the patient later, log-rank p < .01."""
    impatient = [turns_to_leaving(one) for one in alone("impatient_caller")]
    patient = [turns_to_leaving(one) for one in alone("patient_retiree")]
    assert np.mean([turn <= 4 for turn in impatient]) >= 0.95
    assert np.median(patient) > np.median(impatient)

    def censored(turns: list[float]) -> stats.CensoredData:
        return stats.CensoredData([t for t in turns if t < inf], right=[40.0 for t in turns if t == inf])

    assert stats.logrank(censored(impatient), censored(patient)).pvalue < 0.01


def test_nobody_who_left_carries_a_success() -> None:
    """Leaving is an ending of its own; what the bot booked is another matter."""
    for one in [*alone("impatient_caller", 51), *alone("polite_novice", 51)]:
        assert one.ending in ("left_silent", "left_voiced", "limit")
        if one.ending == "left_silent":
            assert one.turns[-1].speaker == "bot"


# One more harm, all else equal.


def harmed(kind: str, scene: list[Heard], place: int) -> list[Heard]:
    """The scene with one turn made worse."""
    worse = list(scene)
    turn = worse[place]
    if kind == "repeat":
        worse[place] = msgspec.structs.replace(turn, repeat="content", repeat_of=1, progress=(), exits=())
    elif kind == "latency":
        worse[place] = msgspec.structs.replace(turn, latency=turn.latency + 10)
    else:
        worse[place] = msgspec.structs.replace(turn, signature=frozenset({"refuse_human"}), progress=(), exits=())
    return worse


turns = st.sampled_from(
    [
        bot("I see.", progress=()),
        bot("What is your number?", asked=("order",), progress=("P1",)),
        bot("Read our guide.", progress=(), repeat="content", repeat_of=1),
        bot("It left the depot.", stated=("place",), progress=("P3",)),
        bot("I am sorry.", signature=frozenset({"empathy"}), progress=()),
        bot("I did not understand.", signature=frozenset({"fallback"}), progress=(), latency=5.0),
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(turns, min_size=1, max_size=6),
    st.integers(0, 5),
    st.sampled_from(["repeat", "latency", "refusal"]),
    st.integers(0, 400),
)
def test_one_more_harm_never_keeps_anybody_nor_raises_trust(
    scene: list[Heard], place: int, kind: str, repeat: int
) -> None:
    """One repeat, ten seconds or one refusal more, every draw the same: trust no higher and the odds of leaving no lower,
    for as long as both customers take the same steps."""
    place %= len(scene)
    calm, upset = mind(repeat=repeat, traits=None), mind(repeat=repeat, traits=None)
    calm.next(None)
    upset.next(None)
    for fine, worse in zip(scene, harmed(kind, scene, place), strict=True):
        one, other = calm.next(fine), upset.next(worse)
        assert upset.trust <= calm.trust + 1e-12
        assert upset.frustration >= calm.frustration - 1e-12
        assert upset.odds()[0] >= calm.odds()[0] - 1e-12
        if type(one) is not type(other) or getattr(one, "act", "") != getattr(other, "act", ""):
            return  # from here on they are two different conversations
        if not isinstance(one, Say):
            return


# Nothing that it does not hold, and the same whoever computes it.


@pytest.fixture(scope="module")
def ready() -> Cast:
    """Three hundred customers of all personas, with three bots."""
    return cast(RunPlan(target=["ordinary", "maze", "false_solved"], conversations=102, probes=False, seed=12))


def talk(ready: Cast, cases: list[Case]) -> list[Transcript]:
    return hold_on_virtual_clock(cases, ready.catalogue, ready.targets, Limits(), 50)


def test_a_fact_that_is_not_held_is_never_said(ready: Cast) -> None:
    """Every fact told by name is one of the scenario's, in the customer's own value or, at first, one digit off."""
    for one in talk(ready, ready.cases):
        told = {name.removesuffix("!") for turn in one.turns for name in turn.told}
        assert told <= one.facts.keys()
        others = {case.facts[name] for case in ready.cases if case.scenario == one.scenario for name in case.facts}
        foreign = {value for value in others - {*one.facts.values()} if any(letter.isdigit() for letter in value)}
        for turn in one.turns:
            if turn.speaker == "customer" and not any(name.endswith("!") for name in turn.told):
                assert not any(_word(value, turn.text) for value in foreign if len(value) > 5), turn.text


def _word(value: str, text: str) -> bool:
    place = text.find(value)
    return place >= 0 and not text[place + len(value) : place + len(value) + 1].isalnum()


def trace(one: Transcript) -> list[object]:
    """All that was said, done and felt; times to a tenth of a millisecond, since a clock that began later rounds otherwise."""
    said = [
        (turn.speaker, turn.text, turn.act, turn.need, tuple(turn.told), round(turn.thought, 4), round(turn.shift, 4))
        for turn in one.turns
    ]
    felt = [(feeling.turn, feeling.frustration, feeling.trust) for feeling in one.feelings]
    return [*said, *felt, one.ending, round(one.ended, 4)]


def chunks(cases: list[Case], parts: int) -> Iterator[list[Case]]:
    return (cases[place::parts] for place in range(parts))


@pytest.mark.parametrize("parts", [2, 4])
def test_the_same_cases_over_several_processes_feel_and_do_the_same(ready: Cast, parts: int) -> None:
    """Split over 2 and 4 processes: every word, time and feeling as in one."""
    whole = {one.id: trace(one) for one in talk(ready, ready.cases)}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(talk, ready, chunk) for chunk in chunks(ready.cases, parts)]
        split = {one.id: trace(one) for future in futures for one in future.result()}
    assert split.keys() == whole.keys()
    assert [name for name in whole if split[name] != whole[name]] == []


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A model's service over real HTTP that says each draft again on one line."""
    with serving() as url:
        yield f"{url}/v1"


def test_both_voices_feel_and_do_the_same_with_a_bot_that_is_blind_to_wording(endpoint: str) -> None:
    """Acts, facts, times and feelings are equal, in one process and in two; only the words may differ."""
    ready = cast(RunPlan(conversations=40, probes=False, seed=6))
    by_phrases = [trace_without_words(one) for one in with_blind_bot(ready, None)]
    by_model = [trace_without_words(one) for one in with_blind_bot(ready, endpoint)]
    assert by_model == by_phrases
    halves = list(chunks(ready.cases, 2))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(with_blind_bot, msgspec.structs.replace(ready, cases=h), endpoint) for h in halves]
        split = {one.id: trace_without_words(one) for future in futures for one in future.result()}
    assert [split[case.id] for case in ready.cases] == by_phrases


def with_blind_bot(ready: Cast, endpoint: str | None) -> list[Transcript]:
    """Every case with a bot that answers by the count of messages alone; `endpoint` words the customers, if given."""
    clock = VirtualClock()
    held: list[Transcript] = []
    voice = None
    if endpoint is not None:
        voice = ModelService(ModelSpec("one", endpoint), WallClock(), None, {"OPENAI_API_KEY": "none"})

    def hold() -> None:
        for case in ready.cases:
            scenario = ready.catalogue.spoken(case.scenario, case.language)
            case = msgspec.structs.replace(case, voice="llm" if voice is not None else "phrases")
            customer = customer_for(case, ready.catalogue.personas[case.persona], scenario, model=voice)
            held.append(converse(case, scenario, customer, Blind(clock), clock, Limits(), Setting()))

    clock.spawn(hold)
    clock.run()
    if voice is not None:
        voice.close()
    return held


class Blind(Fixed):
    """A bot that says the next of a few things, whatever it hears."""

    texts = (
        "What is your number?",
        "I see.",
        "I am sorry.",
        "Would you like to talk to a person?",
        "I cannot do that.",
    )

    def open(self, case: Case) -> Fixed:
        return Blind(self.clock)

    def send(self, say: Say) -> Reply:
        self.count = getattr(self, "count", -1) + 1
        self.text = self.texts[self.count % len(self.texts)]
        return super().send(say)


def trace_without_words(one: Transcript) -> list[object]:
    """All that was done and felt; which message of a burst tells which fact is a matter of words."""
    said = [(turn.speaker, turn.act, turn.need, round(turn.thought, 4), round(turn.shift, 4)) for turn in one.turns]
    told = {name for turn in one.turns for name in turn.told}
    felt = [(feeling.turn, feeling.frustration, feeling.trust) for feeling in one.feelings]
    return [*said, *sorted(told), *felt, one.ending, round(one.ended, 4)]
