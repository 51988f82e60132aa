"""Values of real test accounts, kept out of whatever a run writes: `[order_number]` stands where the value stood.

The customer and the bot speak the value itself; the transcript that is kept holds the same `[name]` in the words, in
packets and in its facts, so that it is scored as if the name were the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from simulator.catalogue.accounts import TRUTH, Accounts, Row, read_accounts
from simulator.model.plan import Case, RunPlan
from simulator.model.transcript import Probed, Transcript, Turn

_SEPARATORS = r"[\s\-._/()]*"
_LOOSE = 6
"""Values with a digit and so many letters and digits are found however they are grouped: `DE89 3704` is `DE893704`."""
_WHOLE_WORD = 5
"""Shorter values only as a word of their own: the 5 in `5` is not the 5 in 1985."""
_SLIPS = 4
"""From so many digits on, a value with one of them wrong still tells the right one: it becomes `[name!]`."""


class Mask:
    """Replaces the values of one account in texts and in JSON."""

    def __init__(self, row: Row) -> None:
        names: dict[str, str] = {}
        for column, value in row.items():
            names.setdefault(
                value, column.removeprefix(TRUTH)
            )  # one value, one name, so that it is the same everywhere
        values = sorted(names, key=len, reverse=True)
        found = [(form, f"[{names[value]}]") for value in values for form in _forms(value)]
        found += [(form, f"[{names[value]}!]") for value in values for form in _slips(value)]
        self._names = [name for _, name in found]
        self._pattern = re.compile("|".join(f"({form})" for form, _ in found) or "(?!)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text without the values."""
        return self._pattern.sub(lambda match: self._names[(match.lastindex or 1) - 1], text)

    def json(self, value: Any) -> Any:
        """The same for whatever JSON can say; a number that is a value becomes text."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(name)): self.json(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool) and self._pattern.fullmatch(str(value)):
            return self(str(value))
        return value


class Masking:
    """What a run needs to keep its accounts out of its records; does nothing where nothing is to be hidden."""

    def __init__(self, accounts: Accounts | None) -> None:
        self._accounts = accounts
        self._masks: dict[int, Mask] = {}

    @classmethod
    def of(cls, plan: RunPlan) -> Masking:
        """As a settled plan says. Raises InputError where its file cannot be read."""
        source = plan.facts_from
        return cls(read_accounts(source.file) if source is not None and source.hide else None)

    def restored(self, case: Case) -> Case:
        """A case out of the records with its values."""
        return self._accounts.filled(case) if self._accounts is not None else case

    def case(self, case: Case) -> Case:
        """A case for the records."""
        mask = self._mask(case.row)
        if mask is None:
            return case
        case = self.restored(case)
        facts, truth = _masked(case.facts, mask), _masked(case.truth, mask)
        return replace(case, facts=facts, truth=truth)

    def transcript(self, transcript: Transcript, row: int | None) -> Transcript:
        """A transcript for the records."""
        mask = self._mask(row)
        if mask is None:
            return transcript
        error = transcript.error
        return replace(
            transcript,
            turns=[_turn(turn, mask) for turn in transcript.turns],
            facts=_masked(transcript.facts, mask),
            truth=_masked(transcript.truth, mask),
            error=replace(error, detail=mask(error.detail)) if error is not None else None,
            probes=[_probed(one, mask) for one in transcript.probes],
        )

    def text(self, text: str, rows: Iterable[int | None]) -> str:
        """A text that may speak of any of these accounts, such as a log."""
        if self._accounts is None or not text:
            return text
        bare = _bare(text)
        for number in sorted({row for row in rows if row is not None}):
            if any(_bare(value) in bare for value in self._accounts.row(number).values()):
                mask = self._mask(number)
                text = mask(text) if mask is not None else text
        return text

    def _mask(self, row: int | None) -> Mask | None:
        if self._accounts is None or row is None:
            return None
        if row not in self._masks:
            self._masks[row] = Mask(self._accounts.row(row))
        return self._masks[row]


def _masked(values: dict[str, str], mask: Mask) -> dict[str, str]:
    return {name: mask(value) for name, value in values.items()}


def _probed(probed: Probed, mask: Mask) -> Probed:
    # What was found and what was expected alike, so that they are the same afterwards if they were before.
    expected = [mask.json(one) for one in probed.expected]
    return replace(probed, value=mask.json(probed.value), expected=expected, detail=mask(probed.detail))


def _turn(turn: Turn, mask: Mask) -> Turn:
    return replace(
        turn,
        text=mask(turn.text),
        parts=[replace(part, text=mask(part.text)) for part in turn.parts],
        button=mask(turn.button) if turn.button is not None else None,
        ids=[mask(one) for one in turn.ids],
        signals=[replace(signal, detail=mask.json(signal.detail)) for signal in turn.signals],
    )


def _forms(value: str) -> Iterable[str]:
    """Patterns of the ways in which a value may be written."""
    signs = [sign for sign in value if sign.isalnum()]
    if len(signs) >= _LOOSE and any(sign.isdigit() for sign in signs):
        yield _SEPARATORS.join(map(re.escape, signs))
    pattern = r"\s+".join(map(re.escape, value.split()))
    if len(value) < _WHOLE_WORD:
        pattern = ("(?<![^\\W_])" if value[0].isalnum() else "") + pattern
        pattern += "(?![^\\W_])" if value[-1].isalnum() else ""
    yield pattern
    quoted = quote(value, safe="")
    if quoted != value:
        yield re.escape(quoted)


def _slips(value: str) -> Iterable[str]:
    """Patterns of the value with any one digit wrong."""
    places = [place for place, sign in enumerate(value) if sign in "0123456789"]
    if len(places) >= _SLIPS:
        for place in places:
            yield rf"{re.escape(value[:place])}\d{re.escape(value[place + 1 :])}"


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
