"""How right the judged models are on dialogues labelled by hand: `python -m tests.textmodels.measure FILE... [--tuning]`.

Files are YAML lists, one for each language, with the language as their name. Ids that end in an odd number are for tuning, the
even ones for figures. Where vaderSentiment is installed, it is measured beside on English.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulator.textmodels import escalation, leaving
from simulator.textmodels.dissatisfaction import dissatisfied
from simulator.textmodels.said import Said
from tests.textmodels.learning import Sample, auc, f1, interval


def dialogues(files: Sequence[Path], tuning: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The language and each dialogue of one half."""
    for file in files:
        for one in yaml.safe_load(file.read_text(encoding="utf-8")):
            if (int(one["id"].rsplit("-", 1)[1]) % 2 == 1) is tuning:
                yield file.stem, one


def talk(dialogue: dict[str, Any]) -> list[Said]:
    """The turns: text is the fifth field of a customer's, the third of a bot's."""
    return [
        Said(turn[0], str(turn[4] if turn[0] == "customer" else turn[2]), place)
        for place, turn in enumerate(dialogue["turns"])
    ]


def report(name: str, samples: Sequence[Sample], p: Sequence[float], yes: Sequence[bool] | None = None) -> None:
    """One line: AUC, and F1 of the answers where there are any."""
    value, low, high = interval(samples, np.array(p), auc)
    line = f"{name:34s} AUC {value:.3f} [{low:.3f}, {high:.3f}]"
    if yes is not None:
        value, low, high = interval(samples, np.array(yes, dtype=np.float64), f1)
        line += f"  F1 {value:.3f} [{low:.3f}, {high:.3f}]"
    print(f"{line}  n={len(samples)}, {sum(one.label for one in samples)} yes")


def vader() -> Callable[[str], float] | None:
    """How negative VADER finds a text, where it is installed."""
    if find_spec("vaderSentiment") is None:
        return None
    polarity = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer().polarity_scores
    return lambda text: -float(polarity(text)["compound"])


def main(files: Sequence[Path], tuning: bool) -> None:
    """Print the table."""
    turns: list[tuple[Sample, float, str]] = []
    left: list[tuple[Sample, float, bool]] = []
    moved: list[tuple[Sample, float, bool]] = []
    for language, dialogue in dialogues(files, tuning):
        said, group = talk(dialogue), str(dialogue["id"])
        mood = dissatisfied(said, language)
        for place, p in mood.items():
            unhappy = dialogue["turns"][place][2] == "dissatisfied"
            turns.append((Sample({}, unhappy, group, language), p, said[place].text))
        p = leaving.gave_up(said, mood, language)
        left.append((Sample({}, dialogue["gave_up"], group, language), p, p >= leaving.leaving().threshold))
        p = escalation.escalated(said, language)
        sample = Sample({}, dialogue["handed_over"], group, language)
        moved.append((sample, p, p >= escalation.escalation(said).threshold))
    for language in sorted({one.part for one, _, _ in turns}):
        some = [one for one in turns if one[0].part == language]
        report(f"dissatisfied turn, {language}", [one[0] for one in some], [one[1] for one in some])
    report("dissatisfied turn", [one[0] for one in turns], [one[1] for one in turns], [one[1] >= 0.5 for one in turns])
    negative = vader()
    english = [one for one in turns if one[0].part == "en"]
    if negative is not None and english:
        report("dissatisfied turn, en, VADER", [one[0] for one in english], [negative(one[2]) for one in english])
    for name, rows in (("gave up, in words", left), ("handed over, in words", moved)):
        report(name, [one[0] for one in rows], [one[1] for one in rows], [one[2] for one in rows])


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:] if one != "--tuning"], "--tuning" in sys.argv)
