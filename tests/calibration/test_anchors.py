"""The shipped intercepts hold the anchors they were fitted to. Fails? Refit: `python -m tests.calibration.fit`."""

from __future__ import annotations

import pytest

from tests.calibration.fit import ASKED, CROWD, LEFT, SILENT, Shares, crowd, shares, talk


@pytest.fixture(scope="module")
def found() -> Shares:
    """A crowd that the fit has not seen: 1,428 customers, about 220 of whom leave the bot."""
    return shares(talk(crowd(CROWD, 99)))


def test_the_share_that_ever_asks_for_a_person_is_anchored(found: Shares) -> None:
    """30.1 % of conversations were escalated in the source; three standard errors of 1,428 are .036."""
    assert found.asked == pytest.approx(ASKED, abs=0.036)


def test_the_share_that_leaves_the_bot_is_anchored(found: Shares) -> None:
    """.15 is an assumption, marked as such; three standard errors of 1,428 are .028."""
    assert found.left == pytest.approx(LEFT, abs=0.028)


def test_the_silent_share_of_those_who_leave_is_anchored(found: Shares) -> None:
    """.695 is taken over from queues of live chats; three standard errors of 216 are .094."""
    assert found.silent == pytest.approx(SILENT, abs=0.094)
