"""One measure of many conversations, packed: what a run of hundreds of thousands is summed up from."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truths = NDArray[Any]
    """A truth for each conversation, or for each entry."""


class Row(NamedTuple):
    """One entry of a column."""

    unit: int
    """The number of its conversation."""
    number: float | None
    word: int
    """A code; -1 where it has none."""
    reason: int
    """A code; -1 where it has a number or a word."""
    event: int
    weight: float


class Column:
    """Entries in the order in which they were added, each with the number of its conversation (16 bytes an entry).

    An entry has a number, or a word, or neither and then a reason; and an event and a weight, for which nothing is kept
    as long as all entries have none and 1. Words, events and reasons are codes of the caller's.
    """

    __slots__ = ("_events", "_notes", "_units", "_values", "_weights")

    def __init__(self) -> None:
        self._units = array("I")
        self._values = array("d")
        # 0: it has a number; 2 c + 1: the word c; 2 c + 2: nothing, for the reason c.
        self._notes = array("i")
        self._events: array[int] | None = None
        self._weights: array[float] | None = None

    def __len__(self) -> int:
        return len(self._units)

    def add(self, unit: int, value: float | None, *, word: int, reason: int, event: int, weight: float) -> None:
        """Add an entry of a conversation: `value` if it is a number, else `word` if that is not negative, else nothing."""
        if event and self._events is None:
            self._events = array("i", bytes(4 * len(self)))
        if weight != 1.0 and self._weights is None:
            self._weights = array("d", [1.0]) * len(self)
        self._units.append(unit)
        self._values.append(0.0 if value is None else value)
        self._notes.append(0 if value is not None else 2 * word + 1 if word >= 0 else 2 * reason + 2)
        if self._events is not None:
            self._events.append(event)
        if self._weights is not None:
            self._weights.append(weight)

    def extend(self, other: Column, units: Sequence[int], codes: Sequence[int]) -> None:
        """Add all entries of another, whose conversation u is `units[u]` here, and whose code c is `codes[c]`."""
        here, more = len(self), len(other)
        self._units.extend([units[unit] for unit in other._units])
        self._values.extend(other._values)
        self._notes.extend(
            [note if note == 0 else 2 * codes[(note - 1) >> 1] + 2 - (note & 1) for note in other._notes]
        )
        if other._events is not None and self._events is None:
            self._events = array("i", bytes(4 * here))
        if self._events is not None:
            events = other._events
            self._events.extend([codes[event] for event in events] if events is not None else [0] * more)
        if other._weights is not None and self._weights is None:
            self._weights = array("d", [1.0]) * here
        if self._weights is not None:
            self._weights.extend(other._weights if other._weights is not None else array("d", [1.0]) * more)

    def replaced(self, leave_out: NDArray[Any], other: Column) -> Column:
        """A column without the entries of some conversations (a truth a conversation), and with another's in their place."""
        import numpy as np

        kept, new = self.entries().of(~leave_out), other.entries()
        order = np.argsort(np.concatenate((kept.units, new.units)), kind="stable")

        def merged(one: NDArray[Any], two: NDArray[Any], kind: str) -> array[Any]:
            return array(kind, np.concatenate((one, two))[order].tobytes())

        whole = Column()
        whole._units = merged(kept.units, new.units, "I")
        whole._values = merged(kept.values, new.values, "d")
        whole._notes = merged(kept._notes, new._notes, "i")
        if self._events is not None or other._events is not None:
            whole._events = merged(kept.events, new.events, "i")
        if self._weights is not None or other._weights is not None:
            whole._weights = merged(kept.weights, new.weights, "d")
        return whole

    def rows(self) -> Iterator[Row]:
        """The entries one by one."""
        for place, note in enumerate(self._notes):
            yield Row(
                self._units[place],
                self._values[place] if note == 0 else None,
                (note - 1) >> 1 if note & 1 else -1,
                (note - 2) >> 1 if note and not note & 1 else -1,
                self._events[place] if self._events is not None else 0,
                self._weights[place] if self._weights is not None else 1.0,
            )

    def entries(self) -> Entries:
        """Everything, for reading; the column may not be added to while this is held."""
        import numpy as np

        count = len(self)
        events, weights = self._events, self._weights
        return Entries(
            np.frombuffer(self._units, dtype=np.uint32),
            np.frombuffer(self._values, dtype=np.float64),
            np.frombuffer(self._notes, dtype=np.int32),
            np.zeros(count, dtype=np.int32) if events is None else np.frombuffer(events, dtype=np.int32),
            np.ones(count) if weights is None else np.frombuffer(weights, dtype=np.float64),
        )


class Entries:
    """Some entries of a column, in their order."""

    __slots__ = ("_notes", "events", "units", "values", "weights")

    def __init__(
        self,
        units: NDArray[Any],
        values: NDArray[Any],
        notes: NDArray[Any],
        events: NDArray[Any],
        weights: NDArray[Any],
    ) -> None:
        self.units = units
        self.values = values
        """0 where an entry has no number."""
        self._notes = notes
        self.events = events
        self.weights = weights

    def __len__(self) -> int:
        return len(self.units)

    def chosen(self, mask: NDArray[Any]) -> Entries:
        """Those for which the mask (a truth an entry) holds."""
        return Entries(self.units[mask], self.values[mask], self._notes[mask], self.events[mask], self.weights[mask])

    def of(self, member: NDArray[Any]) -> Entries:
        """Those of the conversations for which `member` (a truth a conversation) holds."""
        return self.chosen(member[self.units])

    @property
    def numbers(self) -> NDArray[Any]:
        """Whether each has a number."""
        found: NDArray[Any] = self._notes == 0
        return found

    @property
    def told(self) -> NDArray[Any]:
        """Whether each has a number or a word."""
        found: NDArray[Any] = (self._notes & 1 == 1) | (self._notes == 0)
        return found

    def words(self) -> list[int]:
        """The code of each one's word; -1 where it has none."""
        return [(note - 1) >> 1 if note & 1 else -1 for note in self._notes.tolist()]

    def conversations(self) -> int:
        """How many conversations they are of."""
        import numpy as np

        return len(np.unique(self.units))

    def reasons(self) -> list[int]:
        """The codes of the reasons of those that have neither number nor word."""
        return [(note - 2) >> 1 for note in self._notes.tolist() if note and not note & 1]


def truths(count: int, units: Iterable[int]) -> NDArray[Any]:
    """A truth for each of so many conversations: whether it is among `units`."""
    import numpy as np

    member = np.zeros(count, dtype=np.bool_)
    member[np.fromiter(units, dtype=np.intp)] = True
    return member
