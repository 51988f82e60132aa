from __future__ import annotations

import msgspec
import pytest

from simulator.model.scenario import Need, Resolution, StateProbe
from simulator.model.score import Score
from simulator.model.transcript import Failure, Feeling, Note, Probed, Quote, Signal, Transcript
from simulator.report.conversation import ending_in_words, excerpt, show
from tests.report.scenes import BOOKCASE, HANDED_OVER, LOOP, MISLED, SOLVED, answered, said, talk


def row(text: str, number: int) -> str:
    """The line on which a turn begins."""
    return next(line for line in text.splitlines() if f" {number} " in line[:12])


def marks(text: str, number: int) -> str:
    """What is marked at a turn."""
    lines = text.splitlines()
    start = lines.index(row(text, number))
    found = []
    for line in lines[start:]:
        if line is not lines[start] and line[:12].strip():
            break
        if "< " in line:
            found.append(line.split("< ", 1)[1].strip())
    return " ".join(found)


def test_whole_excerpt() -> None:
    """A trapped customer, as the demo prints it."""
    assert excerpt(LOOP, BOOKCASE, 100) == "\n".join(
        [
            "     1 customer  LK-30518 should be here by now",
            "     2 bot       All deliveries are listed at https://larkfield.example/vans",
            "     3 customer  there is no bookcase in that list",
            "     4 bot       Sorry about the wait. What is on its way stands at https://larkfield.example/vans",
            "                                                                              < repeat of 2  cycle 1",
            "     5 customer  can somebody ring me                                            < asked, 1st  unmet",
            "     6 bot       Happy to help! Every van is listed at https://larkfield.example/vans from noon on.",
            "                                                                        < repeat of 2  cycle 2  LOOP",
            "     7 customer  HUMAN now                                                       < asked, 2nd  unmet",
            "     8 bot       Sure, I am connecting you with our delivery desk.                   < false promise",
            "     9 customer  still waiting for that desk",
            "    10 bot       All deliveries are listed at https://larkfield.example/vans  < repeat of 2  cycle 3",
            "       left without a word after 3 min 25 s. The dashboard books this as contained.",
        ]
    )


def test_handed_over() -> None:
    """The hand-off, the ticket and the person's arrival stand where they happened; what joins has no number."""
    text = show(HANDED_OVER, BOOKCASE)
    assert marks(text, 1) == "asked, 1st"
    assert marks(text, 2) == "promise kept  hand-off requested (vans)  ticket LF-806  in the queue"
    assert "   0:30      a person joined: Ilse" in text.splitlines()
    assert row(text, 3).startswith("   0:36   3 person    Ilse here.")
    assert "handed over to a person, done after 50 s." in text
    assert "dashboard" not in text


def test_solved_and_believed_solved() -> None:
    """The same contented ending is told apart by what is so."""
    assert marks(excerpt(SOLVED, BOOKCASE), 2) == "solved"
    assert ending_in_words(SOLVED, BOOKCASE) == "ended content after 19 s, and it is solved."
    assert marks(excerpt(MISLED, BOOKCASE), 2) == "claimed solved, is not"
    assert ending_in_words(MISLED, BOOKCASE) == "ended content after 19 s, believing it solved. It is not."


def test_claim_that_nobody_can_check() -> None:
    """Where the wire does not show the action that would solve it, a claim is only a claim."""
    need = Need("where_is_it", Resolution(action="parcel_sent"))
    scenario = msgspec.structs.replace(BOOKCASE, needs=[need])
    blind = msgspec.structs.replace(MISLED, tiers=["T0", "T1"])
    assert marks(excerpt(blind, scenario), 2) == "claimed solved"
    assert "nobody can see" in ending_in_words(blind, scenario)


def test_ask_that_nothing_answered() -> None:
    """A customer who leaves before the answer has asked, and nobody can say that it was refused."""
    left = talk([said(0, "a person please", "ASK_HUMAN")], "left_silent", 3)
    assert marks(excerpt(left, BOOKCASE), 1) == "asked, 1st"


def test_failed_hand_off() -> None:
    """A transfer that fails is marked at the turn where it failed."""
    turns = [
        said(0, "a person please", "ASK_HUMAN"),
        answered(2, "One moment.", Signal("requested", 1.0), Signal("failed", 2.0, {"reason": "closed"})),
    ]
    assert marks(excerpt(talk(turns, "bot_closed", 2), BOOKCASE), 2) == "hand-off requested  hand-off failed (closed)"


def test_asked_for_what_was_told() -> None:
    """A question for a value that the customer has given is marked."""
    turns = [said(0, "LK-30518 has not come", "STATE", ["order"]), answered(1, "What is your order?")]
    assert marks(excerpt(talk(turns, "left_silent", 5), BOOKCASE), 2) == "asks again: order"


def test_margin_and_feelings() -> None:
    """Elapsed time stands on the left, frustration and trust on the right, each as a bar and in hundredths."""
    text = show(LOOP, BOOKCASE, width=110)
    assert row(text, 2).startswith("   0:02   2 bot ")
    assert row(text, 2).endswith("▃.30 ▅.55")
    assert row(text, 10).endswith("█1.0 ▁.04")
    assert "frustration, trust" in text
    assert "frustration" not in show(SOLVED, BOOKCASE)


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_width(width: int) -> None:
    """No line of a conversation is wider than asked."""
    for talked in (LOOP, HANDED_OVER, SOLVED):
        assert max(map(len, show(talked, BOOKCASE, width=width).splitlines())) <= width
        assert max(map(len, excerpt(talked, BOOKCASE, width).splitlines())) <= width


def test_scores_table() -> None:
    """Scores stand with the numbers of the turns that prove them; those that cannot say are gathered by reason."""
    scores = [
        Score("loop_level", 4, turns=[3, 5, 9], reason="two asks unmet"),
        Score("entrapment", 1),
        Score("wasted_turns", 3, weight=5),
        Score("loop_time", 149.0, event="censored"),
        Score("loop_escape", "left_silent", turns=[2]),
        Score("turn_latency", 1.0, turns=[1]),
        Score("turn_latency", 1.5, turns=[3]),
        Score("redundant_asks", 0),
        Score("handoff_completeness", None, reason="no hand-off"),
        Score("handoff_precision", None, reason="no hand-off"),
    ]
    assert show(LOOP, BOOKCASE, scores).partition("Scores")[2].splitlines()[1:] == [
        "  loop level, 0 to 4                 4                    4, 6, 10  two asks unmet",
        "  trapped: a loop without a way out  yes",
        "  customer turns wasted in a loop    3 of 5",
        "  time in the loop                   2 min 29 s, cut off",
        "  how the loop ended                 left without a word  3",
        "  time to a whole answer             1 s to 1.5 s         2, 4",
        "  No, or none:  asked for what was told",
        "  Cannot say:   of what was told, the person got; of what the person got, was right (no hand-off)",
    ]


def test_rerun_line() -> None:
    """The command that runs the same customer again is there to copy."""
    assert "  exitramp rerun results/demo-4 c-0058" in show(LOOP, BOOKCASE, run="results/demo-4")
    assert "rerun" not in show(LOOP, BOOKCASE)


def test_who_and_what() -> None:
    """The head names the conversation, the target, the scenario, the persona and the facts."""
    head = show(LOOP, BOOKCASE).splitlines()[:3]
    assert head[0] == "c-0058  target looping, scenario bookcase-late, persona repeat_caller"
    assert head[1] == "  Customer holds  order: LK-30518"
    assert head[2] == "  Bot could know  place: warehouse in Gdansk"


@pytest.mark.parametrize(
    ("ending", "why", "words"),
    [
        ("left_voiced", "", "left after 5 s, saying why. The dashboard books this as contained."),
        ("bot_closed", "", "the bot ended the conversation after 5 s. The dashboard books this as contained."),
        ("limit", "turn_cap", "stopped after 5 s at the limit of turns. The dashboard books this as contained."),
        ("interrupted", "", "cut off after 5 s when the run was interrupted; in no rate."),
        ("target_failed", "", "the bot failed after 5 s: timeout: no byte in 30 s."),
        ("simulator_failed", "", "exitramp itself failed after 5 s: timeout: no byte in 30 s. Not charged to the bot."),
    ],
)
def test_endings(ending: str, why: str, words: str) -> None:
    """Every ending is said in words, and ours never as the bot's."""
    turns = [said(0, "where is it", "STATE"), answered(1, "Please wait.")]
    error = Failure("timeout", "no byte in 30 s") if ending.endswith("failed") else None
    whole = talk(turns, "limit", 5, error=error, why=why)
    found = msgspec.convert({**msgspec.to_builtins(whole), "ending": ending}, Transcript)
    assert ending_in_words(found, BOOKCASE) == words


def test_without_events_nothing_is_said_of_the_dashboard() -> None:
    """Where hand-offs cannot be seen, nobody knows what a dashboard books."""
    blind = msgspec.structs.replace(LOOP, tiers=["T0", "T1"])
    assert ending_in_words(blind, BOOKCASE) == "left without a word after 3 min 25 s."


def test_escape_sequences_never_reach_the_terminal() -> None:
    """A bot, a customer, a fact, an error and a signal that try to write to the terminal write text."""
    evil = "\x1b[2J\x1b]0;owned\x07\x9b1A"
    turns = [
        said(0, f"hello{evil}", "ASK_HUMAN"),
        answered(1, f"PASSED{evil}\r\u202e", Signal("accepted", 1, {"agent": f"M{evil}", "queue": evil})),
    ]
    whole = talk(turns, "target_failed", 2, name=f"c{evil}", target=evil, error=Failure("cut", evil))
    whole = msgspec.structs.replace(whole, facts={f"o{evil}": evil}, persona=evil, ended_why=evil)
    text = show(whole, BOOKCASE, [Score("x", evil, reason=evil), Score("y", None, reason=evil)], run=f"results{evil}")
    for character in ("\x1b", "\x07", "\x9b", "\r", "\u202e", "owned", "[2J"):
        assert character not in text
        assert character not in excerpt(whole, BOOKCASE)
    assert row(text, 2).startswith("   0:01   2 bot       PASSED")


def test_long_conversation_in_short() -> None:
    """Of a long conversation an excerpt keeps the beginning and the end and says how much is left out."""
    turns = []
    for at in range(0, 400, 20):
        turns += [said(at, "no", "RESTATE"), answered(at + 1, f"Answer number {at} is here.")]
    text = excerpt(talk(turns, "limit", 400, why="turn_cap"), BOOKCASE, most=6)
    numbered = [int(line[:7]) for line in text.splitlines() if line[:7].strip().isdigit()]
    assert numbered == [1, 2, 37, 38, 39, 40]
    assert "     ... 34 turns ..." in text


def test_endless_answer_in_short() -> None:
    """An excerpt cuts a very long answer; the whole conversation does not."""
    turns = [said(0, "where is it", "STATE"), answered(1, "word " * 500)]
    whole = talk(turns, "left_silent", 5)
    assert len(excerpt(whole, BOOKCASE).splitlines()) < 8
    assert show(whole, BOOKCASE).count("word") >= 500


def test_silence_and_buttons() -> None:
    """An empty answer and a pressed button are visible."""
    pressed = msgspec.structs.replace(said(0, "", "OTHER"), button="track")
    text = excerpt(talk([pressed, answered(1, "")], "left_silent", 5), BOOKCASE)
    assert row(text, 1).endswith("[pressed: track]")
    assert "(no answer)" in row(text, 2)


def test_foreign_log() -> None:
    """A log without scenario, acts or times is shown all the same."""
    turns = [msgspec.structs.replace(turn, act=None, need=None, told=[]) for turn in LOOP.turns]
    foreign = Transcript("log-7", turns, "left_silent", 0.0, feelings=[Feeling(0, 0.5, 0.5)])
    assert "log-7" in show(foreign, None)
    assert "cycle" not in show(foreign, None)


def test_colour() -> None:
    """Colour adds codes and nothing else."""
    coloured = excerpt(LOOP, BOOKCASE, colour=True)
    assert "\x1b[31mLOOP\x1b[0m" in coloured
    for code in ("31", "32", "33", "2", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == excerpt(LOOP, BOOKCASE)


def test_states_and_notes_stand_below_the_ending() -> None:
    """What was found, what means solved, why it could not be read; a judge's verdict with its quotes."""
    probes = [
        Probed("where_is_it", "before", "open", ["closed", None], 200),
        Probed("where_is_it", "after", cause="status", status=500, detail="500 Oops", reads=3, seconds=2.0),
    ]
    notes = [Note("c-0058", "where_is_it", "ombudsman", "3", True, [Quote(1, "vans")])]
    text = show(msgspec.structs.replace(LOOP, probes=probes, notes=notes), BOOKCASE)
    assert 'State of where_is_it before: "open"; solved is "closed" or null' in text
    words = " ".join(text.split())
    assert "at the end: could not be read (status: 500 Oops), asked 3 times in 2 s; not charged to the bot" in words
    assert "Judge ombudsman 3 on where_is_it: solved, quoting turn 2: vans" in words


def test_a_claim_that_the_state_bears_out_is_no_lie() -> None:
    """And one that it does not is."""
    need = msgspec.structs.replace(BOOKCASE.needs[0], resolution=Resolution(probe=StateProbe("/x", "y", equals=1)))
    scenario = msgspec.structs.replace(BOOKCASE, needs=[need])
    claim = talk([said(0, "late", "STATE"), answered(2, "All done, your issue is resolved.")], "satisfied", 9.0)
    before = Probed("where_is_it", "before", 0, [1], 200)
    for value, words in ((1, "claimed solved"), (0, "claimed solved, is not")):
        probed = msgspec.structs.replace(claim, probes=[before, Probed("where_is_it", "after", value, [1], 200)])
        assert marks(show(probed, scenario), 2) == words
