"""The personas and scenarios of one run, read together and kept with it byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from simulator.catalogue.check import examine
from simulator.model.errors import InputError, Problem
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario

Noun = TypeVar("Noun", Persona, Scenario)


@dataclass(frozen=True)
class Catalogue:
    """Who can call about what. A rescore reads the copies in the run's folder, never today's files."""

    personas: Mapping[str, Persona]
    scenarios: Mapping[str, Scenario]
    originals: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Relative path (`personas/NAME.yaml`) -> the file as it was read."""
    warnings: list[Problem] = field(default_factory=list, compare=False)

    @classmethod
    def load(cls, persona_paths: Iterable[Path | str], scenario_paths: Iterable[Path | str]) -> Catalogue:
        """Read all files. Raises InputError with the problems of all of them, two files with one name among these."""
        problems: list[Problem] = []
        originals: dict[str, bytes] = {}
        personas = _read_all(Persona, persona_paths, "personas", originals, problems)
        scenarios = _read_all(Scenario, scenario_paths, "scenarios", originals, problems)
        if any(not problem.warning for problem in problems):
            raise InputError(problems)
        return cls(personas, scenarios, originals, problems)

    @classmethod
    def read(cls, folder: Path | str) -> Catalogue:
        """The catalogue that `write` kept in this folder. Raises InputError."""
        kept = [sorted((Path(folder) / kind).glob("*.yaml")) for kind in ("personas", "scenarios")]
        if not all(kept):
            raise InputError([Problem("expected personas/*.yaml and scenarios/*.yaml in this folder", str(folder))])
        return cls.load(*kept)

    def write(self, folder: Path | str) -> None:
        """Copy every original, byte for byte, under folder/personas and folder/scenarios. Raises OSError."""
        for relative, content in self.originals.items():
            path = Path(folder) / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _read_all(
    kind: type[Noun],
    paths: Iterable[Path | str],
    room: str,
    originals: dict[str, bytes],
    problems: list[Problem],
) -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    first: dict[str, Path | str] = {}
    for path in paths:
        examined = examine(path, kind)
        problems += examined.problems
        noun = examined.value
        if noun is None:
            continue
        if noun.name in found:
            message = f"the name {noun.name!r} is already taken by {first[noun.name]}"
            problems.append(Problem(message, str(path), field="name", hint="rename one, or choose one of the files"))
            continue
        found[noun.name], first[noun.name] = noun, path
        originals[f"{room}/{noun.name}.yaml"] = examined.original
    return found
