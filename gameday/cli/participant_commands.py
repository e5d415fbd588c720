"""Statements about a running drill from any terminal: `gameday note|decide|ack|...`, one event each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from gameday.cli.argument_types import WholeNumber, WordChoice
from gameday.cli.completion_values import complete_action, complete_running_drill
from gameday.cli.output import print_output
from gameday.cli.statement_time import parse_time_option
from gameday.errors import Exit

ROLES = ("facilitator", "ic", "mentor", "scribe", "comms", "ops", "observer")
"""The values of the enum Role, whose package would slow these commands down; a test compares."""
ROLE = WordChoice("role", ROLES)
drill_option = click.option(
    "--drill", metavar="DRILL", help="Drill ID, when several are running.", shell_complete=complete_running_drill
)


def _statement_command(kind: str, about: str, *, needs_words: bool) -> click.Command:
    """Make a command that records an event of this kind. Words are joined, so that quotes are optional."""

    @click.command(help=about)
    @click.argument("say", nargs=-1, required=needs_words, metavar="TEXT..." if needs_words else "[TEXT]...")
    @_with_role_option
    def command(say: tuple[str, ...], role: str | None, at: float, drill: str | None) -> Exit:
        return send_to_drill({"kind": kind, "text": " ".join(say), "role": role, "seconds_ago": at}, drill)

    return command


@click.command()
@click.argument("action", required=False, default="", shell_complete=complete_action)
@click.option("--role", type=ROLE, envvar="GAMEDAY_ROLE", help="The role that runs it.")
@drill_option
def run_action(action: str, role: str | None, drill: str | None) -> Exit:
    """Run an action of the environment; the drill undoes it at its end. Without ACTION, list them."""
    return send_to_drill({"request": "action", "action": action, "role": role}, drill)


@click.command()
@click.argument("entry", required=False, type=WholeNumber(min=1), metavar="[NUMBER]")
@drill_option
def retract(entry: int | None, drill: str | None) -> Exit:
    """Retract the record NUMBER of the running drill. Without it, list the records that can be retracted.

    The log keeps both; scorecard, review and screens omit the record.
    """
    from gameday.app.statements import list_retractable_records, send_retraction

    if entry is not None:
        print_output(send_retraction(entry, drill))
        return Exit.HELD
    records = list_retractable_records(drill)
    for number, text in records:
        print_output(f"{number:>5}  {text}")
    if not records:
        print_output("There are no records to retract.")
    return Exit.HELD


def _role_command(kind: str, about: str) -> click.Command:
    @click.command(help=about)
    @click.argument("role", type=ROLE, metavar="ROLE")
    @_when_and_where
    def command(role: str, at: float, drill: str | None) -> Exit:
        return send_to_drill({"kind": kind, "text": "", "role": role, "seconds_ago": at}, drill)

    return command


def _when_and_where(command: Callable[..., Any]) -> Callable[..., Any]:
    about = "When it happened: -3m (three minutes ago) or 14:59. The log keeps both times."
    return click.option("--at", metavar="TIME", callback=parse_time_option, help=about)(drill_option(command))


def _with_role_option(command: Callable[..., Any]) -> Callable[..., Any]:
    by = click.option("--role", type=ROLE, envvar="GAMEDAY_ROLE", help="The role that reports it.")
    return by(_when_and_where(command))


def send_to_drill(statement: dict[str, Any], drill: str | None) -> Exit:
    """Send a statement to the running drill and print its answer. Raises Refused or BadArguments."""
    from gameday.app.statements import send_statement

    print_output(send_statement(statement, drill))
    return Exit.HELD


_ROLE_HELP = f"ROLE is one of {', '.join(ROLES[:-1])} and {ROLES[-1]}."
ack = _statement_command("acknowledged", "Acknowledge the page.", needs_words=False)
note = _statement_command("note", "Record a note.", needs_words=True)
decide = _statement_command("decision", "Record a decision.", needs_words=True)
theory = _statement_command("theory", "Record what the team thinks is happening.", needs_words=True)
declare = _statement_command("declared", "Declare an incident.", needs_words=False)
update = _statement_command("update", "Post a status update.", needs_words=True)
severity = _statement_command("severity", "State how severe the incident is, such as SEV2.", needs_words=True)
ask_for_help = _statement_command("help", "Ask for help. The review lists it under what went well.", needs_words=False)
hold_stop = _statement_command(
    "stop-held",
    "Say that you will press STOP if needed. A hosted drill waits for this.",
    needs_words=False,
)
predict = _statement_command("prediction", "Submit a prediction, sealed until the end.", needs_words=True)
claim = _role_command(
    "role-claimed", f"Take an unfilled ROLE. `claim ic` announces the incident commander.\n\n{_ROLE_HELP}"
)
handover = _role_command("handover", f"Hand ROLE over to another person.\n\n{_ROLE_HELP}")
