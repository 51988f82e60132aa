"""Likeness of texts: normal form, trigram cosine, novelty.

Character trigrams work without word segmentation, so for every script. `sim` and `novelty` are the formulas as they are
written; `Likeness.to` answers the same two questions for one new text against the last few and is what the hot path uses.
Counting trigrams literally costs a customer more than everything else it does, so the texts of the ASCII alphabet, which
five bits a character can hold, are compared as arrays of 15-bit trigram codes; other scripts take the literal way.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import sqrt
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint16]

_URL = re.compile(r"https?://\S+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_NUMBER = re.compile(r"\d[\d:.,/-]*")
_TOKEN = re.compile(r"<\w+>|\w+")
_ASCII_WORDS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) in "_<>")}


def norm(text: str) -> str:
    """The text in normal form: NFKC, case-folded, links, addresses and numbers replaced by their kind, words only."""
    if text.isascii() and "<" not in text and ">" not in text:
        folded = text.lower()
        if "://" in folded:
            folded = _URL.sub(" <url> ", folded)
        if "@" in folded:
            folded = _EMAIL.sub(" <email> ", folded)
        return " ".join(_NUMBER.sub(" <num> ", folded).translate(_ASCII_WORDS).split())
    folded = _URL.sub("<url>", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_TOKEN.findall(_NUMBER.sub("<num>", _EMAIL.sub("<email>", folded))))


def trigrams(normal: str) -> Counter[str]:
    """Multiset of the character trigrams of a normal form, padded by a space on each side."""
    padded = f" {normal} "
    return Counter([padded[i : i + 3] for i in range(len(padded) - 2)]) if normal else Counter()


def sim(a: str, b: str) -> float:
    """Likeness of two texts in [0, 1]: 1 for equal non-empty normal forms, else the cosine of their trigrams."""
    na, nb = norm(a), norm(b)
    if na == nb:
        return 1.0 if na else 0.0
    ga, gb = trigrams(na), trigrams(nb)
    length = sqrt(sum(c * c for c in ga.values()) * sum(c * c for c in gb.values()))
    return sum(count * gb[gram] for gram, count in ga.items()) / length if length else 0.0


def novelty(text: str, earlier: Sequence[str]) -> float:
    """Share of the trigram types of a text that none of the earlier texts has; 0 for a text without any."""
    types = set(trigrams(norm(text)))
    seen = {gram for other in earlier for gram in trigrams(norm(other))}
    return len(types - seen) / len(types) if types else 0.0


_FIVE_BITS_EACH = np.array([1, 1 << 5, 1 << 10], dtype=np.uint16)
_LETTERS = np.frombuffer(b" abcdefghijklmnopqrstuvwxyz.<.>_", dtype=np.uint8)
"""A character by the low five bits of its code, for those of the alphabet."""
_ALPHABET_ONLY = re.compile(r"[a-z <>_]*").fullmatch
_SKETCH = 1 << 11
"""Bits of the sketch of a text's trigram types."""
_tally = np.zeros(1 << 15, dtype=np.int64)
"""Scratch for counting, all zero between calls: clearing what was written is far cheaper than a fresh table."""
_one_at_a_time = Lock()
"""Customers on the wall clock may be threads."""


class Comparison:
    """How a text compares with earlier ones: `sims` in their order, `novelty` of it against all of them."""

    __slots__ = ("novelty", "sims")

    def __init__(self, sims: list[float], novelty: float) -> None:
        self.sims = sims
        self.novelty = novelty


class Likeness:
    """A text ready to be compared, small enough to be kept: some 0.7 KB for 40 words."""

    __slots__ = ("_literal", "_sketch", "codes", "square", "types")

    def __init__(self, normal: str) -> None:
        self.codes: Codes | None = None
        self._literal = normal
        self._sketch = 0
        if not normal or not _ALPHABET_ONLY(normal):
            counts = trigrams(normal)
            self.types = len(counts)
            """Number of trigram types."""
            self.square = sum(count * count for count in counts.values())
            """Sum of the squared counts."""
            return
        self._literal = ""  # the codes say it all
        self.codes = np.correlate(np.frombuffer(f" {normal} ".encode(), dtype=np.uint8) & 31, _FIVE_BITS_EACH)
        wide = self.codes.astype(np.intp)
        with _one_at_a_time:
            np.add.at(_tally, wide, 1)
            multiplicity = _tally.take(wide)
            _tally.put(wide, 0)
        self.square = int(np.add.reduce(multiplicity))
        # Each type weighs one over its multiplicity at each of its places, so types are counted without sorting; the sum is
        # a whole number but for the last digits.
        self.types = round(float(np.add.reduce(1.0 / multiplicity)))
        bits = np.zeros(_SKETCH, dtype=np.bool_)
        bits[wide & (_SKETCH - 1)] = True
        self._sketch = int.from_bytes(np.packbits(bits).tobytes(), "little")

    @property
    def empty(self) -> bool:
        """There is nothing to compare."""
        return not self.types

    @property
    def normal(self) -> str:
        """The text in normal form."""
        if self.codes is None:
            return self._literal
        # Each code begins with the next character; the first is the space before, the last ends with the space behind.
        letters = np.append(_LETTERS[self.codes[1:] & 31], _LETTERS[self.codes[-1:] >> 5 & 31])
        return str(letters.tobytes(), "ascii")

    def may_repeat(self, earlier: Sequence[Likeness], alike: float, stale: float) -> bool:
        """False only if no `sim` can reach `alike` and `novelty` is above `stale`: a bound, far cheaper than the numbers.

        By the sketches at most c types are shared, since types that fall on one bit are counted as shared with it. Of the
        squared length then at least types - c is not shared, so by Cauchy's inequality sim^2 <= 1 - (types - c) / square.
        """
        if self.codes is None or not self._sketch:
            return True
        mine = self._sketch
        hidden = self.types - mine.bit_count()
        shared = most = 0
        for other in earlier:
            if other.codes is None:
                return True
            common = mine & other._sketch
            shared |= common
            most = max(most, common.bit_count())
        if self.square - (self.types - most - hidden) >= alike * alike * self.square:
            return True
        return self.types - shared.bit_count() - hidden <= stale * self.types

    def to(self, earlier: Sequence[Likeness]) -> Comparison:
        """The same numbers as `sim` and `novelty`."""
        if self.codes is None or any(other.codes is None for other in earlier):
            return self._literally(earlier)
        if not earlier:
            return Comparison([], 1.0)
        mine = self.codes.astype(np.intp)
        theirs = [other.codes for other in earlier if other.codes is not None]
        together = np.concatenate(theirs).astype(np.intp)
        starts = [0, *accumulate(map(len, theirs[:-1]))]
        with _one_at_a_time:
            np.add.at(_tally, mine, 1)
            multiplicity = _tally.take(mine)
            dots = np.add.reduceat(_tally.take(together), starts).tolist()
            _tally.put(together, 0)
            unseen = _tally.take(mine)  # the multiplicity still, but 0 where an earlier text has the type
            _tally.put(mine, 0)
        new = round(float((unseen / multiplicity).dot(1.0 / multiplicity)))
        sims = [dot / sqrt(self.square * other.square) for other, dot in zip(earlier, dots, strict=True)]
        return Comparison(sims, new / self.types)

    def _literally(self, earlier: Sequence[Likeness]) -> Comparison:
        counts = trigrams(self.normal)
        others = [trigrams(other.normal) for other in earlier]
        sims = []
        for other, theirs in zip(earlier, others, strict=True):
            length = sqrt(self.square * other.square)
            dot = sum(count * theirs[gram] for gram, count in counts.items())
            equal = self.normal == other.normal and self.normal
            sims.append(1.0 if equal else dot / length if length else 0.0)
        seen = set().union(*others)
        return Comparison(sims, len(counts.keys() - seen) / len(counts) if counts else 0.0)
