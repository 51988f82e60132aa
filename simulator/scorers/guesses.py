"""Guesses from the text of any transcript, also one that no simulator made: names end in `_t0`, never gated, never pooled.

Loops by the rule for foreign logs (1.8 of the definition); the rest by the models of `textmodels`, whose accuracy is published
with them. What could not be shown to work on an unseen domain or bot is None, with the figure as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from simulator.language.identify import language_of, words_of
from simulator.language.tables import acts
from simulator.language.text import norm, sim
from simulator.model.contracts import Scorer
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import ratio, unknown
from simulator.textmodels import escalation, intents, leaving
from simulator.textmodels.customer import LANGUAGES, families
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
READ = 20_000
"""Letters of a turn that are compared."""
_IDENTIFIED = 6_000
_LAST_RESORT = frozenset({"fallback", "refuse_human", "promise_human", "claim_resolved"})
_LINK = re.compile(r"https?://([^\s<>\"')\]]+)")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_WITH_INTENTS = "the log holds intents, no words"
_UNKNOWN = "the language of the log is not known, and tables of another are not taken for it"
_SIDES = "guess from text: needs words of both the customer and the bot"
_REPEATING_FAMILIES = frozenset({"repetition", "correction"})


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
        if any(
            _same(turn, earlier, language) and _reworded_between(own, before, place)
            for before, earlier in reversed(bots[-WINDOW:])
        ):
            found.append(place)
        bots.append((place, turn))
    return found


def _same(one: Said, other: Said, language: str) -> bool:
    content = _content(one.text[:READ], language)
    return (bool(content) and content == _content(other.text[:READ], language)) or _like(one.text, other.text) >= REPEAT


def _reworded_between(own: Sequence[tuple[int, Said]], start: int, stop: int) -> bool:
    """Whether a customer's turn between these places says one before the first of them again."""
    earlier = [turn for place, turn in own if place < start][-OWN_KEPT:]
    between = [turn for place, turn in own if start < place < stop][-OWN_KEPT:]
    return any(
        _enough(turn.text, 3, 4) and any(_like(turn.text, other.text) >= REWORDED for other in earlier)
        for turn in between
    )


@lru_cache(maxsize=4096)
def _like(one: str, other: str) -> float:
    return sim(one[:READ], other[:READ])


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
    return Heard(talk, spoken_language(transcript, talk), "")


class LoopGuess(msgspec.Struct, frozen=True):
    """Loops by the rule for foreign logs: no acts, no progress, no reset, no test of exits."""

    name: str = "loops_t0"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`loop_t0` (0 or 1) and `loop_level_t0` (0, 1 at one counted repeat, 2 at two)."""
        text = heard(transcript)
        names = ("loop_t0", "loop_level_t0")
        if text.missing:
            return unknown(names, text.missing, self.version)
        turns = text.places(counted_repeats(text.talk, text.language))
        reason = "guess from text: repeats that follow a customer's rewording"
        if not text.language:
            reason += "; by likeness alone, since the language is not known"
        level = min(len(turns), LOOP)
        proof = turns if level == LOOP else []
        return [
            Score("loop_t0", int(level == LOOP), reason=reason, turns=proof, version=self.version),
            Score("loop_level_t0", level, reason=reason, turns=turns, version=self.version),
        ]


class CustomerGuess(msgspec.Struct, frozen=True):
    """What the customer's words show: dissatisfaction, asks for a person, the need said again."""

    name: str = "customer_t0"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`dissatisfied_t0` and `reformulations_t0` in customer turns, the worst turn's probability, `asked_human_t0`."""
        text = heard(transcript)
        names = ("dissatisfied_t0", "dissatisfied_probability_t0", "asked_human_t0", "reformulations_t0")
        if text.missing or not text.language:
            return unknown(names, text.missing or _UNKNOWN, self.version)
        return self._scores(text)

    def _scores(self, text: Heard) -> Iterator[Score]:
        weights = dissatisfaction()
        mood = dissatisfied(text.talk, text.language, weights)
        unhappy = [place for place, p in mood.items() if p >= weights.threshold]
        worst = max(mood, key=lambda place: mood[place])
        tables = acts(text.language)
        asked = [place for place, turn in text.own() if tables.asks_for_human(turn.text[-READ:])]
        again = self._reformulations(text, asked)
        for name, places in (("dissatisfied_t0", unhappy), ("reformulations_t0", again)):
            count = ratio(name, text.places(places), len(mood), "no customer turn", self.version)
            yield msgspec.structs.replace(count, reason=_guess("signs of wording"))
        yield Score(
            "dissatisfied_probability_t0",
            mood[worst],
            reason=_guess(f"model {weights.name} {weights.version}, the worst turn"),
            turns=text.places([worst]),
            version=self.version,
        )
        yield Score(
            "asked_human_t0",
            int(bool(asked)),
            reason=_guess("phrases that ask for a person"),
            turns=text.places(asked),
            version=self.version,
        )

    def _reformulations(self, text: Heard, asked: Sequence[int]) -> list[int]:
        """Turns that say the need again: like an earlier one, by phrases such as `as I said`, or an ask after the first."""
        found = []
        earlier: list[str] = []
        for place, turn in text.own():
            if earlier and (
                place in asked
                or families(turn.text, text.language) & _REPEATING_FAMILIES
                or (_enough(turn.text, 3, 4) and any(_like(turn.text, one) >= REWORDED for one in earlier[-OWN_KEPT:]))
            ):
                found.append(place)
            earlier.append(turn.text)
        return found


class EndGuess(msgspec.Struct, frozen=True):
    """How it ended: handed over, given up. Solved or broken down is not measured."""

    name: str = "ends_t0"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`escalated_t0`, `gave_up_t0` (0 or 1) with their probabilities; `resolved_t0`, `breakdown_t0`, which are None."""
        text = heard(transcript)
        yield from self._escalated(text)
        yield from self._gave_up(text)
        for name, figure in not_measured().items():
            yield Score(f"{name}_t0", None, reason=_unshown(figure), version=self.version)

    def _escalated(self, text: Heard) -> Iterable[Score]:
        people = [place for place, turn in enumerate(text.talk) if turn.speaker == "human"]
        if people and not text.missing:
            turns, reason = text.places(people[:1]), _guess("a person speaks")
            yield Score("escalated_t0", 1, reason=reason, turns=turns, version=self.version)
            yield Score("escalated_probability_t0", 1.0, reason=reason, turns=turns, version=self.version)
        elif text.missing or not text.language:
            missing = text.missing or _UNKNOWN
            yield from unknown(("escalated_t0", "escalated_probability_t0"), missing, self.version)
        else:
            p = escalation.escalated(text.talk, text.language)
            yield from self._answer("escalated", p, escalation.escalation(), text, len(text.talk))

    def _gave_up(self, text: Heard) -> Iterable[Score]:
        if text.missing == _WITH_INTENTS:
            yield from self._answer("gave_up", intents.gave_up(text.talk), intents.giving_up(), text, len(text.talk))
        elif text.missing or not text.language:
            yield from unknown(("gave_up_t0", "gave_up_probability_t0"), text.missing or _UNKNOWN, self.version)
        else:
            mood = dissatisfied(text.talk, text.language)
            p = leaving.gave_up(text.talk, mood, text.language)
            yield from self._answer("gave_up", p, leaving.leaving(), text, len(text.talk))

    def _answer(self, name: str, p: float, by: Model, text: Heard, length: int) -> Iterator[Score]:
        turns = text.places(range(max(0, length - 2), length))
        reason = _guess(f"model {by.name} {by.version} says {p:.2f}, yes from {by.threshold:g} on")
        yield Score(f"{name}_t0", int(p >= by.threshold), reason=reason, turns=turns, version=self.version)
        yield Score(f"{name}_probability_t0", p, reason=reason, turns=turns, version=self.version)


def _guess(how: str) -> str:
    return f"guess from text: {how}"


def _unshown(figure: Figure) -> str:
    bounds = f"AUC {figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}], n={figure.n}"
    return f"not measured from text: {figure.on} the best model has {bounds}; .60 is asked for"


GUESSES: tuple[Scorer, ...] = (LoopGuess(), CustomerGuess(), EndGuess())
"""For foreign logs, beside the stock of measures."""
