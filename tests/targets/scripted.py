"""A bot on a raw socket that answers from a script, byte for byte: what no web framework would let us send."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple

Action = Callable[[socket.socket, threading.Event], bool]
"""Answers one request; True keeps the connection for the next one."""


class Received(NamedTuple):
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedBot:
    """Listens on loopback, answers the n-th request with the n-th line of the script, remembers what it was sent."""

    def __init__(self, script: Iterable[Action]) -> None:
        self._script = list(script)
        self.received: list[Received] = []
        self.connections = 0
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> ScriptedBot:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, function: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=function, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection:
            connection.settimeout(0.05)
            try:
                while (request := self._read(connection, number)) is not None:
                    self.received.append(request)
                    if not self._script or not self._script.pop(0)(connection, self._stop):
                        return
            except OSError:
                return

    def _read(self, connection: socket.socket, number: int) -> Received | None:
        data = b""
        need = -1
        while need < 0 or len(data) < need:
            try:
                chunk = connection.recv(65536)
            except TimeoutError:
                if self._stop.is_set():
                    return None
                continue
            if not chunk:
                return None
            data += chunk
            if need < 0 and b"\r\n\r\n" in data:
                head, _, _ = data.partition(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                need = len(head) + 4 + int(headers.get("content-length", "0"))
        method, path, _ = lines[0].split(" ")
        return Received(method, path, headers, data[len(head) + 4 :], number)


def raw(data: bytes, *, keep: bool = True) -> Action:
    """These bytes and nothing else."""

    def act(connection: socket.socket, stop: threading.Event) -> bool:
        connection.sendall(data)
        return keep

    return act


def body(content: bytes, status: str = "200 OK", kind: str = "application/json", *, keep: bool = True) -> Action:
    """A well-formed answer with this body."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return raw(head.encode() + content, keep=keep)


def answer(document: object, status: str = "200 OK", *, keep: bool = True) -> Action:
    """A well-formed JSON answer."""
    return body(json.dumps(document).encode(), status, keep=keep)


def hang_up(connection: socket.socket, stop: threading.Event) -> bool:
    """Close without a word."""
    return False


def reset(connection: socket.socket, stop: threading.Event) -> bool:
    """Close with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def silence(connection: socket.socket, stop: threading.Event) -> bool:
    """Say nothing until the test is over."""
    stop.wait(10)
    return False


def drip(start: bytes, drop: bytes, every_s: float = 0.02) -> Action:
    """Start an answer and then send a little of it for ever."""

    def act(connection: socket.socket, stop: threading.Event) -> bool:
        connection.sendall(start)
        while not stop.is_set():
            connection.sendall(drop)
            time.sleep(every_s)
        return False

    return act


def flood(megabytes: int) -> Action:
    """A body of so many megabytes without an announced length; `sent` on the function counts what the client took."""

    def act(connection: socket.socket, stop: threading.Event) -> bool:
        connection.settimeout(2)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"x" * 65536
        for _ in range(megabytes * 16):
            connection.sendall(b"%x\r\n%b\r\n" % (len(block), block))
        connection.sendall(b"0\r\n\r\n")
        return True

    return act
