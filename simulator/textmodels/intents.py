"""Whether a caller gave up, guessed from a phone bot's intents: logs that hold `<ask_time>` where others hold words.

Read are the words that intents are named with, how often each side's came and whether lately, and how often the bot's came
again. Which of them tell anything was fitted on one bot; what it is worth on another bot nobody has measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log1p

from simulator.textmodels.model import Model, model
from simulator.textmodels.said import Said

LATELY = (1, 3, 6)
"""Turns from the end within which a word is lately."""
_INTENT = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>")


def giving_up() -> Model:
    """The weights that are shipped."""
    return model("gave_up_intents")


def intents_only(said: Sequence[Said]) -> bool:
    """Whether the log holds intents instead of words."""
    return bool(said) and all(_INTENT.fullmatch(part) for turn in said for part in turn.text.split("\n"))


def signs(said: Sequence[Said]) -> dict[str, float]:
    """The signs of a log of intents; an intent's slots are words of it, too."""
    found: dict[str, float] = {}
    spoken = [
        (turn.speaker, name, slots or "")
        for turn in said
        for name, slots in (_INTENT.findall(part)[0] for part in turn.text.split("\n") if _INTENT.search(part))
    ]
    words = [(speaker, set(name.split("_")), set(re.split(r"[,_]", slots)) - {""}) for speaker, name, slots in spoken]
    counts = Counter(f"{speaker}:{word}" for speaker, names, slots in words for word in names | slots)
    found |= {f"times:{word}": log1p(count) for word, count in counts.items()}
    for back in LATELY:
        found |= {f"last_{back}:{speaker}:{word}": 1.0 for speaker, names, _ in words[-back:] for word in names}
    asked = [name for speaker, name, _ in spoken if speaker == "bot"]
    told = [names for speaker, names, _ in words if speaker == "customer"]
    often = Counter(asked)
    found["turns"] = log1p(len(spoken))
    found["repeats"] = log1p(len(asked) - len(often))
    found["most_often"] = float(max(often.values(), default=0))
    found["repeated_lately"] = float(sum(name in asked[:-4] for name in asked[-4:]))
    found["twice_in_a_row"] = float(sum(one == other for one, other in pairwise(asked)))
    found["negated"] = sum("negate" in names for names in told) / (len(told) + 1)
    found["negated_lately"] = float(sum("negate" in names for names in told[-3:]))
    return found


def gave_up(said: Sequence[Said], by: Model | None = None) -> float:
    """The probability that the caller gives up."""
    return (by or giving_up()).probability(signs(said))
