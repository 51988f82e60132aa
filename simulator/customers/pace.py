"""How much a customer writes and how long that takes.

Length is a mixture fitted on STAR: a short component (geometric) and a long one (shifted negative binomial). The reply
gap is log-normal around log words, floored by the device's typing speed, with a tail of people who walked away.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import exp, log

from simulator.chance import Chance
from simulator.customers.parameters import Parameters
from simulator.model.persona import Traits

_LONGEST = 120


@lru_cache(maxsize=16)
def _tables(p: float, r: float, mean: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Cumulative probabilities of 1, 2, ... words in the short and in the long component."""
    short = tuple(1 - (1 - p) ** k for k in range(1, _LONGEST + 1))
    success = r / (r + mean)
    mass, total, long = success**r, 0.0, []
    for k in range(_LONGEST):
        total += mass
        long.append(total)
        mass *= (k + r) / (k + 1) * (1 - success)
    return short, tuple(long)


def length_law(words: float, parameters: Parameters) -> float:
    """Share of messages with at most so many words, by the law alone: no trait, no anger, no question answered."""
    k = min(int(words), _LONGEST)
    if k < 1:
        return 0.0
    short, long = _tables(parameters.short_success, parameters.long_shape, parameters.long_mean)
    return parameters.short_share * short[k - 1] + (1 - parameters.short_share) * long[k - 1]


def words_wanted(u: float, traits: Traits, frustration: float, *, answer: bool = False, parameters: Parameters) -> int:
    """The length in words that a message should have, at least 1, for a uniform `u`; `answer`: to a question."""
    short, long = _tables(parameters.short_success, parameters.long_shape, parameters.long_mean)
    share = parameters.short_share_answer if answer else parameters.short_share
    at = bisect_left(short, u / share) if u < share else bisect_left(long, (u - share) / (1 - share))
    return max(1, round((at + 1) * exp(traits.length) * (1 - parameters.shorter_when_angry * frustration)))


def reply_time(own: int, heard: int, traits: Traits, chance: Chance, move: int, *, parameters: Parameters) -> float:
    """Seconds of reading, thinking and typing before a message of `own` words in answer to `heard` words.

    log gap = 1.824 + .471 log(1 + own) + .079 log(1 + heard) + u + N(0, .523); then the typing floor and walking away.
    """
    gap = exp(_usual(own, heard, parameters) + traits.speed + parameters.gap_noise * chance.normal("gap", move))
    seconds = max(gap, 60.0 * own / traits.words_per_minute)
    if chance.uniform("away", move) < parameters.away_share:
        seconds += exp(parameters.away_log_mean + parameters.away_log_sd * chance.normal("away.gap", move))
    return seconds


def usual_reply_time(own: int, heard: int, traits: Traits, *, parameters: Parameters) -> float:
    """The same law without any draw: what a probe takes."""
    return max(exp(_usual(own, heard, parameters)), 60.0 * own / traits.words_per_minute)


def _usual(own: int, heard: int, parameters: Parameters) -> float:
    return parameters.gap_base + parameters.gap_own * log(1 + own) + parameters.gap_heard * log(1 + heard)


def count_words(text: str) -> int:
    """Words of a text, split at white space."""
    return len(text.split())
