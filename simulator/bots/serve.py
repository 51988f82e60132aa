"""A reference bot over HTTP on loopback: `python -m simulator.bots.serve looping:p=0.5 --scenarios scenarios`.

    POST   /sessions              {scenario, language, case, seed, facts, truth} -> 201 {session, greeting, buttons}
    POST   /sessions/ID/messages  {text}  -> 200 {messages, ids, actions, buttons, handoff, ticket, resolved, closed}
    DELETE /sessions/ID                   -> 204
    GET    /health                        -> 200 {bot, sessions}
    GET    /state/CASE                    -> 200 {case, actions}

`/state` is the company's test system in small: what the bot has carried out for a case, in whichever session, whether or
not it says so; nothing yet where the case is unknown.

Messages of one session may overlap, as in a burst: each is answered by itself, one after the other as they arrived.

When it listens it prints one JSON line, {"url": ..., "bot": ...}. It stops on SIGTERM or SIGINT, and with
--follow-stdin also when its stdin is closed, as happens when whoever started it dies. This module may import
gevent, whose server holds thousands of idle connections; nothing is patched.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
import msgspec
from gevent.event import Event
from gevent.pywsgi import WSGIServer
from gevent.socket import wait_read

from simulator.bots.dials import Dials, make
from simulator.bots.faults import start
from simulator.bots.reference import Backend, InTurn, ReferenceBot
from simulator.catalogue.freeze import Catalogue
from simulator.model.errors import InputError

IDLE_S = 3600.0
"""A session without a word for so long is dropped: a crashed customer must not fill the memory."""
LARGEST_BODY = 1_000_000
BACKLOG = 4096


class Opening(msgspec.Struct, frozen=True):
    """What opens a session."""

    scenario: str
    language: str = "en"
    """In which the customer writes; where the scenario has no words in it, the bot speaks the scenario's own."""
    case: str = ""
    seed: int = 0
    facts: dict[str, str] = {}
    truth: dict[str, str] = {}


class Message(msgspec.Struct, frozen=True):
    """One customer turn."""

    text: str


class RequestError(Exception):
    """A request that gets an error status."""

    def __init__(self, status: str, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{status}: {reason}")


_STATUS = {200: "200 OK", 201: "201 Created", 204: "204 No Content"}
_opening = msgspec.json.Decoder(Opening)
_message = msgspec.json.Decoder(Message)
_encode = msgspec.json.Encoder().encode


class Open(msgspec.Struct):
    """A session that is open, and when it was last used."""

    bot: ReferenceBot
    used: float
    in_turn: InTurn
    case: str = ""


class BotServer:
    """The WSGI application: sessions of one bot by id."""

    def __init__(self, dials: Dials, catalogue: Catalogue, sleep: Callable[[float], object]) -> None:
        self.dials = dials
        self.catalogue = catalogue
        self.backend = Backend()
        self.sessions: dict[str, Open] = {}
        self.done: dict[str, list[str]] = {}
        """Actions carried out, by case; they stay when the session is over."""
        self._sleep = sleep
        self._ids = count(1)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        try:
            code, body = self.handle(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ)
            status = _STATUS[code]
        except RequestError as refusal:
            status, body = refusal.status, {"error": refusal.reason}
        content = b"" if body is None else _encode(body)
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
        return [content]

    def handle(self, method: str, path: str, environ: Mapping[str, Any]) -> tuple[int, dict[str, Any] | None]:
        """Status and body of one request. Raises RequestError."""
        parts = path.strip("/").split("/")
        match method, parts:
            case "POST", ["sessions", session, "messages"]:
                return 200, self.message(session, _decoded(_message, environ))
            case "POST", ["sessions"]:
                return 201, self.open(_decoded(_opening, environ))
            case "DELETE", ["sessions", session]:
                self.session(session).bot.close()
                del self.sessions[session]
                return 204, None
            case "GET", ["health"]:
                return 200, {"bot": self.dials.bot, "sessions": len(self.sessions)}
            case "GET", ["state", *case]:
                name = "/".join(case)
                return 200, {"case": name, "actions": self.done.get(name, [])}
            case _, ["state", *_] | ["health"] | ["sessions"] | ["sessions", _] | ["sessions", _, "messages"]:
                raise RequestError("405 Method Not Allowed", f"{method} is not possible on {path}")
        raise RequestError("404 Not Found", f"there is nothing at {path}")

    def open(self, opening: Opening) -> dict[str, Any]:
        if opening.scenario not in self.catalogue.scenarios:
            known = ", ".join(sorted(self.catalogue.scenarios))
            raise RequestError("404 Not Found", f"unknown scenario {opening.scenario!r}; this bot has {known}")
        scenario = self.catalogue.spoken(opening.scenario, opening.language)
        bot = start(
            self.dials, scenario, opening.facts, opening.truth, opening.case, opening.seed, backend=self.backend
        )
        session = f"s{next(self._ids)}"
        self.sessions[session] = Open(bot, monotonic(), InTurn(), opening.case)
        greeting = bot.greeting()
        return {"session": session, "greeting": greeting.texts[0], "buttons": greeting.buttons}

    def message(self, session: str, message: Message) -> dict[str, Any]:
        opened = self.session(session)
        opened.used = monotonic()
        # Nothing in here gives way to another request, so messages are answered whole and in the order of arrival.
        answer = opened.bot.answer(message.text)
        if answer.actions:
            self.done.setdefault(opened.case, []).extend(answer.actions)
        if answer.latency_s:
            opened.in_turn.spend(answer.latency_s, monotonic, self._sleep)
        return {
            "messages": answer.texts,
            "ids": answer.ids,
            "actions": answer.actions,
            "buttons": answer.buttons,
            "handoff": answer.handoff,
            "ticket": answer.ticket,
            "resolved": answer.resolved,
            "closed": answer.closed,
        }

    def session(self, session: str) -> Open:
        if session not in self.sessions:
            raise RequestError("404 Not Found", f"there is no open session {session!r}")
        return self.sessions[session]

    def drop_idle(self, longest: float = IDLE_S) -> int:
        """Drop the sessions that were silent for longer than so many seconds; gives how many."""
        oldest = monotonic() - longest
        idle = [session for session, opened in self.sessions.items() if opened.used < oldest]
        for session in idle:
            self.sessions.pop(session).bot.close()
        return len(idle)


class PromptServer(WSGIServer):  # type: ignore[misc, unused-ignore]
    """Sends at once: gevent writes head and body apart, and Nagle would hold the body back for 40 ms each time."""

    def handle(self, client: Any, address: Any) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().handle(client, address)


def _decoded(decoder: msgspec.json.Decoder[Any], environ: Mapping[str, Any]) -> Any:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise RequestError("413 Content Too Large", f"a body may have up to {LARGEST_BODY} bytes")
    try:
        return decoder.decode(environ["wsgi.input"].read(int(length)))
    except msgspec.DecodeError as error:
        raise RequestError("400 Bad Request", str(error)) from None
    except UnicodeDecodeError:
        raise RequestError("400 Bad Request", "the body is not UTF-8") from None


def load_scenarios(places: Iterable[Path]) -> Catalogue:
    """Every scenario in these files and folders, in all its languages. Raises InputError with all that is wrong in any."""
    paths: list[Path] = []
    for place in places:
        if not place.exists():
            raise InputError(f"there is no file or folder {place}")
        paths += sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    if not paths:
        raise InputError("no scenario found; name a folder of scenario files with --scenarios")
    return Catalogue.load((), paths)


def serve(dials: Dials, catalogue: Catalogue, port: int = 0, follow_stdin: bool = False) -> None:
    """Serve until told to stop. Raises InputError if the port cannot be had."""
    _allow_many_connections()
    application = BotServer(dials, catalogue, gevent.sleep)
    server = PromptServer(("127.0.0.1", port), application, log=None, backlog=BACKLOG)
    try:
        server.start()
    except OSError as error:
        raise InputError(
            f"port {port} cannot be used: {error.strerror}; choose another, or 0 for any free one"
        ) from None
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    if follow_stdin:
        gevent.spawn(_until_stdin_closes, stop)
    gevent.spawn(_sweep, application)
    ready = {"url": f"http://127.0.0.1:{server.server_port}", "bot": dials.bot}
    print(_encode(ready).decode(), flush=True)
    stop.wait()
    server.stop(timeout=0.5)


def _until_stdin_closes(stop: Event) -> None:
    while True:
        wait_read(0)
        if not os.read(0, 65536):
            stop.set()
            return


def _sweep(application: BotServer) -> None:
    while True:
        gevent.sleep(60)
        application.drop_idle()


def _allow_many_connections() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):  # macOS refuses "unlimited"; the default is enough for a demo
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.bots.serve", description="Serve a reference bot on loopback."
    )
    parser.add_argument("bot", metavar="NAME", help="such as looping or looping:p=0.5")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free port")
    parser.add_argument("--scenarios", nargs="+", type=Path, required=True, metavar="FOLDER", help="folders or files")
    parser.add_argument("--follow-stdin", action="store_true", help="stop when stdin closes")
    options = parser.parse_args(arguments)
    try:
        serve(make(options.bot), load_scenarios(options.scenarios), options.port, options.follow_stdin)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
