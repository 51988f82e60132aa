"""Schemas for editors: the files in the repository, and the lines that name them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.catalogue.check import source
from simulator.catalogue.schema_files import KINDS, MODELINE, kind_of, modeline, name_schema, published, schema_text
from simulator.model.errors import InputError

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
SHIPPED = sorted([*(ROOT / "personas").glob("*.yaml"), *(ROOT / "scenarios").rglob("*.yaml")])


@pytest.mark.parametrize("name", KINDS)
def test_the_files_are_what_the_command_prints(name: str) -> None:
    """`schemas/*.json` follow the code; after a change: exitramp schema --into schemas."""
    path = SCHEMAS / f"{name}.json"
    assert path.read_text(encoding="utf-8") == schema_text(name), "run: exitramp schema --into schemas"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_shipped_file_names_its_schema(path: Path) -> None:
    """In its first line, relative to itself, and the schema is there."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    line = modeline(path, SCHEMAS, kind_of(path))
    assert first == line, f"{path.relative_to(ROOT)}: run `exitramp schema --into schemas personas scenarios`"
    assert (path.parent / first.removeprefix(MODELINE)).resolve().is_file()


@pytest.mark.parametrize("path", SHIPPED[::7], ids=lambda path: str(path.relative_to(ROOT)))
def test_shipped_files_fit_their_schema(path: Path) -> None:
    """A validator that knows nothing of us agrees."""
    document = source(path)[0].value
    validator: Any = Draft202012Validator(published(kind_of(path)))
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("name", KINDS)
def test_schemas_are_schemas(name: str) -> None:
    """JSON Schema 2020-12, and an unknown field is refused."""
    validator: Any = Draft202012Validator
    validator.check_schema(published(name))
    assert any("nonsense" in error.message for error in validator(published(name)).iter_errors({"nonsense": 1}))


def test_fields_say_what_they_mean() -> None:
    """The docstrings below the fields, inherited ones and a persona's traits among them."""
    persona = published("persona")["$defs"]["Persona"]["properties"]
    assert persona["name"].get("description", "") == ""
    assert persona["assertive"]["description"].startswith("alpha in [0, 1]")
    assert "by name" in published("translation")["$defs"]["Translation"]["properties"]["needs"]["description"]


def test_a_line_is_put_in_once_and_mended(tmp_path: Path) -> None:
    """Everything else stays byte for byte, line ends too."""
    file = tmp_path / "es" / "p.yaml"
    file.parent.mkdir()
    file.write_bytes(b"# who\r\npersona: 1\r\nname: p\r\nabout: x\r\n")
    assert name_schema(file, tmp_path / "s")
    assert file.read_bytes().startswith(f"{MODELINE}../s/persona.json\r\n# who\r\npersona: 1\r\n".encode())
    assert not name_schema(file, tmp_path / "s")
    assert name_schema(file, tmp_path / "t")
    assert file.read_bytes().count(MODELINE.encode()) == 1


def test_a_file_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    """With what it may begin with; it is left as it is."""
    file = tmp_path / "x.yaml"
    file.write_text("a: 1\n")
    with pytest.raises(InputError, match="persona: 1"):
        name_schema(file, tmp_path)
    assert file.read_text() == "a: 1\n"
