"""The customer of a case: a mind with a voice, or a probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.customers.mind import Mind
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.customers.probes import Probe
from simulator.customers.voice import phrases
from simulator.model.contracts import Customer
from simulator.model.persona import Persona
from simulator.model.plan import Case
from simulator.model.scenario import Scenario

if TYPE_CHECKING:
    from simulator.customers.model_service import ModelService


def customer_for(
    case: Case,
    persona: Persona,
    scenario: Scenario,
    parameters: Parameters = DEFAULT,
    *,
    model: ModelService | None = None,
    think: float = 0.0,
) -> Customer:
    """The customer that plays this case, in the scenario as its language words it.

    `model` words it where the case says so; `think` is the run's factor on thinking time, within which the model is not
    late. Raises InputError if there are no phrases for the case's language.
    """
    voice = phrases(case.language)
    if persona.probe is not None:
        return Probe(case, scenario, persona.probe, voice, parameters)
    mind = Mind(case, scenario, voice, parameters)
    if case.voice != "llm" or model is None:
        return mind
    from simulator.customers.model_voice import ModelVoiced

    return ModelVoiced(mind, model, case, scenario, think)
