"""From transcripts to a calibration that holds numbers alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from simulator.calibration.gather import calibration, gather
from simulator.launch.casting import Cast, cast
from simulator.model.calibration import Calibration
from simulator.model.errors import InputError
from simulator.model.plan import RunPlan
from simulator.model.transcript import Transcript, Turn
from tests.calibration.fit import crowd, talk

SHA = "0" * 64


@pytest.fixture(scope="module")
def held() -> tuple[Cast, list[Transcript]]:
    """Four hundred conversations."""
    ready = crowd(400, 8)
    return ready, talk(ready)


@pytest.fixture(scope="module")
def found(held: tuple[Cast, list[Transcript]]) -> Calibration:
    ready, transcripts = held
    gathered = gather(iter(transcripts), ready.catalogue.scenarios, ready.catalogue.personas)
    return calibration(gathered, ready.catalogue.personas, file="chats.jsonl", sha256=SHA, unread=2)


def strings(value: object) -> Iterator[str]:
    """Everything that is written and is no number."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *strings(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_counts_add_up(held: tuple[Cast, list[Transcript]], found: Calibration) -> None:
    """Conversations used and left out are all; asks and leaves are among the choices."""
    assert found.logs.conversations + found.logs.left_out == len(held[1])
    assert found.logs.turns > found.logs.asks + found.logs.left_silent + found.logs.left_voiced
    assert (found.logs.acts, found.logs.progress, found.logs.unread) == ("told", "heard", 2)


def test_nothing_of_anybody_is_in_it(held: tuple[Cast, list[Transcript]], found: Calibration) -> None:
    """No fact, no id, no persona and no sentence of the logs is written; a number that looks like one is an estimate."""
    written = "\n".join(strings(msgspec.to_builtins(found)))
    for one in held[1]:
        for text in (*one.facts.values(), *one.truth.values(), one.id, one.case, one.persona):
            assert len(text) < 4 or text not in written
        assert not any(len(turn.text) > 12 and turn.text in written for turn in one.turns)


def test_it_reads_back_as_it_was(found: Calibration) -> None:
    """The file is the value."""
    assert msgspec.yaml.decode(msgspec.yaml.encode(msgspec.to_builtins(found)), type=Calibration) == found


def test_more_than_the_most_are_drawn_at_random(held: tuple[Cast, list[Transcript]]) -> None:
    """So many are kept, the same ones each time, and not simply the first."""
    ready, transcripts = held

    def drawn() -> tuple[int, int, list[object]]:
        gathered = gather(transcripts, ready.catalogue.scenarios, ready.catalogue.personas, most=50)
        return len(gathered.histories), gathered.not_drawn, list(gathered.histories)

    kept, left, which = drawn()
    assert kept == 50
    assert left > 200
    assert which == drawn()[2]
    assert which != list(gather(transcripts[:60], ready.catalogue.scenarios, {}).histories)[:50]


def test_probes_are_left_out() -> None:
    """A probe follows its script and chooses nothing."""
    ready = cast(RunPlan(target="ordinary", conversations=1, scenarios=["parcel-status"]))
    probes = msgspec.structs.replace(ready, cases=[case for case in ready.cases if case.probe])
    spoken = talk(probes)
    gathered = gather(spoken, ready.catalogue.scenarios, ready.catalogue.personas)
    assert spoken
    assert gathered.histories == []
    assert gathered.left_out == len(spoken)


def test_a_log_without_acts_is_marked_as_guessed(held: tuple[Cast, list[Transcript]]) -> None:
    """The same conversations as another tool would log them: fewer weights, and the mark."""
    ready, transcripts = held
    foreign = [
        Transcript(one.id, [Turn(turn.speaker, turn.text) for turn in one.turns if turn.text], "limit", one.ended)
        for one in transcripts
    ]
    gathered = gather(foreign, ready.catalogue.scenarios, ready.catalogue.personas)
    found = calibration(gathered, {}, file="f", sha256=SHA)
    assert (found.logs.acts, found.logs.progress) == ("guessed", "unknown")
    assert "ask_frustration" in found.held


def test_a_scenario_of_the_same_name_that_does_not_fit_is_none(held: tuple[Cast, list[Transcript]]) -> None:
    """Needs and facts that it does not have: then nobody knows what leads on."""
    ready, transcripts = held
    wrong = dict.fromkeys(ready.catalogue.scenarios, ready.catalogue.scenarios["parcel-status"])
    gathered = gather(transcripts, wrong, {})
    blind = sum(one.blind for one in gathered.histories)
    assert blind > 0.8 * len(gathered.histories)


def test_no_usable_conversation_is_said() -> None:
    """Nothing to fit: the file and what was found in it are named."""
    silent = [Transcript("x", [Turn("bot", "hello")], "left_silent", 1.0)]
    with pytest.raises(InputError, match="no conversation in which a customer answers a bot"):
        calibration(gather(silent, {}, {}), {}, file="f.jsonl", sha256=SHA)


def test_too_few_events_are_said(held: tuple[Cast, list[Transcript]]) -> None:
    """The least that is needed is stated."""
    ready, transcripts = held
    with pytest.raises(InputError, match="expected at least 20 of either"):
        calibration(gather(transcripts[:20], ready.catalogue.scenarios, {}), {}, file="f.jsonl", sha256=SHA)
