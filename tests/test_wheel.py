"""The wheel as people get it: built, installed into an empty environment, run from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.runs import ROOT
from tests.test_architecture import FILES, imports


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this tree with the build backend that is installed here: no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_what_is_not_python(wheel: Path) -> None:
    """Catalogue, phrases, tables, the reference wire and the typing mark; no tests, no results."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "simulator/py.typed",
        "simulator/bots/reference.yaml",
        "simulator/customers/phrases/en.yaml",
        "simulator/language/en.yaml",
    ):
        assert name in names
    for kind, form in (("personas", "*.yaml"), ("scenarios", "*.yaml"), ("schemas", "*.json")):
        here = {f"simulator/{kind}/{file.name}" for file in (ROOT / kind).glob(form)}
        assert here
        assert here <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"simulator"}


def test_its_metadata_names_the_command_and_every_library_that_is_imported(wheel: Path) -> None:
    """What the code imports is what an installer brings along, no more and no less."""
    with zipfile.ZipFile(wheel) as archive:
        about = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    needed = {
        re.split(r"[^\w-]", line.split()[1])[0] for line in about["METADATA"].splitlines() if "Requires-Dist" in line
    }
    imported = {name.split(".")[0] for path in FILES for name, _ in imports(path)} - {
        *sys.stdlib_module_names,
        "simulator",
    }
    assert {name.lower() for name in needed} == {
        {"yaml": "pyyaml", "re2": "google-re2"}.get(name, name) for name in imported
    }
    assert "exitramp = simulator.cli.main:main" in about["entry_points.txt"]


def test_it_runs_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    """In an environment that holds the wheel alone, `exitramp demo --quick` works from an empty folder.

    The dependencies are lent by this environment through a .pth file: its own editable exitramp comes after the wheel.
    """
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    lender = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "lent.pth").write_text(f"{lender}\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    found = subprocess.run(
        [python, "-c", "import simulator; print(simulator.__file__)"],
        cwd=empty,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert found.stdout.strip().startswith(str(site))
    demo = [str(python), "-m", "simulator", "demo", "--quick", "--results", "here"]
    done = subprocess.run(demo, cwd=empty, env=clean, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "What the customers met" in done.stdout
    assert [path.name for path in empty.iterdir()] == ["here"]
