"""Test accounts in a CSV file: what is read, what is refused, who is dealt which row."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalogue.accounts import Accounts, Deck, columns_of, read_accounts
from simulator.catalogue.check import read
from simulator.model.errors import InputError
from simulator.model.scenario import Scenario
from tests.targets.talks import CASE

KNOWN = {"order", "email", "truth.eta"}
SCENARIO = read(
    "s.yaml",
    Scenario,
    text="{scenario: 1, name: s, facts: {order: {kind: identity, value: A-1}}, "
    "truth: {eta: {value: Friday}}, needs: [{name: n, resolution: {told: [eta]}}]}",
)


def accounts(folder: Path, text: str | bytes, known: set[str] | None = KNOWN) -> Accounts:
    file = folder / "accounts.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_accounts(file, known)


def refused(folder: Path, text: str | bytes) -> list[str]:
    """What is wrong, without the folder."""
    with pytest.raises(InputError) as wrong:
        accounts(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in wrong.value.problems]


def test_rows_are_read_by_column(tmp_path: Path) -> None:
    """Quotes, a comma within them, spaces around cells; an empty cell gives nothing."""
    found = accounts(tmp_path, 'order, truth.eta ,email\nA-1,"Friday, noon",\n\n A-2 ,,x@y.test\n')
    assert found.rows == [{"order": "A-1", "truth.eta": "Friday, noon"}, {"order": "A-2", "email": "x@y.test"}]
    assert found.warnings == []


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    """As spreadsheets write it."""
    assert accounts(tmp_path, "\ufefforder\r\nA-1\r\n").rows == [{"order": "A-1"}]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Each with file, line and column."""
    assert refused(tmp_path, "order,order,,email\nA-1,A-1,x,a@b.test\nA-2\nA-3,,,c@d.test,more\n") == [
        "accounts.csv:1:2: order: the column is there twice, first as column 1; remove one of them",
        "accounts.csv:1:3: column 3 has no name; name it, or remove the column",
        "accounts.csv:3:2: order: expected 4 cells as in the header, found 1",
        "accounts.csv:4:5: expected 4 cells as in the header, found 5; a value that holds a comma stands in double quotes",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a header and accounts, found an empty file"),
        ("order,email\n", "expected at least one account below the header, found none"),
        ("order\n,\n", "expected 1 cells as in the header, found 2"),
        ("name,town\nAnna,Bonn\n", "expected columns named like facts of the chosen scenarios"),
        ("order;email\nA-1;a@b.test\n", "separate columns by commas, found ';'"),
        ('order\n"A-1\n', "not valid CSV"),
        (b"order\nM\xfcller\n", "expected UTF-8 text, found the byte 0xfc"),
    ],
)
def test_what_gives_no_accounts_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    """In words that say what to do."""
    assert any(said in problem for problem in refused(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the one that was probably meant."""
    accounts(tmp_path, "order\nA-1\n")
    with pytest.raises(InputError, match=r"did you mean .*accounts\.csv"):
        read_accounts(tmp_path / "account.csv")


def test_a_column_that_names_nothing_is_warned_of(tmp_path: Path) -> None:
    """It stays, since a bot may say what stands in it."""
    found = accounts(tmp_path, "order,emial\nA-1,a@b.test\n")
    assert [str(warning).rpartition("csv")[2] for warning in found.warnings] == [
        ":1:2: emial: no chosen scenario has a fact of that name, so the column is not used; did you mean email?"
    ]
    assert found.rows == [{"order": "A-1", "emial": "a@b.test"}]


def test_no_message_shows_a_value(tmp_path: Path) -> None:
    """What is wrong with a row is said without the account."""
    assert not any("secret" in problem for problem in refused(tmp_path, "order\nsecret-1,secret-2\n"))


@given(seed=st.integers(0, 10**6), size=st.integers(1, 12), rounds=st.integers(1, 4))
def test_every_row_is_dealt_once_a_round(seed: int, size: int, rounds: int) -> None:
    """In an order that the seed gives."""
    pool = Accounts("f", [{"order": f"A-{number}"} for number in range(size)])
    deck = Deck(pool, seed)
    dealt = [deck.deal(SCENARIO) for _ in range(rounds * size)]
    assert Counter(dealt) == Counter(dict.fromkeys(range(size), rounds))
    again = Deck(pool, seed)
    assert dealt == [again.deal(SCENARIO) for _ in range(rounds * size)]


def test_a_scenario_is_dealt_only_rows_that_give_it_something() -> None:
    """Accounts of two trades in one file; a scenario that none serves goes without."""
    pool = Accounts("f", [{"card": "1"}, {"order": "A-1"}, {"truth.eta": "Monday"}])
    deck = Deck(pool, 1)
    assert {deck.deal(SCENARIO) for _ in range(4)} == {1, 2}
    assert Deck(Accounts("f", [{"card": "1"}]), 1).deal(SCENARIO) is None


def test_another_seed_deals_another_order() -> None:
    """So that no persona is tied to an account."""
    pool = Accounts("f", [{"order": f"A-{number}"} for number in range(8)])
    decks = [Deck(pool, seed) for seed in range(5)]
    assert len({tuple(deck.deal(SCENARIO) for _ in range(8)) for deck in decks}) == 5


def test_columns_are_facts_and_truths() -> None:
    """Truths by their prefix."""
    assert columns_of(SCENARIO) == {"order", "truth.eta"}


def test_a_truth_of_the_account_exists_on_the_bots_side() -> None:
    """Named in the case; what the row leaves out stays drawn and is not."""
    case = msgspec.structs.replace(CASE, truth={"eta": "Friday", "place": "Ulm"}, row=0)
    assert Accounts("f", [{"truth.eta": "Monday"}]).filled(case).seeded == ["eta"]
