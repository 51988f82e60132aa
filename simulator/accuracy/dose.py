"""Known truth: the reference bots with their faults dialled up, and whether the metrics follow.

For each fault the same customers talk to every dose on the computed clock. Two things are held: more of the fault moves the
metric that it must move, and where a bot knows of a single conversation that it did wrong, the score says so too.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from itertools import pairwise
from multiprocessing import get_context

import msgspec

from simulator.accuracy.measured import SCORERS, answers
from simulator.accuracy.questions import measured
from simulator.bots.dials import about, make
from simulator.bots.pack import pack
from simulator.bots.reference import chance_of, strikes
from simulator.catalogue.freeze import Catalogue
from simulator.engine import Limits
from simulator.launch.casting import Cast, cast
from simulator.launch.run import hold_on_virtual_clock
from simulator.launch.under_test import find
from simulator.model.contracts import Scorer
from simulator.model.plan import Case, RunPlan
from simulator.model.scenario import Scenario
from simulator.model.score import Metric, Score
from simulator.model.transcript import Signal, Transcript
from simulator.registry import METRICS, MetricEntry
from simulator.registry.accuracy import DIGITS, Arm, Dose, Known, KnownArm, Measured, rounded
from simulator.scorers.escalation import ENOUGH_CONTEXT
from simulator.statistics.detection import share
from simulator.statistics.trend import trend
from simulator.verdict.summary import summarise

CUSTOMERS = 200
"""Conversations with each bot."""
SEED = 1
SURE = 0.001
"""Chance at most of so much order without any, for doses to count as ordered."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
GOOD = "helpful"


class Effect(msgspec.Struct, frozen=True):
    """A fault and the metric that it must move."""

    bot: str
    dial: str
    doses: Sequence[float]
    """From none of the fault to most of it."""
    metric: str
    rises: bool = True

    @property
    def name(self) -> str:
        """By which gates know it: the bot's, and the metric's where that is not the bot's first."""
        first = next(effect for effect in EFFECTS if effect.bot == self.bot)
        return self.bot if first is self else f"{self.bot}/{self.metric}"

    def bots(self) -> list[str]:
        """The bots with their dials, by rising dose."""
        return [f"{self.bot}:{self.dial}={dose:g}" for dose in self.doses]


EFFECTS: tuple[Effect, ...] = (
    Effect("looping", "p", SHARES, "loop_rate"),
    Effect("looping", "p", SHARES, "entrapment_rate"),
    Effect("maze", "asks", (1, 2, 3, 4, 5), "asks_before_grant"),
    Effect("late", "n", (1, 2, 3, 5, 8), "ttee_cif_180", rises=False),
    Effect("cold_handoff", "p", SHARES, "handoff_completeness", rises=False),
    Effect("false_solved", "p", SHARES, "false_resolution_rate"),
    Effect("false_promise", "p", SHARES, "false_promise_rate"),
    Effect("deflector", "p", SHARES, "toxic_containment_rate"),
    Effect("dead_end", "p", SHARES, "dead_end_rate"),
    Effect("leaky", "p", SHARES, "leak_rate"),
    Effect("overloaded", "n", (200, 150, 100, 50, 0), "loop_rate"),
)


class Deed(msgspec.Struct, frozen=True):
    """What a bot knows to have done to single customers, and the score that has to see it."""

    bot: str
    score: str
    words: str
    truth: Callable[[Transcript, bool, Scenario], bool | None]
    """Whether it did so in a conversation, by its own log and by whether it drew the fault; None where it had no chance to,
    or where it is not the bot's doing alone."""
    alarms: Callable[[Score], bool | None]
    """None where the score says that it cannot know."""


def _looped(transcript: Transcript, struck: bool, scenario: Scenario) -> bool:
    given: Counter[tuple[str, str]] = Counter()
    cycles: Counter[str] = Counter()
    act, need = None, ""
    for turn in transcript.turns:
        if turn.speaker == "customer":
            act, need = turn.act, turn.need or need
        elif turn.speaker == "bot" and struck:
            for article in (one for one in turn.ids if one.startswith("kb:")):
                cycles[need] += bool(given[need, article]) and act in ("RESTATE", "ASK_HUMAN")
                given[need, article] += 1
    return any(times >= 2 for times in cycles.values())


def _claimed(transcript: Transcript, struck: bool, scenario: Scenario) -> bool | None:
    if len(scenario.needs) > 1:
        return None  # whoever solves one need of two and says so has not told the whole truth either
    return struck and any(signal.kind == "claim_resolved" for signal in _signals(transcript))


def _requested(transcript: Transcript, struck: bool, scenario: Scenario) -> bool | None:
    return struck if any(signal.kind == "requested" for signal in _signals(transcript)) else None


def _abandoned(transcript: Transcript, struck: bool, scenario: Scenario) -> bool | None:
    if scenario.desk.answers != "accepts":
        return None  # nobody comes, whatever the bot does
    return _requested(transcript, struck, scenario)


def _promised(transcript: Transcript, struck: bool, scenario: Scenario) -> bool:
    words = pack(transcript.language).says["promise"]
    return struck and any(turn.speaker == "bot" and turn.text in words for turn in transcript.turns)


def _signals(transcript: Transcript) -> Iterator[Signal]:
    return (signal for turn in transcript.turns for signal in turn.signals)


def _counted(found: Score) -> bool | None:
    """Some are an alarm, none is none; nothing to count is none either, unless it was cut short."""
    if isinstance(found.value, int | float):
        return found.value > 0
    return False if found.weight == 0 and "left before" not in found.reason else None


def _cold(found: Score) -> bool | None:
    return found.value < ENOUGH_CONTEXT if isinstance(found.value, int | float) else None


DEEDS: tuple[Deed, ...] = (
    Deed("looping", "loop", "said its article again to a need said again, twice or more", _looped, _counted),
    Deed("cold_handoff", "handoff_completeness", "handed over with the identity alone", _requested, _cold),
    Deed("false_solved", "false_resolution", "claimed a solution and did nothing", _claimed, _counted),
    Deed("false_promise", "false_promises", "promised a person and called none", _promised, _counted),
    Deed("dead_end", "dead_ends", "transferred to a queue that nobody serves", _abandoned, _counted),
)


class _Job(msgspec.Struct, frozen=True):
    """One bot and one kind of customer."""

    bot: str
    probe: str
    """The probe that talks to it; empty for customers."""
    metrics: tuple[str, ...]
    customers: int
    seed: int
    language: str


class _Held(msgspec.Struct, frozen=True):
    """What became of it."""

    metrics: dict[str, Metric]
    values: dict[str, list[float]]
    """Of single conversations, by metric."""
    known: list[tuple[bool, bool | None]]
    """Truth and alarm of the conversations of which the bot knows."""


OnProgress = Callable[[int, int], None]


def measure_doses(
    customers: int = CUSTOMERS,
    seed: int = SEED,
    language: str = "en",
    scorers: Sequence[Scorer] = SCORERS,
    on_progress: OnProgress = lambda done, of: None,
    effects: Sequence[Effect] = EFFECTS,
    processes: int | None = None,
) -> tuple[list[Dose], list[Known]]:
    """Every fault at every dose, over as many processes as there are cores.

    `scorers` travel to them by pickle. Where two give a score of one name, the later one is measured. Raises InputError for a
    language that no stock scenario has.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    for effect in effects:
        entry = METRICS.get(effect.metric)
        for bot in (GOOD, *effect.bots()) if entry is not None else ():
            wanted.setdefault((bot, _probe(entry)), set()).add(effect.metric)
    jobs = [
        _Job(bot, probe, tuple(sorted(metrics)), customers, seed, language) for (bot, probe), metrics in wanted.items()
    ]
    held: dict[tuple[str, str], _Held] = {}
    cores = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        under_way = {pool.submit(_hold, job, tuple(scorers)): (job.bot, job.probe) for job in jobs}
        for done in as_completed(under_way):
            held[under_way[done]] = done.result()
            on_progress(len(held) * customers, len(jobs) * customers)
    doses = [_dose(effect, held) for effect in effects]
    bots = {effect.bot: effect for effect in effects}
    return doses, [_known(deed, bots[deed.bot], held) for deed in DEEDS if deed.bot in bots]


def _probe(entry: MetricEntry | None) -> str:
    return "" if entry is None or entry.population == "customers" else entry.population


@lru_cache(maxsize=4)
def _cast(probe: str, customers: int, seed: int, language: str) -> Cast:
    """So many customers, or so many conversations of a probe: one a scenario and seed, until there are enough."""
    plan = RunPlan(target=GOOD, conversations=customers, seed=seed, language=language, probes=bool(probe))
    ready = cast(plan)
    if not probe:
        return ready
    cases: list[Case] = []
    while len(cases) < customers:
        cases += [
            msgspec.structs.replace(case, id=f"{case.id}-{seed}") for case in ready.cases if case.persona == probe
        ]
        seed += 1
        ready = cast(msgspec.structs.replace(plan, seed=seed)) if len(cases) < customers else ready
    return msgspec.structs.replace(ready, cases=cases[:customers])


def _hold(job: _Job, scorers: tuple[Scorer, ...]) -> _Held:
    ready = _cast(job.probe, job.customers, job.seed, job.language)
    cases = {case.id: msgspec.structs.replace(case, target=job.bot) for case in ready.cases}
    catalogue = ready.catalogue
    transcripts = hold_on_virtual_clock(list(cases.values()), catalogue, [find(job.bot)], Limits(), len(cases))
    scored = [(one, answers(one, catalogue.spoken(one.scenario, one.language), scorers)) for one in transcripts]
    metrics = summarise(scored, catalogue.personas, catalogue.scenarios, "all_scenarios", only=job.metrics)
    values: dict[str, list[float]] = {}
    for name in job.metrics:
        told = (each for _, scores in scored for each in scores if each.name == METRICS[name].score)
        values[name] = [value for each in told if (value := _value(METRICS[name], each)) is not None]
    return _Held(
        {one.name: one for one in metrics if not one.group},
        values,
        list(_by_conversation(job, cases, scored, catalogue)),
    )


def _by_conversation(
    job: _Job, cases: Mapping[str, Case], scored: Sequence[tuple[Transcript, list[Score]]], catalogue: Catalogue
) -> Iterator[tuple[bool, bool | None]]:
    dials = make(job.bot)
    deed = next((one for one in DEEDS if one.bot == dials.bot), None)
    if deed is None or job.probe:
        return
    for transcript, scores in scored:
        case = cases[transcript.id]
        scenario = catalogue.spoken(case.scenario, case.language)
        truth = deed.truth(transcript, strikes(dials, chance_of(case.seed, case.key)), scenario)
        if truth is not None:
            given = next((each for each in scores if each.name == deed.score), None)
            yield truth, None if given is None else deed.alarms(given)


def _value(entry: MetricEntry, found: Score) -> float | None:
    """What one conversation adds to a metric, as a number that rises with it; None where it adds nothing."""
    value = found.value
    if entry.kind == "class":
        return None if value is None else float(value == entry.cause)
    if not isinstance(value, int | float):
        return None
    match entry.kind:
        case "ratio":
            return value / found.weight if found.weight else None
        case "incidence":
            horizon = math.inf if entry.horizon is None else entry.horizon
            counted = found.event == entry.cause and value <= horizon
            return None if found.event == "censored" and value <= horizon else float(counted)
        case _:
            return float(value)


def _of(metric: Metric) -> Measured:
    return rounded(metric.estimate, metric.low, metric.high, metric.n, metric.reason)


def _dose(effect: Effect, held: Mapping[tuple[str, str], _Held]) -> Dose:
    entry = METRICS.get(effect.metric)
    probe = _probe(entry)
    found = [] if entry is None else [held[bot, probe] for bot in effect.bots()]
    arms = [
        Arm(bot, dose, _of(one.metrics[effect.metric]))
        for bot, dose, one in zip(effect.bots(), effect.doses, found, strict=False)
    ]
    helpful = held[GOOD, probe].metrics[effect.metric] if entry is not None else None
    sign = 1 if effect.rises else -1
    values = [(float(rank), sign * value) for rank, one in enumerate(found) for value in one.values[effect.metric]]
    rising = trend([rank for rank, _ in values], [value for _, value in values])
    return Dose(
        name=effect.name,
        fault=effect.bot,
        about=about(effect.bot),
        metric=effect.metric,
        label=entry.label if entry is not None else "",
        unit=entry.unit if entry is not None else "",
        rises=effect.rises,
        arms=arms,
        helpful=None if helpful is None else _of(helpful),
        tau=None if rising.tau is None else round(rising.tau, DIGITS),
        p=rising.p,
        n=rising.n,
        back=round(_back(arms, sign), DIGITS),
        ordered=None if entry is None else _ordered(arms, sign, rising.tau, rising.p),
        apart=None if helpful is None else _apart(_of(helpful), arms[-1].value, sign),
        reason="" if entry is not None else f"this version has no metric {effect.metric}",
    )


def _back(arms: Sequence[Arm], sign: int) -> float:
    known = [arm.value.estimate for arm in arms if arm.value.estimate is not None]
    return max([0.0, *(sign * (one - other) for one, other in pairwise(known))])


def _ordered(arms: Sequence[Arm], sign: int, tau: float | None, p: float | None) -> bool:
    wrong = any(_apart(other.value, one.value, sign) for place, one in enumerate(arms) for other in arms[place + 1 :])
    return tau is not None and p is not None and tau > 0 and p < SURE and not wrong


def _apart(less: Measured, more: Measured, sign: int) -> bool | None:
    """Whether the intervals show the second beyond the first; None where there is none to show it."""
    inner, outer = (less.high, more.low) if sign > 0 else (more.high, less.low)
    return None if inner is None or outer is None else inner < outer


def _known(deed: Deed, effect: Effect, held: Mapping[tuple[str, str], _Held]) -> Known:
    arms = []
    for bot, dose in zip(effect.bots(), effect.doses, strict=True):
        pairs = held[bot, ""].known
        told = [(truth, alarm) for truth, alarm in pairs if alarm is not None]
        arms.append(
            KnownArm(
                dose,
                len(told),
                sum(truth for truth, _ in told),
                sum(truth and alarm for truth, alarm in told),
                sum(alarm and not truth for truth, alarm in told),
                len(pairs) - len(told),
            )
        )
    positives, n = sum(arm.positives for arm in arms), sum(arm.n for arm in arms)
    found, alarmed = sum(arm.found for arm in arms), sum(arm.alarmed for arm in arms)
    return Known(
        name=deed.bot,
        fault=deed.bot,
        score=deed.score,
        truth=deed.words,
        arms=arms,
        recall=measured(share(found, positives, "it never did")),
        specificity=measured(share(n - positives - alarmed, n - positives, "it always did")),
    )
