"""What kind of log a file is, by its content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.logs.detect import Layout, layout_of
from simulator.logs.source import Source
from simulator.model.errors import InputError
from tests.logs.material import ASKED, put, zipped

OURS = {"id": "a", "turns": [{"speaker": "customer", "text": "x"}], "ending": "limit", "ended": 0}
NORMAL = {"id": "a", "messages": [{"role": "customer", "text": "x"}]}
SIMULATION = {"id": "s", "task_id": "1", "termination_reason": "user_stop", "messages": ASKED}
OLD = {"task_id": 1, "reward": 0.0, "info": {}, "traj": ASKED}
FAR = {"info": {"policy": "x" * 900_000}, "tasks": [{"x": "y" * 900_000}], "simulations": [SIMULATION]}
LONG = [{"role": "user", "content": "x" * 1_200_000}]


def found(tmp_path: Path, content: Any) -> Layout:
    text = content if isinstance(content, str) else json.dumps(content)
    path = put(tmp_path, text)
    layout = layout_of(Source(path))
    assert layout_of(Source(zipped(path))) == layout
    return layout


@pytest.mark.parametrize(
    ("content", "form", "items"),
    [
        (OURS, "exitramp", ""),
        (json.dumps(OURS) + "\n" + json.dumps(OURS), "exitramp", ""),
        (NORMAL, "jsonl", ""),
        ([NORMAL, NORMAL], "jsonl", "item"),
        ({"conversations": [NORMAL]}, "jsonl", "conversations.item"),
        ({"messages": ASKED}, "openai", ""),
        (ASKED, "openai", "item"),
        ([ASKED, ASKED], "openai", "item"),
        (json.dumps({"messages": ASKED}, indent=2), "openai", "messages.item"),
        ({"messages": LONG}, "openai", ""),
        (json.dumps({"messages": LONG}) + "\n" + json.dumps({"messages": ASKED}), "openai", ""),
        ([OLD], "tau", "item"),
        (json.dumps([OLD], indent=2), "tau", "item"),
        (OLD, "tau", ""),
        ({"info": {}, "tasks": [], "simulations": [SIMULATION]}, "tau", "simulations.item"),
        (FAR, "tau", "simulations.item"),
        (SIMULATION, "tau", ""),
        ("id,who,text,time\n1,a,b,c\n", "csv", ""),
        ("id;who;text\n1;a;b\n", "csv", ""),
    ],
)  # fmt: skip
def test_the_content_tells(tmp_path: Path, content: Any, form: str, items: str) -> None:
    """Format and where the conversations are; gzipped the same."""
    layout = found(tmp_path, content)
    assert (layout.format, layout.items) == (form, items)


def test_a_stated_format_is_believed(tmp_path: Path) -> None:
    """Even where the content looks like another."""
    source = Source(put(tmp_path, json.dumps(NORMAL)))
    assert layout_of(source, "openai").format == "openai"


@pytest.mark.parametrize("content", ["", "   \n", "hello\nworld\n", "x" * 50])
def test_what_tells_nothing_is_bad_input(tmp_path: Path, content: str) -> None:
    """With the file's name, and never another exception."""
    with pytest.raises(InputError, match="log"):
        layout_of(Source(put(tmp_path, content)))


@pytest.mark.parametrize("content", ['{"a": 1', '{"a": {"b": []}}', '{"a": 1}\n{"b": 2}'])
def test_json_that_holds_no_conversation_is_read_by_the_line(tmp_path: Path, content: str) -> None:
    """So that each bad line can be named."""
    assert layout_of(Source(put(tmp_path, content))).items == ""
