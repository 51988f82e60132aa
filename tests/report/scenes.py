"""Small conversations that read like a scene, for everything that shows conversations."""

from __future__ import annotations

from simulator.model.scenario import Desk, Fact, Need, Resolution, Scenario, Truth
from simulator.model.score import Metric, Score
from simulator.model.transcript import Act, Ending, Failure, Feeling, Signal, Transcript, Turn

BOOKCASE = Scenario(
    1,
    "bookcase-late",
    {"order": Fact("identity", "LK-30518"), "problem": Fact("problem", "the bookcase is late")},
    [Need("where_is_it", Resolution(told=["place"]), required_slots=["order"], milestones=["place"])],
    truth={"place": Truth("warehouse in Gdansk")},
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
    name: str = "c-0058",
    target: str = "looping",
    feelings: list[Feeling] | None = None,
    error: Failure | None = None,
    why: str = "",
) -> Transcript:
    """A whole conversation about the bookcase."""
    return Transcript(
        name,
        turns,
        ending,
        ended,
        target=target,
        persona="repeat_caller",
        scenario="bookcase-late",
        tiers=["T0", "T1", "T2"],
        facts={"order": "LK-30518"},
        truth={"place": "warehouse in Gdansk"},
        feelings=feelings or [],
        error=error,
        ended_why=why,
    )


PAGE = "All deliveries are listed at https://larkfield.example/vans"

LOOP = talk(
    [
        said(0, "LK-30518 should be here by now", "STATE", ["order", "problem"]),
        answered(2, PAGE),
        said(33, "there is no bookcase in that list", "RESTATE"),
        answered(35, "Sorry about the wait. What is on its way stands at https://larkfield.example/vans"),
        said(52, "can somebody ring me", "ASK_HUMAN"),
        answered(53, "Happy to help! Every van is listed at https://larkfield.example/vans from noon on."),
        said(75, "HUMAN now", "ASK_HUMAN"),
        answered(77, "Sure, I am connecting you with our delivery desk."),
        said(150, "still waiting for that desk", "RESTATE"),
        answered(151, PAGE),
    ],
    "left_silent",
    205,
    feelings=[Feeling(0, 0.18, 0.6), Feeling(1, 0.3, 0.55), Feeling(9, 1.0, 0.04)],
)

HANDED_OVER = talk(
    [
        said(0, "my bookcase is late, put me through to somebody", "ASK_HUMAN", ["problem"]),
        answered(
            2,
            "I am connecting you with our delivery desk. The case is LF-806.",
            Signal("requested", 1.5, {"queue": "vans", "packet": {"problem": "the bookcase is late"}}),
            Signal("ticket", 1.5, {"reference": "LF-806"}),
            Signal("queued", 2.0),
        ),
        Turn("system", first=30, done=30, signals=[Signal("accepted", 30, {"agent": "Ilse"})]),
        Turn(
            "human", "Ilse here. I have the driver on the phone and stay with you until it is there.", first=36, done=36
        ),
        said(50, "that helps", "THANK"),
    ],
    "handed_off",
    50,
    name="c-0002",
    target="helpful",
)

SOLVED = talk(
    [
        said(0, "any news of LK-55172", "STATE", ["order", "problem"]),
        answered(2, "It was loaded in our warehouse in Gdansk."),
        said(19, "good to know", "THANK"),
    ],
    "satisfied",
    19,
    name="c-0003",
    target="helpful",
)

MISLED = talk(
    [
        said(0, "any news of LK-55172", "STATE", ["order", "problem"]),
        answered(2, "Your issue is resolved now."),
        said(19, "oh ok", "THANK"),
    ],
    "satisfied",
    19,
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
    n: int = 160,
    reason: str = "",
    group: str = "",
    skipped: int = 0,
) -> Metric:
    """A metric of a whole run."""
    return Metric(name, group, estimate, low, high, n, skipped, "rate", "these_scenarios", reason)
