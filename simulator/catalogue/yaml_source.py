"""YAML text -> plain Python with the place of every value.

PyYAML only composes the tree (its C loader keeps the marks); what a scalar means is decided here by the YAML 1.2 core
schema, so that `12:00` and `on` are text and not 720 and True. Anything that JSON cannot say is a problem with a place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from simulator.model.errors import Problem

LARGEST_FILE_BYTES = 1_000_000
DEEPEST = 60
MOST_VALUES = 50_000

At = tuple[str | int, ...]
"""Where a value stands in a document: keys and 0-based positions from the root."""


class Place(NamedTuple):
    """1-based; column counts characters."""

    line: int
    column: int


class Finding(NamedTuple):
    """A problem that knows its field, not yet its file and line."""

    at: At
    message: str
    hint: str = ""
    warning: bool = False


def dotted(at: At) -> str:
    """`needs[0].required_slots`."""
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Document:
    """One YAML document as plain Python, with the place of every key and value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.value: Any = None
        self.keys: dict[At, Place] = {}
        """Of the key of a mapping's entry; items of lists have none."""
        self.values: dict[At, Place] = {}
        self.written: dict[At, str] = {}
        """How a scalar that is not text was written, e.g. `007` for 7."""
        self.problems: list[Problem] = []
        """What is wrong with the YAML itself; `value` is None where it could not be read at all."""

    def place(self, at: At) -> Place:
        """Of the key where there is one, else of the value, else of what surrounds it."""
        while True:
            place = self.keys.get(at) or self.values.get(at)
            if place is not None:
                return place
            if not at:
                return Place(0, 0)
            at = at[:-1]

    def problem(self, finding: Finding) -> Problem:
        """The finding with its file, line and field."""
        line, column = self.place(finding.at)
        return Problem(
            finding.message, self.file, line, column, dotted(finding.at), hint=finding.hint, warning=finding.warning
        )


_TEXT, _INT, _FLOAT, _BOOL, _NULL = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null"))
_MAP, _SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_WORDS = dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL) | dict.fromkeys(
    ("true", "True", "TRUE", "false", "False", "FALSE"), _BOOL
)
_is_int = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+").fullmatch
_is_float = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
).fullmatch
_NUMERIC_START = frozenset("+-.0123456789")
# U+FEFF may only open a file; the rest is YAML's own set of printable characters.
_unprintable = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]").search


def core_tag(text: str) -> str:
    """What a bare scalar is by the core schema of YAML 1.2."""
    tag = _WORDS.get(text)
    if tag is not None:
        return tag
    if text[0] not in _NUMERIC_START:
        return _TEXT
    return _INT if _is_int(text) else _FLOAT if _is_float(text) else _TEXT


class _TooDeep(Exception):
    def __init__(self, node: yaml.Node | None) -> None:
        self.mark = node.start_mark if node is not None else None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's composer with our scalar rules and a bound on nesting (it recurses, in C, without one)."""

    depth = 0

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return core_tag(value or "") if implicit[0] else _TEXT
        return _MAP if kind is yaml.MappingNode else _SEQ

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeep(current_node)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def compose(text: str, file: str) -> Document:
    """Read one YAML document. Never raises: what is wrong is in `problems`, all of it that can be known."""
    document = Document(file)
    text = text.removeprefix("\ufeff")
    bad = _unprintable(text)
    if bad is not None:
        before = text[: bad.start()]
        place = Place(before.count("\n") + 1, bad.start() - (before.rfind("\n") + 1) + 1)
        character = f"U+{ord(bad.group()):04X}"
        document.problems.append(
            Problem(f"the character {character} is not allowed in YAML", file, *place, hint="remove it")
        )
        return document
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except _TooDeep as error:
        document.problems.append(_at_mark(file, error.mark, f"nested deeper than {DEEPEST} levels", ""))
        return document
    except yaml.MarkedYAMLError as error:
        document.problems.append(_syntax(file, error, len(text)))
        return document
    except yaml.YAMLError as error:
        document.problems.append(Problem(f"not valid YAML: {' '.join(str(error).split())}", file))
        return document
    finally:
        loader.dispose()
    if root is None:
        document.problems.append(Problem("the file is empty", file, hint="copy a stock file and change it"))
        return document
    conversion = _Conversion(document)
    document.value = conversion.value(root, ())
    return document


class _Conversion:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: set[int] = set()
        self.count = 0

    def value(self, node: yaml.Node, at: At) -> Any:
        document = self.document
        document.values[at] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        self.count += 1
        if self.count == MOST_VALUES:
            self.trouble(node, at, f"more than {MOST_VALUES} values, aliases counted as often as they are used")
        if self.count >= MOST_VALUES:
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, at)
        if id(node) in self.open or len(at) > DEEPEST:
            self.trouble(node, at, "an alias that contains itself", "write the value out")
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                if node.tag != _SEQ:
                    self.tag(node, at)
                return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
            if node.tag != _MAP:
                self.tag(node, at)
            return dict(self.entries(node, at))
        finally:
            self.open.discard(id(node))

    def entries(self, node: yaml.Node, at: At) -> Iterator[tuple[str, Any]]:
        seen: dict[str, Place] = {}
        for key, child in node.value:
            place = Place(key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.trouble(key, at, "expected a name as key, found a list or a mapping")
                continue
            name = str(key.value)
            if key.tag != _TEXT:
                self.trouble(
                    key, (*at, name), f"expected text as key, found {_KINDS.get(key.tag, key.tag)} ({name})", "quote it"
                )
            elif name == "<<" and not key.style:
                self.trouble(key, at, "merge keys (<<) are not supported", "write the fields out")
                continue
            if name in seen:
                self.trouble(
                    key, (*at, name), f"the key is given twice, first in line {seen[name].line}", "remove one of them"
                )
                continue
            seen[name] = place
            self.document.keys[(*at, name)] = place
            yield name, self.value(child, (*at, name))

    def scalar(self, node: yaml.ScalarNode, at: At) -> Any:
        text, tag = str(node.value), node.tag
        if tag == _TEXT:
            return text
        self.document.written[at] = text
        if tag == _NULL:
            return None
        if tag == _BOOL and _WORDS.get(text) == _BOOL:
            return text.lower() == "true"
        if tag == _INT and _is_int(text):
            number = int(text, 0) if text.startswith(("0o", "0x")) else int(text) if len(text) < 30 else 1 << 64
            if -(1 << 63) <= number < 1 << 63:
                return number
            self.trouble(node, at, "a whole number beyond 64 bits", "put it in quotes if it is text")
            return 0
        if tag == _FLOAT and (_is_float(text) or _is_int(text)):
            return self.number(node, text, at)
        self.tag(node, at)
        return text

    def number(self, node: yaml.ScalarNode, text: str, at: At) -> float:
        plain = text.lower().replace(".inf", "inf").replace(".nan", "nan")
        number = float(int(plain, 0)) if plain.startswith(("0o", "0x")) else float(plain)
        if math.isinf(number) and "inf" not in plain:
            self.trouble(node, at, f"a number too large to hold ({text})")
        return number

    def tag(self, node: yaml.Node, at: At) -> None:
        self.trouble(node, at, f"the tag {node.tag} does not fit or is not supported", "remove it")

    def trouble(self, node: yaml.Node, at: At, message: str, hint: str = "") -> None:
        mark = node.start_mark
        problem = Problem(message, self.document.file, mark.line + 1, mark.column + 1, dotted(at), hint=hint)
        self.document.problems.append(problem)


_KINDS = {_INT: "a number", _FLOAT: "a number", _BOOL: "a truth value", _NULL: "nothing"}

# What libyaml says -> what people can act on.
_SYNTAX = (
    ("another document", "a second document (---) in the file", "keep one document per file"),
    (
        "cannot start any token",
        "a character that cannot start a value (a tab, @, ` or %)",
        "indent by spaces or quote it",
    ),
    ("mapping values are not allowed", "a second `: ` in one line", "put the text in quotes"),
    ("undefined alias", "an alias (*name) without its anchor (&name)", "put the text in quotes if it is text"),
    ("unexpected end of stream", "a quote that is opened here is never closed", ""),
    ("could not find expected ':'", "a line without `name: value`", ""),
)


def _syntax(file: str, error: yaml.MarkedYAMLError, length: int) -> Problem:
    said = " ".join(part for part in (error.problem, error.context) if part) or "unreadable"
    mark = error.problem_mark or error.context_mark
    if mark is not None and error.context_mark is not None and mark.index >= length:
        mark = error.context_mark  # the end of the file is nowhere to look at; where it began is
    for key, message, hint in _SYNTAX:
        if key in said:
            if "quote" in message and error.context_mark is not None:
                mark = error.context_mark
            return _at_mark(file, mark, f"not valid YAML: {message}", hint)
    if error.context_mark is not None and error.context is not None:
        said += f" that begins in line {error.context_mark.line + 1}"
    return _at_mark(file, mark, f"not valid YAML: {said}", "check brackets and indentation")


def _at_mark(file: str, mark: Any, message: str, hint: str) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    return Problem(message, file, line, column, hint=hint)


def read_text(path: Path | str) -> tuple[str, bytes, list[Problem]]:
    """The text of a file from people, its bytes, and what was wrong (then the text is empty)."""
    file = str(path)
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        return "", b"", [Problem("there is no such file", file, hint=_neighbour(Path(path)))]
    except IsADirectoryError:
        return "", b"", [Problem("expected a file, found a folder", file)]
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return "", b"", [Problem(f"cannot be read: {reason}", file)]
    if len(data) > LARGEST_FILE_BYTES:
        return "", data, [Problem(f"the file is larger than {LARGEST_FILE_BYTES} bytes", file)]
    try:
        return data.decode(), data, []
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = f"expected UTF-8 text, found the byte 0x{data[error.start]:02x}"
        return "", data, [Problem(message, file, line, column, hint="save the file as UTF-8")]


def _neighbour(path: Path) -> str:
    from difflib import get_close_matches

    try:
        names = [other.name for other in path.parent.iterdir()]
    except (OSError, ValueError):
        return f"there is no folder {path.parent} either"
    close = get_close_matches(path.name, names, 1, 0.7)
    return f"did you mean {path.with_name(close[0])}?" if close else ""
