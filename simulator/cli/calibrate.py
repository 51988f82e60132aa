"""`calibrate`: the customers' choice fitted to a company's own chat logs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from simulator.cli.output import as_json, coloured, emit, width
from simulator.cli.score import NAMED, log_format, log_map, read_map
from simulator.cli.starters import refuse_to_overwrite, write_new
from simulator.model.errors import Exit, InputError, Problem
from simulator.model.transcript import Transcript

if TYPE_CHECKING:
    from simulator.catalogue.freeze import Catalogue


@click.command()
@click.option(
    "--logs", required=True, type=click.Path(path_type=Path), help="A log of chats, in any format; or a run's folder."
)
@log_format
@log_map
@click.option(
    "--out", default="calibration.yaml", show_default=True, type=click.Path(path_type=Path), help="The file to write."
)
@click.option("--about", default="", help="Whose logs these are, as reports shall say it.")
@click.option(
    "--scenario", "scenarios", multiple=True, help="What they are about: name, glob or file.  [default: the stock]"
)
@as_json
def calibrate(
    logs: Path, form: str, map_file: str | None, out: Path, about: str, scenarios: tuple[str, ...], json: bool
) -> int:
    """Fit how customers choose (ask for a person, leave, leave silently) to your own chat logs.

    Prints estimates with standard errors and what the logs cannot tell, and writes a file that a plan can name
    (`calibration: calibration.yaml`). Nothing that anybody said and no id is in it.
    """
    from simulator.calibration.gather import calibration, gather
    from simulator.catalogue.schema_files import BESIDE, modeline, write_schemas
    from simulator.report.calibration import calibration_report
    from simulator.report.progress import Progress

    refuse_to_overwrite([out])
    source = _Source(logs, form, map_file)
    catalogue = _catalogue(logs, scenarios)
    with Progress(sys.stderr) as progress:

        def told(what: str, done: int, of: int) -> None:
            progress.update({"target": what, "finished": done, **({"planned": of} if of else {})})

        gathered = gather(source, catalogue.scenarios, catalogue.personas, on_progress=told)
        found = calibration(
            gathered,
            catalogue.personas,
            file=str(logs),
            sha256=source.sha256(),
            unread=source.unread,
            about=about,
            on_progress=told,
        )
    write_schemas(out.parent / BESIDE, ["calibration"])
    document = msgspec.yaml.encode(msgspec.to_builtins(found)).decode()
    write_new(out, f"{modeline(out, out.parent / BESIDE, 'calibration')}\n{document}")
    if json:
        emit(found)
    else:
        click.echo(calibration_report(found, width=width(), colour=coloured()), nl=False)
    for reason in source.reasons:
        click.echo(f"{reason}", err=True)
    click.echo(
        f"{out}: written; next: `calibration: {out.name}` in a plan, or exitramp run --calibration {out}", err=True
    )
    return Exit.DONE


class _Source:
    """The transcripts of a log in any format, or of a run, one at a time; knows afterwards what could not be read."""

    def __init__(self, logs: Path, form: str, map_file: str | None) -> None:
        self._files = sorted((logs / "transcripts").glob("*.jsonl")) if logs.is_dir() else [logs]
        if not self._files:
            raise InputError(
                [Problem("no transcripts/*.jsonl in this folder", str(logs), hint="give a file, or a run's folder")]
            )
        self._form, self._columns = form, read_map(map_file)
        self.unread = 0
        self.reasons: list[str] = []
        """Of the first records that could not be read."""

    def __iter__(self) -> Iterator[Transcript]:
        from simulator.logs.detect import layout_of, stated_format
        from simulator.logs.records import handoffs_of, records
        from simulator.logs.source import Rejected, Source

        for path in self._files:
            source = Source(path)
            layout = layout_of(source, stated_format(self._form))
            for record in records(source, layout, handoffs_of(source, layout, ()), self._columns):
                if not isinstance(record, Rejected):
                    yield record
                    continue
                self.unread += 1
                if len(self.reasons) < NAMED:
                    self.reasons.append(str(record))

    def sha256(self) -> str:
        """Of the bytes of all files."""
        digest = sha256()
        for path in self._files:
            with path.open("rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
        return digest.hexdigest()


def _catalogue(logs: Path, scenarios: tuple[str, ...]) -> Catalogue:
    """What the conversations were about: a run's frozen copies where these lie beside the logs, else the stock."""
    from simulator.catalogue.freeze import Catalogue
    from simulator.catalogue.stock import select
    from simulator.launch.casting import PROBES

    frozen = (logs if logs.is_dir() else logs.parent.parent) / "catalogue"
    if not scenarios and (frozen / "scenarios").is_dir():
        return Catalogue.read(frozen)
    # Probes follow a script: to be left out they have to be known.
    return Catalogue.load(
        [*select("personas", ["*"]), *select("personas", PROBES)], select("scenarios", scenarios or ["*"])
    )
