"""The shipped customers among the reference bots, on the computed clock, over all cores; what they did, as plain numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from math import inf
from multiprocessing import get_context

import msgspec

from simulator.chance import Chance
from simulator.customers.mind import Mind
from simulator.customers.pace import count_words
from simulator.customers.voice import Intent, Message, Phrases, phrases
from simulator.engine import Limits
from simulator.launch.casting import Cast, cast
from simulator.launch.run import hold_on_virtual_clock
from simulator.model.contracts import Customer
from simulator.model.persona import Persona, Traits
from simulator.model.plan import Case, RunPlan
from simulator.model.scenario import Scenario
from simulator.model.transcript import Transcript, Turn

BOTS = ("helpful", "ordinary", "looping", "maze", "false_solved")
"""From one that serves well to one that claims what is not so: customers who differ must differ somewhere among these."""
OnProgress = Callable[[int, int], None]


class Written(msgspec.Struct, frozen=True, gc=False):
    """One customer turn, as far as its surface goes."""

    index: int
    """Which turn of the customer's, from 1."""
    words: int
    wanted: int
    """Words that the length law asked for; 0 where no words were made up (a button)."""
    gap_s: float
    """Reading, thinking and typing before its first message."""
    first_words: int
    """Words of that one."""
    mistyped: int
    """Words that a typing error has changed."""
    told: int
    """Facts told."""
    no_mark: bool
    lower_start: bool
    exclaims: bool
    shouts: bool
    answer: bool
    heard: int
    """Words of the bot's turn that it answers."""


class Conduct(msgspec.Struct, frozen=True, gc=False):
    """What one customer did in one conversation."""

    persona: str
    language: str
    bot: str
    traits: Traits
    left_at: float
    """Customer turns until it left the bot of its own accord; infinite where it did not."""
    silent: float | None
    """1 or 0 for who left; None for who did not."""
    asks: int
    queued: bool
    gave_up_queue: bool
    believed: float | None
    """With the bot that claims `solved` and solved nothing: 1 if it went away content, else 0; None with other bots."""
    history: float
    """1 if its opening speaks of an earlier contact."""
    asked_for: int
    """Slots that the bot asked for, for the first time each."""
    answered: int
    """Of these, answered with a valid value in the very next turn."""
    facts: int
    """That it held."""
    known: tuple[int, ...]
    """Facts told by its first, second, ... turn."""
    repeats_itself: int
    """Turns of three words and more that it had said before, word for word."""
    messages: tuple[Written, ...]
    parts: int
    """Messages sent, those of bursts counted one by one."""


def draft(
    conversations: int,
    seed: int,
    personas: Sequence[str] = ("*",),
    bots: Sequence[str] = BOTS,
    language: str = "en",
) -> Cast:
    """The same customers for every bot, about so many conversations in all; every persona in equal number."""
    each = max(1, conversations // len(bots))
    plan = RunPlan(
        target=list(bots), personas=list(personas), conversations=each, seed=seed, probes=False, language=language
    )
    return cast(plan)


def conduct(ready: Cast, on_progress: OnProgress = lambda done, of: None) -> list[Conduct]:
    """Let the crowd talk, in as many processes as there are cores, and give what each customer did, in order of cases."""
    cores = os.cpu_count() or 1
    chunks = _chunks(ready.cases, 2 * cores)
    found: dict[int, list[Conduct]] = {}
    done = 0
    if cores == 1:
        for place, chunk in enumerate(chunks):
            found[place] = _talk(ready, chunk)
            on_progress(sum(map(len, found.values())), len(ready.cases))
    else:
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            places = {pool.submit(_talk, ready, chunk): place for place, chunk in enumerate(chunks)}
            for future in as_completed(places):
                found[places[future]] = future.result()
                done += len(found[places[future]])
                on_progress(done, len(ready.cases))
    return [one for place in sorted(found) for one in found[place]]


def _chunks(cases: list[Case], count: int) -> list[list[Case]]:
    size = -(-len(cases) // count)
    return [cases[start : start + size] for start in range(0, len(cases), size)]


class Noting:
    """A voice that notes what it was asked for, and says it once more without typing errors to count them."""

    def __init__(self, voice: Phrases) -> None:
        self.acts = voice.acts
        self._voice = voice
        self.noted: list[tuple[Intent, int]] = []

    def word(self, intent: Intent, chance: Chance, move: int) -> list[Message]:
        messages = self._voice.word(intent, chance, move)
        clean = msgspec.structs.replace(intent, traits=msgspec.structs.replace(intent.traits, errors_per_word=0.0))
        meant = self._voice.word(clean, chance, move)
        mistyped = sum(
            _letters(typed) != _letters(word)
            for one, other in zip(messages, meant, strict=True)
            for typed, word in zip(one.text.split(), other.text.split(), strict=False)
        )
        self.noted.append((intent, mistyped))
        return messages


def _letters(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def _talk(ready: Cast, cases: list[Case]) -> list[Conduct]:
    voices: dict[str, Noting] = {}

    def customer(case: Case, persona: Persona, scenario: Scenario) -> Customer:
        voices[case.id] = noting = Noting(phrases(case.language))
        return Mind(case, scenario, noting)

    catalogue = ready.catalogue
    held = hold_on_virtual_clock(cases, catalogue, ready.targets, Limits(), 200, customer=customer)
    by_id = {case.id: case for case in cases}
    return [
        _conduct(by_id[one.id], one, catalogue.spoken(one.scenario, one.language), voices[one.id].noted) for one in held
    ]


def _conduct(case: Case, transcript: Transcript, scenario: Scenario, noted: list[tuple[Intent, int]]) -> Conduct:
    turns = transcript.turns
    mine = [turn for turn in turns if turn.speaker == "customer" and not _rest_of_burst(turn)]
    queued = any(signal.kind in ("requested", "queued") for turn in turns for signal in turn.signals)
    left = transcript.ending in ("left_silent", "left_voiced")
    known: list[int] = []
    told: set[str] = set()
    for turn in mine:
        told.update(name for name in turn.told if not name.endswith("!"))
        known.append(len(told))
    asked_for, answered = _cooperation(turns, case)
    texts = [turn.text.casefold() for turn in mine if turn.button is None]
    return Conduct(
        persona=case.persona,
        language=case.language,
        bot=case.target,
        traits=case.traits,
        left_at=float(len(mine)) if left and not queued else inf,
        silent=float(transcript.ending == "left_silent") if left and not queued else None,
        asks=sum(turn.act == "ASK_HUMAN" for turn in mine),
        queued=queued,
        gave_up_queue=left and queued,
        believed=float(transcript.ending == "satisfied") if case.target.partition(":")[0] == "false_solved" else None,
        history=float(any(intent.opening and intent.traits.failed_before for intent, _ in noted)),
        asked_for=asked_for,
        answered=answered,
        facts=len(scenario.facts),
        known=tuple(known),
        repeats_itself=sum(len(text.split()) >= 3 and text in texts[:place] for place, text in enumerate(texts)),
        messages=tuple(_surface(turns, noted)),
        parts=sum(max(1, len(turn.parts)) for turn in turns if turn.speaker == "customer"),
    )


def _rest_of_burst(turn: Turn) -> bool:
    """Whether a turn is what was left of a burst when the bot answered in the middle of it."""
    return turn.act == "OTHER" and not turn.thought


def _surface(turns: list[Turn], noted: list[tuple[Intent, int]]) -> list[Written]:
    """The customer's turns that were worded, each with the intent behind it; a burst is one, cut or not."""
    intents = iter(noted)
    written: list[Written] = []
    index = heard = 0
    for turn in turns:
        if turn.speaker != "customer":
            heard = count_words(turn.text)
            continue
        words = count_words(turn.text)
        if _rest_of_burst(turn):
            if written:
                written[-1] = msgspec.structs.replace(written[-1], words=written[-1].words + words)
            continue
        index += 1
        if turn.button is not None:
            continue
        noted_here = next(intents, None)
        if noted_here is None:
            break
        intent, mistyped = noted_here
        text = turn.text
        letters = [letter for letter in text if letter.isalpha()]
        written.append(
            Written(
                index=index,
                words=words,
                wanted=intent.length,
                gap_s=turn.thought,
                first_words=count_words(turn.parts[0].text) if turn.parts else words,
                mistyped=mistyped,
                told=len(turn.told),
                no_mark=text[-1:] not in ".!?…",
                lower_start=letters[:1] != [] and text[:1].islower(),
                exclaims="!" in text,
                shouts=len(letters) > 3 and all(letter.isupper() for letter in letters),
                answer=intent.act in ("PROVIDE", "OTHER"),
                heard=heard,
            )
        )
    return written


def _cooperation(turns: list[Turn], case: Case) -> tuple[int, int]:
    """Slots asked for the first time (by the bot's own content ids), and those validly answered in the next turn."""
    asked: set[str] = set()
    fresh: set[str] = set()
    count = answered = 0
    told: set[str] = set()
    for turn in turns:
        if turn.speaker == "bot":
            fresh = {name[4:] for name in turn.ids if name.startswith("ask:")} - asked - told
            asked |= fresh
            count += len(fresh)
        elif turn.speaker == "customer":
            answered += len(fresh & set(turn.told))
            told.update(name for name in turn.told if not name.endswith("!"))
            fresh = set()
    return count, answered
