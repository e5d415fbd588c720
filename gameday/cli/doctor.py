"""`gameday doctor`: what this host and this environment can do, one line per check, and what to do about the rest."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_environment
from gameday.cli.json_output import format_option, print_document
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing
from gameday.cli.variable_option import variable_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.doctor.finding import Finding

NAME_WIDTH = 12


@click.command("doctor")
@click.option("--env", "environment", metavar="NAME", help="Environment to check. Default: as for `run`.",
              shell_complete=complete_environment)  # fmt: skip
@format_option
@variable_option
def command(environment: str | None, as_json: bool) -> Exit:
    """Check whether a drill can run on this host and in this environment. Changes nothing.

    Exit code 0: a drill can run, though maybe not on each target. 3: no drill can run.
    """
    if as_json:
        return _print_document(list(_findings(environment)))

    from gameday.app.doctor.finding import can_drill
    from gameday.cli.output import print_output

    findings: list[Finding] = []
    with progress("the checks"):
        for finding in _findings(environment):
            print_output(format_finding(finding))  # at once: some checks take a second or two
            findings.append(finding)
    print_output(_format_verdict(findings))
    return Exit.HELD if can_drill(findings) else Exit.REFUSED


def _format_verdict(findings: Sequence[Finding]) -> str:
    """Return the last line: the verdict, and the exit code that goes with it."""
    from gameday.app.doctor.finding import Mark, can_drill

    counts = Counter(finding.mark for finding in findings if not finding.is_running_drill)
    bad, lacking = counts[Mark.BAD], counts[Mark.LACKS]
    until = " until the running drill has ended" if any(finding.is_running_drill for finding in findings) else ""
    if bad and not until and can_drill(findings):
        return f"Exit 0: a drill can run here, except on the {'target' if bad == 1 else 'targets'} marked !!."
    if bad:
        fix = f"Fix the {bad} {'problem' if bad == 1 else 'problems'} marked !!."
        return f"Exit 3: no drill can run here{until}. {fix}"
    if until:
        return f"Exit 3: no drill can run here{until}."
    without = f", even without the {lacking} marked --" if lacking else ""
    return f"Exit 0: a drill can run here{without}."


def _print_document(findings: Sequence[Finding]) -> Exit:
    from gameday.app.doctor.finding import Mark, can_drill
    from gameday.cli.json_documents import DoctorDocument, FindingDocument

    names = {Mark.OK: "ok", Mark.LACKS: "optional", Mark.BAD: "bad"}
    can_run = can_drill(findings)
    code = Exit.HELD if can_run else Exit.REFUSED
    documents = [
        FindingDocument(mark=names[finding.mark], name=finding.name, says=finding.say, todo=finding.todo)
        for finding in findings
    ]
    print_document(DoctorDocument(can_run=can_run, exit=int(code), findings=documents))
    return code


def _findings(environment: str | None) -> Iterator[Finding]:
    from gameday.app.doctor import drill_checks, environment_checks, host_checks
    from gameday.app.doctor.finding import run_check
    from gameday.cli.output import print_status
    from gameday.cli.own_finished_drills import facilitator_token

    for name, check in host_checks.CHECKS.items():
        yield from run_check(name, check)
    yield from run_check("terminal", check_terminal)
    yield from run_check("drills", partial(drill_checks.check_unfinished, environment))
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
