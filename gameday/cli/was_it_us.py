"""`gameday was-it-us`: whether a drill ran in an environment at a time, for whoever sees something odd there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_environment
from gameday.cli.output import print_result
from gameday.cli.statement_time import parse_seconds_ago
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.drill_times import DrillTimes, TimeSpan


def parse_moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float:
    """Parse `14:07`, `-20m` or `2026-12-01 14:07` into seconds since the epoch. Raises click.BadParameter.

    A clock time is the latest one that has passed, today or yesterday."""
    now = datetime.now()  # noqa: DTZ005 - people read the clock on the wall
    try:
        if value and "-" in value[1:]:
            return datetime.fromisoformat(value).timestamp()  # local, as people write it
        return time.time() - (parse_seconds_ago(value, now, timedelta(days=1)) if value else 0.0)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time; as in --at 14:07, -20m or '2026-12-01 14:07'") from None


@click.command()
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml, else demo.")  # fmt: skip
@click.option("--at", metavar="TIME", callback=parse_moment, help="Local time: 14:07, -20m or '2026-12-01 14:07'. "
              "Default: now.")  # fmt: skip
def command(environment: str | None, at: float) -> Exit:
    """Tell whether a drill ran in an environment at a time, and which of its faults were present then.

    It knows the drills of this project that ran on this host. The faults of a running drill are not told.
    """
    from gameday.app.drill_times import find_drills
    from gameday.app.environment_selection import read_environment

    name = read_environment(environment).name
    drills = find_drills(name, at)
    if drills.running:
        print_result(line for drill in drills.running for line in _describe(drill, name, at))
        return Exit.HELD
    before = f" The last before: {drills.before.drill}, {_span_text(drills.before.span)}." if drills.before else ""
    print_result([f"No: no drill of this project ran in {name} at {_clock(at)}, as far as this host knows.{before}"])
    return Exit.HELD


def _describe(drill: DrillTimes, environment: str, at: float) -> Iterator[str]:
    if drill.span.end is None:
        yield f"Yes: drill {drill.drill} runs in {environment} since {_clock(drill.span.begin)}."
        yield "  Anyone may stop it: gameday stop"
        return
    yield f"Yes: drill {drill.drill} ran in {environment}, {_span_text(drill.span)}."
    for fault, span in drill.faults:
        then = "present then" if span.contains(at) else "not present then"
        yield f"  {fault}: {_span_text(span)}, {then}"
    if not drill.faults:
        yield "  It applied no fault."


def _span_text(span: TimeSpan) -> str:
    return f"{_clock(span.begin)} to {_clock(span.end) if span.end is not None else 'now'}"


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M:%S %Z}"
