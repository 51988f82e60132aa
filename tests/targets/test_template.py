"""Request templates: what is filled, what keeps its type, what is dropped, what is refused."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.model.errors import InputError
from simulator.model.target import Request
from simulator.targets.template import Names, RequestTemplate, UnsetError, compile_json, compile_text

SCOPE: dict[str, Any] = {
    "text": "It's 5 o'clock",
    "turn": 2,
    "history": [{"role": "user", "content": "Hi"}],
    "facts": {"order": "AC-1", "card-end": "42"},
    "truth": {},
    "persona": "hurried",
    "case": "s/p/1",
    "case.id": "c-0001",
    "cid": "a/b c",
    "task": None,
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(alphabet='ab{} "\\é', max_size=6).filter(lambda t: "{{" not in t),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def filled(template: Any) -> Any:
    names = Names({"cid", "task"})
    return json.loads(msgspec.json.encode(compile_json(template, names)(SCOPE)))


def request(**fields: Any) -> str:
    return (
        RequestTemplate(msgspec.convert(fields, Request), Names({"cid", "task"}), "turn.request").fill(SCOPE).decode()
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{text}}", "It's 5 o'clock"),
        ("say: {{ text }}!", "say: It's 5 o'clock!"),
        ("{{turn}}", 2),
        ("turn {{turn}}", "turn 2"),
        ("{{history}}", [{"role": "user", "content": "Hi"}]),
        ("{{facts}}", {"order": "AC-1", "card-end": "42"}),
        ("{{facts.order}}/{{facts.card-end}}", "AC-1/42"),
        ("{{persona.name}} {{case.key}} {{case.id}}", "hurried s/p/1 c-0001"),
        ({"a": "{{task?}}", "b": 1, "c": ["{{task?}}", "{{turn}}"]}, {"b": 1, "c": [2]}),
        ({"a": {"b": "x{{task?}}y"}}, {"a": {"b": "xy"}}),
        ({"deep": [{"x": ["{{turn}}", {"y": None}]}]}, {"deep": [{"x": [2, {"y": None}]}]}),
    ],
)
def test_fills(template: Any, expected: Any) -> None:
    """A value alone keeps its type, a value in a text becomes text, an unset `?` disappears."""
    assert filled(template) == expected


@given(JSON)
def test_static_parts_stay(template: Any) -> None:
    """What holds no variable is sent as it stands, beside a variable too."""
    assert filled(template) == template
    assert filled({"static": template, "turn": "{{turn}}"}) == {"static": template, "turn": 2}


def test_keeps_the_order_of_keys() -> None:
    """Keys go out in the order of the file: some gateways sign it."""
    fill = compile_json({"z": 1, "a": "{{turn}}", "b": [1]}, Names())
    assert msgspec.json.encode(fill(SCOPE)) == b'{"z":1,"a":2,"b":[1]}'


@pytest.mark.parametrize("name", ["txt", "text.length", "persona.age", "facts_order", "cursor", "case.secret"])
def test_unknown_variable(name: str) -> None:
    """A name that nothing can ever set is refused before anything is sent, with its place."""
    with pytest.raises(InputError) as caught:
        compile_json({"a": ["{{" + name + "}}"]}, Names({"cid"}), "turn.request.json")
    assert caught.value.problems[0].field == "turn.request.json.a[0]"
    assert name in caught.value.problems[0].message


@pytest.mark.parametrize("template", ["{{}}", "{{x|upper}}", "{{text}", "{{ {{text}} }}"])
def test_broken_placeholder(template: str) -> None:
    """Two braces that open no variable are refused rather than sent to the bot."""
    with pytest.raises(InputError):
        compile_text(template, Names())


def test_unset_variable() -> None:
    """A variable without `?` that has no value stops the request and says which."""
    with pytest.raises(UnsetError, match="task"):
        filled("{{task}}")


def test_fresh_values() -> None:
    """A uuid is new at every place; the clock's two forms are a number and a text."""
    first, second, milliseconds, iso = filled(["{{uuid}}", "{{uuid}}", "{{now_ms}}", "{{now_iso_ms}}"])
    assert first != second
    assert milliseconds > 1.7e12
    assert iso.endswith("Z")
    assert len(iso) == 24


def test_path_is_escaped() -> None:
    """A value in a path can neither add a segment nor a query."""
    assert request(path="/c/{{cid}}?w={{task?}}").startswith("POST /c/a%2Fb%20c?w= HTTP/1.1\r\n")


def test_headers() -> None:
    """Headers are filled, dropped when unset, and can start no header of their own."""
    names = Names({"evil", "gone"})
    headers = {"X-Evil": "{{evil}}", "X-Gone": "{{gone?}}", "X-Turn": "{{turn}}"}
    template = RequestTemplate(Request("/", headers=headers), names, "turn.request")
    sent = template.fill({**SCOPE, "evil": "a\r\nX-Admin: 1\ud800"}).decode()
    assert sent == "POST / HTTP/1.1\r\nX-Evil: a??X-Admin: 1?\r\nX-Turn: 2\r\nContent-Length: 0\r\n\r\n"


def test_unsendable_header() -> None:
    """A header that HTTP cannot carry is refused at once."""
    with pytest.raises(InputError):
        request(path="/", headers={"X-Bad": "a\nb"})


def test_get_has_no_body() -> None:
    """A GET without JSON announces no body."""
    assert request(path="status", method="GET") == "GET /status HTTP/1.1\r\n\r\n"
