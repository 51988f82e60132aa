"""Cases, transcripts and metrics as short as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.model.persona import Traits
from simulator.model.plan import Case
from simulator.model.score import Metric, Score
from simulator.model.transcript import Ending, Transcript
from simulator.verdict.record import Booked, Held

TRAITS = Traits(0.5, 0.5, 1, 0.9, 0.5, 0.5, 300, 0.5, 0, 0, 0, 0, 40, False)


def case(id_: str, *, probe: bool = False, target: str = "bot") -> Booked:
    return Booked.of(Case(id_, target, "parcel-status", "polite_novice", 0, 1, {}, {}, TRAITS, probe))


def transcript(
    id_: str, ending: Ending = "satisfied", *, target: str = "bot", scenario: str = "one", persona: str = "novice"
) -> Transcript:
    return Transcript(id_, [], ending, 10.0, target=target, scenario=scenario, persona=persona)


def held(id_: str, ending: Ending = "satisfied") -> Held:
    return Held.of(transcript(id_, ending))


def scored(*values: float | str | None, name: str = "loop", scenarios: int = 2) -> list[tuple[Transcript, list[Score]]]:
    """One conversation for each value of one score, dealt over scenarios."""
    return [
        (
            transcript(f"c-{place}", scenario=f"s{place % scenarios}"),
            [Score(name, value, reason="" if value is not None else "cannot say")],
        )
        for place, value in enumerate(values)
    ]


def metric(name: str = "entrapment_rate", **fields: Any) -> Metric:
    defaults: dict[str, Any] = {
        "group": "",
        "estimate": 0.02,
        "low": 0.0,
        "high": 0.06,
        "n": 200,
        "skipped": 0,
        "method": "by hand",
        "estimand": "these_scenarios",
        "bound_low": 0.005,
        "bound_high": 0.04,
        "target": "bot",
    }
    return Metric(name, **{**defaults, **fields})


def names(metrics: Sequence[Metric]) -> set[str]:
    return {one.name for one in metrics}
