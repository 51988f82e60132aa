"""Message lists in the form of OpenAI's chat API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.logs.material import ASKED, MOVED, put, read, rejections, signals, spoken, transcripts, zipped


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ASKED),
        json.dumps(ASKED, indent=2),
        json.dumps([ASKED]),
        json.dumps([{"id": "a", "messages": ASKED}], indent=1),
        json.dumps({"messages": ASKED}),
        json.dumps({"messages": ASKED}, indent=1),
        json.dumps({"conversations": [{"messages": ASKED}]}),
        json.dumps({"messages": ASKED}) + "\n" + json.dumps({"messages": ASKED}) + "\n",
        json.dumps(ASKED) + "\n" + json.dumps(ASKED) + "\n",
        "\ufeff" + json.dumps({"messages": ASKED}) + "\r\n",
    ],
    ids=["list", "printed", "lists", "objects", "object", "printed-object", "holder", "lines", "bare-lines", "windows"],
)
def test_every_container_gives_the_same_conversation(tmp_path: Path, content: str) -> None:
    """A message list alone, in lists, in objects and in lines; gzipped too."""
    path = put(tmp_path, content)
    for file in (path, zipped(path)):
        for one in transcripts(found := read(file)):
            assert spoken(one) == [
                ("system", "You are a helpful bot."),
                ("customer", "Where is my parcel?"),
                ("bot", ""),
                ("system", ""),
                ("bot", "It is on its way."),
                ("customer", "Give me\na person."),
            ]
        assert len(found) == (2 if content.count("Where is") == 2 else 1)
        assert not rejections(found)


def test_a_turn_stands_where_its_message_stood(tmp_path: Path) -> None:
    """So that a score's turns are places in the log; what a tool returned is nobody's words."""
    (one,) = transcripts(read(put(tmp_path, [{"messages": MOVED}])))
    assert len(one.turns) == len(MOVED)
    assert signals(one) == [(2, "action", "get_order"), (6, "requested", "transfer_to_human_agents")]
    assert "Lyon" not in str(one)


@pytest.mark.parametrize(
    ("lines", "tools", "tiers"),
    [
        ([{"messages": ASKED}], (), [["T0"]]),  # calls were kept, and no tool that calls a person is known
        ([{"messages": MOVED}], (), [["T0", "T2"]]),
        ([{"messages": ASKED}, {"messages": MOVED}], (), [["T0", "T2"], ["T0", "T2"]]),  # known from further down
        ([{"messages": ASKED[:2]}, {"messages": MOVED}], (), [["T0"], ["T0", "T2"]]),  # were its calls kept?
        (
            [{"messages": ASKED[:2], "tools": [{"type": "function", "function": {"name": "request_human"}}]}],
            (),
            [["T0", "T2"]],
        ),
        ([{"messages": ASKED}], ("page_support",), [["T0", "T2"]]),  # whoever has the log says so
    ],
)
def test_a_handoff_is_observable_only_where_one_could_have_been(
    tmp_path: Path, lines: list[Any], tools: tuple[str, ...], tiers: list[list[str]]
) -> None:
    """Else a log that keeps no calls would look contained throughout."""
    assert [one.tiers for one in transcripts(read(put(tmp_path, lines), tools=tools))] == tiers


def test_a_named_tool_takes_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    """`--handoff-tool get_order` makes that call the request, and the usual name an action."""
    (one,) = transcripts(read(put(tmp_path, [{"messages": MOVED}]), tools=("get_order",)))
    assert [kind for _, kind, _ in signals(one)] == ["requested", "action"]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"role": "narrator", "content": "x"}, "message 1: unknown role 'narrator'; known are"),
        ({"role": "Maria Lopez", "content": "x"}, "message 1: unknown role (not shown: it may be a name)"),
        ({"content": "x"}, "message 1: no role"),
        ({"role": "user", "content": 5}, "message 1: content that is neither text nor a list of parts"),
        ("hello", "message 1 is no object"),
        ({"role": "user", "content": "  "}, "nobody says a word in it"),
    ],
)
def test_what_is_no_conversation_is_named_and_the_rest_is_read(tmp_path: Path, message: Any, reason: str) -> None:
    """One rejected, with its line; the next one is there."""
    found = read(put(tmp_path, [{"messages": ASKED}, {"messages": [message]}, {"messages": ASKED}]))
    assert len(transcripts(found)) == 2
    (wrong,) = rejections(found)
    assert wrong.place == 2
    assert wrong.reason.startswith(reason)


def test_other_spellings_of_calls_and_parts(tmp_path: Path) -> None:
    """`function_call`, parts of type `tool_use`, results of tools in the user's name, `from` and `value`."""
    lines = [
        {"from": "user", "value": "hello"},
        {"role": "assistant", "content": None, "function_call": {"name": "a", "arguments": ""}},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "so"}, {"type": "tool_use", "name": "b", "input": {}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "content": "secret"}]},
        {"role": "developer", "content": "be kind"},
    ]
    (one,) = transcripts(read(put(tmp_path, [{"messages": lines}])))
    assert [turn.speaker for turn in one.turns] == ["customer", "bot", "bot", "system", "system"]
    assert signals(one) == [(1, "action", "a"), (2, "action", "b")]
    assert "secret" not in str(one)


def test_a_broken_array_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    """Behind it nothing can be read, and that is said once."""
    content = json.dumps([{"messages": ASKED}] * 3, indent=1)
    found = read(put(tmp_path, content[: content.rindex('"role"')]))
    assert len(transcripts(found)) == 2
    (wrong,) = rejections(found)
    assert (wrong.unit, wrong.place) == ("item", 3)
    assert "nothing behind it can be read" in wrong.reason
