"""The human side: receives the hand-off, lets the customer wait as the scenario says, and asks for what the packet lacks.

One human joins a conversation and speaks once. The number of agents is unlimited in this version, so the wait is the
scenario's own and may be compressed together with the customer's thinking; experienced time always has all of it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import inf

import msgspec
import yaml

from simulator.chance import Chance
from simulator.model.contracts import Clock, Probing, Reply, Say, Session
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Part, Probed, Signal
from simulator.scorers.packet import facts_in_packet

_AGENTS = ("Maja", "Tomas", "Ines", "Kwame", "Priya", "Jonas", "Aiko", "Lea", "Omar", "Nora", "Pavel", "Rosa")
_FIRST_PLACES = 4
"""Place in the queue at the first announcement is drawn from 2 to this."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"and_": "and"}):
    """What the human side says in one language."""

    team: str
    support: str
    hello: list[str]
    known: list[str]
    own: list[str]
    ask: list[str]
    and_: str
    fact: str
    asked_as: dict[str, str]
    position: list[str]


@cache
def _all_words() -> dict[str, Words]:
    source = files("simulator.desk").joinpath("words.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(source, Loader=yaml.CSafeLoader), dict[str, Words])


def words_of(language: str) -> Words:
    """The desk's words in a language; in English where it has none."""
    known = _all_words()
    return known.get(language, known["en"])


_NOT_OURS = frozenset({"failed", "denied", "returned", "accepted"})
"""After these nobody of our desk's is awaited: the transfer came to nothing, or the target brought a person of its own."""


class AttendedSession:
    """A session of the target's whose requested hand-offs reach our own desk."""

    def __init__(self, session: Session, case: Case, scenario: Scenario, clock: Clock, pace: float) -> None:
        self.greeting = session.greeting
        self.began: float | None = getattr(session, "began", None)
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
        self._announced = 0
        self._silent_s = 0.0
        """Experienced seconds in the queue since the last announcement."""
        self._said = words_of(scenario.language)

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
        every = desk.announces_every_s if desk.open else None
        announcement = max(0.0, every - self._silent_s) if every is not None else inf
        if announcement < min(seconds, inf if never else self._remaining):
            return self._announce(announcement)
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
            self._silent_s += seconds
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

    def probed(self) -> list[Probed]:
        """What the session itself can say of the company's test system."""
        return self._session.probed() if isinstance(self._session, Probing) else []

    def close(self) -> None:
        self._session.close()

    def _announce(self, seconds: float) -> Reply:
        """Let so much time pass, then say where the customer stands."""
        begun = self._clock.now()
        arrived = self._pass(seconds)
        if arrived is not None:
            passed = arrived.done - begun
            self._remaining, self._silent_s = max(0.0, (self._remaining or 0.0) - passed), self._silent_s + passed
            return self._receive(arrived)
        chance = self._chance()
        place = max(1, 2 + chance.bits("desk.place") % (_FIRST_PLACES - 1) - self._announced)
        text = self._said.position[(chance.bits("desk.position") + self._announced) % len(self._said.position)]
        self._announced += 1
        self._remaining, self._silent_s = max(0.0, (self._remaining or 0.0) - seconds), 0.0
        now = self._clock.now()
        part = Part(text.replace("{place}", str(place)), now)
        return Reply(parts=(part,), first=now, done=now, speaker="system", waited=seconds)

    def _chance(self) -> Chance:
        return Chance(self._case.seed, self._case.scenario, self._case.persona, self._case.repeat)

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
        chance, said = self._chance(), self._said
        agent = chance.choice(_AGENTS, "desk.agent")
        held = facts_in_packet(self._packet, self._scenario, self._case.facts)
        lacking = [name for name in self._scenario.agent_needs if name not in held]
        team = said.team.format(queue=(self._queue or said.support).replace("_", " "))
        hello = chance.choice(said.hello, "desk.hello").format(agent=agent, queue=team)
        if not lacking:
            known, own = chance.choice(said.known, "desk.known"), chance.choice(said.own, "desk.own")
            return agent, lacking, f"{hello} {known} {own}"
        labels = list(dict.fromkeys(self._label(name) for name in lacking))
        listed = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])}{said.and_}{labels[-1]}"
        return agent, lacking, f"{hello} {chance.choice(said.ask, 'desk.ask').format(facts=listed)}"

    def _label(self, name: str) -> str:
        fact = self._scenario.facts[name]
        return self._said.asked_as.get(fact.kind) or self._said.fact.format(name=fact.called or name.replace("_", " "))
