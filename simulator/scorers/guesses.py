"""Guesses from the text of any transcript, also one that no simulator made: names end in `_t0`, never gated, never pooled.

Loops by a rule without acts (a bot turn like one of the four before it, after a customer turn like an earlier one; twice is a
loop); the rest by the models of `textmodels`, whose accuracy is published
with them. What could not be shown to work on an unseen domain or bot is None, with the figure as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from simulator.language.identify import language_of, words_of
from simulator.language.tables import acts
from simulator.language.text import norm
from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import ratio
from simulator.textmodels import escalation, intents, leaving
from simulator.textmodels.alike import READ, likeness, most_like
from simulator.textmodels.customer import LANGUAGES, LONGEST, families
from simulator.textmodels.dissatisfaction import dissatisfaction, dissatisfied
from simulator.textmodels.model import Figure, Model, not_measured
from simulator.textmodels.said import Said, said

WINDOW = 4
"""A bot's turn repeats one of so many before it."""
REPEAT = 0.85
REWORDED = 0.60
LOOP = 2
"""Counted repeats that make a loop."""
COMMON = 0.2
"""Share of a log's words that must be among the commonest of the language it is taken for."""
OWN_KEPT = 60
"""A customer's turn is compared with so many of its own before it; conversations that are longer are hardly one matter."""
_IDENTIFIED = 2_000
_LAST_RESORT = frozenset({"fallback", "refuse_human", "promise_human", "claim_resolved"})
_LINK = re.compile(r"https?://([^\s<>\"')\]]+)")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_WITH_INTENTS = "the log holds intents, no words"
_UNKNOWN = "the language of the log is not known, and tables of another are not taken for it"
_SIDES = "guess from text: needs words of both the customer and the bot"
_SAID_AGAIN = frozenset({"repetition", "correction"})


def spoken_language(transcript: Transcript, talk: Sequence[Said]) -> str:
    """The language whose tables are right; empty where it cannot be told. `en` by default alone is no statement."""
    if transcript.scenario or transcript.language != "en":
        return transcript.language if transcript.language in LANGUAGES else ""
    text = "\n".join(turn.text[:500] for turn in talk[:40])[:_IDENTIFIED]
    found = language_of(text)
    # A word or two are shared with languages that nobody has a table of.
    return found if found and words_of(text, found) >= COMMON * len(norm(text).split()) else ""


def _enough(text: str, tokens: int, letters: int) -> bool:
    """At least so many tokens, or letters where the script has no spaces."""
    plain = norm(text[:READ])
    packed = plain.replace(" ", "")
    if packed and 2 * len(_SPACELESS.findall(packed)) > len(packed):
        return len(packed) >= letters
    return len(plain.split()) >= tokens


def counted_repeats(talk: Sequence[Said], language: str = "") -> list[int]:
    """Places of the bot's turns that repeat an earlier one although the customer has said the need again in between.

    Each counts once. Without a language the rule is that of likeness alone.
    """
    bots: list[tuple[int, Said]] = []
    own: list[tuple[int, Said]] = []
    found: list[int] = []
    for place, turn in enumerate(talk):
        if turn.speaker == "customer":
            own.append((place, turn))
        if turn.speaker != "bot" or not _enough(turn.text, 4, 8):
            continue
        window = bots[-WINDOW:]
        likes = likeness(turn.text, [earlier.text for _, earlier in window])
        if any(
            (like >= REPEAT or _same(turn, earlier, language)) and _reworded_between(own, before, place)
            for like, (before, earlier) in zip(likes, window, strict=True)
        ):
            found.append(place)
        bots.append((place, turn))
    return found


def _same(one: Said, other: Said, language: str) -> bool:
    content = _content(one.text[:READ], language)
    return bool(content) and content == _content(other.text[:READ], language)


def _reworded_between(own: Sequence[tuple[int, Said]], start: int, stop: int) -> bool:
    """Whether a customer's turn between these places says one before the first of them again."""
    lately = own[-OWN_KEPT:]
    earlier = [turn.text for place, turn in lately if place < start]
    between = [turn.text for place, turn in lately if start < place < stop]
    return any(_enough(text, 3, 4) and most_like(text, earlier) >= REWORDED for text in between)


@lru_cache(maxsize=4096)
def _content(text: str, language: str) -> frozenset[str]:
    """What a bot's turn is about, by its links or else by what it does."""
    links = frozenset(f"url:{link.rstrip('.,;:!?').lower()}" for link in _LINK.findall(text))
    if links or not language:
        return links
    return Said("bot", text).acts(language) & _LAST_RESORT


class Heard(msgspec.Struct, frozen=True):
    """A transcript as the guesses read it."""

    talk: list[Said]
    language: str
    """Empty where it cannot be told."""
    missing: str
    """Why nothing can be guessed; empty where something can."""
    mood: dict[int, float] = {}
    """How dissatisfied each customer turn sounds, by its place in the talk; empty where the language has no tables."""

    def places(self, places: Iterable[int]) -> list[int]:
        """Indices into the transcript's turns."""
        return [self.talk[place].turn for place in places]

    def own(self) -> Iterator[tuple[int, Said]]:
        """The customer's turns and their places."""
        return ((place, turn) for place, turn in enumerate(self.talk) if turn.speaker == "customer")


def heard(transcript: Transcript) -> Heard:
    """What there is to read."""
    talk = said(transcript.turns)
    speakers = {turn.speaker for turn in talk}
    if "customer" not in speakers or not speakers & {"bot", "human"}:
        return Heard(talk, "", _SIDES)
    if intents.intents_only(talk):
        return Heard(talk, "", _WITH_INTENTS)
    language = spoken_language(transcript, talk)
    return Heard(talk, language, "", dissatisfied(talk, language) if language else {})


class Guesses(msgspec.Struct, frozen=True):
    """Everything that is guessed from text (T0). One scorer, so that a transcript is read once."""

    name: str = "guesses_t0"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """Loops, the customer's words, and how it ended; `resolved_t0` and `breakdown_t0` are None with the figure."""
        text = heard(transcript)
        found = [*_loops(text), *_customer(text), *_escalated(text), *_gave_up(text)]
        found += [Score(f"{name}_t0", None, reason=_unshown(figure)) for name, figure in not_measured().items()]
        return [msgspec.structs.replace(one, version=self.version) for one in found]


def _loops(text: Heard) -> list[Score]:
    """`loop_t0` (0 or 1) and `loop_level_t0` (0, 1 at one counted repeat, 2 at two)."""
    if text.missing:
        return _none(("loop_t0", "loop_level_t0"), text.missing)
    turns = text.places(counted_repeats(text.talk, text.language))
    reason = _guess("repeats that follow a customer's rewording")
    if not text.language:
        reason += "; by likeness alone, since the language is not known"
    level = min(len(turns), LOOP)
    return [
        Score("loop_t0", int(level == LOOP), reason=reason, turns=turns if level == LOOP else []),
        Score("loop_level_t0", level, reason=reason, turns=turns),
    ]


def _customer(text: Heard) -> Iterator[Score]:
    """`dissatisfied_t0` and `reformulations_t0` in customer turns, the worst turn's probability, `asked_human_t0`."""
    if text.missing or not text.language:
        names = ("dissatisfied_t0", "reformulations_t0", "dissatisfied_probability_t0", "asked_human_t0")
        yield from _none(names, text.missing or _UNKNOWN)
        return
    weights = dissatisfaction()
    unhappy = [place for place, p in text.mood.items() if p >= weights.threshold]
    worst = max(text.mood, key=lambda place: text.mood[place])
    tables = acts(text.language)
    asked = [place for place, turn in text.own() if tables.asks_for_human(turn.text[-LONGEST:])]
    by = f"model {weights.name} {weights.version}"
    for name, places, how in (
        ("dissatisfied_t0", unhappy, by),
        ("reformulations_t0", _reformulations(text, asked), "likeness, phrases and asks for a person"),
    ):
        count = ratio(name, text.places(places), len(text.mood), "no customer turn", "")
        yield msgspec.structs.replace(count, reason=_guess(how))
    reason = _guess(f"{by}, the worst turn")
    yield Score("dissatisfied_probability_t0", text.mood[worst], reason=reason, turns=text.places([worst]))
    reason = _guess("phrases that ask for a person")
    yield Score("asked_human_t0", int(bool(asked)), reason=reason, turns=text.places(asked))


def _reformulations(text: Heard, asked: Sequence[int]) -> list[int]:
    """Turns that say the need again: like an earlier one, by phrases such as `as I said`, or an ask after the first."""
    found = []
    earlier: list[str] = []
    for place, turn in text.own():
        if earlier and (
            place in asked
            or families(turn.text, text.language) & _SAID_AGAIN
            or (_enough(turn.text, 3, 4) and most_like(turn.text, earlier[-OWN_KEPT:]) >= REWORDED)
        ):
            found.append(place)
        earlier.append(turn.text)
    return found


def _escalated(text: Heard) -> list[Score]:
    people = [place for place, turn in enumerate(text.talk) if turn.speaker == "human"]
    if text.missing:
        return _none(("escalated_t0", "escalated_probability_t0"), text.missing)
    if people:
        turns, reason = text.places(people[:1]), _guess("a person speaks")
        return [Score(name, 1, reason=reason, turns=turns) for name in ("escalated_t0", "escalated_probability_t0")]
    if not text.language:
        return _none(("escalated_t0", "escalated_probability_t0"), _UNKNOWN)
    return _answer("escalated", escalation.escalated(text.talk, text.language), escalation.escalation(text.talk), text)


def _gave_up(text: Heard) -> list[Score]:
    if text.missing == _WITH_INTENTS:
        return _answer("gave_up", intents.gave_up(text.talk), intents.giving_up(), text)
    if text.missing or not text.language:
        return _none(("gave_up_t0", "gave_up_probability_t0"), text.missing or _UNKNOWN)
    return _answer("gave_up", leaving.gave_up(text.talk, text.mood, text.language), leaving.leaving(), text)


def _answer(name: str, p: float, by: Model, text: Heard) -> list[Score]:
    """Yes or no and the probability; the proof is the end, which these models read."""
    turns = text.places(range(max(0, len(text.talk) - 2), len(text.talk)))
    reason = _guess(f"model {by.name} {by.version} says {p:.2f}, yes from {by.threshold:g} on")
    return [
        Score(f"{name}_t0", int(p >= by.threshold), reason=reason, turns=turns),
        Score(f"{name}_probability_t0", p, reason=reason, turns=turns),
    ]


def _none(names: Sequence[str], reason: str) -> list[Score]:
    return [Score(name, None, reason=reason) for name in names]


def _guess(how: str) -> str:
    return f"guess from text: {how}"


def _unshown(figure: Figure) -> str:
    bounds = f"AUC {figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}], n={figure.n}"
    return f"not measured from text: {figure.measured_on} the best model has {bounds}; .60 is asked for"


GUESSES: tuple[Scorer, ...] = (Guesses(),)
"""For foreign logs, beside the stock of measures."""
