"""`gameday doctor`: what this host and this environment can do, one line per check, and what to do about the rest."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from gameday.cli.timing_variable import read_timing
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.doctor.finding import Finding

NAME_WIDTH = 12


@click.command("doctor")
@click.option("--env", "environment", metavar="NAME", help="Environment to check; the default is as for `run`.")
def command(environment: str | None) -> Exit:
    """Report what this host and environment can do. Changes nothing. Exit 3 if no drill can run."""
    from gameday.app.doctor.finding import Mark
    from gameday.cli.output import print_output

    bad = 0
    for finding in _findings(environment):
        print_output(format_finding(finding))  # at once: some checks take a second or two
        bad += finding.mark is Mark.BAD
    if bad:
        click.echo(f"No drill can run here yet. Fix the {bad} marked !!.")
        return Exit.REFUSED
    click.echo("A drill can run here.")
    return Exit.HELD


def _findings(environment: str | None) -> Iterator[Finding]:
    from gameday.app.doctor import drill_checks, environment_checks, host_checks
    from gameday.app.doctor.finding import run_check
    from gameday.cli.output import print_status
    from gameday.cli.terminal_token import facilitator_token

    for name, check in host_checks.CHECKS.items():
        yield from run_check(name, check)
    yield from run_check("terminal", check_terminal)
    yield from run_check("drills", drill_checks.check_unfinished)
    check_environment = partial(
        environment_checks.check_environment, environment, facilitator_token(), print_status, read_timing()
    )
    yield from run_check("environment", check_environment)


def check_terminal() -> Iterator[Finding]:
    """Report what the terminal can show."""
    from gameday.app.doctor.finding import Finding, Mark
    from gameday.terminal.glyphs import select_glyphs

    if not sys.stdout.isatty():
        yield Finding(Mark.LACKS, "terminal", "not a terminal: a drill is shown line by line")
        return
    size = shutil.get_terminal_size()
    colours = "no colours" if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb" else "colours"
    letters = "ASCII only" if select_glyphs(sys.stdout.encoding, os.environ).ascii_only else "UTF-8"
    small = size.columns < 80 or size.lines < 24
    todo = "Enlarge it to 80 by 24 to see a whole drill." if small else ""
    say = f"{size.columns} by {size.lines}, {colours}, {letters}"
    yield Finding(Mark.LACKS if small else Mark.OK, "terminal", say, todo)


def format_finding(finding: Finding) -> str:
    """Format a finding, with its further lines indented."""
    indent = " " * (NAME_WIDTH + 5)
    text = finding.say if not finding.todo else f"{finding.say}\n{finding.todo}"
    return f"{finding.mark}  {finding.name:<{NAME_WIDTH}} " + text.replace("\n", f"\n{indent}")
