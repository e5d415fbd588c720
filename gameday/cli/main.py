"""`gameday`: the main command, and the mapping of every error to an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable

import click

from gameday import __version__
from gameday.cli.command_groups import LazyGroup
from gameday.cli.output import print_status
from gameday.cli.standard_streams import OutputError, open_standard_streams
from gameday.errors import Exit, GamedayError, InvalidFiles

GC_THRESHOLD = 50_000
"""Allocations between collections: Python's 700 collect a hundred times while libraries load, a tenth of their time."""
FOLDER_VARIABLES = ("GAMEDAY_STORE", "GAMEDAY_RUNTIME", "GAMEDAY_DEMO", "XDG_STATE_HOME")
EPILOG = (
    "\b\nHelp for one command: gameday help COMMAND\nA first drill, without people: gameday run db-slowdown --rehearse"
)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(__version__, "-V", "--version", prog_name="gameday")
def gameday() -> None:
    """Break your own staging system on purpose, practise the incident, revert everything."""


def main() -> None:
    """Run the console script."""
    open_standard_streams()
    make_folders_absolute()
    gc.set_threshold(GC_THRESHOLD)
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as error:  # the disk is full; the interpreter would exit with its own code
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process
        if code is Exit.HELD:
            print_status(f"gameday: cannot write the output: {error.strerror}")
            code = Exit.FAILED
    gc.freeze()  # the interpreter's last collection of what a drill has loaded would take 0.2 s
    sys.exit(int(code))


def make_folders_absolute() -> None:
    """Let the processes of a drill, which work in other folders, find the same folders."""
    for name in FOLDER_VARIABLES:
        if named := os.environ.get(name):
            os.environ[name] = os.path.abspath(named)  # noqa: PTH100 - Path's raises where the current folder is gone
    if not os.environ.get("HOME"):
        os.environ.pop("HOME", None)  # an empty one would mean the root folder


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
        print_status(str(bad))
        return bad.exit
    except GamedayError as error:
        print_status(f"gameday: {error}")
        return error.exit
    except (click.exceptions.Abort, KeyboardInterrupt) as interrupt:
        notes: list[str] = getattr(interrupt.__cause__ or interrupt, "__notes__", [])
        print_status(". ".join(["gameday: stopped by Ctrl-C", *notes]))
        return Exit.HALTED
    except click.ClickException as error:
        error.show()
        return Exit.BAD_INPUT
    except (BrokenPipeError, SystemExit):  # click raises SystemExit when the reader is gone
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader is gone; nothing can be printed
        return Exit.HELD
    except OutputError as error:
        print_status(f"gameday: cannot write the output: {error.strerror}")
        return Exit.FAILED
    except Exception as error:
        if os.environ.get("GAMEDAY_DEBUG"):
            raise
        print_status(f"gameday: the program itself failed: {type(error).__name__}: {error}")
        print_status("  Set GAMEDAY_DEBUG=1 to see where, and please report it.")
        return Exit.FAILED
