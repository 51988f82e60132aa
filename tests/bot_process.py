"""A bot that is none of ours: `python -m tests.bot_process MANNER` serves it on loopback until its stdin closes.

`acme` is a whole support bot with a key, sessions, several messages, buttons and hand-offs; the other manners break the wire
in one way each, the first line of stdout tells the port.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

from tests.runs import environment

KEY = "acme-key-7f3a9c51"
_wants_a_person = re.compile(r"person|human|agent|someone|somebody|call me|manager", re.IGNORECASE).search
_numbers = count(1)
_sessions: dict[str, int] = {}
_manner = "acme"


class Bot(BaseHTTPRequestHandler):
    """One request at a time, each in a thread."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        getattr(self, _manner)(asked)

    def acme(self, asked: dict[str, Any]) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self.answer(401, {"error": "no key"})
        if self.path == "/start":
            number = next(_numbers)
            if number == 4:  # a careless bot puts the key into its error
                return self.answer(500, {"error": f"cannot start with key {KEY}"})
            _sessions[f"s{number}"] = 0
            return self.answer(200, {"conversation": f"s{number}", "hello": "Hello, I am the ACME assistant, a bot."})
        name = asked["conversation"]
        _sessions[name] += 1
        if _wants_a_person(asked["text"]) or _sessions[name] >= 3:
            packet = {"summary": asked["text"], "turns": _sessions[name]}
            messages = ["I am putting you through to a colleague.", "Please stay with me."]
            return self.answer(200, {"messages": messages, "handoff": {"packet": packet, "queue": "support"}})
        buttons = [{"title": "Talk to a person", "payload": "a person please"}]
        return self.answer(200, {"messages": ["Thank you.", "What is your order number?"], "buttons": buttons})

    def fault(self, asked: dict[str, Any]) -> None:
        self.answer(500, {"error": "boom"})

    def busy(self, asked: dict[str, Any]) -> None:
        self.answer(429, {"error": "slow down"})

    def html(self, asked: dict[str, Any]) -> None:
        self.answer(200, b"<html><body>It works!</body></html>")

    def broken(self, asked: dict[str, Any]) -> None:
        self.answer(200, b'{"messages": ["hi"')

    def nothing(self, asked: dict[str, Any]) -> None:
        self.answer(200, [])

    def huge(self, asked: dict[str, Any]) -> None:
        self.answer(200, {"messages": ["x" * 10_000_000]})

    def cut(self, asked: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"messages": ')
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def mute(self, asked: dict[str, Any]) -> None:
        threading.Event().wait(30)

    def greets(self, asked: dict[str, Any]) -> None:
        if self.path == "/start":
            return self.answer(200, {"conversation": "s", "hello": "Hello!"})
        return self.answer(500, {"error": "boom"})

    def answer(self, status: int, document: Any) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving(manner: str) -> Iterator[str]:
    """The address of such a bot in a process of its own."""
    command = [sys.executable, "-m", "tests.bot_process", manner]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment({}), stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def target_file(folder: Path, name: str, url: str, *, session: bool = False) -> Path:
    """A target file for such a bot; `session`: one that opens sessions and wants a key."""
    known = "conversation: '{{conversation}}', " if session else ""
    lines = [
        "target: 1",
        f"name: {name}",
        f"base_url: {url}",
        f"turn: {{request: {{path: /say, json: {{{known}text: '{{{{text}}}}'}}}}}}",
        "reply: {texts: messages, buttons: buttons}",
        "timeouts: {connect_s: 2, first_byte_s: 0.5, turn_s: 2}",
    ]
    if session:
        lines += [
            "auth: {header: Authorization, value: 'Bearer ${ACME_KEY}'}",
            "session: {open: {request: {path: /start}, capture: {conversation: conversation}, greeting: hello}}",
            "handoff:",
            "  - {state: requested, when: handoff, context: handoff.packet, to: handoff.queue}",
        ]
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def main(manner: str) -> None:
    global _manner
    _manner = manner
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
