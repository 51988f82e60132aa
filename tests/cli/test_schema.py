"""`schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.catalogue.schema_files import KINDS
from tests.runs import ROOT, invoked


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_is_printed(name: str) -> None:
    """The same as the file in the repository; with --json in one line."""
    done = invoked("schema", name)
    assert done.code == 0
    assert done.out == (ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(invoked("schema", name, "--json").out) == json.loads(done.out)


@pytest.mark.parametrize("arguments", [(), ("personas",), ("persona", "plan")])
def test_another_name_is_refused(arguments: tuple[str, ...]) -> None:
    """With what was expected and found."""
    done = invoked("schema", *arguments)
    assert done.code == 2
    assert "expected one of persona, scenario" in done.err


def test_schemas_and_lines_are_written(tmp_path: Path) -> None:
    """Into a folder, for files and folders of them; a wrong file keeps no other from its line."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yaml").write_text("what: 1\n")
    good = tmp_path / "own" / "b.yaml"
    good.write_text("{persona: 1, name: b, about: x}\n")
    done = invoked("schema", "--into", tmp_path / ".schemas", tmp_path / "own")
    assert done.code == 2
    assert "a.yaml:1:1" in done.err
    assert good.read_text().startswith("# yaml-language-server: $schema=../.schemas/persona.json\n")
    assert {path.stem for path in (tmp_path / ".schemas").iterdir()} == set(KINDS)
