from __future__ import annotations

import msgspec
import pytest

from simulator.model.gates import Gate
from simulator.report.preflight import Destination, Gap, Outlook, Preflight, outlook_in_words, preflight

PLAN = Preflight(
    [Destination("larkfield-test", "https://chat-test.larkfield.example", "allowed_hosts")],
    1350,
    60,
    25,
    ["entrapment_rate", "endings"],
    [Gap("resolution", "7 of 20 scenarios need an action log", "reply.actions")],
    [
        Outlook(Gate("entrapment_rate", at_most=0.03), 1350, 99),
        Outlook(Gate("handoff_rate", at_least=0.8), 0, None, measurable=False),
    ],
    think=0.0,
)


def test_whole_preflight() -> None:
    """Everything that is about to happen, on a screen."""
    assert preflight(PLAN) == (
        "Target        larkfield-test https://chat-test.larkfield.example (allowed_hosts)\n"
        "Will send     1,350 conversations, 60 probes, at most 25 at once\n"
        "Time          customers do not pause between turns (think: 0); the seconds they would have taken\n"
        "              still count\n"
        "Can measure   trapped in a loop, no way out, endings\n"
        "Cannot        resolution: 7 of 20 scenarios need an action log -> reply.actions\n"
        "Gates         entrapment_rate at most 3 %: can pass from 99 conversations. OK\n"
        "              handoff_rate at least 80 %: not measurable here, will be INCONCLUSIVE\n"
    )


@pytest.mark.parametrize(
    ("outlook", "words"),
    [
        (Outlook(Gate("r", at_most=0.05), 59, 59), "can pass from 59 conversations. OK"),
        (Outlook(Gate("r", at_most=0.02), 40, 149), "cannot pass with 40: needs 149"),
        (Outlook(Gate("r", at_most=0.05, min_count=200), 100, 59), "cannot pass with 100: needs 200"),
        (Outlook(Gate("r", at_most=0.0, use="estimate"), 5), "judged on the estimate, any number will do. OK"),
        (Outlook(Gate("r", at_most=0.0, use="estimate", min_count=9), 5), "cannot pass with 5: needs 9"),
        (
            Outlook(Gate("r", at_most=0.0), 5),
            "cannot pass with any number: a bound never reaches it; set `use: estimate`",
        ),
        (Outlook(Gate("r", worse_by_at_most=0.05, baseline="results/a"), 5), "judged against results/a"),
        (Outlook(Gate("r", at_most=0.05), 12, 59, never="one probe a scenario"), "cannot pass: one probe a scenario"),
        (Outlook(Gate("asks", at_most=1), 5), "how many it needs is not known"),
        (Outlook(Gate("r", at_most=0.02), 500, 149, measurable=False), "not measurable here, will be INCONCLUSIVE"),
    ],
)
def test_what_a_gate_can_come_to(outlook: Outlook, words: str) -> None:
    """Each gate says beforehand whether a flawless bot could pass it."""
    assert outlook_in_words(outlook) == words


@pytest.mark.parametrize(
    ("think", "clock", "words"),
    [
        (1.0, "wall", "as slowly as people"),
        (0.25, "wall", "25 % as long"),
        (0.0, "virtual", "computed, not waited for"),
    ],
)
def test_time(think: float, clock: str, words: str) -> None:
    """How time passes is said."""
    assert words in preflight(msgspec.structs.replace(PLAN, think=think, clock=clock))


def test_no_gates_and_real_people() -> None:
    """That nothing will be judged, and that people will be called, is said."""
    text = preflight(msgspec.structs.replace(PLAN, gates=(), handoffs="people", facts="accounts.csv"))
    assert "Gates         none: nothing will be judged\n" in text
    assert "Hand-offs     REACH PEOPLE" in text
    assert "Facts         accounts.csv\n" in text


def test_several_targets() -> None:
    """Each target has its line, and gates name theirs."""
    outlook = Outlook(Gate("r", at_most=0.05), 59, 59, target="maze")
    text = preflight(Preflight([Destination("looping"), Destination("maze")], 10, 0, 2, gates=[outlook]))
    assert text.startswith(
        "Target        looping\n              maze\nWill send     10 conversations, 0 probes, at most 2"
    )
    assert "r at most 0.05 (maze): can pass" in text


def test_what_shows_a_solution_is_said_before_the_run() -> None:
    """A line for each."""
    told = msgspec.structs.replace(PLAN, truths=["the bot's words: 3 needs", "a state probe: 1 need"])
    text = preflight(told)
    assert "Solved by     the bot's words: 3 needs\n              a state probe: 1 need\n" in text
