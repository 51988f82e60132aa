"""A chat completions endpoint that fails on demand, over real HTTP in a process of its own.

The model's name in a request says what happens, one word for each call of the same conversation, the last one for all
that follow: `429:1,ok` limits the first call with `Retry-After: 1` and answers the second. Words: ok (the draft said again),
one (the draft on one line), say:TEXT, 429:SECONDS (or 429:date:SECONDS, or 429 bare), quota, 500, 503, 400, 401, 404,
slow:SECONDS, cut, not_json, html, refused, filtered, no_choices, null, long, no_usage, param. What follows a `#` tells
conversations apart. `GET /calls` returns the bodies received so far and when.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

CALLS: list[dict[str, Any]] = []
_seen: dict[str, int] = {}
_lock = Lock()


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *given: object) -> None: ...

    def do_GET(self) -> None:
        self._answer(200, CALLS)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script = str(body["model"]).partition("#")[0].split(",")
        with _lock:
            place = _seen[body["model"]] = _seen.get(body["model"], -1) + 1
            CALLS.append({"at": time.monotonic(), "key": self.headers.get("Authorization"), **body})
        word, _, rest = script[min(place, len(script) - 1)].partition(":")
        self._do(word, rest, body)

    def _do(self, word: str, rest: str, body: dict[str, Any]) -> None:
        request = body["messages"][-1]["content"]
        draft = request.rsplit(":\n", 1)[-1]
        if word == "ok":
            self._say(draft.replace(" / ", "\n"))
        elif word == "one":
            self._say(draft.replace(" / ", " "))
        elif word == "say":
            self._say(rest.replace("|", "\n"))
        elif word == "long":
            self._say(draft, finish="length")
        elif word == "no_usage":
            self._answer(200, _completion(draft, "stop", usage=False))
        elif word == "slow":
            time.sleep(float(rest))  # the model's latency, which is what is tested
            self._say(draft)
        elif word == "refused":
            self._say(None, refusal="I cannot do that.")
        elif word == "filtered":
            self._say("", finish="content_filter")
        elif word == "null":
            self._say(None)
        elif word == "no_choices":
            self._answer(200, {"id": "x", "object": "chat.completion", "choices": []})
        elif word == "not_json":
            self._send(200, b'{"choices": [', "application/json")
        elif word == "html":
            self._send(200, b"<html>bad gateway</html>", "text/html")
        elif word == "cut":
            self._cut(draft)
        elif word in ("429", "503"):
            self._answer(int(word), {"error": {"code": "busy"}}, _retry_after(rest))
        elif word == "quota":
            self._answer(429, {"error": {"code": "insufficient_quota"}})
        elif word == "param" and "max_tokens" in body:
            self._answer(400, {"error": {"code": "unsupported_parameter", "param": "max_tokens"}})
        elif word == "param":
            self._say(draft)
        else:
            # A careless service repeats the key that it was given.
            key = self.headers.get("Authorization")
            self._answer(int(word), {"error": {"message": f"refused: {key}", "code": "invalid_api_key"}})

    def _say(self, text: str | None, finish: str = "stop", refusal: str | None = None) -> None:
        self._answer(200, _completion(text, finish, refusal))

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(body).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self, text: str) -> None:
        whole = json.dumps(_completion(text, "stop")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole[: len(whole) // 2])
        self.close_connection = True


def _completion(text: str | None, finish: str, refusal: str | None = None, usage: bool = True) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "stand-in",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage:
        body["usage"] = {"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320}
    return body


def _retry_after(rest: str) -> dict[str, str]:
    if rest.startswith("date:"):
        return {"Retry-After": formatdate(time.time() + float(rest.removeprefix("date:")), usegmt=True)}
    return {"Retry-After": rest} if rest else {}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


@contextmanager
def serving() -> Iterator[str]:
    """A server in a process of its own; gives its address."""
    command = [sys.executable, "-m", "tests.customers.model_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.terminate()


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Endpoint)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
