"""Two small scenarios, some turns heard, and cases to try customers on."""

from __future__ import annotations

from typing import Any

from simulator.chance import Chance
from simulator.customers.mind import Mind
from simulator.customers.parameters import Parameters
from simulator.customers.traits import draw_traits
from simulator.customers.voice import phrases
from simulator.model.contracts import Heard, Leave, Say, Wait
from simulator.model.persona import Persona, Traits
from simulator.model.plan import Case
from simulator.model.scenario import Fact, Need, Resolution, Scenario, Truth

BICYCLE = Scenario(
    scenario=1,
    name="bicycle-repair",
    facts={
        "order": Fact("identity", "RW-62917"),
        "problem": Fact("problem", "my bicycle is not back", say=["{}", "where is my bicycle"]),
        "needed": Fact("deadline", "Saturday"),
    },
    truth={"place": Truth("workshop in Turku"), "day": Truth("Monday")},
    needs=[Need("find_it", Resolution(told=["place", "day"]), required_slots=["order"], milestones=["place", "day"])],
)

PAYROLL = Scenario(
    scenario=1,
    name="payroll-stuck",
    segment="b2b",
    contract_value=64_000,
    facts={
        "account": Fact("identity", "MR-2206"),
        "problem": Fact("problem", "no payslip can be printed"),
        "error_code": Fact("technical", "PY-77"),
        "restarted": Fact("steps", "server restarted", step="restart_server"),
        "stopped": Fact("impact", "wages are late"),
        "cut_off": Fact("deadline", "17:30"),
    },
    needs=[
        Need(
            "print_payslips",
            Resolution(action="printer_freed"),
            criticality="high",
            bot_solvable=False,
            required_slots=["account", "error_code"],
            must_escalate_on=["stopped"],
        )
    ],
)

PLAIN = Traits(
    urgency=0.4,
    trust=0.6,
    reactivity=1.0,
    carry_over=0.92,
    assertive=0.5,
    wish_for_human=0.3,
    queue_patience_s=180.0,
    told_at_once=0.0,
    errors_per_word=0.0,
    length=0.0,
    speed=0.0,
    caps=0.0,
    words_per_minute=36.2,
    failed_before=False,
)
"""A customer in the middle of everything, who tells only the problem and mistypes nothing."""

STAYS = Parameters(
    leave_intercept=-99.0, ask_intercept=-99.0, exec_intercept=-99.0, slot_trouble=0.0, accepts_offer=1.0
)
"""Never leaves, never asks: what follows is the list of going on."""
ASKS = Parameters(leave_intercept=-99.0, ask_intercept=99.0)
LEAVES = Parameters(leave_intercept=99.0)

PERSONA = Persona(persona=1, name="plain", about="Nobody in particular.")


def case(scenario: Scenario = BICYCLE, repeat: int = 0, traits: Traits | None = PLAIN, seed: int = 11) -> Case:
    """A case of this scenario; without traits they are drawn from the default priors."""
    chance = Chance(seed, scenario.name, PERSONA.name, repeat)
    return Case(
        id=f"c-{repeat}",
        target="bot",
        scenario=scenario.name,
        persona=PERSONA.name,
        repeat=repeat,
        seed=seed,
        facts={name: fact.value for name, fact in scenario.facts.items()},
        truth={name: truth.value for name, truth in scenario.truth.items()},
        traits=traits or draw_traits(PERSONA, chance),
    )


def mind(
    parameters: Parameters = STAYS, scenario: Scenario = BICYCLE, repeat: int = 0, traits: Traits | None = PLAIN
) -> Mind:
    """A customer who has not spoken yet."""
    return Mind(case(scenario, repeat, traits), scenario, phrases(), parameters)


def opened(
    parameters: Parameters = STAYS, scenario: Scenario = BICYCLE, repeat: int = 0, traits: Traits | None = PLAIN
) -> Mind:
    """A customer who has stated the need."""
    customer = mind(parameters, scenario, repeat, traits)
    customer.next(None)
    return customer


def bot(text: str = "Please have a look at our help pages.", **heard: Any) -> Heard:
    """A bot turn; nothing else said, it is no progress."""
    signature = frozenset(heard.pop("signature", ()))
    return Heard("bot", need="need", signature=signature, latency=heard.pop("latency", 1.0), text=text, **heard)


USELESS = bot()
SAME_AGAIN = bot(repeat="content", repeat_of=1)
ASKS_ORDER = bot("What is your order number?", asked=("order",), progress=("P1",))
NOBODY = Heard("nobody")


def said(move: Say | Wait | Leave) -> Say:
    assert isinstance(move, Say), move
    return move


def left(move: Say | Wait | Leave) -> Leave:
    assert isinstance(move, Leave), move
    return move


def waits(move: Say | Wait | Leave) -> Wait:
    assert isinstance(move, Wait), move
    return move
