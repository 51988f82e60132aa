from __future__ import annotations

import msgspec
import pytest

from simulator.model.gates import Gate, Judgement, Outcome
from simulator.report import numbers
from simulator.report.run import Run, gate_line, reconciled, run_report, verdict_sentence
from simulator.report.worst import Candidate, Cell, Pick, worst
from simulator.verdict.record import Held
from tests.report.scenes import LOOP, metric, score


class Word(msgspec.Struct, frozen=True):
    """What the registry says of a metric."""

    label: str
    unit: str
    question: str = ""
    detail: bool = False


WORDS = {
    "entrapment_rate": Word("trapped in a loop without a way out", "share", "Are they trapped?"),
    "false_promise_rate": Word("promises of a person not kept", "share", "Can they reach a person?"),
    "handoff_completeness": Word("of what was told, the person got", "share", "Does it step aside well?"),
    "ttee_median": Word("median wait for a person", "s", "Does it step aside well?"),
    "asks_before_grant": Word("asks until a person is granted", "number", "Can they reach a person?"),
    "trust_gap": Word("Trust Gap", "share", "Is it really solved?"),
}
TRAPPED = Gate("entrapment_rate", at_most=0.05)
COUNTS = {
    "planned": 150,
    "started": 150,
    "finished": 150,
    "in_flight": 0,
    "satisfied": 52,
    "left_silent": 93,
    "target_failed": 5,
    "simulator_failed": 0,
    "interrupted": 0,
}


def judged(
    gate: Gate, outcome: Outcome, measured: float | None, bound: float | None = None, **rest: object
) -> Judgement:
    """A gate's word."""
    whole = Judgement(gate, outcome, measured, bound, 160, "", "looping", 59)
    return msgspec.structs.replace(whole, **rest)


def pick() -> Pick:
    """The worst conversation."""
    found = worst([Candidate(Held.of(LOOP), [score("loop_level", 4)])])
    assert found is not None
    return found


FAILED = judged(TRAPPED, "fail", 0.38, 0.29, low=0.26, high=0.52)
PASSED = judged(Gate("false_promise_rate", at_most=0.0, use="estimate"), "pass", 0.0, smallest_n=None)
OPEN = judged(Gate("handoff_completeness", at_least=0.8), "inconclusive", None, n=0, reason="not measured: no packet")
RUN = Run(
    "results/w17",
    {
        "looping": [
            metric("entrapment_rate", 0.38, 0.27, 0.5, skipped=2),
            metric("entrapment_rate", 0.9, 0.8, 1.0, group="scenario=bookcase-late"),
            metric("ttee_median", None, reason="not_reached", n=133),
            metric("asks_before_grant", None, reason="not_reached", n=12),
            metric("trust_gap", 0.71, 0.58, 0.82),
            metric("handoff_completeness", None, reason="no packet reaches us"),
        ]
    },
    COUNTS,
    [FAILED, PASSED, OPEN],
    {"seed": 19, "conversations": 1350},
    {"timeout": 4, "cut": 1},
    [pick()],
    [Cell("looping", "bookcase-late", "repeat_caller", 17, 30)],
)


def test_whole_report() -> None:
    """The verdict first, then its gates, the measures by question, where to look, and what is not the bot's."""
    assert run_report(RUN, WORDS).splitlines() == [
        "FAILED  Trapped in a loop without a way out: 38.0 %; the gate allows at most 5 %.",
        "  looping, seed 19, conversations 1,350",
        "",
        "Gates                   limit          measured               n  bound   is            can pass from",
        "  entrapment_rate       at most 5 %    38.0 % [26.0, 52.0]  160  29.0 %  FAIL          59",
        "      exitramp show  results/w17 c-0058",
        "      exitramp rerun results/w17 c-0058",
        "  false_promise_rate    at most 0 %    0 %                  160  -       pass          -",
        "  handoff_completeness  at least 80 %  not measured           0  -       inconclusive  59",
        "      not measured: no packet",
        "  Gates are judged on one-sided 95 % bounds for these scenarios, and on the estimate where they say",
        "  so. Brackets: 95 % intervals for these scenarios.",
        "",
        "Measured                                                             n  left out",
        "Are they trapped?",
        "    trapped in a loop without a way out  38.0 % [27.0, 50.0]       160         2",
        "Can they reach a person?",
        "    asks until a person is granted       none in 6                  12",
        "Does it step aside well?",
        "    median wait for a person             never                     133",
        "Is it really solved?",
        "    Trust Gap                            71.0 [58.0, 82.0] points  160",
        "  Brackets: 95 % intervals for these scenarios, and for no others.",
        "",
        "Where most are trapped",
        "  bookcase-late x repeat_caller  17 of 30",
        "",
        "Worst conversation",
        "  c-0058, bookcase-late x repeat_caller, entrapment level 4",
        "    exitramp show  results/w17 c-0058",
        "    exitramp rerun results/w17 c-0058",
        "",
        "Counted apart from the bot",
        "  target failed 5 (unreachable: 4 timeouts, 1 cut line), simulator failed 0, interrupted 0",
        "",
        "Endings",
        "  satisfied 52, left silently 93, target failed 5; sum 150 of 150 started",
        "",
        "Not measured",
        "  of what was told, the person got: no packet reaches us",
        "",
        "Next",
        "  exitramp show results/w17 ID   read one conversation, with the turns marked",
        "  exitramp report results/w17    this page again",
        "  exitramp metrics explain NAME  what a number means and how it is made",
    ]


@pytest.mark.parametrize(
    ("judgements", "word"),
    [
        ([FAILED, PASSED, OPEN], "FAILED"),
        ([PASSED, OPEN], "INCONCLUSIVE"),
        ([PASSED], "PASSED"),
        ([], "NOT JUDGED"),
        (None, "NOT JUDGED"),
    ],
)
def test_verdict(judgements: list[Judgement] | None, word: str) -> None:
    """A failed gate outweighs an open one, an open one a passed one; without gates nothing is judged."""
    assert run_report(msgspec.structs.replace(RUN, judgements=judgements)).startswith(f"{word}  ")


def sentence(*judgements: Judgement) -> str:
    """The verdict's sentence for these gates."""
    return verdict_sentence(msgspec.structs.replace(RUN, judgements=list(judgements)), WORDS)


def test_sentences() -> None:
    """The sentence says what failed, or what could not be told and how many would do, or that all passed."""
    assert sentence() == "The run had no gates, so nothing was judged."
    assert sentence(PASSED) == "The only gate passed."
    assert sentence(PASSED, PASSED) == "All 2 gates passed."
    assert sentence(FAILED, FAILED).endswith("the gate allows at most 5 %. 1 more gate failed.")
    few = judged(TRAPPED, "inconclusive", 0.0, 0.08, n=40, reason="the bound lies on the other side of the limit")
    assert sentence(few, OPEN) == (
        "Trapped in a loop without a way out cannot be told: the bound lies on the other side of the limit; "
        "a flawless bot passes from 59, here were 40. So is one more."
    )


def test_just_over_the_limit() -> None:
    """A value that rounds to its limit is printed so that it does not."""
    close = judged(TRAPPED, "fail", 0.05004, 0.05001)
    assert ": 5.004 %; the gate allows at most 5 %" in sentence(close)
    assert "5.004 %" in run_report(msgspec.structs.replace(RUN, judgements=[close]), WORDS)
    assert "5.001 %" in run_report(msgspec.structs.replace(RUN, judgements=[close]), WORDS)


def test_never_reached_fails_in_words() -> None:
    """A time that is never reached has no number to print."""
    late = judged(Gate("ttee_median", at_most=60), "fail", None, reason="never reached", never=True, smallest_n=None)
    assert sentence(late) == "Median wait for a person: never; the gate allows at most 1 min."


def test_gate_as_typed() -> None:
    """A gate line has the id that people type and its limit in words."""
    assert gate_line(TRAPPED, WORDS) == "entrapment_rate at most 5 %"
    assert gate_line(Gate("ttee_median", at_most=90, group="segment=b2b"), WORDS) == (
        "ttee_median [segment=b2b] at most 1 min 30 s"
    )
    assert gate_line(Gate("trust_gap", worse_by_at_most=0.05, baseline="results/a"), WORDS) == (
        "trust_gap at most 5 points worse"
    )
    assert gate_line(Gate("scenario_worse", at_most=0, of="entrapment_rate", baseline="results/a")) == (
        "scenario_worse of entrapment_rate at most 0"
    )


def test_cut_short() -> None:
    """A run that was killed says what is missing before it says what it found."""
    counts = {**COUNTS, "planned": 200, "started": 154, "in_flight": 4}
    lost = [f"c-{number:04}" for number in range(10)]
    text = run_report(
        msgspec.structs.replace(RUN, counts=counts, missing=lost, stopped="kill -9", damage=["t.jsonl:7: torn line"])
    )
    told = " ".join(text.split("\n\n")[1].split())
    assert told == (
        "This run was cut short (kill -9): 46 of 200 were never started; 4 were under way and left nothing; no record "
        "of c-0000, c-0001, c-0002, c-0003, c-0004, c-0005, c-0006, c-0007 and 2 more. What finished is below. "
        "Could not be read: t.jsonl:7: torn line"
    )
    assert "sum 150 and in flight 4 of 154 started" in text


def test_counts_that_do_not_add_up() -> None:
    """A difference between what was started and what ended is said."""
    assert reconciled({"started": 5, "satisfied": 3}) == "satisfied 3; sum 3, but 5 were started: 2 are missing"
    assert reconciled({"started": 2, "satisfied": 3}) == "satisfied 3; sum 3, but 2 were started: 1 too many"
    assert reconciled({}) == "none; sum 0; how many were started is not known"


def test_nothing_counted_is_no_zero() -> None:
    """Counts that nobody took are not printed as none."""
    text = run_report(msgspec.structs.replace(RUN, counts={}, causes={}))
    assert "target failed not counted, simulator failed not counted, interrupted not counted" in text


def test_probes_apart() -> None:
    """Probes have endings of their own."""
    counts = {**COUNTS, "probes": {"planned": 24, "started": 24, "limit": 20, "handed_off": 4}}
    text = run_report(msgspec.structs.replace(RUN, counts=counts))
    assert "  Probes, apart: handed off 4, turn or time limit 20; sum 24 of 24 started\n" in text


def test_several_targets() -> None:
    """With several targets each has its block, and gates and conversations name theirs."""
    both = {"looping": RUN.metrics["looping"], "maze": [metric("entrapment_rate", 0.21, 0.13, 0.31)]}
    gates = [FAILED, msgspec.structs.replace(FAILED, target="maze", measured=0.21, low=0.13, high=0.31)]
    text = run_report(msgspec.structs.replace(RUN, metrics=both, judgements=gates), WORDS)
    assert text.startswith("FAILED  Trapped in a loop without a way out (looping): 38.0 %")
    assert "  entrapment_rate maze     at most 5 %  21.0 % [13.0, 31.0]" in text
    assert "  looping: c-0058, bookcase-late" in text
    assert "\nmaze                                     " in text


def test_unknown_metrics_are_shown() -> None:
    """A metric of somebody's own is shown last, by its name."""
    run = msgspec.structs.replace(RUN, metrics={"looping": [metric("politeness_index", 0.5)]})
    text = run_report(run, WORDS)
    assert "Besides\n    politeness index  0.5  160            a\n" in text
    assert "No intervals: there was too little" in text
    assert "  a: no interval could be computed.\n" in text


def test_what_is_said_beside_a_number_stands_below_its_table() -> None:
    """A letter at each row, each note once, what is true of every row without a letter."""
    dropped = "3 of 9,999 resamples had an empty denominator and were dropped"
    rows = [
        metric("entrapment_rate", 0.0, 0.0, 0.03, reason=f"few clusters; {dropped}"),
        metric("trust_gap", 0.5, reason="few clusters; one scenario: no interval"),
        metric("ttee_median", None, reason="not_reached; few clusters; nobody was followed beyond 90"),
    ]
    text = run_report(msgspec.structs.replace(RUN, metrics={"looping": rows}), WORDS)
    below = text.partition("\nMeasured")[2]
    assert "way out  0 % [0, 3.0]  160            a\n" in below
    assert "never         160            c\n" in below
    assert (
        "  All of them: fewer than 40 scenarios, so how sure the numbers are is itself roughly known.\n"
        f"  a: {dropped}.\n"
        "  b: one scenario: no interval.\n"
        "  c: nobody was followed beyond 90.\n"
    ) in below


def test_a_gate_prints_its_own_interval_and_scope() -> None:
    """The plan's report may be about these scenarios, the gates about scenarios like them."""
    strict = msgspec.structs.replace(FAILED, scope="all_scenarios", confidence=0.9, low=0.1, high=0.8)
    text = run_report(msgspec.structs.replace(RUN, judgements=[strict]), WORDS)
    assert "at most 5 %  38.0 % [10.0, 80.0]" in text
    told = " ".join(text.split())
    assert (
        "Gates are judged on one-sided 90 % bounds for scenarios like these. "
        "Brackets: 95 % intervals for scenarios like these."
    ) in told
    assert "38.0 % [27.0, 50.0]" in text


def test_a_gate_on_what_never_came_prints_never() -> None:
    """It was measured: never is not the same as not measured."""
    late = judged(Gate("ttee_median", at_most=60), "fail", None, reason="never reached", never=True)
    text = run_report(msgspec.structs.replace(RUN, judgements=[late]), WORDS)
    assert "ttee_median  at most 1 min  never " in text
    assert numbers.NOT_MEASURED not in text.partition("\nMeasured")[0]


def test_escape_sequences_never_reach_the_terminal() -> None:
    """Names, reasons and paths that try to write to the terminal write text."""
    evil = "\x1b[2Jx\x1b]0;owned\x07"
    run = Run(
        f"results/{evil}",
        {evil: [metric(evil, None, reason=evil), metric(f"{evil}2", 0.5, group="")]},
        COUNTS,
        [judged(TRAPPED, "inconclusive", None, reason=evil, target=evil)],
        {evil: evil},
        {evil: 3},
        [pick()],
        [Cell(evil, evil, evil, 1, 2)],
        [evil],
        [evil],
        evil,
    )
    text = run_report(run)
    for piece in ("\x1b", "\x07", "owned", "[2J"):
        assert piece not in text


def test_colour() -> None:
    """The verdict's word is coloured, and nothing but colour is added."""
    coloured = run_report(RUN, WORDS, colour=True)
    assert coloured.startswith("\x1b[31mFAILED\x1b[0m  Trapped")
    for code in ("31", "32", "33", "2", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == run_report(RUN, WORDS)


def test_what_shows_a_solution_is_said_with_what_nobody_can_say() -> None:
    """By target: how many rest on what, why of the others nobody can say, and whose failure an unread state is."""
    found = {
        "by": {"probe": 20, "words+action": 3},
        "unknown": {"R=NA(probe): it was so before the conversation": 2},
        "states": {"looks": 44, "requests": 60, "unread": {"refused": 1}},
    }
    empty = {"by": {}, "unknown": {}, "states": {"looks": 0, "requests": 0, "unread": {}}}
    text = run_report(Run("results/x", {"one": []}, COUNTS, truths={"one": found, "two": empty}), WORDS)
    words = " ".join(text.split())
    assert (
        "one: a state probe 20, the bot's words and the log of actions 3, nobody can say 2; of 25 conversations"
        in words
    )
    assert "R=NA(probe): it was so before the conversation: 2" in words
    assert (
        "looked at 44 times with 60 requests; 1 could not be read (refused 1): your test system, not the bot" in words
    )
    assert "two" not in text
    assert "What shows" not in run_report(Run("results/x", {"one": []}, COUNTS, truths={"one": empty}), WORDS)


def test_details_wait_until_everything_is_asked_for() -> None:
    """One line says how many there are and how to see them."""
    words = WORDS | {"loop_onset": Word("bot turn of the first repeat", "turns", detail=True)}
    held = Run("results/w17", {"looping": [metric("trust_gap", 0.71), metric("loop_onset", 2.0)]}, COUNTS)
    short = run_report(held, words)
    assert "bot turn of the first repeat" not in short
    assert "--all" in short
    assert "with 1 measures of detail" in short
    assert "bot turn of the first repeat" in run_report(msgspec.structs.replace(held, everything=True), words)
