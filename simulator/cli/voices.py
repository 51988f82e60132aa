"""What is said before a run about who words the customers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.report import numbers

if TYPE_CHECKING:
    from simulator.customers.spending import Forecast
    from simulator.launch.casting import Cast
    from simulator.model.plan import Budget

TURNS_PER_CONVERSATION = 5.0
"""Customer turns to be expected; the customers' own bots show between 3 and 6."""


def voices_of(cast: Cast) -> Iterator[str]:
    """One line each: how many and where their text goes; what it will take; what the budget allows; a warning."""
    from simulator.customers.spending import forecast

    spec, plan = cast.plan.model, cast.plan
    voiced = sum(case.voice == "llm" for case in cast.cases)
    if spec is None or not voiced:
        return
    endpoint = spec.endpoint(os.environ)
    ordinary = sum(not case.probe for case in cast.cases)
    yield (
        f"{voiced:,} of {ordinary:,} customers are worded by {spec.name} at {endpoint}: their facts, their words and the "
        "bot's go there; phrases word the rest"
    )
    expected = forecast(spec, voiced, TURNS_PER_CONVERSATION)
    cost = f"about ${expected.usd:.2f}" if expected.usd is not None else "cost not known, the plan states no prices"
    yield f"at most about {expected.calls:,} calls, {expected.tokens:,} tokens, {cost}"
    if plan.budget is not None:
        yield _budget(plan.budget, expected)
    for target in cast.targets:
        spec_of_target = target.spec() if target.kind == "file" else None
        if spec_of_target is not None and urlsplit(spec_of_target.base_url).netloc == urlsplit(endpoint).netloc:
            yield f"warning: {target.name} is at the same endpoint; a model that talks to itself agrees with itself"


def _budget(budget: Budget, expected: Forecast) -> str:
    caps = [
        (f"${budget.usd or 0:g}", budget.usd, expected.usd),
        (f"{budget.tokens or 0:,} tokens", budget.tokens, expected.tokens),
        (f"{budget.calls or 0:,} calls", budget.calls, expected.calls),
        (f"{numbers.seconds(budget.wall_s or 0)}", budget.wall_s, None),
    ]
    given = [words for words, cap, _ in caps if cap is not None]
    then = "phrases take over" if budget.then == "phrases" else "the run ends"
    short = [cap / need for _, cap, need in caps if cap is not None and need and need > cap]
    enough = f"; enough for about {min(short):.0%} of it" if short else ""
    return f"budget {', '.join(given)}{enough}; then {then}"
