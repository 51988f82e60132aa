"""Does the wire hold? Latency and failures, as load tools know them."""

from __future__ import annotations

from simulator.registry.entry import MetricEntry


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


WIRE = (
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
