"""Every way a wire can fail is one named failure of the target, in bounded time, and leaves no stale connection."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from simulator.clock.wall import WallClock
from simulator.model.errors import TargetFailed
from simulator.targets.http import HttpTarget
from tests.targets.scripted import Action, ScriptedBot, answer, body, drip, flood, hang_up, raw, reset, silence
from tests.targets.talks import CASE, HELLO, SECRET, say, spec, talking


def failure(*script: Action, **changes: Any) -> TargetFailed:
    """How one turn against this script fails; the turn after it must find a clean connection and work."""
    with talking(*script, answer(HELLO), **changes) as (session, _):
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
        assert SECRET not in str(caught.value)
        assert session.send(say()).text == "Hello."
        return caught.value


def test_nobody_listening() -> None:
    """A closed port is `refused`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    session = HttpTarget(spec(f"http://127.0.0.1:{port}"), WallClock()).open(CASE)
    with pytest.raises(TargetFailed) as caught:
        session.send(say())
    assert caught.value.cause == "refused"


def test_unknown_host() -> None:
    """A name that cannot be resolved is `refused` and says so."""
    session = HttpTarget(spec("http://no-such-host.invalid", timeouts={"turn_s": 20}), WallClock()).open(CASE)
    with pytest.raises(TargetFailed) as caught:
        session.send(say())
    assert caught.value.cause == "refused"
    assert "no-such-host.invalid" in caught.value.detail


def test_opening_fails() -> None:
    """A session that cannot be opened fails as the target's failure."""
    opening = {"open": {"request": {"path": "/open"}, "capture": {"cid": "id"}}}
    with pytest.raises(TargetFailed) as caught, talking(answer({}, "503 Service Unavailable"), session=opening):
        pass
    assert (caught.value.cause, caught.value.detail) == ("status", "503 Service Unavailable")


def test_opening_shows_no_secret() -> None:
    """Neither the key nor what else the environment gave is in what an opening that fails says."""
    words = {"error": f"no room for {SECRET} in tenant-4711"}
    changes: dict[str, Any] = {
        "session": {"open": {"request": {"path": "/open", "json": {"room": "tenant-4711"}}}},
        "reply": {"texts": "reply", "error": "error"},
    }
    with ScriptedBot([answer(words, "403 Forbidden")]) as bot:
        target = HttpTarget(spec(bot.url, **changes), WallClock(), hidden={"tenant-4711"})
        with pytest.raises(TargetFailed) as caught:
            target.open(CASE)
        target.shut()
    assert caught.value.detail == "403 Forbidden: no room for *** in ***"


def test_silence() -> None:
    """No first byte within its limit is `timeout`."""
    failed = failure(silence)
    assert failed.cause == "timeout"
    assert "first byte" in failed.detail


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n"),
    ],
)
def test_drip(start: bytes, drop: bytes) -> None:
    """Bytes that keep coming for ever are ended by the limit of the whole turn, in the body and in the headers."""
    began = time.perf_counter()
    failed = failure(drip(start, drop))
    assert failed.cause == "timeout"
    assert "turn_s" in failed.detail
    assert time.perf_counter() - began < 9  # a drip that is not cut off lasts until the test gives up


def test_stalled_body() -> None:
    """A body that stops coming is ended by the limit of the whole turn."""

    def stall(connection: socket.socket, stop: Any) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
        return silence(connection, stop)

    assert failure(stall).cause == "timeout"


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        ("500 Internal Server Error", "500 Internal Server Error"),
        ("429 Too Many Requests", "429 Too Many Requests"),
        ("503 ", "503 Service Unavailable"),
        ("302 Found", "302 Found"),
        ("599 ", "599"),
    ],
)
def test_status(status: str, detail: str) -> None:
    """Anything but success is `status`, and a redirect is not followed: it could lead to a host nobody allowed."""
    failed = failure(answer(HELLO, status))
    assert (failed.cause, failed.detail) == ("status", detail)


def test_status_with_reason() -> None:
    """Where the error path finds words in a refusal they are shown, without the key that the bot echoes."""
    failed = failure(
        answer({"error": {"message": f"Incorrect API key {SECRET}"}}, "401 Unauthorized"),
        reply={"texts": "reply", "error": "error.message"},
    )
    assert failed.detail == "401 Unauthorized: Incorrect API key ***"


@pytest.mark.parametrize(
    "content",
    [b"<html><body>Bad gateway</body></html>", b'{"reply": ', b'{"reply": "\xff"}', b"[" * 50_000, b'{"reply": NaN}'],
)
def test_not_json(content: bytes) -> None:
    """HTML, torn JSON, bytes that are no UTF-8, bottomless nesting and NaN are `not_json`."""
    assert failure(body(content)).cause == "not_json"


@pytest.mark.parametrize("document", [[], {}, {"reply": ""}, {"reply": None}, {"reply": [" ", 7 > 8]}, None])
def test_nothing_said(document: object) -> None:
    """JSON without words is `empty`."""
    assert failure(answer(document)).cause == "empty"


def test_empty_body() -> None:
    """An empty body is an answer without words."""
    assert failure(raw(b"HTTP/1.1 204 No Content\r\n\r\n")).cause == "empty"


def test_silent_by_design() -> None:
    """Where the target says that an empty answer is a healthy silence, it is a reply without words."""
    with talking(answer([]), reply={"texts": "[].text", "empty": "silent"}) as (session, _):
        assert session.send(say()).parts == ()


def test_error_in_the_body() -> None:
    """A truthy error path fails the turn although the status was 200, in the bot's words."""
    failed = failure(
        answer({"error": {"message": "agent crashed\nat line 3"}}), reply={"texts": "reply", "error": "error.message"}
    )
    assert (failed.cause, failed.detail) == ("error", "agent crashed at line 3")


def test_too_large() -> None:
    """Ten megabytes are not read to the end: the connection is dropped."""
    assert failure(flood(10), timeouts={"turn_s": 5}).cause == "too_large"


def test_too_large_by_a_byte() -> None:
    """The limit is exact."""
    exact = b'{"reply": "' + b"a" * 2000
    with talking(body(exact + b'"}'), body(exact + b'a"}'), max_reply_bytes=len(exact) + 2) as (session, _):
        assert len(session.send(say()).text) == 2000
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
    assert caught.value.cause == "too_large"


@pytest.mark.parametrize(
    "data",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"reply": "Hel',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"rep',
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"reply": "Hello."}',
    ],
)
def test_cut(data: bytes) -> None:
    """A line cut in head, body or chunk, something that is not HTTP, and a wrong length are `cut`."""
    assert failure(raw(data, keep=False)).cause == "cut"


@pytest.mark.parametrize("ending", [hang_up, reset])
def test_hung_up_on_a_fresh_connection(ending: Action) -> None:
    """A server that hangs up on a fresh connection without an answer is `cut`, and is not asked twice."""
    with talking(ending, answer(HELLO)) as (session, bot):
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
        assert caught.value.cause == "cut"
        assert len(bot.received) == 1


def test_closed_between_turns() -> None:
    """A kept-alive connection that the server closed in the meantime is replaced, and the bot is not blamed."""
    with talking(answer(HELLO, keep=False), answer(HELLO)) as (session, bot):
        session.send(say())
        time.sleep(0.1)  # lets the close arrive
        assert session.send(say()).text == "Hello."
        assert (bot.connections, len(bot.received)) == (2, 2)


@pytest.mark.parametrize("ending", [hang_up, reset])
def test_closed_under_our_hands(ending: Action) -> None:
    """The server closes a kept-alive connection just as the request arrives: asked once more on a fresh connection."""
    with talking(answer(HELLO), ending, answer(HELLO)) as (session, bot):
        session.send(say())
        assert session.send(say()).text == "Hello."
        assert bot.connections == 2


def test_dead_behind_a_kept_connection() -> None:
    """Asked once more, not for ever: if the fresh connection is hung up on as well, the turn is `cut`."""
    with talking(answer(HELLO), hang_up, hang_up, answer(HELLO)) as (session, bot):
        session.send(say())
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
        assert caught.value.cause == "cut"
        assert len(bot.received) == 3


def test_half_an_answer_on_a_kept_connection() -> None:
    """Once a byte of the answer has arrived the request is never sent again."""
    with talking(answer(HELLO), raw(b"HTTP/1.1 200 OK\r\nConte", keep=False), answer(HELLO)) as (session, bot):
        session.send(say())
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
        assert caught.value.cause == "cut"
        assert len(bot.received) == 2


def test_stale_bytes() -> None:
    """What a server sends beyond its answer is never read as the next one."""
    surplus = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"reply": "Old"}'

    def late(connection: socket.socket, stop: Any) -> bool:
        connection.sendall(surplus)
        time.sleep(0.05)
        connection.sendall(surplus.replace(b"Old", b"Bad"))
        return True

    with talking(late, answer(HELLO)) as (session, bot):
        assert session.send(say()).text == "Old"
        time.sleep(0.2)  # lets the surplus arrive
        assert session.send(say()).text == "Hello."
        assert bot.connections == 2


def test_lone_surrogates() -> None:
    """Half a surrogate pair, which no UTF-8 text can carry, becomes the replacement character."""
    with talking(body(b'{"reply": ["a\\ud800b", "\\ud83d\\ude00"]}')) as (session, _):
        assert [part.text for part in session.send(say()).parts] == ["a\ufffdb", "\U0001f600"]


def test_keeps_alive() -> None:
    """Healthy turns share one connection."""
    with talking(*[answer(HELLO)] * 5) as (session, bot):
        for _ in range(5):
            session.send(say())
        assert {request.connection for request in bot.received} == {1}


def test_server_wants_to_close() -> None:
    """`Connection: close` and HTTP/1.0 without a length are honest answers."""
    close = b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 19\r\n\r\n{"reply": "Hello."}'
    old = b'HTTP/1.0 200 OK\r\n\r\n{"reply": "Hello."}'
    with talking(raw(close, keep=False), raw(old, keep=False), answer(HELLO)) as (session, _):
        assert [session.send(say()).text for _ in range(3)] == ["Hello."] * 3


def test_failing_close_is_ignored() -> None:
    """A close request that fails harms nobody."""
    closing = {"close": {"request": {"path": "/close"}}}
    with talking(answer({}, "500 Oops"), session=closing) as (session, bot):
        session.close()
        session.close()
        assert [request.path for request in bot.received] == ["/close"]


def test_observed() -> None:
    """Every request is reported under the template of its path, failures with their exception."""
    seen: list[tuple[str, str, int, str]] = []
    with ScriptedBot([answer(HELLO), answer(HELLO, "500 Oops")]) as bot:
        turn = {"request": {"path": "/chat/{{session_id}}"}}
        target = HttpTarget(
            spec(bot.url, turn=turn), WallClock(), lambda m, n, ms, size, error: seen.append((m, n, size, str(error)))
        )
        session = target.open(CASE)
        session.send(say())
        with pytest.raises(TargetFailed):
            session.send(say())
        target.shut()
    assert seen == [
        ("POST", "/chat/{{session_id}}", 19, "None"),
        ("POST", "/chat/{{session_id}}", 19, "status: 500 Oops"),
    ]
