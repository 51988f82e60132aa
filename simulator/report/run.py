"""A whole run on a screen: the verdict first, then what it rests on, then where to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec

from simulator.model.gates import Gate, Judgement
from simulator.model.score import Metric
from simulator.model.transcript import Ending
from simulator.report import numbers
from simulator.report.numbers import Unit
from simulator.report.terminal import WIDTH, Paint, Style, fold, one_line, painter, table
from simulator.report.words import REGISTRY, Meanings, label_of, unit_of
from simulator.report.worst import Cell, Pick
from simulator.scorers.hidden_path import CAP

Verdict = Literal["PASSED", "FAILED", "INCONCLUSIVE", "NOT JUDGED"]

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
}
_STYLES: dict[str, Style] = {
    "PASSED": "good",
    "FAILED": "bad",
    "INCONCLUSIVE": "warn",
    "NOT JUDGED": "dim",
    "pass": "good",
    "fail": "bad",
    "inconclusive": "warn",
}

QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Are they trapped?",
        (
            "entrapment_rate",
            "loop_rate",
            "near_loop_rate",
            "wasted_turn_ratio",
            "loop_time",
            "unrecognised_turn_rate",
            "too_short",
        ),
    ),
    (
        "Can they reach a person?",
        (
            "human_bypass_rate",
            "asks_before_grant",
            "hidden_depth",
            "gate_layers",
            "visible_human_access",
            "unmet_ask_rate",
            "false_promise_rate",
        ),
    ),
    (
        "Does it step aside well?",
        (
            "ttee_cif_60",
            "ttee_cif_180",
            "ttee_cif_300",
            "ttee_median",
            "answer_cif_180",
            "escalation_sensitivity",
            "escalation_specificity",
            "dead_end_rate",
            "transfer_bounces",
            "handoff_completeness",
            "handoff_precision",
            "fabrications",
            "told_again",
            "story_repeat_rate",
            "ownership_rate",
            "assist_coverage",
        ),
    ),
    (
        "Is it really solved?",
        (
            "resolution_rate",
            "claimed_resolution_rate",
            "false_resolution_rate",
            "containment_rate",
            "toxic_containment_rate",
            "deflected_away_rate",
            "trust_gap",
            "fcr",
            "recontact_rate",
            "effort",
            "first_answer_time",
        ),
    ),
    (
        "Do they stay?",
        ("silent_exit_rate", "silent_share", "end_trust", "silent_churn", "clv_at_risk", "executive_escalations"),
    ),
    (
        "Is it honest?",
        ("disclosed_first", "disclosed_on_ask", "human_claim", "language_match", "leak_rate"),
    ),
    (
        "Does the wire hold?",
        (
            "error_rate",
            "availability_error_rate",
            "first_token_p50",
            "first_token_p95",
            "first_token_p99",
            "turn_latency_p50",
            "turn_latency_p95",
            "turn_latency_p99",
            "due_latency_p50",
            "due_latency_p95",
            "due_latency_p99",
            "goodput",
        ),
    ),
)


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


def verdict_of(judgements: Sequence[Judgement] | None) -> Verdict:
    """FAILED if any gate failed, else INCONCLUSIVE if any could not tell, else PASSED; NOT JUDGED without gates."""
    outcomes = {judgement.outcome for judgement in judgements or ()}
    if not outcomes:
        return "NOT JUDGED"
    return "FAILED" if "fail" in outcomes else "INCONCLUSIVE" if "inconclusive" in outcomes else "PASSED"


def run_report(run: Run, meanings: Meanings = REGISTRY, *, width: int = WIDTH, colour: bool = False) -> str:
    """The whole report, the verdict first."""
    known = meanings
    paint = painter(colour)
    blocks = [
        _verdict(run, known, width, paint),
        _cut_short(run, width, paint),
        _gates(run, known, width, paint),
        *_measures(run, known, width, paint),
        _cells(run, paint),
        _worst(run, width, paint),
        _apart(run, width, paint),
        _endings(run, width, paint),
        _unmeasured(run, known, width, paint),
        _next(run, paint),
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
        return f"{label}: {one_line(judgement.reason)}."
    limit = _limit_value(gate)
    if limit is None:
        return f"{label}: {numbers.measured(judgement.measured, unit, 1)} ({one_line(judgement.reason)})."
    return f"{label}: {numbers.apart(judgement.measured, limit, unit)}; the gate allows {_limit(gate, unit)}."


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
    word = verdict_of(run.judgements)
    lines = fold(verdict_sentence(run, known), width, " " * (len(word) + 2), f"{word}  ")
    lines[0] = paint(word, _STYLES[word]) + lines[0][len(word) :]
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
                _measured(judgement, run, unit),
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
    return painted


def _commands(run: Run, conversation: str) -> list[str]:
    """How to read a conversation, and how to hold it again."""
    folder = one_line(run.folder).rstrip("/")
    return [f"exitramp {command} {folder} {one_line(conversation)}" for command in ("show ", "rerun")]


def _measured(judgement: Judgement, run: Run, unit: Unit) -> str:
    if judgement.measured is None:
        return numbers.NOT_MEASURED
    limit = _limit_value(judgement.gate)
    text = (
        numbers.measured(judgement.measured, unit, 1)
        if limit is None
        else numbers.apart(judgement.measured, limit, unit)
    )
    found = _metric_of(judgement, run)
    # Against a baseline the judgement measures a difference, to which the metric's own interval does not belong.
    interval = numbers.interval_of(found, unit, 1) if found is not None and not judgement.gate.baseline else ""
    return f"{text} {interval}".strip()


def _metric_of(judgement: Judgement, run: Run) -> Metric | None:
    targets = [judgement.target] if judgement.target else list(run.metrics)
    found = [
        metric
        for target in targets
        for metric in run.metrics.get(target, ())
        if (metric.name, metric.group) == (judgement.gate.metric, judgement.gate.group)
    ]
    return found[0] if len(found) == 1 else None


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
        rows: list[list[str]] = []
        for question, names in _grouped(whole):
            shown = [whole[name] for name in names if _to_show(whole[name])]
            if shown:
                rows.append([question])
                rows.extend(_row(metric, known) for metric in shown)
        if not rows:
            continue
        heading = one_line(target) if len(run.metrics) > 1 else "Measured"
        lines = table([[heading, "", "n", "left out"], *rows], right=frozenset({2, 3}))
        block = [paint(lines[0], "bold" if len(run.metrics) > 1 else "dim")]
        block += [paint(line, "bold") if len(row) == 1 else line for line, row in zip(lines[1:], rows, strict=True)]
        block += fold(_intervals(whole.values()), width, "  ")
        yield block


def _grouped(whole: Mapping[str, Metric]) -> Iterator[tuple[str, list[str]]]:
    placed = {name for _, names in QUESTIONS for name in names}
    for question, names in QUESTIONS:
        yield question, [name for name in names if name in whole]
    yield "Besides", [name for name in whole if name not in placed]


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


def _intervals(metrics: Any) -> str:
    shown = [metric for metric in metrics if metric.low is not None or metric.high is not None]
    if not shown:
        return "No intervals: there was too little to say how sure these numbers are."
    about = {metric.estimand for metric in shown}
    if about == {"these_scenarios"}:
        return "Brackets: 95 % intervals for these scenarios; the claim ends at this list of them."
    if about == {"all_scenarios"}:
        return "Brackets: 95 % intervals for scenarios like these, the list being a sample of them."
    return "Brackets: 95 % intervals, some for these scenarios alone, some for scenarios like them."


def _unmeasured(run: Run, known: Meanings, width: int, paint: Paint) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for metrics in run.metrics.values():
        for metric in metrics:
            if not metric.group and not _to_show(metric):
                labels = reasons.setdefault(one_line(metric.reason) or "no reason given", [])
                label = one_line(label_of(metric.name, known))
                if label not in labels:
                    labels.append(label)
    lines: list[str] = []
    for reason, labels in reasons.items():
        lines += fold(f"{'; '.join(labels)}: {reason}", width, "    ", "  ")
    return [paint("Not measured", "dim"), *lines] if lines else []


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
        talk = pick.candidate.transcript
        what = f"{one_line(talk.scenario)} x {one_line(talk.persona)}, {pick.reason}"
        whose = f"{one_line(pick.target)}: " if len(run.metrics) > 1 else ""
        lines += fold(f"{whose}{one_line(pick.id)}, {what}", width, "    ", "  ")
        lines += [f"    {command}" for command in _commands(run, pick.id)]
    return lines


def _next(run: Run, paint: Paint) -> list[str]:
    folder = one_line(run.folder).rstrip("/")
    rows = [
        [f"  exitramp show {folder} ID", "read one conversation, with the turns marked"],
        [f"  exitramp report {folder}", "this page again"],
        ["  exitramp metrics explain NAME", "what a number means and how it is made"],
    ]
    return [paint("Next", "dim"), *table(rows)]


# --- what is not the bot's


def _apart(run: Run, width: int, paint: Paint) -> list[str]:
    failed, ours, cut = (_count(run.counts, ending) for ending in APART)
    causes = ", ".join(_cause(cause, times) for cause, times in run.causes.items() if times)
    text = (
        f"target failed {_shown(failed)}{f' ({causes})' if causes else ''}, "
        f"simulator failed {_shown(ours)}, interrupted {_shown(cut)}"
    )
    lines = [paint("Counted apart from the bot", "dim"), *fold(text, width, "  ")]
    for ending, one in run.examples.items():
        lines.append(f"  {_ENDINGS[ending]}, for example {one_line(one)}")
        lines += [f"    {command}" for command in _commands(run, one)]
    return lines


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
