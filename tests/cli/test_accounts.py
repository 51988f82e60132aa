"""Test accounts on the command line: what is said before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.accounts_bot import AccountsBot, accounts_file, target_file
from tests.runs import held, invoked, only_run


def written(folder: Path, url: str = "http://127.0.0.1:1", facts_from: str = "{file: accounts.csv}") -> Path:
    """A plan with five accounts beside it."""
    accounts_file(folder)
    target_file(folder, url, arranged=True)
    plan = folder / "plan.yaml"
    plan.write_text(
        f"{{plan: 1, target: target.yaml, scenarios: [parcel-status], conversations: 4, probes: false, gates: none, "
        f"load: {{users: 3}}, facts_from: {facts_from}}}\n"
    )
    return plan


@pytest.mark.parametrize(
    ("facts_from", "said"),
    [
        ("{file: accounts.csv}", "accounts.csv (5 accounts, one customer each at a time); the rest reserved values"),
        ("{file: accounts.csv, unique: false}", "accounts.csv (5 accounts); the rest reserved values"),
        ("{file: accounts.csv, unique: false, hide: true}", "accounts.csv (5 accounts, kept out of all records)"),
    ],
)
def test_the_preflight_says_whose_facts_they_are(tmp_path: Path, facts_from: str, said: str) -> None:
    """The file, how many, and how they are used."""
    done = invoked("run", written(tmp_path, facts_from=facts_from), "--dry-run")
    assert done.code == 0, done.err
    assert said in " ".join(done.out.split())


def test_a_bad_file_is_bad_input(tmp_path: Path) -> None:
    """Exit 2 with file, line and column."""
    plan = written(tmp_path)
    (tmp_path / "accounts.csv").write_text("tracking_number,tracking_number\nA-1\n")
    done = invoked("run", plan, "--dry-run")
    assert done.code == 2
    assert "accounts.csv:1:2: tracking_number: the column is there twice" in done.err
    assert "accounts.csv:2:2: tracking_number: expected 2 cells" in done.err


def test_a_test_system_that_is_down_is_not_called_the_bots_failure(tmp_path: Path) -> None:
    """Exit 4: the bot was never asked."""
    bot = AccountsBot()
    bot.failing = {"/setup"}
    with bot.serving() as url:
        run = held(tmp_path / "results", written(tmp_path, url))
    assert run.done.code == 4
    assert "accounts was never asked: setup (4)" in run.done.err
    assert "your test system, not the bot: 4 failed set-ups" in " ".join(run.done.out.split())


def test_a_hidden_customer_is_met_again(tmp_path: Path) -> None:
    """`rerun` speaks the real values, and keeps them out of its own folder too."""
    with AccountsBot().serving() as url:
        run = held(tmp_path / "results", written(tmp_path, url, "{file: accounts.csv, hide: true}"))
        assert run.done.code == 0, run.done.err
        done = invoked("rerun", run.folder.path, "c-0001", "--results", tmp_path / "again")
    assert done.code == 0, done.err
    assert "QRX77" not in done.out
    (spoken,) = only_run(tmp_path / "again").read_transcripts()[0]
    assert any("[tracking_number]: it is in [depot_town]" in turn.text for turn in spoken.turns)
