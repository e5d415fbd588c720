"""`gameday facilitate ...`: interventions in a running drill, from any terminal that holds its token."""

from __future__ import annotations

from typing import Any

import click

from gameday.cli.argument_types import WholeNumber
from gameday.cli.command_groups import CommandGroup
from gameday.cli.output import print_output
from gameday.cli.participant_commands import ROLE, drill_option
from gameday.errors import Exit


@click.group(cls=CommandGroup)
def command() -> None:
    """Send, hold, skip or reword a message; apply or adjust the fault; pause, extend, reveal."""


def _message_command(intervention: str, about: str) -> click.Command:
    @click.command(name=intervention, help=about)
    @click.argument("line", type=WholeNumber(min=1))
    @drill_option
    def intervene(line: int, drill: str | None) -> Exit:
        return _intervene({"intervention": intervention, "message": line - 1}, drill)

    return intervene


def _plain_command(intervention: str, about: str) -> click.Command:
    @click.command(name=intervention, help=about)
    @drill_option
    def intervene(drill: str | None) -> Exit:
        return _intervene({"intervention": intervention}, drill)

    return intervene


def _intervene(intervention: dict[str, Any], drill: str | None) -> Exit:
    """Send an intervention. The token of the same user's drill is looked up: typing `facilitate` asks for it."""
    from gameday.app.statements import send_intervention
    from gameday.cli.own_finished_drills import facilitator_token

    print_output(send_intervention(intervention, drill, facilitator_token()))
    return Exit.HELD


@command.command()
@click.argument("line", type=WholeNumber(min=1))
@click.argument("say", nargs=-1, required=True, metavar="TEXT...")
@drill_option
def reword(line: int, say: tuple[str, ...], drill: str | None) -> Exit:
    """Change the text of message LINE before it is sent."""
    return _intervene({"intervention": "reword", "message": line - 1, "text": " ".join(say)}, drill)


@command.command()
@click.argument("say", nargs=-1, required=True, metavar="TEXT...")
@drill_option
def private(say: tuple[str, ...], drill: str | None) -> Exit:
    """Record a private note: never on a shared screen or in a review."""
    return _intervene({"intervention": "private", "text": " ".join(say)}, drill)


@command.command()
@click.argument("to")
@click.option("--fault", metavar="FAULT", help="Fault ID, when several are active.")
@drill_option
def adjust(to: str, fault: str | None, drill: str | None) -> Exit:
    """Adjust the active fault TO a value within the scenario's range: 200ms, or delay=200ms."""
    return _intervene({"intervention": "adjust", "value": to, "fault": fault}, drill)


@command.command()
@click.option("--without", multiple=True, type=ROLE, metavar="ROLE",
              help="Start without this required role. Repeatable.")  # fmt: skip
@drill_option
def begin(without: tuple[str, ...], drill: str | None) -> Exit:
    """Start the drill. Every required role must be filled, or named by --without."""
    from gameday.app.role_assignment import load_present_roles

    roles = load_present_roles(drill)
    return _intervene({"intervention": "begin", "roles": roles, "without": list(without)}, drill)


for _command in (
    _message_command("send", "Send message LINE now."),
    _message_command("hold", "Do not send message LINE automatically."),
    _message_command("release", "Send message LINE automatically again."),
    _message_command("skip", "Do not send message LINE at all."),
    _message_command("whisper", "Give the hint LINE to the mentor, who passes it to the IC only."),
    _plain_command("now", "Apply the fault now, before its hidden delay is over."),
    _plain_command("extend", "Extend the timebox by five minutes, once."),
    _plain_command("pause", "Pause the drill; guardrails and guardian stay active. Resumes after ten minutes."),
    _plain_command("resume", "Resume after a pause or a STOP."),
    _plain_command("reveal", "Reveal the fault to the responders."),
):
    command.add_command(_command)
