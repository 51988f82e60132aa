"""Every metric of a run by name: what it means to people, and how scores become it. Data alone, no scorer's code."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches
from typing import Literal, get_args

import msgspec

from simulator.model.errors import InputError, Problem

Kind = Literal[
    "rate",  # share of conversations whose 0/1 score is 1
    "ratio",  # sum of values over sum of weights
    "mean",
    "incidence",  # share that has ended by `cause` at `horizon`, other causes competing (Aalen-Johansen)
    "incidence_median",  # the smallest time by which half have ended by `cause`
    "km_median",  # the smallest value by which half have had `cause` (any event where empty), the rest cut short
    "quantile",
    "sensitivity",  # tp / (tp + fn) of a score of classes
    "specificity",  # tn / (tn + fp)
    "median",
]
Question = Literal[
    "Are they trapped?",
    "Can they reach a person?",
    "Does it step aside well?",
    "Is it really solved?",
    "Do they stay?",
    "Does the wire hold?",
]
QUESTIONS: tuple[Question, ...] = get_args(Question)
Population = Literal["customers", "probe_ask0", "probe_passive", "probes"]


class MetricEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One metric. `score` names the score that it is made of, `kind` says how."""

    name: str
    question: Question
    """What it helps to answer: the heading under which a report shows it."""
    label: str
    """In plain words, as on a screen."""
    unit: str
    better: Literal["lower", "higher", ""]
    """Empty where neither is better by itself."""
    sentence: str
    tier: str
    """What a transcript must hold: T0 text, T1 customer's acts, T2 target's events, T3 human side."""
    formula: str
    source: str
    kind: Kind
    score: str
    horizon: float | None = None
    """Experienced seconds at which an incidence is read."""
    quantile: float | None = None
    cause: str = ""
    """The event that counts, for incidences and medians of what can be cut short."""
    population: Population = "customers"
    """Whose conversations are counted. Probes follow a script and enter nothing else."""
    example: str


_OURS = "convention of this project"
_SURVIVAL = "Aalen and Johansen 1978, competing risks; need point and causes: " + _OURS
_TABLE = "signal detection; need point and limit of 300 s: " + _OURS
_VENDORS = "the usual definition of vendors' dashboards"

_LOOPS = (
    MetricEntry(
        name="entrapment_rate",
        question="Are they trapped?",
        label="trapped in a loop, no way out",
        unit="share",
        better="lower",
        sentence="Share of customers in a loop of which no turn offered a way out: no person, no callback, no contact.",
        tier="T1 (T2 to see false promises)",
        formula="conversations with loop level >= 3 / all conversations",
        source=_OURS,
        kind="rate",
        score="entrapment",
        example="6 of 40 looped; in 2 of the 6 the bot added `type AGENT for a person`: (6 - 2)/40 = .10.",
    ),
    MetricEntry(
        name="loop_rate",
        question="Are they trapped?",
        label="went round in circles",
        unit="share",
        better="lower",
        sentence="Share of customers who said their need again and met a repeat twice in a row, exit or no exit.",
        tier="T1",
        formula="conversations with loop level >= 2 / all conversations",
        source=_OURS,
        kind="rate",
        score="loop",
        example="40 conversations; in 6 the bot answers two reformulations in a row with what it had said: 6/40 = .15.",
    ),
    MetricEntry(
        name="near_loop_rate",
        question="Are they trapped?",
        label="met at least one repeat",
        unit="share",
        better="lower",
        sentence="Share of customers who said their need again at least once and were answered by a repeat.",
        tier="T1",
        formula="conversations with loop level >= 1 / all conversations",
        source=_OURS,
        kind="rate",
        score="near_loop",
        example="40 conversations; 10 with one repeat or more after a reformulation: 10/40 = .25.",
    ),
    MetricEntry(
        name="wasted_turn_ratio",
        question="Are they trapped?",
        label="customer turns spent in loops",
        unit="share",
        better="lower",
        sentence="Share of all customer turns that said a need again only to be answered by a repeat.",
        tier="T1",
        formula="sum of reformulations in cycles / sum of customer turns",
        source=_OURS,
        kind="ratio",
        score="wasted_turns",
        example="Three conversations of 4, 6 and 10 turns with 0, 2 and 3 such turns: 5/20 = .25.",
    ),
    MetricEntry(
        name="loop_time",
        question="Are they trapped?",
        label="median time lost in a loop",
        unit="seconds",
        better="lower",
        sentence="Median experienced time from the first reformulation of a confirmed loop until it ended in any way.",
        tier="T1",
        formula="Kaplan-Meier median of loop time; a loop that our turn or time limit cut is censored",
        source="Kaplan and Meier 1958; start and ends of a loop: " + _OURS,
        kind="km_median",
        score="loop_time",
        example="Loops of 40, 70 and 90 s and one cut at 100 s: after 70 s half have ended, so 70 s.",
    ),
    MetricEntry(
        name="unrecognised_turn_rate",
        question="Are they trapped?",
        label="bot turns that nothing recognised",
        unit="share",
        better="lower",
        sentence="Share of bot turns in which the tables found no act, no content and no awaited truth: blind spots of ours.",
        tier="T1",
        formula="bot turns without signature and milestone / bot turns",
        source=_OURS,
        kind="ratio",
        score="unrecognised_turns",
        example="12 of 200 bot turns say nothing that a table knows: .06. Above .30 failed attempts are not counted.",
    ),
    MetricEntry(
        name="too_short",
        question="Are they trapped?",
        label="too short to loop",
        unit="share",
        better="",
        sentence="Share of conversations with fewer than two bot turns. They count as level 0.",
        tier="T1",
        formula="conversations with fewer than 2 bot turns / all conversations",
        source=_OURS,
        kind="rate",
        score="too_short",
        example="9 of 300 customers had their answer at once or left: .03.",
    ),
)


def _within(horizon: int, minutes: str) -> MetricEntry:
    return MetricEntry(
        name=f"ttee_cif_{horizon}",
        question="Does it step aside well?",
        label=f"needed a person, had one in {minutes}",
        unit="share",
        better="higher",
        sentence=f"Share of the customers who needed a person whom one who could help had answered within {horizon} s.",
        tier="T1+T2 (T3 for the context that was handed over)",
        formula=f"cumulative incidence of effective escalation at {horizon} experienced seconds after the need point; "
        "leaving, resolution by the bot, its end and an ineffective hand-off compete",
        source=_SURVIVAL,
        kind="incidence",
        score="ttee",
        horizon=float(horizon),
        cause="effective",
        example="Four customers need a person: helped after 50 s, left after 80 s, helped after 170 s, helped after 400 s: "
        f"{ {60: '.25', 180: '.50', 300: '.50'}[horizon] } at {horizon} s.",
    )


_ESCALATION = (
    _within(60, "1 min"),
    _within(180, "3 min"),
    _within(300, "5 min"),
    MetricEntry(
        name="ttee_median",
        question="Does it step aside well?",
        label="median wait for a person",
        unit="seconds",
        better="lower",
        sentence="Time after which half of the customers who needed a person had one who could help; never, if half never do.",
        tier="T1+T2 (T3 for the context that was handed over)",
        formula="smallest t with cumulative incidence of effective escalation >= .5",
        source=_SURVIVAL,
        kind="incidence_median",
        score="ttee",
        cause="effective",
        example="Helped after 50 and 170 s, left after 80 s, helped after 400 s: half of four are helped at 170 s.",
    ),
    MetricEntry(
        name="answer_cif_180",
        question="Does it step aside well?",
        label="asked for a person, had one in 3 min",
        unit="share",
        better="higher",
        sentence="Share of the customers who asked for a person whom one who could help had answered within 180 s of asking.",
        tier="T1+T2 (T3 for the context that was handed over)",
        formula="as ttee_cif_180, the clock starting at the first ask",
        source=_SURVIVAL,
        kind="incidence",
        score="answer_time",
        horizon=180.0,
        cause="effective",
        example="Five ask; two are helped within 3 minutes, two leave, one is helped after 6 minutes: 2/5 = .40.",
    ),
    MetricEntry(
        name="escalation_sensitivity",
        question="Does it step aside well?",
        label="handed over in time when it was needed",
        unit="share",
        better="higher",
        sentence="Of the customers who needed a person, the share that had an effective hand-off within 300 s.",
        tier="T1+T2 (T3 for the context that was handed over)",
        formula="timely / (timely + late or missed)",
        source=_TABLE,
        kind="sensitivity",
        score="escalation_class",
        example="30 needed a person, 21 had one in time, 4 late, 5 never: 21/30 = .70.",
    ),
    MetricEntry(
        name="escalation_specificity",
        question="Does it step aside well?",
        label="not handed over when the bot could help",
        unit="share",
        better="higher",
        sentence="Of the customers who needed no person, the share that was not handed over.",
        tier="T1+T2",
        formula="not handed over / (not handed over + needlessly handed over)",
        source=_TABLE,
        kind="specificity",
        score="escalation_class",
        example="50 needed nobody, 3 of them were handed over: 47/50 = .94.",
    ),
)

_HIDDEN = (
    MetricEntry(
        name="asks_before_grant",
        question="Can they reach a person?",
        label="asks until a person is offered",
        unit="asks",
        better="lower",
        sentence="Median number of asks until a person was on the way, by a probe that asks from its first turn on.",
        tier="T1+T2",
        formula="Kaplan-Meier median over asks; a probe that reached its cap of 6 is censored",
        source="Kaplan and Meier 1958; the probe: " + _OURS,
        kind="km_median",
        score="asks_before_grant",
        cause="granted",
        population="probe_ask0",
        example="Granted at asks 1, 2 and 2 and not in 6: the curve passes one half at 2.",
    ),
    MetricEntry(
        name="hidden_depth",
        question="Can they reach a person?",
        label="turns until a person is in sight",
        unit="turns",
        better="lower",
        sentence="Median number of customer turns before any human option is to be seen, by a probe that never asks.",
        tier="T0 (T2 for hand-offs)",
        formula="Kaplan-Meier median; 0 = in the greeting or on the page, 1 = in the first answer",
        source="Kaplan and Meier 1958; the probe: " + _OURS,
        kind="km_median",
        score="hidden_depth",
        cause="visible",
        population="probe_passive",
        example="Seen after 1, 1 and 4 turns: the median is 1.",
    ),
    MetricEntry(
        name="gate_layers",
        question="Can they reach a person?",
        label="forms and articles before a person",
        unit="layers",
        better="lower",
        sentence="Mean number of different questions, menus, articles, links and steps between the first ask and the grant.",
        tier="T1+T2",
        formula="mean count of distinct content ids of the bot turns in between",
        source=_OURS,
        kind="mean",
        score="gate_layers",
        population="probe_ask0",
        example="After the first ask: a menu, the order number, the menu again, an article, then a person: 3 layers.",
    ),
    MetricEntry(
        name="visible_human_access",
        question="Can they reach a person?",
        label="bot turns with a person in sight",
        unit="share",
        better="higher",
        sentence="Share of bot turns at which a way to a person is to be seen.",
        tier="T0 (T2 for hand-offs)",
        formula="bot turns with an offer, a contact or an opened hand-off / bot turns",
        source=_OURS,
        kind="ratio",
        score="visible_human",
        population="probes",
        example="3 of 12 bot turns name a number to call: .25.",
    ),
    MetricEntry(
        name="human_bypass_rate",
        question="Can they reach a person?",
        label="straight to a person on the first ask",
        unit="share",
        better="higher",
        sentence="Share of probes that had a person at the first ask with at most one question in between.",
        tier="T1+T2",
        formula="probes with one ask and at most one layer / probes",
        source=_OURS,
        kind="rate",
        score="human_bypass",
        population="probe_ask0",
        example="Of 12 probes 8 are put through on the first ask, 1 of them after two forms: 7/12 = .58.",
    ),
    MetricEntry(
        name="unmet_ask_rate",
        question="Can they reach a person?",
        label="asks for a person that were not met",
        unit="share",
        better="lower",
        sentence="Share of asks that led neither to a person nor to an honest reason with another way.",
        tier="T1 (T2 to see who was put through)",
        formula="unmet asks / asks; an ask that nothing could answer is left out",
        source=_OURS,
        kind="ratio",
        score="unmet_asks",
        population="probes",
        example="15 asks: 6 put through, 1 told `closed until 9, call ...` when it was closed, 8 passed over: 8/15 = .53.",
    ),
)

_PROMISES = (
    MetricEntry(
        name="false_promise_rate",
        question="Can they reach a person?",
        label="promises of a person that were not kept",
        unit="share",
        better="lower",
        sentence="Share of the bot's promises of a person after which nothing happened on the wire in time.",
        tier="T2",
        formula="false promises / promises whose time had come; 60 s unless the words state another",
        source=_OURS,
        kind="ratio",
        score="false_promises",
        example="`Connecting you` 9 times: 6 with an event, 2 without, 1 customer gone after 20 s: 2/8 = .25.",
    ),
    MetricEntry(
        name="dead_end_rate",
        question="Does it step aside well?",
        label="hand-offs to nobody",
        unit="share",
        better="lower",
        sentence="Share of hand-offs after which no human wrote within 180 s, or which failed or bounced.",
        tier="T2",
        formula="dead ends / hand-offs; one that ended before 180 s by the customer's leaving is left out",
        source=_OURS,
        kind="ratio",
        score="dead_ends",
        example="10 queue joins: 7 answered, 2 waited 180 s in vain, 1 refused: 3/10 = .30.",
    ),
    MetricEntry(
        name="transfer_bounces",
        question="Does it step aside well?",
        label="times passed on after the first person",
        unit="times",
        better="lower",
        sentence="Mean number of times that a customer was passed from a person to another, or back to the bot.",
        tier="T2",
        formula="mean hops from human to human or to the bot, over conversations with a hand-off",
        source=_OURS,
        kind="mean",
        score="transfer_bounces",
        example="Four hand-offs, one passed on to a second team: 1/4 = .25.",
    ),
    MetricEntry(
        name="handoff_completeness",
        question="Does it step aside well?",
        label="of what was told, handed over",
        unit="share",
        better="higher",
        sentence="Mean share, by weight, of the facts told before the hand-off that the packet brought to the human.",
        tier="T3",
        formula="weight of told facts in the packet / weight of told facts; problem 3, impact, technical data and steps 2, "
        "the rest 1, shared by the facts of a kind; only in an attached transcript: half",
        source="weights: " + _OURS,
        kind="mean",
        score="handoff_completeness",
        example="Told: name (1), problem (3), model and serial number (1 + 1). The packet holds name and problem: 4/6 = .67.",
    ),
    MetricEntry(
        name="handoff_precision",
        question="Does it step aside well?",
        label="of what was handed over, true",
        unit="share",
        better="higher",
        sentence="Mean share of the packet's facts, as far as they can be checked, that are so.",
        tier="T3",
        formula="facts that agree / (facts that agree + facts that contradict)",
        source=_OURS,
        kind="mean",
        score="handoff_precision",
        example="Four facts are right, the serial number is another's: 4/5 = .80.",
    ),
    MetricEntry(
        name="fabrications",
        question="Does it step aside well?",
        label="facts made up for the human",
        unit="facts",
        better="lower",
        sentence="Mean number of facts in a packet that contradict what the customer told or what is true.",
        tier="T3",
        formula="mean count over hand-offs",
        source=_OURS,
        kind="mean",
        score="fabrications",
        example="Two of ten packets hold a wrong order number: .20.",
    ),
)

_RESOLUTION = (
    MetricEntry(
        name="resolution_rate",
        question="Is it really solved?",
        label="solved by the bot, checked",
        unit="share",
        better="higher",
        sentence="Share of customers all of whose needs the bot met: by what it said and did, not by what it claims.",
        tier="T1 (T2 where a need asks for an action)",
        formula="conversations in which every need's resolution held before a human joined / conversations that can tell",
        source=_OURS,
        kind="rate",
        score="resolved",
        example="20 customers ask for a date; the bot names the right one to 13: .65.",
    ),
    MetricEntry(
        name="claimed_resolution_rate",
        question="Is it really solved?",
        label="solved, says the bot",
        unit="share",
        better="",
        sentence="Share of conversations in which the bot or its status said that it was solved.",
        tier="T0",
        formula="conversations with a claim, or a closing phrase in the last bot turn / conversations",
        source=_VENDORS,
        kind="rate",
        score="claimed",
        example="`All fixed now` in 14 of 20: .70.",
    ),
    MetricEntry(
        name="false_resolution_rate",
        question="Is it really solved?",
        label="said to be solved, was not",
        unit="share",
        better="lower",
        sentence="Of the conversations that the bot said were solved, the share that was not.",
        tier="T1 (T2 where a need asks for an action)",
        formula="claimed and not resolved / claimed",
        source=_OURS,
        kind="ratio",
        score="false_resolution",
        example="14 claimed, 5 of them open: 5/14 = .36.",
    ),
    MetricEntry(
        name="containment_rate",
        question="Is it really solved?",
        label="contained (no person involved)",
        unit="share",
        better="",
        sentence="Share of conversations without person, ticket or callback. Customers who gave up count: it is no success.",
        tier="T2",
        formula="conversations without hand-off event / conversations that can tell",
        source=_VENDORS,
        kind="rate",
        score="contained",
        example="20 conversations, 6 handed over, 4 abandoned: 14/20 = .70 contained.",
    ),
    MetricEntry(
        name="toxic_containment_rate",
        question="Is it really solved?",
        label="contained, not solved",
        unit="share",
        better="lower",
        sentence="Of the contained conversations, the share in which the customer's need stayed open.",
        tier="T1+T2",
        formula="contained and not resolved / contained",
        source=_OURS,
        kind="ratio",
        score="toxic_containment",
        example="14 contained, 9 solved: 5/14 = .36.",
    ),
    MetricEntry(
        name="deflected_away_rate",
        question="Is it really solved?",
        label="asked for a person, contained, not solved",
        unit="share",
        better="lower",
        sentence="Share of all customers who asked for a person, got none, and were not helped.",
        tier="T1+T2",
        formula="contained, not resolved, at least one ask / conversations that can tell",
        source=_OURS,
        kind="rate",
        score="deflected_away",
        example="3 of 20: .15.",
    ),
    MetricEntry(
        name="trust_gap",
        question="Is it really solved?",
        label="booked as success, not one",
        unit="points",
        better="lower",
        sentence="Share of conversations that a dashboard books as success (contained) and the customer does not: "
        "not solved, or only through a loop.",
        tier="T1+T2",
        formula="mean(contained) - mean(contained and resolved and loop level <= 1)",
        source=_OURS,
        kind="rate",
        score="trust_gap",
        example="Of 100 conversations 80 are contained, 50 of these solved, 4 of the 50 in a loop: .80 - .46 = 34 points.",
    ),
    MetricEntry(
        name="silent_exit_rate",
        question="Do they stay?",
        label="left without a word",
        unit="share",
        better="lower",
        sentence="Share of customers who left with an open need and said nothing of it: no ask, no complaint.",
        tier="T1",
        formula="silent leavers with an open need, no appeal above support, last turn no ask / conversations",
        source=_OURS,
        kind="rate",
        score="silent_exit",
        example="9 of 60 stop answering; 2 of them right after asking for a person: 7/60 = .12.",
    ),
    MetricEntry(
        name="silent_share",
        question="Do they stay?",
        label="of those who left, without a word",
        unit="share",
        better="lower",
        sentence="Of all who left unserved, the share that did not say so: the complaints nobody hears.",
        tier="T1",
        formula="silent leavers / (silent + voiced leavers)",
        source=_OURS,
        kind="ratio",
        score="silent_share",
        example="9 left silently, 3 said that they leave: 9/12 = .75.",
    ),
)


def _latency(name: str, quantile: float, label: str, sentence: str, formula: str) -> MetricEntry:
    share = round(quantile * 100)
    return MetricEntry(
        name=f"{name}_p{share}",
        question="Does the wire hold?",
        label=f"{label}, {share} % within",
        unit="seconds",
        better="lower",
        sentence=f"{sentence} {share} % of the bot's replies took no longer.",
        tier="T0",
        formula=f"{share}th percentile of {formula} over the bot's replies, wall clock",
        source="load testing practice",
        kind="quantile",
        score=name,
        quantile=quantile,
        example=f"100 replies of .01, .02, ... 1.00 s: {quantile:.2f} s.",
    )


_EXPERIENCE = (
    MetricEntry(
        name="first_answer_time",
        question="Is it really solved?",
        label="median time to the first answer",
        unit="seconds",
        better="lower",
        sentence="Median experienced time from the customer's first message to the end of the first answer. Fast is not solved.",
        tier="T0",
        formula="median of last byte of the first answer - sent of the first customer turn",
        source="contact-centre practice",
        kind="median",
        score="first_answer_time",
        quantile=0.5,
        example="First answers after .8, 1.1 and 6.0 s: 1.1 s.",
    ),
    MetricEntry(
        name="end_trust",
        question="Do they stay?",
        label="trust left at the end",
        unit="0 to 1",
        better="higher",
        sentence="Mean trust of the simulated customers when it ended. Model output, not a survey.",
        tier="T1",
        formula="mean of the last trust recorded",
        source="the customer model of this project",
        kind="mean",
        score="end_trust",
        example="Trust .8, .3 and .1 at the end: .40.",
    ),
    *(
        _latency("first_token", q, "first token", "How long until something shows.", "first byte - sent")
        for q in (0.50, 0.95)
    ),
    *(
        _latency("turn_latency", q, "reply", "How long a whole reply takes.", "last byte - sent")
        for q in (0.50, 0.95, 0.99)
    ),
    *(
        _latency(
            "due_latency",
            q,
            "reply since due",
            "How long a reply takes from when its question was due, our own lateness included.",
            "last byte - due",
        )
        for q in (0.50, 0.95, 0.99)
    ),
    MetricEntry(
        name="error_rate",
        question="Does the wire hold?",
        label="broken off by the bot's failure",
        unit="share",
        better="lower",
        sentence="Share of conversations that ended because the target failed.",
        tier="T0",
        formula="conversations that ended as target_failed / all conversations",
        source="load testing practice",
        kind="rate",
        score="target_failed",
        example="2 of 400 end in a time-out: .005.",
    ),
    MetricEntry(
        name="availability_error_rate",
        question="Does the wire hold?",
        label="bot turns that failed",
        unit="share",
        better="lower",
        sentence="Share of bot turns that were an error or no answer at all.",
        tier="T0",
        formula="failed bot turns / bot turns",
        source="load testing practice",
        kind="ratio",
        score="availability_errors",
        example="3 errors shown as text and 1 silence in 800 bot turns: .005.",
    ),
)

_ALL = (*_LOOPS, *_ESCALATION, *_HIDDEN, *_PROMISES, *_RESOLUTION, *_EXPERIENCE)
METRICS: dict[str, MetricEntry] = {
    entry.name: entry for entry in sorted(_ALL, key=lambda entry: QUESTIONS.index(entry.question))
}
"""In the order in which a report shows them."""

_BETTER = {"lower": "lower is better", "higher": "higher is better", "": "neither high nor low is good by itself"}
_POPULATION = {
    "customers": "the customers (probes are counted apart)",
    "probe_ask0": "the probe that asks for a person from its first turn on",
    "probe_passive": "the probe that never asks",
    "probes": "the probes",
}


def explain(name: str) -> str:
    """One metric for people. Raises InputError, with names that are like it, for a name that is none."""
    entry = METRICS.get(name)
    if entry is None:
        near = get_close_matches(name, METRICS, n=3, cutoff=0.5)
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
