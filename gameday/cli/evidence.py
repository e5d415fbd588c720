"""`gameday evidence`: what the drills of a quarter were worth, and who has practised which role."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_result
from gameday.cli.review_folder import review_folder_option
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.scorecards.evidence import Quarter


@click.command()
@click.option("--quarter", metavar="YYYY-QN", help="The quarter, such as 2026-Q4. Default: the current one.")
@review_folder_option("--into", "Folder for the page and the CSV. Default: `evidence`, next to the store.")
@click.option(
    "--register", is_flag=True, help="Instead, list who has practised which role: without drill, time or number."
)
@click.option(
    "--roster", type=click.Path(path_type=Path), help="With --register: the roster. Default: that of gameday.yaml."
)
def command(quarter: str | None, into: Path | None, register: bool, roster: Path | None) -> Exit:
    """Show what the drills of a quarter were worth, and write it as a page and as CSV.

    It counts drills, hypotheses that did not hold, alerts found silent, action items done before the next drill of
    their type, and hours. Nothing in it is about a person. The register of roles is a document of its own, which
    cannot be joined with it.
    """
    if register:
        _require_alone(quarter=quarter, into=into)
        return _print_register(roster)
    if roster is not None:
        raise BadArguments("--roster is for --register", "Add --register, or leave it out")
    from gameday.app.evidence import write_evidence

    saved = write_evidence(_read_quarter(quarter), into)
    figures = saved.evidence.figures()
    width = max(len(label) for label, _ in figures)
    lines = [f"{label:<{width}}  {value}" for label, value in figures]
    print_result([saved.evidence.quarter.name, *lines, f"page  {saved.page}", f"csv   {saved.table}"])
    return Exit.HELD


def _require_alone(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            raise BadArguments(f"--{name} does not go with --register, which has no time", "Leave one of them out")


def _read_quarter(text: str | None) -> Quarter:
    from gameday.scorecards.evidence import parse_quarter, quarter_of

    try:
        return parse_quarter(text) if text else quarter_of(time.time())
    except ValueError as error:
        raise BadArguments(f"--quarter: {error}") from None


def _print_register(roster: Path | None) -> Exit:
    from gameday.app.evidence import read_role_register
    from gameday.units import format_role

    register = read_role_register(roster)
    print_result(f"{format_role(role):<12} {', '.join(names) or 'nobody yet'}" for role, names in register.items())
    return Exit.HELD
