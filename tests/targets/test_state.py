"""The company's test system on a real socket: what it answers is kept as it came, what it does not is kept with its cause."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from simulator.clock.wall import WallClock
from simulator.model.errors import InputError
from simulator.model.plan import Case
from simulator.model.scenario import Fact, Need, Resolution, Scenario, StateProbe, Truth
from simulator.model.transcript import Probed
from simulator.targets.http import HttpTarget
from simulator.targets.state import LARGEST_VALUE, StateReader
from tests.targets.scripted import Action, ScriptedBot, answer, body, hang_up, silence
from tests.targets.talks import CASE, HELLO, SECRET, say, spec

OPEN, CANCELLED = answer({"status": "open"}), answer({"status": "cancelled"})
PROBE = {"path": "/orders/{{order}}", "value": "status", "equals": "cancelled"}


def scenario(probe: Mapping[str, Any]) -> Scenario:
    """A late parcel whose order is to be cancelled, as its test system must show."""
    state = msgspec.convert(probe, StateProbe)
    return Scenario(
        1,
        CASE.scenario,
        facts={"order": Fact("identity", "AC-{{digits:5}}")},
        truth={"eta": Truth("Friday")},
        needs=[Need("cancel_it", Resolution(probe=state))],
    )


@contextmanager
def reading(
    *script: Action, probe: Mapping[str, Any] = PROBE, **target: Any
) -> Iterator[tuple[StateReader, ScriptedBot]]:
    """A reader of a test system that answers from a script."""
    with ScriptedBot(script) as system:
        asked = scenario(probe)
        reader = StateReader(spec(system.url, **target), {asked.name: asked}, WallClock())
        try:
            yield reader, system
        finally:
            reader.shut()


def read(*script: Action, case: Case = CASE, **more: Any) -> Probed:
    """What is read at the end."""
    with reading(*script, **more) as (reader, _):
        (found,) = reader.read(case, "after")
        return found


def test_what_came_is_kept_with_what_was_expected() -> None:
    """The value, the status, the need and the moment, and one request."""
    with reading(OPEN) as (reader, system):
        (found,) = reader.read(CASE, "before")
    assert (found.need, found.when, found.value, found.expected) == ("cancel_it", "before", "open", ["cancelled"])
    assert (found.status, found.cause, found.reads, found.holds) == (200, "", 1, False)
    assert [(one.method, one.path) for one in system.received] == [("GET", "/orders/AC-12345")]


def test_the_state_that_was_wanted_holds() -> None:
    """The same value."""
    assert read(CANCELLED).holds is True


@pytest.mark.parametrize(
    ("came", "wanted", "holds"),
    [
        (1, {"equals": 1}, True),
        (1.0, {"equals": 1}, True),
        (1, {"equals": "1"}, False),
        (True, {"equals": 1}, False),
        (1, {"equals": True}, False),
        (None, {"equals": None}, True),
        (False, {"equals": None}, False),
        ("closed", {"one_of": ["cancelled", "closed"]}, True),
        ("open", {"one_of": ["cancelled", "closed"]}, False),
        ("AC-12345", {"equals": "{{order}}"}, True),
        ("AC-12345 by Friday", {"equals": "{{facts.order}} by {{eta}}"}, True),
        (["cancelled"], {"equals": "cancelled"}, False),
    ],
)
def test_values_are_compared_by_type(came: Any, wanted: Mapping[str, Any], holds: bool) -> None:
    """Text is not a number, 1 is not true, null is a value; a template is filled first."""
    probe = {"path": "/", "value": "it", **wanted}
    assert read(answer({"it": came}), probe=probe).holds is holds


@pytest.mark.parametrize(("came", "holds"), [(20, True), (20.0, True), ("20", True), (21, False), (True, False)])
def test_a_fact_is_a_number_where_the_answer_is_one(came: Any, holds: bool) -> None:
    """Facts are text, and `{{amount}}` is to be compared with 20 as people mean it."""
    case = msgspec.structs.replace(CASE, facts={"order": "20"})
    probe = {"path": "/", "value": "it", "equals": "{{order}}"}
    assert read(answer({"it": came}), case=case, probe=probe).holds is holds


def test_names_in_the_path_are_filled_and_escaped() -> None:
    """Facts and truths by their name alone, and the case; a slash within a value is no part of the path."""
    probe = {**PROBE, "path": "/{{order}}/{{truth.eta}}?case={{case}}", "headers": {"X-Case": "{{case.id}}"}}
    case = msgspec.structs.replace(CASE, facts={"order": "A/1 2"})
    with reading(OPEN, probe=probe) as (reader, system):
        reader.read(case, "before")
    assert system.received[0].path == "/A%2F1%202/Friday?case=late-parcel%2Fhurried%2F2"
    assert system.received[0].headers["x-case"] == "c-0007"


def test_the_bots_key_goes_to_the_bots_address_only() -> None:
    """With an address of its own a test system gets its own key or none."""
    with reading(OPEN) as (reader, system):
        reader.read(CASE, "before")
    assert system.received[0].headers["authorization"] == f"Bearer {SECRET}"
    for own, expected in ((None, None), ({"header": "X-Key", "value": "own-key-123"}, "own-key-123")):
        with ScriptedBot([OPEN]) as system:
            made = spec("http://127.0.0.1:1", test_system={"base_url": f"{system.url}/v2", "auth": own})
            reader = StateReader(made, {CASE.scenario: scenario(PROBE)}, WallClock())
            reader.read(CASE, "before")
            reader.shut()
        assert system.received[0].path == "/v2/orders/AC-12345"
        assert "authorization" not in system.received[0].headers
        assert system.received[0].headers.get("x-key") == expected


@pytest.mark.parametrize(
    ("action", "cause", "status", "words"),
    [
        (answer({"status": "cancelled"}, "500 Internal Server Error"), "status", 500, "500 Internal Server Error"),
        (answer({}, "404 Not Found"), "status", 404, "404 Not Found"),
        (body(b"<html>login</html>"), "not_json", 200, "not JSON: HTML"),
        (body(b""), "not_json", 200, "not JSON"),
        (body(b'{"status": '), "not_json", 200, "not JSON"),
        (answer({"status": "x" * LARGEST_VALUE}), "too_large", 200, "single state"),
        (hang_up, "cut", 0, "without an answer"),
        (silence, "timeout", 0, "test_system.timeout_s"),
    ],
)
def test_what_cannot_be_read_says_why(action: Action, cause: str, status: int, words: str) -> None:
    """No value and nobody's failure but the test system's, so that it holds neither way."""
    found = read(action, test_system={"timeout_s": 0.2})
    assert (found.cause, found.status, found.value, found.holds) == (cause, status, None, None)
    assert words in found.detail


def test_nobody_listening_is_refused() -> None:
    """The cause that a report counts by."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    reader = StateReader(spec(url), {CASE.scenario: scenario(PROBE)}, WallClock())
    assert [one.cause for one in reader.read(CASE, "before")] == ["refused"]


def test_what_is_not_there_may_be_a_state() -> None:
    """404 is null where the probe says that the thing may be absent, and a failure elsewhere."""
    gone = {"path": "/orders/{{order}}", "value": "status", "equals": None, "may_be_absent": True}
    found = read(answer({"error": "none"}, "404 Not Found"), probe=gone)
    assert (found.cause, found.value, found.holds, found.status) == ("", None, True, 404)
    assert read(answer({}, "503 Service Unavailable"), probe=gone).cause == "status"


def test_a_state_that_takes_a_moment_is_asked_for_again() -> None:
    """Until it is so; what failed on the way is asked again as well, and all requests are counted."""
    busy = answer({}, "503 Service Unavailable")
    found = read(OPEN, busy, CANCELLED, OPEN, probe={**PROBE, "within_s": 30})
    assert (found.value, found.reads, found.holds) == ("cancelled", 3, True)


def test_asking_again_has_an_end() -> None:
    """At the latest after `within_s`; the last answer is what counts. Before the conversation it is asked once."""
    with reading(*[OPEN] * 9, probe={**PROBE, "within_s": 0.4}) as (reader, _):
        (before,), (after,) = reader.read(CASE, "before"), reader.read(CASE, "after")
    assert (before.reads, after.value, after.holds) == (1, "open", False)
    assert after.reads > 1
    assert after.seconds >= 0.4


def test_no_key_is_kept() -> None:
    """Not where the test system puts it into its error, and not where it puts it into the value."""
    found = read(answer({"status": f"owner {SECRET}"}))
    assert SECRET not in json.dumps(msgspec.to_builtins(found))
    refused = read(body(b"x", f"403 {SECRET}"))
    assert (refused.cause, SECRET in refused.detail) == ("status", False)


def test_scenarios_without_a_probe_ask_nothing() -> None:
    """Not one request."""
    with reading() as (reader, system):
        assert reader.read(msgspec.structs.replace(CASE, scenario="another"), "after") == []
    assert system.received == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "status["}, "needs[0].resolution.probe.value"),
        ({"path": "/a b"}, "needs[0].resolution.probe.path"),
        ({"path": "/{{ordr}}"}, "needs[0].resolution.probe.path"),
        ({"equals": "{{ordr}}"}, "needs[0].resolution.probe.equals"),
        ({"headers": {"a b": "c"}}, "needs[0].resolution.probe.headers.a b"),
    ],
)
def test_a_slip_is_told_before_anything_is_sent(change: Mapping[str, Any], field: str) -> None:
    """With the scenario and the field."""
    with pytest.raises(InputError) as caught:
        StateReader(spec("http://127.0.0.1:1"), {CASE.scenario: scenario({**PROBE, **change})}, WallClock())
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == ("scenario late-parcel", field)


def test_it_is_read_after_the_set_up_and_before_the_reset() -> None:
    """Set up, look, open, talk, look, close, reset: the state that is found is the one the customer met and left."""
    ok = answer({})
    arranged = {
        "setup": {"request": {"path": "/setup"}},
        "reset": {"request": {"path": "/reset"}},
        "session": {"open": {"request": {"path": "/open"}}, "close": {"request": {"path": "/close"}}},
    }
    with ScriptedBot([ok, OPEN, ok, answer(HELLO), CANCELLED, ok, ok]) as bot:
        made, clock = spec(bot.url, **arranged), WallClock()
        target = HttpTarget(made, clock, state=StateReader(made, {CASE.scenario: scenario(PROBE)}, clock))
        session = target.open(CASE)
        session.send(say())
        probed = session.probed()
        session.close()
        target.shut()
    paths = [one.path for one in bot.received]
    assert paths == ["/setup", "/orders/AC-12345", "/open", "/chat", "/orders/AC-12345", "/close", "/reset"]
    assert [(one.when, one.value) for one in probed] == [("before", "open"), ("after", "cancelled")]
