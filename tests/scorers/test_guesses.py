from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.score import Score
from simulator.model.transcript import Transcript, Turn
from simulator.registry import GUESSES as GUESSED
from simulator.registry import METRICS
from simulator.scorers.guesses import GUESSES, counted_repeats
from simulator.scorers.stock import STOCK, score
from simulator.textmodels.said import said
from tests.scorers.scenes import KETTLE, read

NEED = "my internet has been slow since monday"
STEP = "Please restart your router and wait until the light is green."
COOKIES = "You can clear the cookies of your browser in the settings menu."


def log(*lines: tuple[str, str], language: str = "en") -> Transcript:
    """A foreign log: who said what, nothing else."""
    turns = [Turn({"c": "customer", "b": "bot", "h": "human"}[who], text) for who, text in lines]  # type: ignore[arg-type]
    return Transcript("x", turns, "limit", 0.0, language=language)


def guessed(transcript: Transcript) -> dict[str, Score]:
    return {one.name: one for one in score(transcript, None, GUESSES)}


def levels(*lines: tuple[str, str]) -> float | str | None:
    return guessed(log(*lines))["loop_level_t0"].value


def test_two_repeats_to_a_reworded_need_are_a_loop() -> None:
    """The third useless answer; the proof is the repeats."""
    found = guessed(
        log(
            ("c", NEED),
            ("b", STEP),
            ("c", NEED + "!"),
            ("b", STEP),
            ("c", "my internet is still slow since monday"),
            ("b", STEP),
        )
    )
    assert (found["loop_t0"].value, found["loop_level_t0"].value) == (1, 2)
    assert found["loop_t0"].turns == [3, 5]


def test_one_repeat_is_level_1() -> None:
    """No loop yet."""
    assert levels(("c", NEED), ("b", STEP), ("c", NEED), ("b", STEP)) == 1


def test_a_repeat_without_rewording_counts_nothing() -> None:
    """The customer went on to something else."""
    assert levels(("c", NEED), ("b", STEP), ("c", "what colour is the box you sell?"), ("b", STEP)) == 0


def test_a_b_a_b_is_a_loop() -> None:
    """The window is four bot turns."""
    lines = [line for text in (STEP, COOKIES, STEP, COOKIES) for line in (("c", NEED), ("b", text))]
    assert levels(*lines) == 2


@pytest.mark.parametrize("between", [3, 4])
def test_the_window_ends_after_four(between: int) -> None:
    """A repeat of the fifth turn before is none."""
    other = [
        "Which model is it, please tell me?",
        COOKIES,
        "We have no outage in your street today.",
        "Is a cable loose there?",
    ]
    lines = [line for text in (STEP, *other[:between], STEP) for line in (("c", NEED), ("b", text))]
    assert levels(*lines) == (1 if between == 3 else 0)


def test_short_bot_turns_are_ignored() -> None:
    """Courtesies of fewer than four tokens."""
    assert levels(("c", NEED), ("b", "No rush, please."), ("c", NEED), ("b", "No rush, please."), ("c", NEED)) == 0


def test_equal_content_is_a_repeat_however_it_is_worded() -> None:
    """Not understood, in three wordings."""
    first, second, third = (
        "Sorry, I didn't understand that.",
        "I'm afraid I did not get what you mean.",
        "I don't understand you.",
    )
    assert levels(("c", NEED), ("b", first), ("c", NEED), ("b", second), ("c", NEED), ("b", third)) == 2


def test_a_script_without_spaces_is_counted_by_letters() -> None:
    """Chinese has one token in a sentence."""
    need, answer = "我的网络很慢怎么办", "请重新启动您的路由器然后等待绿灯"
    found = guessed(log(("c", need), ("b", answer), ("c", need), ("b", answer), ("c", need), ("b", answer)))
    assert found["loop_level_t0"].value == 2
    assert "likeness alone" in found["loop_level_t0"].reason
    assert found["dissatisfied_t0"].value is None


def test_the_worked_likeness_is_below_the_bar() -> None:
    """The definition's paraphrase has sim .81, so text alone misses it."""
    a, b = (
        "Please clear your browser cache and try signing in again.",
        "Please clear the browser cache and try to sign in again.",
    )
    assert counted_repeats(said(log(("c", NEED), ("b", a), ("c", NEED), ("b", b)).turns)) == []


def test_a_hand_over_in_words_is_guessed() -> None:
    """And a finished talk is not."""
    moved = guessed(
        log(("c", "My refund never came."), ("b", "I cannot do that here. Shall I transfer you to a human agent?"),
            ("c", "Yes, please transfer me."), ("b", "I am transferring you to a human agent now."))
    )  # fmt: skip
    ended = guessed(
        log(("c", "Where is my order?"), ("b", "It arrives on Monday. Is there anything else I can help you with?"),
            ("c", "No, that's all, thank you."), ("b", "You're welcome! Have a great day!"))
    )  # fmt: skip
    assert moved["escalated_t0"].value == 1
    assert ended["escalated_t0"].value == 0
    assert ended["gave_up_t0"].value == 0


def test_a_person_who_speaks_is_an_escalation() -> None:
    """Known, not guessed by a model."""
    found = guessed(log(("c", "I want to talk to a person"), ("b", "One moment."), ("h", "Hello, this is Ann.")))
    assert (found["escalated_t0"].value, found["escalated_t0"].turns) == (1, [2])
    assert (found["asked_human_t0"].value, found["asked_human_t0"].turns) == (1, [0])


def test_an_unhappy_end_is_giving_up() -> None:
    """With the turn that proves the mood."""
    found = guessed(
        log(("c", "I was charged twice."), ("b", "Our opening hours are nine to five."),
            ("c", "That's not what I asked! This is useless, forget it."))
    )  # fmt: skip
    assert found["gave_up_t0"].value == 1
    assert found["dissatisfied_t0"].turns == [2]
    assert (found["dissatisfied_t0"].value, found["dissatisfied_t0"].weight) == (1, 2)


def test_intents_are_read_by_their_own_model() -> None:
    """A phone log without words answers one question alone."""
    found = guessed(log(("b", "<ask_time>"), ("c", "<negate>"), ("b", "<ask_time>"), ("c", "<negate|time>")))
    assert isinstance(found["gave_up_probability_t0"].value, float)
    assert found["dissatisfied_t0"].value is None


@pytest.mark.parametrize("text", ["Mijn pakket is nog steeds niet aangekomen", "Посылка всё ещё не пришла"])
def test_an_unknown_language_is_not_read_as_english(text: str) -> None:
    """None with the reason."""
    found = guessed(log(("c", text), ("b", text)))
    assert found["escalated_t0"].value is None
    assert "language" in found["escalated_t0"].reason


def test_a_german_log_is_found_out() -> None:
    """`en` is only the default of a foreign log."""
    found = guessed(
        log(("c", "Hallo, wo ist mein Paket?"), ("b", "Das weiß ich leider nicht."), ("c", "Das ist doch lächerlich!"))
    )
    assert found["dissatisfied_t0"].turns == [2]


def test_what_is_not_measured_says_so_with_the_figure() -> None:
    """Resolved and breakdown."""
    found = guessed(log(("c", "hello there"), ("b", "Hello, what is it?")))
    for name in ("resolved_t0", "breakdown_t0"):
        assert found[name].value is None
        assert "AUC" in found[name].reason


def test_guesses_are_apart_from_what_is_measured() -> None:
    """No run of ours has them, no gate knows them, and each has its score."""
    assert not set(GUESSES) & set(STOCK)
    assert not METRICS.keys() & GUESSED.keys()
    assert all(name.endswith("_t0") for name in GUESSED)
    assert all(one.tier == "T0 (guess)" for one in GUESSED.values())
    assert {one.score for one in GUESSED.values()} <= guessed(log(("c", "hello there"), ("b", "Hello."))).keys()
    assert not any(one.name.endswith("_t0") for one in score(read("kettle")[0], KETTLE))


TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [NEED, STEP, COOKIES, "", "?!?!", "😀😀", "שלום, איפה החבילה", "<negate>", "\ud800", "no, that's wrong"]
    ),
)
TURNS = st.lists(st.builds(Turn, st.sampled_from(["customer", "bot", "human", "system"]), TEXT), max_size=10)


@given(TURNS, st.sampled_from(["en", "de", "fr", ""]))
@settings(max_examples=150, deadline=None)
def test_no_transcript_makes_a_guess_fail(turns: list[Turn], language: str) -> None:
    """Never raised, the same twice, None with a reason, proofs inside the transcript."""
    transcript = Transcript("x", turns, "limit", 0.0, language=language)
    found = score(transcript, None, GUESSES)
    assert found == score(transcript, None, GUESSES)
    for one in found:
        assert not one.reason.startswith("scorer failed"), one
        assert one.reason, one
        assert all(0 <= place < len(turns) for place in one.turns)


@given(TURNS, st.floats(-1e6, 1e6))
@settings(max_examples=60, deadline=None)
def test_names_and_the_hour_change_no_guess(turns: list[Turn], by: float) -> None:
    """Only words are read."""
    transcript = Transcript("x", turns, "limit", 0.0)
    moved = [msgspec.structs.replace(one, sent=by, done=by) for one in turns]
    other = Transcript("y", moved, "left_silent", by, persona="somebody", target="another")
    assert score(transcript, None, GUESSES) == score(other, None, GUESSES)


def test_a_very_long_talk_and_a_very_long_turn_can_be_read() -> None:
    """Ten thousand turns; one of a million letters."""
    long = [("c" if place % 2 else "b", f"turn number {place % 7} about the router light") for place in range(10_000)]
    assert guessed(log(*long))["loop_t0"].value == 1
    assert guessed(log(("c", "slow " * 200_000), ("b", STEP)))["loop_t0"].value == 0
