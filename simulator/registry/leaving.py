"""Do they stay? Silent exits, effort and the trust that is left."""

from __future__ import annotations

from simulator.registry.entry import OURS, MetricEntry

LEAVING = (
    MetricEntry(
        name="silent_exit_rate",
        question="Do they stay?",
        label="left without a word",
        unit="share",
        better="lower",
        sentence="Share of customers who left with an open need and said nothing of it: no ask, no complaint.",
        tier="T1",
        formula="silent leavers with an open need, no appeal above support, last turn no ask / conversations",
        source=OURS,
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
        source=OURS,
        kind="ratio",
        score="silent_share",
        example="9 left silently, 3 said that they leave: 9/12 = .75.",
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
)
