"""Which label is answered by which score, and how often it is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from simulator.accuracy.labelled import Labelled, View
from simulator.accuracy.measured import SCORERS, answers
from simulator.model.contracts import Scorer
from simulator.model.errors import InputError, Problem
from simulator.model.score import Score
from simulator.registry.accuracy import Figure, KindCount, Measured, Slip, rounded
from simulator.statistics.detection import detection, share
from simulator.statistics.interval import Interval

AHEAD = 4
"""Turns that a forecast does not see: what comes at the end gives the answer away."""


class Question(msgspec.Struct, frozen=True):
    """One question that labels answer and a score claims to answer."""

    label: str
    """Name in `labels`; by turn if it ends in `_per_turn`."""
    score: str
    """Of whole conversations its value is the answer. Of turns, the turns that it names as proof; where a scorer gives it
    once for each turn, naming that turn, the values are the turns' grades."""
    tier: View
    """What the scorer is shown: the acts and the scenario too (T1), or words alone (T0)."""
    words: str
    positive: bool = True
    """The label's value that an alarm stands for."""
    grade: str = ""
    """The score that says how likely it is, where that is another one; without it, values that are more than two are grades."""
    threshold: float = 0.5
    """A graded score alarms from here on."""
    but_last: int = 0
    """Turns at the end that the scorer does not see."""

    @property
    def name(self) -> str:
        """By which gates know it."""
        return f"{self.score}_ahead" if self.but_last else self.score

    @property
    def unit(self) -> Literal["conversation", "turn"]:
        return "turn" if self.label.endswith("_per_turn") else "conversation"


QUESTIONS: tuple[Question, ...] = (
    Question("loop", "loop", "T1", "going round in circles"),
    Question("loop", "loop_t0", "T0", "going round in circles, from words alone"),
    Question("entrapment", "entrapment", "T1", "in circles and no way out"),
    Question("resolved", "resolved", "T1", "need met by the bot"),
    Question("resolved", "resolved_t0", "T0", "need met by the bot, from words alone"),
    Question("claimed", "claimed", "T1", "said to be solved"),
    Question(
        "escalated", "escalated_t0", "T0", "a person, callback or ticket was arranged", grade="escalated_probability_t0"
    ),
    Question("user_gave_up", "gave_up_t0", "T0", "left unhappy with the need open", grade="gave_up_probability_t0"),
    Question(
        "user_gave_up",
        "gave_up_t0",
        "T0",
        "will give up, four turns ahead",
        grade="gave_up_probability_t0",
        but_last=AHEAD,
    ),
    Question("responsive_per_turn", "unresponsive_turns", "T1", "turn beside what was asked", positive=False),
    Question("breakdown_per_turn", "breakdown_t0", "T0", "turn after which one cannot go on"),
    Question("dissatisfied_per_turn", "dissatisfied_t0", "T0", "turn of an unhappy customer"),
    Question("asks_for_person_per_turn", "asked_human_t0", "T0", "turn that asks for a person"),
    Question("says_again_per_turn", "reformulations_t0", "T0", "turn that says the need again"),
)
"""A score that no scorer gives is said to be missing; a new one needs a line here."""


class Case(NamedTuple):
    """One labelled conversation or turn with the scorer's answer."""

    of: Labelled
    truth: bool
    alarm: bool
    grade: float
    turn: int | None


class _Answers(NamedTuple):
    cases: list[Case]
    unanswered: int
    reasons: Counter[str]


OnProgress = Callable[[int, int], None]


def usable(one: Labelled) -> bool:
    """Whether any question knows one of its labels."""
    return any(truth is not None for question in QUESTIONS for _, truth in truths(question, one))


def truths(question: Question, one: Labelled) -> list[tuple[int | None, bool | None]]:
    """What the labels say, for the conversation or for each of its messages; None where they say nothing."""
    label = one.labels.get(question.label)
    if question.unit == "conversation":
        return [(None, _truth(label, question.positive))]
    return [(place, _truth(each, question.positive)) for place, each in enumerate(label or [])]


def _truth(label: Any, positive: bool) -> bool | None:
    """True, false, 1, 0, or the votes of annotators [no, perhaps, yes], of which the most count."""
    if isinstance(label, list) and label and all(isinstance(votes, int) for votes in label):
        label = label[-1] == max(label) and label.count(max(label)) == 1
    if label in (True, False):
        return bool(label) is positive
    return None


def figures(
    conversations: Sequence[Labelled],
    scorers: Sequence[Scorer] = SCORERS,
    on_progress: OnProgress = lambda done, of: None,
) -> list[Figure]:
    """Every question that the labels of these conversations answer, for each split by itself, never pooled.

    Where two scorers give a score of one name, the later one is measured.
    """
    asked = [question for question in QUESTIONS if any(_labelled(question, one) for one in conversations)]
    views = sorted({(question.tier, question.but_last) for question in asked})
    said: list[dict[tuple[View, int], dict[str, list[Score]]]] = []
    for done, one in enumerate(conversations, 1):
        said.append({view: _scores(one, *view, scorers) for view in views if len(one.turns) > view[1]})
        on_progress(done, len(conversations))
    found = []
    for split in sorted({one.split for one in conversations}):
        members = [(one, scores) for one, scores in zip(conversations, said, strict=True) if one.split == split]
        for question in asked:
            chosen = [
                (one, scores.get((question.tier, question.but_last), {}))
                for one, scores in members
                if _labelled(question, one) and (question.tier == "T0" or one.acts)
            ]
            if chosen:
                found.append(_figure(question, split, chosen))
    return found


def _labelled(question: Question, one: Labelled) -> bool:
    return any(truth is not None for _, truth in truths(question, one))


def _scores(one: Labelled, view: View, but_last: int, scorers: Sequence[Scorer]) -> dict[str, list[Score]]:
    """By name. Raises InputError for a scorer that raised: figures without it would be another's."""
    by_name: dict[str, list[Score]] = {}
    for found in answers(*one.seen(view, but_last), scorers):
        if found.reason.startswith("scorer failed"):
            raise InputError(
                [Problem(f"the scorer {found.name!r} raised on {one.id}: {found.reason}", hint="mend it first")]
            )
        by_name.setdefault(found.name, []).append(found)
    return by_name


def _answers(question: Question, chosen: Iterable[tuple[Labelled, Mapping[str, list[Score]]]]) -> _Answers:
    cases: list[Case] = []
    unanswered, reasons = 0, Counter[str]()
    for one, scores in chosen:
        given = scores.get(question.score, [])
        values = _values(question, given, len(one.turns))
        grades = _values(question, scores.get(question.grade, []), len(one.turns)) if question.grade else values
        for place, truth in truths(question, one):
            if truth is None:
                continue
            value = values.get(place)
            if value is None:
                unanswered += 1
                reasons[given[0].reason if given else "no scorer gives it"] += 1
            else:
                cases.append(Case(one, truth, value >= question.threshold, grades.get(place, value), place))
    return _Answers(cases, unanswered, reasons)


def _values(question: Question, given: Sequence[Score], turns: int) -> dict[int | None, float]:
    """What the scorer says, of the conversation (None) or of each of its turns; nothing of what it cannot know."""
    if question.unit == "conversation":
        value = given[0].value if given else None
        return {None: float(value)} if isinstance(value, int | float) else {}
    if len(given) > 1:
        return {one.turns[0]: float(one.value) for one in given if one.turns and isinstance(one.value, int | float)}
    # Nothing to count, such as no turn of the bot's, is an answer; that it cannot be known is none.
    if not given or (given[0].value is None and given[0].weight != 0):
        return {}
    return {place: float(place in given[0].turns) for place in range(turns)}


def _figure(question: Question, split: str, chosen: Sequence[tuple[Labelled, Mapping[str, list[Score]]]]) -> Figure:
    cases, unanswered, reasons = _answers(question, chosen)
    common = reasons.most_common(1)
    languages = sorted({case.of.language for case in cases})
    return Figure(
        name=question.name,
        question=question.words,
        label=question.label,
        score=question.score,
        tier=question.tier,
        unit=question.unit,
        split=split,
        n=len(cases),
        positives=sum(case.truth for case in cases),
        unanswered=unanswered,
        measures=_measures(question, cases, unanswered),
        languages={
            language: _measures(question, [case for case in cases if case.of.language == language], 0)
            for language in languages
            if len(languages) > 1
        },
        kinds=_kinds(cases),
        slips=[
            Slip(case.of.id, case.of.kind, case.of.language, "missed" if case.truth else "alarmed", case.turn)
            for case in cases
            if case.truth is not case.alarm
        ],
        reason=common[0][0] if not cases and common else "",
    )


def _measures(question: Question, cases: Sequence[Case], unanswered: int) -> dict[str, Measured]:
    grades = [case.grade for case in cases]
    graded = bool(question.grade) or len(set(grades)) > 2
    found = detection(
        [case.truth for case in cases],
        [case.alarm for case in cases],
        grades if graded else None,
        [case.of.group for case in cases],
    )
    answered = share(len(cases), len(cases) + unanswered, "nothing was labelled")
    return {name: measured(one) for name, one in {"answered": answered, **found}.items()}


def measured(found: Interval) -> Measured:
    """An interval as it is published."""
    notes = [note for note in (found.reason, found.note) if note]
    return rounded(found.estimate, found.low, found.high, found.n, "; ".join(notes))


def _kinds(cases: Sequence[Case]) -> list[KindCount]:
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.of.kind, []).append(case)
    return [
        KindCount(
            kind,
            len(those),
            sum(case.truth for case in those),
            sum(case.truth and not case.alarm for case in those),
            sum(not case.truth and case.alarm for case in those),
        )
        for kind, those in sorted(by_kind.items())
        if kind
    ]
