"""Two small scenarios and a way to write a conversation down as a scene, for the fold and for `settle`."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.dialogue.fold import Dialogue
from simulator.dialogue.settle import Settled, settle
from simulator.model.contracts import Heard
from simulator.model.scenario import Desk, Fact, Need, Resolution, Scenario, Truth
from simulator.model.transcript import Act, Ending, Signal, SignalKind, Tier, Transcript, Turn

ROUTER = Scenario(
    scenario=1,
    name="slow-line",
    facts={
        "customer_number": Fact("identity", "K-4711", asked=["who you are"]),
        "problem": Fact("problem", "the internet is slow"),
        "restarted": Fact("steps", "restarted the router", step="restart"),
        "address": Fact("technical", "Elm Row 3"),
    },
    truth={"outage_end": Truth("18:30"), "cause": Truth("a broken cable", match=[r"\bcable\b.{0,20}\bcut\b"])},
    needs=[
        Need(
            "fast_again",
            Resolution(step="reset"),
            required_slots=["customer_number"],
            milestones=["outage_end", "cause"],
            qualified_queues=["line"],
        ),
        Need("move_house", Resolution(action="moved"), required_slots=["address"]),
    ],
    steps={
        "restart": [r"restart(ing)? (the|your) router"],
        "reset": [r"factory reset"],
        "cable": [r"(check|replace) the (lan )?cable"],
    },
    articles={"speed": [r"article about speed"]},
    desk=Desk(wait_s=20, queue="line"),
)
TRUTH = {"outage_end": "18:30", "cause": "a broken cable"}
CLOSED = Scenario(
    scenario=1, name="closed-desk", facts=ROUTER.facts, truth=ROUTER.truth, needs=ROUTER.needs, desk=Desk(open=False)
)


def talk(standing_exit: bool = False) -> Dialogue:
    return Dialogue(ROUTER, TRUTH, standing_exit=standing_exit)


def signal(kind: SignalKind, at: float = 0.0, **detail: object) -> Signal:
    return Signal(kind, at, dict(detail))


class Scene:
    """A conversation under construction: each turn of the customer's comes `gap` seconds after what was before."""

    def __init__(self, scenario: Scenario = ROUTER, tiers: Sequence[Tier] = ("T0", "T1", "T2", "T3")) -> None:
        self.scenario = scenario
        self.tiers = list(tiers)
        self.now = 0.0
        self.turns: list[Turn] = []

    def customer(self, act: Act, text: str = "hm", *, told: Sequence[str] = (), need: str = "fast_again") -> Scene:
        self.now += 10
        self.turns.append(Turn("customer", text, due=self.now, sent=self.now, act=act, need=need, told=list(told)))
        return self

    def bot(self, text: str, *signals: Signal, after: float = 1.0, ids: Sequence[str] = ()) -> Scene:
        """Signals are stamped with their delay after the turn's last byte."""
        sent = self.now
        self.now += after
        stamped = [Signal(one.kind, self.now + one.at, one.detail) for one in signals]
        self.turns.append(
            Turn("bot", text, due=sent, sent=sent, first=self.now, done=self.now, signals=stamped, ids=list(ids))
        )
        return self

    def other(self, speaker: str, text: str, *signals: Signal, after: float) -> Scene:
        self.now += after
        stamped = [Signal(one.kind, self.now + one.at, one.detail) for one in signals]
        assert speaker in ("human", "system")
        self.turns.append(
            Turn("human" if speaker == "human" else "system", text, first=self.now, done=self.now, signals=stamped)
        )
        return self

    def end(self, ending: Ending = "left_silent", after: float = 1.0, standing_exit: bool = False) -> Settled:
        transcript = Transcript(
            id="c-1",
            turns=self.turns,
            ending=ending,
            ended=self.now + after,
            tiers=self.tiers,
            truth=TRUTH,
            standing_exit=standing_exit,
        )
        return settle(transcript, self.scenario)


def hear(dialogue: Dialogue, act: Act, text: str, *, told: Sequence[str] = (), need: str = "fast_again") -> Heard:
    """The customer says something with this act, the bot answers with this text."""
    dialogue.say(act, need, told)
    return dialogue.hear(text)
