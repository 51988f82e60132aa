"""What hearing costs: `python -m tests.dialogue.benchmark_hear`. 200 distinct replies of about 36 words, each made unique.

A conversation has four answers in its window, so every reply is compared with four. Prints microseconds of processor time.
"""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from statistics import median, quantiles

import msgspec
import yaml

from simulator.dialogue.fold import Dialogue
from simulator.model.scenario import Scenario

HERE = Path(__file__).parent


def replies(count: int = 200, words: int = 36, seed: int = 7) -> list[str]:
    """Texts of plain sentences and of sentences that perform an act, two to one, filled up to so many words."""
    language = HERE.parent / "language"
    plain = [entry["text"] for entry in yaml.safe_load((language / "negatives.yaml").read_text())]
    acting = [text for texts in yaml.safe_load((language / "acts.yaml").read_text()).values() for text in texts]
    rng = random.Random(seed)
    made = []
    for number in range(count):
        text = [f"Regarding case {number}{rng.choice('abcdefgh')}:"]
        while sum(len(part.split()) for part in text) < words:
            text.append(rng.choice(plain if rng.random() < 2 / 3 else acting))
        made.append(" ".join(" ".join(text).split()[:words]))
    return made


def stock_scenario(name: str = "parcel-redirect") -> tuple[Scenario, dict[str, str]]:
    """A stock scenario and plain values for its truths."""
    source = (HERE.parent.parent / "scenarios" / f"{name}.yaml").read_text()
    scenario = msgspec.convert(yaml.safe_load(source), Scenario)
    return scenario, {name: re.sub(r"{{.*?}}", "four", truth.value) for name, truth in scenario.truth.items()}


def main(rounds: int = 15) -> None:
    scenario, truth = stock_scenario()
    texts = replies()
    spent: list[float] = []
    for number in range(rounds):
        dialogue = Dialogue(scenario, truth)
        dialogue.say("STATE", scenario.needs[0].name)
        for index, text in enumerate(texts):
            unique = f"{text} {'abcdefghijklmnopqrstuvwxyz'[number]}{index}"
            dialogue.say("RESTATE", scenario.needs[0].name)
            begun = time.perf_counter()
            dialogue.hear(unique)
            if index >= 4:
                spent.append((time.perf_counter() - begun) * 1e6)
    cuts = quantiles(spent, n=20)
    print(f"hear: median {median(spent):.0f} us, 5-95 % {cuts[0]:.0f}-{cuts[-1]:.0f} us, n {len(spent)}")


if __name__ == "__main__":
    main()
