"""The personas and scenarios of one run, read together and kept with it byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from simulator.catalogue.check import examine, judged, source
from simulator.catalogue.references import translation_findings
from simulator.catalogue.stock import is_language
from simulator.model.errors import InputError, Problem
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario, Translation, Words, spoken

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
    def load(cls, persona_paths: Iterable[Path | str], scenario_paths: Sequence[Path | str]) -> Catalogue:
        """Read all files. Raises InputError with the problems of all of them, two files with one name among these."""
        problems: list[Problem] = []
        originals: dict[str, bytes] = {}
        personas = _read_all(Persona, persona_paths, "personas", originals, problems, {})
        places: dict[str, Path | str] = {}
        scenarios = _read_all(Scenario, scenario_paths, "scenarios", originals, problems, places)
        for name, path in places.items():
            _add_translations(scenarios, name, Path(path), originals, problems)
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

    def spoken(self, scenario: str, language: str) -> Scenario:
        """A scenario by name, in a language; as it was written where it has no words in it. Raises KeyError."""
        return spoken(self.scenarios[scenario], language)

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
    places: dict[str, Path | str],
) -> dict[str, Noun]:
    """The nouns by name; `places` gets the file of each."""
    found: dict[str, Noun] = {}
    for path in paths:
        examined = examine(path, kind)
        problems += examined.problems
        noun = examined.value
        if noun is None:
            continue
        if noun.name in found:
            message = f"the name {noun.name!r} is already taken by {places[noun.name]}"
            problems.append(Problem(message, str(path), field="name", hint="rename one, or choose one of the files"))
            continue
        found[noun.name], places[noun.name] = noun, path
        originals[f"{room}/{noun.name}.yaml"] = examined.original
    return found


def _add_translations(
    scenarios: dict[str, Scenario], name: str, path: Path, originals: dict[str, bytes], problems: list[Problem]
) -> None:
    """Give a scenario the words that stand in `<language>/<file>` beside it; a file goes before the scenario's own field."""
    for beside in sorted(path.parent.glob(f"*/{path.name}")):
        language = beside.parent.name
        if not is_language(language):
            continue
        document, original = source(beside)
        scenario = scenarios[name]
        words, faults = judged(document, Translation, found=translation_findings(document.value, scenario, language))
        problems += faults
        if words is not None:
            # As plain words: what marks a file of its own is no field of a scenario, and would not be read back.
            plain = Words(**{field: getattr(words, field) for field in Words.__struct_fields__})
            translations = {**scenario.translations, language: plain}
            scenarios[name] = msgspec.structs.replace(scenario, translations=translations)
            originals[f"scenarios/{language}/{name}.yaml"] = original
