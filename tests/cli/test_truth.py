"""What shows whether it is solved, on the command line: states read on real sockets, notes beside the transcripts."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest

from simulator.catalogue.check import examine, read
from simulator.model.scenario import Resolution, Scenario
from simulator.model.transcript import Note, Quote, Transcript
from simulator.scorers.stock import score
from tests.bot_process import KEY, serving, target_file
from tests.runs import ROOT, Held, held, held_apart, invoked

EXAMPLE = ROOT / "docs" / "cancel-order.yaml"
FEW = ("--scenario", EXAMPLE, "--persona", "polite_novice", "--no-probes", "--gates", "none")


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A bot that does what it says and one that only says so, both with a test system on a real socket."""
    bots = ("--target", "helpful", "--target", "false_solved:p=1")
    return held(tmp_path_factory.mktemp("probed") / "results", *bots, *FEW, "--repeats", "8")


def by_target(run: Held, target: str) -> list[Transcript]:
    return [one for one in run.folder.read_transcripts()[0] if one.target == target]


def values(transcripts: list[Transcript], scenario: Scenario) -> list[float | str | None]:
    """R of each, in the light of a scenario."""
    return [found.value for one in transcripts for found in score(one, scenario) if found.name == "resolved"]


def with_resolution(resolution: Resolution) -> Scenario:
    """The example, its first need judged by something else, and that need alone."""
    scenario = read(EXAMPLE, Scenario)
    need = msgspec.structs.replace(scenario.needs[0], resolution=resolution)
    return msgspec.structs.replace(scenario, needs=[need])


def test_the_example_is_good() -> None:
    """As it is shipped, without a warning."""
    assert examine(EXAMPLE, Scenario).problems == []


@pytest.mark.parametrize(("target", "solves"), [("helpful", True), ("false_solved:p=1", False)])
def test_a_state_says_what_the_log_of_actions_says(probed: Held, target: str, solves: bool) -> None:
    """The same conversations judged by either: the same R each time, for the honest bot and for the one that lies."""
    talks = by_target(probed, target)
    probe = read(EXAMPLE, Scenario).needs[0].resolution
    by_state = values(talks, with_resolution(probe))
    by_log = values(talks, with_resolution(Resolution(action="cancel_order")))
    assert by_state == by_log
    assert len(by_state) == 8
    assert (1 in by_state) == solves
    assert None not in by_state


def test_both_reads_are_in_the_transcript(probed: Held) -> None:
    """Before and after, with value, status and what was expected."""
    for one in by_target(probed, "helpful"):
        before, after = one.probes
        assert (before.when, before.value, before.expected, before.status) == ("before", False, [True], 200)
        assert (after.when, after.need) == ("after", "cancel_order")


def test_the_run_says_what_its_resolution_rests_on(probed: Held) -> None:
    """Before the run, in the report, and in metrics.json."""
    words = " ".join(probed.done.out.split())
    assert "Solved by the bot's words: 1 need a state probe: 1 need (GET /state/{{case}} at reference bot" in words
    assert "helpful: the bot's words and a state probe 8; of 8 conversations test system: looked at 16 times" in words
    found = probed.metrics["by_target"]["helpful"]["resolution"]
    assert (found["by"], found["unknown"], found["states"]["unread"]) == ({"words+probe": 8}, {}, {})
    assert found["states"]["looks"] == 16


def test_show_prints_the_states(probed: Held) -> None:
    """With the value that was found and the one that means solved."""
    talk = next(one for one in by_target(probed, "helpful") if one.probes[1].holds)
    shown = invoked("show", probed.folder.path, talk.id).out
    assert "State of cancel_order before: false; solved is true" in shown
    assert "State of cancel_order at the end: true; solved is true" in shown


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_test_system_that_is_down_is_counted_and_not_booked_to_the_bot(tmp_path: Path) -> None:
    """R is None for all, with the cause in the report; the key of the test system is in no file."""
    with serving("acme") as url:
        file = target_file(tmp_path, "acme", url, session=True)
        system = f"test_system: {{base_url: '{nobody()}', auth: {{header: X-Key, value: '${{SYSTEM_KEY}}'}}}}\n"
        file.write_text(file.read_text() + system)
        run = held_apart(
            tmp_path / "results", "--target", file, *FEW, "--repeats", "3", ACME_KEY=KEY, SYSTEM_KEY="system-key-4711"
        )
    found = run.metrics["by_target"]["acme"]["resolution"]
    assert found["by"] == {}
    assert found["unknown"] == {"R=NA(probe): the state could not be read (refused)": 3}
    assert found["states"]["unread"] == {"refused": 6}
    words = " ".join(run.done.out.split())
    assert "6 could not be read (refused 6): your test system, not the bot" in words
    rate = next(one for one in run.metrics["metrics"] if one["name"] == "resolution_rate" and not one["group"])
    assert (rate["estimate"], rate["n"], rate["skipped"]) == (None, 0, 3)
    assert "could not be read" in rate["reason"]
    files = [one for one in run.folder.path.rglob("*") if one.is_file()]
    assert [one for one in files if b"system-key-4711" in one.read_bytes()] == []


@pytest.mark.parametrize(
    "options", [("--target", "helpful", "--clock", "virtual"), ("--target", "tests.load.bots:polite")]
)
def test_a_target_without_a_test_system_is_told_before_the_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    """As a warning and in the preflight; the run goes on, and R is None with the reason."""
    run = held(tmp_path / "results", *options, *FEW, "--conversations", "2")
    assert (
        "has no test system to ask, so nobody can say whether these are solved: cancel-order: cancel_order"
        in run.done.err
    )
    assert "no test system that could be asked (cancel-order: cancel_order)" in " ".join(run.done.out.split())
    (target,) = run.metrics["by_target"].values()
    assert target["resolution"]["unknown"] == {"R=NA(probe): this target has no test system that was asked": 2}


def test_a_note_decides_once_it_is_there(tmp_path: Path) -> None:
    """Scored again with the judge's notes beside the transcripts; one on nothing is reported as such.

    An export of the run is scored like it, byte for byte.
    """
    text = EXAMPLE.read_text().split("\n\ntruth:")[0]
    scenario = tmp_path / "judged.yaml"
    scenario.write_text(
        f"{text}\n\nneeds:\n  - {{name: cancel_order, required_slots: [order_number], resolution: {{judge: ombudsman}}}}\n"
    )
    options = ("--target", "helpful", "--clock", "virtual", "--scenario", scenario, *FEW[2:], "--conversations", "4")
    run = held(tmp_path / "results", *options)
    assert "a judge's note: 1 need (by ombudsman; from the run's notes.jsonl" in " ".join(run.done.out.split())
    assert run.metrics["by_target"]["helpful"]["resolution"]["unknown"] == {"R=NA(judge): no judge note": 4}
    talks = by_target(run, "helpful")
    spoken = next(place for place, turn in enumerate(talks[0].turns) if turn.speaker == "bot")
    quote = Quote(spoken, talks[0].turns[spoken].text[:20])
    said = [
        Note(talks[0].id, "cancel_order", "ombudsman", "1", True, [quote], "some-model", "sha256:0"),
        Note(talks[1].id, "cancel_order", "ombudsman", "1", False),
        Note(talks[2].id, "cancel_order", "ombudsman", "1", True, [Quote(0, "words that nobody said")]),
        Note("c-9999", "cancel_order", "ombudsman", "1", True, [quote]),
    ]
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in said)
    (run.folder.path / "notes.jsonl").write_bytes(lines + b'{"transcript": "c-0001"}\n')
    again = invoked("score", run.folder.path)
    words = " ".join(again.out.split())
    assert "a judge's note 2, nobody can say 2; of 4 conversations" in words
    assert "the judge's note is void: what it quotes is not in turn 1: 1" in words
    nothing, broken = run.metrics["run"]["damaged_lines"]
    assert sorted(one["line"] for one in (nothing, broken)) == [4, 5]
    assert "'c-9999', which is no conversation of this run" in nothing["reason"] + broken["reason"]
    assert "Could not be read" in words
    file = tmp_path / "run.jsonl"
    assert invoked("export", run.folder.path, "--out", file).code == 0
    assert invoked("score", file, "--json").out == invoked("score", run.folder.path, "--json").out
    shown = invoked("show", run.folder.path, talks[0].id).out
    assert "Judge ombudsman 1 on cancel_order: solved, quoting turn" in shown


def test_an_expression_that_never_finds_anything_is_remarked(tmp_path: Path) -> None:
    """More likely a slip in `value` than a bot that fails every time."""
    slip = tmp_path / "slip.yaml"
    slip.write_text(EXAMPLE.read_text().replace("contains(actions, 'cancel_order')", "acts").replace("within_s: 2", ""))
    run = held(tmp_path / "results", "--target", "helpful", "--scenario", slip, *FEW[2:], "--conversations", "2")
    said = "the state probe of cancel_order in cancel-order found nothing (null) in all 4 answers: look at its `value`"
    assert said in " ".join(run.done.out.split())
