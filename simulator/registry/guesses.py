"""What the text of a foreign log lets guess, by the same questions: for audits, never for a gate."""

from __future__ import annotations

from simulator.registry.entry import OURS, Kind, MetricEntry, Question

_TIER = "T0 (guess)"
_MODEL = "a published model of this project: simulator/textmodels"


def _guess(
    name: str,
    question: Question,
    label: str,
    sentence: str,
    formula: str,
    source: str,
    kind: Kind,
    score: str,
    example: str,
) -> MetricEntry:
    return MetricEntry(
        name=name,
        question=question,
        label=f"{label} (guess from text)",
        unit="level" if kind == "mean" else "share",
        better="" if score in ("asked_human_t0", "escalated_t0") else "lower",
        sentence=sentence,
        tier=_TIER,
        formula=formula,
        source=source,
        kind=kind,
        score=score,
        example=example,
    )


GUESSED = (
    _guess(
        "loop_rate_t0",
        "Are they trapped?",
        "went round in circles",
        "Share of conversations in which the bot twice repeated itself after the customer had reworded the need.",
        "conversations with two counted repeats / conversations with words of both sides",
        OURS,
        "rate",
        "loop_t0",
        "200 chats; in 7 the bot repeats itself twice to a reworded need: 7/200 = .035.",
    ),
    _guess(
        "loop_level_t0",
        "Are they trapped?",
        "loop level 0 to 2",
        "Mean level: 1 for one repeat after a rewording, 2 for more. Exits are not seen, so there is no level above.",
        "mean of min(2, counted repeats): likeness >= .85 to one of 4 bot turns before, or equal content, with a customer "
        "turn between that is like (>= .60) one before",
        OURS,
        "mean",
        "loop_level_t0",
        "Levels 0, 0, 1 and 2: .75.",
    ),
    _guess(
        "asked_human_rate_t0",
        "Can they reach a person?",
        "asked for a person",
        "Share of conversations in which some customer turn asks for a person, by phrases.",
        "conversations with such a turn / conversations in a language with tables",
        OURS,
        "rate",
        "asked_human_t0",
        "`can i talk to someone` in 30 of 120 chats: .25.",
    ),
    _guess(
        "escalated_rate_t0",
        "Does it step aside well?",
        "handed to a person",
        "Share of conversations that look handed over, by their last turns.",
        "conversations whose probability reaches the model's threshold / conversations in a language with tables",
        _MODEL,
        "rate",
        "escalated_t0",
        "Probabilities .9, .7, .2 and .1, threshold .6: 2/4 = .50.",
    ),
    _guess(
        "reformulation_ratio_t0",
        "Do they stay?",
        "turns that say the need again",
        "Share of customer turns that are like an earlier one, say `as I said`, or ask for a person after the first turn.",
        "such turns / customer turns",
        OURS,
        "ratio",
        "reformulations_t0",
        "12 of 80 customer turns: .15.",
    ),
    _guess(
        "dissatisfied_turn_ratio_t0",
        "Do they stay?",
        "dissatisfied turns",
        "Share of customer turns that sound dissatisfied.",
        "turns whose probability is .5 or more / customer turns",
        _MODEL,
        "ratio",
        "dissatisfied_t0",
        "`That's not what I asked!` and 19 turns without a sign: 1/20 = .05.",
    ),
    _guess(
        "gave_up_rate_t0",
        "Do they stay?",
        "gave up",
        "Share of conversations whose last turns sound as if the customer had left unhappy.",
        "conversations whose probability reaches the model's threshold / conversations in a language with tables",
        _MODEL,
        "rate",
        "gave_up_t0",
        "`forget it, i'll go elsewhere` ends 3 of 60 chats: .05.",
    ),
)
