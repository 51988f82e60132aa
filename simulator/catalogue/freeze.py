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
        personas = _read_all(Persona, persona_paths, "personas", originals, problems)
        scenarios = _read_all(Scenario, scenario_paths, "scenarios", originals, problems)
        for path in scenario_paths:
            _add_translations(scenarios, Path(path), originals, problems)
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


def _add_translations(
    scenarios: dict[str, Scenario], path: Path, originals: dict[str, bytes], problems: list[Problem]
) -> None:
    """Give a scenario the words that stand in `<language>/<file>` beside it; a file goes before the scenario's own field."""
    for beside in sorted(path.parent.glob(f"*/{path.name}")):
        language = beside.parent.name
        if not is_language(language):
            continue
        document, original = source(beside)
        mark = document.value.get("of") if isinstance(document.value, dict) else None
        scenario = scenarios.get(str(mark) if mark is not None else path.stem)
        found = translation_findings(document.value, scenario) if scenario is not None else ()
        words, faults = judged(document, Translation, found=found)
        problems += faults
        if scenario is None and words is not None:
            message = f"there is no scenario {words.of!r} beside this translation"
            problems.append(Problem(message, str(beside), field="of", hint=f"write of: {path.stem}"))
        elif scenario is not None and words is not None:
            # As plain words: what marks a file of its own is no field of a scenario, and would not be read back.
            plain = Words(**{name: getattr(words, name) for name in Words.__struct_fields__})
            translations = {**scenario.translations, language: plain}
            scenarios[scenario.name] = msgspec.structs.replace(scenario, translations=translations)
            originals[f"scenarios/{language}/{scenario.name}.yaml"] = original
