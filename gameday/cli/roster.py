"""`gameday roster`: the people who practise, from where the team has them already."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.command_groups import CommandGroup
from gameday.cli.output import print_output
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.files.roster_csv import Person


@click.group("roster", cls=CommandGroup)
def command() -> None:
    """Fill the roster: the people who practise."""


@command.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--pagerduty", is_flag=True, help="Read users from PagerDuty; the token is in PAGERDUTY_TOKEN.")
@click.option("--schedule", default="", metavar="ID",
              help="With --pagerduty: only who is on call in this schedule within 90 days.")  # fmt: skip
@click.option("--roles", default="", metavar="ROLES",
              help="With --pagerduty: the roles that everyone gets at first. Default: ops.")  # fmt: skip
@click.option("--url", default="", metavar="URL",
              help="With --pagerduty: the address of its API. Default: https://api.pagerduty.com.")  # fmt: skip
@click.option("--into", type=click.Path(path_type=Path), default=Path("roster.yaml"), show_default=True,
              help="The roster; it is created if it does not exist.")  # fmt: skip
@click.option("--team", default="", help="The team of a new roster.")
@click.option("--timezone", default="UTC", show_default=True, help="The time zone of a new roster.")
def import_command(
    file: Path | None, pagerduty: bool, schedule: str, roles: str, url: str, into: Path, team: str, timezone: str
) -> Exit:
    """Add people to a roster, from a CSV file or from PagerDuty.

    The first line of FILE names its columns: id and roles, and name, level, manager, on_call, declined, busy, from,
    until, email, calendar where you have them. Whoever is in the roster already, by id or address, stays as they are.
    """
    from gameday.app.roster_import import import_people, read_csv_people

    if (file is None) != pagerduty:
        raise BadArguments("name either a CSV file, or --pagerduty", "Such as: gameday roster import people.csv")
    for name, value in (("--schedule", schedule), ("--roles", roles), ("--url", url)):
        if value and not pagerduty:
            raise BadArguments(f"{name} is for people from PagerDuty", "Add --pagerduty, or leave it out")
    people = read_csv_people(file) if file else _read_pagerduty(schedule, roles, url)
    imported = import_people(into, people, team, timezone)
    print_output(f"{into}: {len(imported.added)} added{_names(imported.added)}, {len(imported.known)} there already")
    if imported.missing:
        print_output(f"In the roster, and not in the source{_names(imported.missing)}: unchanged")
    if pagerduty and imported.added:
        print_output("Everyone has level 1: set `level` and `roles` as people say that they are ready.")
    return Exit.HELD


def _read_pagerduty(schedule: str, roles: str, url: str) -> list[Person]:
    from gameday.app.pagerduty_people import URL, read_pagerduty_people
    from gameday.model import Role

    named = roles.replace(",", " ").casefold().split() or [Role.OPS.value]
    if unknown := [role for role in named if role not in set(Role)]:
        raise BadArguments(f"--roles: unknown role {unknown[0]!r}", f"Roles: {', '.join(Role)}")
    return read_pagerduty_people(schedule, named, time.time(), url or URL)


def _names(names: list[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
