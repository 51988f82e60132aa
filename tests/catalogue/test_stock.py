from __future__ import annotations

from pathlib import Path

import pytest

from simulator.catalogue.check import examine
from simulator.catalogue.stock import home, names, select
from simulator.model.errors import InputError
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario


def test_the_stock_is_found() -> None:
    """Beside the package in a checkout, inside it when installed."""
    assert home("personas").name == "personas"
    assert names("scenarios") == sorted(names("scenarios"))


@pytest.mark.parametrize("name", names("scenarios"))
def test_a_stock_scenario_is_good_and_named_like_its_file(name: str) -> None:
    """Not even a warning."""
    examined = examine(select("scenarios", [name])[0], Scenario)
    assert examined.problems == []
    assert examined.accepted().name == name


@pytest.mark.parametrize("name", names("personas"))
def test_a_stock_persona_is_good_and_named_like_its_file(name: str) -> None:
    """Not even a warning."""
    examined = examine(select("personas", [name])[0], Persona)
    assert examined.problems == []
    assert examined.accepted().name == name


def test_a_glob_of_personas_leaves_the_probes_out() -> None:
    """They are chosen by a glob of their own or by name."""
    chosen = [path.stem for path in select("personas", ["*"])]
    assert chosen == [name for name in names("personas") if not name.startswith("probe")]


def test_a_path_a_folder_and_a_glob_of_paths_name_ones_own_files(tmp_path: Path) -> None:
    """Each file once, in the order of the patterns."""
    for name in ("b.yaml", "a.yaml", "c.yml", "d.txt"):
        (tmp_path / name).write_text("")
    b, a, c = tmp_path / "b.yaml", tmp_path / "a.yaml", tmp_path / "c.yml"
    assert select("scenarios", ["./b.yaml", str(tmp_path)], base=tmp_path) == [b, a, c]
    assert select("scenarios", [f"{tmp_path}/*.yaml"]) == [a, b]


def test_patterns_without_a_match_are_told_together_with_what_comes_close(tmp_path: Path) -> None:
    """Names and paths alike."""
    (tmp_path / "mine.yaml").write_text("")
    with pytest.raises(InputError) as caught:
        select("scenarios", ["zzz-*", "./mien.yaml", str(tmp_path / "none" / "x.yaml"), "a\0/b"], base=tmp_path)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 4
    assert "no stock scenario matches 'zzz-*'" in said[0]
    assert "did you mean mine.yaml?" in said[1]


@pytest.mark.skipif(not names("scenarios"), reason="no stock scenarios")
def test_a_misspelt_name_is_given_its_neighbour() -> None:
    """The nearest stock name comes first."""
    name = names("scenarios")[0]
    with pytest.raises(InputError, match=f"did you mean {name}"):
        select("scenarios", [f"{name}x"])
