"""`score` and `export`: measures of a run, of an export of one, and of anybody's logs."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from simulator.cli.output import as_json, coloured, decided, emit, width
from simulator.cli.read import EXIT
from simulator.model.errors import Exit, InputError, Problem, StoreFailed
from simulator.model.scenario import Scenario
from simulator.model.score import GUESS, Score
from simulator.model.transcript import Transcript
from simulator.store import RunFolder, Segment

if TYPE_CHECKING:
    from simulator.logs.detect import Layout
    from simulator.logs.source import Rejected, Source
    from simulator.model.log_map import LogMap
    from simulator.report.progress import Progress

NAMED = 5
"""So many of the records that could not be read are named; all of them are counted."""
QUIET_S = 2.0
"""What is done sooner needs no progress."""


log_format = click.option(
    "--format",
    "form",
    type=click.Choice(["auto", "exitramp", "openai", "tau", "csv", "jsonl"]),
    default="auto",
    show_default=True,
    help="What kind of log it is; auto tells it by the content.",
)
log_map = click.option(
    "--map", "map_file", type=click.Path(), help="Columns of a table, and words for who speaks (YAML)."
)


@click.command()
@click.argument("source", metavar="SOURCE", type=click.Path())
@log_format
@log_map
@click.option(
    "--scenario",
    "scenario_files",
    multiple=True,
    type=click.Path(),
    help="Scenarios of the conversations (for transcripts of exitramp: the stock otherwise).",
)
@click.option(
    "--handoff-tool",
    "handoff_tools",
    multiple=True,
    metavar="NAME",
    help="A tool whose call gives the customer to a person.",
)
@click.option("--keep-text", is_flag=True, help="Store and print names, addresses, numbers and ids as they are.")
@click.option(
    "--out", metavar="DIR", type=click.Path(), help="Keep transcripts, scores, summary and what was rejected."
)
@as_json
def score(
    source: str,
    form: str,
    map_file: str | None,
    scenario_files: tuple[str, ...],
    handoff_tools: tuple[str, ...],
    keep_text: bool,
    out: str | None,
    json: bool,
) -> int:
    """Score a run again, an export of one, or a log of chats.

    SOURCE is a RUN's folder, which is scored from its frozen copies, or a file (gzipped or not): transcripts or an export of
    exitramp, OpenAI-style message lists, results of tau-bench and tau2-bench, a CSV export, or normalised JSON lines. Real
    people's names and numbers are replaced by stand-ins before anything is stored or printed.
    """
    if Path(source).is_dir():
        if form not in ("auto", "exitramp") or map_file or out:
            raise InputError(
                [Problem("a folder is a run of exitramp", file=source, hint="--format, --map and --out are for files")]
            )
        return _score_run(source, json)
    from simulator.logs.detect import layout_of, stated_format
    from simulator.logs.source import Source
    from simulator.report.progress import Progress

    began = time.monotonic()
    with Progress(sys.stderr) as progress:
        found = Source(Path(source), lambda read: _tell(progress, began, found, read))
        layout = layout_of(found, stated_format(form))
        click.echo(f"{source}: taken for {layout.words}", err=True)
        columns = read_map(map_file)
        kept = _Kept(out) if out else None
        audit = _Audit(found, layout, columns, handoff_tools, scenario_files, keep_text, kept, json)
        audit.run()
    return audit.told()


def _score_run(run: str, json: bool) -> int:
    from simulator.cli.wording import run_of
    from simulator.registry import METRICS
    from simulator.report.run import run_report

    folder = RunFolder.existing(run)
    decision = decided(folder)
    if json:
        for line in folder.score_lines():
            emit(msgspec.Raw(line.rstrip(b"\n")))
    else:
        click.echo(run_report(run_of(decision), METRICS, width=width(), colour=coloured()), nl=False)
    return EXIT[decision.verdict]


def _line(id_: str, one: Score) -> dict[str, Any]:
    return {"transcript": id_, **msgspec.to_builtins(one)}


def _tell(progress: Progress, began: float, source: Source, read: int) -> None:
    if time.monotonic() - began > QUIET_S:
        megabytes = 1024 * 1024
        status = {"finished": read // megabytes, "planned": max(1, source.size // megabytes)}
        progress.update({"target": f"reading {source.path.name}, MB", **status})


def read_map(path: str | None) -> LogMap | None:
    """The `--map` file. Raises InputError."""
    if path is None:
        return None
    from simulator.catalogue.check import read
    from simulator.model.log_map import LogMap

    return read(path, LogMap)


class _Kept:
    """The folder into which a log's results go. Nothing is ever overwritten."""

    def __init__(self, folder: str) -> None:
        """Raises InputError where there is something already, StoreFailed where it cannot be made."""
        self.path = Path(folder)
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise InputError(
                [Problem("there is something already", file=folder, hint="name a folder that is new or empty")]
            )
        try:
            self.transcripts = Segment(self.path / "transcripts.jsonl")
            self.scores = Segment(self.path / "scores.jsonl")
            self.rejected = Segment(self.path / "rejected.jsonl")
        except OSError as error:
            raise StoreFailed(f"{folder}: {error.strerror}") from error

    def close(self, summary: dict[str, Any]) -> None:
        """Write the summary, last of all: whoever finds it finds everything."""
        for segment in (self.transcripts, self.scores, self.rejected):
            segment.close()
        RunFolder(self.path).write_json("summary.json", summary)


class _Audit:
    """One log on its way from file to scores: constant in memory whatever its size."""

    def __init__(
        self,
        source: Source,
        layout: Layout,
        columns: LogMap | None,
        handoff_tools: tuple[str, ...],
        scenario_files: tuple[str, ...],
        keep_text: bool,
        kept: _Kept | None,
        json: bool,
    ) -> None:
        from simulator.logs.exitramp import header_of
        from simulator.logs.records import handoffs_of
        from simulator.verdict.tally import Tally

        self._source, self._layout, self._columns = source, layout, columns
        self._ours = layout.format == "exitramp"
        self._header = header_of(source) if self._ours else None
        self._handoffs = handoffs_of(source, layout, handoff_tools)
        self._scenarios = self._known(scenario_files)
        self._only = next(iter(self._scenarios)) if not self._ours and len(self._scenarios) == 1 else ""
        self._keep_text, self._kept, self._json = keep_text, kept, json
        self._tally = Tally(probes=self._probes())
        self._tiers: Counter[str] = Counter()
        self._rejected = self._unfit = self._place = 0
        self._pseudonymised = False

    def run(self) -> None:
        """Read, score, and let go of, each conversation in turn."""
        from simulator.scorers.loops import Loops
        from simulator.scorers.stock import CAUTIOUS, FOR_LOGS, STOCK
        from simulator.verdict.scoring import unrecognised
        from simulator.verdict.stream import scored

        cautious = {}
        if self._ours:
            # The rule of a whole run, which only a first reading can decide; it rests on one score of these.
            seen = unrecognised(scored(self._transcripts(first=True), self._scenarios, (Loops(),)))
            cautious = dict.fromkeys(seen, CAUTIOUS)
        scorers = STOCK if self._ours else FOR_LOGS
        for transcript, scores in scored(self._transcripts(), self._scenarios, scorers, cautious=cautious):
            self._take(transcript, scores)
        if self._kept is not None:
            self._kept.close(self._summary())

    def told(self) -> int:
        """The summary for people, and the exit code. Raises InputError where nothing could be read."""
        if self._rejected > NAMED:
            click.echo(f"... and {self._rejected - NAMED:,} more that could not be read", err=True)
        if self._rejected:
            read = self._tally.conversations + self._tally.left_out
            click.echo(f"{self._rejected:,} could not be read and were left out; {read:,} were scored", err=True)
        if self._unfit > NAMED:
            click.echo(f"... and {self._unfit - NAMED:,} more scored without their scenario", err=True)
        if not self._place:
            hint = "see above for what is wrong" if self._rejected else "is it the right file?"
            raise InputError([Problem("no transcript in this file", file=str(self._source.path), hint=hint)])
        if not self._json:
            from simulator.report.log import LogReport, log_report

            report = LogReport(
                source=str(self._source.path),
                taken_for=self._layout.words,
                conversations=self._tally.conversations,
                left_out=self._tally.left_out,
                rejected=self._rejected,
                tiers=self._tiers,
                lines=self._tally.lines(),
                pseudonymised=self._pseudonymised,
                notes=[*self._notes()],
            )
            click.echo(log_report(report, width=width(), colour=coloured()), nl=False)
        return Exit.DONE

    def _known(self, files: tuple[str, ...]) -> Mapping[str, Scenario]:
        from simulator.catalogue.check import read
        from simulator.catalogue.stock import select

        if self._header is not None and not files:
            return self._header.scenarios
        if not self._ours and not files:
            return {}
        return {one.name: one for one in (read(file, Scenario) for file in select("scenarios", files or ["*"]))}

    def _probes(self) -> list[str]:
        """Names of the personas that are probes: the run's, where the file tells them; in a foreign log there are none."""
        from simulator.catalogue.stock import select

        if self._header is not None:
            return self._header.probes
        return [file.stem for file in select("personas", ["probe*"])] if self._ours else []

    def _transcripts(self, *, first: bool = False) -> Iterator[Transcript]:
        from simulator.logs.records import records
        from simulator.logs.source import Rejected
        from simulator.scorers.observable import misfit

        for record in records(self._source, self._layout, self._handoffs, self._columns):
            if isinstance(record, Rejected):
                if not first:
                    self._reject(record)
                continue
            if not record.scenario and self._only:
                record = msgspec.structs.replace(record, scenario=self._only)
            why = misfit(record, self._scenarios.get(record.scenario)) if self._scenarios else ""
            if why:
                record = msgspec.structs.replace(record, scenario="")
                if not first:
                    self._unfit += 1
                    if self._unfit <= NAMED:
                        hint = "give its file with --scenario"
                        who = record.id if self._ours or self._keep_text else "a conversation"
                        click.echo(f"{who}: scored without its scenario: {why}; {hint}", err=True)
            yield record

    def _reject(self, record: Rejected) -> None:
        self._rejected += 1
        if self._rejected <= NAMED:
            click.echo(str(record), err=True)
        if self._kept is not None:
            self._kept.rejected.append(record)

    def _take(self, transcript: Transcript, scores: list[Score]) -> None:
        self._place += 1
        self._tally.add(transcript, scores, f"{transcript.id}\x1f{self._place}")
        self._tiers.update(transcript.tiers)
        if self._kept is None and not self._json:
            self._pseudonymised = self._pseudonymised or not (self._keep_text or transcript.case)
            return
        if self._keep_text or transcript.case:
            shown, told = transcript, scores  # our own customers are nobody
        else:
            self._pseudonymised = True
            shown, told = self._disguised(transcript, scores)
        if self._kept is not None:
            self._kept.transcripts.append(shown)
        for one in told:
            if self._json:
                emit(_line(shown.id, one))
            if self._kept is not None:
                self._kept.scores.append(_line(shown.id, one))

    def _disguised(self, transcript: Transcript, scores: list[Score]) -> tuple[Transcript, list[Score]]:
        from simulator.logs.pseudonyms import Pseudonyms, may_quote, safe_id

        shown = transcript
        if not safe_id(transcript.id):
            shown = msgspec.structs.replace(transcript, id=f"conversation-{self._place}")
        # Why a guess is not made are figures of ours, never words of the log.
        quoting = [may_quote(one.reason) and not (one.value is None and one.name.endswith(GUESS)) for one in scores]
        if self._kept is None and not any(quoting):
            return shown, scores
        pseudonyms = Pseudonyms(turn.text for turn in transcript.turns)
        told = [pseudonyms.score(one) if quotes else one for one, quotes in zip(scores, quoting, strict=True)]
        return pseudonyms.transcript(shown) if self._kept is not None else shown, told

    def _notes(self) -> Iterator[str]:
        if self._handoffs.seen:
            yield (
                "A hand-off is known by calls of a tool with a usual name, where the conversation shows that calls were kept; "
                "--handoff-tool NAME says so for all."
            )
        elif not self._ours and self._layout.format != "csv" and not self._handoffs.stated:
            yield "No tool that calls a person was seen, so nothing is booked as contained; name one with --handoff-tool."
        if self._kept is not None:
            yield f"Kept in {self._kept.path}: transcripts, scores, summary, and what was rejected."

    def _summary(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "source": self._source.path.name,
            "format": self._layout.format,
            "conversations": self._tally.conversations,
            "left_out": self._tally.left_out,
            "rejected": self._rejected,
            "tiers": dict(self._tiers),
            "pseudonymised": self._pseudonymised,
            "metrics": self._tally.lines(),
        }


@click.command()
@click.argument("run", type=click.Path())
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(),
    help="The file to write, gzipped where its name ends in .gz; never overwritten.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["exitramp", "openai"]),
    default="exitramp",
    show_default=True,
    help="openai: message lists for other tools, words alone.",
)
def export(run: str, out: str, form: str) -> int:
    """Write a RUN as one file that carries everything scoring needs.

    `exitramp score FILE` says of it what `exitramp score RUN` says of the run, score for score.
    """
    from simulator.catalogue.freeze import Catalogue
    from simulator.logs.exitramp import export as write
    from simulator.logs.exitramp import export_messages

    folder = RunFolder.existing(run)
    if form == "openai":
        count, damage = export_messages(folder, Path(out))
    else:
        catalogue = Catalogue.read(folder.catalogue)
        count, damage = write(folder, catalogue.scenarios, catalogue.personas, Path(out))
    for one in damage:
        click.echo(f"{one.file}:{one.line}: cannot be read, left out: {one.reason}", err=True)
    click.echo(f"{count:,} conversations written to {out}", err=True)
    return Exit.DONE
