"""Random numbers that can be looked up: what a customer draws depends on who it is, not on what was drawn before.

The run's seed, the scenario, the persona and the repeat say whose draw it is, a name and a turn say which. Their blake2b
hash, read as a number in (0, 1), is the draw. They are hashed as they are written and not by their place in some list:
with one more scenario all others draw as before, and every bot meets the same customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
_STANDARD_NORMAL = NormalDist()
_SEPARATOR = b"\x1f"


class Chance:
    """The draws of one customer."""

    __slots__ = ("_address",)

    def __init__(self, *address: object) -> None:
        self._address = blake2b(_SEPARATOR.join(str(part).encode() for part in address), digest_size=8)

    def bits(self, name: str, turn: int = 0) -> int:
        """64 random bits."""
        digest = self._address.copy()
        digest.update(b"\x1f%b\x1f%d" % (name.encode(), turn))
        return int.from_bytes(digest.digest(), "little")

    def uniform(self, name: str, turn: int = 0) -> float:
        """A number strictly between 0 and 1."""
        return ((self.bits(name, turn) >> 12) + 0.5) * 2.0**-52

    def normal(self, name: str, turn: int = 0) -> float:
        """A standard normal number."""
        return _STANDARD_NORMAL.inv_cdf(self.uniform(name, turn))

    def choice(self, items: Sequence[T], name: str, turn: int = 0) -> T:
        """One of the items, each as likely. Raises IndexError if there is none."""
        return items[self.bits(name, turn) % len(items)] if items else items[0]
