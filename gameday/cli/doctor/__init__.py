"""`gameday doctor`: what this machine and this environment can do, one line a check, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.cli.doctor.finding import Finding


@click.command("doctor")
@click.option("--env", "environment", metavar="NAME", help="Look at this environment; else as `gameday run` chooses.")
def command(environment: str | None) -> Exit:
    """Say what this machine and environment can do. Touches nothing. Exit 3 when no drill could run."""
    from gameday.cli.doctor.finding import Mark

    found = [_told(finding) for finding in _all(environment)]
    bad = sum(finding.mark is Mark.BAD for finding in found)
    if bad:
        click.echo(f"No drill can run here yet: see to the {bad} marked !!.")
        return Exit.REFUSED
    click.echo("A drill can run here.")
    return Exit.HELD


def _all(environment: str | None) -> Iterator[Finding]:
    from functools import partial

    from gameday.cli.doctor import drill_checks, environment_checks, host_checks
    from gameday.cli.doctor.finding import guarded

    for name, check in host_checks.CHECKS.items():
        yield from guarded(name, check)
    yield from guarded("drills", drill_checks.unfinished)
    yield from guarded("environment", partial(environment_checks.check_environment, environment))


def _told(finding: Finding) -> Finding:
    """Printed at once: some checks take a second or two."""
    from gameday.cli.output import print_output

    print_output(str(finding))
    return finding
