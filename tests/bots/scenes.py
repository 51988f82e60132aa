"""Three small situations and the means to play them: written for these tests, not from the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import yaml

from simulator.bots.dials import make
from simulator.bots.faults import start
from simulator.bots.reference import Backend, BotAnswer, ReferenceBot
from simulator.catalogue.freeze import Catalogue
from simulator.model.persona import Traits
from simulator.model.plan import Case
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Signal

DOCUMENTS = {
    "late-train": """
scenario: 1
name: late-train
domain: travel
facts:
  booking: {kind: identity, value: "TR-48213", asked: ["(booking|ticket) (number|code)"]}
  problem: {kind: problem, value: my train was cancelled, match: ["cancel"]}
truth:
  platform: {value: platform 9, match: ["platform 9"]}
  leaves: {value: "17:42"}
needs:
  - name: next_train
    required_slots: [booking]
    milestones: [platform, leaves]
    qualified_queues: [travel]
    resolution: {told: [platform, leaves]}
translations:
  es:
    facts:
      booking: {called: número de reserva, asked: ["número de reserva"]}
      problem: {value: mi tren se canceló, match: [cancel]}
    truth:
      platform: {called: andén, value: andén 9, match: ["and[eé]n 9"]}
      leaves: {called: sale a las}
desk: {queue: travel}
""",
    "dead-router": """
scenario: 1
name: dead-router
domain: telecom
facts:
  customer: {kind: identity, value: "C-99120", asked: ["customer (number|id)"]}
  problem: {kind: problem, value: the internet is gone, match: ["no internet"]}
  light: {kind: technical, value: the lamp is red}
  rebooted: {kind: steps, value: restarted the router, match: ["restart.{0,12}router"], step: restart_router}
  surgery: {kind: impact, value: our surgery cannot see patients, match: ["patients"]}
needs:
  - name: back_online
    criticality: high
    required_slots: [customer]
    must_escalate_on: [surgery]
    qualified_queues: [network]
    resolution: {step: reset_line}
steps:
  restart_router: ["restart.{0,12}router"]
  swap_cable: ["swap.{0,12}cable"]
  reset_line: ["reset.{0,12}line"]
articles:
  wifi-tips: ["wi.?fi tips"]
translations:
  es:
    facts:
      customer: {called: número de cliente, asked: ["número de cliente"]}
      problem: {value: no tengo internet, match: ["(sin|no hay) internet"]}
      light: {called: color de la luz, value: la luz está en rojo}
      rebooted: {value: reinicié el router, match: ["reinici.{0,12}router"]}
      surgery: {value: no podemos atender a los pacientes, match: [pacientes]}
    steps:
      restart_router: [reiniciar el router]
      swap_cable: ["cambi(ar|e) el cable"]
      reset_line: ["restable(cer|zca) la l[ií]nea"]
    articles:
      wifi-tips: [consejos para el wifi]
desk: {queue: network}
""",
    "wrong-bill": """
scenario: 1
name: wrong-bill
facts:
  account: {kind: identity, value: "AC-55001", asked: [account number]}
  problem: {kind: problem, value: I was charged twice, match: ["twice"]}
  amount: {kind: impact, value: "84.20"}
needs:
  - name: refund
    bot_solvable: false
    required_slots: [account]
    qualified_queues: [billing]
    resolution: {action: refund_paid}
  - name: new_address
    required_slots: [amount]
    resolution: {action: address_changed}
translations:
  es:
    facts: {account: {called: número de cuenta}}
    actions: {address_changed: la dirección queda cambiada}
desk: {queue: billing}
""",
}
SCENARIOS = {name: msgspec.convert(yaml.safe_load(text), Scenario) for name, text in DOCUMENTS.items()}
CATALOGUE = Catalogue({}, SCENARIOS)


def bot(
    spec: str,
    scenario: str = "late-train",
    case: str = "",
    backend: Backend | None = None,
    language: str = "en",
    **facts: str,
) -> ReferenceBot:
    scene = spoken(SCENARIOS[scenario], language)
    return start(make(spec), scene, facts, {}, case or f"{scenario}/anna/0", 7, backend=backend)


def talk(spec: str, scenario: str, *texts: str, case: str = "", language: str = "en") -> list[BotAnswer]:
    """A whole conversation: what the bot answers to each text."""
    conversation = bot(spec, scenario, case, language=language)
    return [conversation.answer(text) for text in texts]


def share(
    spec: str, scenario: str, texts: list[str], holds: Callable[[list[BotAnswer]], bool], cases: int = 200
) -> float:
    """The share of customers who say this and for whom something holds of the answers."""
    return sum(holds(talk(spec, scenario, *texts, case=f"{scenario}/anna/{n}")) for n in range(cases)) / cases


def states(answers: list[BotAnswer]) -> list[str]:
    """The hand-off's states in the order in which the wire tells them."""
    found = [(answer.handoff.state, answer.handoff.then) for answer in answers if answer.handoff]
    return [state for pair in found for state in pair if state]


def case_of(scenario: str, repeat: int = 0, language: str = "en", **facts: str) -> Case:
    """A customer of whom nothing but the scenario matters: bots read words, not traits."""
    traits = {field.name: False if field.type is bool else 0.5 for field in msgspec.structs.fields(Traits)}
    return Case(
        id=f"c-{repeat:04}",
        target="any",
        scenario=scenario,
        persona="anna",
        repeat=repeat,
        seed=7,
        facts=facts,
        truth={},
        traits=msgspec.convert(traits, Traits),
        language=language,
    )


class Stopwatch:
    """A clock that is wound on by whoever sleeps on it."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def mailbox(self) -> Any:
        return []

    def wait(self, mailbox: Any, seconds: float) -> Any | None:
        self.sleep(seconds)
        return None

    def put(self, mailbox: Any, item: Any) -> None:
        mailbox.append(item)

    def spawn(self, function: Callable[..., object], *args: object) -> None:
        function(*args)


def kinds(signals: tuple[Signal, ...]) -> list[str]:
    return [signal.kind for signal in signals]
