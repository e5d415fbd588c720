"""`gameday halt --sweep ENV`: list leftover faults on the engines, ask, revert."""

from __future__ import annotations

import sys

import click

from gameday.app.sweep import revert_leftovers, scan_for_sweep
from gameday.cli.output import TERMINAL, print_output, print_status
from gameday.cli.own_finished_drills import facilitator_token
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing
from gameday.errors import Exit, Refused


def sweep_environment(name: str, *, yes: bool) -> Exit:
    """List, ask, revert. Faults of running drills are left unchanged.

    A target that cannot be reached does not keep the others from being swept; it ends in Refused.
    """
    timing = read_timing()
    with progress(f"the search for leftover faults in {name}"):
        sweep = scan_for_sweep(name, facilitator_token(), TERMINAL, timing)
    for intent in sweep.scan.unique_faults:
        print_output(sweep.describe(intent))
    for target, why in sweep.scan.unscanned.items():
        print_status(f"gameday: cannot search target {target}: {why}")
    if sweep.leftovers and not (yes or _confirm(len(sweep.leftovers))):
        print_output("Nothing was changed.")
        return Exit.REFUSED
    with progress("the revert of leftover faults"):
        revert_leftovers(sweep, TERMINAL, timing)
    return Exit.HELD


def _confirm(count: int) -> bool:
    """Raise Refused if nobody can be asked."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise Refused(
            f"nothing was changed: not a terminal, so nobody can confirm the revert of {count} faults",
            "Confirm with --yes. A colleague's drill may be running.",
        )
    return click.confirm(f"Revert {count} of these? A colleague's drill may be running", err=True)
