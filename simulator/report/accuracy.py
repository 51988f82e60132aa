"""How often the scorers are right, for the terminal, for a README, and for the margin of a run's report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from simulator.registry.accuracy import HELD_OUT, Accuracy, Dose, Figure, Floor, Headline, Known, Measured
from simulator.report import numbers
from simulator.report.terminal import WIDTH, Paint, Style, fold, one_line, painter, table

_SPLITS = {HELD_OUT: "held out: no scorer was tuned on these", "tuning": "used for tuning", "": "all"}
_BAR = 20
_OUTCOMES: Mapping[str, Style] = {"pass": "good", "fail": "bad", "inconclusive": "warn"}
_COLUMNS = ("precision", "recall", "f1", "specificity", "mcc", "auc")
_NAMES = {"f1": "F1", "mcc": "MCC", "auc": "AUC"}


def accuracy_report(
    found: Accuracy,
    floors: Sequence[Floor] = (),
    *,
    named: Iterable[str] = (),
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """The page for the terminal. `named` are the splits whose single mistakes are listed by id."""
    paint = painter(colour)
    listed = set(named)
    languages = ", ".join(f"{language or '?'} {count}" for language, count in found.languages.items())
    total = sum(found.conversations.values())
    # What is published is one half of a set; its languages are counted over the whole.
    whole = "whole set: " if total != sum(found.languages.values()) else ""
    blocks = [
        fold(
            f"{one_line(found.source)}: {numbers.plural(total, 'conversation')} ({whole}{one_line(languages)})",
            width,
        )
    ]
    left = [
        (found.unread, "line that held none", "lines that held none"),
        (found.unusable, "without a label known here", ""),
    ]
    said = [f"{count:,} {one if count == 1 else many or one}" for count, one, many in left if count]
    blocks[0] += fold(f"Left out: {', '.join(said)}", width, "  ") if said else []
    for split in found.conversations:
        own = [one for one in found.figures if one.split == split]
        blocks += _split(split, own, found.conversations[split], split in listed, width, paint)
    if found.doses:
        blocks += [_doses(found, width, paint), _known(found.known, width, paint)]
    if floors:
        blocks.append(_floors(floors, width, paint))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _split(
    split: str, figures: Sequence[Figure], conversations: int, named: bool, width: int, paint: Paint
) -> Iterator[list[str]]:
    title = _SPLITS.get(split, one_line(split))
    there = [one for one in figures if one.n]
    rows = [["Score", "tier", "n", "yes", *(_NAMES.get(name, name) for name in _COLUMNS[:3])]]
    rows += [
        [f"  {one.name}", one.tier, f"{one.n:,}", f"{one.positives:,}", *(_figure(one, name) for name in _COLUMNS[:3])]
        for one in there
    ]
    lines = table(rows, right=frozenset({2, 3}))
    yield [
        paint(f"{numbers.plural(conversations, 'conversation')}, {title}", "bold"),
        paint(lines[0], "dim"),
        *lines[1:],
    ]
    rest = [["Score", *(_NAMES.get(name, name) for name in _COLUMNS[3:]), "left out", "asks"]]
    rest += [
        [
            f"  {one.name}",
            *(_figure(one, name) for name in _COLUMNS[3:]),
            f"{one.unanswered:,}",
            f"{one.question} ({'each turn' if one.unit == 'turn' else one.label})",
        ]
        for one in there
    ]
    if there:
        lines = table(rest, right=frozenset({4}))
        yield [paint(lines[0], "dim"), *lines[1:]]
    missing: dict[str, list[str]] = {}
    for one in figures:
        if not one.n:
            missing.setdefault(one_line(one.reason) or "no case", []).append(one.name)
    for reason, those in missing.items():
        yield fold(f"Not measured, {reason}: {', '.join(those)}", width, "    ", "  ")
    yield from _slips(there, named, width, paint)


def _figure(one: Figure, name: str) -> str:
    measured = one.measures.get(name)
    return "-" if measured is None else figure(measured)


def figure(one: Measured) -> str:
    """`.93 [.87, .97]`; `-` where there is none."""
    if one.estimate is None:
        return "-"
    ends = f" [{_plain(one.low)}, {_plain(one.high)}]" if one.low is not None and one.high is not None else ""
    return _plain(one.estimate) + ends


def _plain(number: float | None) -> str:
    """Three digits, none of which says 1 or 0 of what is neither."""
    if number is None:
        return numbers.OPEN
    text = f"{number:.3f}"
    if abs(float(text)) in (0.0, 1.0) and float(text) != number:
        text = f"{number:.4f}"
    return text.rstrip("0").rstrip(".").replace("0.", ".", 1) if number not in (0, 1) else f"{number:.0f}"


def _slips(figures: Sequence[Figure], named: bool, width: int, paint: Paint) -> Iterator[list[str]]:
    rows = [["Where it is wrong", "kind", "n", "missed", "falsely alarmed"]]
    lines: list[str] = []
    for one in figures:
        for kind in one.kinds:
            # Kinds are of whole conversations: what they say of single turns is in the JSON.
            if one.unit == "conversation" and (kind.missed or kind.alarmed):
                cells = [f"{kind.n:,}", f"{kind.missed or ''}", f"{kind.alarmed or ''}"]
                rows.append([f"  {one.name}", one_line(kind.kind), *cells])
        for what in ("missed", "alarmed") if named and one.unit == "conversation" else ():
            ids = [one_line(slip.id) for slip in one.slips if slip.what == what]
            if ids:
                more = f" and {len(ids) - 40:,} more" if len(ids) > 40 else ""
                lines += fold(f"{one.name} {what}: {', '.join(ids[:40])}{more}", width, "      ", "  ")
    if len(rows) > 1:
        told = table(rows, right=frozenset({2, 3, 4}))
        yield [paint(told[0], "dim"), *told[1:]]
    if lines:
        yield lines


def _doses(found: Accuracy, width: int, paint: Paint) -> list[str]:
    title = f"Reference bots, {found.each:,} customers each, the same for every dose (seed {found.seed})"
    lines = [paint(title, "bold")]
    for dose in found.doses:
        if dose.reason:
            lines.append(f"  {dose.fault}: not measured: {dose.reason}")
            continue
        word = f"{dose.fault} -> {dose.metric} ({dose.label})"
        tau = "-" if dose.tau is None else f"{dose.tau:.2f}"
        verdict = f"{_yes(dose.ordered, 'ordered', paint)}, {_yes(dose.apart, 'apart from helpful', paint)}"
        lines.append(f"  {word}: {verdict}; tau {tau}, {_chance(dose.p)}, n {dose.n:,}")
        arms = [] if dose.helpful is None else [["    helpful", *_arm(dose, dose.helpful)]]
        arms += [[f"    {one_line(arm.bot)}", *_arm(dose, arm.value)] for arm in dose.arms]
        lines += table(arms, right=frozenset({3}))
    lines += fold(
        "Ordered: Kendall's tau over single conversations is above 0 at p < .001, and no two doses lie apart in the wrong "
        "order. Apart: the 95 % intervals of helpful and of the worst dose do not touch.",
        width,
        "  ",
    )
    return lines


def _chance(p: float | None) -> str:
    return "p -" if p is None else "p < .001" if p < 0.001 else f"p {p:.3f}"


def _yes(value: bool | None, words: str, paint: Paint) -> str:
    if value is None:
        return paint(f"not known whether {words}", "warn")
    return paint(words, "good") if value else paint(f"NOT {words}", "bad")


def _arm(dose: Dose, value: Measured) -> list[str]:
    top = max([one.estimate or 0.0 for one in (*(arm.value for arm in dose.arms), value)] or [1.0])
    scale = 1.0 if dose.unit == "share" else top or 1.0
    bar = "#" * round(_BAR * (value.estimate or 0.0) / scale)
    return [bar.ljust(_BAR), figure(value), f"n {value.n:,}"]


def _known(known: Sequence[Known], width: int, paint: Paint) -> list[str]:
    if not known:
        return []
    lines = [paint("Single conversations whose truth the bot itself knows, all doses together", "bold")]
    rows = [["  bot", "score", "n", "did", "found", "recall", "false alarms", "specificity"]]
    for one in known:
        n, did = sum(arm.n for arm in one.arms), sum(arm.positives for arm in one.arms)
        rows.append(
            [
                f"  {one.fault}",
                one.score,
                f"{n:,}",
                f"{did:,}",
                f"{sum(arm.found for arm in one.arms):,}",
                figure(one.recall),
                f"{sum(arm.alarmed for arm in one.arms):,}",
                figure(one.specificity),
            ]
        )
    lines += table(rows, right=frozenset({2, 3, 4, 6}))
    for one in known:
        clean, worst = one.arms[0], one.arms[-1]
        lines += fold(
            f"{one.fault} ({one.truth}): {worst.found:,} of {worst.positives:,} found at the highest dose, "
            f"{clean.alarmed:,} of {clean.n:,} falsely alarmed at none",
            width,
            "    ",
            "  ",
        )
    return lines


def _floors(floors: Sequence[Floor], width: int, paint: Paint) -> list[str]:
    rows = [["Floors", "at least", "found", "is"]]
    rows += [
        [f"  {one.name}", _plain(one.at_least), "-" if one.found is None else _plain(one.found), _is(one)]
        for one in floors
    ]
    lines = table(rows)
    painted = [paint(line, _OUTCOMES[one.outcome]) for line, one in zip(lines[1:], floors, strict=True)]
    words = (
        "A floor is held against the estimate; with .low behind its name, against the lower end of the 95 % interval."
    )
    return [paint(lines[0], "dim"), *painted, *fold(words, width, "  ")]


def _is(floor: Floor) -> str:
    word = "FAIL" if floor.outcome == "fail" else floor.outcome
    return f"{word}: {one_line(floor.reason)}" if floor.reason else word


def accuracy_markdown(found: Accuracy) -> str:
    """The tables of a README: what no scorer was tuned on, and the reference bots."""
    split = HELD_OUT if HELD_OUT in found.conversations else next(iter(found.conversations), "")
    languages = ", ".join(f"{language} {count}" for language, count in found.languages.items())
    lines = [
        f"exitramp {found.version}, {found.date}: {found.conversations.get(split, 0)} dialogues of {found.source} that no "
        f"scorer was tuned on (whole set: {languages}). Brackets: 95 %.",
        "",
        "| score | asks | tier | n | yes | precision | recall | F1 | AUC |",
        "|---|---|---|--:|--:|---|---|---|---|",
    ]
    for one in found.figures:
        if one.split == split and one.n:
            cells = [_figure(one, name) for name in ("precision", "recall", "f1", "auc")]
            asks = f"{one.question}{' (turns)' if one.unit == 'turn' else ''}"
            lines.append(f"| `{one.name}` | {asks} | {one.tier} | {one.n} | {one.positives} | {' | '.join(cells)} |")
    if found.doses:
        lines += [
            "",
            f"Reference bots, {found.each} customers each:",
            "",
            *_dose_rows(found.doses),
            "",
            *_known_rows(found.known),
        ]
    return "\n".join(lines) + "\n"


def _dose_rows(doses: Sequence[Dose]) -> Iterator[str]:
    yield "| fault | metric | helpful | none of it | half | all of it | ordered | apart |"
    yield "|---|---|---|---|---|---|---|---|"
    for dose in doses:
        if dose.reason or dose.helpful is None:
            yield f"| `{dose.fault}` | not measured: {dose.reason} | | | | | | |"
            continue
        arms = [figure(dose.arms[place].value) for place in (0, len(dose.arms) // 2, -1)]
        flags = [{True: "yes", False: "no", None: "-"}[flag] for flag in (dose.ordered, dose.apart)]
        yield f"| `{dose.fault}` | {dose.metric} | {figure(dose.helpful)} | {' | '.join([*arms, *flags])} |"


def _known_rows(known: Sequence[Known]) -> Iterator[str]:
    yield "| fault | score | did it | found | recall | falsely alarmed | specificity |"
    yield "|---|---|--:|--:|---|--:|---|"
    for one in known:
        did, hit, alarmed = (sum(getattr(arm, what) for arm in one.arms) for what in ("positives", "found", "alarmed"))
        cells = [f"`{one.fault}`", f"`{one.score}`", did, hit, figure(one.recall), alarmed, figure(one.specificity)]
        yield f"| {' | '.join(map(str, cells))} |"


def margin(headlines: Sequence[Headline], width: int, paint: Paint) -> list[str]:
    """For a run's report: how often the scorers behind it are right; nothing where that was never measured."""
    seen = [one for one in headlines if one.tier != "T0"]  # a run's customers tell their acts: nothing is guessed
    if not seen:
        return []
    told = "; ".join(
        f"{one.score} precision {figure(one.precision)}, recall {figure(one.recall)}, n {one.n:,}" for one in seen
    )
    words = f"On labelled dialogues that no scorer was tuned on: {told}. All of it: exitramp accuracy --published"
    return [paint("How often the scorers are right", "dim"), *fold(words, width, "  ")]
