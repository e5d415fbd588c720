"""`gameday`: the group of commands, loaded when called, and the one function that maps every ending."""

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
    "run": ("gameday.cli.run", "Run a scenario: faults, people, everything put back, a review."),
    "plan": ("gameday.cli.plan", "Show what would be touched, and how it would be reverted. Changes nothing."),
    "init": ("gameday.cli.init", "Look at what is here, changing nothing, and propose a gameday.yaml."),
    "env": ("gameday.cli.env", "Bind what a scenario lacks in an environment, trying each answer."),
    "new": ("gameday.cli.new", "Write a first scenario, from six questions."),
    "check": ("gameday.cli.check", "Report every problem of every file at once."),
    "status": ("gameday.cli.status", "Show the running drill, as responders see it."),
    "stop": ("gameday.cli.stop", "STOP: end the drill now, put everything back. Anyone may."),
    "halt": ("gameday.cli.halt", "Revert everything that is outstanding, with or without a drill."),
    "ack": ("gameday.cli.participant_commands:ack", "Acknowledge the page of the running drill."),
    "note": ("gameday.cli.participant_commands:note", "Write a remark into the running drill's log."),
    "decide": ("gameday.cli.participant_commands:decide", "Write down what was decided."),
    "theory": ("gameday.cli.participant_commands:theory", "Write down what the team thinks is happening."),
    "declare": ("gameday.cli.participant_commands:declare", "Declare: this is an incident."),
    "predict": ("gameday.cli.participant_commands:predict", "Seal one line before STARTEX: what will happen?"),
    "claim": ("gameday.cli.participant_commands:claim", "Take a role that nobody holds."),
    "handover": ("gameday.cli.participant_commands:handover", "Hand a role over, formally."),
    "update": ("gameday.cli.participant_commands:update", "Post a status update."),
    "act": (
        "gameday.cli.participant_commands:act",
        "Take one of the environment's actions; without a name: which there are.",
    ),
    "help": ("gameday.cli.participant_commands:help_", "Ask for help."),
    "facilitate": (
        "gameday.cli.facilitate",
        "The facilitator's hands on the running drill: send, hold, adjust, pause.",
    ),
    "log": ("gameday.cli.log", "Print a drill's events."),
    "attach": ("gameday.cli.attach", "Show the running drill in another terminal, too."),
    "replay": ("gameday.cli.replay", "Show a finished drill again, on the same screen."),
    "show": ("gameday.cli.show", "Show a finished drill: its scorecard."),
    "review": ("gameday.cli.review", "Draft the blameless review of a finished drill."),
    "debrief": ("gameday.cli.debrief", "Hold the hot debrief; its lines go into the review as spoken."),
    "doctor": ("gameday.cli.doctor", "Say what this machine and environment can do."),
    "demo": ("gameday.cli.demo", "Start, look at or stop the demo environment."),
    "proxy": ("gameday.cli.proxy", "Serve a Toxiproxy-compatible fault proxy, or control a running one."),
    "schema": ("gameday.cli.schema", "Print the JSON Schema of a file, for editors."),
}


class LazyGroup(click.Group):
    """Commands are imported when they are called: `gameday --help` loads no SDK (a test looks)."""

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
    """Break your own staging system on purpose, practise the incident, put everything back."""


def main() -> None:
    """The console script."""
    gc.set_threshold(GC_THRESHOLD)
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:  # the terminal is gone; the interpreter would end with a code of its own
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process
    gc.freeze()  # the interpreter's last collection of what a drill has loaded would take 0.2 s
    sys.exit(int(code))


def run_command(args: list[str]) -> Exit:
    """Run the command."""
    return map_exceptions(lambda: gameday.main(args, prog_name="gameday", standalone_mode=False))


def map_exceptions(work: Callable[[], object]) -> Exit:
    """Map every ending to an exit code and one clear sentence. No traceback reaches a user, unless GAMEDAY_DEBUG
    asks for it."""
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
    except (BrokenPipeError, SystemExit):  # click ends so when the reader of our output is gone
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader is gone; nothing left to say
        return Exit.HELD
    except KeyboardInterrupt:
        click.echo("gameday: stopped by Ctrl-C", err=True)
        return Exit.HALTED
    except Exception as error:
        if os.environ.get("GAMEDAY_DEBUG"):
            raise
        click.echo(f"gameday: the program itself failed: {type(error).__name__}: {error}", err=True)
        click.echo("  Set GAMEDAY_DEBUG=1 to see where; please report it.", err=True)
        return Exit.FAILED
