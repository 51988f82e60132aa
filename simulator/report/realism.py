"""How real the customers are, as far as it can be measured without customers: known groups, laws, and what is assumed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from simulator.report.numbers import hundredths
from simulator.report.terminal import WIDTH, fold, painter, table


class Distinction(msgspec.Struct, frozen=True):
    """Two personas and what tells them apart best; `effect` is Cliff's delta of a against b with its interval."""

    a: str
    b: str
    measure: str
    effect: tuple[float, float, float]
    apart: bool


class Lever(msgspec.Struct, frozen=True):
    """A trait and what it moves: the quarter of customers with most of it against the quarter with least."""

    trait: str
    measure: str
    meant: int
    effect: tuple[float, float, float] | None
    as_meant: bool


class Fit(msgspec.Struct, frozen=True):
    """A distribution against its published law."""

    name: str
    unit: str
    ks: float | None
    wasserstein: tuple[float, float, float] | None
    n: int
    holds: bool
    note: str = ""


class Proportion(msgspec.Struct, frozen=True):
    """A share, and the published one where there is one."""

    name: str
    found: tuple[float, float | None, float | None] | None
    published: float | None
    n: int
    note: str = ""


class Realism(msgspec.Struct, frozen=True):
    """Everything that `personas realism` says."""

    conversations: int
    seconds: float
    personas: int
    bots: Sequence[str]
    languages: Sequence[str]
    pairs: Sequence[Distinction]
    levers: Sequence[Lever]
    fits: Sequence[Fit]
    shares: Sequence[Proportion]
    cooperation: Proportion
    disclosure: Sequence[Proportion]
    standings: dict[str, int]
    assumed: Sequence[str]
    """Names of the parameters that rest on convention alone."""

    @property
    def failures(self) -> list[str]:
        """What the customers fail to show, in words; empty where they pass."""
        alike = [f"{one.a} and {one.b} cannot be told apart" for one in self.pairs if not one.apart]
        idle = [f"{one.trait} does not move {one.measure} as it should" for one in self.levers if not one.as_meant]
        return alike + idle


def realism_report(found: Realism, *, width: int = WIDTH, colour: bool = False) -> str:
    """The page for the terminal."""
    paint = painter(colour)
    lines = [
        f"{found.conversations:,} conversations of {found.personas} personas with {', '.join(found.bots)} on the virtual"
        f" clock, {found.seconds:.0f} s; languages: {', '.join(found.languages)}",
        "",
        paint("Can the personas be told apart?", "bold"),
    ]
    alike = [one for one in found.pairs if not one.apart]
    lines.append(
        f"  {len(found.pairs) - len(alike)} of {len(found.pairs)} pairs, by an effect whose interval leaves 0 out"
    )
    hardest = sorted(found.pairs, key=lambda one: (one.apart, abs(one.effect[0])))[:8]
    rows = [["  closest pairs", "told apart by", "Cliff's delta", ""]]
    rows += [
        [f"    {one.a} / {one.b}", one.measure, _effect(one.effect), "" if one.apart else paint("NOT APART", "bad")]
        for one in hardest
    ]
    lines += table(rows)
    lines += fold("Intervals hold for all pairs and measures together (95 %, Bonferroni).", width, "  ")
    lines += ["", paint("Does each trait move what it is there to move?", "bold")]
    rows = [["  trait", "moves", "meant", "Cliff's delta, most against least", ""]]
    rows += [
        [
            f"    {one.trait}",
            one.measure,
            "+" if one.meant > 0 else "-",
            _effect(one.effect) if one.effect else "not measured",
            "" if one.as_meant else paint("NOT AS MEANT", "bad"),
        ]
        for one in found.levers
    ]
    lines += table(rows)
    lines += ["", paint("Do they write like people? Distance from laws measured on people", "bold")]
    rows = [["  law", "KS", "Wasserstein [95 %]", "n", "", ""]]
    for fit in found.fits:
        moved = ""
        if fit.wasserstein is not None:
            moved = "{:.2f} [{:.2f}, {:.2f}] ".format(*fit.wasserstein) + fit.unit
        ks = f"{fit.ks:.3f}" if fit.ks is not None else "-"
        alarm = "" if fit.holds else paint("alarm", "warn")
        rows.append([f"    {fit.name}", ks, moved, f"{fit.n:,}", alarm, fit.note])
    lines += table(rows, right=frozenset({1, 3}))
    lines += ["  Alarm: KS above .05.", ""]
    rows = [["  share", "here [95 %]", "people", "n", ""]]
    rows += [[f"    {one.name}", *_share(one)] for one in found.shares]
    lines += table(rows, right=frozenset({3}))
    lines += ["", paint("Are they easy?", "bold")]
    lines += table([["    slots validly answered when first asked for", *_share(found.cooperation)]])
    lines.append("    (1 is the easy customer that language models play)")
    told = ", ".join(hundredths(one.found[0]) for one in found.disclosure if one.found)
    lines.append(f"    share of its facts told by turn 1, 2, ...: {told} %")
    lines += ["", paint("What all this rests on", "bold")]
    counts = ", ".join(f"{count} {standing}" for standing, count in found.standings.items())
    assumed = ", ".join(found.assumed)
    lines += fold(f"{sum(found.standings.values())} parameters: {counts}. By convention alone: {assumed}.", width, "  ")
    lines += fold(
        "No public log holds customers' acts, hand-offs and leaving together, so none of this compares the customers with"
        " real customers of a support bot: it shows that they differ as meant and where they write unlike people.",
        width,
        "  ",
    )
    lines.append("")
    if found.failures:
        lines += [paint("FAILED", "bad"), *(f"  {one}" for one in found.failures)]
    else:
        lines.append(
            paint("PASSED", "good") + ": every pair of personas is told apart and every trait moves what it should"
        )
    return "\n".join(lines) + "\n"


def _effect(effect: tuple[float, float, float]) -> str:
    return f"{effect[0]:+.2f} [{effect[1]:+.2f}, {effect[2]:+.2f}]"


def _share(one: Proportion) -> list[str]:
    if one.found is None:
        return ["not measured", "", "", one.note]
    estimate, low, high = one.found
    ends = f" [{hundredths(low, 1)}, {hundredths(high, 1)}]" if low is not None and high is not None else ""
    people = f"{hundredths(one.published, 1)} %" if one.published is not None else ""
    return [f"{hundredths(estimate, 1)} %{ends}", people, f"{one.n:,}", one.note]
