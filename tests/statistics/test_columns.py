from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.columns import Column, Row, truths


class Given(NamedTuple):
    """An entry to be added."""

    value: float | None
    word: int
    reason: int
    event: int
    weight: float


ENTRY = st.builds(
    Given,
    st.one_of(st.none(), st.floats(allow_nan=False)),
    st.integers(-1, 5),
    st.integers(0, 5),
    st.sampled_from([0, 0, 0, 3]),
    st.sampled_from([1.0, 1.0, 0.0, 7.0]),
)
TALKS = st.lists(st.lists(ENTRY, max_size=3), max_size=8)


def column_of(talks: list[list[Given]]) -> Column:
    """One column, the conversations numbered from 0."""
    column = Column()
    for unit, entries in enumerate(talks):
        for one in entries:
            column.add(unit, one.value, word=one.word, reason=one.reason, event=one.event, weight=one.weight)
    return column


def rows_of(talks: list[list[Given]], first: int = 0) -> list[Row]:
    """The same written out."""
    rows = []
    for unit, entries in enumerate(talks, first):
        for one in entries:
            word = one.word if one.value is None else -1
            reason = one.reason if one.value is None and one.word < 0 else -1
            rows.append(Row(unit, one.value, word, reason, one.event, one.weight))
    return rows


@given(TALKS)
def test_what_was_added_is_read_back(talks: list[list[Given]]) -> None:
    """Numbers, words, reasons, events and weights, whenever the first event or weight comes."""
    assert list(column_of(talks).rows()) == rows_of(talks)


@given(TALKS, TALKS)
def test_columns_are_joined(one: list[list[Given]], two: list[list[Given]]) -> None:
    """The other's conversations are numbered on and its codes are translated."""
    column = column_of(one)
    column.extend(column_of(two), range(len(one), len(one) + len(two)), [code + 10 if code else 0 for code in range(9)])

    def there(row: Row) -> Row:
        word, reason = (code + 10 if code > 0 else code for code in (row.word, row.reason))
        return row._replace(word=word, reason=reason, event=row.event + 10 if row.event else 0)

    assert list(column.rows()) == [*rows_of(one), *map(there, rows_of(two, len(one)))]


@given(st.lists(st.tuples(st.lists(ENTRY, max_size=3), st.booleans(), st.lists(ENTRY, max_size=3)), max_size=8))
def test_entries_of_some_are_replaced(talks: list[tuple[list[Given], bool, list[Given]]]) -> None:
    """Those that are left out are gone, the new ones stand in their place, in the order of the conversations."""
    again = [number for number, (_, replaced, _) in enumerate(talks) if replaced]
    new = Column()
    new.extend(column_of([talks[number][2] for number in again]), again, range(9))
    column = column_of([before for before, _, _ in talks]).replaced(truths(len(talks), again), new)
    assert list(column.rows()) == rows_of([after if replaced else before for before, replaced, after in talks])


@given(TALKS, st.data())
def test_a_selection_reads_as_the_column_does(talks: list[list[Given]], data: st.DataObject) -> None:
    """Of chosen conversations: values, weights, events, words, reasons and how many they are."""
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(talks))) if talks else st.nothing())))
    found = column_of(talks).entries().of(truths(len(talks), chosen))
    rows = [row for row in rows_of(talks) if row.unit in chosen]
    assert found.units.tolist() == [row.unit for row in rows]
    assert found.values.tolist() == [row.number or 0.0 for row in rows]
    assert found.weights.tolist() == [row.weight for row in rows]
    assert found.events.tolist() == [row.event for row in rows]
    assert found.words() == [row.word for row in rows]
    assert found.reasons() == [row.reason for row in rows if row.reason >= 0]
    assert found.told.tolist() == [row.reason < 0 for row in rows]
    assert found.numbers.tolist() == [row.number is not None for row in rows]
    assert found.conversations() == len({row.unit for row in rows})
