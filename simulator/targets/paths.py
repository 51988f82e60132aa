"""JMESPath over a bot's answer, compiled once into closures.

`jmespath` parses; its interpreter walks the tree by method names and costs several times the closures, on every turn, so
it is left only the rare node types. Two additions to the language: `from_json()`, because tool arguments travel as JSON
in a string; and a function that meets a value it cannot take gives null: what a bot sends is data, never our fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jmespath import exceptions, functions, parser, visitor

from simulator.model.errors import InputError, Problem
from simulator.targets import jsontext

Path = Callable[[Any], Any]


class _Functions(functions.Functions):  # type: ignore[misc, unused-ignore]
    @functions.signature({"types": []})  # type: ignore[untyped-decorator, unused-ignore]
    def _func_from_json(self, value: Any) -> Any:
        return from_json(value)


def from_json(value: Any) -> Any:
    """A JSON text as its value, a list of them as a list; null for what is no JSON. Objects pass as they are."""
    if isinstance(value, str):
        try:
            return jsontext.parse(value)
        except ValueError:
            return None
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value if isinstance(value, dict) else None


FUNCTIONS = _Functions()
_INTERPRETER: Any = visitor.TreeInterpreter(visitor.Options(custom_functions=FUNCTIONS))
_MISMATCH = (ValueError, TypeError, AttributeError, ArithmeticError)  # JMESPathError is a ValueError


def compile_path(expression: str, field: str = "") -> Path:
    """The function that an expression means. Raises InputError, naming `field`, if it is not JMESPath."""
    try:
        tree: Any = parser.Parser().parse(expression).parsed
        _check_functions(tree)
    except exceptions.JMESPathError as error:
        why = " ".join(str(error).split())
        raise InputError([Problem(f"`{expression}` is not a JMESPath expression: {why}", field=field)]) from None
    return _compile(tree)


def holds(value: Any) -> bool:
    """Is it so? Null, false, an empty text and an empty list are not.

    An empty object is, against JMESPath's own rule: in JSON made from proto3, `{}` is how a message arrives that is
    there and has nothing filled in, such as a hand-off to nobody in particular.
    """
    return not (value is None or value is False or value == "" or value == [])


def _check_functions(node: Any) -> None:
    """Unknown functions and wrong numbers of arguments, which jmespath itself would report only in the first turn."""
    if not isinstance(node, dict):
        return
    if node["type"] == "function_expression":
        name, count = node["value"], len(node["children"])
        if name not in FUNCTIONS.FUNCTION_TABLE:
            raise exceptions.UnknownFunctionError(f"unknown function {name}()")
        expected = FUNCTIONS.FUNCTION_TABLE[name]["signature"]
        variadic = bool(expected) and bool(expected[-1].get("variadic"))
        if count < len(expected) or (count > len(expected) and not variadic):
            raise exceptions.JMESPathError(f"{name}() takes {len(expected)} arguments, found {count}")
    for child in node["children"]:
        _check_functions(child)


def _compile(node: dict[str, Any]) -> Path:
    build = _BUILDERS.get(node["type"])
    return _interpreted(node) if build is None else build(node, node["children"])


def _interpreted(node: dict[str, Any]) -> Path:
    def run(value: Any) -> Any:
        try:
            return _INTERPRETER.visit(node, value)
        except _MISMATCH:
            return None

    return run


def _identity(node: dict[str, Any], children: list[Any]) -> Path:
    return lambda value: value


def _field(node: dict[str, Any], children: list[Any]) -> Path:
    name = node["value"]
    return lambda value: value.get(name) if isinstance(value, dict) else None


def _index(node: dict[str, Any], children: list[Any]) -> Path:
    at = node["value"]

    def index(value: Any) -> Any:
        return value[at] if isinstance(value, list) and -len(value) <= at < len(value) else None

    return index


def _chain(node: dict[str, Any], children: list[Any]) -> Path:
    steps = [_compile(child) for child in children if child["type"] != "identity"]
    if len(steps) == 1:
        return steps[0]
    if len(steps) == 2:
        first, second = steps
        return lambda value: second(first(value))

    def chain(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return chain


def _literal(node: dict[str, Any], children: list[Any]) -> Path:
    constant = node["value"]
    return lambda value: constant


def _flatten(node: dict[str, Any], children: list[Any]) -> Path:
    base = _compile(children[0])

    def flatten(value: Any) -> Any:
        items = base(value)
        if not isinstance(items, list):
            return None
        flat: list[Any] = []
        for item in items:
            if isinstance(item, list):
                flat.extend(item)
            else:
                flat.append(item)
        return flat

    return flatten


def _projection(node: dict[str, Any], children: list[Any]) -> Path:
    base, each = _compile(children[0]), _compile(children[1])

    def project(value: Any) -> Any:
        items = base(value)
        return [found for item in items if (found := each(item)) is not None] if isinstance(items, list) else None

    return project


def _filter(node: dict[str, Any], children: list[Any]) -> Path:
    base, each, test = _compile(children[0]), _compile(children[1]), _compile(children[2])

    def keep(value: Any) -> Any:
        items = base(value)
        if not isinstance(items, list):
            return None
        return [found for item in items if not _false(test(item)) and (found := each(item)) is not None]

    return keep


def _false(value: Any) -> bool:
    return value is None or value is False or value == "" or value == [] or value == {}


def _comparator(node: dict[str, Any], children: list[Any]) -> Path:
    left, right, compare = _compile(children[0]), _compile(children[1]), _COMPARE[node["value"]]

    def comparator(value: Any) -> Any:
        try:
            return compare(left(value), right(value))
        except TypeError:
            return None  # a text against a number

    return comparator


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) is not isinstance(right, bool):
        return False  # to Python 1 == True
    return bool(left == right)


def _ordering(name: str) -> Callable[[Any, Any], Any]:
    compare = visitor.TreeInterpreter.COMPARATOR_FUNC[name]
    ordered = (int, float, str)

    def order(left: Any, right: Any) -> Any:
        if isinstance(left, bool) or isinstance(right, bool):
            return None
        return compare(left, right) if isinstance(left, ordered) and isinstance(right, ordered) else None

    return order


def _or(node: dict[str, Any], children: list[Any]) -> Path:
    left, right = _compile(children[0]), _compile(children[1])
    return lambda value: right(value) if _false(found := left(value)) else found


def _and(node: dict[str, Any], children: list[Any]) -> Path:
    left, right = _compile(children[0]), _compile(children[1])
    return lambda value: found if _false(found := left(value)) else right(value)


def _not(node: dict[str, Any], children: list[Any]) -> Path:
    inner = _compile(children[0])
    return lambda value: _false(inner(value))


def _select_list(node: dict[str, Any], children: list[Any]) -> Path:
    parts = [_compile(child) for child in children]
    return lambda value: None if value is None else [part(value) for part in parts]


def _select_dict(node: dict[str, Any], children: list[Any]) -> Path:
    parts = [(child["value"], _compile(child["children"][0])) for child in children]
    return lambda value: None if value is None else {name: part(value) for name, part in parts}


def _function(node: dict[str, Any], children: list[Any]) -> Path:
    name, arguments = node["value"], [_compile(child) for child in children]

    def call(value: Any) -> Any:
        try:
            return FUNCTIONS.call_function(name, [argument(value) for argument in arguments])
        except _MISMATCH:
            return None

    return call


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": _equal,
    "ne": lambda left, right: not _equal(left, right),
    **{name: _ordering(name) for name in ("lt", "gt", "lte", "gte")},
}
_BUILDERS: dict[str, Callable[[dict[str, Any], list[Any]], Path]] = {
    "identity": _identity,
    "current": _identity,
    "field": _field,
    "index": _index,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "literal": _literal,
    "flatten": _flatten,
    "projection": _projection,
    "filter_projection": _filter,
    "comparator": _comparator,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "multi_select_list": _select_list,
    "multi_select_dict": _select_dict,
    "function_expression": _function,
}
