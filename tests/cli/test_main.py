"""The command line itself: help, what it imports, and output that somebody stops reading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.catalogue.stock import home
from simulator.cli.main import COMMANDS
from tests.runs import ROOT, environment, exitramp, invoked

HEAVY = ("locust", "gevent", "openai", "geventhttpclient")
PROBE = """
import json, sys
from simulator.cli.main import invoke
code = invoke(sys.argv[2:])
loaded = sorted({name.split(".")[0] for name in sys.modules} & set(json.loads(sys.argv[1])))
print("LOADED", json.dumps([code, loaded]), file=sys.stderr)
"""


def loaded(*arguments: str, cwd: Path, words: tuple[str, ...] = (*HEAVY, "scipy")) -> list[object]:
    """Exit code of a command and which of some modules it has imported."""
    command = [sys.executable, "-c", PROBE, json.dumps(words), *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment({}), capture_output=True, text=True, check=False)
    line = next(line for line in done.stderr.splitlines() if line.startswith("LOADED "))
    found: list[object] = json.loads(line.removeprefix("LOADED "))
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored run."""
    results = tmp_path_factory.mktemp("scored")
    arguments = ("--target", "helpful", "--clock", "virtual", "--conversations", "4", "--gates", "none")
    assert exitramp("run", *arguments, "--results", results).code == 0
    (folder,) = results.iterdir()
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        f"check {home('scenarios')} {home('personas')}",
        "personas list",
        "personas show polite_novice",
        "scenarios show parcel-status",
        "bots list",
        "metrics explain trust_gap",
        "run --target helpful --print-plan",
        "report RUN",
        "show RUN c-0001",
    ],
)
def test_an_offline_command_imports_nothing_that_patches_or_weighs(run: Path, tmp_path: Path, arguments: str) -> None:
    """Neither Locust nor gevent, no model client, and no scipy where nothing is computed."""
    assert loaded(*arguments.replace("RUN", str(run)).split(), cwd=tmp_path) == [0, []]


def test_scoring_never_gets_locust(run: Path, tmp_path: Path) -> None:
    """Importing it would patch the process of whoever scores a log."""
    assert loaded("score", str(run), cwd=tmp_path, words=HEAVY) == [0, []]


def test_a_whole_run_keeps_the_parent_clean(tmp_path: Path) -> None:
    """The parent of a real run over HTTP has imported neither Locust nor gevent."""
    arguments = ("run", "--target", "helpful", "--conversations", "2", "--no-probes", "--gates", "none")
    assert loaded(*arguments, cwd=tmp_path, words=HEAVY) == [0, []]


def test_help_groups_every_command(tmp_path: Path) -> None:
    """By what they are for, each with a sentence; and each has help of its own."""
    shown = exitramp("--help", cwd=tmp_path).out
    for group, commands in COMMANDS.items():
        assert f"{group}:" in shown
        assert all(f"  {name} " in shown for name in commands)


def test_whoever_stops_reading_is_no_fault(tmp_path: Path) -> None:
    """`exitramp metrics list | head -1` ends without a word on stderr."""
    shell = f"{sys.executable} -m simulator metrics list | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell], cwd=ROOT, env=environment({}), capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("json_too", [False, True])
def test_a_terminal_without_utf_8_loses_letters_and_nothing_else(tmp_path: Path, json_too: bool) -> None:
    """People read a `?`, machines an escape."""
    file = tmp_path / "me.yaml"
    file.write_text("{persona: 1, name: me, about: Łukasz}\n", encoding="utf-8")
    more = ("--json",) if json_too else ()
    done = exitramp("personas", "show", file, *more, PYTHONIOENCODING="latin-1")
    assert done.code == 0, done.err
    assert ("about: ?ukasz" in done.out) is not json_too
    assert not json_too or json.loads(done.out)["about"] == "Łukasz"


def test_check_tells_files_apart(tmp_path: Path) -> None:
    """A good file is good, a bad one is exit 2 with its place, one of no kind says what it could be."""
    good, bad, none = tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "none.yaml"
    good.write_text("{persona: 1, name: me, about: a customer}\n")
    bad.write_text("persona: 1\nname: me\nabout: a customer\nlenght: 0.1\n")
    none.write_text("hello: 1\n")
    assert invoked("check", good).out == f"{good}: good\n"
    done = invoked("check", good, bad, none, "--json")
    problems = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 2
    assert [(one["file"], one["line"]) for one in problems] == [(str(bad), 4), (str(none), 1)]
    assert "length" in problems[0]["message"] + problems[0].get("hint", "")


@pytest.mark.parametrize("command", ["personas list", "scenarios list", "bots list", "metrics list"])
def test_lists_are_also_json_lines(command: str) -> None:
    """Each line is one document with a name."""
    lines = invoked(*command.split(), "--json").out.splitlines()
    assert len(lines) > 5
    assert all("name" in json.loads(line) for line in lines)
