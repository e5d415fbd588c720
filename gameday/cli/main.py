"""`gameday`: the commands, loaded when called, and the mapping of every error to an exit code."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable

import click
from typing_extensions import override

from gameday import __version__
from gameday.errors import Exit, GamedayError, InvalidFiles

GC_THRESHOLD = 50_000
"""Allocations between collections: Python's 700 collect a hundred times while libraries load, a tenth of their time."""
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("gameday.cli.run", "Run a scenario: faults, people, revert, review."),
    "plan": ("gameday.cli.plan", "Show what a run would touch, and how it would be reverted. Changes nothing."),
    "init": ("gameday.cli.init", "Propose a gameday.yaml from what is found here. Changes nothing."),
    "env": ("gameday.cli.env", "Bind what a scenario needs in an environment, and test each answer."),
    "new": ("gameday.cli.new", "Write a first scenario, from six questions."),
    "check": ("gameday.cli.check", "Report every problem of every file at once."),
    "status": ("gameday.cli.status", "Show the running drill as responders see it."),
    "stop": ("gameday.cli.stop", "STOP: end the drill now and revert all faults. Anyone may."),
    "halt": ("gameday.cli.halt", "Revert everything outstanding, with or without a running drill."),
    "ack": ("gameday.cli.participant_commands:ack", "Acknowledge the page of the running drill."),
    "note": ("gameday.cli.participant_commands:note", "Record a note in the running drill's log."),
    "decide": ("gameday.cli.participant_commands:decide", "Record a decision."),
    "theory": ("gameday.cli.participant_commands:theory", "Record what the team thinks is happening."),
    "declare": ("gameday.cli.participant_commands:declare", "Declare an incident."),
    "predict": ("gameday.cli.participant_commands:predict", "Submit a prediction, sealed until the end."),
    "claim": ("gameday.cli.participant_commands:claim", "Take an unfilled role."),
    "handover": ("gameday.cli.participant_commands:handover", "Hand a role over to another person."),
    "update": ("gameday.cli.participant_commands:update", "Post a status update."),
    "act": (
        "gameday.cli.participant_commands:act",
        "Run an action of the environment; without a name: list them.",
    ),
    "help": ("gameday.cli.participant_commands:help_", "Request help."),
    "facilitate": ("gameday.cli.facilitate", "Intervene as facilitator: send, hold, adjust, pause."),
    "log": ("gameday.cli.log", "Print a drill's events."),
    "attach": ("gameday.cli.attach", "Show the running drill in another terminal."),
    "replay": ("gameday.cli.replay", "Replay a finished drill on the same screen."),
    "show": ("gameday.cli.show", "Show a finished drill: its scorecard."),
    "review": ("gameday.cli.review", "Draft the blameless review of a finished drill."),
    "debrief": ("gameday.cli.debrief", "Hold the hot debrief; its lines go into the review as spoken."),
    "doctor": ("gameday.cli.doctor", "Report what this host and environment can do."),
    "demo": ("gameday.cli.demo", "Start, show or stop the demo environment."),
    "proxy": ("gameday.cli.proxy", "Serve a Toxiproxy-compatible fault proxy, or control a running one."),
    "schema": ("gameday.cli.schema", "Print the JSON Schema of a file, for editors."),
}


class LazyGroup(click.Group):
    """Group that imports a command when it is called: `gameday --help` loads no SDK (a test checks)."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name or "command")
        assert isinstance(command, click.Command)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command {args[0]!r}{_suggestion(args[0])}", ctx)
        return super().resolve_command(ctx, args)


def _suggestion(word: str) -> str:
    import difflib

    close = difflib.get_close_matches(word, COMMANDS, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gameday")
def gameday() -> None:
    """Break your own staging system on purpose, practise the incident, revert everything."""


def main() -> None:
    """Run the console script."""
    gc.set_threshold(GC_THRESHOLD)
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:  # the terminal is gone; the interpreter would exit with its own code
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process
    gc.freeze()  # the interpreter's last collection of what a drill has loaded would take 0.2 s
    sys.exit(int(code))


def run_command(args: list[str]) -> Exit:
    """Run the command."""
    return map_exceptions(lambda: gameday.main(args, prog_name="gameday", standalone_mode=False))


def map_exceptions(work: Callable[[], object]) -> Exit:
    """Run `work` and map every exception to an exit code and one sentence.

    No traceback reaches a user unless GAMEDAY_DEBUG is set.
    """
    try:
        result = work()
        return result if isinstance(result, Exit) else Exit.HELD
    except InvalidFiles as bad:
        click.echo(str(bad), err=True)
        return bad.exit
    except GamedayError as error:
        click.echo(f"gameday: {error}", err=True)
        return error.exit
    except click.exceptions.Abort:
        click.echo("gameday: stopped by Ctrl-C", err=True)
        return Exit.HALTED
    except click.ClickException as error:
        error.show()
        return Exit.BAD_INPUT
    except (BrokenPipeError, SystemExit):  # click raises SystemExit when the reader is gone
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader is gone; nothing left to say
        return Exit.HELD
    except KeyboardInterrupt:
        click.echo("gameday: stopped by Ctrl-C", err=True)
        return Exit.HALTED
    except Exception as error:
        if os.environ.get("GAMEDAY_DEBUG"):
            raise
        click.echo(f"gameday: the program itself failed: {type(error).__name__}: {error}", err=True)
        click.echo("  Set GAMEDAY_DEBUG=1 to see where, and please report it.", err=True)
        return Exit.FAILED
