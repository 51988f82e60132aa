"""Exports as tables, with a map of their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.catalogue.check import read as read_map
from simulator.model.errors import InputError
from simulator.model.log_map import LogMap
from simulator.scorers.stock import score
from tests.logs.material import put, read, rejections, signals, spoken, transcripts

MAP = """\
log_map: 1
conversation: Ticket
speaker: Von
text: Nachricht
time: Zeit
time_format: "%d.%m.%Y %H:%M:%S"
status: Stand
speakers: {customer: [Kunde], bot: [Robo], human: [Mensch]}
statuses: {handed_off: [weitergeleitet], resolved: [Gelöst]}
"""
TABLE = """\
Ticket;Von;Nachricht;Zeit;Stand
17;Kunde;"Mein Router; er ist
kaputt";01.02.2025 10:00:00;offen
17;ROBO;Bitte neu starten.;01.02.2025 10:00:04;Gelöst
18;Kunde;Ein Mensch bitte;01.02.2025 11:00:00;offen
18;Robo;Moment.;01.02.2025 11:00:02;weitergeleitet
"""


def columns(tmp_path: Path, text: str = MAP) -> LogMap:
    return read_map(put(tmp_path, text, "map.yaml"), LogMap)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_by_its_map(tmp_path: Path, encoding: str) -> None:
    """Words for speakers, a pattern for times, a status that hands over or claims; line breaks in a cell stay."""
    text = MAP + (f"encoding: {encoding}\n" if encoding == "cp1252" else "")
    one, two = transcripts(read(put(tmp_path, TABLE.encode(encoding)), columns=columns(tmp_path, text)))
    assert spoken(one) == [("customer", "Mein Router; er ist\nkaputt"), ("bot", "Bitte neu starten.")]
    assert (one.turns[1].sent, one.turns[1].done, one.language, one.tiers) == (0.0, 4.0, "de", ["T0", "T2"])
    assert (signals(one), one.ending) == ([(1, "claim_resolved", "")], "limit")
    assert (signals(two), two.ending) == ([(1, "requested", "")], "handed_off")
    assert [next(s.value for s in score(each, None) if s.name == "contained") for each in (one, two)] == [1, 0]


def test_without_a_status_that_hands_over_nothing_is_contained(tmp_path: Path) -> None:
    """People's turns alone do not say that everybody who came would show."""
    text = MAP.replace("handed_off: [weitergeleitet], ", "")
    assert [one.tiers for one in transcripts(read(put(tmp_path, TABLE), columns=columns(tmp_path, text)))] == [
        ["T0"]
    ] * 2


def test_rows_that_stand_apart_are_refused_and_named(tmp_path: Path) -> None:
    """What comes back after others cannot be joined any more; it is never a conversation of its own."""
    table = TABLE + "17;Kunde;Hallo?;01.02.2025 12:00:00;offen\n"
    found = read(put(tmp_path, table), columns=columns(tmp_path))
    assert len(transcripts(found)) == 2
    (wrong,) = rejections(found)
    assert (wrong.unit, wrong.place) == ("row", 6)
    assert "sort the export by conversation" in wrong.reason


def test_bad_rows_and_speakers_cost_what_they_hold(tmp_path: Path) -> None:
    """A short row one row, an unknown speaker one conversation."""
    table = TABLE + "19;Kunde\n20;Niemand;hallo;01.02.2025 12:00:00;x\n21;Kunde;hallo;gestern;x\n"
    found = read(put(tmp_path, table), columns=columns(tmp_path))
    assert [one.reason.partition(";")[0] for one in rejections(found)] == [
        "expected at least 5 cells, found 2",
        "unknown role 'niemand'",
    ]
    assert transcripts(found)[-1].turns[0].sent is None  # `gestern` is no time


def test_an_export_that_runs_backwards_is_turned(tmp_path: Path) -> None:
    """`newest_first`, said by whoever has the export."""
    head, *rows = TABLE.replace("er ist\nkaputt", "kaputt").splitlines()
    table = "\n".join([head, *rows[::-1]]) + "\n"
    found = transcripts(read(put(tmp_path, table), columns=columns(tmp_path, MAP + "newest_first: true\n")))
    assert [one.turns[0].speaker for one in found] == ["customer", "customer"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MAP.replace("Nachricht", "Text"), "expected a column 'Text', found Ticket, Von, Nachricht, Zeit, Stand"),
        (MAP.replace("Kunde]", "Kunde], alien: [x]"), "alien"),
    ],
)
def test_a_map_that_does_not_fit_is_bad_input(tmp_path: Path, text: str, words: str) -> None:
    """With every problem of the map, by name."""
    with pytest.raises(InputError, match=words):
        read(put(tmp_path, TABLE), columns=columns(tmp_path, text))


def test_a_table_without_a_map_is_told_how_one_begins(tmp_path: Path) -> None:
    """The error holds a map with the columns that were found."""
    with pytest.raises(InputError) as wrong:
        read(put(tmp_path, "chat_id,sender,message,created_at\n1,a,b,c\n"))
    message = str(wrong.value)
    for guess in ("conversation: chat_id", "speaker: sender", "text: message", "time: created_at", "--map FILE"):
        assert guess in message


def test_delimiters_are_found_out(tmp_path: Path) -> None:
    """Commas, tabs and bars as well."""
    plain = TABLE.replace("Mein Router; er ist\nkaputt", "Mein Router")
    for delimiter in (",", "\t", "|"):
        found: list[Any] = read(put(tmp_path, plain.replace(";", delimiter)), columns=columns(tmp_path))
        assert len(transcripts(found)) == 2
