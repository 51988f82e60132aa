from __future__ import annotations

from pathlib import Path

import pytest

from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.stock import names, select
from simulator.model.errors import InputError

PERSONA = "persona: 1\r\nname: {}\r\nabout: a Müller  # kept\r\n"
SCENARIO = """\
scenario: 1
name: {}
facts: {{}}
truth: {{a: {{value: b}}}}
needs: [{{name: c, resolution: {{told: [a]}}}}]
"""


def files(folder: Path, template: str, *named: tuple[str, str]) -> list[Path]:
    for file, name in named:
        (folder / file).write_bytes(template.format(name).encode())
    return [folder / file for file, _ in named]


def test_a_catalogue_is_kept_byte_for_byte(tmp_path: Path) -> None:
    """Remarks and line ends survive, and what is read back is the same."""
    personas = files(tmp_path, PERSONA, ("one.yaml", "anna"))
    catalogue = Catalogue.load(personas, files(tmp_path, SCENARIO, ("two.yaml", "late-parcel")))
    catalogue.write(tmp_path / "run")
    assert (tmp_path / "run/personas/anna.yaml").read_bytes() == personas[0].read_bytes()
    assert Catalogue.read(tmp_path / "run") == catalogue


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    """A bad persona does not hide a bad scenario or a file that is missing."""
    personas = files(tmp_path, PERSONA, ("p.yaml", "BAD NAME"))
    scenarios = files(tmp_path, SCENARIO, ("s.yaml", "Also Bad"))
    with pytest.raises(InputError) as caught:
        Catalogue.load(personas, [*scenarios, tmp_path / "none.yaml"])
    assert {Path(problem.file).name for problem in caught.value.problems} == {"p.yaml", "s.yaml", "none.yaml"}


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """A name is part of every draw's address, so it must be one persona's alone."""
    personas = files(tmp_path, PERSONA, ("p.yaml", "anna"), ("q.yaml", "anna"))
    with pytest.raises(InputError, match=r"q\.yaml: name: the name 'anna' is already taken by .*p\.yaml"):
        Catalogue.load(personas, [])


def test_a_folder_without_a_catalogue_is_an_input_error(tmp_path: Path) -> None:
    """A run whose copies are gone cannot be rescored."""
    with pytest.raises(InputError, match="expected personas"):
        Catalogue.read(tmp_path)


@pytest.mark.skipif(not (names("personas") and names("scenarios")), reason="no stock")
def test_the_whole_stock_is_one_catalogue(tmp_path: Path) -> None:
    """It loads without a warning and survives a run's folder."""
    catalogue = Catalogue.load(select("personas", ["*", "probe*"]), select("scenarios", ["*"]))
    assert catalogue.warnings == []
    assert sorted(catalogue.personas) == names("personas")
    catalogue.write(tmp_path)
    assert Catalogue.read(tmp_path) == catalogue
