"""What a run of a given size can show, before it is run."""

from __future__ import annotations

import math

from simulator.statistics.ends import ASSUMED_ICC, NEGLIGIBLE, effective_n
from simulator.statistics.interval import FEWEST_CLUSTERS
from simulator.statistics.resampling import Scope


def smallest_n(
    limit: float,
    at_most: bool = True,
    confidence: float = 0.95,
    scope: Scope = "these_scenarios",
    scenarios: int | None = None,
    icc: float = ASSUMED_ICC,
    per_scenario: float | None = None,
) -> int | None:
    """The smallest number of conversations with which a flawless bot passes a gate on a rate; None if none suffices.

    Flawless is no event where the rate may be `at_most` the limit, and only events where it must be at least that. The
    bound is that of `interval.rate`: 1 - (1 - confidence)^(1/n_e) within the limit. Under `these_scenarios` n_e is n,
    and each of the `scenarios` needs two conversations. Under `all_scenarios` name either the `scenarios`, which share
    the conversations evenly (n_e then never exceeds scenarios / icc, however many conversations there are), or how
    many conversations each scenario gets (`per_scenario`), the number of scenarios following from it. A limit of zero
    (of one, for at least) can be put on an estimate only, never on a bound. Raises ValueError for a limit or a
    confidence outside [0, 1] and (0, 1).
    """
    if not 0 <= limit <= 1:
        raise ValueError(f"limit is {limit}, expected a share between 0 and 1")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, expected a number between 0 and 1")
    if scope == "all_scenarios" and (scenarios is None) == (per_scenario is None):
        raise ValueError("for all_scenarios, name either the scenarios or how many conversations each gets")
    allowed = limit if at_most else 1 - limit
    if allowed <= 0:
        return None
    needed = 0.0 if allowed >= 1 else math.log(1 - confidence) / math.log1p(-allowed)
    if scope == "these_scenarios":
        return max(_ceiling(needed), 2 * (scenarios or 1))
    if per_scenario is not None:
        n = _ceiling(needed * effective_n(per_scenario, 1, scope, 0.0) / effective_n(per_scenario, 1, scope, icc))
        return max(n, math.ceil(FEWEST_CLUSTERS * per_scenario))
    assert scenarios is not None
    if scenarios < FEWEST_CLUSTERS:
        return None
    # n / (1 + (n/K - 1) icc) >= needed, solved for n; the left side rises towards K / icc.
    rising = 1 - icc * needed / scenarios
    if rising <= NEGLIGIBLE:
        return None
    return max(_ceiling(needed * (1 - icc) / rising), scenarios)


def _ceiling(n: float) -> int:
    return max(1, math.ceil(n - NEGLIGIBLE * n))
