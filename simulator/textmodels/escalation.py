"""Whether a conversation was handed to a person, guessed from its words: no tool calls, no labels, no acts of ours.

Read are the last turns alone, through tables that exist in every language of the product, so that nothing hangs on the words
of a domain: what the bot's last turns do, what the customer's last turns show, who had the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

from simulator.language.tables import acts
from simulator.textmodels.customer import families
from simulator.textmodels.model import Model, model
from simulator.textmodels.said import Said

LOOKED_AT = 2
"""Turns of each side, from the end."""
ACTS = ("promise_human", "offer_human", "refuse_human", "closing", "claim_resolved", "fallback", "empathy")
FAMILIES = ("thanks", "done", "assent", "unsolved", "refusal", "insists", "trouble", "giving_up")
_TAIL = 200
"""Letters at the end of a turn in which a question is asked of the other side."""
_CUSTOMER_LONGEST = 1_000


WORDY = 16
"""Mean words of a turn. Talks of language-model agents, of which the fitted model knows, are above (995 of 1,000); chats with
scripted bots are below, and of them it knows nothing: an open question at the end, its best sign, is there a customer who was
left alone."""


def escalation(said: Sequence[Said]) -> Model:
    """The weights for this kind of talk: fitted for wordy ones, judged for terse ones."""
    words = sum(len(turn.text.split()) for turn in said)
    return model("escalated" if words >= WORDY * len(said) else "handed_over_words")


def signs(said: Sequence[Said], language: str) -> dict[str, float]:
    """The signs of a conversation: 0 or 1, lengths as log(1 + words). Raises KeyError for a language without tables."""
    found: dict[str, float] = {}
    tables = acts(language)
    bots = [turn for turn in said if turn.speaker == "bot"]
    own = [turn for turn in said if turn.speaker == "customer"]
    for back, turn in enumerate(reversed(bots[-LOOKED_AT:]), 1):
        done = turn.acts(language)
        found |= {f"bot_{back}:{act}": 1.0 for act in ACTS if act in done}
        found[f"bot_{back}:asks"] = float("?" in turn.text[-_TAIL:])
        found[f"bot_{back}:words"] = log1p(len(turn.text.split()))
    for back, turn in enumerate(reversed(own[-LOOKED_AT:]), 1):
        shown = families(turn.text[-_CUSTOMER_LONGEST:], language)
        found |= {f"customer_{back}:{family}": 1.0 for family in FAMILIES if family in shown}
        found[f"customer_{back}:asks"] = float("?" in turn.text)
        found[f"customer_{back}:asks_human"] = float(tables.asks_for_human(turn.text[-_CUSTOMER_LONGEST:]))
        found[f"customer_{back}:words"] = log1p(len(turn.text.split()))
    asked = sum(tables.asks_for_human(turn.text[-_CUSTOMER_LONGEST:]) for turn in own)
    found["asked"] = log1p(asked)
    found["turns"] = log1p(len(said))
    if not said:
        return found
    content = bool(own) and bool({"thanks", "done"} & families(own[-1].text[-_CUSTOMER_LONGEST:], language))
    if said[-1].speaker == "customer":
        found["end:customer"] = 1.0
        found["end:open"] = float(not content)
        found["end:customer_asks"] = float("?" in said[-1].text)
    else:
        asks = "?" in said[-1].text[-_TAIL:]
        found["end:bot_asks"], found["end:bot_states"] = float(asks), float(not asks)
        found["end:bot_moves"] = found.get("bot_1:promise_human", 0.0)
    accepted = bool(own) and bool(bots) and "assent" in families(own[-1].text[-_CUSTOMER_LONGEST:], language)
    if accepted and (found.get("bot_1:offer_human") or found.get("bot_2:offer_human")):
        found["accepted"] = 1.0
    return found


def escalated(said: Sequence[Said], language: str, by: Model | None = None) -> float:
    """The probability that it was handed over."""
    return (by or escalation(said)).probability(signs(said, language))
