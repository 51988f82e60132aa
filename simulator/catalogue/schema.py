"""JSON Schema of a noun, and its violations in plain words.

The schema is what msgspec derives from the Struct, so there is one description of every format. A validator finds all
violations of a document where a conversion stops at the first; it is built once for a type and only for files that fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from simulator.catalogue.references import NOT_YET, NOT_YET_VALUES, did_you_mean
from simulator.catalogue.yaml_source import At, Document, Finding

_FORMS = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z": "lower-case letters and digits joined by hyphens, e.g. parcel-status",
    r"^[a-z][a-z0-9_]*\Z": "lower-case letters, digits and underscores, a letter first, e.g. repeat_caller",
    r"^[A-Za-z0-9][A-Za-z0-9_.:=,-]*\Z": "letters, digits and _ . : = , - only, e.g. my-bot",
}
_EXAMPLES = {
    "required_slots": "[order]",
    "milestones": "[place]",
    "told": "[place]",
    "agent_needs": "[order]",
    "beta": "[2, 3]",
    "lognormal": "[0.3, 0.3]",
    "normal": "[0, 0.3]",
}
_WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_PLURALS = {"string": "strings", "integer": "whole numbers", "number": "numbers", "boolean": "truth values"}


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema of a noun as shown to people and editors."""
    return msgspec.json.schema(kind)


@cache
def _validator(kind: type) -> Any:
    schema = schema_of(kind)
    inlined = _inline({"$ref": schema["$ref"]} if "$ref" in schema else schema, schema.get("$defs", {}))
    # 1.0 is an integer to JSON Schema, but not to a reader of YAML nor to msgspec.
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    validator: Any = extend
    return validator(Draft202012Validator, type_checker=types)(inlined)


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    """No references (looking them up is most of a validator's time), and patterns that end where the text ends."""
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(definitions[node["$ref"].rpartition("/")[2]], definitions)
    ends = re.sub(r"\$\Z", r"\\Z", node["pattern"]) if isinstance(node.get("pattern"), str) else None
    copy = {key: _inline(value, definitions) for key, value in node.items() if key != "default"}
    return copy | {"pattern": ends} if ends else copy


def violations(kind: type, document: Document) -> Iterator[Finding]:
    """Every violation of the schema, each once, in the order of the document's fields."""
    seen = set()
    for error in _validator(kind).iter_errors(document.value):
        for finding in _translated(error, tuple(error.absolute_path), document):
            if finding not in seen:
                seen.add(finding)
                yield finding


def _translated(error: ValidationError, at: At, document: Document) -> Iterator[Finding]:
    rule, value = str(error.validator), error.instance
    limit: Any = error.validator_value
    schema = error.schema if isinstance(error.schema, dict) else {}
    if rule == "type":
        yield _wrong_type(schema, value, at, document)
    elif rule == "enum":
        yield _not_in_list(limit, value, at)
    elif rule == "anyOf":
        yield from _no_branch(error, at, document)
    elif rule == "required":
        yield from _missing(schema, value, at)
    elif rule == "additionalProperties":
        yield from _unknown(schema, value, at)
    elif rule == "pattern":
        yield Finding(at, f"expected {_FORMS.get(limit, f'text like {limit}')}, found {shown(value, '')}")
    elif rule in _LIMITS:
        yield Finding(at, f"expected {_LIMITS[rule].format(limit)}, found {shown(value, document.written.get(at, ''))}")
    elif rule in ("minItems", "maxItems", "items", "prefixItems"):
        hint = f"write it as e.g. {_EXAMPLES[str(at[-1])]}" if at and at[-1] in _EXAMPLES else ""
        yield Finding(at, f"expected {_expected(schema)}, found {shown(value, '')}", hint)
    else:
        yield Finding(at, error.message)


_LIMITS = {
    "minimum": "a number of at least {}",
    "maximum": "a number of at most {}",
    "exclusiveMinimum": "a number greater than {}",
    "exclusiveMaximum": "a number less than {}",
    "minLength": "text of at least {} characters",
    "maxLength": "text of at most {} characters",
}


def shown(value: Any, written: str) -> str:
    """A found value in plain words; `written` is how the file writes it, where that differs."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return written or str(value).lower()
    if isinstance(value, int | float):
        return f"a number ({written or value})"
    if isinstance(value, str):
        return f"text ({value!r})"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    names = ", ".join([*value][:5])
    return f"a mapping ({names}{', ...' if len(value) > 5 else ''})" if value else "an empty mapping"


def _expected(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        words = list(dict.fromkeys(_expected(branch) for branch in schema["anyOf"] if branch.get("type") != "null"))
        return " or ".join(words)
    if "enum" in schema:
        return _listed(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"a list of {len(schema['prefixItems'])} numbers"
        items, least = schema.get("items"), schema.get("minItems")
        what = _PLURALS.get(items.get("type", ""), "mappings") if isinstance(items, dict) else "values"
        return f"a list of at least {least} {what}" if least else f"a list of {what}"
    if kind == "object":
        names = [*schema.get("properties", {})]
        if names:
            return f"a mapping ({', '.join(names[:5])}{', ...' if len(names) > 5 else ''})"
        return "a mapping of names to values"
    return _WORDS.get(str(kind), "another value")


def _listed(options: list[Any]) -> str:
    words = [str(option) for option in options]
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def _wrong_type(schema: dict[str, Any], value: Any, at: At, document: Document) -> Finding:
    written, kind, name = document.written.get(at, ""), schema.get("type"), str(at[-1]) if at else ""
    hint = ""
    if kind == "string" and isinstance(value, int | float):
        hint = f'put it in quotes: "{written or value}"'
    elif kind == "boolean" and isinstance(value, str) and value.lower() in ("yes", "on", "no", "off", "true", "false"):
        hint = "write true" if value.lower() in ("yes", "on", "true") else "write false"
    elif kind in ("number", "integer") and isinstance(value, str) and _is_number(value):
        hint = f"write it without quotes: {value}"
    elif kind == "array":
        example = _EXAMPLES.get(name) or (f"[{value}]" if isinstance(value, str) and value.isidentifier() else "[a, b]")
        if isinstance(value, str) and value.isidentifier():
            example = f"[{value}]"
        items = schema.get("items")
        if not (isinstance(items, dict) and items.get("type") == "object"):
            hint = f"write it as a list, e.g. {example}"
    elif kind == "object" and not at:
        hint = "a file holds `name: value` lines"
    return Finding(at, f"expected {_expected(schema)}, found {shown(value, written)}", hint)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _not_in_list(options: list[Any], value: Any, at: At) -> Finding:
    if len(at) == 1 and options == [1]:
        return Finding(at, f"expected 1, found {shown(value, '')}", "this version reads format 1 only")
    if isinstance(value, str) and value in NOT_YET_VALUES.get(at, ()):
        hint = f"this version can do {', '.join(map(str, options))}"
        if at == ("transport",) and value == "python":
            hint = "name the class itself as the target: module:Class"
        return Finding(at, f"{value} is not supported yet in this version", hint)
    hint = did_you_mean(value, map(str, options)) if isinstance(value, str) else ""
    return Finding(at, f"expected {_listed(options)}, found {shown(value, '')}", hint)


def _missing(schema: dict[str, Any], value: Any, at: At) -> Iterator[Finding]:
    if NOT_YET.get(schema.get("title", ""), frozenset()) & value.keys():
        return  # what it says instead is reported as not supported yet
    for name in schema["required"]:
        if name not in value:
            yield Finding(at, f"`{name}` is missing; expected {_expected(schema['properties'][name])}")


def _unknown(schema: dict[str, Any], value: Any, at: At) -> Iterator[Finding]:
    known = schema.get("properties", {})
    for name in value:
        if name in known:
            continue
        if name in NOT_YET.get(schema.get("title", ""), ()):
            yield Finding((*at, name), f"{name} is not supported yet in this version", "remove it")
        else:
            hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
            yield Finding((*at, name), "unknown field", hint)


def _no_branch(error: ValidationError, at: At, document: Document) -> Iterator[Finding]:
    """One branch has the right type: its own complaints. Else one sentence that names what may stand here."""
    options: Any = error.validator_value
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or []:
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    fitting = [
        inners
        for inners in branches.values()
        if not any(inner.validator == "type" and not inner.relative_path for inner in inners)
        and not (any(inner.validator == "enum" and not inner.relative_path for inner in inners))
    ]
    real = [i for i, branch in enumerate(options) if branch.get("type") != "null"]
    if len(fitting) != 1 and len(real) == 1:
        fitting = [branches[real[0]]]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _translated(inner, (*at, *inner.relative_path), document)
        return
    schema = error.schema if isinstance(error.schema, dict) else {}
    hint = ""
    if any(branch.get("title") == "Distribution" for branch in options):
        hint = "write e.g. 0.4 or {beta: [2, 3]}"
    found = shown(error.instance, document.written.get(at, ""))
    yield Finding(at, f"expected {_expected(schema)}, found {found}", hint)
