"""Whole conversations over HTTP: opening, captures, greeting, several texts, buttons, hand-off, history."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.clock.wall import WallClock
from simulator.model.contracts import Button, Session
from simulator.model.errors import InputError, TargetFailed
from simulator.model.target import TargetSpec
from simulator.model.transcript import Signal
from simulator.targets.http import HttpTarget
from tests.targets.scripted import ScriptedBot, answer
from tests.targets.talks import CASE, HELLO, SECRET, say, spec, talking

FULL: dict[str, Any] = {
    "session": {
        "open": {
            "request": {
                "path": "/open",
                "json": {"case": "{{case}}", "facts": "{{facts}}", "truth": "{{truth}}", "scenario": "{{scenario}}"},
            },
            "capture": {"cid": "conversation.id"},
            "greeting": "greeting",
        },
        "close": {"request": {"method": "DELETE", "path": "/c/{{cid}}"}},
    },
    "turn": {
        "request": {
            "path": "/c/{{cid}}/turns",
            "headers": {"X-Message": "{{message_id}}"},
            "json": {"text": "{{text}}", "turn": "{{turn}}", "task": "{{task?}}", "press": "{{button?}}"},
        },
        "capture": {"task": "task"},
    },
    "reply": {
        "texts": "messages[].text",
        "buttons": "messages[].buttons[]",
        "ids": "ids",
        "actions": "actions[].name",
        "ticket": "ticket",
        "callback": "callback.at",
        "speaker": "from",
        "closed": "over",
        "error": "error",
    },
    "resolution": {"when": "solved"},
    "handoff": [{"state": "requested", "when": "handoff", "context": "handoff.packet", "to": "handoff.queue"}],
}
OPENED = {
    "conversation": {"id": 17},
    "greeting": ["Hi!", "I am a bot."],
    "messages": [{"buttons": [{"title": "A person"}]}],
}


def test_opening() -> None:
    """Opening tells the bot the case, keeps what it captures, and brings the greeting with its buttons."""
    with talking(answer(OPENED), answer({"messages": [{"text": "Sure."}]}), **FULL) as (session, bot):
        assert isinstance(session, Session)
        assert session.greeting is not None
        assert session.greeting.text == "Hi!\nI am a bot."
        assert session.greeting.buttons == (Button("A person", "A person"),)
        session.send(say())
        assert bot.received[0].json == {
            "case": "late-parcel/hurried/2",
            "facts": {"order": "AC-12345"},
            "truth": {"eta": "Friday"},
            "scenario": "late-parcel",
        }
        assert bot.received[1].path == "/c/17/turns"


def test_one_turn() -> None:
    """Several texts, buttons, ids and all kinds of signals come out of one answer, stamped on the session's clock."""
    document = {
        "from": "system",
        "messages": [
            {"text": "One moment.", "buttons": [{"title": "Yes", "payload": "/yes"}]},
            {"text": " ", "buttons": None},
            {"text": "A colleague takes over."},
        ],
        "ids": ["kb:17", 4],
        "actions": [{"name": "refund"}],
        "ticket": 812,
        "callback": {"at": "14:00"},
        "solved": True,
        "over": True,
        "handoff": {"queue": "parcels", "packet": {"order": "AC-12345"}},
    }
    clock = WallClock()
    with talking(answer(OPENED), answer(document), **FULL) as (session, _):
        sent = clock.now()
        reply = session.send(say())
    assert [part.text for part in reply.parts] == ["One moment.", "A colleague takes over."]
    assert (reply.speaker, reply.closed, reply.ids) == ("system", True, ("kb:17", "4"))
    assert reply.buttons == (Button("Yes", "/yes"),)
    assert reply.signals == (
        Signal("requested", reply.done, {"packet": {"order": "AC-12345"}, "queue": "parcels"}),
        Signal("action", reply.done, {"name": "refund"}),
        Signal("ticket", reply.done, {"reference": "812"}),
        Signal("callback", reply.done, {"reference": "14:00"}),
        Signal("claim_resolved", reply.done),
    )
    assert sent <= reply.first <= reply.done <= clock.now()


def test_turn_variables() -> None:
    """Turn number, captures of the turn before (null unsets) and a pressed button reach the bot; message ids differ."""
    words = {"messages": [{"text": "Go on."}]}
    answers = [answer(OPENED), answer(words | {"task": "t-1"}), answer(words), answer(words), answer({})]
    with talking(*answers, **FULL) as (session, bot):
        session.send(say("One"))
        session.send(say("Yes", button="/yes"))
        session.send(say("Three"))
        session.close()
        assert [request.json for request in bot.received[1:4]] == [
            {"text": "One", "turn": 1},
            {"text": "/yes", "turn": 2, "task": "t-1", "press": "/yes"},
            {"text": "Three", "turn": 3},
        ]
        assert len({request.headers["x-message"] for request in bot.received[1:4]}) == 3
        assert (bot.received[4].method, bot.received[4].path) == ("DELETE", "/c/17")
        assert {request.headers["authorization"] for request in bot.received} == {f"Bearer {SECRET}"}


def test_missing_capture() -> None:
    """A bot that opens a session without its id fails the first turn, and the message names the variable."""
    with talking(answer({}), **FULL) as (session, _), pytest.raises(TargetFailed) as caught:
        session.send(say())
    assert caught.value.cause == "error"
    assert "`cid`" in caught.value.detail


def test_missing_fact() -> None:
    """A scenario without the fact that the requests need is our input's mistake, found before anything is sent."""
    turn = {"request": {"path": "/chat", "json": {"account": "{{facts.account}}"}}}
    with pytest.raises(InputError, match="account"), talking(turn=turn):
        pass


@pytest.mark.parametrize(
    "fields",
    [
        {"session": {"id": "{{turn}}"}},
        {"session": {"open": {"request": {"path": "/", "json": "{{text}}"}}}},
        {"turn": {"request": {"path": "/", "json": "{{button}}"}}},
        {"turn": {"request": {"path": "/two words"}}},
        {"turn": {"request": {"path": "/", "headers": {"Content-Length": "5"}}}},
        {"auth": {"header": "Authorization", "value": f"Bearer {SECRET}\n"}},
        {"base_url": "ftp://x"},
        {"base_url": "http://x:port"},
    ],
)
def test_cannot_be_sent(fields: dict[str, Any]) -> None:
    """What could never be sent, or has no value yet where it stands, is refused at the start, without the key."""
    with pytest.raises(InputError) as caught:
        HttpTarget(spec("http://127.0.0.1:9", **fields), WallClock())
    assert SECRET not in str(caught.value)


def test_own_headers_win() -> None:
    """A request's own header replaces the common one of that name, whatever its case."""
    turn = {"request": {"path": "/", "headers": {"accept": "text/json", "Host": "bot.example"}}}
    with talking(answer(HELLO), turn=turn) as (session, bot):
        session.send(say())
        headers = bot.received[0].headers
        assert (headers["accept"], headers["host"]) == ("text/json", "bot.example")


def test_captures_keep_off_built_in_names() -> None:
    """A capture may take over the session's id, and no other built-in name."""
    turn = {"request": {"path": "/"}, "capture": {"session_id": "id"}}
    HttpTarget(spec("http://127.0.0.1:9", turn=turn), WallClock()).shut()
    with pytest.raises(InputError):
        HttpTarget(spec("http://127.0.0.1:9", turn=turn | {"capture": {"text": "id"}}), WallClock())


def test_silent_hand_off() -> None:
    """A hand-off without a word is no empty answer."""
    with talking(answer(OPENED), answer({"handoff": {}}), **FULL) as (session, _):
        reply = session.send(say())
    assert (reply.parts, [signal.kind for signal in reply.signals]) == ((), ["requested"])


def test_wait_passes_time() -> None:
    """Nothing arrives unasked on this wire."""
    with talking() as (session, _):
        assert session.wait(0.0) is None


RASA = """{
    "target": 1, "name": "rasa-rest", "base_url": "URL",
    "turn": {"request": {"path": "/webhooks/rest/webhook", "json": {"sender": "{{session_id}}", "message": "{{text}}"}}},
    "reply": {"texts": "[].text", "buttons": "[].buttons[].{title: title, payload: payload}", "empty": "silent"},
    "handoff": [
        {"state": "requested", "when": "[?custom.handoff_host!=null]", "to": "[].custom.handoff_host | [0]",
         "context": "[].custom | [0]"},
        {"state": "denied", "text": "(?i)can't (transfer|send) you"},
        {"state": "claimed", "text": "(?i)(try to|will|going to) transfer you|transferred to a human"}
    ]
}"""


def test_rasa_style() -> None:
    """A bot that answers with a list of messages: texts, silence, buttons, words about a hand-off, a hand-off."""
    script = [
        answer(
            [
                {"recipient_id": "x", "text": "Hi"},
                {"text": "More?", "buttons": [{"title": "Yes", "payload": "/affirm"}]},
            ]
        ),
        answer([]),
        answer([{"text": "Looks like you'll be transferred to a human, but I can’t transfer you."}]),
        answer([{"custom": {"handoff_host": "https://desk", "title": "Desk"}}]),
    ]
    with ScriptedBot(script) as bot:
        target = HttpTarget(msgspec.json.decode(RASA.replace("URL", bot.url + "/"), type=TargetSpec), WallClock())
        session = target.open(CASE)
        first, second, third, fourth = [session.send(say(f"Message {n}")) for n in range(4)]
        target.shut()
        assert len({request.json["sender"] for request in bot.received}) == 1
        assert bot.received[2].json["message"] == "Message 2"
    assert (first.text, first.buttons) == ("Hi\nMore?", (Button("Yes", "/affirm"),))
    assert (second.parts, second.signals) == ((), ())
    assert [signal.kind for signal in third.signals] == ["denied"]
    packet = {"handoff_host": "https://desk", "title": "Desk"}
    assert [(signal.kind, signal.detail) for signal in fourth.signals] == [
        ("requested", {"packet": packet, "queue": "https://desk"})
    ]


OPENAI = r"""{
    "target": 1, "name": "openai-chat", "base_url": "URL/v1",
    "auth": {"header": "Authorization", "value": "Bearer key-1234567"},
    "session": {"memory": "client"},
    "turn": {"request": {"path": "/chat/completions", "json": {"model": "bot", "messages": "{{history}}",
        "tools": [{"type": "function", "function": {"name": "transfer_to_human"}}]}}},
    "reply": {"texts": "choices[].message.content", "error": "error.message"},
    "handoff": [
        {"state": "requested",
         "when": "choices[].message.tool_calls[?contains(['transfer_to_human','handoff'], function.name)][]",
         "context": "choices[].message.tool_calls[0].function.arguments | from_json([0])"},
        {"state": "claimed", "text": "(?i)\\b(transferring|connecting) you (now )?to (a|an|our) (human|agent)"}
    ]
}"""


def completion(content: str | None, **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": content, **message}}]}


def test_openai_style() -> None:
    """A wire without memory is sent the whole history each turn; a tool call without words is a hand-off with packet."""
    call = {"function": {"name": "transfer_to_human", "arguments": '{"summary": "late parcel"}'}}
    script = [answer(completion("Which order?")), answer(completion(None, tool_calls=[call]))]
    with ScriptedBot(script) as bot:
        target = HttpTarget(msgspec.json.decode(OPENAI.replace("URL", bot.url), type=TargetSpec), WallClock())
        session = target.open(CASE)
        session.send(say("Late!"))
        reply = session.send(say("AC-12345"))
        target.shut()
        assert bot.received[1].path == "/v1/chat/completions"
        assert bot.received[1].json["messages"] == [
            {"role": "user", "content": "Late!"},
            {"role": "assistant", "content": "Which order?"},
            {"role": "user", "content": "AC-12345"},
        ]
    assert [(signal.kind, signal.detail) for signal in reply.signals] == [
        ("requested", {"packet": {"summary": "late parcel"}})
    ]


def test_sessions_do_not_mix() -> None:
    """Two sessions of a target share connections and nothing else."""
    with ScriptedBot([answer(HELLO)] * 4) as bot:
        turn = {"request": {"path": "/chat", "json": {"id": "{{session_id}}", "history": "{{history}}"}}}
        target = HttpTarget(spec(bot.url, turn=turn, session={"memory": "client"}), WallClock())
        one, two = target.open(CASE), target.open(CASE)
        for session in (one, two, one, two):
            session.send(say())
        target.shut()
        assert len({request.json["id"] for request in bot.received}) == 2
        assert [len(request.json["history"]) for request in bot.received] == [1, 1, 3, 3]
