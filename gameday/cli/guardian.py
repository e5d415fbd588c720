"""`gameday guardian`: a service that reverts the faults of drills whose processes are all dead."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from gameday.cli.completion_values import complete_environment
from gameday.cli.variable_option import variable_option
from gameday.errors import Exit


@click.command()
@click.option("--env", "name", metavar="NAME", help="Environment to guard.", shell_complete=complete_environment)
@click.option("--ready-file", type=click.Path(path_type=Path), metavar="PATH",
              help="File that exists while the guardian could revert, for a readiness probe.")  # fmt: skip
@click.option("--once", is_flag=True, help="Look once and end; exit code 5 if something could not be reverted.")
@click.option("--delete-only", "only_deletes", is_flag=True,
              help="Delete the drills' own objects and patch nothing, for an account without that right.")  # fmt: skip
@variable_option
def command(name: str | None, ready_file: Path | None, once: bool, only_deletes: bool) -> Exit:
    """Revert the faults of crashed drills, until Ctrl-C or SIGTERM. Running drills are left alone.

    For engines that know which drills are alive: Kubernetes. It needs no local database, so it can run anywhere, such
    as in the cluster.
    """
    from gameday.app.environment_guardian import EnvironmentGuardian
    from gameday.cli.output import TERMINAL
    from gameday.cli.timing_variable import read_timing

    guardian = EnvironmentGuardian(name or "", ready_file, TERMINAL, read_timing(), only_deletes=only_deletes)
    if once:
        return Exit.HELD if guardian.look_once() else Exit.DIRTY
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    guardian.run(stopped)
    return Exit.HELD
