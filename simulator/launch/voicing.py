"""The language model of a run's customers: one connection a process, one budget for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.clock.wall import WallClock
from simulator.customers.customer import customer_for
from simulator.customers.parameters import Parameters, calibrated
from simulator.model.contracts import Customer
from simulator.model.persona import Persona
from simulator.model.plan import Case, RunPlan
from simulator.model.scenario import Scenario

if TYPE_CHECKING:
    from simulator.customers.model_service import ModelService
    from simulator.customers.spending import Ledger

LEDGER = "spending"
"""File of a run's folder that holds what the model has used, for all processes."""

MakeCustomer = Callable[[Case, Persona, Scenario], Customer]


class Voicing:
    """Makes the customers of one process. Raises InputError where the model has no key."""

    def __init__(self, plan: RunPlan, cases: Iterable[Case], folder: Path) -> None:
        self._plan = plan
        self._parameters = _weights(plan)
        self._model: ModelService | None = None
        self._ledger: Ledger | None = None
        if plan.model is not None and any(case.voice == "llm" for case in cases):
            from simulator.customers.model_service import ModelService
            from simulator.customers.spending import Ledger

            if plan.budget is not None:
                began = (folder / "plan.yaml").stat().st_mtime
                self._ledger = Ledger(folder / LEDGER, plan.budget, began)
            self._model = ModelService(plan.model, WallClock(), self._ledger)

    @property
    def customer(self) -> MakeCustomer:
        """Who plays a case."""
        return partial(customer_for, parameters=self._parameters, model=self._model, think=self._plan.think)

    @property
    def ends_run(self) -> str:
        """Which budget is used up, where the plan wants the run to end then; empty otherwise."""
        if self._model is None or self._plan.budget is None or self._plan.budget.then != "end":
            return ""
        return self._model.spent_budget

    def close(self) -> None:
        """Close the connections."""
        if self._model is not None:
            self._model.close()
        if self._ledger is not None:
            self._ledger.close()


def _weights(plan: RunPlan) -> Parameters:
    assert not isinstance(plan.calibration, str), "a cast plan has its calibration in it"
    return calibrated(plan.calibration)


def budget_note(budget: str, left: int) -> str:
    """What is said of a run that its budget has ended."""
    used_up = f"the model's budget ({budget}) was used up: no room for one more call"
    return f"{used_up}; the run ended as the plan says; not started: {left}"
