"""Normalised lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.scorers.stock import score
from tests.logs.material import put, read, rejections, spoken, transcripts
from tests.scorers.scenes import KETTLE

LOOP: list[dict[str, Any]] = [
    {"role": "customer", "text": "My kettle is broken", "act": "STATE", "need": "return_it", "time": 0},
    {"role": "bot", "text": "We are very sorry to hear about that kettle.", "time": 1},
    {"role": "customer", "text": "That did not help", "act": "RESTATE", "need": "return_it", "time": 20},
    {"role": "bot", "text": "We are very sorry to hear about that kettle.", "time": 21},
    {"role": "customer", "text": "Again, no", "act": "RESTATE", "need": "return_it", "time": 40},
    {"role": "bot", "text": "We are very sorry to hear about that kettle.", "time": 41},
]


def line(messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "id": "a/1",
        "source": "acme",
        "meta": {"leak": "the answer"},
        "labels": {"resolved": 1},
        "messages": messages,
        **more,
    }


def values(messages: list[dict[str, Any]], tmp_path: Path) -> dict[str, Any]:
    (one,) = transcripts(read(put(tmp_path, [line(messages)])))
    return {found.name: (found.value, found.reason) for found in score(one, KETTLE)}


def test_acts_make_a_log_as_good_as_ours_for_loops(tmp_path: Path) -> None:
    """Two cycles, confirmed; the time from the first reformulation to the end."""
    found = values(LOOP, tmp_path)
    assert found["loop"][0] == 1
    assert found["loop_time"][0] == pytest.approx(21.0)


def test_without_acts_no_loop_is_claimed(tmp_path: Path) -> None:
    """One customer turn without an act is enough: tier T0."""
    bare = [
        {key: value for key, value in one.items() if key != "act"} if place == 2 else one
        for place, one in enumerate(LOOP)
    ]
    assert values(bare, tmp_path)["loop"] == (None, "needs the customer's acts (T1)")


def test_without_times_nothing_is_timed(tmp_path: Path) -> None:
    """Not 0 seconds: None, and the reason; what needs no clock is measured all the same."""
    found = values([{key: value for key, value in one.items() if key != "time"} for one in LOOP], tmp_path)
    assert found["loop"][0] == 1
    for name in ("loop_time", "first_answer_time"):
        assert found[name] == (None, "the log gives no times")
    assert found["turn_latency"] == (None, "no reply has stamps")


def test_times_that_run_backwards_are_no_times(tmp_path: Path) -> None:
    """The words are scored, the clock is not believed; nor is one that is missing on a single message."""
    backwards = [{**one, "time": 100 - place} for place, one in enumerate(LOOP)]
    gap = [{**one, "time": None if place == 3 else place} for place, one in enumerate(LOOP)]
    for messages in (backwards, gap):
        found = values(messages, tmp_path)
        assert (found["loop"][0], found["loop_time"][0]) == (1, None)


def test_labels_and_meta_are_never_read(tmp_path: Path) -> None:
    """The same transcript with and without them."""
    bare = line(LOOP)
    del bare["meta"], bare["labels"]
    assert read(put(tmp_path, [line(LOOP)])) == read(put(tmp_path, [bare], "other"))


def test_an_act_that_is_none_rejects_the_conversation(tmp_path: Path) -> None:
    """Named with its message; a wrong truth is worse than none."""
    (wrong,) = rejections(read(put(tmp_path, [line([{"role": "customer", "text": "hi", "act": "SHOUT"}])]), "jsonl"))
    assert wrong.reason == "message 1: an act that is none of ours"


def test_the_language_is_heard_from_the_words(tmp_path: Path) -> None:
    """Or taken as stated."""
    said = [{"role": "customer", "text": "Wo ist mein Paket? Ich warte schon seit einer Woche."}]
    assert [one.language for one in transcripts(read(put(tmp_path, [line(said), line(said, language="en-GB")])))] == [
        "de",
        "en",
    ]
    assert spoken(transcripts(read(put(tmp_path, [line(said)])))[0])[0][0] == "customer"
