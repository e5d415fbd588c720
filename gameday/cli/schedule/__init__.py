"""`gameday schedule`: rehearsals and hosted drills at set times, in schedules.yaml."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import click

from gameday.cli.argument_types import WholeNumber, WordChoice
from gameday.cli.command_groups import CommandGroup
from gameday.cli.completion_values import complete_environment, complete_scenario, complete_schedule
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_result
from gameday.cli.schedule.announce import announce
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from datetime import date

    from gameday.schedule.schedules import Hosting

OTHERWISE = ("skip", "rehearse")
STARTERS = ("cron", "systemd", "kubernetes", "github")
MAX_OCCURRENCES = 1000
_name = click.argument("name", shell_complete=complete_schedule)
_optional_name = click.argument("name", required=False, default="", shell_complete=complete_schedule)


@click.group("schedule", cls=CommandGroup)
def command() -> None:
    """Run scenarios at set times, without anyone at a terminal.

    The schedules are in schedules.yaml, next to gameday.yaml. Something that the team already runs, such as cron,
    starts `gameday schedule run-due`; the store records what ran, what was skipped, and why.
    """


@command.command()
@click.argument("when")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...", shell_complete=complete_scenario)
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml, else demo.")  # fmt: skip
@click.option("--draw", is_flag=True, help="Each time, draw a scenario of the library that fits the environment.")
@click.option("--hosted", is_flag=True, help="With people, who join by a link: see gameday host.")
@click.option("--within", default="", metavar="DURATION", help="With --hosted: time for people to join. Default: 10m.")
@click.option("--otherwise", type=WordChoice("choice", OTHERWISE), metavar="CHOICE",
              help="With --hosted, if they do not join: skip (the default) or rehearse.")  # fmt: skip
@click.option("--name", default="", help="Name of the schedule. Default: the environment and the first scenario.")
@click.option("--slot", metavar="DURATION", default="",
              help="Time reserved in the environment, such as 45m. Default: the timeboxes of all drills.")  # fmt: skip
@click.option("--starts", metavar="DAY", default="", help="First day, such as 2026-12-01. Default: today.")
@variable_option
def add(
    when: str, scenarios: tuple[str, ...], environment: str | None, draw: bool, hosted: bool, within: str,
    otherwise: str | None, name: str, slot: str, starts: str,
) -> Exit:  # fmt: skip
    """Add a schedule: WHEN is such as "every tuesday 10:00 Europe/Berlin".

    WHEN can also be a recurrence rule, "FREQ=MONTHLY;BYDAY=-1FR 10:00 Europe/Berlin", or a cron expression with a time
    zone, "30 10 * * 2 Europe/Berlin". Two schedules that overlap in one environment are refused.
    """
    from gameday.app.schedule_changes import ScheduleRequest, add_schedule
    from gameday.app.schedules import load_schedules, schedules_path
    from gameday.cli.schedule.listing import approval_lines, describe_schedule, format_next_runs

    if bool(scenarios) == draw:
        todo = f'Such as: gameday schedule add "{when}" db-slowdown'
        raise BadArguments("name either the scenarios to run, or --draw", todo)
    hosting = _read_hosting(within, otherwise, hosted=hosted)
    request = ScheduleRequest(when, scenarios, environment, name, _read_slot(slot), _read_day(starts), hosting)
    schedule = add_schedule(request, time.time())
    print_output(f"{schedule.name}: added to {schedules_path()}")
    print_output(f"  {describe_schedule(schedule)}")
    file = load_schedules()
    print_output(f"  next: {format_next_runs(schedule, file.freezes, time.time(), 3)}")
    for line in approval_lines(schedule, file, time.time()):
        print_output(f"  {line}")
    print_output(f"Start it with what you run already: gameday schedule export {'|'.join(STARTERS)} {schedule.name}")
    return Exit.HELD


@command.command("list")
@format_option
def list_command(as_json: bool) -> Exit:
    """List the schedules: when, what, the next occurrence, and what became of the earlier ones.

    "held 5 of 8" means that the drills of 5 occurrences ran to their end, whether or not the hypothesis held. The
    others follow with their causes. "last" is the latest one if it was not held, and why.
    """
    from gameday.app.schedules import load_schedules
    from gameday.cli.schedule.listing import list_lines, schedule_documents

    file = load_schedules()
    if as_json:
        print_document(schedule_documents(file, time.time()))
    else:
        print_result(list_lines(file, time.time()))
    return Exit.HELD


@command.command("next")
@_optional_name
@click.option("--count", "-n", type=WholeNumber(1, MAX_OCCURRENCES), default=5, show_default=True,
              help="Number of occurrences.")  # fmt: skip
def next_command(name: str, count: int) -> Exit:
    """Show the next occurrences of schedule NAME, or of all, with those that will be skipped and why."""
    from gameday.app.schedules import find_schedule, load_schedules
    from gameday.cli.schedule.listing import next_lines

    file = load_schedules()
    schedules = [find_schedule(file, name)] if name else list(file.schedules.values())
    print_result(next_lines(schedules, file, time.time(), count))
    return Exit.HELD


@command.command()
@_name
@click.argument("day", required=False, default="")
@click.option("--reason", required=True, help="The reason, shown wherever the skip is listed.")
def skip(name: str, day: str, reason: str) -> Exit:
    """Skip the next occurrence of schedule NAME, or the one on DAY (2026-12-22, local to the schedule)."""
    from gameday.app.schedule_changes import skip_occurrence

    skipped = skip_occurrence(name, day, reason, time.time())
    print_output(f"{name}: {skipped} will be skipped: {reason}")
    return Exit.HELD


@command.command()
@_name
@click.option("--reason", required=True, help="The reason, shown wherever the schedule is listed.")
def pause(name: str, reason: str) -> Exit:
    """Pause schedule NAME: its occurrences are skipped, and recorded, until it is resumed."""
    from gameday.app.schedule_changes import pause_schedule

    pause_schedule(name, reason)
    print_output(f"{name}: paused: {reason}. Resume it: gameday schedule resume {name}")
    return Exit.HELD


@command.command()
@_name
def resume(name: str) -> Exit:
    """Resume schedule NAME."""
    from gameday.app.schedule_changes import resume_schedule
    from gameday.app.schedules import find_schedule, load_schedules
    from gameday.cli.schedule.listing import format_next_runs

    resume_schedule(name)
    file = load_schedules()
    upcoming = format_next_runs(find_schedule(file, name), file.freezes, time.time())
    print_output(f"{name}: resumed; next: {upcoming}")
    return Exit.HELD


@command.command()
@_name
def remove(name: str) -> Exit:
    """Remove schedule NAME from the file. The record of its occurrences stays in the store."""
    from gameday.app.schedule_changes import remove_schedule
    from gameday.app.schedules import schedules_path

    remove_schedule(name)
    print_output(f"{name}: removed from {schedules_path()}. Remove what starts it, too.")
    return Exit.HELD


@command.command("run-due")
@_optional_name
@variable_option
def run_due(name: str) -> Exit:
    """Run what is due now, of schedule NAME or of all, as `gameday run --rehearse` or `gameday host` does.

    An occurrence that is more than 15 minutes late is skipped. Two processes never run the same occurrence. With
    nothing due, it prints one line and ends with exit code 0; otherwise with the exit code of the drills.
    """
    from gameday.app.run_due import DueRunner
    from gameday.app.schedule_obstacles import find_incident_skip, list_warnings, notify_owner
    from gameday.app.schedules import find_schedule, load_schedules
    from gameday.app.shared_occurrence import claim_occurrence
    from gameday.cli.drill_signals import interrupt_command
    from gameday.cli.schedule.due_drill import start_occurrence

    interrupt_command()
    file = load_schedules()
    schedules = [find_schedule(file, name)] if name else list(file.schedules.values())
    runner = DueRunner(
        file, time.time, start_occurrence, print_output, find_incident_skip, notify_owner, claim_occurrence,
        list_warnings,
    )  # fmt: skip
    return runner.run(schedules)


@command.command()
@click.argument("starter", type=WordChoice("starter", STARTERS), metavar="STARTER")
@_name
def export(starter: str, name: str) -> Exit:
    """Print the configuration with which STARTER runs schedule NAME: cron, systemd, kubernetes or github."""
    from gameday.app.schedules import find_schedule, load_schedules
    from gameday.schedule.exports import EXPORTS, Starter

    file = load_schedules()
    variables = {key: os.environ[key] for key in ("GAMEDAY_FILE", "GAMEDAY_STORE") if os.environ.get(key)}
    script = os.path.abspath(sys.argv[0])  # noqa: PTH100 - a link, as in ~/.local/bin, stays one
    program = (script,) if script.endswith("/gameday") else (sys.executable, "-m", "gameday")
    exported = Starter(find_schedule(file, name), os.getcwd(), program, variables, time.time())  # noqa: PTH109 - as text
    print_result([EXPORTS[starter](exported).rstrip("\n")])
    return Exit.HELD


def _read_hosting(within: str, otherwise: str | None, *, hosted: bool) -> Hosting | None:
    from gameday.cli.host import DEFAULT_WITHIN, read_within
    from gameday.schedule.schedules import Hosting

    if (within or otherwise) and not hosted:
        option = "--within" if within else "--otherwise"
        raise BadArguments(f"{option} is for drills with people", "Add --hosted, or leave it out")
    return Hosting(read_within(within or DEFAULT_WITHIN), otherwise == "rehearse") if hosted else None


def _read_slot(text: str) -> float | None:
    from gameday.units import parse_duration

    try:
        slot = parse_duration(text) if text else None
    except ValueError as error:
        raise BadArguments(f"--slot: {error}", "Such as: --slot 45m") from None
    if slot == 0:
        raise BadArguments("--slot: a drill needs some time", "Such as: --slot 45m")
    return slot


def _read_day(text: str) -> date | None:
    from gameday.files.calendar_spans import parse_day

    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise BadArguments(f"--starts: {error}") from None


command.add_command(announce)
