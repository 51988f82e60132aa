"""What a bot turn stirs in whoever hears it, before the hearer's own traits come in.

Apart from the mind because calibration replays logs through it: there the traits are not known, and what was said is.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.customers.parameters import Parameters
from simulator.language.tables import Acts
from simulator.language.text import norm
from simulator.model.contracts import Heard


class Stir(NamedTuple):
    """Sums over the harms and reliefs of one turn."""

    upset: float
    """Sum of g: raises frustration, times reactivity."""
    calm: float
    """Sum of r: takes away frustration."""
    loss: float
    """Sum of l: takes away trust."""
    gain: float
    """Sum of m: raises trust."""


def stirred(heard: Heard, p: Parameters, *, failed: bool, refused: bool, slow: bool, resolved: bool) -> Stir:
    """What a turn stirs. `failed`: it counts as a failed attempt; `refused`: an ask for a person stays unmet; `slow`: its
    first word was late; `resolved`: with it the last need is met."""
    upset = calm = loss = gain = 0.0
    if heard.repeat:
        upset += p.upset_repeat
        loss += p.distrust_repeat
    if heard.wrong:
        upset += p.upset_wrong
        loss += p.distrust_wrong
    if heard.redundant:
        upset += p.upset_redundant
        loss += p.distrust_redundant
    if failed:
        upset += p.upset_no_progress
    if refused:
        upset += p.upset_refused
        loss += p.distrust_refused
    if slow:
        upset += p.upset_slow
    if heard.progress:
        calm += p.calm_progress
        gain += p.trust_progress
    if heard.exits:
        calm += p.calm_exit
        gain += p.trust_exit
    if "empathy" in heard.signature:
        calm += p.calm_empathy
    if resolved:
        calm += p.calm_resolved
        gain += p.trust_resolved
    return Stir(upset, calm, loss, gain)


def offers_human(heard: Heard, acts: Acts) -> bool:
    """Whether the words offer a person now; not a promise, and not a button, which stands there in every turn."""
    if "promise_human" in heard.signature:
        return False
    if "offer_human" not in heard.signature:
        return "offered" in heard.events
    return human_button(heard, acts) is None or "offer_human" in acts.of(norm(heard.text), heard.text)


def human_button(heard: Heard | None, acts: Acts) -> tuple[str, str] | None:
    """Title and payload of the first button that leads to a person."""
    for button in heard.buttons if heard is not None else ():
        if acts.asks_for_human(button.title):
            return button.title, button.payload
    return None
