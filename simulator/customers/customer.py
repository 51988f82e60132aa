"""The customer of a case: a mind with a voice, or a probe."""

from __future__ import annotations

from simulator.customers.mind import Mind
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.customers.probes import Probe
from simulator.customers.voice import phrases
from simulator.model.contracts import Customer
from simulator.model.persona import Persona
from simulator.model.plan import Case
from simulator.model.scenario import Scenario


def customer_for(case: Case, persona: Persona, scenario: Scenario, parameters: Parameters = DEFAULT) -> Customer:
    """The customer that plays this case. Raises InputError if there are no phrases for the case's language."""
    voice = phrases(case.language)
    if persona.probe is not None:
        return Probe(case, scenario, persona.probe, voice, parameters)
    return Mind(case, scenario, voice, parameters)
