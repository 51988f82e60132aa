"""What a name in a plan stands for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.launch.under_test import UnderTest, find, known_secrets
from simulator.model.errors import InputError
from simulator.model.scenario import Need, Resolution, StateProbe, Truth
from tests.bot_process import target_file


def test_a_name_a_file_and_a_callable(tmp_path: Path) -> None:
    """Three kinds; a file is called what it calls itself, and starts at the plan."""
    target_file(tmp_path, "mine", "http://127.0.0.1:1")
    assert find("looping:p=0.5").kind == "reference"
    assert (find("mine.yaml", tmp_path).kind, find("mine.yaml", tmp_path).name) == ("file", "mine")
    assert find("tests.load.bots:polite").kind == "callable"


@pytest.mark.parametrize("given", ["helpfull", "looping:p=2", "looping:q=1", "gone.yaml", "no/such:thing"])
def test_what_is_none_of_these_is_refused(given: str) -> None:
    """With the word that was given."""
    with pytest.raises(InputError, match=given.split(":")[0]):
        find(given)


def test_secrets_stay_names_in_the_frozen_text(tmp_path: Path) -> None:
    """The text keeps `${PATH}` (any variable will do); the value is known only to be kept out of everything."""
    file = target_file(tmp_path, "acme", "http://127.0.0.1:1", session=True)
    file.write_text(file.read_text().replace("ACME_KEY", "PATH"))
    found = find(str(file))
    assert os.environ["PATH"] not in found.text
    assert "${PATH}" in found.text
    assert known_secrets(found) == {os.environ["PATH"]}
    assert found.setting().tiers == ["T0", "T1", "T2", "T3"]


def test_where_text_and_hand_offs_go(tmp_path: Path) -> None:
    """Our own desk unless the file says otherwise; a public host only where the file names it."""
    mine = target_file(tmp_path, "mine", "http://127.0.0.1:1")
    public = target_file(tmp_path, "public", "https://bot.example.org")
    public.write_text(public.read_text() + "allowed_hosts: [bot.example.org]\nhandoff_reaches: sandbox\n")
    reached = [(find(one).reached_by(), find(one).handoffs()) for one in ("helpful", str(mine), str(public))]
    assert reached == [
        ("started for this run", "desk"),
        ("loopback or a private address", "desk"),
        ("allowed_hosts", "sandbox"),
    ]


def test_a_name_makes_a_safe_file_name() -> None:
    """Dials hold signs that no file system needs to see."""
    assert UnderTest("looping:p=0.5,latency=2", "reference", "").file == "looping_p_0.5_latency_2.yaml"


def test_the_tiers_are_what_the_wire_shows(tmp_path: Path) -> None:
    """Without hand-off rules a wire shows words and our own acts alone."""
    assert find(str(target_file(tmp_path, "plain", "http://127.0.0.1:1"))).setting().tiers == ["T0", "T1"]
    assert find("helpful").setting().tiers == ["T0", "T1", "T2", "T3"]


def obstacles(target: UnderTest, *, wire: bool = True, seeded: tuple[str, ...] = ()) -> list[str]:
    """Why nobody will be able to say, for a need of each kind."""
    truth = {"fixed": Truth("Monday"), "drawn": Truth("{{date}}")}
    kinds = (
        Resolution(told=["fixed"]),
        Resolution(told=["drawn"]),
        Resolution(step="restart"),
        Resolution(action="sent"),
        Resolution(probe=StateProbe("/x", "y", equals=1)),
        Resolution(judge="ombudsman"),
    )
    found = [target.obstacle(Need("n", one), truth, seeded, wire=wire) for one in kinds]
    return ["" if one is None else one.add for one in found]


def test_which_needs_can_be_judged_with_a_target(tmp_path: Path) -> None:
    """A bot that nobody instrumented shows information that it can know, and a state where it has a wire."""
    plain = find(str(target_file(tmp_path, "plain", "http://127.0.0.1:1")))
    seeds, wire = "facts_from, or {{truth}}", "a target file, clock: wall"
    assert obstacles(plain) == ["", seeds, "", "reply.actions", "", ""]
    assert obstacles(plain, seeded=("drawn",)) == ["", "", "", "reply.actions", "", ""]
    assert obstacles(find("helpful")) == [""] * 6
    assert obstacles(find("helpful"), wire=False) == ["", "", "", "", wire, ""]
    assert obstacles(find("tests.load.bots:polite")) == ["", seeds, "", "reply.actions", wire, ""]


def test_what_a_transcript_will_say_of_a_targets_knowledge(tmp_path: Path) -> None:
    """Whether there is a log of actions, and what it is told of the truth; a reference bot is told all of it."""
    file = target_file(tmp_path, "mine", "http://127.0.0.1:1")
    file.write_text(file.read_text().replace("text: '{{text}}'", "text: '{{text}}', day: '{{truth.day?}}'"))
    setting = find(str(file)).setting()
    assert (setting.action_log, setting.told) == (False, frozenset({"day"}))
    reference = find("helpful").setting()
    assert (reference.action_log, reference.told) == (True, None)
    function = find("tests.load.bots:polite").setting()
    assert (function.action_log, function.told) == (None, frozenset())
