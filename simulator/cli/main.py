"""The command `exitramp`: its groups, and the handler that keeps our own faults apart from everything else.

It exits with 0 when nothing is wrong, 1 when a gate failed, 2 when it was called or fed wrongly, 3 when a gate could not
be decided, 4 when the run could not come to its end, 5 when the fault is its own, and 130 on Ctrl-C.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper

import click

from simulator import __version__
from simulator.cli.output import coloured
from simulator.model.errors import Exit, InputError, RunFailed, StoreFailed, TargetFailed

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Start": {
        "demo": "simulator.cli.run:demo",
        "personas": "simulator.cli.catalogue:personas",
        "scenarios": "simulator.cli.catalogue:scenarios",
        "bots": "simulator.cli.bots:bots",
        "schema": "simulator.cli.schema:schema",
    },
    "Run": {"run": "simulator.cli.run:run"},
    "Read": {
        "report": "simulator.cli.read:report",
        "show": "simulator.cli.read:show",
        "export": "simulator.cli.score:export",
        "rerun": "simulator.cli.run:rerun",
        "watch": "simulator.cli.live:watch",
        "play": "simulator.cli.live:play",
    },
    "Decide": {"score": "simulator.cli.score:score"},
    "Trust the tool": {
        "check": "simulator.cli.catalogue:check",
        "calibrate": "simulator.cli.calibrate:calibrate",
        "metrics": "simulator.cli.metrics:metrics",
        "accuracy": "simulator.cli.accuracy:accuracy",
    },
}
"""Group -> command -> where it is: imported only when it is called, so that `--help` stays quick."""


class Grouped(click.Group):
    """Commands by what they are for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for commands in COMMANDS.values():
            if cmd_name in commands:
                module, name = commands[cmd_name].split(":")
                command = getattr(import_module(module), name)
                assert isinstance(command, click.Command)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, commands in COMMANDS.items():
            rows = [
                (name, command.get_short_help_str(80))
                for name in commands
                if (command := self.get_command(ctx, name)) is not None
            ]
            with formatter.section(group):
                formatter.write_dl(rows)


@click.group(cls=Grouped, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="exitramp")
def exitramp() -> None:
    """Find out, before customers do, whether a support bot can be trusted under load.

    No telemetry, no update check: text goes to the target you name and nowhere else.
    """
    click.get_current_context().color = coloured()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no `é` shows a `?`; a verdict must never be lost for a letter.
            stream.reconfigure(errors="replace")
    sys.exit(invoke(arguments))


def invoke(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; nothing but an exit code ever comes out of it."""
    try:
        code = exitramp.main(args=None if arguments is None else list(arguments), standalone_mode=False)
        return code if isinstance(code, int) else Exit.DONE
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return Exit.WRONG_INPUT
    except InputError as wrong:
        for problem in wrong.problems:
            click.echo(str(problem), err=True)
        return Exit.WRONG_INPUT
    except (RunFailed, StoreFailed, TargetFailed) as failed:
        click.echo(f"exitramp: {failed}", err=True)
        return Exit.NOT_COMPLETED
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`).
        sys.stderr.close()
        return Exit.DONE
    except Exception as fault:  # the top-level handler: whatever gets here is ours and is never booked to the bot
        click.echo(
            f"exitramp: a fault of exitramp itself, not of your bot or input: {type(fault).__name__}: {fault}", err=True
        )
        click.echo("".join(traceback.format_exception(fault)), err=True)
        return Exit.OUR_FAULT
