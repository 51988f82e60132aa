"""A way to write conversations that reads like a scene, and two situations for them to happen in.

Bramble & Oat sells kitchenware and answers with a bot; Fernhill Heat looks after boilers, which no bot can mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from simulator.model.scenario import Desk, Fact, Need, Resolution, Scenario, Truth
from simulator.model.score import Score
from simulator.model.transcript import Act, Ending, Signal, SignalKind, Tier, Transcript, Turn
from simulator.scorers.stock import score

FOLDER = Path(__file__).parents[1] / "scenes"

KETTLE = Scenario(
    1,
    "kettle-return",
    facts={
        "order": Fact("identity", "BO-{{digits:4}}", asked=["order (number|id)"]),
        "problem": Fact("problem", "the kettle leaks", match=["leak"]),
        "colour": Fact("technical", "green", asked=["which colour"]),
    },
    truth={
        "label": Truth("RET-31", match=[r"\bret-31\b"]),
        "weeks": Truth("two weeks", match=["two weeks"], wrong=["six weeks"]),
    },
    needs=[
        Need(
            "return_it",
            Resolution(told=["label"]),
            required_slots=["order"],
            milestones=["label"],
            qualified_queues=["returns"],
        ),
        Need("how_long", Resolution(told=["weeks"]), milestones=["weeks"], qualified_queues=["returns"]),
    ],
    articles={"descaling": ["descal"], "lids": ["lid"]},
    desk=Desk(queue="returns"),
)
"""Two needs that a bot can meet with words."""

BOILER = Scenario(
    1,
    "boiler-cold",
    segment="b2b",
    facts={
        "contract": Fact("identity", "FH-{{digits:5}}", asked=["contract (number|id)"]),
        "problem": Fact("problem", "the radiators stay cold", match=["radiators?.{0,20}cold"]),
        "fault": Fact("technical", "F{{digits:2}}", asked=["fault code"]),
        "pressure": Fact("technical", "0.4 bar"),
        "reset": Fact("steps", "boiler was reset", match=["reset"], step="reset_boiler"),
        "infant": Fact("impact", "a newborn in the house", match=["newborn"]),
        "by": Fact("deadline", "18:30"),
    },
    needs=[
        Need(
            "heat",
            Resolution(action="engineer_sent"),
            criticality="high",
            bot_solvable=False,
            required_slots=["contract", "fault"],
            must_escalate_on=["infant"],
            qualified_queues=["emergency"],
        )
    ],
    steps={"reset_boiler": ["reset.{0,20}boiler"], "bleed": ["bleed"], "valves": ["valve"], "refill": ["refill"]},
    desk=Desk(queue="emergency"),
)
"""A need that only people can meet."""

KETTLE_FACTS = {"order": "BO-4471", "problem": "the kettle leaks", "colour": "green"}
KETTLE_TRUTH = {"label": "RET-31", "weeks": "two weeks"}
BOILER_FACTS = {
    "contract": "FH-20618",
    "problem": "the radiators stay cold",
    "fault": "F28",
    "pressure": "0.4 bar",
    "reset": "boiler was reset",
    "infant": "a newborn in the house",
    "by": "18:30",
}

Line = tuple[str, dict[str, Any]]


def customer(
    act: Act, text: str = "it leaks", told: Sequence[str] = (), need: str | None = None, at: float = -1
) -> Line:
    """A customer turn; by default 20 s after the turn before it."""
    return "customer", {"text": text, "act": act, "told": list(told), "need": need, "at": at}


def bot(text: str, *signals: Signal, ids: Sequence[str] = (), at: float = -1, took: float = 2.0) -> Line:
    """A bot turn; by default its last byte comes 2 s after the question, its first 1 s before the last."""
    return "bot", {"text": text, "signals": list(signals), "ids": list(ids), "at": at, "took": took}


def human(text: str, at: float) -> Line:
    """A human's message."""
    return "human", {"text": text, "at": at}


def event(*signals: Signal) -> Line:
    """Something that happened beside the talk."""
    return "system", {"signals": list(signals), "at": signals[0].at}


def signal(kind: SignalKind, at: float, **detail: Any) -> Signal:
    """One event of the wire or the desk."""
    return Signal(kind, at, detail)


def talk(
    *lines: Line,
    scenario: Scenario = KETTLE,
    ending: Ending = "left_silent",
    ended: float | None = None,
    tiers: Sequence[Tier] = ("T0", "T1", "T2", "T3"),
    **more: Any,
) -> Transcript:
    """A transcript of lines. It ends 10 s after the last of them unless told otherwise."""
    turns: list[Turn] = []
    now = -20.0
    sent = 0.0
    for speaker, line in lines:
        at = line["at"]
        if speaker == "customer":
            now = sent = at if at >= 0 else now + 20.0
            turns.append(
                Turn("customer", line["text"], due=now, sent=now, act=line["act"], need=line["need"], told=line["told"])
            )
        elif speaker == "bot":
            now = at if at >= 0 else max(sent, now) + line["took"]
            stamps = {"due": sent, "sent": sent, "first": now - line["took"] / 2, "done": now}
            turns.append(Turn("bot", line["text"], signals=line["signals"], ids=line["ids"], **stamps))
        elif speaker == "human":
            now = at
            turns.append(Turn("human", line["text"], first=now, done=now))
        else:
            now = at
            turns.append(Turn("system", first=now, done=now, signals=line["signals"]))
    facts, truth = (KETTLE_FACTS, KETTLE_TRUTH) if scenario is KETTLE else (BOILER_FACTS, {})
    given = {"facts": facts, "truth": truth, "persona": "someone", "scenario": scenario.name} | more
    return Transcript("t-1", turns, ending, ended if ended is not None else now + 10.0, tiers=list(tiers), **given)


def scores_of(transcript: Transcript, scenario: Scenario | None = KETTLE) -> dict[str, Score]:
    """Every stock score by name; of those that come once a turn, the last."""
    return {found.name: found for found in score(transcript, scenario)}


def read(name: str) -> list[Transcript]:
    """The transcripts of one file of scenes."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [msgspec.json.decode(line, type=Transcript) for line in lines if line]
