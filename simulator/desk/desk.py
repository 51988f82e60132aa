"""The human side: receives the hand-off, lets the customer wait as the scenario says, and asks for what the packet lacks.

One human joins a conversation and speaks once. The number of agents is unlimited in this version, so the wait is the
scenario's own and may be compressed together with the customer's thinking; experienced time always has all of it.
"""

from __future__ import annotations

from simulator.chance import Chance
from simulator.model.contracts import Clock, Reply, Say, Session
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Part, Signal
from simulator.scorers.packet import facts_in_packet

_AGENTS = ("Maja", "Tomas", "Ines", "Kwame", "Priya", "Jonas", "Aiko", "Lea", "Omar", "Nora", "Pavel", "Rosa")
_HELLO = (
    "Hello, {agent} here, {queue}.",
    "Hi, this is {agent} from {queue}.",
    "{agent} here from {queue}, good to meet you.",
)
_KNOWN = ("I have your notes in front of me", "I have read what you told our assistant", "I can see the whole case")
_OWN = ("and I am taking this over now.", "and this is mine from here on.", "so you need not repeat it. I am on it.")
_ASK = ("Before I start, could you tell me {facts}?", "To help you I still need {facts}. Could you send me that?")
_ASKED_AS = {
    "problem": "what happened",
    "steps": "what you have tried already",
    "impact": "what it means for you",
    "deadline": "by when you need it",
    "outcome": "what you would like us to do",
}
_NOT_OURS = frozenset({"failed", "denied", "returned", "accepted"})
"""After these nobody of our desk's is awaited: the transfer came to nothing, or the target brought a person of its own."""


class AttendedSession:
    """A session of the target's whose requested hand-offs reach our own desk."""

    def __init__(self, session: Session, case: Case, scenario: Scenario, clock: Clock, pace: float) -> None:
        self.greeting = session.greeting
        self._session = session
        self._case = case
        self._scenario = scenario
        self._clock = clock
        self._pace = pace
        self._packet: object = None
        self._queue = ""
        self._remaining: float | None = None
        """Experienced seconds until a human joins (or the desk refuses); None while nobody was asked for."""
        self._joined = False

    def send(self, say: Say) -> Reply:
        """Send to the bot, or to the human once one has joined (who has said its piece and only reads)."""
        if self._joined:
            now = self._clock.now()
            return Reply(parts=(), first=now, done=now, speaker="human")
        sent = self._clock.now()
        reply = self._session.send(say)
        if self._remaining is not None:
            self._remaining = max(0.0, self._remaining - say.thought - (reply.done - sent))
        return self._receive(reply)

    def wait(self, seconds: float) -> Reply | None:
        """Wait for the bot or the desk, whichever comes first, at most so many experienced seconds."""
        desk = self._scenario.desk
        if self._joined:
            return self._pass(seconds)
        if self._remaining is None:
            arrived = self._session.wait(seconds)
            return self._receive(arrived) if arrived is not None else None
        never = desk.open and desk.answers == "never"
        waited = min(seconds, self._remaining)
        begun = self._clock.now()
        arrived = self._pass(seconds if never else waited)
        if arrived is not None:
            # Only an uncompressed wait can be cut short by the target: wall and experienced time are one here.
            self._remaining = max(0.0, self._remaining - (arrived.done - begun))
            return self._receive(arrived)
        if never:
            return None
        if self._remaining > seconds:
            self._remaining -= seconds
            return None
        self._remaining = None
        joined_at = self._clock.now()
        if not desk.open or desk.answers == "rejects":
            detail = {"queue": self._queue, "reason": "closed" if not desk.open else "rejected"}
            failed = Signal("failed", joined_at, detail)
            return Reply(parts=(), first=joined_at, done=joined_at, speaker="system", signals=(failed,), waited=waited)
        self._joined = True
        agent, lacking, text = self._words()
        self._clock.sleep(desk.speaks_after_s * self._pace)
        now = self._clock.now()
        # Joining and speaking are told in one piece; under a compressed clock both fall on one wall second, so the
        # joining is dated back by what the human took to speak, as the customer experienced it.
        accepted = Signal("accepted", now - desk.speaks_after_s, {"queue": self._queue, "agent": agent})
        return Reply(
            parts=(Part(text, now),),
            first=now,
            done=now,
            speaker="human",
            signals=(accepted,),
            ids=tuple(f"ask:{name}" for name in lacking),
            waited=waited + desk.speaks_after_s,
        )

    def close(self) -> None:
        self._session.close()

    def _pass(self, seconds: float) -> Reply | None:
        if self._pace == 1.0:
            return self._session.wait(seconds)
        self._clock.sleep(seconds * self._pace)
        return None

    def _receive(self, reply: Reply) -> Reply:
        kinds = {signal.kind for signal in reply.signals}
        for signal in reply.signals:
            if signal.kind in ("requested", "queued"):
                self._packet = signal.detail.get("packet", self._packet)
                self._queue = str(signal.detail.get("queue") or self._queue or self._scenario.desk.queue)
        if kinds & _NOT_OURS:
            self._remaining = None
        elif kinds & {"requested", "queued"} and "accepted" not in kinds and self._remaining is None:
            self._remaining = self._scenario.desk.wait_s if self._scenario.desk.open else 0.0
            if "queued" not in kinds and self._scenario.desk.open:
                queued = Signal("queued", reply.done, {"queue": self._queue})
                return Reply(
                    parts=reply.parts,
                    first=reply.first,
                    done=reply.done,
                    speaker=reply.speaker,
                    buttons=reply.buttons,
                    signals=(*reply.signals, queued),
                    ids=reply.ids,
                    waited=reply.waited,
                    closed=reply.closed,
                )
        return reply

    def _words(self) -> tuple[str, list[str], str]:
        chance = Chance(self._case.seed, self._case.scenario, self._case.persona, self._case.repeat)
        agent = chance.choice(_AGENTS, "desk.agent")
        held = facts_in_packet(self._packet, self._scenario, self._case.facts)
        lacking = [name for name in self._scenario.agent_needs if name not in held]
        team = f"the {(self._queue or 'support').replace('_', ' ')} team"
        hello = chance.choice(_HELLO, "desk.hello").format(agent=agent, queue=team)
        if not lacking:
            known, own = chance.choice(_KNOWN, "desk.known"), chance.choice(_OWN, "desk.own")
            return agent, lacking, f"{hello} {known} {own}"
        labels = list(dict.fromkeys(self._label(name) for name in lacking))
        listed = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
        return agent, lacking, f"{hello} {chance.choice(_ASK, 'desk.ask').format(facts=listed)}"

    def _label(self, name: str) -> str:
        return _ASKED_AS.get(self._scenario.facts[name].kind) or f"the {name.replace('_', ' ')}"
