"""Whether a customer gave up, guessed from words: how the last turns sound and who had the last word.

No public log with words says who gave up, so the weights are judgements; the figures are of dialogues written for measuring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.textmodels.customer import families
from simulator.textmodels.model import Model, model
from simulator.textmodels.said import Said

CONTENT = frozenset({"thanks", "done"})


def leaving() -> Model:
    """The weights that are shipped."""
    return model("gave_up_words")


def signs(said: Sequence[Said], mood: Mapping[int, float], language: str) -> dict[str, float]:
    """The signs of a conversation; `mood` is how dissatisfied each customer turn sounds, by its place in the talk."""
    own = [place for place, turn in enumerate(said) if turn.speaker == "customer"]
    if not own:
        return {}
    last = said[own[-1]]
    shown = families(last.text, language)
    found = {
        "mood:last": mood[own[-1]],
        "mood:worst": max(mood.values()),
        "last:giving_up": float("giving_up" in shown),
        "last:threat": float("threat" in shown),
        "last:content": float(bool(CONTENT & shown) and mood[own[-1]] < 0.5),
        "end:customer": float(said[-1].speaker == "customer"),
    }
    bots = [turn for turn in said if turn.speaker == "bot"]
    if bots:
        done = bots[-1].acts(language)
        found |= {
            f"bot:{act}": 1.0 for act in ("promise_human", "claim_resolved", "closing", "fallback") if act in done
        }
    return found


def gave_up(said: Sequence[Said], mood: Mapping[int, float], language: str, by: Model | None = None) -> float:
    """The probability that the customer left unhappy with the need open."""
    return (by or leaving()).probability(signs(said, mood, language))
