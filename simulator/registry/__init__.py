"""Every metric of a run by name, a module for each question that people ask of a bot."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches

from simulator.model.errors import InputError, Problem
from simulator.registry.entry import QUESTIONS, Kind, MetricEntry, Question
from simulator.registry.escalation import ESCALATION
from simulator.registry.guesses import GUESSED
from simulator.registry.honesty import HONESTY
from simulator.registry.human_path import HUMAN_PATH
from simulator.registry.leaving import LEAVING
from simulator.registry.loops import LOOPS
from simulator.registry.resolution import RESOLUTION
from simulator.registry.wire import WIRE

__all__ = ["GUESSES", "METRICS", "QUESTIONS", "Kind", "MetricEntry", "Question", "explain"]

METRICS: dict[str, MetricEntry] = {
    entry.name: entry for entry in (*LOOPS, *HUMAN_PATH, *ESCALATION, *RESOLUTION, *LEAVING, *HONESTY, *WIRE)
}
"""In the order in which a report shows them."""

GUESSES: dict[str, MetricEntry] = {entry.name: entry for entry in GUESSED}
"""What foreign logs are asked by their text alone: no gate knows these names, and no run of ours is summed up by them."""

_BETTER = {"lower": "lower is better", "higher": "higher is better", "": "neither high nor low is good by itself"}
_POPULATION = {
    "customers": "the customers (probes are counted apart)",
    "probe_ask0": "the probe that asks for a person from its first turn on",
    "probe_passive": "the probe that never asks",
    "probe_oblique": "the probe that asks for a person without the word",
    "probes": "the probes",
}


def explain(name: str) -> str:
    """One metric for people. Raises InputError, with names that are like it, for a name that is none."""
    entry = METRICS.get(name) or GUESSES.get(name)
    made_of_it = [one.name for one in (*METRICS.values(), *GUESSES.values()) if one.score == name]
    if entry is None and made_of_it:
        # The score of one conversation: what is made of it over a run says what it is.
        others = f"\n\nAlso made of it: {', '.join(made_of_it[1:])}" if made_of_it[1:] else ""
        return f"{name}: the score of one conversation of which this is made.\n\n{explain(made_of_it[0])}{others}"
    if entry is None:
        near = get_close_matches(name, [*METRICS, *GUESSES], n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`exitramp metrics list` names them all"
        raise InputError([Problem(f"{name!r} is no metric", hint=hint)])
    rows = {
        "Unit": f"{entry.unit}, {_BETTER[entry.better]}",
        "Counted over": _POPULATION[entry.population],
        "Formula": entry.formula,
        "Needs": entry.tier,
        "Source": entry.source,
        "Example": entry.example,
    }
    lines = [f"{entry.name}: {entry.label}", *textwrap.wrap(entry.sentence, 100), ""]
    for title, text in rows.items():
        lines += textwrap.wrap(text, 100, initial_indent=f"{title:<14}", subsequent_indent=" " * 14)
    return "\n".join(lines)
