"""What a transcript can show: scorers answer None with a reason where they cannot know."""

from __future__ import annotations

from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript

REFORMULATIONS = frozenset({"RESTATE", "ASK_HUMAN"})
"""Customer acts that say a need again; by act, never by likeness of text."""

TIERS = {
    "T0": "needs the text of the conversation (T0)",
    "T1": "needs the customer's acts (T1)",
    "T2": "needs the target's events (T2)",
    "T3": "needs the human side (T3)",
}


def unobservable(transcript: Transcript, scenario: Scenario | None, *tiers: str, needs_scenario: bool = True) -> str:
    """Why a question cannot be answered from this transcript; empty where it can."""
    for tier in tiers:
        if tier not in transcript.tiers:
            return TIERS[tier]
    return "no scenario" if needs_scenario and scenario is None else ""


def unknown(names: tuple[str, ...], reason: str, version: str) -> list[Score]:
    """The same None for every name."""
    return [Score(name, None, reason=reason, version=version) for name in names]


def ratio(name: str, of: list[int], among: int, empty: str, version: str) -> Score:
    """How many of how many; None for an empty denominator."""
    if not among:
        return Score(name, None, reason=empty, version=version, weight=0)
    return Score(name, len(of), turns=sorted(of), version=version, weight=among)


def misfit(transcript: Transcript, scenario: Scenario | None) -> str:
    """Why a scenario cannot be the one that a transcript was held in; empty if it can."""
    if not transcript.scenario:
        return ""
    if scenario is None:
        return f"no scenario {transcript.scenario!r} is known"
    strange = {turn.need for turn in transcript.turns if turn.need} - {need.name for need in scenario.needs}
    strange |= transcript.facts.keys() - scenario.facts.keys()
    return f"the {scenario.name!r} here has no {', '.join(sorted(strange))}" if strange else ""
