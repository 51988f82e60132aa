"""Test accounts under load: never two customers on one, over all processes; nobody's values on disk."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from simulator.launch.casting import cast
from simulator.launch.run import LEASES, Outcome, execute, prepare
from simulator.model.plan import Load, RunPlan
from simulator.store import RunFolder
from simulator.verdict.decide import Decision, decide
from tests.load.accounts_bot import AccountsBot, accounts_file, target_file
from tests.load.test_load_process import ended, started
from tests.runs import until


def prepared(folder: Path, url: str, *, conversations: int = 20, users: int = 8, **target: Any) -> RunFolder:
    return prepare(cast(plan(folder, url, conversations, users, **target)), None)


def plan(folder: Path, url: str, conversations: int, users: int, **target: Any) -> RunPlan:
    return RunPlan(
        target=str(target_file(folder, url, **target)),
        scenarios=["parcel-status"],
        conversations=conversations,
        probes=False,
        load=Load(users=users),
        results=str(folder / "results"),
    )


def sharing(first: RunFolder, second: RunFolder) -> None:
    """Two runs with one folder of locks: two processes over one pool."""
    (first.path / LEASES).mkdir()
    (second.path / LEASES).symlink_to(first.path / LEASES)


def held(folder: RunFolder) -> int:
    return len(folder.read_transcripts()[0])


def test_forty_seats_on_five_accounts(tmp_path: Path) -> None:
    """A whole run: all conversations are held, never two on one account; the locks are gone afterwards."""
    accounts_file(tmp_path)
    bot = AccountsBot()
    with bot.serving() as url:
        ready = cast(plan(tmp_path, url, 60, 40, facts_from="{file: accounts.csv}"))
        folder = prepare(ready, None)
        outcome = execute(ready, folder, lambda status: None)
    assert outcome == Outcome(str(folder.path))
    assert held(folder) == 60
    assert sorted(bot.most.items()) == [(f"QRX77{number:06d}", 1) for number in range(5)]
    assert not (folder.path / LEASES).exists()


def test_accounts_that_may_be_shared_are(tmp_path: Path) -> None:
    """`unique: false`: nobody waits."""
    accounts_file(tmp_path, rows=1)
    bot = AccountsBot()
    bot.answering.clear()
    with bot.serving() as url:
        folder = prepared(tmp_path, url, users=4, conversations=4, facts_from="{file: accounts.csv, unique: false}")
        process = started(folder)
        until(lambda: bot.most["QRX77000000"] == 4, "four are on one account")
        bot.answering.set()
        assert ended(process)[0] == 0


def test_two_processes_share_a_pool(tmp_path: Path) -> None:
    """Each holds all of its cases, and no account ever has two customers."""
    accounts_file(tmp_path)
    bot = AccountsBot()
    with bot.serving() as url:
        folders = [prepared(tmp_path, url, conversations=30, facts_from="{file: accounts.csv}") for _ in range(2)]
        sharing(*folders)
        codes = [ended(process)[0] for process in [started(folder) for folder in folders]]
    assert codes == [0, 0]
    assert [held(folder) for folder in folders] == [30, 30]
    assert set(bot.most.values()) == {1}


def test_a_dead_process_gives_its_accounts_back(tmp_path: Path) -> None:
    """Killed in the middle of conversations: another that waits for the same accounts goes on."""
    accounts_file(tmp_path, rows=2)
    bot = AccountsBot()
    bot.answering.clear()
    with bot.serving() as url:
        folders = [prepared(tmp_path, url, conversations=4, facts_from="{file: accounts.csv}") for _ in range(2)]
        sharing(*folders)
        dead = started(folders[0])
        until(lambda: bot.calls["/say"] == 2, "both accounts are in use")
        alive = started(folders[1])
        until(lambda: _blocked(alive) == 2, "the other process waits for both")
        assert bot.calls["/start"] == 2
        dead.kill()
        ended(dead)
        bot.answering.set()
        assert ended(alive)[0] == 0
    assert held(folders[1]) == 4


def _blocked(process: subprocess.Popen[bytes]) -> int:
    """Threads of a process that wait for a file lock in the kernel."""
    waiting = [line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" in line]
    return sum(str(process.pid) in words for words in waiting)


def test_an_end_is_an_end_also_for_those_who_wait(tmp_path: Path) -> None:
    """The parent is gone: seats that wait for an account hold nobody up, and what was under way is cleaned up."""
    accounts_file(tmp_path, rows=1)
    bot = AccountsBot()
    bot.answering.clear()
    with bot.serving() as url:
        folder = prepared(tmp_path, url, facts_from="{file: accounts.csv}", arranged=True)
        process = started(folder)
        until(lambda: bot.calls["/say"] == 1, "one is under way")
        assert process.stdin is not None
        process.stdin.close()
        code, last, err = ended(process)
    assert (code, last.started, last.finished) == (0, 1, 1), err
    assert bot.calls["/reset"] == 1


def decided(folder: Path, bot: AccountsBot, conversations: int = 6, **target: Any) -> Decision:
    """A whole run, scored."""
    with bot.serving() as url:
        ready = cast(plan(folder, url, conversations, 3, **target))
        kept = prepare(ready, None)
        kept.write_json("outcome.json", execute(ready, kept, lambda status: None))
        return decide(kept)


def test_hidden_values_are_nowhere_in_the_folder(tmp_path: Path) -> None:
    """No file of the run holds a value of the accounts, and yet what the bot said counts as said."""
    accounts_file(tmp_path)
    decision = decided(tmp_path, AccountsBot(), conversations=20, facts_from="{file: accounts.csv, hide: true}")
    files = [path for path in decision.folder.rglob("*") if path.is_file() and "catalogue" not in path.parts]
    text = "\n".join(path.read_text() for path in files)
    assert not [value for value in ("QRX77", "Carlisle", "Preston", "Norwich", "Ashford", "Swindon") if value in text]
    assert "[tracking_number]: it is in [depot_town]" in text
    (resolved,) = [m for m in decision.metrics if m.name == "resolution_rate" and not m.group]
    assert resolved.estimate == 1


def test_a_failed_set_up_is_not_the_bots(tmp_path: Path) -> None:
    """Conversations end as target_failed with a cause of their own, and stand in no metric of the bot's."""
    accounts_file(tmp_path)
    bot = AccountsBot()
    bot.failing = {"/setup"}
    decision = decided(tmp_path, bot, facts_from="{file: accounts.csv}", arranged=True)
    counts = decision.by_target["accounts"]
    assert (counts["target_failed"], counts["not_set_up"], counts["answered_badly"]) == (6, 6, 0)
    assert {one.error.cause for one in decision.held if one.error} == {"setup"}
    assert [m.n for m in decision.metrics if m.name == "error_rate" and not m.group] in ([0], [])
    assert (bot.calls["/start"], bot.calls["/reset"]) == (0, 6)


def test_a_failed_reset_is_said_and_fails_nothing(tmp_path: Path) -> None:
    """Counted in the notes of the report."""
    accounts_file(tmp_path)
    bot = AccountsBot()
    bot.failing = {"/reset"}
    decision = decided(tmp_path, bot, facts_from="{file: accounts.csv}", arranged=True)
    assert decision.counts["target_failed"] == 0
    assert decision.notes == [
        "accounts: 6 requests to clean up after a conversation failed (`reset`), so what it had done may still have been "
        "there for later ones"
    ]
