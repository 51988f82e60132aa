"""`exitramp calibrate` and what a plan makes of its file: real runs, real files."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import msgspec
import pytest

from simulator.model.calibration import Calibration
from simulator.model.plan import RunPlan
from tests.runs import Held, exitramp, held, invoked, spoken


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A run to take for a company's logs."""
    results = tmp_path_factory.mktemp("logs")
    return held(
        results,
        "--target",
        "ordinary",
        "--conversations",
        "300",
        "--no-probes",
        "--clock",
        "virtual",
        "--gates",
        "none",
    )


@pytest.fixture(scope="module")
def file(logs: Held, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What calibrate makes of them."""
    out = tmp_path_factory.mktemp("fitted") / "acme.yaml"
    done = invoked("calibrate", "--logs", logs.folder.path, "--out", out, "--about", "Acme web chat")
    assert done.code == 0, done.err
    assert "Told by the logs" in done.out
    assert "Not told by these logs" in done.out
    assert "reading" in done.err
    return out


def read(path: Path) -> Calibration:
    return msgspec.yaml.decode(path.read_bytes(), type=Calibration)


def test_the_file_says_what_it_rests_on(logs: Held, file: Path) -> None:
    """Counts, the hash of what was read, and nothing of the logs' own words."""
    found = read(file)
    content = b"".join(path.read_bytes() for path in sorted(logs.folder.transcripts.glob("*.jsonl")))
    assert found.logs.sha256 == hashlib.sha256(content).hexdigest()
    assert found.logs.conversations > 280
    assert found.about == "Acme web chat"
    assert invoked("check", file).out == f"{file}: good\n"


def test_a_file_of_transcripts_in_a_run_is_heard_in_its_scenarios(logs: Held, tmp_path: Path) -> None:
    """One of the run's own files gives what the run's folder gives."""
    (transcripts,) = logs.folder.transcripts.glob("*.jsonl")
    done = invoked("calibrate", "--logs", transcripts, "--out", tmp_path / "a.yaml", "--json")
    again = invoked("calibrate", "--logs", logs.folder.path, "--out", tmp_path / "b.yaml", "--json")
    assert done.code == again.code == 0
    assert done.out == again.out
    assert msgspec.json.decode(done.out)["estimates"]


def test_a_plan_names_it_and_the_run_keeps_it(file: Path, tmp_path: Path) -> None:
    """The folder's plan has the calibration whole, preflight and report say whose it is, and the customers differ."""
    plan = file.parent / "plan.yaml"
    plan.write_text(
        "plan: 1\ntarget: ordinary\ncalibration: acme.yaml\nconversations: 60\nprobes: false\nclock: virtual\ngates: none\n"
    )
    assert invoked("check", plan).code == 0
    run = held(tmp_path / "with", plan)
    kept = run.folder.read_plan().calibration
    assert isinstance(kept, Calibration)
    assert kept.estimates == read(file).estimates
    assert kept.file == "acme.yaml"
    told = " ".join(run.done.out.split())
    words = f"calibrated to acme.yaml (Acme web chat; n = {kept.logs.conversations} conversations)"
    assert told.count(words) == 2

    again = invoked("rerun", run.folder.path, "c-0007", "--results", tmp_path / "again")
    assert again.code == 0, again.err
    (folder,) = (tmp_path / "again").iterdir()
    (transcript,) = run.folder.__class__(folder).read_transcripts()[0]
    before = next(one for one in run.folder.read_transcripts()[0] if one.id == "c-0007")
    assert spoken(transcript) == spoken(before)


def test_weights_move_customers_and_none_move_nobody(tmp_path: Path, file: Path) -> None:
    """A calibration in which everybody leaves at once is obeyed in both clocks; an absent one changes nothing."""
    found = read(file)
    hasty = msgspec.structs.replace(found.estimates["leave_intercept"], value=9.0, low=8.0, high=10.0)
    gone = msgspec.structs.replace(found, estimates={**found.estimates, "leave_intercept": hasty})
    path = tmp_path / "gone.yaml"
    path.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(gone)))
    for clock in ("virtual", "wall"):
        options = ("--target", "ordinary", "--conversations", "12", "--no-probes", "--gates", "none", "--clock", clock)
        run = held(tmp_path / clock, *options, "--calibration", path)
        endings = [one.ending for one in run.folder.read_transcripts()[0]]
        assert len(endings) == 12
        assert all(ending.startswith("left") for ending in endings), (clock, endings)
    plain = held(tmp_path / "plain", *options[:-2], "--clock", "virtual")
    assert plain.folder.read_plan().calibration is None
    assert not all(one.ending.startswith("left") for one in plain.folder.read_transcripts()[0])


def test_bad_lines_are_counted_and_named(logs: Held, tmp_path: Path) -> None:
    """They are never fatal."""
    (transcripts,) = logs.folder.transcripts.glob("*.jsonl")
    broken = logs.folder.transcripts.parent / "other" / "broken.jsonl"
    broken.parent.mkdir()
    broken.write_bytes(b"{not json\n" + transcripts.read_bytes() + b'{"id": 7}\n\xff\xfe\n')
    done = invoked("calibrate", "--logs", broken, "--out", tmp_path / "a.yaml")
    assert done.code == 0, done.err
    assert "3 lines could not be read" in done.out
    assert f"{broken}:1: not a transcript" in done.err
    assert read(tmp_path / "a.yaml").logs.unread == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"hello\n", "cannot tell what kind of log this is"),
        (b'{"id":"a","turns":[],"ending":"limit","ended":0}\n', "no conversation in which"),
    ],
)
def test_nothing_usable_is_wrong_input(tmp_path: Path, content: bytes, said: str) -> None:
    """Exit 2, one sentence, and no file is written."""
    (tmp_path / "logs.jsonl").write_bytes(content)
    done = invoked("calibrate", "--logs", tmp_path / "logs.jsonl", "--out", tmp_path / "a.yaml")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "a.yaml").exists()


def test_a_log_of_another_tool_is_read_by_its_format(tmp_path: Path) -> None:
    """Message lists without acts: guessed from words, and said so."""
    asks = [
        "I want a person",
        "get me a human please",
        "can I talk to an agent?",
        "where is my order?",
        "it still is not here",
    ]
    with (tmp_path / "chats.jsonl").open("w") as file:
        for place in range(120):
            said = [asks[(place + turn) % 5] for turn in range(4)]
            messages = [part for text in said for part in (("user", text), ("assistant", f"Sorry, see page {place}."))]
            file.write(json.dumps({"messages": [{"role": role, "content": text} for role, text in messages]}) + "\n")
    done = invoked("calibrate", "--logs", tmp_path / "chats.jsonl", "--out", tmp_path / "a.yaml", "--format", "openai")
    assert (done.code, "ACTS GUESSED" in done.out) == (0, True)
    assert read(tmp_path / "a.yaml").logs.acts == "guessed"


def test_a_wrong_path_is_wrong_input(tmp_path: Path) -> None:
    """No such file, a folder that is no run, a file that is there already."""
    missing = invoked("calibrate", "--logs", tmp_path / "no.jsonl", "--out", tmp_path / "a.yaml")
    assert (missing.code, "no such file" in missing.err) == (2, True)
    folder = invoked("calibrate", "--logs", tmp_path, "--out", tmp_path / "a.yaml")
    assert (folder.code, "no transcripts" in folder.err) == (2, True)
    (tmp_path / "a.yaml").write_text("mine")
    assert invoked("calibrate", "--logs", tmp_path, "--out", tmp_path / "a.yaml").code == 2
    assert (tmp_path / "a.yaml").read_text() == "mine"


def test_a_wrong_calibration_is_refused_with_its_place(tmp_path: Path, file: Path) -> None:
    """An unknown weight, a value outside its interval, a file that is not there: all by `check`, before anything is sent."""
    text = file.read_text().replace("  ask_intercept:\n    value: -", "  ask_intercpt:\n    value: -9", 1)
    (tmp_path / "bad.yaml").write_text(text)
    done = invoked("check", tmp_path / "bad.yaml")
    assert done.code == 2
    assert "did you mean `ask_intercept`?" in done.out
    assert "expected a value between low" in done.out
    plan = tmp_path / "plan.yaml"
    for name, said in (("bad.yaml", "ask_intercpt"), ("gone.yaml", "no such file")):
        plan.write_text(f"plan: 1\ntarget: ordinary\ncalibration: {name}\n")
        assert said in invoked("check", plan).out
        ran = invoked("run", plan, "--results", tmp_path / "results")
        assert (ran.code, said in ran.err) == (2, True)
    assert not (tmp_path / "results").exists()


def test_offline_it_loads_no_load_tool(logs: Held, tmp_path: Path) -> None:
    """Neither locust nor gevent is imported, whatever else is."""
    program = (
        "import sys\nfrom simulator.cli.main import invoke\n"
        f"code = invoke(['calibrate', '--logs', {str(logs.folder.path)!r}, '--out', {str(tmp_path / 'a.yaml')!r}])\n"
        "assert code == 0, code\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('locust', 'gevent', 'geventhttpclient')))\n"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.endswith("[]\n"), done.stderr


def test_help_is_quick_and_complete() -> None:
    """The command is listed, and its help says what it writes."""
    assert "calibrate" in exitramp("--help").out
    assert "calibration.yaml" in invoked("calibrate", "--help").out


def test_a_plan_without_the_field_is_the_plan_it_was() -> None:
    """The default is no calibration."""
    assert RunPlan().calibration is None
