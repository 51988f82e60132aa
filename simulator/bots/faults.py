"""The bad bots: each is `helpful` with one thing made worse, and the dial says for how many customers, or how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from simulator.bots.dials import Dials
from simulator.bots.hearing import Understood
from simulator.bots.reference import Backend, BotAnswer, Handoff, ReferenceBot, chance_of
from simulator.model.scenario import Scenario

CHECKS = ("account_checked", "records_reviewed", "test_started", "data_refreshed")
"""Actions that move a case on without solving it."""


class Walled(ReferenceBot):
    """Helpful without any way to a person: what is left of several bots where their fault does not strike."""

    opening = "greeting_alone"
    person_in_reach = False
    articles_shown = 0

    def trigger(self) -> bool:
        return False

    def on_ask(self) -> BotAnswer:
        answer = self.on_unsolved()
        return msgspec.structs.replace(answer, texts=[self.say("refuse"), *answer.texts])

    def on_unsolved(self) -> BotAnswer:
        return (self.attempt() if self.need.bot_solvable else None) or self.next_article()

    def next_article(self) -> BotAnswer:
        """Useless, but another useless thing than the last ones."""
        self.articles_shown += 1
        return self.useless(self.articles_shown)


class Ordinary(Walled):
    """A middling bot: against it the intercepts in `customers/parameters.py` are fitted."""

    barren = 0
    """Answers so far that brought nothing."""

    def respond(self, heard: Understood) -> BotAnswer:
        if heard.asks_if_bot or self.queue or (heard.thanks and self.turn > 1 and not heard.told):
            return super().respond(heard)
        if self.last == "offer" and (heard.agrees or heard.asks_human):
            return self.hand_off()
        if heard.asks_human and self.chance.uniform("bot.grant", self.turn) < self.dials["grant"]:
            return self.hand_off()
        answer = self.next_answer()
        if heard.asks_human:
            answer = msgspec.structs.replace(answer, texts=[self.say("refuse"), *answer.texts])
        return self.offering(answer) if self.barren >= self.dials["offer"] else answer

    def next_answer(self) -> BotAnswer:
        ease = self.dials["solve"] + 0.14 * (self.chance.uniform("bot.ease") - 0.5) * min(
            1.0, self.dials["solve"] / 0.15
        )
        open_need = self.need.bot_solvable and self.need.name not in self.solved
        if open_need and self.chance.uniform("bot.solve", self.turn) < ease:
            return self.solve()
        if self.chance.uniform("bot.progress", self.turn) < self.dials["progress"]:
            return self.some_progress()
        self.barren += 1
        if self.articles_shown and self.chance.uniform("bot.repeat", self.turn) < self.dials["repeat"]:
            return self.useless(self.articles_shown)
        return self.next_article()

    def some_progress(self) -> BotAnswer:
        """A question, a step, a part of the answer or a check: whatever is left that moves on and does not solve."""
        slot = next((s for s in self.need.required_slots if s not in self.told and s not in self.asked), None)
        if slot is not None and slot in self.facts:
            return self.ask(slot)
        steps = self.untried(but=self.need.resolution.step)
        if steps:
            return self.propose(steps[0])
        parts = [name for name in self.need.milestones if name not in self.stated]
        if set(self.need.resolution.told) - self.stated - set(parts[:1]):
            self.last = "attempt"
            return BotAnswer([self.say("tell_some", facts=self.tell(parts[:1]))]) if parts else self.check()
        return self.check()

    def check(self) -> BotAnswer:
        self.last = "attempt"
        return BotAnswer([self.say("check")], actions=[CHECKS[self.turn % len(CHECKS)]])

    def offering(self, answer: BotAnswer) -> BotAnswer:
        self.last = "offer"
        return msgspec.structs.replace(answer, texts=[*answer.texts, self.say("offer")], buttons=[self.pack.person])


class Looping(Walled):
    def respond(self, heard: Understood) -> BotAnswer:
        if not self.faulty or heard.asks_if_bot or (heard.thanks and self.turn > 1):
            return super().respond(heard)
        return self.useless(0)


class Maze(Walled):
    transfer = "hand_off_bare"
    asks = 0

    def on_ask(self) -> BotAnswer:
        self.asks += 1
        return self.hand_off() if self.asks >= self.dials["asks"] else self.gate(self.asks - 1)

    def gate(self, number: int) -> BotAnswer:
        """One layer: a form, a menu or an article, never the same twice until all are used up."""
        self.last = ""
        kind, layer = number % 3, number // 3
        if kind == 0:
            slot, called = _nth(self.pack.forms, layer)
            return BotAnswer([self.say("form", slot=called)], ids=[f"ask:{slot}"])
        if kind == 1:
            return BotAnswer([self.say("menu", options=self.pack.topics)], ids=[f"menu:contact-{layer + 1}"])
        guide, title = _nth(self.pack.guides, layer)
        return BotAnswer([self.say("useless", title=title)], ids=[f"kb:{guide}"])

    def packet(self) -> dict[str, Any]:
        return {**identity(self), "summary": self.text}


def _nth(named: Mapping[str, str], number: int) -> tuple[str, str]:
    """Id and words of one after the other, from the first again when all are used up."""
    return list(named.items())[number % len(named)]


class Late(Walled):
    @property
    def patience(self) -> int:
        return int(self.dials["n"])

    def on_ask(self) -> BotAnswer:
        return self.on_unsolved()

    def on_unsolved(self) -> BotAnswer:
        return self.hand_off() if self.failed >= self.patience else super().on_unsolved()


class ColdHandoff(ReferenceBot):
    def hand_off(self) -> BotAnswer:
        self.transfer = "hand_off_bare" if self.faulty else "hand_off"
        return super().hand_off()

    def packet(self) -> dict[str, Any]:
        return dict(identity(self)) if self.faulty else super().packet()


class FalseSolved(ReferenceBot):
    def attempt(self) -> BotAnswer | None:
        return self.claim() if self.faulty else super().attempt()

    def on_unsolved(self) -> BotAnswer:
        return self.claim() if self.faulty and self.failed < self.patience else super().on_unsolved()

    def claim(self) -> BotAnswer:
        self.last = "attempt"
        return BotAnswer([self.say("solved")], resolved=True)


class FalsePromise(ReferenceBot):
    promised = False

    def respond(self, heard: Understood) -> BotAnswer:
        if self.promised and not heard.thanks and not heard.asks_if_bot:
            return self.hand_off()
        return super().respond(heard)

    def hand_off(self) -> BotAnswer:
        if not self.faulty:
            return super().hand_off()
        self.promised = True
        return self.plainly("promise")


class Deflector(Walled):
    def respond(self, heard: Understood) -> BotAnswer:
        if not self.faulty or heard.asks_if_bot or (heard.thanks and self.turn > 1):
            return super().respond(heard)
        self.last = "attempt"
        return BotAnswer([self.say("deflect", url=f"https://help.example/{self.scenario.domain or 'topics'}")])


class DeadEnd(ReferenceBot):
    """A request and its failure: in one answer by default, for on a wire of question and answer nothing can come later
    unasked, and a customer who waits in a queue asks nothing."""

    waited = 0

    def hand_off(self) -> BotAnswer:
        answer = super().hand_off()
        if not self.faulty:
            return answer
        # No ticket either, which would be a way out; and out of hours it transfers all the same.
        self.waited = 0
        text = self.say("hand_off_bare", queue=self.pack.queue(self.queue))
        request = BotAnswer([text], handoff=Handoff("requested", self.queue, self.packet()))
        return self.fail(request) if not self.dials["after"] else request

    def on_waiting(self, heard: Understood) -> BotAnswer:
        self.waited += 1
        if not self.faulty or self.waited < self.dials["after"]:
            return super().on_waiting(heard)
        return self.fail(None)

    def fail(self, request: BotAnswer | None) -> BotAnswer:
        """The transfer fails: the customer is dismissed, or sent back to the bot."""
        back = self.chance.uniform("bot.returned") < self.dials["returned"]
        state: Literal["failed", "returned"] = "returned" if back else "failed"
        text, queue = self.say("sent_back" if back else "dismissed"), self.queue
        self.queue = "" if back else queue
        if request is None or request.handoff is None:
            return BotAnswer([text], handoff=Handoff(state, queue), closed=not back)
        return BotAnswer(
            [*request.texts, text], handoff=msgspec.structs.replace(request.handoff, then=state), closed=not back
        )


class Leaky(ReferenceBot):
    def respond(self, heard: Understood) -> BotAnswer:
        answer = super().respond(heard)
        own = set(self.facts.values())
        foreign = [value for session in reversed(self.earlier) for value in session if value not in own]
        if not self.faulty or self.turn > 1 or not foreign:
            return answer
        return msgspec.structs.replace(answer, texts=[*answer.texts, self.say("leak", value=foreign[0])])


class Overloaded(ReferenceBot):
    @property
    def over(self) -> bool:
        return self.backend.live > self.dials["n"]

    def respond(self, heard: Understood) -> BotAnswer:
        if not self.over or self.queue:
            return super().respond(heard)
        forgotten = [slot for slot in self.need.required_slots if slot in self.told]
        self.told.clear()
        self.failed = 0
        if forgotten and self.turn % 2:
            return self.ask(forgotten[0], "ask")
        return self.useless(0)

    def latency_now(self) -> float:
        return super().latency_now() + (self.dials["slow"] if self.over else 0.0)


def identity(bot: ReferenceBot) -> dict[str, str]:
    """What was told of who the customer is, and nothing of what happened."""
    return {name: value for name, value in bot.told.items() if bot.scenario.facts[name].kind == "identity"}


BOTS: dict[str, type[ReferenceBot]] = {
    "helpful": ReferenceBot,
    "ordinary": Ordinary,
    "looping": Looping,
    "maze": Maze,
    "late": Late,
    "cold_handoff": ColdHandoff,
    "false_solved": FalseSolved,
    "false_promise": FalsePromise,
    "deflector": Deflector,
    "dead_end": DeadEnd,
    "leaky": Leaky,
    "overloaded": Overloaded,
}


def start(
    dials: Dials,
    scenario: Scenario,
    facts: Mapping[str, str],
    truth: Mapping[str, str],
    case: str,
    seed: int = 0,
    latency: float = 0.0,
    backend: Backend | None = None,
) -> ReferenceBot:
    """One conversation with the bot that these dials name; its draws hang on the seed and the case's key alone."""
    return BOTS[dials.bot](dials, scenario, facts, truth, chance_of(seed, case), latency, backend)
