"""A plan: one run. The defaults that a run can have stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from simulator.model.calibration import Calibration
from simulator.model.gates import Gate, Gates
from simulator.model.persona import Traits
from simulator.model.target import FactsFrom

DEFAULT_CONVERSATIONS = 144
"""For each target, where a plan says neither how many conversations nor how many repeats."""
MOST_REFUSALS = 20
"""So many refused connections in a row and a target is given up; the rest of its cases is not started."""


class Load(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How many at once."""

    users: Annotated[int, Meta(ge=1, le=100_000)] = 20
    """Seats: conversations that can be under way at the same time."""


OPENAI_URL = "https://api.openai.com/v1"
VoiceName = Literal["phrases", "llm"]
Share = Annotated[float, Meta(ge=0, le=1)]


class ModelSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The language model that voices customers: any OpenAI-compatible endpoint. The key comes from OPENAI_API_KEY alone."""

    name: str
    base_url: str = ""
    """Empty: OPENAI_BASE_URL, else the openai package's own default."""
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = 0.9
    """None: not sent, for models that refuse it."""
    usd_per_million_in: Annotated[float, Meta(ge=0)] | None = None
    usd_per_million_out: Annotated[float, Meta(ge=0)] | None = None
    """Prices a million tokens; without them cost is not known and `budget.usd` is refused."""
    timeout_s: Annotated[float, Meta(gt=0)] = 20.0
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    """After 429, 5xx, timeouts and broken streams; then phrases word the turn."""
    max_tokens: Annotated[int, Meta(ge=16)] = 200
    """Longest answer asked for; the budget reserves so many before a call."""

    def endpoint(self, env: Mapping[str, str]) -> str:
        """Where text goes: the plan's `base_url`, else OPENAI_BASE_URL, else the openai package's own default."""
        return self.base_url or env.get("OPENAI_BASE_URL", "") or OPENAI_URL


class Budget(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the customers' model may use in one run, over all workers; checked before each call."""

    usd: Annotated[float, Meta(gt=0)] | None = None
    tokens: Annotated[int, Meta(gt=0)] | None = None
    calls: Annotated[int, Meta(gt=0)] | None = None
    wall_s: Annotated[float, Meta(gt=0)] | None = None
    """Seconds since the run began."""
    then: Literal["phrases", "end"] = "phrases"
    """At the cap: phrases take over, or nothing more is begun and the run ends."""


class RunPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run. `exitramp run --print-plan` shows it with all defaults."""

    plan: Literal[1] = 1
    target: str | list[str] = "helpful"
    """A reference bot's name, a target file, or `module:callable`; a list meets the same customers one by one."""
    personas: list[str] = msgspec.field(default_factory=lambda: ["*"])
    """Names, globs or files; probes are chosen by `probes`."""
    scenarios: list[str] = msgspec.field(default_factory=lambda: ["*"])
    repeats: Annotated[int, Meta(ge=1)] | None = None
    """How often each scenario meets each persona. Either this or `conversations`."""
    conversations: Annotated[int, Meta(ge=1)] | None = None
    """Dealt round-robin over the cells, for each target."""
    seed: Annotated[int, Meta(ge=0)] = 1
    language: str = "en"
    """What personas speak that name no language of their own."""
    voices: dict[VoiceName, Share] = msgspec.field(default_factory=lambda: {"phrases": 1.0})
    """Shares of customers by who words them; they add up to 1."""
    voices_of: dict[str, dict[VoiceName, Share]] = {}
    """The same for single personas."""
    model: ModelSpec | None = None
    """The language model of the llm voice."""
    budget: Budget | None = None
    facts_from: FactsFrom | None = None
    calibration: str | Calibration | None = None
    """A file that `exitramp calibrate` wrote: customers choose by its weights. A run's folder keeps it here, whole."""
    probes: bool = True
    """Each of the three probes once a scenario, counted apart."""
    turn_cap: Annotated[int, Meta(ge=1)] = 30
    """Customer turns."""
    time_cap_s: Annotated[float, Meta(gt=0)] = 1800.0
    """Experienced seconds."""
    think: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Multiplies reading, thinking and typing on the wall clock; never a pending promise."""
    clock: Literal["wall", "virtual"] = "wall"
    """virtual: in one process without Locust, for reference bots and Python callables; time is computed, not waited for."""
    load: Load = Load()
    gates: str | list[Gate] | Gates = "default"
    """A gates file, a list of gates, gates with their scope and confidence, `default`, or `none`."""
    results: str = "results"
    scope: Literal["these_scenarios", "all_scenarios"] = "these_scenarios"
    """What the printed intervals speak of."""

    def settled(self) -> RunPlan:
        """The plan with the values that a run will use, where one field decides on another."""
        plan = self
        if plan.repeats is None and plan.conversations is None:
            plan = msgspec.structs.replace(plan, conversations=DEFAULT_CONVERSATIONS)
        if plan.clock == "virtual":
            # Computed time costs nothing, so nobody's is compressed.
            plan = msgspec.structs.replace(plan, think=1.0)
        return plan


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """persona x scenario x seed: one customer, for one target, with every trait and fact drawn."""

    id: str
    """`c-0042`: case x target in plan order."""
    target: str
    scenario: str
    persona: str
    repeat: int
    seed: int
    facts: dict[str, str]
    truth: dict[str, str]
    traits: Traits
    probe: bool = False
    language: str = "en"
    voice: VoiceName = "phrases"
    row: int | None = None
    """Row of the company's test accounts, from 0."""
    seeded: list[str] = []
    """Truths whose values come from those accounts, so that they exist on the bot's side."""

    @property
    def key(self) -> str:
        """`scenario/persona/repeat`: the same for every target."""
        return f"{self.scenario}/{self.persona}/{self.repeat}"
