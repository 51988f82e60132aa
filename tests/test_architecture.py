"""The rooms stand on floors: each may import what lies below it, and nothing beside or above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import simulator

HOME = Path(simulator.__file__).parent

FLOORS = (
    ("model", "statistics", "clock", "chance"),
    ("language",),
    ("dialogue", "textmodels"),
    ("customers", "targets", "scorers", "store", "catalogue", "registry", "burst", "logs"),
    ("verdict", "engine", "bots", "desk", "calibration"),
    ("launch",),
    ("load", "report", "realism", "accuracy"),
    ("cli",),
)
"""From the ground up; a room may know every floor below its own."""

SAME_FLOOR = {
    ("catalogue", "registry"): "a gate's metric has to be one that exists",
    ("logs", "store"): "a run's folder is one of the sources",
    ("clock", "model"): "nouns are known to all",
    ("statistics", "model"): "nouns are known to all",
    ("chance", "model"): "nouns are known to all",
}

HOMES: dict[str, tuple[str, ...]] = {
    "locust": ("load/",),
    # a server for thousands of idle connections, and the one client that load processes talk through
    "gevent": ("load/", "bots/serve.py", "targets/wire.py"),
    "geventhttpclient": ("targets/wire.py",),
    # quantiles of the beta distribution, lazily, only where customers are drawn; maximum likelihood and the points that stand
    # for a crowd, lazily, only where customers are fitted to logs
    "scipy": ("statistics/", "customers/traits.py", "calibration/"),
    # packed trigram hashes compared in one call; likelihoods of many choices at once
    "numpy": ("statistics/", "language/text.py", "calibration/"),
    "faker": ("catalogue/facts.py", "language/personal.py"),
    # takes most of a second to load, and only customers worded by a model need it
    "openai": ("customers/model_service.py",),
    # streams JSON arrays larger than memory
    "ijson": ("logs/",),
    "rich": ("report/",),
    "click": ("cli/",),
}
"""Who may import what weighs or patches."""
LAZY = {
    ("scipy", "customers/traits.py"),
    ("faker", "catalogue/facts.py"),
    ("openai", "customers/model_service.py"),
    *(
        (library, f"calibration/{module}.py")
        for library in ("numpy", "scipy")
        for module in ("nodes", "likelihood", "fit")
    ),
}
"""Only inside a function."""

FILES = sorted(HOME.rglob("*.py"))


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """Every absolute name imported, and whether at the head of the module."""
    return list(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    later = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) or _for_types_only(node)]
    inside = {node for block in later for node in ast.walk(block)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, node not in inside) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module, node not in inside
            if node.module == "simulator":
                yield from ((f"simulator.{one.name}", node not in inside) for one in node.names)


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(path: Path) -> str:
    return path.relative_to(HOME).parts[0].removesuffix(".py")


def floor(name: str) -> int | None:
    return next((height for height, rooms in enumerate(FLOORS) if name in rooms), None)


def test_every_room_has_a_floor() -> None:
    """A new folder or module has to be given its place."""
    assert {room(path) for path in FILES} - {"__init__", "__main__"} == {name for rooms in FLOORS for name in rooms}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOME)))
def test_imports_go_down_only(path: Path) -> None:
    """No module knows a floor above its own, nor another room on it."""
    here = room(path)
    height = floor(here)
    wrong = []
    for name, _ in imports(path):
        there = name.split(".")[1] if name.startswith("simulator.") else here
        other = floor(there)
        if there == here or height is None or other is None or (here, there) in SAME_FLOOR:
            continue
        if other >= height:
            wrong.append(f"{here} -> {name}")
    assert wrong == []


@pytest.mark.parametrize("library", HOMES)
def test_what_weighs_or_patches_has_few_homes(library: str) -> None:
    """A library that is slow to import or patches the process is imported where it belongs and nowhere else."""
    wrong = []
    for path in FILES:
        place = path.relative_to(HOME).as_posix()
        for name, at_head in imports(path):
            if name.split(".")[0] != library:
                continue
            if not place.startswith(HOMES[library]) or (at_head and (library, place) in LAZY):
                wrong.append(f"{place} imports {name}{' at its head' if at_head else ''}")
    assert wrong == []
