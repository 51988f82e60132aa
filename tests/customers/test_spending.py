"""The ledger: bookings of several processes never exceed the budget, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.customers.spending import Ledger, Totals, forecast, tokens_of, usd_of
from simulator.model.plan import Budget, ModelSpec

PRICED = ModelSpec("m", usd_per_million_in=0.5, usd_per_million_out=2.0)


def ledger(folder: Path, **budget: Any) -> Ledger:
    return Ledger(folder / "spending", Budget(**budget), time())


def test_without_a_cap_everything_is_booked(tmp_path: Path) -> None:
    """And shown."""
    book = ledger(tmp_path)
    assert book.reserve(500, 0.25) == ""
    assert book.totals() == Totals(1, 500, 0.25)


def test_a_booking_becomes_what_was_used(tmp_path: Path) -> None:
    """The call stays counted."""
    book = ledger(tmp_path, tokens=1000)
    assert book.reserve(900, 0.9) == ""
    book.settle(900, 0.9, 300, 0.3)
    assert book.totals() == Totals(1, 300, 0.3)
    assert book.reserve(700, 0.0) == ""


@pytest.mark.parametrize(
    ("budget", "which"), [({"usd": 1.0}, "usd"), ({"tokens": 1000}, "tokens"), ({"calls": 2}, "calls")]
)
def test_a_call_that_may_go_over_is_not_made(tmp_path: Path, budget: dict[str, Any], which: str) -> None:
    """By its worst case, before it is made; nothing is booked for it."""
    book = ledger(tmp_path, **budget)
    assert [book.reserve(450, 0.45) for _ in range(3)] == ["", "", which]
    assert book.totals().calls == 2


def test_the_time_is_a_budget_too(tmp_path: Path) -> None:
    """Counted from when the run began."""
    book = Ledger(tmp_path / "spending", Budget(wall_s=60.0), time() - 61)
    assert book.reserve(1, 0.0) == "wall_s"


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Rather than read as numbers."""
    (tmp_path / "spending").write_bytes(b"x" * 64)
    with pytest.raises(OSError, match="not one of ours"):
        ledger(tmp_path).totals()


_WORKER = """
import sys
from pathlib import Path
from time import time
from simulator.customers.spending import Ledger
from simulator.model.plan import Budget
book = Ledger(Path(sys.argv[1]), Budget(tokens=int(sys.argv[2])), time())
print("ready", flush=True)
sys.stdin.readline()
made = 0
while not book.reserve(700, 0.0):
    made += 1
    book.settle(700, 0.0, 100 + made % 500, 0.0)
print(made, flush=True)
"""


def worker(path: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_four_processes_never_go_over(tmp_path: Path) -> None:
    """Together they stop within one worst case of the cap, and never beyond it."""
    cap = 300_000
    workers = [worker(tmp_path / "spending", _WORKER, str(cap)) for _ in range(4)]
    for process in workers:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    made = [int(process.communicate(timeout=60)[0]) for process in workers]
    totals = ledger(tmp_path).totals()
    assert cap - 4 * 700 < totals.tokens <= cap
    assert totals.calls == sum(made)


_KILLED = """
import sys
from pathlib import Path
from time import time
from simulator.customers.spending import Ledger
from simulator.model.plan import Budget
Ledger(Path(sys.argv[1]), Budget(), time()).reserve(700, 0.5)
print("ready", flush=True)
sys.stdin.readline()
"""


def test_what_a_killed_worker_had_booked_stays_booked(tmp_path: Path) -> None:
    """Its call may have been answered after all."""
    process = worker(tmp_path / "spending", _KILLED)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert ledger(tmp_path, usd=1.0).totals() == Totals(1, 700, 0.5)
    assert ledger(tmp_path, usd=1.0).reserve(700, 0.6) == "usd"


@given(st.lists(st.floats(0, 1, allow_nan=False), max_size=50))
def test_money_adds_up(sums: list[float]) -> None:
    """To a billionth of a dollar for each booking, upwards."""
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"exitramp-spending-{os.getpid()}"
    path.unlink(missing_ok=True)
    book = Ledger(path, Budget(), time())
    for usd in sums:
        book.reserve(1, usd)
    total = book.totals().usd
    book.close()
    path.unlink(missing_ok=True)
    assert sum(sums) - 1e-9 <= total <= sum(sums) + 1e-9 * (len(sums) + 1)


def test_the_estimate_is_above_what_tokenisers_say() -> None:
    """Counted with o200k_base by hand: 9, 8 and 12 tokens; the frame of a message comes on top."""
    for text, tokens in (
        ("Hello, where is my parcel? It's late.", 10),
        ("Mein Paket ist noch nicht da.", 8),
        ("¿Dónde está mi paquete? Todavía no llegó.", 12),
    ):
        assert tokens_of([text]) >= tokens


def test_prices_are_a_million_tokens() -> None:
    """In and out apart; without prices nothing is known to be spent."""
    assert usd_of(PRICED, 1_000_000, 500_000) == 1.5
    assert usd_of(ModelSpec("m"), 1000, 1000) == 0.0


def test_a_forecast_knows_money_only_by_prices() -> None:
    """Calls and tokens it knows anyway."""
    assert forecast(ModelSpec("m"), 100, 5).usd is None
    priced = forecast(PRICED, 100, 5)
    assert priced.calls == 550
    assert priced.usd == pytest.approx(usd_of(PRICED, 1, 0) * 550 * 420 + usd_of(PRICED, 0, 1) * 550 * 30)
