from __future__ import annotations

import msgspec

from simulator.model.score import Score
from simulator.report.worst import Candidate, Cell, Pick, worst, worst_cells
from simulator.verdict.record import Held
from tests.report.scenes import HANDED_OVER, LOOP, SOLVED, score, talk


def one(name: str, *scores: Score, length: int = 2, probe: bool = False) -> Candidate:
    """A conversation with this id and these scores."""
    turns = LOOP.turns[:length]
    return Candidate(Held.of(talk(turns, "satisfied", 1, name=name)), scores, probe)


def chosen(*candidates: Candidate) -> Pick:
    """The worst, which is there."""
    pick = worst(candidates)
    assert pick is not None
    return pick


def test_level_first() -> None:
    """A higher loop level is worse than any number of cycles or turns."""
    pick = chosen(
        one("c-1", score("loop_level", 3), score("loop_cycles", 9), length=10),
        one("c-2", score("loop_level", 4), score("loop_cycles", 2)),
    )
    assert (pick.id, pick.reason) == ("c-2", "entrapment level 4")


def test_then_unmet_asks_then_cycles_then_length() -> None:
    """At the same level unmet asks decide, then cycles, then length; of equals the first."""
    level = score("loop_level", 4)
    assert chosen(one("c-1", level, score("loop_cycles", 5)), one("c-2", level, score("unmet_asks", 3))).id == "c-2"
    assert chosen(one("c-1", level, length=9), one("c-2", level, score("loop_cycles", 5))).id == "c-2"
    assert chosen(one("c-1", level), one("c-2", level, length=6), one("c-3", level, length=6)).id == "c-2"


def test_without_loops() -> None:
    """Without a loop, what became of the escalation and the way to a person decide."""
    late = one("c-1", score("loop_level", 0), score("escalation_outcome", "late"), length=10)
    never = one("c-2", score("escalation_outcome", "never"))
    assert chosen(late).reason == "handed over late"
    assert (chosen(late, never).id, chosen(late, never).reason) == ("c-2", "needed a person, never had one")


def test_way_through_the_maze() -> None:
    """Asks and forms before a person are counted out."""
    maze = one("c-1", score("asks_before_grant", 5, event="granted"), score("gate_layers", 2))
    assert chosen(maze).reason == "5 asks, 2 forms before a person"
    easy = one("c-1", score("asks_before_grant", 1, event="granted"), score("gate_layers", 0))
    assert chosen(easy).reason == "nothing went badly; the longest"
    refused = one("c-1", score("asks_before_grant", 6, event="censored"))
    assert chosen(refused).reason == "6 asks, never a person"


def test_probes_last() -> None:
    """A probe is chosen only where there is nothing else."""
    probe = one("c-1", score("loop_level", 4), probe=True)
    assert chosen(probe, one("c-2")).id == "c-2"
    assert chosen(probe).id == "c-1"


def test_what_is_not_the_bots() -> None:
    """Conversations that we broke ourselves are never the bot's worst."""
    broken = Candidate(Held.of(msgspec.structs.replace(LOOP, ending="simulator_failed")), [score("loop_level", 4)])
    assert worst([broken]) is None
    assert worst([]) is None


def test_unknown_is_not_harmless_nor_bad() -> None:
    """A score that could not be told weighs nothing."""
    pick = chosen(Candidate(Held.of(HANDED_OVER), [Score("loop_level", None, reason="no acts")]))
    assert pick.reason == "nothing went badly; the longest"
    assert chosen(Candidate(Held.of(LOOP), [])).reason == "left without a word"


def test_worst_cells() -> None:
    """Cells are ordered by their share of trapped customers; unscored, probes and clean cells do not count."""
    trapped, free = [score("loop_level", 3)], [score("loop_level", 2)]
    parcel, other = LOOP, msgspec.structs.replace(LOOP, scenario="saas-outage")
    candidates = [
        Candidate(Held.of(parcel), trapped),
        Candidate(Held.of(parcel), free),
        Candidate(Held.of(parcel), trapped, True),
        Candidate(Held.of(other), trapped),
        Candidate(Held.of(other), [Score("loop_level", None)]),
        Candidate(Held.of(SOLVED), free),
    ]
    assert worst_cells(candidates) == [
        Cell("looping", "saas-outage", "repeat_caller", 1, 1),
        Cell("looping", "bookcase-late", "repeat_caller", 1, 2),
    ]
