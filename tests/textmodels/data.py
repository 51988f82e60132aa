"""The public labelled conversations as samples, with what gives the answer away taken out."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from simulator.language.text import norm, sim
from simulator.textmodels import escalation, intents
from simulator.textmodels.customer import families
from simulator.textmodels.dissatisfaction import signs as mood_signs
from simulator.textmodels.said import Said
from tests.textmodels.learning import Sample

DATA = Path(__file__).parents[2] / "../shared/data"
_CANNED = re.compile(r"you are being transferred to a human agent\.?\s*(please hold on\.?)?", re.IGNORECASE)
BEFORE_THE_END = 4
"""Turns at the end of a call that are not shown to the model of giving up."""


def conversations(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The conversations of one file."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def words_of(conversation: dict[str, Any], canned: bool = False) -> list[Said]:
    """What was said: no tools, and no canned sentence, which is the label, unless asked for."""
    found: list[Said] = []
    for place, message in enumerate(conversation["messages"]):
        if message["role"] == "tool":
            continue
        text = message["text"]
        if message["role"] == "bot" and not canned:
            text = _CANNED.sub("", text)
        if not (text := text.strip()):
            continue
        if found and found[-1].speaker == message["role"]:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{text}")
        else:
            found.append(Said(message["role"], text, place))
    return found


def escalated(folder: Path, without: int = 0) -> list[Sample]:
    """tau: was it handed over? `without`: so many turns at the end are not shown."""
    return [
        Sample(
            escalation.signs(said[: len(said) - without], "en"), one["labels"]["escalated"], one["group"], one["domain"]
        )
        for one in conversations(folder, "tau")
        for said in [words_of(one)]
    ]


def resolved(folder: Path) -> list[Sample]:
    """tau: is the data base as it should be?"""
    found = []
    for one in conversations(folder, "tau"):
        said = words_of(one)
        signs = escalation.signs(said, "en")
        signs["turns"] = float(len(said)) ** 0.5
        found.append(Sample(signs, one["labels"]["resolved"], one["group"], one["domain"]))
    return found


def gave_up(folder: Path, without: int = BEFORE_THE_END) -> list[Sample]:
    """BETOLD: did the caller give up? The last turns are not shown."""
    found = []
    for one in conversations(folder, "betold"):
        said = [Said(turn["role"], turn["text"], place) for place, turn in enumerate(one["messages"])]
        signs = intents.signs(said[: len(said) - without])
        found.append(Sample(signs, one["labels"]["user_gave_up"], one["group"], one["domain"]))
    return found


def breakdown(folder: Path) -> list[Sample]:
    """DBDC3: did more than half of the annotators call a bot turn a breakdown? Read: the turns around it."""
    found = []
    for one in conversations(folder, "dbdc3"):
        said = [Said(turn["role"], turn["text"], place) for place, turn in enumerate(one["messages"])]
        moods = mood_signs(said, "en")
        for place, counts in enumerate(one["labels"]["breakdown_per_turn"]):
            if counts and sum(counts) and place > 0:
                signs = _around(said, place) | {f"next:{sign}": 1.0 for sign in moods.get(place + 1, ())}
                found.append(Sample(signs, counts[2] / sum(counts) > 0.5, one["group"], one["source"]))
    return found


def _around(said: Sequence[Said], place: int) -> dict[str, float]:
    turn, before = said[place], said[place - 1]
    mine, theirs = set(norm(turn.text).split()), set(norm(before.text).split())
    told = {word for one in said[:place] for word in norm(one.text).split() if len(word) > 3}
    long = {word for word in mine if len(word) > 3}
    signs = {
        "words": float(len(mine)) ** 0.5,
        "overlap": len({word for word in mine & theirs if len(word) > 3}) / (1 + len(long)),
        "new": len(long - told) / (1 + len(long)),
        "like_before": sim(turn.text, before.text),
        "like_own": max((sim(turn.text, one.text) for one in said[:place] if one.speaker == "bot"), default=0.0),
        "asks": float("?" in turn.text),
        "was_asked": float("?" in before.text),
        "their_words": float(len(theirs)) ** 0.5,
    }
    return (
        signs
        | {f"bot:{act}": 1.0 for act in turn.acts("en")}
        | {f"theirs:{family}": 1.0 for family in families(before.text, "en")}
    )
