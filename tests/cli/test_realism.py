"""`personas realism`, `watch` and `play`, as people type them."""

from __future__ import annotations

import json
import subprocess
import sys


def exitramp(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, check=False)


def test_realism_says_what_it_cannot_show_and_fails() -> None:
    """A hundred conversations are far too few to show the rarest of effects: named, and exit 1."""
    done = exitramp(
        "personas", "realism", "--conversations", "100", "--persona", "locked_out", "--persona", "anxious_patient"
    )
    assert done.returncode == 1, done.stderr
    assert "FAILED" in done.stdout
    assert "caps does not move messages in capitals as it should" in done.stdout


def test_realism_as_json() -> None:
    """Every table by name; what rests on convention is said."""
    done = exitramp("personas", "realism", "--conversations", "200", "--json")
    found = json.loads(done.stdout)
    assert found["realism"]["conversations"] == 200
    assert {fit["name"] for fit in found["realism"]["fits"]} >= {"length asked for", "gap, given both lengths"}
    assert "trust" in found["realism"]["assumed"]
    assert found["realism"]["standings"]["measured"] >= 10


def test_watching_shows_both_sides_and_the_bars() -> None:
    """One conversation to its end, a thousand times as fast."""
    done = exitramp("watch", "--target", "looping:latency=0.01", "--speed", "1000", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert "frustration" in done.stdout
    assert "customer  " in done.stdout
    assert "Scores" in done.stdout


def test_playing_the_bot_to_a_hand_over() -> None:
    """A question, then a person: the customer is with somebody, and the scores say so."""
    done = exitramp("play", typed="What is your tracking number?\n/human parcels I am handing you over\n\n\n\n\n\n\n")
    assert done.returncode == 0, done.stderr
    assert "You know (truth)" in done.stdout
    assert "is with a person" in done.stdout


def test_a_player_who_stops_answering_ends_it() -> None:
    """The end of input is no crash."""
    done = exitramp("play", typed="")
    assert done.returncode == 0, done.stderr
    assert "nobody answers any more" in done.stdout


def test_a_persona_without_a_scenario_in_its_language_is_said() -> None:
    """What was found, and what to do."""
    done = exitramp("watch", "--persona", "newcomer_es", "--scenario", "heating-out")
    assert done.returncode == 2
    assert "newcomer_es" in done.stderr
    assert "es" in done.stderr
