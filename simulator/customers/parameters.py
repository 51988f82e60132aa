"""Every number of the customer model in one place, each with its standing.

Measured: fitted by us on public dialogues (STAR). Cited: taken from a published figure. Convention: chosen, because no
public log identifies it; change it and see what moves. Fitted: an intercept that calibration sets so that the model
meets its anchors on the shipped crowd and bot `ordinary` (30 % ever ask for a person, 15 % leave the bot, 69.5 % of these
silently): `python -m tests.calibration.fit`, 4,284 conversations, seeds 11-13.
"""

from __future__ import annotations

from math import log

import msgspec

from simulator.model.calibration import Calibration
from simulator.model.persona import Distribution


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The constants of the mind and the voice; instances are hashable values and can be replaced field by field."""

    # Priors over traits, used where the persona says nothing.
    urgency: Distribution = Distribution(beta=(2, 3))
    """Convention."""
    trust: Distribution = Distribution(beta=(5, 3))
    """Convention."""
    reactivity: Distribution = Distribution(lognormal=(0.0, 0.4))
    """Convention."""
    carry_over: float = 0.92
    """Convention: the share of frustration that is left a turn later."""
    assertive: Distribution = Distribution(beta=(2, 2))
    """Convention."""
    wish_for_human: Distribution = Distribution(beta=(2, 4))
    """Convention."""
    told_at_once: Distribution = Distribution(beta=(2, 3))
    """Convention; that people reveal gradually is cited."""
    queue_patience_s: Distribution = Distribution(lognormal=(log(180), 0.9))
    """Convention."""
    errors_per_word: Distribution = Distribution(beta=(1.2, 11.3))
    """Fitted: 40 % of the messages then contain an error (cited share) under the length law."""
    length: Distribution = Distribution(normal=(0.0, 0.28))
    """Measured."""
    speed: Distribution = Distribution(normal=(0.0, 0.257))
    """Measured."""
    caps: Distribution = Distribution(beta=(1, 30))
    """Convention."""
    impatience: Distribution | float = 0.0
    """Convention: the default customer's wish to leave does not grow with the count of failures beyond what it feels."""
    bursts: Distribution = Distribution(beta=(1.2, 2.8))
    """Convention: mean .3 further messages a turn; public logs with bursts are too few to fit it."""
    failed_before: float = 0.25
    """Convention; that 30 % of calls are not settled at first contact is cited."""
    phone_wpm: Distribution = Distribution(lognormal=(log(36.2), 0.3))
    """Cited."""
    desktop_wpm: Distribution = Distribution(lognormal=(log(52), 0.35))
    """Cited."""

    # Where a conversation starts.
    frustration_start: float = 0.10
    """Convention."""
    frustration_from_history: float = 0.25
    """Convention."""
    frustration_from_urgency: float = 0.15
    """Convention."""
    trust_lost_to_history: float = 0.35
    """Convention."""
    wish_from_history: float = 0.20
    """Convention: added to the wish for a person."""

    # Gains g: what each harm adds to frustration. Conventions, weakly identified by the anchors.
    upset_repeat: float = 0.35
    """Convention."""
    upset_wrong: float = 0.25
    """Convention."""
    upset_redundant: float = 0.25
    """Convention."""
    upset_no_progress: float = 0.10
    """Convention."""
    upset_refused: float = 0.45
    """Convention."""
    upset_false_promise: float = 0.60
    """Convention."""
    upset_slow: float = 0.10
    """Convention."""

    # Repairs r: the share of frustration that each relief takes away.
    calm_progress: float = 0.35
    """Convention."""
    calm_exit: float = 0.30
    """Convention."""
    calm_empathy: float = 0.10
    """Convention: sympathy soothes, and changes nothing else."""
    calm_resolved: float = 0.80
    """Convention."""
    calm_human: float = 0.50
    """Convention: a person has spoken."""

    # Losses l and gains m of trust. Losses exceed gains.
    distrust_repeat: float = 0.15
    """Convention."""
    distrust_wrong: float = 0.20
    """Convention."""
    distrust_redundant: float = 0.08
    """Convention."""
    distrust_refused: float = 0.25
    """Convention."""
    distrust_false_promise: float = 0.45
    """Convention."""
    trust_progress: float = 0.06
    """Convention."""
    trust_exit: float = 0.08
    """Convention."""
    trust_resolved: float = 0.20
    """Convention."""

    slow_after_s: float = 3.0
    """Convention: a first word later than this is slow in a chat."""

    # Choice between going on, asking for a person and leaving (multinomial logit, going on = 0).
    ask_intercept: float = -4.832
    """Fitted (a0)."""
    ask_frustration: float = 2.2
    """Convention."""
    ask_distrust: float = 1.5
    """Convention."""
    ask_wish: float = 1.2
    """Convention."""
    ask_urgency: float = 0.8
    """Convention."""
    ask_failure: float = 0.5
    """Convention: for each failed attempt up to three."""
    ask_unmet: float = 1.0
    """Convention: added while the last ask is unmet."""
    leave_intercept: float = -4.664
    """Fitted (l0)."""
    leave_frustration: float = 2.8
    """Convention."""
    leave_distrust: float = 1.2
    """Convention."""
    leave_turn: float = 0.12
    """Convention: for each bot turn heard."""
    leave_urgency: float = 1.0
    """Convention: subtracted; who needs it badly stays."""
    leave_ask: float = 0.4
    """Convention: for each ask up to three."""
    leave_out_of_time: float = 2.0
    """Convention: once the waiting budget is spent."""
    counted_up_to: int = 3
    """Convention: failures and asks beyond this weigh nothing more."""
    silent_intercept: float = 0.700
    """Fitted (s0)."""
    silent_assertive: float = 2.0
    """Convention: subtracted, around .5."""
    silent_frustration: float = 1.5
    """Convention: subtracted, around .5."""
    exec_intercept: float = -7.0
    """Convention (e0): no anchor identifies it."""
    exec_urgency: float = 2.0
    """Convention."""
    exec_betrayed: float = 3.0
    """Convention: a broken promise, or a trap with two unmet asks."""
    exec_least_value: float = 10_000.0
    """Convention: contract value from which a business customer has somebody above support to call."""
    most_asks: int = 6
    """Convention: the cap of asks-before-grant."""
    switches_topic: float = 0.05
    """Convention: turns to another need while it is not upset."""
    switches_below: float = 0.5
    """Convention: the frustration from which nobody does."""
    accepts_offer: float = 0.8
    """Convention: probability of taking an exit that is offered."""
    slot_trouble: float = 0.15
    """Convention: the value is not at hand, or wrong, when first asked for."""

    # What comes out when.
    trigger_within: int = 3
    """Convention: a fact that calls for a person is told within so many customer turns."""
    one_more_fact: float = 0.5
    """Convention: restating brings out one withheld fact more with this probability."""
    two_more_facts: float = 0.2
    """Convention: and two with this."""
    problem_again: float = 0.45
    """Convention: restating says the problem again with this probability."""

    # Promises and queues.
    promise_window_s: float = 60.0
    """Convention: how long a promise without a stated time may take."""
    queue_shape: float = 0.8
    """Convention: k of the Weibull waiting hazard; below 1 the hazard of giving up falls."""
    queue_announced: float = 1.5
    """Convention (c): what an announcement of the position adds to the hazard, relative; that it does is cited."""
    queue_announced_s: float = 15.0
    """Convention: for so long."""
    queue_writing: float = 1.3
    """Convention: factor on patience where one can write meanwhile; the direction is cited."""
    queue_silent: float = 0.695
    """Cited: share of queue leavers who say nothing."""
    joined_patience_s: float = 60.0
    """Convention: at least this long for a person who has joined to say something."""

    # Length law, words.
    short_share: float = 0.264
    """Measured."""
    short_success: float = 0.592
    """Measured: geometric on 1, 2, ..."""
    long_shape: float = 2.298
    """Measured: one more than a negative binomial of this r"""
    long_mean: float = 9.962
    """Measured: and this mean."""
    short_share_answer: float = 0.6
    """Convention: the short share of answers to a question."""
    shorter_when_angry: float = 0.4
    """Convention."""

    # Reply-time law, seconds.
    gap_base: float = 1.824
    """Measured."""
    gap_own: float = 0.471
    """Measured: on log(1 + own words)."""
    gap_heard: float = 0.079
    """Measured: on log(1 + words heard)."""
    gap_noise: float = 0.523
    """Measured."""
    away_share: float = 0.05
    """Convention: walked away meanwhile."""
    away_log_mean: float = log(120)
    """Convention."""
    away_log_sd: float = 0.8
    """Convention."""

    burst_gap_log_mean: float = log(4)
    """Convention: seconds between two messages of a burst, log-normal."""
    burst_gap_log_sd: float = 0.5
    """Convention."""

    # Surface.
    switches_language: float = 0.01
    """Convention: messages with a word of another language in them."""
    no_final_mark: float = 0.47
    """Measured."""
    lower_start: float = 0.16
    """Measured."""
    exclaims: float = 0.14
    """Measured."""
    exclaims_frustration: float = 0.4
    """Convention."""
    shouts: float = 0.0023
    """Measured: messages in capitals."""
    shouts_angry: float = 0.12
    """Convention: added above `shouts_from`, for the mean customer, in proportion to `caps`."""
    shouts_from: float = 0.6
    """Convention."""
    caps_mean: float = 1 / 31
    """Convention: the mean of the prior over `caps`."""
    typo_adjacent: float = 0.45
    """Convention."""
    typo_drop: float = 0.25
    """Convention."""
    typo_double: float = 0.15
    """Convention; the rest is transposed."""


DEFAULT = Parameters()


def calibrated(calibration: Calibration | None) -> Parameters:
    """The parameters with the weights of a calibration, those it held among them; without one the default itself."""
    if calibration is None:
        return DEFAULT
    weights = {
        name: one.value for entries in (calibration.held, calibration.estimates) for name, one in entries.items()
    }
    return msgspec.structs.replace(DEFAULT, **weights)
