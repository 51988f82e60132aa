"""Labelled conversations: the set that comes with the product, and any file in the normalised form of one JSON object a line.

`id, language, kind, split, group, scenario, facts, truth, messages[{role, text, act, told}], labels{...}`; all but `messages`
and `labels` may be absent. Every message becomes one turn, so that labels by turn keep their place.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal, cast, get_args

import msgspec

from simulator.catalogue.stock import names, select
from simulator.model.errors import InputError, Problem
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Act, Ending, Speaker, Transcript, Turn

HOME = Path(__file__).with_name("labelled")
"""The set that comes with the product."""
FREEZE = "FROZEN"
"""Beside it: the SHA-256 of each of its files, in the form that `sha256sum -c` reads."""
_SPEAKERS: Mapping[str, Speaker] = {
    "customer": "customer",
    "user": "customer",
    "bot": "bot",
    "assistant": "bot",
    "human": "human",
    "agent": "human",
    "tool": "system",
    "system": "system",
}
_ENDINGS: Mapping[str, Ending] = {
    "LEAVE_VOICED": "left_voiced",
    "LEAVE_SILENT": "left_silent",
    "THANK": "satisfied",
    "CONFIRM": "satisfied",
}
View = Literal["T1", "T0"]
"""What of a conversation a scorer is shown: its acts and its scenario too, or its words alone."""


class Message(msgspec.Struct, frozen=True):
    """One message as a file holds it."""

    role: str
    text: str = ""
    act: str | None = None
    told: list[str] = []


class _Line(msgspec.Struct, frozen=True):
    messages: list[Message]
    labels: dict[str, Any]
    id: str = ""
    language: str = "en"
    kind: str = ""
    split: str = ""
    group: str = ""
    scenario: str = ""
    facts: dict[str, str] = {}
    truth: dict[str, str] = {}


class Labelled(msgspec.Struct, frozen=True):
    """One conversation with what a careful reader said of it."""

    id: str
    language: str
    kind: str
    """What it was written to show; empty where the file does not say."""
    split: str
    """`tuning`, `held_out`, or whatever the file says."""
    group: str
    """Conversations of one group resemble each other; its own id where the file names none."""
    labels: dict[str, Any]
    turns: list[Turn]
    """One for each message."""
    scenario: Scenario | None
    facts: dict[str, str]
    truth: dict[str, str]

    @property
    def acts(self) -> bool:
        """Whether the customer's acts are there (tier T1)."""
        return any(turn.act is not None for turn in self.turns)

    def seen(self, view: View, but_last: int = 0) -> tuple[Transcript, Scenario | None]:
        """The conversation as a scorer is shown it, without its last turns.

        T0: words alone; acts, needs, told facts and the scenario are gone. The ending is read off the customer's last act and
        never off a label.
        """
        turns = self.turns[: len(self.turns) - but_last] if but_last else self.turns
        if view == "T0" or not self.acts:
            bare = [Turn(turn.speaker, turn.text) for turn in turns]
            return Transcript(self.id, bare, "limit", 0.0, language=self.language), None
        acts = [turn.act for turn in turns if turn.act is not None]
        ending = _ENDINGS.get(acts[-1] if acts else "", "limit")
        transcript = Transcript(
            self.id,
            turns,
            ending,
            0.0,
            scenario=self.scenario.name if self.scenario is not None else "",
            tiers=["T0", "T1"],
            facts=self.facts,
            truth=self.truth,
            language=self.language,
        )
        return transcript, self.scenario


class Reading(msgspec.Struct, frozen=True):
    """What was found in the files."""

    conversations: list[Labelled]
    unread: list[Problem]
    """Lines that are no labelled conversation, each with what is wrong."""
    hashes: dict[str, str]
    """SHA-256 of each file, by name."""


def shipped() -> list[Path]:
    """The files of the set that comes with the product, by language."""
    return sorted(HOME.glob("*.jsonl"))


def frozen() -> dict[str, str]:
    """The SHA-256 of each file as it was frozen, by name."""
    lines = (HOME / FREEZE).read_text(encoding="ascii").split("\n")
    return {name.strip(): digest for digest, _, name in (line.partition(" ") for line in lines) if name}


def read_labelled(paths: Iterable[Path]) -> Reading:
    """Every labelled conversation of the files (`.gz` too); lines that are none are named, never fatal.

    Raises InputError for a file that cannot be read, or that holds no labelled conversation at all.
    """
    conversations: list[Labelled] = []
    unread: list[Problem] = []
    hashes: dict[str, str] = {}
    for path in paths:
        before = len(conversations)
        try:
            hashes[path.name] = sha256(path.read_bytes()).hexdigest()
            for number, line in _lines(path):
                try:
                    conversations.append(_labelled(msgspec.json.decode(line, type=_Line), f"{path.stem}:{number}"))
                except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
                    unread.append(Problem(str(error), str(path), number, 1))
        except (OSError, EOFError) as error:
            raise InputError([Problem(f"cannot be read: {error}", str(path))]) from None
        if len(conversations) == before:
            hint = "one JSON object a line with `messages` and `labels`"
            raise InputError([*unread[:3], Problem("no labelled conversation in this file", str(path), hint=hint)])
    return Reading(conversations, unread, hashes)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with cast("IO[bytes]", opened(path, "rb")) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def _labelled(line: _Line, place: str) -> Labelled:
    """Raises ValueError for roles, acts and labels by turn that cannot be understood."""
    scenario = _spoken(line.scenario, line.language)
    need = scenario.needs[0].name if scenario is not None else None
    turns = [_turn(message, number, need) for number, message in enumerate(line.messages)]
    for name, label in line.labels.items():
        if (
            name.endswith("_per_turn")
            and label is not None
            and (not isinstance(label, list) or len(label) != len(turns))
        ):
            raise ValueError(f"labels.{name}: expected one entry for each of the {len(turns)} messages")
    one = line.id or place
    labels = dict(line.labels)
    if any(turn.act is not None for turn in turns):
        said: Sequence[Act | None] = [turn.act if turn.speaker == "customer" else None for turn in turns]
        labels["asks_for_person_per_turn"] = [None if act is None else act == "ASK_HUMAN" for act in said]
        labels["says_again_per_turn"] = [None if act is None else act in ("RESTATE", "ASK_HUMAN") for act in said]
    return Labelled(
        id=one,
        language=line.language,
        kind=line.kind,
        split=line.split,
        group=line.group or one,
        labels=labels,
        turns=turns,
        scenario=scenario,
        facts=line.facts,
        truth=line.truth,
    )


def _turn(message: Message, number: int, need: str | None) -> Turn:
    speaker = _SPEAKERS.get(message.role)
    if speaker is None:
        raise ValueError(f"messages[{number}].role: expected one of {', '.join(_SPEAKERS)}, found {message.role!r}")
    if message.act is not None and message.act not in get_args(Act):
        raise ValueError(f"messages[{number}].act: expected one of {', '.join(get_args(Act))}, found {message.act!r}")
    act = cast("Act | None", message.act)
    text = "" if speaker == "system" else message.text
    return Turn(speaker, text, act=act, need=need if act is not None else None, told=message.told)


@lru_cache(maxsize=1_000)
def _spoken(name: str, language: str) -> Scenario | None:
    """The stock scenario in the dialogue's language; None where there is none of that name."""
    scenario = _stock(name)
    return None if scenario is None else spoken(scenario, language)


@lru_cache(maxsize=1_000)
def _stock(name: str) -> Scenario | None:
    from simulator.catalogue.freeze import Catalogue

    if name not in names("scenarios"):
        return None
    return Catalogue.load([], select("scenarios", [name])).scenarios[name]
