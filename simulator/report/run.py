"""A whole run on a screen: the verdict first, then what it rests on, then where to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec

from simulator.model.errors import NETWORK_CAUSES, SETUP_CAUSES
from simulator.model.gates import Gate, Judgement
from simulator.model.score import NOT_REACHED, Metric
from simulator.model.transcript import Ending
from simulator.registry import QUESTIONS
from simulator.registry.accuracy import Headline
from simulator.report import numbers
from simulator.report.accuracy import margin
from simulator.report.numbers import Unit
from simulator.report.terminal import WIDTH, Paint, Style, fold, one_line, painter, table
from simulator.report.voices import voices
from simulator.report.words import REGISTRY, Meanings, is_detail, label_of, note_in_words, question_of, unit_of
from simulator.report.worst import Cell, Pick
from simulator.scorers.hidden_path import CAP
from simulator.scorers.truth import basis_in_words
from simulator.verdict.judge import verdict

ENDINGS: tuple[Ending, ...] = get_args(Ending)
APART: tuple[Ending, ...] = ("target_failed", "simulator_failed", "interrupted")

_ENDINGS: dict[str, str] = {
    "satisfied": "satisfied",
    "handed_off": "handed off",
    "left_voiced": "left saying so",
    "left_silent": "left silently",
    "bot_closed": "bot closed",
    "limit": "turn or time limit",
    "interrupted": "interrupted",
    "target_failed": "target failed",
    "simulator_failed": "simulator failed",
}
_CAUSES = {
    "refused": ("connection refused", "connections refused"),
    "timeout": ("timeout", "timeouts"),
    "cut": ("cut line", "cut lines"),
    "status": ("error status", "error statuses"),
    "not_json": ("answer not JSON", "answers not JSON"),
    "too_large": ("answer too large", "answers too large"),
    "empty": ("empty answer", "empty answers"),
    "error": ("error in the answer", "errors in the answer"),
    "raised": ("exception", "exceptions"),
    "setup": ("failed set-up", "failed set-ups"),
}
_TEST_SYSTEM = "your test system, not the bot"
_SCOPES = {"these_scenarios": "these scenarios", "all_scenarios": "scenarios like these"}
_STYLES: dict[str, Style] = {
    "passed": "good",
    "failed": "bad",
    "inconclusive": "warn",
    "not_judged": "dim",
    "pass": "good",
    "fail": "bad",
}


class Run(msgspec.Struct, frozen=True):
    """What a report is made of. `metrics` and `judgements` name the targets they belong to."""

    folder: str
    """The run's folder as people type it."""
    metrics: Mapping[str, Sequence[Metric]]
    """By target, in the order in which they ran."""
    counts: Mapping[str, Any]
    """`planned`, `started`, `finished`, `in_flight`, one for each ending, and the same under `probes`."""
    judgements: Sequence[Judgement] | None = None
    """None or empty = nothing was judged."""
    description: Mapping[str, Any] = {}
    """What is said of the run below the verdict, in this order: `{"seed": 7, "scenarios": 12}`."""
    causes: Mapping[str, int] = {}
    """TargetFailed causes and how often each came."""
    worst: Sequence[Pick] = ()
    """At most one for each target."""
    cells: Sequence[Cell] = ()
    """Scenario x persona with the most trapped customers, worst first."""
    missing: Sequence[str] = ()
    """Ids of conversations that were started and of which nothing is on disk."""
    notes: Sequence[str] = ()
    """What a reader has to know beside the numbers, each in one sentence."""
    damage: Sequence[str] = ()
    """Lines that could not be read, each in one sentence."""
    stopped: str = ""
    """Why the run ended before its plan: `Ctrl-C`, `disk full`, ... Empty = it did not."""
    examples: Mapping[str, str] = {}
    """One conversation's id for each kind of failure: `target_failed`, `simulator_failed`."""
    truths: Mapping[str, Mapping[str, Any]] = {}
    """By target, what its resolution rate rests on, as in `verdict.counts.truths`."""
    wording: Mapping[str, Any] | None = None
    """What the customers' language model did and took; None where phrases alone had the word."""
    accuracy: Sequence[Headline] = ()
    """How often the scorers are right, as this release published it."""
    everything: bool = False
    """Every measure, also those of detail."""


def run_report(run: Run, meanings: Meanings = REGISTRY, *, width: int = WIDTH, colour: bool = False) -> str:
    """The whole report, the verdict first."""
    known = meanings
    paint = painter(colour)
    blocks = [
        _verdict(run, known, width, paint),
        _cut_short(run, width, paint),
        _gates(run, known, width, paint),
        *_measures(run, known, width, paint),
        _truths(run, width, paint),
        _cells(run, paint),
        _worst(run, width, paint),
        *voices(run.wording, run.metrics, known, width, paint),
        _apart(run, width, paint),
        _endings(run, width, paint),
        _unmeasured(run, known, width, paint),
        margin(run.accuracy, width, paint),
        _next(run, known, paint),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


# --- the verdict and its gates


def verdict_sentence(run: Run, meanings: Meanings = REGISTRY) -> str:
    """The verdict and its reason in one sentence, without the word FAILED or PASSED in front."""
    known = meanings
    judgements = list(run.judgements or ())
    failed = [one for one in judgements if one.outcome == "fail"]
    open_ = [one for one in judgements if one.outcome == "inconclusive"]
    if not judgements:
        return "The run had no gates, so nothing was judged."
    if failed:
        more = f" {numbers.plural(len(failed) - 1, 'more gate')} failed." if len(failed) > 1 else ""
        return f"{_why_failed(failed[0], run, known)}{more}"
    if open_:
        more = f" So are {len(open_) - 1} more." if len(open_) > 2 else " So is one more." if len(open_) == 2 else ""
        return f"{_why_open(open_[0], run, known)}{more}"
    return "The only gate passed." if len(judgements) == 1 else f"All {len(judgements)} gates passed."


def _why_failed(judgement: Judgement, run: Run, known: Meanings) -> str:
    gate, unit = judgement.gate, _unit(judgement.gate, known)
    label = _gate_label(judgement, run, known)
    if judgement.measured is None:
        return f"{label}: {numbers.NEVER if judgement.never else one_line(judgement.reason)}; {_allows(gate, unit)}."
    limit = _limit_value(gate)
    if limit is None:
        return f"{label}: {numbers.measured(judgement.measured, unit, 1)} ({one_line(judgement.reason)})."
    return f"{label}: {numbers.apart(judgement.measured, limit, unit)}; {_allows(gate, unit)}."


def _allows(gate: Gate, unit: Unit) -> str:
    return f"the gate allows {_limit(gate, unit)}"


def _why_open(judgement: Judgement, run: Run, known: Meanings) -> str:
    text = f"{_gate_label(judgement, run, known)} cannot be told: {one_line(judgement.reason) or 'too little evidence'}"
    if judgement.smallest_n is not None and judgement.smallest_n > judgement.n and "flawless" not in text:
        text += f"; a flawless bot passes from {judgement.smallest_n:,}, here were {judgement.n:,}"
    return f"{text}."


def _gate_label(judgement: Judgement, run: Run, known: Meanings) -> str:
    gate = judgement.gate
    label = label_of(gate.of or gate.metric, known)
    label = label[:1].upper() + label[1:]
    if gate.metric == "scenario_worse":
        label = f"Scenarios that got worse ({label[:1].lower() + label[1:]})"
    where = [one_line(part) for part in (gate.group, judgement.target if len(run.metrics) > 1 else "") if part]
    return f"{one_line(label)} ({', '.join(where)})" if where else one_line(label)


def _verdict(run: Run, known: Meanings, width: int, paint: Paint) -> list[str]:
    outcome = verdict(run.judgements or ())
    word = outcome.upper().replace("_", " ")
    lines = fold(verdict_sentence(run, known), width, " " * (len(word) + 2), f"{word}  ")
    lines[0] = paint(word, _STYLES[outcome]) + lines[0][len(word) :]
    about = [
        f"{one_line(str(name))} {_plain_value(value)}"
        for name, value in run.description.items()
        if value not in ("", None)
    ]
    named = ", ".join(one_line(target) for target in run.metrics)
    lines += fold(", ".join([part for part in (named, *about) if part]), width, "  ")
    return lines


def _plain_value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return one_line(str(value))
    return numbers.number(value)


def _gates(run: Run, known: Meanings, width: int, paint: Paint) -> list[str]:
    judgements = list(run.judgements or ())
    if not judgements:
        return []
    rows = [["Gates", "limit", "measured", "n", "bound", "is", "can pass from"]]
    for judgement in judgements:
        gate, unit = judgement.gate, _unit(judgement.gate, known)
        name = gate.metric if not gate.of else f"{gate.metric} of {gate.of}"
        where = [part for part in (gate.group, judgement.target if len(run.metrics) > 1 else "") if part]
        rows.append(
            [
                f"  {one_line(' '.join([name, *where]))}",
                _limit(gate, unit),
                _measured(judgement, unit),
                f"{judgement.n:,}",
                _bound(judgement, unit),
                judgement.outcome.upper() if judgement.outcome == "fail" else judgement.outcome,
                f"{judgement.smallest_n:,}" if judgement.smallest_n is not None else "-",
            ]
        )
    lines = table(rows, right=frozenset({3}))
    painted = [paint(lines[0], "dim")]
    for line, judgement in zip(lines[1:], judgements, strict=True):
        painted.append(paint(line, _STYLES[judgement.outcome]) if judgement.outcome != "pass" else line)
        if judgement.outcome != "pass" and judgement.reason:
            painted += fold(one_line(judgement.reason), width, "      ")
        if judgement.outcome == "fail":
            whose = [pick.id for pick in run.worst if pick.target == judgement.target or len(run.metrics) == 1]
            painted += [f"      {command}" for one in whose[:1] for command in _commands(run, one)]
    return painted + fold(_basis(judgements), width, "  ")


def _commands(run: Run, conversation: str) -> list[str]:
    """How to read a conversation, and how to hold it again."""
    folder = one_line(run.folder).rstrip("/")
    return [f"exitramp {command} {folder} {one_line(conversation)}" for command in ("show ", "rerun")]


def _measured(judgement: Judgement, unit: Unit) -> str:
    """The gate's own estimate with its own interval, which may be of another scope than the report's."""
    if judgement.never:
        return numbers.NEVER
    if judgement.measured is None:
        return numbers.NOT_MEASURED
    limit = _limit_value(judgement.gate)
    text = (
        numbers.measured(judgement.measured, unit, 1)
        if limit is None
        else numbers.apart(judgement.measured, limit, unit)
    )
    return text + numbers.interval(judgement.gate.metric, judgement.low, judgement.high, unit, 1)


def _basis(judgements: Sequence[Judgement]) -> str:
    """What the gates rest on: `Gates are judged on one-sided 95 % bounds for these scenarios.`"""
    bounds = {(one.confidence, one.scope) for one in judgements if one.gate.use == "bound"}
    said = [
        f"one-sided {numbers.percent(confidence)} bounds for {_SCOPES[scope]}" for confidence, scope in sorted(bounds)
    ]
    if len(judgements) > sum(one.gate.use == "bound" for one in judgements):
        said.append(f"the estimate{' where they say so' if said else ''}")
    brackets = any(one.low is not None or one.high is not None for one in judgements)
    about = {one.scope for one in judgements}
    shown = f" Brackets: 95 % intervals for {_SCOPES[about.pop()]}." if brackets and len(about) == 1 else ""
    return f"Gates are judged on {', and on '.join(said)}.{shown}"


def _bound(judgement: Judgement, unit: Unit) -> str:
    if judgement.bound is None or judgement.gate.use == "estimate":
        return "-"
    limit = _limit_value(judgement.gate)
    return numbers.measured(judgement.bound, unit, 1) if limit is None else numbers.apart(judgement.bound, limit, unit)


def _limit_value(gate: Gate) -> float | None:
    return gate.at_most if gate.at_most is not None else gate.at_least


def _limit(gate: Gate, unit: Unit) -> str:
    """`at most 5 %`, `at least 80 %`, `at most 5 points worse`."""
    if gate.worse_by_at_most is not None:
        shown = numbers.measured(gate.worse_by_at_most, "points" if unit == "share" else unit)
        return f"at most {shown}{' points' if unit in ('share', 'points') else ''} worse"
    value = _limit_value(gate)
    if value is None:
        return "none"
    return f"at {'most' if gate.at_most is not None else 'least'} {_exact(value, unit)}"


def _exact(value: float, unit: Unit) -> str:
    """A limit as it was written: 2.5 % stays 2.5 %."""
    if unit not in ("share", "points"):
        return numbers.measured(value, unit)
    return numbers.number(round(100 * value, 6)) + (" %" if unit == "share" else "")


def gate_line(gate: Gate, meanings: Meanings = REGISTRY) -> str:
    """A gate as people type it, with its limit in words: `entrapment_rate at most 5 %`."""
    name = gate.metric if not gate.of else f"{gate.metric} of {gate.of}"
    where = f" [{gate.group}]" if gate.group else ""
    return f"{one_line(name + where)} {_limit(gate, _unit(gate, meanings))}"


def _unit(gate: Gate, known: Meanings) -> Unit:
    return "number" if gate.metric == "scenario_worse" else unit_of(gate.metric, known)


# --- what was measured


def _measures(run: Run, known: Meanings, width: int, paint: Paint) -> Iterator[list[str]]:
    for target, metrics in run.metrics.items():
        whole = {metric.name: metric for metric in metrics if not metric.group}
        shown = [metric for metric in whole.values() if _to_show(metric) and _wanted(metric, run, known)]
        if not shown:
            continue
        notes = _Notes(shown)
        rows: list[list[str]] = []
        for question, of_question in _grouped(shown, known):
            rows.append([question])
            rows.extend([*_row(metric, known), notes.marks(metric)] for metric in of_question)
        heading = one_line(target) if len(run.metrics) > 1 else "Measured"
        lines = table([[heading, "", "n", "left out", notes.heading], *rows], right=frozenset({2, 3}))
        block = [paint(lines[0], "bold" if len(run.metrics) > 1 else "dim")]
        block += [paint(line, "bold") if len(row) == 1 else line for line, row in zip(lines[1:], rows, strict=True)]
        block += fold(_intervals(shown), width, "  ")
        for line in notes.lines():
            block += fold(line, width, "     ", "  ")
        yield block


def _wanted(metric: Metric, run: Run, known: Meanings) -> bool:
    return run.everything or not is_detail(metric.name, known)


def _grouped(metrics: Sequence[Metric], known: Meanings) -> Iterator[tuple[str, list[Metric]]]:
    """By the question that they help to answer; what the registry does not know comes last."""
    for question in (*QUESTIONS, ""):
        found = [metric for metric in metrics if question_of(metric.name, known) == question]
        if found:
            yield question or "Besides", found


class _Notes:
    """What a reader should know beside single numbers: a letter at the row, the words once below the table."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        said = [note for metric in metrics for note in _notes_of(metric)]
        self._common = [note for note in dict.fromkeys(said) if said.count(note) == len(metrics) > 1]
        self._letters = {
            note: _letter(place)
            for place, note in enumerate(note for note in dict.fromkeys(said) if note not in self._common)
        }

    @property
    def heading(self) -> str:
        """What stands above the letters; nothing where there are none."""
        return "notes" if self._letters else ""

    def marks(self, metric: Metric) -> str:
        """The letters of one row: `a, c`."""
        return ", ".join(self._letters[note] for note in _notes_of(metric) if note in self._letters)

    def lines(self) -> Iterator[str]:
        """What is true of every row first, then a line a letter."""
        for note in self._common:
            yield f"All of them: {note}."
        for note, letter in self._letters.items():
            yield f"{letter}: {note}."


def _letter(place: int) -> str:
    """a ... z, aa ... zz."""
    rounds, rest = divmod(place, 26)
    return (chr(ord("a") + rounds - 1) if rounds else "") + chr(ord("a") + rest)


def _notes_of(metric: Metric) -> list[str]:
    """What is said beside an estimate, and why it has no interval where it has none."""
    notes = [one_line(part) for part in metric.reason.split("; ") if part and part != NOT_REACHED]
    if metric.estimate is not None and metric.low is None and metric.high is None and not notes:
        notes = ["no interval could be computed"]
    return list(dict.fromkeys(note_in_words(note) for note in notes))


def _to_show(metric: Metric) -> bool:
    """What was measured, or was looked for and never came; the rest is listed with its reasons."""
    return metric.estimate is not None or numbers.never_reached(metric)


def _row(metric: Metric, known: Meanings) -> list[str]:
    unit = unit_of(metric.name, known)
    tries = CAP if metric.name == "asks_before_grant" else None
    text = numbers.estimate(metric, unit, digits=1, tries=tries)
    text += " points" if unit == "points" and metric.estimate is not None else ""
    skipped = f"{metric.skipped:,}" if metric.skipped else ""
    return [f"    {one_line(label_of(metric.name, known))}", text, f"{metric.n:,}", skipped]


def _intervals(metrics: Sequence[Metric]) -> str:
    shown = [metric for metric in metrics if metric.low is not None or metric.high is not None]
    if not shown:
        return "No intervals: there was too little to say how sure these numbers are."
    about = {metric.estimand for metric in shown}
    if about == {"these_scenarios"}:
        return "Brackets: 95 % intervals for these scenarios, and for no others."
    if about == {"all_scenarios"}:
        return "Brackets: 95 % intervals for scenarios like these, the list being a sample of them."
    return "Brackets: 95 % intervals, some for these scenarios alone, some for scenarios like them."


def _unmeasured(run: Run, known: Meanings, width: int, paint: Paint) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for metrics in run.metrics.values():
        for metric in metrics:
            if not metric.group and not _to_show(metric) and _wanted(metric, run, known):
                labels = reasons.setdefault(one_line(metric.reason) or "no reason given", [])
                label = one_line(label_of(metric.name, known))
                if label not in labels:
                    labels.append(label)
    lines: list[str] = []
    for reason, labels in reasons.items():
        lines += fold(f"{'; '.join(labels)}: {reason}", width, "    ", "  ")
    return [paint("Not measured", "dim"), *lines] if lines else []


def _truths(run: Run, width: int, paint: Paint) -> list[str]:
    """On what the resolution rate rests, what nobody can say, and how the test system answered."""
    lines: list[str] = []
    for target, found in run.truths.items():
        by, unknown, states = (found.get(name, {}) for name in ("by", "unknown", "states"))
        if not by and not unknown:
            continue
        told = [f"{basis_in_words(basis)} {times:,}" for basis, times in by.items()]
        told += [f"nobody can say {sum(unknown.values()):,}"] if unknown else []
        whose = f"{one_line(target)}: " if len(run.truths) > 1 else ""
        total = sum(by.values()) + sum(unknown.values())
        lines += fold(f"{whose}{', '.join(told)}; of {numbers.plural(total, 'conversation')}", width, "    ", "  ")
        for reason, times in unknown.items():
            lines += fold(f"{one_line(reason)}: {times:,}", width, "      ", "    ")
        if states.get("looks"):
            unread = states["unread"]
            text = (
                f"test system: looked at {states['looks']:,} times with {numbers.plural(states['requests'], 'request')}"
            )
            if unread:
                causes = ", ".join(f"{one_line(cause)} {times:,}" for cause, times in unread.items())
                text += f"; {sum(unread.values()):,} could not be read ({causes}): {_TEST_SYSTEM}"
            lines += fold(text, width, "      ", "    ")
    return [paint("What shows whether it is solved", "dim"), *lines] if lines else []


# --- where to look


def _cells(run: Run, paint: Paint) -> list[str]:
    if not run.cells:
        return []
    several = len(run.metrics) > 1
    rows = [
        [
            f"  {one_line(cell.scenario)} x {one_line(cell.persona)}",
            *([one_line(cell.target)] if several else []),
            f"{cell.trapped:,} of {cell.n:,}",
        ]
        for cell in run.cells
    ]
    return [paint("Where most are trapped", "dim"), *table(rows)]


def _worst(run: Run, width: int, paint: Paint) -> list[str]:
    if not run.worst:
        return []
    lines = [paint("Worst conversation" + (" of each target" if len(run.worst) > 1 else ""), "dim")]
    for pick in run.worst:
        talk = pick.candidate.held
        what = f"{one_line(talk.scenario)} x {one_line(talk.persona)}, {pick.reason}"
        whose = f"{one_line(pick.target)}: " if len(run.metrics) > 1 else ""
        lines += fold(f"{whose}{one_line(pick.id)}, {what}", width, "    ", "  ")
        lines += [f"    {command}" for command in _commands(run, pick.id)]
    return lines


def _next(run: Run, known: Meanings, paint: Paint) -> list[str]:
    folder = one_line(run.folder).rstrip("/")
    kept_back = {one.name for metrics in run.metrics.values() for one in metrics if not _wanted(one, run, known)}
    rows = [
        [f"  exitramp show {folder} ID", "read one conversation, with the turns marked"],
        [f"  exitramp report {folder}", "this page again"],
        *([[f"  exitramp report {folder} --all", f"with {len(kept_back)} measures of detail"]] if kept_back else []),
        ["  exitramp metrics explain NAME", "what a number means and how it is made"],
    ]
    return [paint("Next", "dim"), *table(rows)]


# --- what is not the bot's


def _apart(run: Run, width: int, paint: Paint) -> list[str]:
    failed, ours, cut = (_count(run.counts, ending) for ending in APART)
    causes = _by_side(run.causes)
    text = (
        f"target failed {_shown(failed)}{f' ({causes})' if causes else ''}, "
        f"simulator failed {_shown(ours)}, interrupted {_shown(cut)}"
    )
    lines = [paint("Counted apart from the bot", "dim"), *fold(text, width, "  ")]
    for ending, one in run.examples.items():
        lines.append(f"  {_ENDINGS[ending]}, for example {one_line(one)}")
        lines += [f"    {command}" for command in _commands(run, one)]
    return lines


def _by_side(causes: Mapping[str, int]) -> str:
    """`unreachable: 4 timeouts; answered badly: 1 error status`."""
    sides: dict[str, list[str]] = {"unreachable": [], "answered badly": [], _TEST_SYSTEM: []}
    for cause, times in causes.items():
        if times:
            sides[_side(cause)].append(_cause(cause, times))
    return "; ".join(f"{side}: {', '.join(found)}" for side, found in sides.items() if found)


def _side(cause: str) -> str:
    if cause in SETUP_CAUSES:
        return _TEST_SYSTEM
    return "unreachable" if cause in NETWORK_CAUSES else "answered badly"


def _cause(cause: str, times: int) -> str:
    one, many = _CAUSES.get(cause, (one_line(cause), one_line(cause)))
    return f"{times:,} {one if times == 1 else many}"


def _endings(run: Run, width: int, paint: Paint) -> list[str]:
    lines = [paint("Endings", "dim"), *fold(reconciled(run.counts), width, "  ")]
    probes = run.counts.get("probes")
    if isinstance(probes, Mapping) and probes.get("planned"):
        lines += fold(f"Probes, apart: {reconciled(probes)}", width, "  ")
    return lines


def reconciled(counts: Mapping[str, Any]) -> str:
    """Every ending with its count and their sum, held against what was started; a difference is said, not hidden."""
    found = {ending: _count(counts, ending) or 0 for ending in ENDINGS}
    started, flying = _count(counts, "started"), _count(counts, "in_flight") or 0
    parts = [f"{_ENDINGS[ending]} {times:,}" for ending, times in found.items() if times]
    total = sum(found.values())
    text = f"{', '.join(parts) or 'none'}; sum {total:,}"
    if flying:
        text += f" and in flight {flying:,}"
    if started is None:
        return f"{text}; how many were started is not known"
    difference = started - total - flying
    if difference == 0:
        return f"{text} of {started:,} started"
    missing = f"{difference:,} are missing" if difference > 0 else f"{-difference:,} too many"
    return f"{text}, but {started:,} were started: {missing}"


def _cut_short(run: Run, width: int, paint: Paint) -> list[str]:
    planned, started = _count(run.counts, "planned"), _count(run.counts, "started")
    flying = _count(run.counts, "in_flight") or 0
    lines: list[str] = []
    waiting = max(0, planned - started) if planned is not None and started is not None else 0
    if run.stopped or waiting or flying or run.missing:
        parts = []
        if waiting:
            parts.append(f"{waiting:,} of {planned:,} were never started")
        if flying:
            parts.append(f"{flying:,} were under way and left nothing")
        named = [one_line(one) for one in run.missing[:8]]
        if named:
            more = f" and {len(run.missing) - len(named):,} more" if len(run.missing) > len(named) else ""
            parts.append(f"no record of {', '.join(named)}{more}")
        why = f" ({one_line(run.stopped)})" if run.stopped else ""
        rest = f": {'; '.join(parts)}" if parts else ""
        lines += fold(f"This run was cut short{why}{rest}. What finished is below.", width, "  ")
    for sentence in run.notes:
        lines += fold(f"Note: {one_line(sentence)}", width, "    ", "  ")
    for sentence in run.damage[:5]:
        lines += fold(f"Could not be read: {one_line(sentence)}", width, "    ", "  ")
    if len(run.damage) > 5:
        lines.append(f"  ... and {len(run.damage) - 5:,} more lines.")
    return [paint(line, "warn") for line in lines]


def _count(counts: Mapping[str, Any], name: str) -> int | None:
    value = counts.get(name)
    return int(value) if isinstance(value, int | float) else None


def _shown(value: int | None) -> str:
    return "not counted" if value is None else f"{value:,}"
