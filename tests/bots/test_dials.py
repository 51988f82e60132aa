from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.bots.dials import KINDS, about, is_reference, make, names
from simulator.bots.faults import BOTS
from simulator.model.errors import InputError


def test_the_catalogue_and_the_bots_are_the_same_list() -> None:
    """Whatever is listed can be started, and nothing else."""
    assert names() == list(BOTS)
    assert all(about(name) for name in names())


def test_bots_of_later_versions_are_not_listed() -> None:
    """What cannot be started yet is not offered."""
    assert not {"amnesiac", "remembers", "copilot_good", "copilot_wrong"} & set(names())


def test_a_name_alone_has_every_default() -> None:
    """Unturned dials stand where the catalogue says."""
    assert make("maze").settings == {"asks": 3.0}
    assert make("maze").latency is None


def test_options_turn_dials_and_latency() -> None:
    """Several options are separated by commas, blanks do not matter."""
    dials = make("looping: p = 0.5, latency=2")
    assert (dials.bot, dials["p"], dials.latency) == ("looping", 0.5, 2.0)


def test_an_unknown_bot_is_refused_with_the_list() -> None:
    """The error names the near miss and what exists."""
    with pytest.raises(InputError, match=r"loopin.*did you mean looping.*helpful, ordinary, looping, maze"):
        make("loopin")


def test_an_unknown_dial_is_refused_with_the_list() -> None:
    """The error names the dials that this bot has."""
    with pytest.raises(InputError, match=r"maze has no dial 'p'.*asks \(.*latency \("):
        make("maze:p=0.5")


def test_every_problem_of_a_name_is_told_at_once() -> None:
    """Two wrong options are two problems."""
    with pytest.raises(InputError) as caught:
        make("ordinary:grant=2,solve=lots,offer=1.5,solve=0.1,solve=0.2")
    assert [problem.message for problem in caught.value.problems] == [
        "grant is 2, expected a number from 0 to 1",
        "solve is 'lots', expected a number from 0 to 1",
        "offer is 1.5, expected a whole number from 1 to 1e+06",
        "the dial solve is set twice",
    ]


@pytest.mark.parametrize("spec", ["", "looping:", "looping:p", "looping:p=", "looping:p=nan", "looping:=1", "late:n=0"])
def test_half_written_options_are_refused(spec: str) -> None:
    """No option is ever guessed."""
    with pytest.raises(InputError):
        make(spec)


@given(st.text(max_size=30))
def test_any_text_is_a_bot_or_a_clear_refusal(spec: str) -> None:
    """The parser raises nothing but InputError."""
    with suppress(InputError):
        assert make(spec).bot in KINDS


def test_reference_names_are_told_from_files() -> None:
    """A target that is a path or a callable is no reference bot."""
    assert is_reference("looping:p=0.5")
    assert not is_reference("my-bot.yaml")
    assert not is_reference("module:callable")
