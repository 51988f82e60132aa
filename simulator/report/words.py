"""What each measure is called on a screen, and how its values are read.

Metrics take their words from the registry. The scores of one conversation are finer than the metrics
(several metrics rest on one score) and are read by their own words below; a score that is not there, perhaps a user's own,
is shown by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from simulator.model.score import Score
from simulator.registry import METRICS
from simulator.report import numbers
from simulator.report.numbers import Unit
from simulator.report.terminal import one_line
from simulator.scorers.truth import basis_in_words
from simulator.statistics.interval import ENOUGH_CLUSTERS


class Meaning(Protocol):
    """What the registry says of a metric, as far as a screen needs it."""

    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def detail(self) -> bool: ...


Meanings = Mapping[str, Meaning]
REGISTRY: Meanings = METRICS

_UNITS: dict[str, Unit] = {
    "share": "share",
    "points": "points",
    "percentage points": "points",
    "s": "seconds",
    "seconds": "seconds",
}


def label_of(name: str, meanings: Meanings) -> str:
    """The label in plain words; a measure that the registry does not know keeps its name with spaces."""
    meaning = meanings.get(name)
    return meaning.label if meaning is not None else name.replace("_", " ")


def question_of(name: str, meanings: Meanings) -> str:
    """The question that a measure helps to answer; empty where the registry does not know it."""
    meaning = meanings.get(name)
    return meaning.question if meaning is not None else ""


def is_detail(name: str, meanings: Meanings) -> bool:
    """Whether a measure is left out of a page that does not show everything."""
    meaning = meanings.get(name)
    return meaning is not None and meaning.detail


_NOTES = {
    "few clusters": f"fewer than {ENOUGH_CLUSTERS} scenarios, so how sure the numbers are is itself roughly known",
    "one conversation a scenario: no interval": "a scenario with a single conversation in it shows no spread: no interval",
}


def note_in_words(note: str) -> str:
    """What the statistics say beside a number, for people."""
    return _NOTES.get(note, note)


def unit_of(name: str, meanings: Meanings) -> Unit:
    """The unit in which a measure is read; the Trust Gap in points, a number where nothing is known."""
    if name == "trust_gap":
        return "points"
    meaning = meanings.get(name)
    if meaning is None:
        return "share" if name.endswith("_rate") else "number"
    return _UNITS.get(meaning.unit, "number")


Reading = Literal["yes", "count", "of", "seconds", "share", "word"]
"""How a score's value is read: a yes or no, a count, so many of so many, seconds, a share, a word."""

_SCORES: dict[str, tuple[str, Reading]] = {
    "loop_level": ("loop level, 0 to 4", "count"),
    "near_loop": ("one round of a loop", "yes"),
    "loop": ("a loop", "yes"),
    "entrapment": ("trapped: a loop without a way out", "yes"),
    "long_loop": ("three rounds in a row, or more", "yes"),
    "loop_escape_cycles": ("rounds until the loop ended", "count"),
    "loop_onset": ("answer with which the loop began", "count"),
    "loop_cycles": ("rounds in the longest loop", "count"),
    "loop_escape": ("how the loop ended", "word"),
    "loop_time": ("time in the loop", "seconds"),
    "wasted_turns": ("customer turns wasted in a loop", "of"),
    "unrecognised_turns": ("bot turns that were not understood", "of"),
    "too_short": ("too short to loop", "yes"),
    "redundant_asks": ("asked for what was told", "count"),
    "escalation_needed": ("needed a person", "yes"),
    "needed_by_scenario": ("needed by what the customer brought", "yes"),
    "needed_by_conduct": ("needed by what the bot did", "yes"),
    "need_point": ("needed a person from", "seconds"),
    "ttee": ("from then until a person helped", "seconds"),
    "ttee_turns": ("customer turns in between", "count"),
    "time_from_hello": ("from the first word until a person helped", "seconds"),
    "ticket_route": ("by ticket or callback, not live", "yes"),
    "answer_time": ("from the first ask until a person", "seconds"),
    "escalation_outcome": ("the hand-over was", "word"),
    "escalation_class": ("a person was", "word"),
    "escalation_class_by_scenario": ("by the case alone, a person was", "word"),
    "hidden_depth": ("turns until a person was on offer", "count"),
    "human_visible_at_once": ("a person on offer at once", "yes"),
    "visible_human": ("bot turns that offered a person", "of"),
    "asks_before_grant": ("asks until one was granted", "count"),
    "gate_layers": ("forms and articles after the first ask", "count"),
    "human_bypass": ("straight to a person", "yes"),
    "unmet_asks": ("asks for a person unmet", "of"),
    "false_promises": ("promises of a person not kept", "of"),
    "false_promises_per_100": ("the same for 100 conversations", "count"),
    "promises_censored": ("promises nobody waited for", "count"),
    "dead_ends": ("hand-overs to nobody", "of"),
    "transfer_bounces": ("passed on once more", "count"),
    "handoff_completeness": ("of what was told, the person got", "share"),
    "handoff_precision": ("of what the person got, was right", "share"),
    "fabrications": ("facts made up for the person", "count"),
    "assist": ("of what the person needs, gathered", "share"),
    "told_again": ("facts told a second time to the person", "count"),
    "told_again_time": ("time it took to tell them again", "seconds"),
    "ownership": ("somebody answers for what stays open", "share"),
    "resolved": ("solved by the bot", "yes"),
    "resolved_share": ("of the needs, solved", "share"),
    "resolution_basis": ("what shows whether it is solved", "word"),
    "claimed": ("claimed to be solved", "yes"),
    "false_resolution": ("claimed solved, was not", "yes"),
    "silent_success": ("solved without saying so", "yes"),
    "contained": ("contained: no person involved", "yes"),
    "toxic_containment": ("contained, not solved", "yes"),
    "deflected_away": ("asked, contained, not solved", "yes"),
    "good_containment": ("contained, solved, no loop", "yes"),
    "trust_gap": ("booked as success, is not one", "yes"),
    "silent_exit": ("left without a word", "yes"),
    "silent_share": ("of leaving, without a word", "yes"),
    "effectively_escalated": ("a person took it over", "yes"),
    "ended_neither": ("neither solved nor taken over", "yes"),
    "first_answer_time": ("time to the first answer", "seconds"),
    "turn_latency": ("time to a whole answer", "seconds"),
    "first_token": ("time to an answer's first byte", "seconds"),
    "due_latency": ("the same from when it was due", "seconds"),
    "availability_errors": ("turns that failed", "of"),
    "target_failed": ("the bot failed", "yes"),
    "effort": ("turns against an ideal agent's", "count"),
    "words_typed": ("words the customer typed", "count"),
    "resupplied_facts": ("facts told again, to anyone", "count"),
    "contact_time": ("length of the contact", "seconds"),
    "disclosed_at_once": ("said at once that it is a machine", "yes"),
    "disclosed_on_ask": ("admitted it when asked", "of"),
    "human_claimed": ("said that it is a person", "yes"),
    "language_match": ("answers in the customer's language", "of"),
    "end_trust": ("trust at the end, 0 to 1", "count"),
    "end_frustration": ("frustration at the end, 0 to 1", "count"),
}
_VALUES = {
    "tp": "needed and there in time",
    "fn": "needed and not there in time",
    "fp": "there without need",
    "tn": "not needed",
    "left_silent": "left without a word",
    "left_voiced": "left, saying why",
    "cap": "our limit",
}
_EVENTS = {
    "granted": "",
    "effective": "",
    "visible": "",
    "censored": "cut off",
    "left": "then left",
    "resolved": "then solved",
    "bot_ended": "then ended by the bot",
    "ineffective": "in vain",
    "target_failed": "then the bot failed",
}


def score_label(name: str) -> str:
    """What a score is called on the screen."""
    return one_line(_SCORES[name][0] if name in _SCORES else name.replace("_", " "))


def score_value(score: Score) -> str:
    """A score's value in words, with what ended it where that is more than its being done."""
    value = score.value
    if value is None:
        return numbers.NOT_MEASURED
    if isinstance(value, str):
        if score.name == "resolution_basis":
            return basis_in_words(value)
        return one_line(_VALUES.get(value, value.replace("_", " ")))
    reading = _SCORES[score.name][1] if score.name in _SCORES else "of" if score.weight != 1 else "count"
    text = {
        "yes": "yes" if value else "no",
        "of": f"{numbers.number(value)} of {numbers.number(score.weight)}",
        "seconds": numbers.seconds(value),
        "share": numbers.percent(value),
    }.get(reading, numbers.number(value))
    if score.event is None or reading in ("yes", "share"):
        return text
    event = _EVENTS.get(score.event, _VALUES.get(score.event, score.event.replace("_", " ")))
    return one_line(f"{text}, {event}" if event else text)


def says_no(score: Score) -> bool:
    """Whether a score says that nothing was there: a plain no or a zero without anything to point at."""
    reading = _SCORES[score.name][1] if score.name in _SCORES else "count"
    return score.value == 0 and reading in ("yes", "count", "of") and not score.turns and score.name != "loop_level"
