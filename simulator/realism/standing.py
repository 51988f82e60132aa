"""What each number of the customer model stands on: measured, cited, fitted, or chosen by convention."""

from __future__ import annotations

import ast
from inspect import getsource
from typing import Literal, get_args

import msgspec

from simulator.customers.parameters import Parameters

Standing = Literal["measured", "cited", "fitted", "convention"]


class Parameter(msgspec.Struct, frozen=True):
    """One number of the model."""

    name: str
    value: str
    standing: Standing
    note: str
    """The sentence beside it in the source."""


def standings() -> list[Parameter]:
    """Every parameter as `customers/parameters.py` states it. Raises ValueError for one whose note names no standing."""
    body = ast.parse(getsource(Parameters)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: list[Parameter] = []
    for field, note in zip(body.body, body.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name) or field.value is None:
            continue
        text = note.value.value if isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant) else ""
        words = " ".join(str(text).split())
        standing = next((one for one in get_args(Standing) if words.lower().startswith(one)), None)
        if standing is None:
            raise ValueError(f"parameter {field.target.id} does not say what it stands on: {words!r}")
        found.append(Parameter(field.target.id, ast.unparse(field.value), standing, words))
    return found
