"""What hearing costs: replies of 40 words in a conversation, of sentences heard before, and of sentences all new."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from statistics import median

import msgspec
import yaml

from simulator.dialogue.fold import Dialogue
from simulator.model.scenario import Scenario

TESTS = Path(__file__).parents[1]
WORDS = 40
REPLIES = 200


def sentences() -> tuple[list[str], list[str]]:
    """Plain sentences, and sentences that perform an act."""
    language = TESTS / "language"
    plain = [entry["text"] for entry in yaml.safe_load((language / "negatives.yaml").read_text())]
    acting = [text for texts in yaml.safe_load((language / "acts.yaml").read_text()).values() for text in texts]
    return plain, acting


def replies(seed: int = 7) -> list[list[str]]:
    """Replies as lists of sentences, plain ones and acts two to one, filled up to so many words."""
    plain, acting = sentences()
    rng = random.Random(seed)
    made = []
    for _ in range(REPLIES):
        reply: list[str] = []
        while sum(len(one.split()) for one in reply) < WORDS - 5:
            reply.append(rng.choice(plain if rng.random() < 2 / 3 else acting))
        made.append(reply)
    return made


def hearing(repeats: int, scenario_name: str = "parcel-redirect") -> tuple[list[float], list[float]]:
    """Median CPU us a reply, once for each repeat: sentences heard before, and every sentence made new by a word of its own."""
    source = (TESTS.parent / "scenarios" / f"{scenario_name}.yaml").read_text()
    scenario = msgspec.convert(yaml.safe_load(source), Scenario)
    truth = {name: re.sub(r"{{.*?}}", "four", known.value) for name, known in scenario.truth.items()}
    made = replies()
    _hear(scenario, truth, [" ".join(reply) for reply in made])
    known = [_hear(scenario, truth, [" ".join(reply) for reply in made]) for _ in range(repeats)]
    strange = [
        _hear(
            scenario,
            truth,
            [" ".join(_new(one, f"{number}{place}") for one in reply) for place, reply in enumerate(made)],
        )
        for number in range(repeats)
    ]
    return known, strange


def _new(sentence: str, mark: str) -> str:
    """The sentence with a word in front that no other has."""
    letters = "".join("abcdefghij"[int(digit)] for digit in mark)
    return f"{letters.capitalize()}, {sentence[:1].lower()}{sentence[1:]}"


def _hear(scenario: Scenario, truth: dict[str, str], texts: list[str]) -> float:
    dialogue = Dialogue(scenario, truth)
    spent = []
    for text in texts:
        dialogue.say("RESTATE", scenario.needs[0].name)
        begun = time.process_time_ns()
        dialogue.hear(text)
        spent.append((time.process_time_ns() - begun) / 1000)
    return median(spent)
