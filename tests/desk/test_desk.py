from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from simulator.clock.virtual import VirtualClock
from simulator.desk.desk import AttendedSession
from simulator.model.contracts import Reply, Say
from simulator.model.plan import Case
from simulator.model.scenario import Desk, Fact, Need, Resolution, Scenario
from simulator.model.transcript import Part, Signal, SignalKind
from tests.customers.scenes import PLAIN

SCENARIO = Scenario(
    scenario=1,
    name="no-login",
    facts={
        "account": Fact("identity", "FQ-3318"),
        "problem": Fact("problem", "every sign-in ends blank", match=[r"\bblank\b"]),
        "error_code": Fact("technical", "LG-7"),
    },
    needs=[Need("get_in", Resolution(action="reopened"))],
    agent_needs=["account", "problem", "error_code"],
    desk=Desk(wait_s=30.0, speaks_after_s=6.0, queue="sign-in"),
)
FACTS = {"account": "FQ-3318", "problem": "every sign-in ends blank", "error_code": "LG-7"}
CASE = Case("c-1", "mine", "no-login", "lead", 0, 5, FACTS, {}, PLAIN)
ASK = Say(("an agent please",), "ASK_HUMAN", "get_in", thought=0.0)


class Target:
    """A session that answers after a second with the signals given for each turn, and pushes what it is given."""

    greeting: Reply | None = None

    def __init__(self, clock: VirtualClock, *answers: tuple[SignalKind, ...], packet: Any = None) -> None:
        self.clock, self.answers, self.packet = clock, list(answers), packet
        self.queue = ""
        self.pushes: list[tuple[float, SignalKind]] = []
        """Wall second and event, sorted."""
        self.closed = False

    def send(self, say: Say) -> Reply:
        self.clock.sleep(1.0)
        return self._reply("One moment.", *(self.answers.pop(0) if self.answers else ()))

    def wait(self, seconds: float) -> Reply | None:
        if self.pushes and self.pushes[0][0] <= self.clock.now() + seconds:
            when, kind = self.pushes.pop(0)
            self.clock.sleep(when - self.clock.now())
            return self._reply("", kind)
        self.clock.sleep(seconds)
        return None

    def close(self) -> None:
        self.closed = True

    def _reply(self, text: str, *kinds: SignalKind) -> Reply:
        now = self.clock.now()
        detail = {"packet": self.packet} | ({"queue": self.queue} if self.queue else {})
        parts = (Part(text, now),) if text else ()
        return Reply(parts, now, now, signals=tuple(Signal(kind, now, detail) for kind in kinds))


def attended(
    scene: Callable[[AttendedSession, Target, VirtualClock], None],
    *answers: tuple[SignalKind, ...],
    desk: Desk | None = None,
    packet: Any = None,
    pace: float = 1.0,
) -> None:
    """Play a scene with a target whose requests reach our desk."""
    clock = VirtualClock()
    target = Target(clock, *answers, packet=packet)
    scenario = replace(SCENARIO, desk=desk or SCENARIO.desk)
    clock.spawn(lambda: scene(AttendedSession(target, CASE, scenario, clock, pace), target, clock))
    clock.run()


def test_a_request_is_queued_and_a_human_comes_when_the_scenario_says() -> None:
    """Queued with the answer; joined after 30 s; speaks 6 s later, and both are stamped."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        reply = session.send(ASK)
        assert [signal.kind for signal in reply.signals] == ["requested", "queued"]
        assert reply.signals[1].detail == {"queue": "sign-in"}
        human = session.wait(300.0)
        assert human is not None
        assert (human.speaker, human.done, human.waited) == ("human", 37.0, 36.0)
        (joined,) = human.signals
        assert (joined.kind, joined.at, joined.detail["queue"]) == ("accepted", 31.0, "sign-in")
        assert joined.detail["agent"] in human.text

    attended(scene, ("requested",))


def test_nobody_comes_unasked() -> None:
    """Without a request a wait is the target's own."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        assert session.wait(300.0) is None
        assert clock.now() == 301.0

    attended(scene, ())


@pytest.mark.parametrize(
    ("packet", "lacking"),
    [
        (None, ["account", "problem", "error_code"]),
        ({"customer": "FQ-3318", "notes": ["they get a blank page all the time"]}, ["error_code"]),
        ({"summary": "Account fq-3318: every sign-in ends blank, code LG-7"}, []),
        ({"summary": "FQ-33180"}, ["account", "problem", "error_code"]),
    ],
)
def test_the_human_asks_for_what_the_packet_lacks(packet: Any, lacking: list[str]) -> None:
    """In the scenario's order; with everything at hand it asks for nothing."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        human = session.wait(300.0)
        assert human is not None
        assert human.ids == tuple(f"ask:{name}" for name in lacking)
        assert ("error code" in human.text) is ("error_code" in lacking)
        assert ("?" in human.text) is bool(lacking)

    attended(scene, ("requested",), packet=packet)


def test_a_human_speaks_once() -> None:
    """Afterwards it reads, and nothing more is awaited from anybody."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        assert session.wait(300.0) is not None
        heard = session.send(Say(("FQ-3318",), "PROVIDE", "get_in", ("account",)))
        assert (heard.speaker, heard.parts, heard.signals) == ("human", (), ())
        assert session.wait(60.0) is None

    attended(scene, ("requested",))


@pytest.mark.parametrize(
    ("desk", "reason", "after"),
    [
        (Desk(wait_s=30.0, answers="rejects"), "rejected", 31.0),
        (Desk(wait_s=30.0, open=False), "closed", 1.0),
        (Desk(wait_s=30.0, open=False, answers="never"), "closed", 1.0),
    ],
)
def test_a_desk_that_refuses_says_so(desk: Desk, reason: str, after: float) -> None:
    """A closed one at once, a busy one after its time; then nobody is awaited any more."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        failed = session.wait(300.0)
        assert failed is not None
        assert (failed.speaker, failed.done) == ("system", after)
        assert [(signal.kind, signal.detail["reason"]) for signal in failed.signals] == [("failed", reason)]
        assert session.wait(60.0) is None

    attended(scene, ("requested",), desk=desk)


def test_a_desk_may_be_asked_again_after_it_refused() -> None:
    """Each request is a wait of its own."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        for _ in range(2):
            begun = clock.now()
            session.send(ASK)
            failed = session.wait(300.0)
            assert failed is not None
            assert failed.done == begun + 31.0

    attended(scene, ("requested",), ("requested",), desk=Desk(wait_s=30.0, answers="rejects"))


@pytest.mark.parametrize("pace", [1.0, 0.01])
def test_a_desk_that_never_answers(pace: float) -> None:
    """The customer waits in vain, at the run's own pace."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        assert session.wait(300.0) is None
        assert clock.now() == pytest.approx(1 + 300 * pace)

    attended(scene, ("requested",), desk=Desk(answers="never"), pace=pace)


@pytest.mark.parametrize("kind", ["failed", "denied", "returned"])
def test_a_transfer_that_the_target_calls_off_reaches_nobody(kind: SignalKind) -> None:
    """Said with an answer, or pushed while the customer waits."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        target.pushes = [(11.0, kind)]
        pushed = session.wait(300.0)
        assert pushed is not None
        assert pushed.done == 11.0
        assert session.wait(300.0) is None
        session.send(ASK)
        session.send(ASK)
        assert session.wait(300.0) is None

    attended(scene, ("requested",), ("requested",), (kind,))


def test_a_push_does_not_send_the_human_away() -> None:
    """A position in the queue at 10 s; the human still comes at 30."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        target.pushes = [(11.0, "queued")]
        assert session.wait(300.0) is not None
        human = session.wait(300.0)
        assert human is not None
        assert (human.speaker, human.done, human.waited) == ("human", 37.0, 26.0)

    attended(scene, ("requested",))


def test_a_push_may_ask_for_a_human() -> None:
    """The target decides while the customer waits."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        target.pushes = [(5.0, "requested")]
        pushed = session.wait(300.0)
        assert pushed is not None
        assert [signal.kind for signal in pushed.signals] == ["requested", "queued"]
        human = session.wait(300.0)
        assert human is not None
        assert human.done == 5 + 36

    attended(scene, ())


def test_a_person_of_the_targets_own_leaves_our_desk_out() -> None:
    """Accepted on the wire: ours does not come as well."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        target.pushes = [(9.0, "accepted")]
        assert session.wait(300.0) is not None
        assert session.wait(300.0) is None

    attended(scene, ("requested",))


def test_a_customer_may_stop_waiting_and_go_on_later() -> None:
    """What was waited, thought and talked counts towards the human's coming."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        assert session.wait(10.0) is None
        clock.sleep(4.0)
        session.send(Say(("hello?",), "RESTATE", "get_in", thought=4.0))
        human = session.wait(300.0)
        assert human is not None
        assert human.waited == pytest.approx(30 - 10 - 4 - 1 + 6)
        assert human.done == pytest.approx(37.0)

    attended(scene, ("requested",))


def test_a_customer_may_leave_first() -> None:
    """Closing reaches the target, and nobody speaks into the empty room."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        assert session.wait(29.0) is None
        session.close()
        assert target.closed
        assert clock.now() == 30.0

    attended(scene, ("requested",))


def test_a_compressed_wait_tells_what_was_experienced() -> None:
    """A hundredth of the wall; 36 s for the customer; the joining dated 6 s before the words."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        human = session.wait(300.0)
        assert human is not None
        assert human.waited == 36.0
        assert human.done == pytest.approx(1.36)
        assert human.done - human.signals[0].at == pytest.approx(6.0)

    attended(scene, ("requested",), pace=0.01)


def test_the_queue_that_the_target_names_is_the_one() -> None:
    """Else the scenario's."""

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        target.queue = "billing_vip"
        session.send(ASK)
        human = session.wait(300.0)
        assert human is not None
        assert human.signals[0].detail["queue"] == "billing_vip"
        assert "the billing vip team" in human.text

    attended(scene, ("requested",))


def test_the_same_case_meets_the_same_human() -> None:
    """Agent and words are drawn by the case, not by the clock."""
    texts: list[str] = []

    def scene(session: AttendedSession, target: Target, clock: VirtualClock) -> None:
        session.send(ASK)
        human = session.wait(300.0)
        assert human is not None
        texts.append(human.text)

    attended(scene, ("requested",))
    attended(scene, ("queued",), pace=0.5)
    assert texts[0] == texts[1]
