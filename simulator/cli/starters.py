"""`personas new`, `scenarios new`: files to begin with, sound as they are, each beside the schema that it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.catalogue.schema_files import BESIDE, modeline, write_schemas
from simulator.cli.output import as_json, emit
from simulator.model.errors import Exit, InputError, Problem

if TYPE_CHECKING:
    from simulator.catalogue.drafts import Found

_PERSONA = (re.compile(r"[a-z][a-z0-9_]*").fullmatch, "lower-case letters, digits and underscores, e.g. repeat_caller")
_SCENARIO = (
    re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*").fullmatch,
    "lower-case letters and digits joined by hyphens, e.g. parcel-status",
)


@click.command("new")
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path), help="File, or a folder.  [default: NAME.yaml]")
@as_json
def new_persona(name: str, out: Path | None, json: bool) -> int:
    """Write a commented persona file to begin with."""
    from simulator.catalogue.drafts import persona_text

    _named(name, *_PERSONA)
    file = _file(out, name)
    _write([(file, persona_text(name, modeline(file, file.parent / BESIDE, "persona")))], "persona")
    return _tell([file], json)


@click.command("new")
@click.argument("name")
@click.option("--from-logs", type=click.Path(path_type=Path), help="JSON lines of chats, or a message a line.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or a folder.  [default: NAME.yaml]")
@as_json
def new_scenario(name: str, from_logs: Path | None, out: Path | None, json: bool) -> int:
    """Write a commented scenario file to begin with, or several from logs.

    With --from-logs conversations that began alike become one draft each, NAME-1, NAME-2 ..., the largest group first. What
    belongs to one customer (names, addresses, numbers, rare words) is cut out; ids become templates.
    """
    from simulator.catalogue.drafts import scenario_text

    _named(name, *_SCENARIO)
    if from_logs is None:
        file = _file(out, name)
        _write([(file, scenario_text(name, modeline(file, file.parent / BESIDE, "scenario")))], "scenario")
        return _tell([file], json)
    found, read, silent = _found(from_logs)
    first = _file(out, name)
    numbered = [
        (first.with_stem(f"{first.stem}-{number}"), f"{name}-{number}", draft)
        for number, draft in enumerate(found.drafts, 1)
    ]
    texts = [
        (file, scenario_text(one, modeline(file, file.parent / BESIDE, "scenario"), draft))
        for file, one, draft in numbered
    ]
    _write(texts, "scenario")
    counts = {
        "conversations": read + silent,
        "without_customer": silent,
        "not_compared": read - found.messages,
        "in_drafts": sum(draft.conversations for draft in found.drafts),
        "not_shown": found.unshown,
        "left": found.left,
    }
    if json:
        drafts = [
            {"file": str(file), "name": one, "conversations": draft.conversations} for file, one, draft in numbered
        ]
        emit({**counts, "drafts": drafts})
        return Exit.DONE
    for file, _, draft in numbered:
        click.echo(f"{file}  {draft.conversations:>4} conversations, e.g. {draft.wordings[0]!r}")
    rest = f"{found.left} in smaller groups or none"
    if read > found.messages:
        rest += f", {read - found.messages} not compared (a sample of {found.messages} was)"
    if found.unshown:
        rest += f", {found.unshown} that cannot be shown without personal details"
    click.echo(f"{counts['in_drafts']} of {counts['conversations']} conversations; {rest}", err=True)
    click.echo("What is marked REPLACE no log can tell; read the wordings once more before you share them.", err=True)
    return Exit.DONE


def _found(log: Path) -> tuple[Found, int, int]:
    """What a log gave, how many openings it has, and how many conversations without one."""
    from simulator.catalogue.drafts import SMALLEST, from_messages
    from simulator.catalogue.openings import read_openings

    openings = read_openings(log)
    click.echo(f"comparing {len(openings.messages):,} openings", err=True)
    found = from_messages(openings.messages)
    if not found.drafts:
        why = (
            "nothing could be shown without personal details"
            if found.unshown
            else f"no {SMALLEST} of {found.messages} conversations began alike"
        )
        hint = "give a longer log, or begin without one: exitramp scenarios new NAME"
        raise InputError([Problem(why, str(log), hint=hint)])
    return found, len(openings.messages), openings.silent


def _named(name: str, fits: object, form: str) -> None:
    assert callable(fits)
    if not fits(name):
        raise InputError([Problem(f"expected {form}, found {name!r}", field="NAME")])


def _file(out: Path | None, name: str) -> Path:
    if out is None:
        return Path(f"{name}.yaml")
    return out / f"{name}.yaml" if out.is_dir() or out.suffix not in (".yaml", ".yml") else out


def refuse_to_overwrite(files: list[Path]) -> None:
    """Raise InputError where one of them is there already."""
    there = [file for file in files if file.exists()]
    if there:
        hint = "give another --out, or remove it"
        raise InputError([Problem("is there already and is not overwritten", str(file), hint=hint) for file in there])


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises InputError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        refuse_to_overwrite([file])
    except OSError as error:
        raise InputError([Problem(f"cannot be written: {error.strerror}", str(file))]) from None


def _write(texts: list[tuple[Path, str]], kind: str) -> None:
    refuse_to_overwrite([file for file, _ in texts])
    for file, text in texts:
        write_new(file, text)
    for folder in dict.fromkeys(file.parent for file, _ in texts):
        write_schemas(folder / BESIDE, [kind])


def _tell(files: list[Path], json: bool) -> int:
    for file in files:
        if json:
            emit({"file": str(file)})
        else:
            click.echo(f"{file}: written; what is marked REPLACE is yours to say, then: exitramp check {file}")
    return Exit.DONE
