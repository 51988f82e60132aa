"""What a turn stirs, by hand."""

from __future__ import annotations

import pytest

from simulator.customers.feelings import offers_human, stirred
from simulator.customers.parameters import DEFAULT
from simulator.language.tables import acts
from simulator.model.contracts import Button
from tests.customers.scenes import bot


def test_harms_and_reliefs_add_up() -> None:
    """A late repeat that says sorry: .35 + .10 + .10 of upset, .15 of trust lost, .10 of relief."""
    heard = bot(repeat="content", repeat_of=1, signature=("empathy",), latency=9.0)
    stir = stirred(heard, DEFAULT, failed=True, refused=False, slow=True, resolved=False)
    assert stir == pytest.approx((0.35 + 0.10 + 0.10, 0.10, 0.15, 0.0))


def test_progress_that_resolves_relieves() -> None:
    """.35 + .80 of relief, .06 + .20 of trust."""
    stir = stirred(bot(progress=("P8",)), DEFAULT, failed=False, refused=False, slow=False, resolved=True)
    assert stir == pytest.approx((0.0, 1.15, 0.0, 0.26))


def test_a_button_alone_is_no_offer() -> None:
    """It stands there in every turn; words that offer a person do."""
    button = (Button("Talk to a person", "human"),)
    known = acts("en")
    assert not offers_human(bot("Look around.", signature=("offer_human",), buttons=button), known)
    assert offers_human(bot("Would you like to talk to a human agent?", signature=("offer_human",)), known)
    assert not offers_human(bot("A colleague will call.", signature=("promise_human", "offer_human")), known)
