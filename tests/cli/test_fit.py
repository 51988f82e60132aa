"""`scenarios fit`, with reference bots and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bot_process import serving, target_file
from tests.runs import Done, exitramp, invoked

TWO = ("--scenario", "parcel-status", "--scenario", "unexpected-fee", "--conversations", "2")


def fitted(folder: Path, *arguments: str | Path) -> Done:
    return invoked("scenarios", "fit", *arguments, "--out", folder / "plan.yaml", "--results", folder / "results")


def test_a_plan_is_written_that_runs(tmp_path: Path) -> None:
    """It passes its check, and the run needs nothing else; its schema lies beside it."""
    done = fitted(tmp_path, "helpful", *TWO)
    assert done.code == 0, done.err
    assert "Served: 2" in done.out
    assert invoked("check", tmp_path / "plan.yaml").code == 0
    assert (tmp_path / ".schemas" / "plan.json").is_file()
    assert invoked("run", tmp_path / "plan.yaml", "--dry-run").code == 0


def test_a_plan_is_never_overwritten(tmp_path: Path) -> None:
    """It is refused before anything is sent."""
    (tmp_path / "plan.yaml").write_text("mine")
    done = fitted(tmp_path, "helpful", *TWO)
    assert done.code == 2
    assert "not overwritten" in done.err
    assert not (tmp_path / "results").exists()


def test_json_has_every_scenario(tmp_path: Path) -> None:
    """One document; people's words go to stderr."""
    told = json.loads(fitted(tmp_path, "helpful", *TWO, "--json").out)
    assert [(one["scenario"], one["standing"], one["n"]) for one in told["scenarios"]] == [
        ("parcel-status", "served", 2),
        ("unexpected-fee", "served", 2),
    ]


def test_an_http_bot_is_tried_over_its_wire(tmp_path: Path) -> None:
    """With its key and its sessions; the plan finds the target file from where the plan lies."""
    with serving("acme") as url:
        file = target_file(tmp_path, "acme", url, session=True)
        done = exitramp(
            "scenarios", "fit", file, "--scenario", "parcel-damaged", "--conversations", "1",
            "--out", tmp_path / "plans" / "plan.yaml", "--results", tmp_path / "results", "--json",
            ACME_KEY="acme-key-7f3a9c51",
        )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out)["scenarios"][0]["standing"] in ("served", "way_out")
    assert "target: ../acme.yaml" in (tmp_path / "plans" / "plan.yaml").read_text()


def test_a_bot_that_is_down_never_answered(tmp_path: Path) -> None:
    """Exit 4, the cause and what to look at; no plan."""
    file = target_file(tmp_path, "down", "http://127.0.0.1:9")
    done = fitted(tmp_path, file, *TWO)
    assert done.code == 4
    assert "never answered once: refused (4)" in done.err
    assert not (tmp_path / "plan.yaml").exists()


def test_a_bot_that_serves_none_gets_no_plan(tmp_path: Path) -> None:
    """Exit 4 after the list, with a conversation to read."""
    bot = tmp_path / "blank_bot.py"
    bot.write_text('def reply(text, session):\n    return "Sorry, I did not understand that."\n')
    done = exitramp(
        "scenarios",
        "fit",
        "blank_bot:reply",
        *TWO,
        "--results",
        "r",
        cwd=tmp_path,
        PYTHONPATH=f"{tmp_path}:{Path.cwd()}",
    )
    assert done.code == 4
    assert "Not served at all, so not in the plan: 2" in done.out
    assert "every answer says that it did not understand (n = 2; c-0001)" in done.out
    assert "exitramp show r/" in done.err
    assert not (tmp_path / "plan.yaml").exists()
