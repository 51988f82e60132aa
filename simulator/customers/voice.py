"""The voice words what the mind has decided, from phrases: no model, no key, no network.

It may choose words, order and surface (typos, capitals, marks), never the act, and it never drops or adds a fact:
values are carried through as sealed tokens that no later step can touch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import yaml

from simulator.chance import Chance
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.language.tables import Acts, acts
from simulator.model.errors import InputError, Problem
from simulator.model.persona import Traits
from simulator.model.scenario import Kind
from simulator.model.transcript import Act

_PACKS = Path(__file__).parent / "phrases"

_SEAL = "\x01"
"""Starts a sealed token: a value that must reach the bot as it is."""
_GAP = "\x02"
"""A space within a sealed token."""
_MARKS = ".,?!:;"

_BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol",
    "a": "sqz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli", "l": "ko",
    "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
"""Neighbours on a QWERTY keyboard."""


class Held(msgspec.Struct, frozen=True, gc=False):
    """A fact as the voice needs it: this customer's value and the scenario's wordings."""

    name: str
    value: str
    kind: Kind
    say: Sequence[str] = ()
    called: str = ""
    """Its name in words; empty: the name made readable."""

    @property
    def name_in_words(self) -> str:
        return self.called or self.name.replace("_", " ")


class Intent(msgspec.Struct, frozen=True, gc=False):
    """What is to be said, decided by the mind."""

    act: Act
    traits: Traits
    frustration: float
    length: int
    """Words wanted; a target, never a reason to drop a fact."""
    facts: tuple[Held, ...] = ()
    """To be told in this message, in this order."""
    missing: tuple[str, ...] = ()
    """Names in words of the facts asked for that are not at hand."""
    why: str = ""
    """What occasions it: repeat, step, tried, stuck, promise, claim, partial, told; solved, human; queue, exec."""
    subject: str = ""
    """The need in words, where no fact states it."""
    opening: bool = False
    ordinal: int = 0
    """How many asks for a person came before."""
    messages: int = 1
    """Into how many messages of a burst to split it, where it has so many clauses."""


class Message(NamedTuple):
    """One message of a turn."""

    text: str
    told: tuple[str, ...]
    """Names of the intent's facts that it tells."""


class Clause(NamedTuple):
    """A piece of a turn, not split further."""

    text: str
    told: str = ""
    """Name of the fact that it tells."""


class Voice(Protocol):
    """Words an intent; the same intent, chance and move give the same words."""

    acts: Acts
    """What the bot's words mean in its language, as far as the mind must know it beyond `Heard`."""

    def word(self, intent: Intent, chance: Chance, move: int) -> list[Message]: ...


class Toned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wordings by mood."""

    calm: list[str]
    annoyed: list[str]
    angry: list[str]


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language's phrases as written in `phrases/<language>.yaml`."""

    language: str
    spared: list[str]
    joins: list[str]
    alternative: str
    """Stands between the last two of several names: ` or `."""
    first_person: list[str]
    """Words that keep a capital only where it was put: I, I'm; empty where the language has none."""
    foreign: list[str]
    """Words of other languages that slip in."""
    greeting: list[str]
    lead: Toned
    history: list[str]
    kinds: dict[str, list[str]]
    answer: list[str]
    answer_lead: list[str]
    subject: list[str]
    next_need: list[str]
    closer: Toned
    restate: dict[str, Toned]
    to_human: list[str]
    tail: Toned
    ask_human: Toned
    ask_again: Toned
    accept: list[str]
    confirm: list[str]
    thank: dict[str, list[str]]
    missing: list[str]
    leave: dict[str, Toned]
    exec: list[str]
    probe_ask0: list[str]
    probe_oblique: list[str]
    probe_restate: list[str]


class Lines:
    """Wordings ordered by length, to be drawn near a wanted number of words."""

    __slots__ = ("_counts", "_texts")

    _FEWEST = 10
    """Fewer candidates than this would make customers sound alike."""

    def __init__(self, texts: Sequence[str]) -> None:
        ordered = sorted(texts, key=lambda text: (text.count(" "), text))
        self._texts = tuple(ordered)
        self._counts = tuple(text.count(" ") + 1 for text in ordered)

    def near(self, words: int, bits: int) -> str:
        """One of the wordings with about so many words, each as likely."""
        size = len(self._texts)
        high = min(max(bisect_right(self._counts, words), self._FEWEST), size)
        low = min(bisect_left(self._counts, words // 2, 0, high), max(high - self._FEWEST, 0))
        return self._texts[low + bits % (high - low)]


class Moods:
    """Lines for each mood."""

    __slots__ = ("_lines",)

    def __init__(self, toned: Toned) -> None:
        self._lines = (Lines(toned.calm), Lines(toned.annoyed), Lines(toned.angry))

    def at(self, frustration: float) -> Lines:
        """The lines of a mood: calm below a third of the scale, angry from two thirds."""
        return self._lines[0 if frustration < 0.34 else 1 if frustration < 0.67 else 2]


class Phrases:
    """The embedded voice: a phrase pack, compiled once a process and shared by all customers."""

    def __init__(self, pack: Pack, parameters: Parameters = DEFAULT) -> None:
        self.pack = pack
        self._parameters = parameters
        self.acts = acts(pack.language)
        """What the bot's words mean in this language, as far as the mind must know it beyond `Heard`."""
        self._spared = frozenset(pack.spared)
        self._first_person = frozenset([*pack.first_person, *(f"{word}," for word in pack.first_person)])
        self._greeting = Lines(pack.greeting)
        self._history = Lines(pack.history)
        self._lead = Moods(pack.lead)
        self._closer = Moods(pack.closer)
        self._restate = {why: Moods(toned) for why, toned in pack.restate.items()}
        self._tail = Moods(pack.tail)
        self._ask = Moods(pack.ask_human)
        self._ask_again = Moods(pack.ask_again)
        self._accept = Lines(pack.accept)
        self._confirm = Lines(pack.confirm)
        self._thank = {why: Lines(texts) for why, texts in pack.thank.items()}
        self._missing = Lines(pack.missing)
        self._leave = {why: Moods(toned) for why, toned in pack.leave.items()}
        self._exec = Lines(pack.exec)

    def word(self, intent: Intent, chance: Chance, move: int) -> list[Message]:
        """The messages of one turn, each on one line. `move` numbers the customer's moves and is the draws' turn."""
        clauses = self._clauses(intent, chance, move)
        if chance.uniform("word.foreign", move) < self._parameters.switches_language and self.pack.foreign:
            clauses.append(Clause(chance.choice(self.pack.foreign, "word.foreign.which", move)))
        join = chance.choice(self.pack.joins, "word.join", move)
        if intent.messages == 1 or len(clauses) == 1:
            text = self._surface(_joined(clauses, join), intent, chance, move)
            return [Message(text, tuple([clause.told for clause in clauses if clause.told]))]
        return [
            Message(
                self._surface(_joined(group, join), intent, chance, move, place),
                tuple([clause.told for clause in group if clause.told]),
            )
            for place, group in enumerate(_split(clauses, intent.messages))
        ]

    def _clauses(self, intent: Intent, chance: Chance, move: int) -> list[Clause]:
        act = intent.act
        bits = chance.bits("word", move)
        if act == "STATE":
            return self._state(intent, chance, move, bits)
        if act == "RESTATE":
            return self._say_again(intent, chance, move, bits)
        if act in ("PROVIDE", "OTHER"):
            return self._answer(intent, chance, move, bits)
        if act == "ASK_HUMAN":
            moods = self._ask_again if intent.ordinal else self._ask
            return self._and_tail(intent, [Clause(moods.at(intent.frustration).near(intent.length, bits))], bits >> 24)
        if act == "ACCEPT":
            return [Clause(self._accept.near(intent.length, bits))]
        if act == "THANK":
            return [Clause(self._thank[intent.why or "solved"].near(intent.length, bits))]
        if act == "EXEC":
            return [Clause(self._exec.near(intent.length, bits))]
        if act == "LEAVE_VOICED":
            return [Clause(self._leave[intent.why or "bot"].at(intent.frustration).near(intent.length, bits))]
        return [Clause(self._confirm.near(intent.length, bits))]

    def _state(self, intent: Intent, chance: Chance, move: int, bits: int) -> list[Clause]:
        told = self._facts(intent, chance, move) or [
            Clause(chance.choice(self.pack.subject, "word.subject", move).replace("{name}", intent.subject))
        ]
        room = intent.length - _words(told)
        if not intent.opening:
            return [Clause(chance.choice(self.pack.next_need, "word.next", move)), *told]
        clauses = []
        # Three coins; where nothing else is told at least one of them falls, or short openings would all be one.
        greets, leads, closes = (bits & 3) == 0 or room > 6, (bits >> 2 & 3) == 0, (bits >> 4 & 3) == 0 or room > 2
        if len(told) == 1 and not (greets or leads or closes or intent.traits.failed_before):
            greets, leads, closes = ((True, False, False), (False, True, False), (False, False, True))[(bits >> 6) % 3]
        if greets:
            clauses.append(Clause(self._greeting.near(max(room, 2), bits >> 10)))
        if intent.traits.failed_before:
            clauses.append(Clause(self._history.near(max(room, 3), bits >> 20)))
        if leads:
            clauses.append(Clause(self._lead.at(intent.frustration).near(max(room, 3), bits >> 30)))
        clauses += told
        if closes:
            clauses.append(Clause(self._closer.at(intent.frustration).near(max(room, 3), bits >> 40)))
        return clauses

    def _say_again(self, intent: Intent, chance: Chance, move: int, bits: int) -> list[Clause]:
        told = self._facts(intent, chance, move)
        room = intent.length - _words(told)
        if intent.why == "human":
            hello = Clause(self.pack.to_human[(bits >> 8) % len(self.pack.to_human)])
            return [hello, *told] if bits & 1 or not told else told
        core = Clause(self._restate[intent.why].at(intent.frustration).near(max(room, 1), bits >> 8))
        return self._and_tail(intent, [core, *told], bits >> 24)

    def _and_tail(self, intent: Intent, clauses: list[Clause], bits: int) -> list[Clause]:
        room = intent.length - _words(clauses)
        if room > 1 or bits & 7 == 0:
            clauses.append(Clause(self._tail.at(intent.frustration).near(max(room, 1), bits >> 3)))
        return clauses

    def _answer(self, intent: Intent, chance: Chance, move: int, bits: int) -> list[Clause]:
        clauses = []
        if len(intent.facts) == 1 and intent.facts[0].kind == "identity":
            held = intent.facts[0]
            forms = held.say if held.say and bits & 4 else self.pack.answer
            form = "{}" if intent.length < 3 and bits & 3 else forms[(bits >> 3) % len(forms)]
            clauses.append(_fill(form, held))
        else:
            clauses += self._facts(intent, chance, move)
            if clauses and intent.length > 4 and bits & 1:
                clauses.insert(0, Clause(self.pack.answer_lead[(bits >> 8) % len(self.pack.answer_lead)]))
        if intent.missing:
            form = self._missing.near(max(intent.length, 3), bits >> 16)
            clauses.append(Clause(form.replace("{name}", self.pack.alternative.join(intent.missing))))
        return clauses or [Clause(self._confirm.near(intent.length, bits))]

    def _facts(self, intent: Intent, chance: Chance, move: int) -> list[Clause]:
        """A wording for each fact; where little is to be written, the shortest of three."""
        terse = intent.length < 6 * len(intent.facts)
        clauses = []
        for held in intent.facts:
            forms = held.say or self.pack.kinds[held.kind]
            bits = chance.bits("word." + held.name, move)
            form = forms[bits % len(forms)]
            if terse:
                form = min(form, forms[(bits >> 32) % len(forms)], forms[(bits >> 48) % len(forms)], key=len)
            clauses.append(_fill(form, held))
        return clauses

    def _surface(self, text: str, intent: Intent, chance: Chance, move: int, place: int = 0) -> str:
        """Typos, case and the final mark: the wording around the values suffers, the values do not."""
        p = self._parameters
        # The messages of a burst have draws of their own.
        draw = move if not place else move + 1_000_000 * place
        bits = chance.bits("surface", draw)
        tokens = text.split(" ")
        _mistype(tokens, intent.traits.errors_per_word, self._spared, chance, draw, p)
        if _share(bits) < p.lower_start:
            tokens = [token.replace("I", "i", 1) if token in self._first_person else token for token in tokens]
            if not _sealed(tokens[0]) and not tokens[0].isupper():
                tokens[0] = tokens[0][:1].lower() + tokens[0][1:]
        else:
            _capitalise(tokens)
        last_sealed = _sealed(tokens[-1])
        text = " ".join(tokens).replace(_SEAL, "").replace(_GAP, " ")
        shout = p.shouts
        if intent.frustration > p.shouts_from:
            shout += p.shouts_angry * intent.traits.caps / p.caps_mean
        if _share(bits >> 16) < shout:
            text = " ".join([word.upper() if _plain(word) else word for word in text.split(" ")])
        return _final_mark(text, last_sealed, _share(bits >> 32), intent.frustration, p)


def _joined(clauses: Sequence[Clause], join: str) -> str:
    text = clauses[0].text
    for clause in clauses[1:]:
        text += (" " if text[-1] in _MARKS else join) + clause.text
    return text


def _split(clauses: Sequence[Clause], messages: int) -> list[Sequence[Clause]]:
    """Clauses in so many groups of about one size, in order; one each where there are fewer."""
    count = min(messages, len(clauses))
    edges = [place * len(clauses) // count for place in range(count + 1)]
    return [clauses[begin:end] for begin, end in pairwise(edges)]


def _words(clauses: Sequence[Clause]) -> int:
    return sum([clause.text.count(" ") + clause.text.count(_GAP) + 1 for clause in clauses])


def _fill(form: str, held: Held) -> Clause:
    """A wording with the value sealed into it. One that ends up empty gives the bare value."""
    sealed = _SEAL + held.value.replace(" ", _GAP)
    return Clause(form.replace("{name}", held.name_in_words).replace("{}", sealed) or sealed, held.name)


def _sealed(token: str) -> bool:
    return _SEAL in token


def _plain(word: str) -> bool:
    """A word of letters only (marks and apostrophes aside), so neither an id, nor a time, nor an address."""
    return word.strip(_MARKS + "()\"'").replace("'", "").replace("-", "").isalpha()


def _share(bits: int) -> float:
    """16 bits read as a share of 1."""
    return (bits & 0xFFFF) / 65536


def _capitalise(tokens: list[str]) -> None:
    starts = True
    for i, token in enumerate(tokens):
        if starts and token:
            head, _, rest = token.partition(_GAP)
            bare = head.removeprefix(_SEAL)
            if bare[:1].islower() and _plain(bare):
                tokens[i] = head[: len(head) - len(bare)] + bare[0].upper() + bare[1:] + (_GAP + rest if rest else "")
        starts = token[-1:] in (".", "?", "!")


def _mistype(tokens: list[str], rate: float, spared: frozenset[str], chance: Chance, move: int, p: Parameters) -> None:
    """Each word is hit with probability `rate`: the gaps between hits are drawn instead of a coin for each word."""
    if rate <= 0:
        return
    shrink = log(1 - rate)
    at, hit = -1, 0
    while True:
        bits = chance.bits("typo", move * 64 + hit)
        at += 1 + int(log(((bits >> 12) + 0.5) * 2.0**-52) / shrink)
        hit += 1
        if at >= len(tokens) or hit > 60:
            return
        token = tokens[at]
        core = token.rstrip(_MARKS)
        if len(core) > 2 and _SEAL not in core and core.isalpha() and core.isascii() and core.lower() not in spared:
            tokens[at] = _misspelt(core, bits & 0xFFF, p) + token[len(core) :]


def _misspelt(word: str, bits: int, p: Parameters) -> str:
    # The low 12 bits are not part of the gap's uniform: six for the kind, six for the place.
    kind = (bits & 63) / 64
    i = (bits >> 6) % len(word)
    if kind < p.typo_adjacent:
        near = _BESIDE[word[i].lower()]
        return word[:i] + near[bits % len(near)] + word[i + 1 :]
    if kind < p.typo_adjacent + p.typo_drop:
        return word[:i] + word[i + 1 :]
    if kind < p.typo_adjacent + p.typo_drop + p.typo_double:
        return word[:i] + word[i] + word[i:]
    i = min(i, len(word) - 2)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _final_mark(text: str, sealed: bool, u: float, frustration: float, p: Parameters) -> str:
    """None, an exclamation mark, or the proper one: one uniform, cut in this order."""
    question = not sealed and text.endswith("?")
    bare = text if sealed else text.rstrip(_MARKS)
    if u < p.no_final_mark:
        return bare
    if u < p.no_final_mark + p.exclaims + p.exclaims_frustration * frustration:
        return bare + ("?!" if question else "!")
    return bare + ("?" if question else ".")


@lru_cache(maxsize=8)
def phrases(language: str = "en") -> Phrases:
    """The voice of a language. Raises InputError if there is no pack for it, or it is not sound."""
    path = _PACKS / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(pack.stem for pack in _PACKS.glob("*.yaml")))
        raise InputError(
            [Problem(f"no phrases for language {language!r}", field="language", hint=f"there are phrases for: {known}")]
        )
    loaded = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    try:
        return Phrases(msgspec.convert(loaded, Pack))
    except msgspec.ValidationError as error:
        raise InputError([Problem(str(error), file=str(path), hint="compare phrases/en.yaml")]) from error
