"""What an answer's JSON says: words, buttons, signals. Pure: one document and two stamps in, one Reply out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.model.contracts import Button, Reply
from simulator.model.errors import TargetFailed
from simulator.model.target import TargetSpec
from simulator.model.transcript import Part, Signal, Speaker
from simulator.targets.handoff import compile_handoff
from simulator.targets.paths import Path, compile_path, holds

_SPEAKERS: dict[str, Speaker] = {"bot": "bot", "human": "human", "system": "system"}
_DETAIL_CHARACTERS = 200


class Reader:
    """Reads answers as one target file says. Raises InputError when it is made from a path that is not JMESPath."""

    def __init__(self, spec: TargetSpec) -> None:
        reply = spec.reply
        self._texts = compile_path(reply.texts, "reply.texts")
        self._buttons = _optional(reply.buttons, "reply.buttons")
        self._ids = _optional(reply.ids, "reply.ids")
        self._actions = _optional(reply.actions, "reply.actions")
        self._ticket = _optional(reply.ticket, "reply.ticket")
        self._callback = _optional(reply.callback, "reply.callback")
        self._speaker = _optional(reply.speaker, "reply.speaker")
        self._error = _optional(reply.error, "reply.error")
        self._closed = _optional(reply.closed, "reply.closed")
        self._resolved = _optional(spec.resolution.when, "resolution.when") if spec.resolution else None
        self._handoff = compile_handoff(spec.handoff) if spec.handoff else None
        opening = spec.session.open
        self._greeting = _optional(opening.greeting, "session.open.greeting") if opening else None
        self._silence_fails = reply.empty == "error"

    def read(self, document: Any, first: float, done: float) -> Reply:
        """One turn. Raises TargetFailed: `error` where the error path holds, `empty` where nothing was said or done."""
        self.check(document)
        parts = tuple([Part(text, done) for text in texts(self._texts(document))])
        signals = self._signals(document, "\n".join([part.text for part in parts]), done)
        buttons = _buttons(self._buttons(document)) if self._buttons else ()
        closed = self._closed is not None and holds(self._closed(document))
        # A model that hands off by a tool call says no word, and is not silent.
        if self._silence_fails and not (parts or signals or buttons or closed):
            raise TargetFailed("empty", "the answer holds no text (reply.texts found nothing)")
        return Reply(
            parts,
            first,
            done,
            self._speaking(document) if self._speaker else "bot",
            buttons,
            signals,
            tuple(texts(self._ids(document))) if self._ids else (),
            closed=closed,
        )

    def greeting(self, document: Any, first: float, done: float) -> Reply | None:
        """The bot's first words in the answer that opened the session; None if it has none."""
        parts = tuple(Part(text, done) for text in texts(self._greeting(document))) if self._greeting else ()
        if not parts:
            return None
        buttons = _buttons(self._buttons(document)) if self._buttons else ()
        return Reply(parts, first, done, buttons=buttons, ids=tuple(texts(self._ids(document))) if self._ids else ())

    def check(self, document: Any) -> None:
        """Raises TargetFailed if the error path holds."""
        if self._error is not None and holds(error := self._error(document)):
            raise TargetFailed("error", one_line(error))

    def error_words(self, document: Any) -> str:
        """What the error path finds, as one line; empty if nothing."""
        error = self._error(document) if self._error is not None else None
        return one_line(error) if holds(error) else ""

    def _signals(self, document: Any, text: str, at: float) -> tuple[Signal, ...]:
        signals = self._handoff(document, text, at) if self._handoff else ()
        if self._actions:
            signals += tuple([Signal("action", at, {"name": name}) for name in texts(self._actions(document))])
        if self._ticket:
            signals += tuple([Signal("ticket", at, {"reference": it}) for it in texts(self._ticket(document))])
        if self._callback:
            signals += tuple([Signal("callback", at, {"reference": it}) for it in texts(self._callback(document))])
        if self._resolved and holds(self._resolved(document)):
            signals += (Signal("claim_resolved", at),)
        return signals

    def _speaking(self, document: Any) -> Speaker:
        found = self._speaker(document) if self._speaker else None
        if isinstance(found, list):
            found = found[0] if found else None
        return _SPEAKERS.get(found, "bot") if isinstance(found, str) else "bot"


def texts(value: Any) -> list[str]:
    """The texts in whatever a path found: one or a list, numbers as text; blanks, objects and booleans are no text."""
    if isinstance(value, str):
        return [value] if value and not value.isspace() else []
    return list(_texts(value)) if isinstance(value, list) or _is_number(value) else []


def one_line(value: Any) -> str:
    """At most 200 characters on one line for people."""
    words = " ".join(str(value).split())
    return words if len(words) <= _DETAIL_CHARACTERS else words[: _DETAIL_CHARACTERS - 1] + "…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and value.strip():
        yield value
    elif _is_number(value):
        yield str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _buttons(value: Any) -> tuple[Button, ...]:
    """Buttons as `{title, payload}`; one of the two stands for both, and a bare text is its own payload."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            title, payload = texts(item.get("title")), texts(item.get("payload"))
            if title or payload:
                found.append(Button((title or payload)[0], (payload or title)[0]))
        else:
            found += [Button(text, text) for text in texts(item)]
    return tuple(found)


def _optional(expression: str, field: str) -> Path | None:
    return compile_path(expression, field) if expression else None
