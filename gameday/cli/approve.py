"""`gameday approve`: record that the owner of targets approves faults on them for a while."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_environment
from gameday.cli.output import print_output
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.app.approvals import ApprovalRequest


@click.command()
@click.argument("owner")
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml.")  # fmt: skip
@click.option("--target", "targets", multiple=True, metavar="NAME",
              help="A target; repeat it for several. Default: all targets of OWNER.")  # fmt: skip
@click.option("--kind", "kinds", multiple=True, metavar="KIND",
              help="A kind of fault; repeat it for several. Default: all that are possible there.")  # fmt: skip
@click.option("--until", default="", metavar="DAY", help="Last day, such as 2027-02-28. Default: in 90 days.")
@click.option("--note", default="", metavar="TEXT", help="Where it was given, such as a link to OWNER's answer.")
@variable_option
def command(
    owner: str, environment: str | None, targets: tuple[str, ...], kinds: tuple[str, ...], until: str, note: str
) -> Exit:
    """Record in gameday.yaml that OWNER approves faults on their targets, for at most 90 days.

    OWNER is a team or a person, as `owner` of a target names them. An approval covers kinds of fault on targets, and
    never names a scenario, so that it spoils no drill. Ask OWNER first: the file says that they agreed.
    """
    from gameday.app.approvals import record_approval

    today = date.today()  # noqa: DTZ011 - days where people are
    request = _read_request(owner, environment, targets, kinds, until, note)
    recorded = record_approval(request, today)
    print_output(f"{recorded.path}: {recorded.name} added to environment {recorded.environment}")
    print_output(f"  {owner} approves {', '.join(recorded.kinds)}")
    print_output(f"  on {', '.join(recorded.targets)} until {recorded.until}")
    return Exit.HELD


def _read_request(
    owner: str, environment: str | None, targets: tuple[str, ...], kinds: tuple[str, ...], until: str, note: str
) -> ApprovalRequest:
    from gameday.app.approvals import ApprovalRequest
    from gameday.files.calendar_spans import parse_day

    try:
        last = parse_day(until) if until else None
    except ValueError as error:
        raise BadArguments(f"--until: {error}") from None
    return ApprovalRequest(owner, environment, targets, kinds, last, note)
