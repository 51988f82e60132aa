"""Bots that are none of ours, over HTTP: a whole one, and one for each way in which a wire breaks."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bot_process import KEY, serving, target_file
from tests.runs import SMALL_STOCK, Held, exitramp, held, held_apart, reconciles

BREAKS = {
    "fault": "status",
    "busy": "status",
    "html": "not_json",
    "broken": "not_json",
    "nothing": "empty",
    "huge": "too_large",
    "cut": "cut",
    "mute": "timeout",
}
FEW = ("--conversations", "6", "--no-probes", "--scenario", "parcel-*")


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A run against the whole bot."""
    folder = tmp_path_factory.mktemp("acme")
    with serving("acme") as url:
        file = target_file(folder, "acme", url, session=True)
        return held_apart(folder / "results", "--target", file, *FEW, "--users", "1", ACME_KEY=KEY)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """One run with a bot for each way to break, and a whole one."""
    folder = tmp_path_factory.mktemp("broken")
    with ExitStack() as stack:
        files = [target_file(folder, name, stack.enter_context(serving(name))) for name in BREAKS]
        files.append(target_file(folder, "acme", stack.enter_context(serving("acme")), session=True))
        targets = [word for file in files for word in ("--target", str(file))]
        return held_apart(folder / "results", *targets, "--conversations", "3", "--no-probes", ACME_KEY=KEY)


def test_a_whole_bot_of_ones_own_is_talked_to_to_the_end(acme: Held) -> None:
    """Sessions, captures, a greeting and several messages a turn: only the one refused conversation fails."""
    transcripts, _ = acme.folder.read_transcripts()
    failed = [one for one in transcripts if one.ending == "target_failed"]
    assert len(transcripts) == 6
    assert len(failed) == 1
    talked = next(one for one in transcripts if one not in failed)
    assert talked.turns[0].text == "Hello, I am the ACME assistant, a bot."
    assert [part.text for part in talked.turns[2].parts] or talked.turns[2].text
    assert acme.done.code in (0, 1, 3), acme.done.err


def test_its_hand_off_is_accepted_by_our_desk(acme: Held) -> None:
    """A requested hand-off brings a person of ours, and is counted."""
    transcripts, _ = acme.folder.read_transcripts()
    people = [one for one in transcripts if any(turn.speaker == "human" for turn in one.turns)]
    assert people
    kinds = {signal.kind for turn in people[0].turns for signal in turn.signals}
    assert {"requested", "queued", "accepted"} <= kinds
    assert "T2" in people[0].tiers


def test_the_key_is_in_no_file_of_the_run(acme: Held) -> None:
    """Not in the frozen target, not in a log, not in the error that the bot put it into."""
    files = [file for file in acme.folder.path.rglob("*") if file.is_file()]
    assert len(files) > 20
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []
    assert KEY not in acme.done.out + acme.done.err


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_wire_is_counted_with_its_cause(broken: Held, name: str) -> None:
    """Each conversation ends as target_failed, is kept, and the cause is named; nothing is booked to us."""
    document = broken.metrics
    mine = document["by_target"][name]
    assert mine["causes"] == {BREAKS[name]: 3}
    assert (mine["started"], mine["target_failed"], mine["simulator_failed"]) == (3, 3, 0)


def test_the_run_goes_on_for_the_others(broken: Held) -> None:
    """A healthy bot in the same run is talked to as if nothing had happened."""
    mine = broken.metrics["by_target"]["acme"]
    assert mine["finished"] == 3
    assert reconciles(broken.metrics["counts"])


def test_a_bot_that_never_answered_is_one_plain_sentence(broken: Held) -> None:
    """Exit 4, and no traceback."""
    assert broken.done.code == 4
    assert "fault never answered once: status (3)" in broken.done.err
    assert "Traceback" not in broken.done.err


def test_a_greeting_is_not_an_answer(tmp_path: Path) -> None:
    """A bot that greets and then fails every turn has never answered: no verdict may pass it."""
    with serving("greets") as url:
        file = target_file(tmp_path, "greets", url, session=True)
        run = held_apart(tmp_path / "results", "--target", file, *FEW, ACME_KEY=KEY)
    assert run.done.code == 4
    assert "never answered" in run.done.err


def test_a_dead_port_stops_the_run(tmp_path: Path) -> None:
    """After 20 refusals in a row the rest is not started, and says so; exit 4 also where another bot fails a gate."""
    file = target_file(tmp_path, "dead", "http://127.0.0.1:1")
    few = ("--conversations", "60", "--users", "4", "--no-probes", *SMALL_STOCK)
    run = held(tmp_path / "results", "--target", file, "--target", "looping:p=1", *few)
    counts = run.metrics["by_target"]["dead"]
    assert run.done.code == 4
    assert run.metrics["run"]["verdict"] == "failed"
    assert "20 connections in a row were refused" in run.done.err
    assert 20 <= counts["target_failed"] == counts["started"] < 30
    assert counts["planned"] == 60
    assert "were never started" in run.done.out


def test_a_missing_key_is_bad_input(tmp_path: Path) -> None:
    """The variable is named before anything is sent."""
    file = target_file(tmp_path, "acme", "http://127.0.0.1:1", session=True)
    done = exitramp("run", "--target", file, "--results", tmp_path / "results")
    assert done.code == 2
    assert "ACME_KEY is not set" in done.err
    assert not (tmp_path / "results").exists()
