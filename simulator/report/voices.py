"""Who found the customers' words: what a language model took, how often it broke its contract, and whether that matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.model.score import Metric
from simulator.report import numbers
from simulator.report.terminal import Paint, fold, one_line, table
from simulator.report.words import Meanings, label_of, unit_of
from simulator.verdict.summary import UNMENDED

HEADLINE = (
    "entrapment_rate",
    "trust_gap",
    "resolution_rate",
    "claimed_resolution_rate",
    "containment_rate",
    "ttee_cif_180",
    "unmet_ask_rate",
    "silent_exit_rate",
)
_TROUBLE = {
    "repaired": "mended at the second attempt",
    "rejected": "rejected twice, worded by phrases",
    "failed": "model service failed, worded by phrases",
    "spent": "budget used up, worded by phrases",
}


def voices(
    wording: Mapping[str, Any] | None,
    metrics: Mapping[str, Sequence[Metric]],
    known: Meanings,
    width: int,
    paint: Paint,
) -> Iterator[list[str]]:
    """One block; none where phrases alone had the word."""
    if wording is None:
        return
    turns = wording["turns"]
    tokens = wording["prompt_tokens"] + wording["completion_tokens"]
    cost = f", ${wording['usd']:.4f}" if wording["usd"] else ", cost not known (the plan states no prices)"
    lines = [paint("Customers worded by a language model", "dim")]
    lines += fold(
        f"{one_line(wording['model'])}: {numbers.plural(wording['conversations'], 'conversation')}, "
        f"{numbers.plural(turns, 'turn')}, {numbers.plural(wording['calls'], 'call')}, {tokens:,} tokens{cost}; "
        f"late by it {numbers.seconds(wording['overrun_s'])} in all, ours and never the bot's",
        width,
        "  ",
    )
    rows = []
    for what, meaning in _TROUBLE.items():
        causes = wording[what]
        count = sum(causes.values())
        share = f"{numbers.percent(count / turns, 1)} of turns" if turns else numbers.NOT_MEASURED
        by = ", ".join(f"{one_line(cause)} {times}" for cause, times in sorted(causes.items(), key=lambda one: -one[1]))
        rows.append([f"  {meaning}", f"{count:,}", share, by])
    lines += table(rows, right=frozenset({1}))
    lines.append("  With, and without, the conversations in which any of that happened:")
    for target, found in metrics.items():
        lines += table(
            [["", "with", "without", ""], *_with_and_without(found, known, target if len(metrics) > 1 else "")]
        )
    yield lines


def _with_and_without(found: Sequence[Metric], known: Meanings, target: str) -> Iterator[list[str]]:
    whole = {metric.name: metric for metric in found if not metric.group}
    unmended = {metric.name: metric for metric in found if metric.group == UNMENDED}
    for name in HEADLINE:
        if name in whole:
            label = label_of(name, known)
            yield [
                f"    {one_line(target) + ': ' if target else ''}{label}",
                _shown(whole[name], known),
                _shown(unmended[name], known) if name in unmended else "no such conversation",
            ]


def _shown(metric: Metric, known: Meanings) -> str:
    return f"{numbers.estimate(metric, unit_of(metric.name, known))}  n {metric.n:,}"
