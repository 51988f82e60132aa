"""JSON Schemas as files: what editors read to complete and check a YAML file while it is typed.

They are what `schema_of` derives from the Structs, with the docstrings of the fields as descriptions. A YAML file names its
schema in a first line of its own, `# yaml-language-server: $schema=...`, relative to itself.
"""

from __future__ import annotations

import ast
import inspect
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from simulator.catalogue.check import MARKS, source
from simulator.model import calibration, gates, log_map, persona, plan, scenario, target
from simulator.model.errors import InputError, Problem

KINDS: Mapping[str, type] = {mark: kind for kind, mark in MARKS.items()}
"""What a schema is called -> the noun: persona, scenario, plan, gates, target, translation, log_map, calibration."""
_NOUNS = (calibration, gates, log_map, persona, plan, scenario, target)
MODELINE = "# yaml-language-server: $schema="
BESIDE = ".schemas"
"""Folder beside a starter file that holds the schema it names."""


@cache
def published(name: str) -> dict[str, Any]:
    """The schema of that name as editors want it: JSON Schema 2020-12, with what each field means."""
    from simulator.catalogue.schema import schema_of  # brings a validator along, which the names alone do not need

    schema = schema_of(KINDS[name])
    structs = {one.__name__: one for module in _NOUNS for one in _structs(module)}
    for title, definition in schema["$defs"].items():
        told = _meanings(structs[title]) if title in structs else {}
        for field, entry in definition.get("properties", {}).items():
            if field in told:
                entry["description"] = told[field]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"exitramp {name}", **schema}


def schema_text(name: str) -> str:
    """The schema file of that name, byte for byte."""
    return msgspec.json.format(msgspec.json.encode(published(name)), indent=2).decode() + "\n"


def write_schemas(folder: Path, names: Iterable[str] = tuple(KINDS)) -> list[Path]:
    """Write `NAME.json` for each into the folder, over older ones. Raises InputError where it cannot be written."""
    paths = []
    for name in names:
        path = folder / f"{name}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(schema_text(name), encoding="utf-8")
        except OSError as error:
            raise InputError([Problem(f"cannot be written: {error.strerror}", str(path))]) from None
        paths.append(path)
    return paths


def modeline(file: Path, schemas: Path, name: str) -> str:
    """The first line of a YAML file that names its schema, with the way from the one to the other."""
    way = Path(os.path.relpath(schemas / f"{name}.json", file.parent)).as_posix()
    return f"{MODELINE}{way}"


def kind_of(file: Path) -> str:
    """What a YAML file is, by the key that opens its format. Raises InputError."""
    document, _ = source(file)
    keys = document.value if isinstance(document.value, dict) else {}
    found = next((mark for mark in KINDS if mark in keys), None)
    if found is None:
        expected = ", ".join(f"`{mark}: 1`" for mark in KINDS)
        hint = f"begin it with one of {expected}"
        raise InputError(document.problems or [Problem("cannot tell what this file is", str(file), 1, 1, hint=hint)])
    return found


def name_schema(file: Path, schemas: Path) -> bool:
    """Let a YAML file name its schema in its first line; False where it does so already. Raises InputError."""
    line = modeline(file, schemas, kind_of(file))
    # Bytes, so that line ends and everything else stay as they are.
    content = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    end = b"\r\n" if b"\r\n" in content else b"\n"
    lines = content.split(end)
    kept = [one for one in lines if not one.startswith(MODELINE.encode())]
    wanted = end.join([line.encode(), *kept])
    if wanted == content:
        return False
    try:
        file.write_bytes(wanted)
    except OSError as error:
        raise InputError([Problem(f"cannot be written: {error.strerror}", str(file))]) from None
    return True


def _structs(module: Any) -> Iterator[type]:
    return (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, msgspec.Struct))


def _meanings(kind: type) -> dict[str, str]:
    """The docstrings below the fields of a Struct and of those it extends; a persona's traits are told by the traits."""
    told: dict[str, str] = dict(_meanings(persona.Traits)) if kind is persona.Persona else {}
    for base in reversed(kind.__mro__):
        if issubclass(base, msgspec.Struct) and base is not msgspec.Struct:
            told |= _field_docstrings(base.__module__).get(base.__name__, {})
    return told


@cache
def _field_docstrings(module: str) -> dict[str, dict[str, str]]:
    """Class -> field -> the text that stands below the field in the source."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(sys.modules[module])).body:
        if not isinstance(node, ast.ClassDef):
            continue
        fields = found.setdefault(node.name, {})
        for above, below in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(above, ast.AnnAssign)
                and isinstance(above.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                fields[above.target.id] = inspect.cleandoc(below.value.value).replace("\n", " ")
    return found
