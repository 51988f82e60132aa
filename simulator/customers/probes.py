"""Probes: customers that follow a script, so that the way to a person can be measured the same for every bot.

`ask0` asks for a person from its first turn on, `oblique` asks in a roundabout way, `passive` never asks.
Nothing is drawn.
"""

from __future__ import annotations

from typing import Literal

from simulator.customers.mind import GRANTS, JOINING
from simulator.customers.pace import count_words, usual_reply_time
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.customers.voice import Phrases
from simulator.model.contracts import Heard, Leave, Say, Wait
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Act

Script = Literal["ask0", "passive", "oblique"]

PASSIVE_TURNS = 8
"""Customer turns that the passive probe makes unless a person is on the way."""


class Probe:
    """One probe: implements `Customer`. Ends `handed_off` once a person is on the way, else silently at its cap."""

    __slots__ = (
        "_asks",
        "_awaited",
        "_case",
        "_need",
        "_parameters",
        "_scenario",
        "_script",
        "_told",
        "_turns",
        "_voice",
    )

    def __init__(
        self, case: Case, scenario: Scenario, script: Script, voice: Phrases, parameters: Parameters = DEFAULT
    ) -> None:
        self._case, self._scenario, self._voice, self._parameters = case, scenario, voice, parameters
        self._script = script
        self._asks = 0
        self._turns = 0
        self._awaited = False
        """The promise that answered the last move has been waited for."""
        self._told: tuple[str, ...] = ()
        self._need = scenario.needs[0].name

    @property
    def wording(self) -> None:
        """A probe reads its lines."""
        return

    @property
    def feeling(self) -> tuple[float, float]:
        """A probe feels nothing: no frustration, and the trust it came with."""
        return 0.0, self._case.traits.trust

    def next(self, heard: Heard | None) -> Say | Wait | Leave:
        """The next line of the script."""
        if not self._turns:
            return self._passive_opening(heard) if self._script == "passive" else self._ask(heard)
        assert heard is not None, "the first move is made, so there must be an answer"
        if heard.speaker == "human" or not JOINING.isdisjoint(heard.events):
            return self._leave("handed_off", heard)
        if "promise_human" in heard.signature and GRANTS.isdisjoint(heard.events) and not self._awaited:
            # A promise may be kept a little later; asking again meanwhile would count an ask that was granted.
            self._awaited = True
            return Wait(self._parameters.promise_window_s)
        asked = tuple(slot for slot in heard.asked if slot in self._case.facts)
        if self._script == "passive":
            return self._go_on_passively(asked, heard)
        fresh = tuple(slot for slot in asked if slot not in self._told)
        if fresh:
            return self._say("PROVIDE", self._values(fresh), fresh, heard)
        if self._asks >= self._parameters.most_asks:
            return self._leave("left_silent", heard)
        return self._ask(heard)

    def overhear(self, heard: Heard) -> None:
        """A probe sends no bursts."""

    def _ask(self, heard: Heard | None) -> Say:
        pack = self._voice.pack
        lines = pack.probe_ask0 if self._script == "ask0" else pack.probe_oblique
        text = lines[self._asks % len(lines)]
        self._asks += 1
        return self._say("ASK_HUMAN", text, (), heard)

    def _passive_opening(self, heard: Heard | None) -> Say:
        facts = self._scenario.facts
        names = tuple(sorted(facts, key=lambda name: facts[name].kind != "problem"))
        return self._say("STATE", self._values(names), names, heard)

    def _go_on_passively(self, asked: tuple[str, ...], heard: Heard) -> Say | Leave:
        if self._turns >= PASSIVE_TURNS:
            return self._leave("left_silent", heard)
        if asked:
            act: Act = "RESTATE" if all(slot in self._told for slot in asked) else "PROVIDE"
            return self._say(act, self._values(asked), asked, heard)
        lines = self._voice.pack.probe_restate
        return self._say("RESTATE", lines[(self._turns - 1) % len(lines)], (), heard)

    def _values(self, names: tuple[str, ...]) -> str:
        """The facts in their first wordings, a sentence each."""
        facts, pack = self._scenario.facts, self._voice.pack
        return " ".join(
            (facts[name].say or pack.kinds[facts[name].kind])[0]
            .replace("{name}", facts[name].called or name.replace("_", " "))
            .replace("{}", self._case.facts[name])
            + "."
            for name in names
        )

    def _say(self, act: Act, text: str, told: tuple[str, ...], heard: Heard | None) -> Say:
        self._turns += 1
        self._awaited = False
        self._told += tuple(name for name in told if name not in self._told)
        return Say(parts=(text,), act=act, need=self._need, told=told, thought=self._thought(text, heard))

    def _leave(self, ending: Literal["handed_off", "left_silent"], heard: Heard) -> Leave:
        return Leave(ending, self._thought("", heard))

    def _thought(self, text: str, heard: Heard | None) -> float:
        read = count_words(heard.text) if heard is not None else 0
        return usual_reply_time(count_words(text), read, self._case.traits, parameters=self._parameters)
