"""The stock personas and scenarios, and how people name them: by name, by glob, or by a path of their own."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from simulator.model.errors import InputError, Problem

Kind = Literal["personas", "scenarios"]
_PACKAGE = Path(__file__).resolve().parent.parent
_SUFFIXES = (".yaml", ".yml")


def home(kind: Kind) -> Path:
    """The folder of the stock: inside the installed package, else (a checkout) beside it."""
    inside = _PACKAGE / kind
    return inside if inside.is_dir() else _PACKAGE.parent / kind


def names(kind: Kind) -> list[str]:
    """Names of the stock, sorted; empty where there is none."""
    return sorted(_stock(kind))


def select(kind: Kind, patterns: Iterable[str], *, base: Path | str = "") -> list[Path]:
    """Files for the patterns, in their order, each file once.

    A pattern is a stock name, a glob over stock names, or a path (also with a glob) to a file or a folder; relative paths
    start at `base`. A glob of personas chooses probes only if it begins with `probe`. Raises InputError that names every
    pattern without a match, with the names that come close.
    """
    stock, chosen, problems = _stock(kind), dict[Path, None](), list[Problem]()
    for pattern in patterns:
        paths, problem = _matches(kind, pattern, stock, Path(base))
        chosen.update(dict.fromkeys(paths))
        if problem is not None:
            problems.append(problem)
    if problems:
        raise InputError(problems)
    return list(chosen)


def _stock(kind: Kind) -> dict[str, Path]:
    return {path.stem: path for path in _yaml_files(home(kind))}


def _yaml_files(folder: Path) -> list[Path]:
    """Every YAML file below a folder, without the translations, which stand in folders named by a language's code."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES and path.is_file() and not (path.parent != folder and is_language(path.parent.name))
    )


def is_language(folder: str) -> bool:
    """Whether a folder's name is a language's code, such as `es` or `pt`."""
    return len(folder) == 2 and folder.isascii() and folder.isalpha() and folder.islower()


def _matches(kind: Kind, pattern: str, stock: dict[str, Path], base: Path) -> tuple[list[Path], Problem | None]:
    if pattern in stock:
        return [stock[pattern]], None
    globbed = any(character in pattern for character in "*?[")
    if "/" in pattern or "\\" in pattern or pattern.endswith(_SUFFIXES):
        return _own(pattern, globbed, base)
    if globbed:
        probes_too = kind != "personas" or pattern.startswith("probe")
        found = [
            stock[name]
            for name in sorted(stock)
            if fnmatchcase(name, pattern) and (probes_too or not name.startswith("probe"))
        ]
        return found, None if found else Problem(
            f"no stock {kind[:-1]} matches {pattern!r}", hint=_listing(kind, stock)
        )
    try:
        if (base / pattern).is_dir():
            return _own(pattern, False, base)
    except (OSError, ValueError):
        pass
    close = get_close_matches(pattern, stock, 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else _listing(kind, stock)
    return [], Problem(f"there is no stock {kind[:-1]} {pattern!r}", hint=f"{hint} (a file is named by its path)")


def _own(pattern: str, globbed: bool, base: Path) -> tuple[list[Path], Problem | None]:
    try:
        path = base / Path(pattern).expanduser()
        if globbed:
            found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        elif path.is_dir():
            found = _yaml_files(path)
        else:
            found = [path] if path.exists() else []
        exists = path.is_dir()
    except (OSError, ValueError, RuntimeError):
        found, exists = [], False
    if found:
        return found, None
    if exists:
        return [], Problem("no YAML file in this folder", str(path))
    try:
        near = get_close_matches(path.name, [other.name for other in path.parent.iterdir()], 3, 0.6)
    except (OSError, ValueError, UnboundLocalError):
        near = []
    hint = f"did you mean {' or '.join(near)}?" if near else "check the path"
    return [], Problem("no file matches" if globbed else "there is no such file", pattern, hint=hint)


def _listing(kind: Kind, stock: dict[str, Path]) -> str:
    return f"there are {', '.join(sorted(stock))}" if stock else f"the stock has no {kind}"
