"""The contract that a reworded turn must keep: the act, the facts, the role, the language, and nothing beyond them.

Language models that play customers are known to answer with nothing, to write their stop signal into the last message, to
say their opening again after everything is solved, to slip into the support's role, to make up order numbers, and to
agree before anybody has asked. `fault` names the first such defect of a text, from the text and from what it had to say;
it is pure, needs no model and takes well below a millisecond.

Every check forgives what the draft by phrases says itself: the guard compares, it does not judge style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from simulator.customers.voice import Held
from simulator.language.identify import is_common, language_of, words_of
from simulator.language.tables import acts
from simulator.language.text import norm, sim
from simulator.model.transcript import Act

Fault = Literal[
    "",
    "empty",
    "stop_token",
    "role_flip",
    "language",
    "opening_again",
    "act",
    "leaked",
    "invented",
    "dropped",
    "length",
]

_CUES = Path(__file__).parent / "cues"

SAME_AS_OPENING = 0.85
"""Likeness to the customer's own opening from which a later turn is the opening said again."""
SAID_AGAIN = 0.7
"""Share of the opening's words, weighed, from which a later turn says it again in other order or with words beside it."""
GREETED_AGAIN = 0.5
"""The same where the turn greets: who greets in the middle of a talk starts it anew."""
WHOLE_CLAUSE = 0.72
"""Share of one of its clauses, where the act does not call for the matter at all."""
SURELY_AGAIN = 0.78
"""The same where the turn may well come back to the matter, or the opening has one word of it alone."""


class Wanted(msgspec.Struct, frozen=True, gc=False):
    """What the turn had to say, and what has been said."""

    act: Act
    draft: str
    """The turn as phrases worded it."""
    language: str = "en"
    length: int = 0
    """Words wanted."""
    facts: tuple[Held, ...] = ()
    """To be told in it."""
    held_back: tuple[Held, ...] = ()
    """Not to be told yet."""
    match: Mapping[str, Sequence[str]] = {}
    """The scenario's patterns of how a fact may be worded, by its name."""
    heard: str = ""
    """All that the other side has said so far: the customer may take up any of its words."""
    said: str = ""
    """All that the customer has said or told so far."""
    last: str = ""
    """The other side's last turn."""
    opening: str = ""
    """The customer's first turn; empty where this is it."""


def fault(text: str, wanted: Wanted) -> Fault:
    """What is wrong with the text, the worst first; empty where nothing is.

    empty: no word in it. stop_token: a control signal, a speaker's label, a stage direction, a word about being a model.
    role_flip: it speaks as the support. language: another one than the customer's. opening_again: the opening repeated.
    act: it does not do what was decided, or does something else beside it. leaked: a fact that is held back. invented: a
    number, date, address, name, place, relation or deed that nobody has mentioned. dropped: a fact that had to be told is
    missing. length: far more words than wanted.
    """
    if not any(letter.isalnum() for letter in text):
        return "empty"
    talk = _Talk(text, wanted)
    if talk.leaves_the_scene():
        return "stop_token"
    if talk.flips_role():
        return "role_flip"
    if talk.is_foreign():
        return "language"
    if talk.repeats_opening():
        return "opening_again"
    if not talk.keeps_act():
        return "act"
    if talk.leaks():
        return "leaked"
    if talk.invents():
        return "invented"
    if talk.drops():
        return "dropped"
    words = max(wanted.length, len(wanted.draft.split()))
    return "length" if len(text.split()) > 2.5 * words + 12 else ""


_SIGNALS = re.compile(
    r"""\#\#\# | <\|[^|>]*\|> | </?\s*[A-Za-z][\w ]{0,30}/?> | \[/?(?:INST|SYS)\] | <</?SYS>> | ``` | \{\s*["'][^\n]*
    | \bTERMINATE\b | \bENDOF[A-Z]+\b | \b[A-Z]{2,}(?:_[A-Z]{2,})+\b | \b(?:EOS|EOT|EOM|EOF)\b
    | \b(?:end|stop|close|exit|finish|conversation|chat|session|dialogue)_[a-z_]+\b | (?<!\S)/(?:stop|end|quit|exit|close|bye)\b
    | (?:[<=~\#%|-]{2,}|[<(|])\s*(?:END|STOP|DONE|EXIT|FIN|ENDE|FIM|HANGUP|TRANSFER)\b | "\w+"\s*:\s*(?:true|false|null|"|\d)
    | (?i:\b(?:bye|thanks|you|danke|gracias|obrigad[oa]|tsch[uü]ss|adi[oó]s|tchau))\W+(?:STOP|END|DONE|EXIT|QUIT)\W*$
    | ^\W*(?:STOP|END|DONE|EXIT|QUIT|FINISHED)\W*$ | (?<=[.!?\n])\s*(?:STOP|END|DONE|EXIT|QUIT|FINISHED|FIN|ENDE|FIM)\W*$
    | \[[^\]\n]{2,60}\] | \{\{?\s*\w+\s*\}?\} | (?<![\w*])\*{1,3}[^*\s][^*\n]{0,80}\*{1,3}(?![\w*]) | ^\s*\([^()\n]{3,80}\)""",
    re.VERBOSE | re.MULTILINE,
)
"""Control words, markup, placeholders and stage directions of any language; in capitals where they are written so."""

_SILENT_ON_PEOPLE: frozenset[Act] = frozenset(
    {"STATE", "RESTATE", "PROVIDE", "OTHER", "CONFIRM", "THANK", "LEAVE_VOICED"}
)
_GOES_ON: frozenset[Act] = frozenset({"STATE", "RESTATE", "PROVIDE", "OTHER", "CONFIRM"})


class Cues:
    """What to look for in a language: its own patterns and the English ones, since models slip into English."""

    __slots__ = (
        "above", "accepts", "alike", "asks", "but", "capitals", "closes", "confirms", "counted", "days", "declines", "deeds",
        "flip", "gone", "help", "invites", "kin", "label", "leaves", "mere", "meta", "named", "no_person", "nods", "person",
        "phatic", "places", "quoting", "requests", "settled", "stage", "still", "takes", "thanks", "tomorrow", "vague",
    )  # fmt: skip

    def __init__(self, tables: Sequence[Mapping[str, Any]]) -> None:
        def any_of(key: str) -> str:
            return "|".join([_expanded(pattern, table["macros"]) for table in tables for pattern in table.get(key, ())])

        def words(key: str) -> re.Pattern[str]:
            return re.compile(rf"(?<!\w)(?:{any_of(key)})(?!\w)")

        self.asks, self.person, self.no_person = words("asks"), words("person"), words("no_person")
        self.takes, self.declines, self.accepts = words("takes"), words("declines"), words("accepts")
        self.confirms, self.invites = words("confirms"), words("invites")
        self.thanks, self.settled, self.but, self.still = (
            words("thanks"),
            words("settled"),
            words("but"),
            words("still"),
        )
        self.requests, self.help, self.closes = words("requests"), words("help"), words("closes")
        self.leaves, self.gone, self.above = words("leaves"), words("gone"), words("above")
        self.flip, self.meta = words("flip"), words("meta")
        self.days, self.tomorrow, self.places = words("days"), words("tomorrow"), words("places")
        self.kin, self.deeds = words("kin"), words("deeds")
        self.vague, self.nods = words("vague"), words("nods")
        self.quoting = re.compile(rf"(?<!\w)(?:{any_of('quoting')})(?!\w)[^.!?\n]*$|(?:[\"“«„]|(?<!\w)')[^\"”'»“\n]*$")
        self.stage = re.compile(rf"\([^()\n]*\b(?:{any_of('stage')})\b[^()\n]*\)")
        self.label = re.compile(rf"^\W*(?:{any_of('label')})\s*(?:\([^)]*\))?\s*:", re.IGNORECASE | re.MULTILINE)
        number = any_of("counts")
        self.counted = re.compile(
            rf"\b(?:{number})(?:[ -](?:{any_of('between')}|{number}))*[ -](?:{any_of('units')})(?!\w)"
        )
        self.named = re.compile(
            rf"(?<!\w)(?i:{any_of('names')})\s+([A-ZÀ-Þ][\w'-]+)|(?:^|\n|[.!?]\s+)([A-Z][a-z]+) here\b"
            rf"|(?:\n|\s[-–—~]\s?|(?i:{any_of('signs_off')})\s+)([A-ZÀ-Þ][a-zà-ÿ]+(?: [A-ZÀ-Þ][a-zà-ÿ]+)?)\W*$"
        )
        self.mere = frozenset(" ".join([table.get("mere", "") for table in tables]).split())
        self.phatic = frozenset(" ".join([table.get("phatic", "") for table in tables]).split())
        self.capitals = frozenset(" ".join([table.get("capitals", "") for table in tables]).split())
        self.alike: dict[str, str] = {}
        for table in tables:
            for family in table.get("alike", ()):
                first, *_ = kin = family.split()
                for word in kin:
                    self.alike.setdefault(word, first)


def _expanded(pattern: str, macros: Mapping[str, str]) -> str:
    return re.sub(r"[A-Z]{2,}", lambda found: _expanded(macros[found[0]], macros), pattern)


@lru_cache(maxsize=8)
def cues(language: str) -> Cues:
    """The cues of a language by its code; English alone where this version has none of its own."""
    names = ["en"] if language == "en" or not (_CUES / f"{language}.yaml").is_file() else [language, "en"]
    return Cues([yaml.load((_CUES / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader) for name in names])


class _Talk:
    """A text beside what it had to be."""

    __slots__ = ("cues", "draft", "low", "sources", "text", "wanted")

    def __init__(self, text: str, wanted: Wanted) -> None:
        self.text, self.wanted, self.cues = text, wanted, cues(wanted.language)
        self.low, self.draft = _plain(text), _plain(wanted.draft)
        facts = " ".join([held.value for held in wanted.facts])
        self.sources = " \n ".join([self.draft, _plain(facts), _plain(wanted.heard), _plain(wanted.said)])

    def leaves_the_scene(self) -> bool:
        """A control word, a label, a stage direction or a remark about the task, where nobody has written the same."""
        wanted, cues = self.wanted, self.cues
        if any(found[0].strip() not in _raw(wanted) for found in _SIGNALS.finditer(self.text)):
            return True
        remarks = (*cues.stage.finditer(self.low), *cues.meta.finditer(self.low))
        if any(found[0] not in self.sources for found in remarks):
            return True
        return cues.label.search(self.text) is not None and cues.label.search(wanted.draft) is None

    def flips_role(self) -> bool:
        for found in self.cues.flip.finditer(self.low):
            # The other side's words may be taken up to complain of them.
            quoted = self.cues.quoting.search(self.low[max(0, found.start() - 60) : found.start()])
            if found[0] not in self.draft and not quoted:
                return True
        return False

    def is_foreign(self) -> bool:
        """Of another of the four languages, or of several words of which none is among the wanted language's common ones."""
        wanted = self.wanted.language
        # What is told or taken up may be in another language than what is said.
        own = self.low
        for held in self.wanted.facts:
            own = own.replace(_plain(held.value), " ")
        if " " not in own.strip():
            return False
        found = language_of(own)
        if found and found != wanted and language_of(self.wanted.draft) != found:
            return words_of(own, found) > 1 or words_of(own, wanted) == 0
        if found or wanted not in ("en", "es", "de", "pt"):
            return False
        plain = [word for word in own.split() if word.strip(".,!?").isalpha()]
        return len(plain) >= 5 and words_of(own, wanted) == 0 and words_of(self.wanted.draft, wanted) > 0

    def repeats_opening(self) -> bool:
        opening = self.wanted.opening
        if not opening:
            return False
        now, before = norm(self.text), norm(opening)
        again = sim(self.text, opening) >= SAME_AS_OPENING or (before.count(" ") >= 3 and before in now)
        if again and sim(self.wanted.draft, opening) < SAME_AS_OPENING and before not in norm(self.wanted.draft):
            return True
        return self._says_again(_plain(opening))

    def _says_again(self, opening: str) -> bool:
        """The opening's words are here again, in whatever order and company, and not in what was to be said."""
        known = self.cues
        first = _weighed(opening, known)
        whole = sum(first.values())
        matters = sum(weight == _MATTER for weight in first.values())
        if not matters or (matters == 1 and len(first) < 5):
            return False
        mine, theirs = _weighed(self.low, known), _weighed(self.draft, known)
        told = set(theirs)
        for held in self.wanted.facts:
            # Its other wordings are no repetition either.
            for form in (held.value, *held.say):
                told.update(_weighed(_plain(form), known))
        said = sum(weight for word, weight in first.items() if word in mine)
        new = sum(weight for word, weight in first.items() if word in mine and word not in told)
        greets = _GREETING in mine and _GREETING in first and _GREETING not in theirs
        # Who restates may well come back to the matter.
        sure = matters == 1 or (self.wanted.act == "RESTATE" and not greets)
        share = SURELY_AGAIN if sure else GREETED_AGAIN if greets else SAID_AGAIN
        if said >= share * whole and new >= 0.3 * whole:
            return True
        if self.wanted.act in ("STATE", "RESTATE"):
            return False
        # A customer who goes on may take the matter up in other words; here its very clause is nothing the act calls for.
        for clause in _CLAUSE.split(opening):
            words = _weighed(clause, known)
            fresh = [weight for word, weight in words.items() if word in mine and word not in told]
            if fresh.count(_MATTER) >= 2 and sum(fresh) >= WHOLE_CLAUSE * sum(words.values()):
                return True
        return False

    # The act

    def keeps_act(self) -> bool:
        act, low, cues = self.wanted.act, self.low, self.cues
        if act in _SILENT_ON_PEOPLE and self._new(cues.asks):
            return False
        if act in _GOES_ON:
            return not self._goes_astray()
        if act == "ASK_HUMAN":
            left = cues.no_person.sub(" ", low)
            asks = cues.person.search(left) is not None or acts(self.wanted.language).asks_for_human(left)
            return asks and not self._settles() and not (self._new(cues.gone) and self._new(cues.thanks))
        if act == "ACCEPT":
            return cues.takes.search(low) is not None and not self._new(cues.declines) and not self._new(cues.gone)
        if act == "THANK":
            if cues.thanks.search(low) is None and (
                cues.thanks.search(self.draft) or not (cues.closes.search(low) or self._close_to_draft())
            ):
                return False
            asks = "?" in low and "?" not in self.draft
            return not (asks or self._new(cues.still) or self._new(cues.requests))
        if act == "LEAVE_VOICED":
            leaves = cues.leaves.search(low) is not None or self._close_to_draft()
            return leaves and not self._settles() and not self._new(cues.help)
        return act != "EXEC" or cues.above.search(low) is not None

    def _goes_astray(self) -> bool:
        """It takes an offer, confirms what nobody asked about, says that all is well, or ends the talk."""
        cues = self.cues
        if self.wanted.act == "CONFIRM" and cues.nods.search(self.low):
            return False
        if self._new(cues.accepts) or self._new(cues.gone) or self._settles():
            return True
        if not self._new(cues.confirms):
            return False
        invited = self.wanted.act in ("CONFIRM", "PROVIDE") and cues.invites.search(_plain(self.wanted.last))
        return not invited

    def _settles(self) -> bool:
        """It says that all is well, and nothing in the same sentence takes that back."""
        for found in self.cues.settled.finditer(self.low):
            if found[0] in self.draft:
                continue
            start = max(self.low.rfind(mark, 0, found.start()) for mark in ".!?;")
            ends = [end for mark in ".!?;" if (end := self.low.find(mark, found.end())) >= 0]
            end = min(ends, default=len(self.low))
            # Words of another clause before it take nothing back, unless they say whose claim it is.
            clause = max(start, self.low.rfind(",", 0, found.start()), self.low.rfind(" - ", 0, found.start()))
            around = _CONTRAST.sub(" ", self.low[clause + 1 : found.start()]) + " " + self.low[found.end() : end]
            claimed = self.cues.quoting.search(self.low[start + 1 : found.start()])
            if not claimed and not self.cues.but.search(around) and self.low[end : end + 1] != "?":
                return True
        return False

    def _new(self, pattern: re.Pattern[str]) -> bool:
        """The text has it and the draft has not."""
        return pattern.search(self.low) is not None and pattern.search(self.draft) is None

    def _close_to_draft(self) -> bool:
        mine, theirs = _content(self.low, self.cues), _content(self.draft, self.cues)
        return bool(theirs) and len(mine & theirs) * 2 >= len(theirs)

    # Facts

    def drops(self) -> bool:
        wanted = self.wanted
        for held in wanted.facts:
            patterns = wanted.match.get(held.name, ())
            if tells(self.text, held, patterns, wanted.language):
                continue
            # What the draft itself has mistyped beyond recognition cannot be asked of the model.
            if is_exact(held) or tells(wanted.draft, held, patterns, wanted.language):
                return True
        return False

    def leaks(self) -> bool:
        return any(
            _gives_away(self.low, held, self.wanted.match.get(held.name, ()), self.sources, self.cues)
            for held in self.wanted.held_back
        )

    def invents(self) -> bool:
        return any(True for _ in _inventions(self.text, self.low, self.sources, self.wanted, self.cues))


def _raw(wanted: Wanted) -> str:
    return "\n".join([wanted.draft, wanted.heard, wanted.said])


def _plain(text: str) -> str:
    """Lower case, straight quotes, single spaces."""
    straight = text if text.isascii() else text.translate(_STRAIGHT)
    return " ".join(straight.lower().split())


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "‑": "-", "–": "-", "—": "-", "−": "-", "\u00a0": " ", "\u202f": " "})


# Whether a fact is told


def is_exact(held: Held) -> bool:
    """Whether a fact has to be told letter for letter: ids and names, and whatever has a digit."""
    return held.kind == "identity" or _has_digit(held.value)


def tells(text: str, held: Held, patterns: Iterable[str] = (), language: str = "en") -> bool:
    """Whether a text tells a fact. Ids, names and whatever has digits have to stand there as they are, but for case and
    spaces; other facts may be worded: by a pattern of the scenario, or by enough of the words of one of their wordings."""
    low = _plain(text)
    if held.kind == "identity":
        return stands(held.value, low)
    value = _plain(held.value)
    if value in low:
        return True
    exact = [token for token in value.split() if _has_digit(token)]
    if not all(stands(token, low) for token in exact):
        return False
    if any(_compiled(pattern).search(low) for pattern in patterns):
        return True
    known = cues(language)
    mine = _content(low, known)
    vague = known.vague.search(low) is not None
    denies = _denies(low)
    # A form's words around the value say nothing of the fact.
    for form in (value, *(_plain(form) for form in held.say if "{}" not in form)):
        words = _content(form, known)
        if not words:
            if exact:
                return True
            continue
        if vague and len(words & mine) < min(2, len(words)):
            continue
        words = words - known.phatic or words
        if len(words & mine) < ceil(len(words) * 0.4):
            continue
        # One word alone is the matter, not what is wrong with it: `what I ordered` is not `not what I ordered`.
        if len(words) > 1 or not _denies(form) or denies:
            return True
    return False


_NEGATION = re.compile(
    r"\b(?:not|no|never|nothing|none|without|nicht|kein\w*|nie|nichts|ohne|nunca|nada|sin|ni|não|sem|nem|missing|wrong|fehlt)\b|n'?t\b"
)


def _denies(low: str) -> bool:
    return _NEGATION.search(low) is not None


def stands(value: str, text: str) -> bool:
    """Whether a value stands in a text as a word of its own; case and spaces do not count."""
    needle = "".join(_plain(value).split())
    if not needle:
        return False
    low = _plain(text)
    squeezed = low.replace(" ", "")
    if needle not in squeezed:
        return False
    places = [place for place, letter in enumerate(low) if letter != " "]
    at = squeezed.find(needle)
    while at >= 0:
        first, last = places[at], places[at + len(needle) - 1]
        before = low[first - 1] if first else " "
        behind = low[last + 1] if last + 1 < len(low) else " "
        longer = low[last + 2 : last + 3].isdigit() and behind in ".,:/-" and needle[-1].isdigit()
        if (
            not (before.isalnum() and needle[0].isalnum())
            and not (behind.isalnum() and needle[-1].isalnum())
            and not longer
        ):
            return True
        at = squeezed.find(needle, at + 1)
    return False


def _gives_away(low: str, held: Held, patterns: Iterable[str], sources: str, known: Cues) -> bool:
    """Whether it tells a held-back fact, by its value, a pattern, or all of its words, where nobody has mentioned it."""
    value = _plain(held.value)
    if stands(value, low):
        return not stands(value, sources)
    if is_exact(held):
        return False
    if any(_compiled(pattern).search(low) and not _compiled(pattern).search(sources) for pattern in patterns):
        return True
    words = _content(value, known)
    return len(words) > 1 and words <= _content(low, known) and not words <= _content(sources, known)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def _content(low: str, known: Cues) -> set[str]:
    """The words that carry a meaning, words of one family as one, endings off."""
    found = set()
    for word in _WORD.findall(low):
        if word not in known.mere:
            found.add(known.alike.get(word) or known.alike.get(word.rstrip("s")) or word.removesuffix("'s")[:5])
    return found


_MATTER, _TALK, _GLUE = 2.0, 1.0, 0.5
"""What a word of the opening weighs: the matter itself, how a message opens and closes, and the words between."""
_CONTRAST = re.compile(r"\b(?:but|aber|pero|mas)\b")
_CLAUSE = re.compile(r"[,.;:!?]+ ")
_GREETING = "hello"
_GREETINGS = frozenset(("hi", "hello", "hey", "hiya", "hola", "buenas", "hallo", "moin", "servus", "oi", "olá"))
_SHORT = {
    "n't": " not", "'ve": " have", "'re": " are", "'m": " am", "'s": " is", "'ll": " will", "'d": " would"
}  # fmt: skip
_SHORTENED = re.compile("|".join(_SHORT))


@lru_cache(maxsize=1024)
def _weighed(low: str, known: Cues) -> Mapping[str, float]:
    """The words of a text, contractions written out and words of one family as one, with their weights."""
    if "'" in low:
        low = _SHORTENED.sub(
            lambda found: _SHORT[found[0]], low.replace("can't", "cannot").replace("won't", "will not")
        )
    weights = {}
    for word in _WORD.findall(low):
        if word in _GREETINGS:
            weights[_GREETING] = _TALK
        elif word in known.phatic:
            weights[word] = _TALK
        elif word in known.mere:
            weights[word] = _GLUE
        else:
            weights[known.alike.get(word) or known.alike.get(word.rstrip("s")) or word[:5]] = _MATTER
    return weights


def _has_digit(token: str) -> bool:
    return any(letter.isdigit() for letter in token)


# What nobody has mentioned

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@[A-Za-z]\w{2,}")
_URL = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|io|de|es|pt|br|co|uk|eu|info|app|shop)\b(?:/\S*)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[^\s,;!?()\"“”]*\d[^\s;!?()\"“”]*")
_IDIOM = re.compile(r"^(?:24/7|1[01]0 ?%|1000 ?%|0%?|1|[2-9]x|\d(?:st|nd|rd|th|x|ª|º|\.|a|o))$")
"""Numbers that state nothing: `24/7`, `100%`, `the 2nd time`, counting."""
_CAPITAL = re.compile(r"(?<![\w@./#&'-])[A-ZÀ-ÖØ-Þ][\w'-]*|\b[a-z]{1,8}[A-Z]\w+")
_STARTS = re.compile(r"(?:^|[.!?…:;\"“”'‘(\]*•>)]|\n)\s*(?:[-–•*]\s*)?$")


def _inventions(text: str, low: str, sources: str, wanted: Wanted, known: Cues) -> Iterator[str]:
    """Ids, numbers, dates, addresses, names, places, relations and further deeds that are in none of the sources."""
    straight = text.translate(_STRAIGHT)
    if "." in straight or "@" in straight:
        for found in (*_EMAIL.finditer(straight), *_URL.finditer(straight)):
            address = found[0].lower().rstrip(".,!?/")
            if address not in sources:
                yield address
    if _has_digit(straight):
        yield from _new_numbers(low, sources, wanted)
    for pattern in (known.counted, known.days, *((known.tomorrow,) if wanted.act != "LEAVE_VOICED" else ())):
        for found in pattern.finditer(low):
            if found[0] not in sources and not _day_is_known(found[0], sources):
                yield found[0]
    for found in known.places.finditer(low):
        if found[0] not in sources:
            yield found[0]
    for pattern in (known.kin, known.deeds):
        for found in pattern.finditer(low):
            word = next(group for group in found.groups() if group)
            if word not in sources and not _content(word, known) <= _content(sources, known):
                yield word
    yield from _new_names(straight, sources, wanted.language, known)


def _day_is_known(words: str, sources: str) -> bool:
    """`the day after tomorrow` allows `tomorrow`; `within two working days` allows `two days`."""
    return all(word in sources for word in words.replace("-", " ").split())


def _new_numbers(low: str, sources: str, wanted: Wanted) -> Iterator[str]:
    left = low
    # What may stand there is taken out first, spaces or not; what has digits then is new.
    for held in wanted.facts:
        left = _without(left, held.value)
    for found in _NUMBERED.finditer(left):
        token = found[0].strip(".,:'`*-+#()[]/").removesuffix("'s")
        if not token or _IDIOM.match(token) or stands(token, sources):
            continue
        bare = token.strip("€$£%")
        if bare and stands(bare, sources):
            continue
        yield token


def _without(low: str, value: str) -> str:
    plain = _plain(value)
    if plain in low:
        return low.replace(plain, " ")
    groups = plain.split()
    if len(groups) == 1 and not _has_digit(plain):
        return low
    return re.sub(r"\s*".join(re.escape(letter) for letter in "".join(groups)), " ", low)


def _new_names(straight: str, sources: str, language: str, known: Cues) -> Iterator[str]:
    for found in known.named.finditer(straight):
        name = next(group for group in found.groups() if group)
        low = name.lower()
        if not stands(low, sources) and not _is_usual(low, language, known) and not name.isupper():
            yield name
    # German writes every noun with a capital, so there only what introduces a name tells one.
    if language == "de":
        return
    if straight.isupper():
        return
    for found in _CAPITAL.finditer(straight):
        word = found[0].rstrip("'-")
        low = word.lower().removesuffix("'s")
        if (
            (word.isupper() and (len(word) > 3 or len(word) == 1))
            or _is_usual(low, language, known)
            or _has_digit(word)
        ):
            continue
        if stands(low, sources) or all(stands(half, sources) for half in low.split("-")):
            continue
        if word[0].isupper() and word[1:].islower() and _STARTS.search(straight[: found.start()]):
            continue
        yield word


def _is_usual(low: str, language: str, known: Cues) -> bool:
    return low in known.capitals or is_common(low, language)
