"""A model that can be read: signs, what each weighs in log odds, what it was fitted on and how often it is right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from math import exp

import msgspec


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How often a model is right on conversations that it was not fitted on."""

    measure: str
    """`auc`, `f1`, `precision` or `recall`."""
    measured_on: str
    """Which conversations, and in what way they were held out."""
    value: float
    low: float
    high: float
    """Bounds of the 95 % interval: bootstrap over groups."""
    n: int
    note: str = ""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A logistic model over named signs."""

    name: str
    version: str
    intercept: float
    threshold: float
    """From this probability on the answer is yes."""
    weights: dict[str, float]
    trained_on: str = ""
    """The data, in words; empty where the weights are judgements."""
    notice: str = ""
    """Licence of the data. Its texts are not part of the product."""
    figures: list[Figure] = []

    def probability(self, signs: Mapping[str, float]) -> float:
        """The probability in (0, 1); signs that it does not know weigh nothing."""
        weights = self.weights
        odds = self.intercept + sum(weights[sign] * value for sign, value in signs.items() if sign in weights)
        return 1 / (1 + exp(-max(-40.0, min(40.0, odds))))


@lru_cache(maxsize=8)
def model(name: str) -> Model:
    """A model of the package by its name. Raises FileNotFoundError for one that is not shipped."""
    source = files("simulator.textmodels") / f"{name}.yaml"
    return msgspec.yaml.decode(source.read_bytes(), type=Model)


@lru_cache(maxsize=1)
def not_measured() -> dict[str, Figure]:
    """Questions that text alone did not answer on an unseen domain or bot, each with the best figure reached."""
    source = files("simulator.textmodels") / "not_measured.yaml"
    return msgspec.yaml.decode(source.read_bytes(), type=dict[str, Figure])
