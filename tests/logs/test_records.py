"""Whatever is in a file: a transcript that every scorer can read, or a rejection that says why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.logs.conversation import Handoffs
from simulator.logs.detect import Format
from simulator.logs.source import Rejected
from simulator.model.transcript import Transcript
from simulator.scorers.stock import score
from tests.logs.material import ASKED, put, read, rejections, spoken, transcripts, zipped

DATA = Path(__file__).parents[2] / "../shared/data"
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=30)
KEYS = st.sampled_from(["type", "text", "name", "function"]) | ANY_TEXT
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(10**20), 10**20) | ANY_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "name"]) | ANY_TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["user", "assistant", "tool", "system", "human_agent", "?"]) | JSON,
        "content": ANY_TEXT | JSON,
        "text": ANY_TEXT,
        "tool_calls": JSON | st.just([{"name": "transfer_to_human"}]),
        "timestamp": st.sampled_from(["2025-01-01T00:00:00", "", "x", 5, -1e300, 1e18]) | JSON,
        "act": st.sampled_from(["STATE", "RESTATE", None]),
    },
)
CONVERSATION = st.fixed_dictionaries(
    {"messages": st.lists(MESSAGE | JSON, max_size=6)}, optional={"id": JSON, "tools": JSON, "language": JSON}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.lists(CONVERSATION | JSON, min_size=1, max_size=4), st.sampled_from(["openai", "tau", "jsonl"]))
def test_nothing_in_a_log_is_fatal(tmp_path: Path, lines: list[Any], stated: Format) -> None:
    """Every line is a transcript that can be stored and scored without a scorer failing, or a rejection with its place."""
    good = {"messages": [{"role": "user", "content": "hello", "text": "hello"}]}
    found = read(put(tmp_path, [good, *lines]), stated)
    assert len(found) == len(lines) + 1
    for one in found:
        if isinstance(one, Rejected):
            assert one.reason
            msgspec.json.encode(one)
            continue
        assert msgspec.json.decode(msgspec.json.encode(one), type=Transcript) == one
        assert [each for each in score(one, None) if each.reason.startswith("scorer failed")] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["openai", "tau", "jsonl", "exitramp"]))
def test_bytes_that_are_nothing_are_rejected_by_the_line(tmp_path: Path, content: bytes, stated: Format) -> None:
    """And a good line behind them is read."""
    good = json.dumps({"id": "g", "turns": [{"speaker": "customer", "text": "x"}], "ending": "limit", "ended": 0})
    good = (
        good
        if stated == "exitramp"
        else json.dumps({"messages": ASKED if stated != "jsonl" else [{"role": "user", "text": "x"}]})
    )
    path = put(tmp_path, b"# " + content.replace(b"[", b"(") + b"\n" + good.encode() + b"\n")
    assert len(transcripts(read(path, stated))) == 1


EDGES: list[tuple[str, list[dict[str, Any]]]] = [
    ("one speaker only", [{"role": "user", "content": "hello"}, {"role": "user", "content": "anybody?"}]),
    ("the bot alone", [{"role": "assistant", "content": "Welcome!"}]),
    ("a lone surrogate", [{"role": "user", "content": "so \ud83d sad"}, {"role": "assistant", "content": "\udc00"}]),
    ("right to left", [{"role": "user", "content": "אני רוצה לדבר עם אדם"}, {"role": "assistant", "content": "مرحبا"}]),
    ("emoji only", [{"role": "user", "content": "😡😡😡"}, {"role": "assistant", "content": "👍"}] * 3),
    (
        "a megabyte",
        [{"role": "user", "content": "lorem ipsum " * 90_000}, {"role": "assistant", "content": "x" * 1_000_000}],
    ),
    ("ten thousand turns", [{"role": "user", "content": "again"}, {"role": "assistant", "content": "Sorry?"}] * 5_000),
    (
        "mixed languages",
        [{"role": "user", "content": "Hola, wo ist my parcel?"}, {"role": "assistant", "content": "Não sei."}],
    ),
]


@pytest.mark.parametrize(("messages"), [pair[1] for pair in EDGES], ids=[pair[0] for pair in EDGES])
def test_odd_conversations_are_read_and_scored(tmp_path: Path, messages: list[dict[str, Any]]) -> None:
    """No scorer fails; what is read can be written."""
    (one,) = transcripts(read(put(tmp_path, [{"messages": messages}])))
    assert len(one.turns) == len(messages)
    assert msgspec.json.decode(msgspec.json.encode(one), type=Transcript) == one
    assert [each for each in score(one, None) if each.reason.startswith("scorer failed")] == []


def test_half_a_surrogate_pair_becomes_the_replacement_character(tmp_path: Path) -> None:
    """In lines and in lists, which other readers read."""
    messages = [{"role": "user", "content": "so \ud83d sad"}]
    for content in (json.dumps({"messages": messages}), json.dumps([messages], indent=1)):
        (one,) = transcripts(read(put(tmp_path, content)))
        assert spoken(one)[0][1] in ("so \ufffd sad", "so ? sad")


def test_a_gzipped_file_that_breaks_off_gives_what_was_whole(tmp_path: Path) -> None:
    """And says where."""
    packed = zipped(
        put(tmp_path, [{"messages": [*ASKED, {"role": "user", "content": str(n) * 50}]} for n in range(500)])
    )
    content = packed.read_bytes()
    packed.write_bytes(content[: len(content) * 2 // 3])
    found = read(packed)
    assert len(transcripts(found)) > 10
    (wrong,) = rejections(found)
    assert "broken from here on" in wrong.reason


def test_the_search_for_the_tool_sees_across_pieces(tmp_path: Path) -> None:
    """A name that stands on the border of two pieces of the file is found."""
    for shift in range(0, 40, 3):
        filler = "x" * (1024 * 1024 - 120 + shift)
        called = [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"name": "request_human"}]}]
        lines = [{"pad": filler, "messages": called}, {"messages": ASKED}]
        assert transcripts(read(put(tmp_path, lines)))[-1].tiers == ["T0", "T2"]


@pytest.mark.parametrize(("name", "count", "handed"), [("tau", 863, 204), ("dbdc3", 223, 0), ("betold", 1294, 0)])
def test_the_shared_logs_are_read_whole(name: str, count: int, handed: int) -> None:
    """As many conversations as their card says, gzipped, and every call of the hand-off tool."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"the shared logs are not at {DATA}")
    found = transcripts(read(path))
    assert len(found) == count
    asked = [any(one.kind == "requested" for turn in each.turns for one in turn.signals) for each in found]
    assert sum(asked) == handed


def test_a_log_is_heard_in_its_own_language(tmp_path: Path) -> None:
    """A German bot that calls a thing solved is understood without a scenario."""
    said = [
        {"role": "user", "content": "Mein Paket ist nicht da, können Sie mir bitte helfen?"},
        {"role": "assistant", "content": "Ihr Problem ist jetzt gelöst."},
    ]
    (one,) = transcripts(read(put(tmp_path, [{"messages": said}])))
    assert one.language == "de"
    assert next(each.value for each in score(one, None) if each.name == "claimed") == 1


MEASURED = """\
import sys
from pathlib import Path
from simulator.logs.detect import layout_of
from simulator.logs.records import handoffs_of, records
from simulator.logs.source import Source
source = Source(Path(sys.argv[1]))
layout = layout_of(source)
count = sum(1 for _ in records(source, layout, handoffs_of(source, layout, ())))
# Of this process alone; what getrusage tells was inherited from whoever started it.
status = Path("/proc/self/status").read_text()
print(count, status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.parametrize("form", ["lines", "array"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: str) -> None:
    """Eight times the file, the same peak; in a process of its own."""

    def peak(count: int) -> tuple[int, int]:
        one = json.dumps({"messages": [{"role": "user", "content": "where is it? " * 30}, *ASKED] * 4})
        content = (one + "\n") * count if form == "lines" else "[" + ",\n".join([one] * count) + "]"
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(put(tmp_path, content, str(count)))],
            capture_output=True,
            text=True,
            check=True,
        )
        found, kilobytes = map(int, done.stdout.split())
        return found, kilobytes

    small, large = peak(500), peak(4_000)
    assert (small[0], large[0]) == (500, 4_000)
    assert large[1] - small[1] < 6_000  # kB, where the larger file has 15 MB more


@pytest.mark.slow
def test_memory_does_not_grow_with_a_large_file(tmp_path: Path) -> None:
    """300 MB take no more than 30: read, not held."""
    one = (json.dumps({"messages": [{"role": "user", "content": "where is it? " * 30}, *ASKED] * 4}) + "\n").encode()
    peaks = []
    for megabytes in (30, 300):
        path = tmp_path / str(megabytes)
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(one * (2**20 // len(one)))
        done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[1]))
        path.unlink()
    assert peaks[1] - peaks[0] < 6_000  # kB


def test_a_tool_named_by_hand_is_believed(tmp_path: Path) -> None:
    """For conversations without any call too."""
    stated = Handoffs(frozenset({"x"}), stated=True)
    (one,) = transcripts(read(put(tmp_path, [{"messages": ASKED[:2]}]), handoffs=stated))
    assert one.tiers == ["T0", "T2"]
