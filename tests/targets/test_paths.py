"""Compiled paths mean exactly what jmespath means."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.model.errors import InputError
from simulator.targets.paths import FUNCTIONS, compile_path, from_json, holds

KEYS = st.sampled_from(["a", "b", "c", "text"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x", "y", 1.0, 0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=20,
)
STEPS = st.sampled_from(
    [".a", ".b", ".text", "[0]", "[-1]", "[]", "[*]", "[?a]", "[?a == `1`].b", "[1:]", ".*", " | [0]"]
)
CHAINS = st.builds(lambda first, rest: first + "".join(rest), KEYS | st.just("@"), st.lists(STEPS, max_size=4))
EXPRESSIONS = CHAINS | st.sampled_from(
    [
        "[].text",
        "[?a.b!=null]",
        "a || b && c || !a",
        "!a",
        "[a, b.c][] | [?@]",
        "{x: a, y: b[].c}",
        "[].{t: text, n: a}",
        "a[?b == 'x' && c != `0`].text",
        "a == `true`",
        "[?a > `0`]",
        "[?a <= b]",
        "length(@)",
        "not_null(a, b)",
        "a[].keys(@)",
        "sort_by([?type(a) == 'number'], &a)[].b",
        "a[?contains(['x', 'y'], text)][]",
        "a != `null` && b || `null`",
    ]
)


@given(EXPRESSIONS, DOCUMENTS)
def test_equals_jmespath(expression: str, document: Any) -> None:
    """The compiled path and the interpreter agree on every document that the interpreter accepts."""
    options = jmespath.Options(custom_functions=FUNCTIONS)
    try:
        expected = jmespath.search(expression, document, options)
    except (jmespath.exceptions.JMESPathError, TypeError):
        compile_path(expression)(document)  # a function or comparison met a wrong type: ours may not raise
        return
    found = compile_path(expression)(document)
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"a": [1]}', {"a": [1]}),
        (['{"a": 1}', "no", '"\\ud800"'], [{"a": 1}, None, "\ufffd"]),
        ("{", None),
        ("", None),
        (5, None),
        (None, None),
        ({"already": 1}, {"already": 1}),
    ],
)
def test_from_json(value: Any, expected: Any) -> None:
    """A JSON text gives its value, a list of them a list, anything else null."""
    assert from_json(value) == expected
    assert compile_path("from_json(@)")(value) == expected


def test_tool_arguments() -> None:
    """The arguments of a tool call, JSON inside JSON, can be reached and gone into."""
    path = compile_path("calls[].function.arguments | from_json([0]).summary")
    assert path({"calls": [{"function": {"arguments": '{"summary": "late parcel"}'}}]}) == "late parcel"
    assert path({"calls": []}) is None


@pytest.mark.parametrize("expression", ["a.[", "a..b", "", "nope(a)", "length(a, b)", "contains(a)"])
def test_not_jmespath(expression: str) -> None:
    """A mistake in a path, an unknown function and a wrong number of arguments are found before the run."""
    with pytest.raises(InputError) as caught:
        compile_path(expression, "reply.texts")
    assert caught.value.problems[0].field == "reply.texts"


@pytest.mark.parametrize(
    ("value", "expected"), [(None, 0), (False, 0), ([], 0), ("", 0), ({}, 1), (0, 1), ([{}], 1), ("x", 1)]
)
def test_holds(value: Any, expected: int) -> None:
    """An empty object counts: a hand-off without metadata is still a hand-off."""
    assert holds(value) is bool(expected)
