"""Request templates, compiled once: filling one is part of every turn of ten thousand customers.

`{{x}}` inside a text is filled in; `"{{x}}"` alone keeps its type (list, object, number); `{{x?}}` drops its key, list
item or header when x is unset, and is an empty text inside a longer one. What never changes is encoded at compile time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec

from simulator.model.errors import InputError, Problem
from simulator.model.plan import Case
from simulator.model.target import Request

Scope = Mapping[str, Any]
Fill = Callable[[Scope], Any]

ALIASES = {"scenario.name": "scenario", "persona.name": "persona", "persona.id": "case.id", "case.key": "case"}
"""`{{case}}` is `scenario/persona/repeat`, the same for every target; `{{case.id}}` is this conversation's."""
SET = frozenset(
    {
        *("text", "button", "session_id", "message_id", "turn", "history", "scenario", "persona", "facts", "truth"),
        *("language", "case", "case.id", "case.repeat", "case.seed"),
    }
)
"""What a session sets; the target's captures come on top."""
OF_THE_CASE = frozenset(
    name for name in SET if name.partition(".")[0] in {"scenario", "persona", "language", "facts", "truth", "case"}
)
"""Those that are known before a session has an id."""


def of_the_case(case: Case) -> dict[str, Any]:
    """What is known of a customer before anything is said: the values of OF_THE_CASE."""
    return {
        "scenario": case.scenario,
        "persona": case.persona,
        "language": case.language,
        "case": case.key,
        "case.id": case.id,
        "case.repeat": case.repeat,
        "case.seed": case.seed,
        "facts": case.facts,
        "truth": case.truth,
    }


def _iso_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


FRESH: dict[str, Callable[[], Any]] = {
    "uuid": lambda: str(uuid4()),  # a new one at every place; message_id is one a turn
    "now_ms": lambda: int(time.time() * 1000),
    "now_iso_ms": _iso_now,
}
CAPTURABLE = frozenset({"session_id"})
"""The one built-in name that a capture may take over: some servers choose the session's id themselves."""

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.[\w-]+)*)(\?)?\s*\}\}")
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e]")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OURS = frozenset({"content-length", "transfer-encoding", "connection"})
_DROP: Any = object()


class UnsetError(LookupError):
    """A variable without `?` has no value in this turn."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Names:
    """Which variables a template may use, and which it does use."""

    def __init__(self, captured: Collection[str] = (), never: Collection[str] = ()) -> None:
        """`captured` are the target's own; `never` are built-in ones that have no value yet where the template stands."""
        self._captured = frozenset(captured)
        self._set = SET - frozenset(never)
        self.used: set[str] = set()
        self.required: set[str] = set()
        """Used without `?`."""

    def resolve(self, written: str, optional: bool, field: str) -> str:
        """The name under which a session keeps it. Raises InputError for a name that nothing can have set."""
        name = ALIASES.get(written, written)
        root, _, rest = name.partition(".")
        if not (name in self._set or name in FRESH or root in self._captured or (rest and root in ("facts", "truth"))):
            names = sorted(self._captured | FRESH.keys() | {known for known in self._set if "." not in known})
            hint = f"known here: {', '.join(names)}; facts.<name>, truth.<name>; or capture it"
            raise InputError([Problem(f"`{{{{{written}}}}}` is a variable that nothing sets", field=field, hint=hint)])
        if name == "button" and not optional:
            hint = "write `{{button?}}`; `{{text}}` is the payload when a button is pressed"
            raise InputError([Problem("`{{button}}` is unset in most turns", field=field, hint=hint)])
        self.used.add(name)
        if not optional:
            self.required.add(name)
        return name


class RequestTemplate:
    """One request, ready to be filled: everything static is already bytes."""

    def __init__(
        self, request: Request, names: Names, field: str, *, prefix: str = "", common: Mapping[str, str] | None = None
    ) -> None:
        """`prefix` is put before the path; `common` headers are sent unless the request has its own of that name.

        Raises InputError for an unknown variable, or a path or header that cannot be sent.
        """
        self.method = request.method
        self.name = request.path
        path = request.path if request.path.startswith("/") else f"/{request.path}"
        if re.search(r"[^!-~]", _PLACEHOLDER.sub("", prefix + path)):
            problem = Problem(
                f"`{path}` holds a space or a character that an address cannot hold", field=f"{field}.path"
            )
            raise InputError([problem])
        self._path = _text(prefix + path, names, f"{field}.path", lambda text: quote(text, safe=""))
        own = {name.lower() for name in request.headers}
        inherited = dict(common or {})
        if request.json is not None:
            inherited["Content-Type"] = "application/json"
        self._head = "".join(f"{name}: {value}\r\n" for name, value in inherited.items() if name.lower() not in own)
        self._headers: list[tuple[str, Fill]] = []
        for name, value in request.headers.items():
            check_header(name, value, f"{field}.headers.{name}")
            if "{{" in value:
                fill = _text(value, names, f"{field}.headers.{name}", _sendable, droppable=True)
                self._headers.append((name, fill))
            else:
                self._head += f"{name}: {value}\r\n"
        self._body: Fill | None = None
        if request.json is not None:
            fill, static = _value(request.json, names, f"{field}.json")
            encoded = msgspec.json.encode(request.json) if static else b""
            encode = msgspec.json.Encoder().encode
            self._body = (lambda scope: encoded) if static else (lambda scope: encode(fill(scope)))

    def fill(self, scope: Scope) -> bytes:
        """The request as it goes on the wire. Raises UnsetError."""
        body = b"" if self._body is None else self._body(scope)
        head = f"{self.method} {self._path(scope)} HTTP/1.1\r\n{self._head}"
        for name, fill in self._headers:
            value = fill(scope)
            if value is not _DROP:
                head += f"{name}: {value}\r\n"
        if body or self.method != "GET":
            head += f"Content-Length: {len(body)}\r\n"
        return f"{head}\r\n".encode("latin-1") + body


def check_header(name: str, value: str, field: str) -> None:
    """Raises InputError, without the value, for a header that HTTP cannot send or that describes the body."""
    if name.lower() in _OURS:
        raise InputError([Problem(f"`{name}` is set by exitramp itself", field=field)])
    if not _HEADER_NAME.fullmatch(name) or _UNSENDABLE.search(value):
        raise InputError([Problem("the header's name or value holds characters that HTTP cannot send", field=field)])


def compile_json(template: Any, names: Names, field: str = "") -> Fill:
    """The function that fills a JSON template; static branches come out as `msgspec.Raw`. Raises InputError."""
    return _value(template, names, field)[0]


def compile_text(template: str, names: Names, field: str = "") -> Callable[[Scope], str]:
    """The function that fills a text template. Raises InputError."""
    return _text(template, names, field, lambda text: text)


def _value(template: Any, names: Names, field: str) -> tuple[Fill, bool]:
    """The filling function and whether it always gives the template itself."""
    if isinstance(template, str) and "{{" in template:
        whole = _PLACEHOLDER.fullmatch(template)
        if whole:
            return _lookup(whole[1], bool(whole[2]), names, field), False
        return _text(template, names, field, lambda text: text), False
    if isinstance(template, dict):
        children = {key: _value(item, names, f"{field}.{key}") for key, item in template.items()}
        if all(static for _, static in children.values()):
            return _constant(template), True
        return _fill_object(template, children), False
    if isinstance(template, list):
        items = [_value(item, names, f"{field}[{at}]") for at, item in enumerate(template)]
        if all(static for _, static in items):
            return _constant(template), True
        fills = [fill for fill, _ in items]
        return lambda scope: [value for fill in fills if (value := fill(scope)) is not _DROP], False
    return _constant(template), True


def _constant(template: Any) -> Fill:
    value = msgspec.Raw(msgspec.json.encode(template)) if isinstance(template, (dict, list)) else template
    return lambda scope: value


def _fill_object(template: dict[str, Any], children: dict[str, tuple[Fill, bool]]) -> Fill:
    skeleton = {key: fill({}) if static else None for key, (fill, static) in children.items()}  # keeps the keys' order
    changing = [(key, fill) for key, (fill, static) in children.items() if not static]

    def fill_object(scope: Scope) -> dict[str, Any]:
        filled = skeleton.copy()
        for key, fill in changing:
            value = fill(scope)
            if value is _DROP:
                del filled[key]
            else:
                filled[key] = value
        return filled

    return fill_object


def _lookup(name: str, optional: bool, names: Names, field: str) -> Fill:
    name = names.resolve(name, optional, field)
    if name in FRESH:
        fresh = FRESH[name]
        return lambda scope: fresh()
    root, *rest = [name] if name in SET else name.split(".")

    def lookup(scope: Scope) -> Any:
        value = scope.get(root)
        for key in rest:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            if optional:
                return _DROP
            raise UnsetError(name)
        return value

    return lookup


def _text(
    template: str, names: Names, field: str, escape: Callable[[str], str], *, droppable: bool = False
) -> Callable[[Scope], Any]:
    """A text with its placeholders filled, each value escaped for where the text goes."""
    pieces: list[str | Fill] = []
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        pieces += [template[end : found.start()], _lookup(found[1], bool(found[2]), names, field)]
        end = found.end()
    pieces.append(template[end:])
    if any(isinstance(piece, str) and "{{" in piece for piece in pieces):
        problem = Problem(
            f"`{template}` has `{{{{` without a variable behind it", field=field, hint="write {{name}} or {{name?}}"
        )
        raise InputError([problem])
    pieces = [piece for piece in pieces if piece != ""]
    if all(isinstance(piece, str) for piece in pieces):
        return lambda scope: template
    drops = droppable and len(pieces) == 1

    def fill(scope: Scope) -> Any:
        text = ""
        for piece in pieces:
            if isinstance(piece, str):
                text += piece
                continue
            value = piece(scope)
            if value is not _DROP:
                text += escape(value if isinstance(value, str) else _words(value))
            elif drops:
                return _DROP
        return text

    return fill


def _words(value: Any) -> str:
    return (
        str(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else msgspec.json.encode(value).decode()
    )


def _sendable(text: str) -> str:
    """A value from outside must not start a header of its own."""
    return _UNSENDABLE.sub("?", text)
