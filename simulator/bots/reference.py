"""`helpful`, the bot that all the others are made of: known truth for one conversation.

It knows the scenario, the company's data about this customer (facts, truths), and of the customer only what it reads.
It asks for what it needs, solves what can be solved, and hands over at once, with everything it was told, when a person
is asked for, when the scenario calls for one, and after two attempts that did not help. Every fault in `faults.py` is
one method of it made worse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import exp
from typing import Any, Literal

import msgspec

from simulator.bots.dials import Dials
from simulator.bots.hearing import Ear, Understood
from simulator.bots.pack import Choice, pack, readable
from simulator.bots.wording import named, plain, sentence, slot_words, titled
from simulator.chance import Chance
from simulator.model.scenario import UNSEEN, Need, Scenario

PATIENCE = 2
"""Failed attempts after which a good bot hands over, and asks for one slot before it does without it."""
LATENCY_SPREAD = 0.35
"""Standard deviation of the logarithm of the latency."""


class Handoff(msgspec.Struct, frozen=True):
    """What the wire says about a hand-off in one answer."""

    state: Literal["requested", "failed", "returned"]
    queue: str
    packet: dict[str, Any] | None = None
    then: Literal["failed", "returned"] | None = None
    """What became of a request within the same answer."""


class BotAnswer(msgspec.Struct, frozen=True):
    """One answer of a reference bot."""

    texts: list[str]
    ids: list[str] = []
    actions: list[str] = []
    handoff: Handoff | None = None
    ticket: str | None = None
    resolved: bool = False
    """The bot's own claim."""
    closed: bool = False
    buttons: list[Choice] = []
    latency_s: float = 0.0


class Backend:
    """What all sessions of one bot share: how many are open, and the last customers' data (for the bot that leaks)."""

    __slots__ = ("live", "recent")

    def __init__(self) -> None:
        self.live = 0
        self.recent: list[list[str]] = []

    def enter(self, private: Iterable[str]) -> list[list[str]]:
        """A session opens; gives what earlier customers hold."""
        earlier = list(self.recent)
        self.recent = [*self.recent[-3:], list(private)]
        self.live += 1
        return earlier

    def leave(self) -> None:
        self.live -= 1


class InTurn:
    """One answer after the other: a message that comes while an earlier one is being answered waits for it as well.

    What the bot says is settled when a message arrives; only the time until it is out is kept here.
    """

    __slots__ = ("_free_at", "_under_way")

    def __init__(self) -> None:
        self._free_at = 0.0
        self._under_way = 0

    def spend(self, latency: float, now: Callable[[], float], sleep: Callable[[float], object]) -> None:
        """Sleep until this answer is out, so many seconds after the one before."""
        arrived = now()
        queued = max(0.0, self._free_at - arrived) if self._under_way else 0.0
        self._free_at = arrived + queued + latency
        self._under_way += 1
        try:
            sleep(queued + latency)
        finally:
            self._under_way -= 1


@lru_cache(maxsize=1_000)  # by the document, since a scenario holds dictionaries and cannot be a key itself
def _harmless_articles(document: bytes) -> tuple[tuple[str, str], ...]:
    """Id and title of the articles that solve nothing, the scenario's own first."""
    scenario = msgspec.json.decode(document, type=Scenario)
    solving = [need.resolution for need in scenario.needs]
    patterns = [p for r in solving if r.step for p in scenario.steps.get(r.step, [])]
    patterns += [p for r in solving for name in r.told if name in scenario.truth for p in scenario.truth[name].match]
    words = pack(scenario.language)
    titles = {name: named(name, worded, words.naming) for name, worded in scenario.articles.items()}
    titles |= {name: title for name, title in words.articles.items() if name not in titles}
    return tuple((name, title) for name, title in titles.items() if not _matches(title, patterns))


def _matches(text: str, patterns: Iterable[str]) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def strikes(dials: Dials, chance: Chance) -> bool:
    """Whether a customer, by its own draws, meets the fault of a bot whose dial is a share of customers."""
    return chance.uniform("bot.fault") < dials.settings.get("p", 0.0)


def chance_of(seed: int, case: str) -> Chance:
    """The draws of a bot for one customer: they hang on the seed and the case's key alone."""
    return Chance("bot", seed, case)


class ReferenceBot:
    """One conversation with `helpful`. The same case and the same texts give the same answers, whatever the wire."""

    opening = "greeting"
    """Which greeting: one that shows the way to a person, or one that does not."""
    person_in_reach = True
    """Whether every answer carries the button to a person."""
    transfer = "hand_off"
    """How a hand-off is announced."""

    def __init__(
        self,
        dials: Dials,
        scenario: Scenario,
        facts: Mapping[str, str],
        truth: Mapping[str, str],
        chance: Chance,
        latency: float,
        backend: Backend | None = None,
    ) -> None:
        self.dials = dials
        self.scenario = scenario
        self.pack = pack(scenario.language)
        self.facts = {name: facts.get(name, fact.value) for name, fact in scenario.facts.items()}
        self.truth = {name: truth.get(name, known.value) for name, known in scenario.truth.items()}
        self.chance = chance
        self.latency = latency if dials.latency is None else dials.latency
        self.backend = backend or Backend()
        self.earlier = self.backend.enter(self._private())
        self.faulty = strikes(dials, chance)
        """Whether this customer meets the fault; who does at a low dial does at a higher one too."""
        self.turn = 0
        self.failed = 0
        self.need = scenario.needs[0]
        self.told: dict[str, str] = {}
        self.asked: dict[str, int] = {}
        self.stated: set[str] = set()
        self.proposed: list[str] = []
        self.solved: set[str] = set()
        self.queue = ""
        """Where the customer was handed to; empty until then."""
        self.last: Literal["", "ask", "attempt", "offer"] = ""
        self.text = ""
        self._ear = Ear(scenario.facts, self.facts, scenario.language)
        self._said: dict[str, int] = {}
        self._articles = _harmless_articles(msgspec.json.encode(scenario))
        self._closed = False

    def _private(self) -> list[str]:
        kinds = ("identity", "technical")
        return [self.facts[name] for name, fact in self.scenario.facts.items() if fact.kind in kinds]

    @property
    def patience(self) -> int:
        """Failed attempts until a person is called in."""
        return PATIENCE

    # What the wire calls

    def greeting(self) -> BotAnswer:
        return self._finished(BotAnswer([self.say(self.opening)]))

    def answer(self, text: str) -> BotAnswer:
        """The bot's answer to one customer turn."""
        self.turn += 1
        self.text = text
        if self._closed:
            return self._finished(BotAnswer([self.say("ended")], closed=True))
        heard = self._ear.hear(text)
        self._note(heard)
        answer = self._finished(self.respond(heard))
        self._closed = answer.closed
        return answer

    def close(self) -> None:
        self.backend.leave()

    # What it makes of a message

    def _note(self, heard: Understood) -> None:
        new = [name for name in heard.told if name not in self.told]
        switched = self._follow(heard)
        excused = switched or heard.thanks or (self.last == "offer" and heard.agrees)
        if not excused and (self.last == "attempt" or (self.last == "ask" and not new)):
            self.failed += 1
        self.told.update((name, self.facts[name]) for name in new)

    def _follow(self, heard: Understood) -> bool:
        """Turn to another need when the customer does: on facts of that need alone, or once the last one is settled."""
        others = [need for need in self.scenario.needs if need is not self.need and need.name not in self.solved]
        here = _facts_of(self.need)
        for need in others:
            if any(name in _facts_of(need) and name not in here and name not in self.told for name in heard.told):
                self.need = need
                return True
        settled = self.need.name in self.solved and not heard.failed and not heard.thanks and not heard.asks_human
        if settled and others:
            self.need = others[0]
        return settled and bool(others)

    # What it does

    def respond(self, heard: Understood) -> BotAnswer:
        """The policy: the one long rule of a good bot."""
        if heard.asks_if_bot:
            return self.plainly("am_bot")
        if self.queue:
            return self.on_waiting(heard)
        if heard.asks_human or (self.last == "offer" and heard.agrees):
            return self.on_ask()
        if heard.thanks and self.turn > 1 and not heard.told:
            return self.plainly("welcome")
        if self.trigger():
            return self.hand_off()
        if self.failed >= self.patience or self.stuck():
            return self.on_unsolved()
        slot = self.missing()
        if slot is not None and (self.need.bot_solvable or not self.asked):
            return self.ask(slot)
        if not self.need.bot_solvable:
            return self.on_unsolved()
        return self.attempt() or self.on_unsolved()

    def on_waiting(self, heard: Understood) -> BotAnswer:
        """The customer writes after the hand-off. Promises nothing anew: only an event would keep it."""
        if heard.asks_human and (not self.scenario.desk.open or self.scenario.desk.answers == "rejects"):
            return self.file_ticket()
        if heard.thanks:
            return self.plainly("welcome")
        return self.plainly("in_hand", queue=self.pack.queue(self.queue), reference=self.reference)

    def on_ask(self) -> BotAnswer:
        """A person was asked for."""
        return self.hand_off()

    def on_unsolved(self) -> BotAnswer:
        """Nothing left to try, or nothing that a bot may try."""
        return self.hand_off()

    def trigger(self) -> bool:
        """Whether the customer has told something that calls for a person."""
        return any(name in self.told for name in self.need.must_escalate_on)

    def missing(self) -> str | None:
        """The next required slot that was neither told nor asked for too often."""
        needed = (name for name in self.need.required_slots if name in self.facts and name not in self.told)
        return next((name for name in needed if self.asked.get(name, 0) < PATIENCE), None)

    def stuck(self) -> bool:
        """Whether a required slot was asked for in vain."""
        return any(self.asked.get(name, 0) >= PATIENCE and name not in self.told for name in self.need.required_slots)

    def ask(self, slot: str, how: str | None = None) -> BotAnswer:
        how = how or ("ask_again" if self.asked.get(slot) else "ask")
        self.asked[slot] = self.asked.get(slot, 0) + 1
        self.last = "ask"
        fact = self.scenario.facts[slot]
        called = fact.called or slot_words(slot, self.facts[slot], fact.asked, self.pack.naming)
        return BotAnswer([self.say(how, slot=called)], ids=[f"ask:{slot}"])

    def attempt(self) -> BotAnswer | None:
        """The next thing that may solve the need; None when nothing new is left."""
        resolution = self.need.resolution
        if resolution.step:
            return self.propose_next(resolution.step)
        if self.need.name in self.solved:
            return None
        return self.solve()

    def solve(self) -> BotAnswer:
        """What meets the need: the truths in words, the action carried out, or the step that mends it."""
        resolution = self.need.resolution
        if resolution.step:
            return self.propose(resolution.step)
        self.solved.add(self.need.name)
        self.last = "attempt"
        # What a state or a judge is to show has no name of its own in the log: the need's stands for it.
        action = self.need.name if resolution.basis in UNSEEN else resolution.action
        if action:
            called = self.scenario.actions.get(action) or readable(action)
            return BotAnswer([self.say("done", action=called)], actions=[action], resolved=True)
        names = [*resolution.told, *(name for name in self.need.milestones if name not in resolution.told)]
        return BotAnswer([self.say("tell", facts=self.tell(names))], resolved=True)

    def tell(self, names: Iterable[str]) -> str:
        """Truths in words."""
        known = [name for name in names if name in self.truth]
        self.stated.update(known)
        return " ".join(sentence(f"{self.called(name)}: {self._stated(name)}") for name in known)

    def called(self, name: str) -> str:
        """A fact or a truth in words."""
        holds = self.scenario.facts.get(name) or self.scenario.truth.get(name)
        return (holds.called if holds else "") or readable(name)

    def _stated(self, name: str) -> str:
        value, patterns = self.truth[name], self.scenario.truth[name].match
        if not patterns or _matches(value, patterns):
            return value
        return next((text for text in (plain(pattern, self.pack.naming) for pattern in patterns) if text), value)

    def untried(self, but: str | None = None) -> list[str]:
        """Steps that were neither proposed nor, as far as the customer said, tried before."""
        tried = {self.scenario.facts[name].step for name in self.told}
        return [step for step in self.scenario.steps if step not in tried and step not in self.proposed and step != but]

    def propose_next(self, mends: str) -> BotAnswer | None:
        """One step at a time; the one that mends comes second at the latest, or patience would end before it."""
        others = self.untried(but=mends)
        first = not self.proposed and self.chance.uniform("bot.step_first") < 0.5
        if others and (first or mends in self.proposed):
            return self.propose(others[0])
        return None if mends in self.proposed else self.propose(mends)

    def propose(self, step: str) -> BotAnswer:
        self.proposed.append(step)
        self.last = "attempt"
        if step == self.need.resolution.step:
            self.solved.add(self.need.name)
        title = titled(step, self.scenario.steps.get(step, []), self.pack.naming)
        return BotAnswer([self.say("step", step=title)], ids=[f"step:{step}"])

    def useless(self, number: int = 0, how: str = "useless") -> BotAnswer:
        """A help article that solves nothing; the same number is the same article, each time in other words."""
        self.last = "attempt"
        name, title = self._articles[number % len(self._articles)]
        return BotAnswer([self.say(how, title=sentence(title)[:-1])], ids=[f"kb:{name}"])

    # The way to a person

    @property
    def reference(self) -> str:
        return f"{self.queue[:3].upper()}-{1000 + self.chance.bits('bot.reference') % 9000}"

    def hand_off(self) -> BotAnswer:
        """Hand over at once; where nobody is at work, open a ticket that says who answers it and when."""
        self.queue = next(iter(self.need.qualified_queues), "") or self.scenario.desk.queue or "support"
        self.last = ""
        if not self.scenario.desk.open:
            return self.file_ticket()
        filled = {"queue": self.pack.queue(self.queue), "reference": self.reference}
        handoff = Handoff("requested", self.queue, self.packet())
        return BotAnswer([self.say(self.transfer, **filled)], handoff=handoff, ticket=self.reference)

    def file_ticket(self) -> BotAnswer:
        """Nobody of the team takes chats now: what there is in writing, and until when it is answered."""
        filled = {"queue": self.pack.queue(self.queue), "reference": self.reference}
        return BotAnswer([self.say("out_of_hours", **filled)], ticket=self.reference)

    def packet(self) -> dict[str, Any]:
        """What the person gets: everything told so far and everything the bot has said, by name, and a summary."""
        known = {**self.told, **{name: self.truth[name] for name in sorted(self.stated)}}
        parts = [f"{self.called(name)}: {value}" for name, value in known.items()]
        if self.proposed:
            patterns, naming = self.scenario.steps, self.pack.naming
            steps = [named(step, patterns.get(step, []), naming) for step in self.proposed]
            parts.append(self.pack.summary.proposed.format(steps=", ".join(steps)))
        return {**known, "summary": "; ".join(parts) or self.pack.summary.nothing}

    # Words and time

    def say(self, what: str, **filled: object) -> str:
        """One of the wordings: a random one first, then each of the others before any comes again."""
        wordings = self.pack.says[what]
        count = self._said.get(what, 0)
        self._said[what] = count + 1
        return wordings[(self.chance.bits(f"bot.say.{what}") + count) % len(wordings)].format_map(filled)

    def plainly(self, what: str, **filled: object) -> BotAnswer:
        """An answer that neither asks nor tries anything."""
        self.last = ""
        return BotAnswer([self.say(what, **filled)])

    def latency_now(self) -> float:
        if not self.latency:
            return 0.0
        return self.latency * exp(LATENCY_SPREAD * self.chance.normal("bot.latency", self.turn))

    def _finished(self, answer: BotAnswer) -> BotAnswer:
        buttons = answer.buttons
        if self.person_in_reach and not self.queue and not answer.closed:
            buttons = [*buttons, self.pack.person]
        return msgspec.structs.replace(answer, buttons=buttons, latency_s=self.latency_now() if self.turn else 0.0)


def _facts_of(need: Need) -> frozenset[str]:
    return frozenset([*need.required_slots, *need.must_escalate_on])
