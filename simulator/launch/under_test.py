"""The bots under test of a run: found by the name people give them, frozen into the run's folder, built where they run."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from simulator.bots.dials import is_reference, make, names
from simulator.catalogue.hosts import is_private
from simulator.catalogue.target_file import read_target, secrets
from simulator.clock.wall import WallClock
from simulator.desk.desk import AttendedSession
from simulator.engine import Setting
from simulator.model.contracts import Clock, Session, Target
from simulator.model.errors import InputError, Problem
from simulator.model.plan import Case
from simulator.model.scenario import Need, Scenario, Truth, spoken
from simulator.model.target import TargetSpec
from simulator.model.transcript import Tier
from simulator.targets.http import HttpTarget, Observe
from simulator.targets.in_process import answers_alone, load_callable, load_target
from simulator.targets.state import StateReader
from simulator.targets.tiers import measurable, tiers, told_truths

REFERENCE_FILE = Path(__file__).resolve().parent.parent / "bots" / "reference.yaml"


class UnderTest(msgspec.Struct, frozen=True):
    """One target of a run."""

    name: str
    """What reports and groups call it."""
    kind: Literal["reference", "file", "callable"]
    given: str
    """What the plan says: a bot with its dials, the path of a target file, `module:attribute`."""
    text: str = ""
    """For files: the target file's own text, in which secrets are still `${NAME}`."""

    @property
    def file(self) -> str:
        """Its file name in the frozen catalogue."""
        return re.sub(r"[^A-Za-z0-9._-]", "_", self.name) + ".yaml"

    def spec(self, env: Mapping[str, str] = os.environ, url: str = "http://127.0.0.1") -> TargetSpec | None:
        """The wire, secrets filled in; None where there is none. Raises InputError."""
        if self.kind == "file":
            return read_target(self.given, env, text=self.text)[0]
        if self.kind == "reference":
            return read_target(REFERENCE_FILE, {**env, "EXITRAMP_BOT_URL": url})[0]
        return None

    def setting(self) -> Setting:
        """What its transcripts can show."""
        spec = self.spec()
        if self.kind == "callable":
            # A function that answers with words shows no events; one that gives signals says so by an attribute `tiers`.
            shown: Sequence[Tier] = getattr(load_callable(self.given), "tiers", ("T0", "T1"))
            # A function of words and a dict learns nothing of the customer but what the customer says.
            told = frozenset[str]() if answers_alone(load_callable(self.given)) else None
            return Setting(tiers=tuple(shown), told=told)
        assert spec is not None
        return Setting(
            tiers=tiers(spec),
            standing_exit=spec.human_access.persistent,
            serial=spec.turn.serial,
            action_log=bool(spec.reply.actions),
            told=told_truths(spec),
        )

    def obstacle(
        self, need: Need, truth: Mapping[str, Truth], seeded: Collection[str], *, wire: bool
    ) -> Obstacle | None:
        """Why nobody will be able to say whether this need was met; None where it can be told.

        `truth`: the scenario's. `seeded`: truths that the test accounts hold. `wire`: there is one, so not on the virtual
        clock.
        """
        setting, resolution = self.setting(), need.resolution
        match resolution.basis:
            case "action":
                logged = setting.action_log if setting.action_log is not None else "T2" in setting.tiers
                return None if logged else Obstacle("no log of actions", "reply.actions")
            case "probe":
                asked = wire and self.kind != "callable"
                return None if asked else Obstacle("no test system that could be asked", "a target file, clock: wall")
            case "words" if setting.told is not None:
                drawn = [name for name in resolution.told if "{{" in truth[name].value]
                if any(name not in setting.told and name not in seeded for name in drawn):
                    return Obstacle("truths that are drawn and that nobody tells the bot", "facts_from, or {{truth}}")
        return None

    def test_system(self) -> str:
        """Where states are looked up, for people."""
        spec = self.spec() if self.kind == "file" else None
        return (spec.test_system.base_url or spec.base_url) if spec is not None else self.address()

    def measurable(self) -> list[tuple[str, bool, str]]:
        """What can be measured here; where something cannot, the part of the target file that would change that."""
        spec = self.spec()
        return measurable(spec) if spec is not None else []

    def address(self) -> str:
        """Where text goes, for people."""
        if self.kind == "file":
            spec = self.spec()
            return spec.base_url if spec is not None else ""
        return "reference bot on 127.0.0.1" if self.kind == "reference" else "a Python callable in this process"

    def reached_by(self) -> str:
        """What allows text to go there, for people; empty where it stays in this process."""
        spec = self.spec() if self.kind == "file" else None
        if spec is None:
            return "started for this run" if self.kind == "reference" else ""
        return (
            "loopback or a private address" if is_private(urlsplit(spec.base_url).hostname or "") else "allowed_hosts"
        )

    def handoffs(self) -> Literal["desk", "sandbox", "people"]:
        """Where its hand-offs end up: with our own desk unless a target file says otherwise."""
        spec = self.spec() if self.kind == "file" else None
        return (spec.handoff_reaches or "desk") if spec is not None else "desk"


class Obstacle(msgspec.Struct, frozen=True):
    """Why a resolution cannot be seen with a target, and what would change that."""

    why: str
    add: str


def find(given: str, base: Path = Path()) -> UnderTest:
    """The target that a name, a path or `module:attribute` stands for. Raises InputError."""
    if is_reference(given):
        make(given)
        return UnderTest(given, "reference", given)
    path = base / given
    if path.suffix in (".yaml", ".yml") or path.is_file():
        spec, text = read_target(path, os.environ)
        compile_target(spec, str(path))
        return UnderTest(spec.name, "file", str(path), text)
    if ":" in given and "/" not in given:
        load_callable(given)
        return UnderTest(given, "callable", given)
    near = get_close_matches(given.partition(":")[0], names(), 1)
    guess = f"did you mean `{near[0]}`? " if near else ""
    hint = f"{guess}give a target file (*.yaml), module:callable, or a reference bot: {', '.join(names())}"
    raise InputError([Problem(f"no target {given!r}", hint=hint)])


def compile_target(spec: TargetSpec, file: str) -> None:
    """Compile everything that a target's requests and answers need, without a connection. Raises InputError."""
    try:
        HttpTarget(spec, WallClock(), state=StateReader(spec, {}, WallClock()))
    except InputError as error:
        raise InputError([msgspec.structs.replace(one, file=one.file or file) for one in error.problems]) from None


def compile_probes(target: UnderTest, scenarios: Mapping[str, Scenario]) -> None:
    """Compile what these scenarios will ask a target's test system. Raises InputError."""
    spec = target.spec()
    if spec is not None:
        StateReader(spec, scenarios, WallClock())


def known_secrets(target: UnderTest) -> set[str]:
    """Values that must never be written anywhere."""
    return secrets(target.text, os.environ) if target.text else set()


class Attended:
    """A target whose hand-offs reach our own desk."""

    def __init__(self, target: Target, scenarios: Mapping[str, Scenario], clock: Clock, pace: float) -> None:
        self._target = target
        self._scenarios = scenarios
        self._clock = clock
        self._pace = pace

    def open(self, case: Case) -> Session:
        session = self._target.open(case)
        return AttendedSession(
            session, case, spoken(self._scenarios[case.scenario], case.language), self._clock, self._pace
        )


def build(
    target: UnderTest,
    scenarios: Mapping[str, Scenario],
    clock: Clock,
    think: float,
    *,
    url: str = "",
    in_process: bool = False,
    observe: Observe | None = None,
    pace: float | None = None,
) -> Target:
    """A target ready to be talked to.

    `url`: where the reference bot's server listens. `in_process`: the reference bot itself, without a wire. The desk's
    wait is compressed by `think` on a clock that is really waited for, since our own desk has no lack of agents; `pace`
    says by how much where that is not what the clock does.
    """
    inner: Target
    if target.kind == "callable":
        inner = load_target(target.given, clock)
    elif target.kind == "reference" and in_process:
        from simulator.bots.in_process import ReferenceTarget

        inner = ReferenceTarget(target.given, scenarios, clock)
    else:
        spec = target.spec(url=url or "http://127.0.0.1")
        assert spec is not None
        hidden = known_secrets(target)
        inner = HttpTarget(spec, clock, observe, hidden, StateReader(spec, scenarios, clock, hidden))
    if target.handoffs() != "desk":
        return inner
    if pace is None:
        pace = 1.0 if in_process else think
    return Attended(inner, scenarios, clock, pace)
