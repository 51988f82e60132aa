"""The labelled set as it was frozen, and files of one's own."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from simulator.accuracy.labelled import HOME, Labelled, frozen, read_labelled, shipped
from simulator.model.errors import InputError

NEAR_MISSES = {
    "short_repeat",
    "asked_repeat",
    "legit_reask",
    "template_two",
    "quiz_status",
    "menu_invalid",
    "new_steps",
    "one_repeat",
}
FORMS_THAT_EXACT_MATCH_MISSES = {"paraphrase", "translation", "abab", "mirror"}
LINE: dict[str, Any] = {
    "messages": [{"role": "customer", "text": "Where is it?"}, {"role": "bot", "text": "On its way."}],
    "labels": {"loop": False},
}


@pytest.fixture(scope="module")
def dialogues() -> list[Labelled]:
    """The set that comes with the product."""
    return read_labelled(shipped()).conversations


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "own.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    return path


def test_the_files_are_those_that_were_frozen() -> None:
    """SHA-256 of each file, and no file beside them: whoever changes a dialogue changes what is measured."""
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in HOME.glob("*.jsonl")}
    assert found == frozen()
    assert {f"{language}.jsonl" for language in ("en", "de", "pt")} <= found.keys()


def test_there_are_enough_in_every_language(dialogues: list[Labelled]) -> None:
    """At least 240 in all, and in each language 60 and more."""
    languages = Counter(one.language for one in dialogues)
    assert sum(languages.values()) >= 240
    assert set(languages) == {Path(name).stem for name in frozen()}
    assert min(languages.values()) >= 60


def test_two_in_five_are_near_misses_that_must_not_alarm(dialogues: list[Labelled]) -> None:
    """In each language at least 40 %, of every kind, and none of them labelled a loop."""
    for language in {one.language for one in dialogues}:
        own = [one for one in dialogues if one.language == language]
        near = [one for one in own if one.kind in NEAR_MISSES]
        assert len(near) >= 0.4 * len(own)
        assert {one.kind for one in near} == NEAR_MISSES
        assert not any(one.labels["loop"] for one in near)


def test_the_loops_take_forms_that_exact_match_misses(dialogues: list[Labelled]) -> None:
    """Paraphrase, translation, A-B-A-B and mirror in each language, all labelled loops."""
    for language in {one.language for one in dialogues}:
        loops = [one for one in dialogues if one.language == language and one.labels["loop"]]
        assert {one.kind for one in loops} >= FORMS_THAT_EXACT_MATCH_MISSES


def test_half_is_kept_from_tuning(dialogues: list[Labelled]) -> None:
    """Between 45 and 55 % are held out, and every kind is on both sides."""
    held_out = [one for one in dialogues if one.split == "held_out"]
    assert 0.45 <= len(held_out) / len(dialogues) <= 0.55
    assert {one.kind for one in held_out} == {one.kind for one in dialogues if one.split == "tuning"}


def test_every_dialogue_has_its_scenario_acts_and_labels(dialogues: list[Labelled]) -> None:
    """Nothing of the set is lost in reading it."""
    assert all(one.scenario is not None and one.scenario.language == one.language for one in dialogues)
    assert all(one.acts for one in dialogues)
    assert all(isinstance(one.labels["loop"], bool) for one in dialogues)


def test_a_scorer_of_words_is_shown_words_alone(dialogues: list[Labelled]) -> None:
    """At T0 no act, need, told fact, scenario or ending is left that could give the answer away."""
    for one in dialogues:
        transcript, scenario = one.seen("T0")
        assert (transcript.tiers, transcript.ending, transcript.scenario, scenario) == (["T0"], "limit", "", None)
        assert not any(turn.act or turn.need or turn.told or turn.ids for turn in transcript.turns)
        assert [turn.text for turn in transcript.turns] == [turn.text for turn in one.turns]


def test_a_forecast_does_not_see_the_end(dialogues: list[Labelled]) -> None:
    """Four turns ahead means that the last four are not there."""
    one = dialogues[0]
    assert len(one.seen("T0", 4)[0].turns) == len(one.turns) - 4


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """Messages and labels are enough; without a group each conversation stands alone, without an id it has its place."""
    (one,) = read_labelled([written(tmp_path, LINE)]).conversations
    assert (one.id, one.group, one.split, one.acts) == ("own:1", "own:1", "", False)
    assert one.seen("T1")[0].tiers == ["T0"]


def test_a_packed_file_reads_as_the_plain_one(tmp_path: Path) -> None:
    """`.gz` changes nothing."""
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(LINE) + "\n").encode()))
    assert read_labelled([path]).conversations[0].labels == {"loop": False}


def test_bad_lines_are_named_and_cost_no_other(tmp_path: Path) -> None:
    """No JSON, an unknown role, an unknown act, labels by turn that are too few: each with its line and cause."""
    role = {**LINE, "messages": [{"role": "parrot", "text": "hi"}]}
    act = {**LINE, "messages": [{"role": "customer", "text": "hi", "act": "SHOUT"}]}
    short = {**LINE, "labels": {"responsive_per_turn": [None]}}
    found = read_labelled([written(tmp_path, "{", role, act, short, LINE)])
    assert len(found.conversations) == 1
    assert [problem.line for problem in found.unread] == [1, 2, 3, 4]
    assert "role" in found.unread[1].message
    assert "SHOUT" in found.unread[2].message
    assert "each of the 2 messages" in found.unread[3].message


@pytest.mark.parametrize("content", ["", "[]\n", "{}\n"])
def test_a_file_without_any_labelled_conversation_is_refused(tmp_path: Path, content: str) -> None:
    """Nothing to measure is no measurement."""
    path = tmp_path / "empty.jsonl"
    path.write_text(content)
    with pytest.raises(InputError, match="no labelled conversation"):
        read_labelled([path])


def test_a_file_that_is_not_there_or_not_packed_is_refused(tmp_path: Path) -> None:
    """Missing, and named .gz without being so."""
    with pytest.raises(InputError, match="cannot be read"):
        read_labelled([tmp_path / "nowhere.jsonl"])
    path = tmp_path / "plain.jsonl.gz"
    path.write_text("{}")
    with pytest.raises(InputError, match="cannot be read"):
        read_labelled([path])


def test_an_ask_for_a_person_is_read_off_the_act(tmp_path: Path) -> None:
    """Acts label the turns that ask and those that say the need again; other speakers have no such label."""
    messages = [
        {"role": "customer", "text": "a human", "act": "ASK_HUMAN"},
        {"role": "bot", "text": "no"},
        {"role": "customer", "text": "still", "act": "RESTATE"},
    ]
    (one,) = read_labelled([written(tmp_path, {"messages": messages, "labels": {}})]).conversations
    assert one.labels["asks_for_person_per_turn"] == [True, None, False]
    assert one.labels["says_again_per_turn"] == [True, None, True]
