"""Does the bot deal with what the customer has just said, turn by turn? Beside the loop: fluent bots trap without repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue import relevance
from simulator.dialogue.patterns import patterns_of
from simulator.dialogue.settle import settle
from simulator.language.tables import Reading, acts
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.observable import ratio, unknown, unobservable

HALF = 0.0
"""From this logit on a turn is rather unresponsive than not."""


class Responsiveness(msgspec.Struct, frozen=True):
    """Share of bot turns that deal with the customer's turn before them (tier T1)."""

    name: str = "responsiveness"
    version: str = relevance.VERSION

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """`unresponsive_turns`: how many of the bot's turns do not, with these as proof."""
        reason = unobservable(transcript, scenario, "T1")
        if reason or scenario is None:
            return unknown(("unresponsive_turns",), reason, self.version)
        settled = settle(transcript, scenario)
        counted = counts(transcript, scenario)
        beside = [index for index, found in counted if relevance.unresponsiveness(found) >= HALF]
        return [ratio("unresponsive_turns", beside, len(settled.answers), "no bot turn", self.version)]


def counts(transcript: Transcript, scenario: Scenario) -> Iterator[tuple[int, relevance.Features]]:
    """The turn of each answer and what can be counted of it."""
    settled = settle(transcript, scenario)
    matter, tables = patterns_of(scenario).topic, acts(scenario.language)
    answers = {answer.turn: answer.heard for answer in settled.answers}
    before = relevance.Before(scenario.language)
    for index, turn in enumerate(settled.turns):
        heard = answers.get(index)
        if heard is not None:
            found = relevance.features(
                turn.text,
                before,
                signature=heard.signature,
                progress=bool(heard.progress),
                repeat=heard.repeat not in ("", "unresponsive"),
                requests=bool(tables.requests(Reading(turn.text))),
                matter=matter,
            )
            yield index, found
        if turn.speaker == "customer" or turn.speaker == "bot":
            before.say(turn.speaker, turn.text)
