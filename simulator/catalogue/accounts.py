"""The company's own test accounts: a table of which every customer is dealt a row.

CSV with a header; a column is named like a fact, or `truth.NAME`. A customer whose scenario has that fact or truth gets the
row's value, everything else stays as it was drawn. An empty cell gives nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

import msgspec

from simulator.catalogue.yaml_source import read_text
from simulator.chance import Chance
from simulator.model.errors import InputError, Problem
from simulator.model.plan import Case
from simulator.model.scenario import Scenario

TRUTH = "truth."
_OTHER_SEPARATORS = (";", "\t", "|")

Row = Mapping[str, str]
"""Column -> value, without the empty cells."""


class Accounts(msgspec.Struct, frozen=True):
    """A pool of test accounts."""

    file: str
    rows: list[dict[str, str]]
    """As in the file, so that a row's number stays what it is."""
    warnings: list[Problem] = []

    def row(self, number: int) -> Row:
        """One account. Raises InputError where the file has become shorter since the customers were cast."""
        if number < len(self.rows):
            return self.rows[number]
        message = f"expected a row {number} (counted from 0), found {len(self.rows)} rows"
        raise InputError([Problem(message, self.file, hint="it must not change while its customers are under way")])

    def filled(self, case: Case) -> Case:
        """The case with the values of its row; as it is where it has none."""
        if case.row is None:
            return case
        given = self.row(case.row)
        facts = {name: given.get(name, value) for name, value in case.facts.items()}
        truth = {name: given.get(TRUTH + name, value) for name, value in case.truth.items()}
        seeded = [name for name in case.truth if TRUTH + name in given]
        return msgspec.structs.replace(case, facts=facts, truth=truth, seeded=seeded)


class Deck:
    """Deals rows: to each scenario those that give it something, one after the other in a seeded order, and over again."""

    def __init__(self, accounts: Accounts, seed: int) -> None:
        self._accounts = accounts
        self._chance = Chance(seed, "accounts")
        self._dealing: dict[tuple[int, ...], Iterator[int]] = {}

    def deal(self, scenario: Scenario) -> int | None:
        """The next customer's row; None where no row gives this scenario anything."""
        names = columns_of(scenario)
        fitting = tuple(number for number, row in enumerate(self._accounts.rows) if not names.isdisjoint(row))
        if not fitting:
            return None
        return next(self._dealing.setdefault(fitting, self._endless(fitting)))

    def _endless(self, fitting: tuple[int, ...]) -> Iterator[int]:
        # Another order in each round: else whoever comes every so many customers would always have the same account.
        turn = 0
        while True:
            yield from sorted(fitting, key=lambda number: self._chance.bits(f"row:{number}", turn))
            turn += 1


def columns_of(scenario: Scenario) -> set[str]:
    """What columns can be named for a scenario."""
    return {*scenario.facts, *(TRUTH + name for name in scenario.truth)}


def read_accounts(path: Path | str, known: Collection[str] | None = None) -> Accounts:
    """The accounts in a CSV file. Raises InputError with all problems, each with file, line and column.

    `known`: names that a column can have; one that has another is warned of, as long as there is one that is known.
    """
    file = str(path)
    text, _, problems = read_text(path)
    if problems:
        raise InputError(problems)
    header: list[str] = []
    rows: list[dict[str, str]] = []
    for line, cells in _records(text.removeprefix("\ufeff"), file, problems):
        if not header:
            header = cells
            problems += _header_problems(header, file, line, known)
        elif len(cells) != len(header):
            message = f"expected {len(header)} cells as in the header, found {len(cells)}"
            place = min(len(cells), len(header)) + 1
            column = header[len(cells)] if len(cells) < len(header) else ""
            hint = "a value that holds a comma stands in double quotes" if len(cells) > len(header) else ""
            problems.append(Problem(message, file, line, place, column, hint=hint))
        else:
            rows.append({name: cell for name, cell in zip(header, cells, strict=True) if cell})
    if not header and not problems:
        hint = "name the columns like facts in the first line, and write one account a line below"
        problems.append(Problem("expected a header and accounts, found an empty file", file, hint=hint))
    elif header and not any(rows) and not any(not problem.warning for problem in problems):
        problems.append(Problem("expected at least one account below the header, found none", file, 1, 1))
    if any(not problem.warning for problem in problems):
        raise InputError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return Accounts(file, rows, problems)


def _records(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins and its cells, blank lines left out; adds a problem where it must stop."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            hint = "double quotes open and close a whole cell; within it they are doubled"
            problems.append(Problem(f"not valid CSV: {error}", file, line, 1, hint=hint))
            return
        if cells:
            yield line, cells


def _header_problems(header: list[str], file: str, line: int, known: Collection[str] | None) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, name in enumerate(header, 1):
        if not name:
            yield Problem(f"column {place} has no name", file, line, place, hint="name it, or remove the column")
        elif name in first:
            message = f"the column is there twice, first as column {first[name]}"
            yield Problem(message, file, line, place, name, hint="remove one of them")
        first.setdefault(name, place)
    if known is None:
        return
    strange = {name: place for name, place in first.items() if name and name not in known}
    if len(strange) == len(first):
        other = next((sign for sign in _OTHER_SEPARATORS if len(header) == 1 and sign in header[0]), "")
        hint = f"name columns like {', '.join(sorted(known)[:6])}, ..."
        if other:
            hint = f"separate columns by commas, found {other!r}"
        message = "expected columns named like facts of the chosen scenarios, or truth.NAME; found none"
        yield Problem(message, file, line, 1, hint=hint)
        return
    for name, place in strange.items():
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else ""
        message = "no chosen scenario has a fact of that name, so the column is not used"
        yield Problem(message, file, line, place, name, hint=hint, warning=True)
