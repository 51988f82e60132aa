"""The server as a real process on a real socket, and its application called directly where a process adds nothing."""

from __future__ import annotations

import io
import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, parse_headers
from pathlib import Path
from typing import Any

import pytest

import simulator.bots
from simulator.bots.dials import make
from simulator.bots.in_process import ReferenceTarget
from simulator.bots.serve import BotServer, Message, Opening, RequestError, load_scenarios
from simulator.catalogue.target_file import read_target
from simulator.model.contracts import Reply, Say
from simulator.model.errors import InputError
from simulator.targets.http import HttpTarget
from tests.bots.scenes import CATALOGUE, DOCUMENTS, SCENARIOS, Stopwatch, case_of, talk

REFERENCE = Path(simulator.bots.__file__).with_name("reference.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenarios")
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


@contextmanager
def served(spec: str, folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server's process and its address, once it has said that it listens."""
    command = [sys.executable, "-m", "simulator.bots.serve", spec, "--scenarios", str(folder), *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def helpful(folder: Path) -> Iterator[str]:
    with served("helpful", folder) as (_, url):
        yield url


def ask(url: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, content, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else None


def application(spec: str = "helpful") -> BotServer:
    return BotServer(make(spec), CATALOGUE, sleep=lambda seconds: None)


def test_a_conversation_over_the_socket(helpful: str) -> None:
    """Open, talk, hand off, close."""
    status, opened = ask(helpful, "POST", "/sessions", {"scenario": "dead-router", "facts": {"customer": "C-1"}})
    assert (status, "person" in opened["greeting"]) == (201, True)
    messages = f"/sessions/{opened['session']}/messages"
    _, answer = ask(helpful, "POST", messages, {"text": "no internet"})
    assert (answer["ids"], answer["handoff"], answer["ticket"]) == (["ask:customer"], None, None)
    status, answer = ask(helpful, "POST", messages, {"text": "C-1, a person please"})
    assert status == 200
    assert answer["handoff"]["state"] == "requested"
    assert answer["handoff"]["packet"]["customer"] == "C-1"
    assert answer["ticket"] in answer["messages"][0]
    assert ask(helpful, "DELETE", f"/sessions/{opened['session']}")[0] == 204
    assert ask(helpful, "POST", messages, {"text": "hello?"})[0] == 404


def test_a_connection_is_kept_for_the_next_turn(helpful: str) -> None:
    """Two requests go over one socket."""
    connection = HTTPConnection(helpful.removeprefix("http://"), timeout=20)
    sockets = set()
    for _ in range(2):
        connection.request("GET", "/health")
        connection.getresponse().read()
        assert connection.sock is not None
        sockets.add(connection.sock.getsockname())
    connection.close()
    assert len(sockets) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/sessions/nobody/messages", {"text": "hi"}, 404, "no open session 'nobody'"),
        ("DELETE", "/sessions/nobody", None, 404, "no open session"),
        ("POST", "/sessions", {"scenario": "moon"}, 404, "unknown scenario 'moon'; this bot has dead-router"),
        ("POST", "/sessions", b"{not json", 400, "malformed"),
        ("POST", "/sessions", {"facts": {}}, 400, "missing required field `scenario`"),
        ("POST", "/sessions", {"scenario": "dead-router", "facts": {"customer": 1}}, 400, "Expected `str`"),
        ("POST", "/sessions", b'{"scenario": "\xff"}', 400, "UTF-8"),
        ("GET", "/sessions", None, 405, "GET is not possible"),
        ("GET", "/elsewhere", None, 404, "nothing at /elsewhere"),
        ("POST", "/sessions", b" " * 1_000_001, 413, "1000000 bytes"),
    ],
)
def test_a_wrong_request_gets_its_status_and_a_reason(
    helpful: str, method: str, path: str, body: Any, status: int, words: str
) -> None:
    """Errors are JSON with one sentence, never a traceback."""
    found, answer = ask(helpful, method, path, body)
    assert found == status
    assert words.lower() in answer["error"].lower()


def test_it_stops_when_its_stdin_closes(folder: Path) -> None:
    """With --follow-stdin the bot does not outlive its parent."""
    with served("looping:p=1", folder, "--follow-stdin") as (process, url):
        assert ask(url, "GET", "/health") == (200, {"bot": "looping", "sessions": 0})
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_it_stops_on_sigterm_without_a_word(folder: Path) -> None:
    """A closed stdin alone does not stop it, the signal does; nothing is written to stderr."""
    with served("helpful", folder) as (process, url):
        assert process.stdin is not None
        process.stdin.close()
        assert ask(url, "GET", "/health")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["loopin", "--scenarios", "."], "did you mean looping?"),
        (["looping", "--scenarios", "nowhere"], "there is no file or folder nowhere"),
        (["looping", "--scenarios", "simulator"], "no scenario found"),
    ],
)
def test_wrong_arguments_are_told_in_words(arguments: list[str], words: str) -> None:
    """Exit code 2 and one sentence on stderr."""
    command = [sys.executable, "-m", "simulator.bots.serve", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_every_broken_scenario_file_is_told(tmp_path: Path) -> None:
    """Two broken files are two files' problems."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("scenario: 1\nname: x\n")
    with pytest.raises(InputError) as caught:
        load_scenarios([tmp_path])
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def in_process(spec: str, scenario: str, texts: list[str], language: str = "en") -> list[Reply]:
    session = ReferenceTarget(spec, SCENARIOS, Stopwatch()).open(case_of(scenario, 3, language))
    assert session.greeting is not None
    return [session.greeting, *(session.send(Say((text,), "STATE", None)) for text in texts)]


def over_http(url: str, scenario: str, texts: list[str], language: str = "en") -> list[Reply]:
    spec, _ = read_target(REFERENCE, {"EXITRAMP_BOT_URL": url})
    target = HttpTarget(spec, Stopwatch())
    session = target.open(case_of(scenario, 3, language))
    assert session.greeting is not None
    replies = [session.greeting, *(session.send(Say((text,), "STATE", None)) for text in texts)]
    session.close()
    target.shut()
    return replies


def bare(replies: list[Reply]) -> list[Any]:
    """All but the times."""
    return [
        (reply.text, reply.speaker, reply.buttons, reply.ids, reply.closed, [(s.kind, s.detail) for s in reply.signals])
        for reply in replies
    ]


@pytest.mark.parametrize(
    "spec", ["helpful", "maze:asks=2", "dead_end", "dead_end:returned=1,after=1", "false_solved:p=1", "ordinary"]
)
def test_process_and_wire_say_the_same(spec: str, folder: Path) -> None:
    """The same case hears the same words, ids, buttons and signals, read off the wire by `reference.yaml`."""
    texts = ["no internet", "C-99120", "no", "a person please", "A PERSON", "hello?", "thanks"]
    with served(spec, folder) as (_, url):
        assert bare(over_http(url, "dead-router", texts)) == bare(in_process(spec, "dead-router", texts))


def test_process_and_wire_say_the_same_in_spanish(folder: Path) -> None:
    """The language travels with the opening."""
    texts = ["sin internet", "C-99120", "no", "quiero hablar con una persona", "gracias"]
    with served("helpful", folder) as (_, url):
        heard = over_http(url, "dead-router", texts, "es")
    assert bare(heard) == bare(in_process("helpful", "dead-router", texts, "es"))
    assert "número de cliente" in heard[1].text


def sent(connection: HTTPConnection, method: str, path: str, body: Any = None) -> None:
    connection.request(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"})


def burst(url: str, scenario: str, texts: list[str]) -> list[Any]:
    """The answers to messages of one session, each sent on a line of its own before any answer was read."""
    _, opened = ask(url, "POST", "/sessions", {"scenario": scenario, "case": f"{scenario}/anna/0", "seed": 7})
    with ExitStack() as opened_lines:
        waiting = []
        for text in texts:
            line = opened_lines.enter_context(closing(HTTPConnection(url.removeprefix("http://"), timeout=20)))
            sent(line, "POST", f"/sessions/{opened['session']}/messages", {"text": text})
            waiting.append((line.sock, line))
            ask(url, "GET", "/health")  # once this is answered the message has arrived
        answers = []
        while waiting:
            ready, _, _ = select.select([sock for sock, _ in waiting], [], [], 20)
            sock, line = waiting.pop(0)
            assert sock in ready, "a later message was answered before an earlier one"
            answers.append(json.loads(line.getresponse().read()))
    return answers


def test_a_burst_is_answered_message_by_message_in_order(folder: Path) -> None:
    """Four messages before the first answer get the four answers that they would get one by one."""
    texts = ["no internet", "C-99120", "no", "a person please"]
    with served("helpful:latency=0.1", folder) as (_, url):
        answers = burst(url, "dead-router", texts)
    one_by_one = talk("helpful", "dead-router", *texts)
    assert [answer["messages"] for answer in answers] == [answer.texts for answer in one_by_one]
    assert answers[3]["handoff"]["packet"]["customer"] == "C-99120"


def test_bursts_of_two_sessions_do_not_mix(folder: Path) -> None:
    """What one customer tells in a burst, the other's session does not know."""
    with served("helpful:latency=0.1", folder) as (_, url), ThreadPoolExecutor(2) as both:
        train, router = both.map(
            lambda scene: burst(url, *scene),
            [("late-train", ["cancelled", "TR-48213", "human"]), ("dead-router", ["hi", "C-99120", "human"])],
        )
    assert "platform 9" in train[1]["messages"][0]
    assert set(train[2]["handoff"]["packet"]) == {"booking", "problem", "platform", "leaves", "summary"}
    assert set(router[2]["handoff"]["packet"]) == {"customer", "summary"}


def test_two_requests_on_one_line_are_answered_in_turn(helpful: str) -> None:
    """A client may write the second request behind the first before it reads."""
    _, opened = ask(helpful, "POST", "/sessions", {"scenario": "dead-router"})
    host, port = helpful.removeprefix("http://").split(":")
    request = ""
    for text in ("no internet", "C-99120, a person please"):
        body = json.dumps({"text": text})
        head = f"POST /sessions/{opened['session']}/messages HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}"
        request += f"{head}\r\n\r\n{body}"
    with socket.create_connection((host, int(port)), timeout=20) as line, line.makefile("rb") as incoming:
        line.sendall(request.encode())
        answers = []
        for _ in range(2):
            incoming.readline()
            length = int(parse_headers(incoming)["Content-Length"])
            answers.append(json.loads(incoming.read(length)))
    assert [bool(answer["handoff"]) for answer in answers] == [False, True]


def test_idle_sessions_are_dropped() -> None:
    """Memory does not grow with customers that never said goodbye."""
    server = application()
    server.handle("POST", "/sessions", posted({"scenario": "dead-router"}))
    assert server.drop_idle(longest=3600) == 0
    assert server.drop_idle(longest=-1) == 1
    assert server.backend.live == 0
    with pytest.raises(RequestError, match="404"):
        server.handle("POST", "/sessions/s1/messages", posted({"text": "hi"}))


def test_an_overloaded_bot_answers_with_status_200() -> None:
    """It loops and is slow; the status says that all is well."""
    slept: list[float] = []
    server = BotServer(make("overloaded:n=0,slow=2.5"), CATALOGUE, slept.append)
    server.handle("POST", "/sessions", posted({"scenario": "dead-router"}))
    status, answer = server.handle("POST", "/sessions/s1/messages", posted({"text": "no internet"}))
    assert (status, slept) == (200, [2.5])
    assert answer is not None
    assert answer["ids"] == ["kb:wifi-tips"]


def posted(body: Any) -> dict[str, Any]:
    content = json.dumps(body).encode()
    return {"CONTENT_LENGTH": str(len(content)), "wsgi.input": io.BytesIO(content)}


def test_the_test_system_shows_what_was_done(helpful: str) -> None:
    """Of a case, from the action on and after the session; nothing of a case that nobody knows. It can only be read."""
    case = "cancel-order/anna/7"
    assert ask(helpful, "GET", f"/state/{case}") == (200, {"case": case, "actions": []})
    assert ask(helpful, "POST", f"/state/{case}", {})[0] == 405
    example = Path(__file__).parents[2] / "docs" / "cancel-order.yaml"
    server = BotServer(make("helpful"), load_scenarios([example]), sleep=lambda seconds: None)
    opened = server.open(Opening("cancel-order", case=case, facts={"order_number": "OR-1"}))
    texts = ("I ordered the same thing twice, please cancel one", "OR-1")
    done = [server.message(opened["session"], Message(text))["actions"] for text in texts]
    assert done == [[], ["cancel_order"]]
    server.handle("DELETE", f"/sessions/{opened['session']}", {})
    assert server.handle("GET", f"/state/{case}", {}) == (200, {"case": case, "actions": ["cancel_order"]})
