"""Every language of the bots: complete, fillable, varied, and refused with its reasons where it is not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.bots.hearing import Ear
from simulator.bots.pack import FOLDER, languages, pack, read
from simulator.catalogue.stock import home
from simulator.language.tables import acts
from simulator.language.text import norm, sim
from simulator.model.errors import InputError
from tests.bots.scenes import talk

OTHERS = [language for language in languages() if language != "en"]
FILLED = {
    "slot": "x1", "facts": "x2", "action": "x3", "step": "x4", "title": "Two-step sign-in for beginners", "queue": "x5",
    "reference": "x6", "url": "https://help.example/travel", "value": "x7", "options": ("x8", "x9", "x10"),
}  # fmt: skip


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("what", pack("en").says)
def test_every_utterance_has_as_many_wordings_as_in_english(language: str, what: str) -> None:
    """None is there twice, and all can be filled."""
    wordings = pack(language).says[what]
    assert len({wording.format_map(FILLED) for wording in wordings}) == len(wordings) == len(pack("en").says[what])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("what", ["useless", "deflect"])
def test_text_likeness_alone_misses_the_repeats(language: str, what: str) -> None:
    """The useless content comes in wordings less alike than the threshold of a repeat (0.85)."""
    texts = [wording.format_map(FILLED) for wording in pack(language).says[what]]
    assert max(sim(a, b) for a, b in combinations(texts, 2)) < 0.85


ACTS = {
    "greeting": {"offer_human"},
    "greeting_alone": set(),
    "ask": set(),
    "step": set(),
    "check": set(),
    "refuse": {"refuse_human"},
    "offer": {"offer_human"},
    "hand_off": {"promise_human"},
    "hand_off_bare": {"promise_human"},
    "promise": {"promise_human"},
    "dismissed": {"refuse_human", "closing"},
    "solved": {"claim_resolved"},
    "am_bot": set(),
    "welcome": {"closing"},
}
"""What each wording of an utterance does in the simulator's own tables; nothing: none of these."""
WITH_TABLES = [language for language in languages() if acts(language).language == language]


@pytest.mark.parametrize("language", WITH_TABLES)
@pytest.mark.parametrize("what", ACTS)
def test_what_a_bot_means_is_what_the_simulator_hears(language: str, what: str) -> None:
    """A bot of known truth says it in words that are known, in every language that has tables."""
    texts = [wording.format_map(FILLED) for wording in pack(language).says[what]]
    heard = {text: acts(language).of(norm(text), text) for text in texts}
    telling = {"offer_human", "promise_human", "refuse_human", "claim_resolved"}
    missed = {text: found for text, found in heard.items() if not ACTS[what] <= found}
    mistaken = {text: found for text, found in heard.items() if not ACTS[what] and found & telling}
    assert (missed, mistaken) == ({}, {})


@pytest.mark.parametrize("language", OTHERS)
def test_no_wording_was_left_in_english(language: str) -> None:
    """A translation shares no sentence with its model."""
    own, english = ({text for said in pack(one).says.values() for text in said} for one in (language, "en"))
    assert own.isdisjoint(english)


@pytest.mark.parametrize("language", languages())
def test_the_bot_hears_its_own_button(language: str) -> None:
    """What the button to a person shows and sends is an ask."""
    ear, words = Ear({}, {}, language), pack(language)
    assert ear.hear(words.person.payload).asks_human
    assert ear.hear(words.person.title).asks_human


@pytest.mark.parametrize("language", OTHERS)
def test_every_team_of_the_catalogue_has_a_name(language: str) -> None:
    """Outside English no scenario of ours makes a bot read an id aloud."""
    scenarios = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in home("scenarios").glob("*.yaml")]
    queues = {queue for one in scenarios for need in one["needs"] for queue in need.get("qualified_queues", [])}
    queues |= {one["desk"]["queue"] for one in scenarios if one.get("desk", {}).get("queue")}
    assert sorted(queues - set(pack(language).queues)) == []


def test_a_language_without_a_pack_is_spoken_in_english() -> None:
    """Fallback, not failure."""
    assert pack("xx") is pack("en")
    assert talk("helpful", "dead-router", "human", language="xx")[0].handoff is not None


def broken(tmp_path: Path, change: Callable[[Any], object]) -> str:
    """What is said about the Spanish pack after a change."""
    words = yaml.safe_load((FOLDER / "es.yaml").read_text(encoding="utf-8"))
    change(words)
    path = tmp_path / "es.yaml"
    path.write_text(yaml.safe_dump(words, sort_keys=False), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path, pack("en"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda words: words["says"].pop("ask"), "says: missing: ask"),
        (lambda words: words["says"].update(asks=["¿?"] * 4), "says: unknown: asks"),
        (lambda words: words["says"]["ask"].append("¿Su dato?"), "says.ask: expected {slot} in '¿Su dato?'"),
        (
            lambda words: words["says"]["welcome"].append("De nada, {slot}"),
            "expected no placeholder in 'De nada, {slot}'",
        ),
        (lambda words: words["says"]["welcome"].append("De nada {"), "a brace is not closed in 'De nada {'"),
        (lambda words: words["says"].update(ended=["Fin."] * 4), "expected 4 to 10 different wordings, found 1"),
        (
            lambda words: words.update(guides=dict(reversed(words["guides"].items()))),
            "guides: expected the keys in the order of the English pack",
        ),
        (lambda words: words["topics"].pop(), "topics: expected 3 topics, found 2"),
        (lambda words: words["hears"]["failed"].append("(no"), "failed: no regular expression: '(no'"),
        (lambda words: words["hears"].update(persons=[]), "hears.persons: expected at least one, found none"),
        (lambda words: words["naming"].update(number="número"), "naming.number: expected {} in 'número'"),
        (lambda words: words.update(language="pt"), "language: expected 'es' as the file is named, found 'pt'"),
        (lambda words: words.update(greetings=[]), "unknown field `greetings`"),
    ],
)
def test_a_broken_pack_is_refused_with_its_reason(tmp_path: Path, change: Callable[[Any], object], told: str) -> None:
    """File, field and what was expected."""
    assert told in broken(tmp_path, change)


def test_every_problem_of_a_pack_is_told_at_once(tmp_path: Path) -> None:
    """Two faults are two problems."""
    told = broken(tmp_path, lambda words: (words["says"].pop("ask"), words["topics"].pop()))
    assert len(told.splitlines()) == 2


def test_what_is_no_yaml_is_refused_in_words(tmp_path: Path) -> None:
    """A parser's complaint, never a traceback."""
    (tmp_path / "es.yaml").write_text("language: [")
    with pytest.raises(InputError, match="cannot be read as a bot's words"):
        read(tmp_path / "es.yaml", pack("en"))
