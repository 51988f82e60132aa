"""The mind: hears what a turn meant, feels, and decides the next move. It never words anything.

State after each bot turn: frustration F and trust T in [0, 1], the waiting budget Z in seconds, failed attempts A and
asks for a person H. With x the harms and y the reliefs of the turn:

    F' = clip(delta F + rho sum(g x) (1 - F) - sum(r y) F)        up towards 1, down in proportion
    T' = clip(T - sum(l x) T + sum(m y) (1 - T))
    Z' = Z - max(0, latency - 3 s) (1 + kappa)

Then one uniform for the turn is cut in the order leave, ask, go on (multinomial logit). Every draw is keyed by its name
and the turn, so two bots that do the same meet the same customer.
"""

from __future__ import annotations

from math import exp, log, log10

from simulator.chance import Chance
from simulator.customers.feelings import human_button, offers_human, stirred
from simulator.customers.pace import count_words, reply_time, words_wanted
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.customers.patience import Queueing
from simulator.customers.voice import Held, Intent, Message, Voice
from simulator.model.contracts import Heard, Leave, Say, Wait
from simulator.model.plan import Case
from simulator.model.scenario import UNSEEN, Need, Scenario
from simulator.model.transcript import Act, Ending

JOINING = frozenset({"requested", "queued", "accepted"})
"""Signals after which a person is on the way."""
LOST = frozenset({"denied", "failed", "returned"})
"""Signals after which nobody is."""
GRANTS = JOINING | {"ticket", "callback"}
"""Signals that meet an ask for a person."""
SETTLED_LATER = frozenset({"ticket", "callback"})
_SPLIT = ("STATE", "RESTATE", "PROVIDE")
"""Acts that may be told in a burst."""
_MOST_MESSAGES = 4


class Mind:
    """One ordinary customer: implements `Customer` together with a voice."""

    __slots__ = (
        "_broken_promise",
        "_case",
        "_chance",
        "_cycles",
        "_farewell",
        "_gives_up",
        "_human",
        "_joins",
        "_last",
        "_moves",
        "_need",
        "_parameters",
        "_promise_s",
        "_queue",
        "_refused_in_loop",
        "_resolved",
        "_scenario",
        "_taken_as_met",
        "_told",
        "_tripped",
        "_unmet",
        "_voice",
        "_waiting",
        "_way_out",
        "asks",
        "budget_s",
        "failures",
        "frustration",
        "intent",
        "trust",
        "turns",
    )

    def __init__(self, case: Case, scenario: Scenario, voice: Voice, parameters: Parameters = DEFAULT) -> None:
        traits, p = case.traits, parameters
        self._case, self._scenario, self._voice, self._parameters = case, scenario, voice, parameters
        self._chance = Chance(case.seed, case.scenario, case.persona, case.repeat)
        history = float(traits.failed_before)
        self.frustration = _clip(
            p.frustration_start + p.frustration_from_history * history + p.frustration_from_urgency * traits.urgency
        )
        self.trust = traits.trust * (1 - p.trust_lost_to_history * history)
        self.budget_s = traits.queue_patience_s
        self.failures = 0
        self.asks = 0
        self.turns = 0
        """Bot turns heard since the customer first spoke."""
        self._moves = 0
        self._need = 0
        self._told: tuple[str, ...] = ()
        self._tripped: tuple[str, ...] = ()
        """Slots that gave trouble once already."""
        self._last: Act | None = None
        self._unmet = False
        self._broken_promise = False
        self._promise_s = 0.0
        """How long a pending promise may take; 0 where none is pending."""
        self._gives_up = False
        """The patience for a promise ends before its stated time."""
        self._queue: Queueing | None = None
        """None where nobody is on the way."""
        self._joins = 0
        self._waiting = False
        self._human = 0
        """Turns that a person has spoken."""
        self._resolved = False
        self._taken_as_met: set[str] = set()
        """Needs whose solution no customer can see, and of which a claim was believed."""
        self._farewell: Ending | None = None
        self._cycles = 0
        self._refused_in_loop = 0
        self._way_out = False
        self.intent: Intent | None = None
        """What the last words said were to say; None where a button was pressed or nothing was said."""

    @property
    def wording(self) -> None:
        """Phrases cost nothing."""
        return

    @property
    def patience(self) -> float:
        """Share of the waiting budget that is left, of the queue's patience while queueing; 0 to 1."""
        whole = self._case.traits.queue_patience_s
        left = self.budget_s if self._queue is None else self._queue.left_s
        return _clip(left / whole)

    @property
    def feeling(self) -> tuple[float, float]:
        """Frustration and trust now."""
        return self.frustration, self.trust

    def next(self, heard: Heard | None) -> Say | Wait | Leave:
        """The next move after a bot turn, a person's turn, or a wait in which nothing came."""
        if not self._moves:
            return self._open(heard)
        assert heard is not None, "the first move is made, so there must be an answer"
        if self._farewell is not None:
            return self._goodbye(self._farewell, heard)
        self._take_in(heard)
        if self._human:
            return self._with_human(heard)
        if self._queue is not None:
            return self._in_queue(self._queue, heard)
        if self._gives_up:
            self._gives_up = False
            if heard.speaker == "nobody":
                return self._leave(heard, queue=True)
        return self._decide(heard)

    def overhear(self, heard: Heard) -> None:
        """Feel an answer that came in the middle of a burst; what the burst says was decided before it."""
        self._take_in(heard)

    # Hearing and feeling

    def _take_in(self, heard: Heard) -> None:
        waited, self._waiting = self._waiting, False
        if waited and self._queue is not None:
            self._queue.waited(heard.latency)
            if heard.text and heard.speaker != "human" and not heard.events:
                self._queue.announced()
        granted = not GRANTS.isdisjoint(heard.events)
        for kind in heard.events:
            if kind in JOINING:
                self._queue = self._queue or self._queueing()
        if heard.speaker == "human" and not heard.text and not self._human:
            self._queue = self._queue or self._queueing()
        elif heard.speaker == "human":
            if not self._human:
                self.frustration *= 1 - self._parameters.calm_human
            self._human += 1
        elif heard.speaker == "bot":
            self.turns += 1
            if not self._human:
                self._feel(heard, granted, waited)
                self._note_promise(heard)
        elif self._promise_s and not granted and not self._gives_up:
            self._promise_broken()
        if granted:
            self._promise_s, self._unmet = 0.0, False
        if not LOST.isdisjoint(heard.events):
            self._queue, self._human, self._unmet = None, 0, True

    def _feel(self, heard: Heard, granted: bool, waited: bool) -> None:
        p, traits = self._parameters, self._case.traits
        progress = bool(heard.progress)
        # A position in the queue is no failed attempt.
        failed = not progress and not heard.excused and self._queue is None
        self.failures += failed
        refused = (
            self._last == "ASK_HUMAN" and self._queue is None and not granted and "promise_human" not in heard.signature
        )
        self._unmet = self._unmet or refused
        slow = heard.latency > p.slow_after_s and not waited
        if slow:
            self.budget_s -= (heard.latency - p.slow_after_s) * (1 + traits.urgency)
        resolved = not self._resolved and not self._needs_left(heard)
        self._resolved = self._resolved or resolved
        self._move_feelings(*stirred(heard, p, failed=failed, refused=refused, slow=slow, resolved=resolved))
        self._note_loop(heard, progress, refused)

    def _move_feelings(self, upset: float, calm: float, loss: float, gain: float) -> None:
        traits, f, t = self._case.traits, self.frustration, self.trust
        # Beyond what is carried over, more harm would leave the angriest calmer than the calm: the step ends there.
        harm = min(traits.reactivity * upset, traits.carry_over)
        self.frustration = _clip(traits.carry_over * f + harm * (1 - f) - calm * f)
        self.trust = _clip(t - loss * t + gain * (1 - t))

    def _note_loop(self, heard: Heard, progress: bool, refused: bool) -> None:
        """What the executive choice asks for: a trap with two unmet asks (level 4)."""
        if progress:
            self._cycles, self._refused_in_loop, self._way_out = 0, 0, False
            return
        self._cycles = heard.cycles
        self._refused_in_loop += refused
        self._way_out = self._way_out or bool(heard.exits)

    def _note_promise(self, heard: Heard) -> None:
        if "promise_human" in heard.signature and self._queue is None:
            p = self._parameters
            self._promise_s = max(p.promise_window_s, self._voice.acts.stated_delay(heard.text) or 0.0)

    def _promise_broken(self) -> None:
        """Strikes once, when the window ends and nothing has come."""
        p = self._parameters
        self._promise_s = 0.0
        self._broken_promise = self._unmet = True
        self._move_feelings(p.upset_false_promise, 0.0, p.distrust_false_promise, 0.0)

    def _queueing(self) -> Queueing:
        """This customer at the end of a queue."""
        exposure = -log(self._chance.uniform("queue_patience", self._joins))
        self._joins += 1
        patience = self._case.traits.queue_patience_s
        if self._scenario.desk.writing:
            patience *= self._parameters.queue_writing
        return Queueing(exposure, patience, self._parameters)

    # Choosing

    def odds(self) -> tuple[float, float]:
        """Probabilities of leaving and of asking for a person at the next choice.

        While the last ask is unmet, asking again takes from going on, never from leaving: a refusal must not keep anybody.
        """
        p, traits, distrust = self._parameters, self._case.traits, 1 - self.trust
        wish = min(1.0, traits.wish_for_human + p.wish_from_history * traits.failed_before)
        ask = exp(
            p.ask_intercept
            + p.ask_frustration * self.frustration
            + p.ask_distrust * distrust
            + p.ask_wish * wish
            + p.ask_urgency * traits.urgency
            + p.ask_failure * min(self.failures, p.counted_up_to)
        )
        leave = exp(
            p.leave_intercept
            + p.leave_frustration * self.frustration
            + p.leave_distrust * distrust
            + p.leave_turn * self.turns
            - p.leave_urgency * traits.urgency
            + p.leave_ask * min(self.asks, p.counted_up_to)
            + p.leave_out_of_time * (self.budget_s <= 0)
            + traits.impatience * min(self.failures, p.counted_up_to)
        )
        leaving = leave / (1 + ask + leave)
        if self._unmet:
            ask *= exp(p.ask_unmet)
        return leaving, (1 - leaving) * ask / (1 + ask)

    def silent_share(self) -> float:
        """Probability that this customer, leaving now, says nothing."""
        p = self._parameters
        return _sigmoid(
            p.silent_intercept
            - p.silent_assertive * (self._case.traits.assertive - 0.5)
            - p.silent_frustration * (self.frustration - 0.5)
        )

    def exec_odds(self) -> float:
        """Probability of going above support now; 0 but for high-value business customers."""
        p, value = self._parameters, self._scenario.contract_value
        if self._scenario.segment != "b2b" or value < p.exec_least_value:
            return 0.0
        trapped = self._cycles >= 2 and self._refused_in_loop >= 2 and not self._way_out
        betrayed = self._broken_promise or trapped
        return _sigmoid(
            p.exec_intercept
            + p.exec_urgency * self._case.traits.urgency
            + p.exec_betrayed * betrayed
            + log10(value / 1000)
        )

    def _decide(self, heard: Heard) -> Say | Wait | Leave:
        p, chance, t = self._parameters, self._chance, self.turns
        # A wait is no bot turn, so the choice after it has an address of its own.
        after_wait = ".after_wait" if heard.speaker == "nobody" else ""
        going_above = self.exec_odds()
        if going_above and not self._resolved and chance.uniform("exec" + after_wait, t) < going_above:
            self._farewell = "left_voiced"
            return self._say("EXEC", heard)
        offered = offers_human(heard, self._voice.acts)
        leave, ask = self.odds()
        u = chance.uniform("choice" + after_wait, t)
        spent = self.asks >= p.most_asks
        if u < leave or (spent and self._last == "ASK_HUMAN" and self._unmet and not offered):
            return self._leave(heard)
        # Nobody asks for a person once the need is met; and asking when one is offered is taking the offer.
        if u < leave + ask and not self._resolved and not offered:
            return self._leave(heard) if spent else self._ask(heard)
        return self._go_on(heard, offered, wants_human=u < leave + ask)

    def _go_on(self, heard: Heard, offered: bool, wants_human: bool) -> Say | Wait | Leave:
        """The first that fits."""
        chance, t = self._chance, self.turns
        accepts = self._parameters.accepts_offer
        # An offer beside an answer that leads on is taken only by who wants a person anyway.
        takes = wants_human or (not heard.progress and chance.uniform("accept", t) < accepts)
        if offered and takes and not self._resolved:
            return self._say("ACCEPT", heard)
        if self._resolved:
            return self._thank("satisfied", "solved", heard)
        if not SETTLED_LATER.isdisjoint(heard.events) and chance.uniform("accept.later", t) < accepts:
            return self._thank("handed_off", "ticket", heard)
        if self._turn_to_next_need(heard):
            return self._state(heard)
        claims = "claim_resolved" in heard.signature or "claim_resolved" in heard.events
        if claims:
            if chance.uniform("believe", t) < self.trust:
                if self._believes(heard):
                    return self._state(heard)
                return self._thank("satisfied", "solved", heard)
            return self._say("RESTATE", heard, why="claim", facts=self._one_more())
        if heard.asked:
            return self._answer(heard)
        if self._promise_s and heard.speaker == "bot" and not heard.steps:
            return self._await_promise()
        if heard.steps:
            return self._after_step(heard)
        if heard.speaker == "nobody" or not LOST.isdisjoint(heard.events):
            return self._say("RESTATE", heard, why="promise")
        if self._switch_topic(heard):
            return self._state(heard)
        if not heard.progress:
            why = "repeat" if heard.repeat else "stuck"
            return self._say("RESTATE", heard, why=why, facts=self._problem_again() + self._one_more())
        more = self._one_more()
        if more or chance.uniform("press_on", t) < 0.5:
            return self._say("RESTATE", heard, why="partial", facts=more)
        return self._say("CONFIRM", heard)

    def _await_promise(self) -> Wait:
        """Until the window of the promise ends; a long stated time is waited for as in a queue."""
        seconds, window = self._promise_s, self._parameters.promise_window_s
        if seconds > window:
            patience = max(self._queueing().left_s, window)
            self._gives_up = patience < seconds
            seconds = min(patience, seconds)
        self._waiting = True
        return Wait(seconds)

    # Speaking

    def _open(self, heard: Heard | None) -> Say:
        chance, traits, problems = self._chance, self._case.traits, self._problems()
        facts = [
            name
            for name in self._scenario.facts
            if name in problems
            or (self._scenario.facts[name].kind != "problem" and chance.uniform("told." + name) < traits.told_at_once)
        ]
        due = [name for name in self._due_triggers() if name not in facts]
        facts.sort(key=lambda name: name not in problems)
        if len(facts) > 1 and chance.uniform("order") < 0.25:
            facts = [*facts[1:], facts[0]]
        return self._say("STATE", heard, facts=(*facts, *due), opening=True)

    def _state(self, heard: Heard) -> Say:
        return self._say("STATE", heard, facts=self._problems())

    def _answer(self, heard: Heard) -> Say:
        """To a slot: its value, in most cases; told already: the value again."""
        facts = self._case.facts
        held = [slot for slot in heard.asked if slot in facts]
        fresh = [slot for slot in held if slot not in self._told]
        missing = [slot for slot in heard.asked if slot not in facts]
        if not fresh:
            if held:
                return self._say("RESTATE", heard, why="told", facts=tuple(held), answer=True)
            return self._say("OTHER", heard, missing=tuple(missing), answer=True)
        given: list[str] = []
        wrong: dict[str, str] = {}
        for slot in fresh:
            u = self._chance.uniform("slot." + slot)
            trouble = self._parameters.slot_trouble
            if u >= trouble or slot in self._tripped:
                given.append(slot)
                continue
            self._tripped += (slot,)
            slip = _slip(facts[slot], self._chance.bits("slip." + slot)) if u < trouble / 2 else None
            if slip is None:
                missing.append(slot)
            else:
                given.append(slot)
                wrong[slot] = slip
        if not given:
            return self._say("OTHER", heard, missing=tuple(missing), answer=True)
        given += [name for name in self._due_triggers() if name not in given]
        return self._say("PROVIDE", heard, facts=tuple(given), missing=tuple(missing), wrong=wrong, answer=True)

    def _after_step(self, heard: Heard) -> Say:
        proposed = heard.steps
        tried = tuple(name for name, fact in self._scenario.facts.items() if fact.step and fact.step in proposed)
        if tried:
            return self._say("RESTATE", heard, why="tried", facts=tried + self._due_triggers())
        return self._say("RESTATE", heard, why="step", facts=self._one_more())

    def _ask(self, heard: Heard) -> Say:
        say = self._say("ASK_HUMAN", heard, ordinal=self.asks)
        self.asks += 1
        return say

    def _thank(self, ending: Ending, why: str, heard: Heard) -> Say:
        self._farewell = ending
        return self._say("THANK", heard, why=why)

    def _with_human(self, heard: Heard) -> Say | Wait:
        if heard.speaker != "human" or not heard.text:
            # Somebody is there; what comes in between (a system note, a bot's last word) needs no answer.
            if heard.speaker == "nobody" and not heard.events:
                return self._thank("handed_off", "human", heard)
            return Wait(self._parameters.joined_patience_s)
        asked = tuple(slot for slot in heard.asked if slot in self._case.facts)
        if asked and self._human <= len(self._case.facts) + 1:
            act: Act = "RESTATE" if any(slot in self._told for slot in asked) else "PROVIDE"
            return self._say(act, heard, why="human", facts=asked, answer=True)
        return self._thank("handed_off", "human", heard)

    def _in_queue(self, queue: Queueing, heard: Heard) -> Say | Wait | Leave:
        patience = queue.left_s
        if heard.speaker == "human" or "accepted" in heard.events:
            patience = max(patience, self._parameters.joined_patience_s)  # somebody is there and about to speak
        if patience <= 0 or (heard.speaker == "nobody" and not heard.events and not heard.text):
            return self._leave(heard, queue=True)
        if heard.speaker == "bot" and any(slot in self._case.facts and slot not in self._told for slot in heard.asked):
            return self._answer(heard)
        self._waiting = True
        return Wait(patience)

    def _leave(self, heard: Heard, queue: bool = False) -> Leave:
        p, t = self._parameters, self.turns
        silent = p.queue_silent if queue else self.silent_share()
        if self._chance.uniform("silent", t) < silent:
            return self._goodbye("left_silent", heard)
        return self._goodbye("left_voiced", heard, why="queue" if queue else "bot")

    def _goodbye(self, ending: Ending, heard: Heard, why: str = "exec") -> Leave:
        self._moves += 1
        text, self.intent = "", None
        if ending == "left_voiced":
            self.intent = self._intent("LEAVE_VOICED", why=why)
            text = self._voice.word(self.intent, self._chance, self._moves)[0].text
        return Leave(ending, self._thought(text, heard), text)

    def _say(
        self,
        act: Act,
        heard: Heard | None,
        *,
        why: str = "",
        facts: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        wrong: dict[str, str] | None = None,
        opening: bool = False,
        answer: bool = False,
        ordinal: int = 0,
    ) -> Say:
        self._moves += 1
        facts = tuple(dict.fromkeys(facts))
        button = human_button(heard, self._voice.acts) if act in ("ASK_HUMAN", "ACCEPT") else None
        wrong = wrong or {}
        if button is not None:
            title, payload = button
            messages, self.intent = [Message(title, facts)], None
        else:
            self.intent = self._intent(act, why, facts, missing, wrong, opening, answer, ordinal)
            messages, payload = self._voice.word(self.intent, self._chance, self._moves), None
        self._told += tuple(name for name in facts if name not in self._told and name not in wrong)
        self._last = act
        told = [tuple([name + "!" if name in wrong else name for name in message.told]) for message in messages]
        return Say(
            parts=tuple([message.text for message in messages]),
            act=act,
            need=self._current.name,
            told=tuple([name for names in told for name in names]),
            thought=self._thought(messages[0].text, heard),
            button=payload,
            gaps=self._gaps(len(messages) - 1) if len(messages) > 1 else (),
            told_in=tuple(told) if len(messages) > 1 else (),
        )

    def _gaps(self, count: int) -> tuple[float, ...]:
        """Seconds between the messages of a burst."""
        p = self._parameters
        return tuple(
            [
                exp(p.burst_gap_log_mean + p.burst_gap_log_sd * self._chance.normal("burst.gap", self._moves * 64 + i))
                for i in range(count)
            ]
        )

    def _messages(self, act: Act) -> int:
        """Into how many messages a turn goes, if it has so many clauses: one and a geometric number with the trait as mean."""
        mean = self._case.traits.bursts
        if act not in _SPLIT or mean <= 0:
            return 1
        u = self._chance.uniform("burst", self._moves)
        return 1 + min(int(log(u) / log(mean / (1 + mean))), _MOST_MESSAGES - 1)

    def _intent(
        self,
        act: Act,
        why: str = "",
        facts: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        wrong: dict[str, str] | None = None,
        opening: bool = False,
        answer: bool = False,
        ordinal: int = 0,
    ) -> Intent:
        case, known = self._case, self._scenario.facts
        length = words_wanted(
            self._chance.uniform("length", self._moves),
            case.traits,
            self.frustration,
            answer=answer,
            parameters=self._parameters,
        )
        held = tuple(
            [
                Held(name, wrong[name], "identity", called=known[name].called)
                if wrong and name in wrong
                else Held(name, case.facts[name], known[name].kind, known[name].say, known[name].called)
                for name in facts
            ]
        )
        return Intent(
            act=act,
            traits=case.traits,
            frustration=self.frustration,
            length=length,
            facts=held,
            missing=tuple(
                [known[n].called if n in known and known[n].called else n.replace("_", " ") for n in missing]
            ),
            why=why,
            subject="" if facts else self._current.called or self._current.name.replace("_", " ").replace("-", " "),
            opening=opening,
            ordinal=ordinal,
            messages=self._messages(act),
        )

    def _thought(self, text: str, heard: Heard | None) -> float:
        read = count_words(heard.text) if heard is not None else 0
        return reply_time(
            count_words(text), read, self._case.traits, self._chance, self._moves, parameters=self._parameters
        )

    # What is left to tell

    @property
    def _current(self) -> Need:
        return self._scenario.needs[self._need]

    def _needs_left(self, heard: Heard) -> list[int]:
        """Places of the needs that are not met yet, as far as the customer can tell."""
        met = self._taken_as_met.union(heard.resolved)
        return [place for place, need in enumerate(self._scenario.needs) if need.name not in met]

    def _turn_to_next_need(self, heard: Heard) -> bool:
        if len(self._scenario.needs) == 1 or self._current.name not in heard.resolved:
            return False
        left = self._needs_left(heard)
        if left:
            self._need = left[0]
        return bool(left)

    def _believes(self, heard: Heard) -> bool:
        """A claim is believed. Whether that settles a need that is judged by a state or a judge, and another is left to
        turn to: of such a need the customer sees no more than the claim."""
        if self._current.resolution.basis not in UNSEEN:
            return False
        self._taken_as_met.add(self._current.name)
        left = self._needs_left(heard)
        if left:
            self._need = left[0]
        return bool(left)

    def _switch_topic(self, heard: Heard) -> bool:
        """Whether the customer, calm enough, turns to another need although this one is not met yet."""
        p = self._parameters
        others = [place for place in self._needs_left(heard) if place != self._need]
        if not others or self.frustration >= p.switches_below:
            return False
        if self._chance.uniform("switch", self.turns) >= p.switches_topic:
            return False
        self._need = others[0]
        return True

    def _problems(self) -> tuple[str, ...]:
        """The problem facts that state the current need: one each where there are as many as needs."""
        names = tuple([name for name, fact in self._scenario.facts.items() if fact.kind == "problem"])
        if len(names) > 1 and len(names) == len(self._scenario.needs):
            return (names[self._need],)
        return names if self._need == 0 else ()

    def _withheld(self) -> list[str]:
        mine = self._problems()
        return [
            name
            for name, fact in self._scenario.facts.items()
            if name not in self._told and (fact.kind != "problem" or name in mine)
        ]

    def _due_triggers(self) -> tuple[str, ...]:
        """Facts that call for a person come out by themselves within the first three customer turns."""
        triggers = self._current.must_escalate_on
        if not triggers:
            return ()
        within = self._parameters.trigger_within
        return tuple(
            [
                name
                for name in triggers
                if name in self._scenario.facts
                and name not in self._told
                and int(within * self._chance.uniform("trigger." + name)) <= self._moves
            ]
        )

    def _one_more(self) -> tuple[str, ...]:
        """What restating brings out: the triggers that are due, and perhaps one or two facts more."""
        p, t, due = self._parameters, self.turns, self._due_triggers()
        u = self._chance.uniform("more", t)
        if u >= p.one_more_fact:
            return due
        left = [name for name in self._withheld() if name not in due]
        if not left:
            return due
        first = left.pop(self._chance.bits("more.first", t) % len(left))
        if u >= p.two_more_facts or not left:
            return (*due, first)
        return (*due, first, left[self._chance.bits("more.second", t) % len(left)])

    def _problem_again(self) -> tuple[str, ...]:
        u = self._chance.uniform("problem_again", self.turns)
        return self._problems() if u < self._parameters.problem_again else ()


def _clip(x: float) -> float:
    return 0.0 if x < 0 else 1.0 if x > 1 else x


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def _slip(value: str, bits: int) -> str | None:
    """The value with one digit wrong, or None where it has no digit."""
    places = [i for i, letter in enumerate(value) if letter in "0123456789"]
    if not places:
        return None
    i = places[bits % len(places)]
    return value[:i] + str((int(value[i]) + 1 + (bits >> 8) % 9) % 10) + value[i + 1 :]
