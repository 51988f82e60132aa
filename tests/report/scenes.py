"""Small conversations that read like a scene, for everything that shows conversations."""

from __future__ import annotations

from simulator.model.scenario import Desk, Fact, Need, Resolution, Scenario, Truth
from simulator.model.score import Metric, Score
from simulator.model.transcript import Act, Ending, Failure, Feeling, Signal, Transcript, Turn

PARCEL = Scenario(
    1,
    "parcel-status",
    {"order": Fact("identity", "PX-77120"), "problem": Fact("problem", "the parcel has not come")},
    [Need("where_is_it", Resolution(told=["place"]), required_slots=["order"], milestones=["place"])],
    truth={"place": Truth("depot in Lyon")},
    desk=Desk(),
)


def said(at: float, text: str, act: Act, told: list[str] | None = None) -> Turn:
    """A customer turn."""
    return Turn("customer", text, due=at, sent=at, act=act, need="where_is_it", told=told or [])


def answered(at: float, text: str, *signals: Signal, sent: float | None = None) -> Turn:
    """A bot turn whose last byte came at this second."""
    sent = at - 1 if sent is None else sent
    return Turn("bot", text, due=sent, sent=sent, first=at, done=at, signals=list(signals))


def talk(
    turns: list[Turn],
    ending: Ending,
    ended: float,
    *,
    name: str = "c-0113",
    target: str = "looping",
    feelings: list[Feeling] | None = None,
    error: Failure | None = None,
    why: str = "",
) -> Transcript:
    """A whole conversation about the parcel."""
    return Transcript(
        name,
        turns,
        ending,
        ended,
        target=target,
        persona="repeat_caller",
        scenario="parcel-status",
        tiers=["T0", "T1", "T2"],
        facts={"order": "PX-77120"},
        truth={"place": "depot in Lyon"},
        feelings=feelings or [],
        error=error,
        ended_why=why,
    )


PAGE = "You can follow your parcel on https://track.example/help"

LOOP = talk(
    [
        said(0, "where is my parcel PX-77120", "STATE", ["order", "problem"]),
        answered(1, PAGE),
        said(21, "that page says nothing", "RESTATE"),
        answered(22, "I understand how annoying that is. Please see https://track.example/help"),
        said(40, "let me talk to a person", "ASK_HUMAN"),
        answered(41, "I can help you with that! Have you looked at https://track.example/help already?"),
        said(60, "AGENT please", "ASK_HUMAN"),
        answered(61, "Of course, I am transferring you to a colleague now."),
        said(125, "hello? nobody is here", "RESTATE"),
        answered(126, PAGE),
    ],
    "left_silent",
    170,
    feelings=[Feeling(0, 0.18, 0.6), Feeling(1, 0.3, 0.55), Feeling(9, 1.0, 0.04)],
)

HANDED_OVER = talk(
    [
        said(0, "where is my parcel? I want to speak to somebody", "ASK_HUMAN", ["problem"]),
        answered(
            2,
            "I am handing you over now. Your reference is INC-2291.",
            Signal("requested", 1.5, {"queue": "parcels", "packet": {"problem": "the parcel has not come"}}),
            Signal("ticket", 1.5, {"reference": "INC-2291"}),
            Signal("queued", 2.0),
        ),
        Turn("system", first=30, done=30, signals=[Signal("accepted", 30, {"agent": "Maren"})]),
        Turn("human", "Maren here. I see your parcel, I own this and will write at ten.", first=36, done=36),
        said(50, "ok thanks", "THANK"),
    ],
    "handed_off",
    50,
    name="c-0002",
    target="helpful",
)

SOLVED = talk(
    [
        said(0, "where's PX-90431", "STATE", ["order", "problem"]),
        answered(1, "It is at our depot in Lyon."),
        said(14, "great thx", "THANK"),
    ],
    "satisfied",
    14,
    name="c-0003",
    target="helpful",
)

MISLED = talk(
    [
        said(0, "where's PX-90431", "STATE", ["order", "problem"]),
        answered(1, "Your issue is resolved now."),
        said(14, "oh ok", "THANK"),
    ],
    "satisfied",
    14,
    name="c-0004",
    target="helpful",
)


def score(name: str, value: float | str | None, *, event: str | None = None, reason: str = "") -> Score:
    """A score without proof."""
    return Score(name, value, event=event, reason=reason)


def metric(
    name: str,
    estimate: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    n: int = 144,
    reason: str = "",
    group: str = "",
    skipped: int = 0,
) -> Metric:
    """A metric of a whole run."""
    return Metric(name, group, estimate, low, high, n, skipped, "rate", "these_scenarios", reason)
