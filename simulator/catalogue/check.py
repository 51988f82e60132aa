"""A file from people -> a checked Struct, or every problem of the file at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from simulator.catalogue.references import findings
from simulator.catalogue.yaml_source import Document, Finding, compose, read_text
from simulator.model.calibration import Calibration
from simulator.model.errors import InputError, Problem
from simulator.model.gates import Gates
from simulator.model.log_map import LogMap
from simulator.model.persona import Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario, Translation
from simulator.model.target import TargetSpec

T = TypeVar("T")

MARKS: dict[type, str] = {
    Persona: "persona",
    Scenario: "scenario",
    RunPlan: "plan",
    Gates: "gates",
    TargetSpec: "target",
    Translation: "translation",
    LogMap: "log_map",
    Calibration: "calibration",
}
"""The key that opens a file of each format and carries its version."""

LONGEST_MESSAGE = 300
"""Characters; a whole paragraph found in the wrong place need not be repeated in full."""


@dataclass(frozen=True)
class Examined(Generic[T]):
    """What became of one file."""

    value: T | None
    """None where a problem refuses it."""
    problems: list[Problem]
    """Errors and warnings in the order of the file."""
    original: bytes
    """The file as it was, byte for byte."""

    def accepted(self) -> T:
        """The value. Raises InputError with all problems, warnings included."""
        if self.value is None:
            raise InputError(self.problems)
        return self.value


def read(
    path: Path | str, kind: type[T], *, text: str | None = None, known_metrics: Collection[str] | None = None
) -> T:
    """The noun in a YAML file. `text` stands in for the file's content; metric names of gates are checked if known.

    Raises InputError that carries all problems of the file. Warnings alone do not refuse it; `examine` shows them.
    """
    return examine(path, kind, text=text, known_metrics=known_metrics).accepted()


def examine(
    path: Path | str, kind: type[T], *, text: str | None = None, known_metrics: Collection[str] | None = None
) -> Examined[T]:
    """As `read`, but a problem is a value. Never raises."""
    document, original = source(path, text)
    return Examined(*judged(document, kind, known_metrics), original)


def source(path: Path | str, text: str | None = None) -> tuple[Document, bytes]:
    """The composed document and the bytes it came from; what could not be read is among the document's problems."""
    if text is not None:
        return compose(text, str(path)), text.encode(errors="surrogatepass")
    content, original, problems = read_text(path)
    if not problems:
        return compose(content, str(path)), original
    document = Document(str(path))
    document.problems = problems
    return document, original


def judged(
    document: Document,
    kind: type[T],
    known_metrics: Collection[str] | None = None,
    found: Iterable[Finding] = (),
    hide: Callable[[str], str] = str,
) -> tuple[T | None, list[Problem]]:
    """The value of a composed document, if nothing refuses it, and all its problems in the order of the file.

    `found` adds what the caller knows; `hide` takes secrets out of messages, before these are cut to a readable length.
    """
    if document.value is None and document.problems:
        return None, document.problems
    other = _other_format(document, kind)
    if other is not None:
        return None, [*document.problems, other]
    collected = [*found, *findings(kind, document.value, known_metrics)]
    value: T | None = None
    try:
        value = msgspec.convert(document.value, kind)
    except (msgspec.ValidationError, ValueError) as error:
        from simulator.catalogue.schema import violations  # a file that converts never pays for the validator

        collected += violations(kind, document)
        if all(finding.warning for finding in collected):
            collected.append(Finding((), f"cannot be read as a {kind.__name__}: {error}"))
    problems = [*document.problems, *(document.problem(_readable(finding, hide)) for finding in collected)]
    problems.sort(key=lambda problem: (problem.line, problem.column))
    refused = any(not problem.warning for problem in problems)
    return (None if refused else value), list(dict.fromkeys(problems))


def _readable(finding: Finding, hide: Callable[[str], str]) -> Finding:
    message, hint = hide(finding.message), hide(finding.hint)
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]}..."
    return finding._replace(message=message, hint=hint)


def _other_format(document: Document, kind: type) -> Problem | None:
    """One sentence instead of twenty when somebody hands in a persona for a scenario."""
    value, own = document.value, MARKS.get(kind)
    if not isinstance(value, dict) or own is None or own in value:
        return None
    others = [mark for mark in MARKS.values() if isinstance(value.get(mark), int)]
    if len(others) != 1:
        return None
    return document.problem(Finding((others[0],), f"expected a {own} file ({own}: 1), found a {others[0]} file"))
