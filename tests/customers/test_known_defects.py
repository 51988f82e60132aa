"""The guard against turns as language models really write them: good rewordings pass, known defects do not.

The sentences in `known_defects.yaml` were written without sight of the guard, so that these figures say something about
sentences it has not seen. A sentence that it misses is a finding, never a reason to change the sentence.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import yaml

from simulator.customers import guard
from simulator.customers.voice import Held
from simulator.model.scenario import Kind
from simulator.model.transcript import Act

KNOWN = ("empty", "stop_with_confirmation", "opening_again", "role_flip", "invented_fact", "early_confirmation")
"""The defects of simulated users that people have reported; each has to be caught for itself."""
CAUGHT = 0.95
FALSE_ALARMS = 0.02


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact of a situation."""

    name: str
    kind: Kind
    value: str
    say: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    called: str = ""

    @property
    def held(self) -> Held:
        return Held(self.name, self.value, self.kind, self.say, self.called)


class Situation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A turn that has to be worded, and how models worded it."""

    name: str
    act: Act
    length: int
    draft: str
    last: str
    clean: str
    defects: dict[str, str | list[str]]
    language: str = "en"
    opening: str = ""
    before: tuple[str, ...] = ()
    """What the bot said before its last turn."""
    said: tuple[str, ...] = ()
    """What the customer said after the opening."""
    told: tuple[str, ...] = ()
    """Values of the facts told in it."""
    facts: tuple[Told, ...] = ()
    held_back: tuple[Told, ...] = ()

    @property
    def wanted(self) -> guard.Wanted:
        return guard.Wanted(
            act=self.act,
            draft=self.draft,
            language=self.language,
            length=self.length,
            facts=tuple(fact.held for fact in self.facts),
            held_back=tuple(fact.held for fact in self.held_back),
            match={fact.name: fact.match for fact in (*self.facts, *self.held_back)},
            heard="\n".join([*self.before, self.last]),
            said="\n".join(text for text in [self.opening, *self.said, *self.told] if text),
            last=self.last,
            opening=self.opening,
        )


class Judged(NamedTuple):
    """A sentence and what the guard made of it."""

    situation: str
    kind: str
    text: str
    fault: str

    def __str__(self) -> str:
        return f"{self.situation} / {self.kind}: {self.text!r} -> {self.fault or 'passed'}"


def _situations(file: str) -> list[Situation]:
    read = yaml.safe_load((Path(__file__).parent / file).read_text(encoding="utf-8"))
    return msgspec.convert(read["situations"], list[Situation])


def _sentences(written: str | list[str]) -> list[str]:
    lines = written if isinstance(written, list) else written.splitlines()
    return [line.replace(" // ", "\n") for line in lines]


SITUATIONS = _situations("known_defects.yaml")
CLEAN = [
    Judged(one.name, "clean", text, guard.fault(text, one.wanted))
    for one in SITUATIONS
    for text in _sentences(one.clean)
]
DEFECTS = [
    Judged(one.name, kind, text, guard.fault(text, one.wanted))
    for one in SITUATIONS
    for kind, written in one.defects.items()
    for text in _sentences(written)
]


def _listed(judged: list[Judged], of: int) -> str:
    return "\n".join([f"{len(judged)} of {of}:", *map(str, judged)])


def test_the_set_is_large_enough() -> None:
    """Fifteen rewordings a situation and fifteen sentences of each known defect at least, or the shares mean little."""
    assert len(CLEAN) >= 200
    assert all(len(_sentences(one.clean)) >= 15 for one in SITUATIONS)
    for kind in {one.kind for one in DEFECTS}:
        assert sum(one.kind == kind for one in DEFECTS) >= (15 if kind in KNOWN else 8), kind


def test_no_sentence_is_counted_twice() -> None:
    """A sentence stands once in its situation: neither shares nor counts come from repetition."""
    seen = [(one.situation, one.text) for one in (*CLEAN, *DEFECTS)]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("kind", KNOWN)
def test_a_known_defect_is_caught(kind: str) -> None:
    """At least 95 % of the sentences with this defect are faulted, whatever the guard calls them."""
    of_kind = [one for one in DEFECTS if one.kind == kind]
    missed = [one for one in of_kind if not one.fault]
    assert len(missed) <= (1 - CAUGHT) * len(of_kind), _listed(missed, len(of_kind))


def test_defects_are_caught() -> None:
    """At least 95 % of all defects together are faulted."""
    missed = [one for one in DEFECTS if not one.fault]
    assert len(missed) <= (1 - CAUGHT) * len(DEFECTS), _listed(missed, len(DEFECTS))


def test_good_rewordings_pass() -> None:
    """At most 2 % of the good rewordings are faulted."""
    faulted = [one for one in CLEAN if one.fault]
    assert len(faulted) <= FALSE_ALARMS * len(CLEAN), _listed(faulted, len(CLEAN))


def test_a_second_set_that_the_guard_has_never_been_mended_by() -> None:
    """What is caught of sentences by another writer is the honest figure: nine in ten, few false alarms.

    When it was first read: 184 of 196 (.94), early confirmations worst with 21 of 28; 3 of 226 clean ones faulted.
    """
    unseen = _situations("unseen_defects.yaml")
    missed = [
        (one.name, kind, text)
        for one in unseen
        for kind, written in one.defects.items()
        for text in _sentences(written)
        if not guard.fault(text, one.wanted)
    ]
    defects = sum(len(_sentences(written)) for one in unseen for written in one.defects.values())
    faulted = [text for one in unseen for text in _sentences(one.clean) if guard.fault(text, one.wanted)]
    clean = sum(len(_sentences(one.clean)) for one in unseen)
    assert len(missed) <= 0.10 * defects, missed
    assert len(faulted) <= FALSE_ALARMS * clean, faulted
