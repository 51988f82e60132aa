"""HTTP/1.1 over kept-alive gevent connections: the one module of the targets that imports gevent.

geventhttpclient parses the answers; its HTTPClient is not used. Its pool asks `select()` whether a kept connection is
alive, which takes every file descriptor above 1023 for dead, so beyond a thousand customers each request would open a
new connection. It also repeats idempotent requests as often as the pool is large, and a timeout while sending costs it a
place in the pool for good. (Seen with geventhttpclient 2.6.1.)
"""

from __future__ import annotations

import errno
import ipaddress
import socket as plain
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple

import gevent
from gevent import monkey, ssl
from gevent import socket as gsocket
from geventhttpclient.response import HTTPConnectionClosed, HTTPSocketResponse

from simulator.model.errors import TargetFailed

_BLOCK = 16_384
_OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM})
"""This machine has run out of something: not the bot's failure, so it is not booked to the bot."""
_poll: Callable[[], Any] = monkey.get_original("select", "poll")  # the patched one would yield to other greenlets
_READABLE = 1


class Answer(NamedTuple):
    """A complete answer. `first` = its headers were in, `done` = its body was."""

    status: int
    reason: str
    body: bytes
    first: float
    done: float


class _NoAnswerError(Exception):
    """The connection ended before the first byte of the answer."""


class _Response(HTTPSocketResponse):  # type: ignore[misc, unused-ignore]
    """A parser that does not collect headers: nothing here needs them, and collecting costs half of the parsing."""

    def _on_header_field(self, string: str) -> None: ...
    def _on_header_value(self, string: str) -> None: ...
    def _flush_header(self) -> None: ...


class Wire:
    """Connections to one host, shared by all sessions of a target; as many are open as ever were in use at once."""

    def __init__(
        self, host: str, port: int, tls: bool, connect_s: float, first_byte_s: float, now: Callable[[], float]
    ):
        self._host, self._port = host, port
        self._tls = ssl.create_default_context() if tls else None
        self._connect_s, self._first_byte_s = connect_s, first_byte_s
        self._now = now
        self._idle: list[Any] = []
        self._address = _literal_address(host, port)

    def exchange(self, request: bytes, turn_s: float, max_bytes: int) -> Answer:
        """Send one request and read its whole answer within `turn_s` seconds. Raises TargetFailed."""
        limit = gevent.Timeout.start_new(
            turn_s
        )  # the sockets' own limits hold for one read: a drip would pass them all
        try:
            return self._exchange(request, turn_s, max_bytes)
        except gevent.Timeout as expired:
            if expired is not limit:
                raise
            raise TargetFailed("timeout", f"no complete answer within {turn_s:g} s (timeouts.turn_s)") from None
        finally:
            limit.close()

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, request: bytes, turn_s: float, max_bytes: int) -> Answer:
        connection = self._kept()
        if connection is not None:
            try:
                return self._ask(connection, request, turn_s, max_bytes)
            except _NoAnswerError:
                # The server had closed an idle connection while our request was on its way. Every browser asks again
                # then: it is how keep-alive ends, no failure of the bot. Once only, never after a byte of an answer.
                pass
        try:
            return self._ask(self._connect(), request, turn_s, max_bytes)
        except _NoAnswerError:
            raise TargetFailed("cut", "the connection was closed without an answer") from None

    def _kept(self) -> Any | None:
        """A kept connection with nothing to read: what is readable was closed or holds bytes of an older answer."""
        while self._idle:
            connection = self._idle.pop()
            poll = _poll()
            poll.register(connection.fileno(), _READABLE)
            if not poll.poll(0):
                return connection
            connection.close()
        return None

    def _ask(self, connection: Any, request: bytes, turn_s: float, max_bytes: int) -> Answer:
        keep = False
        try:
            response = self._begin(connection, request)
            first = self._now()
            if not response.message_complete:
                connection.settimeout(None)  # from here on the turn's limit alone counts
            body = self._read(response, max_bytes)
            done = self._now()
            keep = not response.should_close()
            status = response.get_code()
            return Answer(status, response.status_message or _phrase(status), body, first, done)
        finally:
            if keep:
                connection.settimeout(self._first_byte_s)
                self._idle.append(connection)
            else:  # also when a limit or the end of the run interrupts us: half an answer may be on its way
                connection.close()

    def _begin(self, connection: Any, request: bytes) -> _Response:
        try:
            # One plain send takes nearly every request; `sendall` would ask the kernel for its buffer's size first.
            sent = connection.send(request)
            if sent < len(request):
                connection.sendall(memoryview(request)[sent:])
        except TimeoutError:
            raise TargetFailed("timeout", f"the request was not taken within {self._first_byte_s:g} s") from None
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            raise _NoAnswerError from None
        except OSError as error:
            raise TargetFailed("cut", f"while sending: {_words(error)}") from None
        try:
            return _Response(connection, block_size=_BLOCK)
        except HTTPConnectionClosed:
            raise _NoAnswerError from None
        except TimeoutError:
            detail = f"no first byte within {self._first_byte_s:g} s (timeouts.first_byte_s)"
            raise TargetFailed("timeout", detail) from None
        except (HTTPException, OSError) as error:
            raise TargetFailed("cut", f"before the end of the headers: {_words(error)}") from None

    def _read(self, response: _Response, max_bytes: int) -> bytes:
        body = b""
        try:
            while chunk := response.read(_BLOCK):
                body += chunk
                if len(body) > max_bytes:
                    detail = f"the answer is longer than {max_bytes} bytes (max_reply_bytes)"
                    raise TargetFailed("too_large", detail)
                if len(chunk) < _BLOCK:
                    break
        except (HTTPException, OSError) as error:
            raise TargetFailed("cut", f"within the body: {_words(error)}") from None
        if not response.message_complete:
            raise TargetFailed("cut", "the answer ended before its announced length")
        return body

    def _connect(self) -> Any:
        try:
            addresses = self._addresses()
        except OSError as error:
            raise TargetFailed("refused", f"{self._host} cannot be resolved: {_words(error)}") from None
        failed: OSError = ConnectionRefusedError(errno.ECONNREFUSED, "no address")
        for family, address in addresses:
            try:
                return self._connect_to(family, address)
            except OSError as error:
                if error.errno in _OURS:
                    raise
                failed = error
        if isinstance(failed, TimeoutError):
            raise TargetFailed("timeout", f"no connection within {self._connect_s:g} s (timeouts.connect_s)") from None
        raise TargetFailed("refused", f"{self._host}:{self._port}: {_words(failed)}") from None

    def _connect_to(self, family: int, address: Any) -> Any:
        connection = gsocket.socket(family, gsocket.SOCK_STREAM)
        try:
            connection.settimeout(self._connect_s)
            connection.connect(address)
            connection.setsockopt(plain.IPPROTO_TCP, plain.TCP_NODELAY, 1)  # a long history must not wait for an ACK
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_hostname=self._host)
            connection.settimeout(self._first_byte_s)
        except BaseException:
            connection.close()
            raise
        return connection

    def _addresses(self) -> list[tuple[int, Any]]:
        if self._address is not None:
            return [self._address]
        # asked for every connection: behind a name may be a balancer whose addresses change during the run
        found = gsocket.getaddrinfo(self._host, self._port, 0, gsocket.SOCK_STREAM)
        return [(family, address) for family, _, _, _, address in found]


def _literal_address(host: str, port: int) -> tuple[int, Any] | None:
    """An address that needs no lookup: gevent would send even that through a thread."""
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return None
    return (plain.AF_INET, (host, port)) if version == 4 else (plain.AF_INET6, (host, port, 0, 0))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _words(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return " ".join(str(strerror or error or type(error).__name__).split())
