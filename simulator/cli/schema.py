"""`schema`: what editors need to complete and check the files that people write."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.catalogue.schema_files import KINDS, name_schema, published, schema_text, write_schemas
from simulator.cli.output import as_json, emit
from simulator.model.errors import Exit, InputError, Problem


@click.command()
@click.argument("what", nargs=-1)
@click.option("--into", type=click.Path(path_type=Path), help="Write all schemas into this folder instead.")
@as_json
def schema(what: tuple[str, ...], into: Path | None, json: bool) -> int:
    """Print the JSON Schema of persona, scenario, translation, target, plan, gates or calibration.

    With --into FOLDER all are written there, and WHAT are YAML files, or folders of them, that shall name theirs in a
    first line, so that editors find it:

        exitramp schema --into .schemas my-persona.yaml plans/
    """
    if into is not None:
        return _written(what, into, json)
    if len(what) != 1 or what[0] not in KINDS:
        found = ", ".join(what) or "none"
        raise InputError(
            [Problem(f"expected one of {', '.join(KINDS)}, found {found}", hint="e.g. exitramp schema persona")]
        )
    if json:
        emit(published(what[0]))
    else:
        click.echo(schema_text(what[0]), nl=False)
    return Exit.DONE


def _written(files: tuple[str, ...], into: Path, json: bool) -> int:
    """All schemas, and the first lines that name them; one wrong file does not keep the others from theirs."""
    schemas = write_schemas(into)
    problems: list[Problem] = []
    named: list[str] = []
    for file in _yaml_files(files):
        try:
            if name_schema(file, into):
                named.append(str(file))
        except InputError as error:
            problems += error.problems
    if json:
        emit({"schemas": [str(path) for path in schemas], "named": named})
    else:
        for path in schemas:
            click.echo(path)
        for name in named:
            click.echo(f"{name}: names its schema now")
    if problems:
        raise InputError(problems)
    return Exit.DONE


def _yaml_files(given: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for one in given:
        path = Path(one)
        found += sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]
    return found
