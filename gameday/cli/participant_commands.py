"""What people say of a running drill from any terminal: `gameday note|decide|ack|...`, each one line of its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from gameday.cli.output import print_output
from gameday.errors import BadArguments, Exit, Refused

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill

ROLES = ("facilitator", "ic", "mentor", "scribe", "comms", "ops", "observer")
"""As the enum Role, whose package would slow down what is typed in a hurry; a test compares."""
drill_option = click.option("--drill", metavar="DRILL", help="Which, when several run.")


def _statement_command(kind: str, about: str, *, needs_words: bool) -> click.Command:
    """A command that writes down an event of this kind. Words are joined, so that no quotes are needed."""

    @click.command(help=about)
    @click.argument("say", nargs=-1, required=needs_words)
    @_with_role_option
    def command(say: tuple[str, ...], role: str | None, at: float, drill: str | None) -> Exit:
        return send_statement({"kind": kind, "say": " ".join(say), "role": role, "ago": at}, drill)

    return command


@click.command()
@click.argument("action", required=False, default="")
@click.option("--role", type=click.Choice(ROLES), envvar="GAMEDAY_ROLE", help="Who takes it, as a role.")
@drill_option
def act(action: str, role: str | None, drill: str | None) -> Exit:
    """Take one of the environment's actions; the drill hands it back at its end. Without ACTION: which there are."""
    return send_statement({"do": "act", "action": action, "role": role}, drill)


def _role_command(kind: str, about: str) -> click.Command:
    @click.command(help=about)
    @click.argument("role", type=click.Choice(ROLES))
    @_when_and_where
    def command(role: str, at: float, drill: str | None) -> Exit:
        return send_statement({"kind": kind, "say": "", "role": role, "ago": at}, drill)

    return command


def _ago(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float:
    """`-3m`, `3m`: so long ago, in seconds."""
    if value is None:
        return 0.0
    from gameday.units import duration

    try:
        return duration(value.removeprefix("-"))
    except ValueError as error:
        raise click.BadParameter(f"{error}; as in --at -3m") from None


def _when_and_where(command: Callable[..., Any]) -> Callable[..., Any]:
    about = "It was so long ago: -3m. The log keeps both times."
    return click.option("--at", metavar="-TIME", callback=_ago, help=about)(drill_option(command))


def _with_role_option(command: Callable[..., Any]) -> Callable[..., Any]:
    by = click.option("--role", type=click.Choice(ROLES), envvar="GAMEDAY_ROLE", help="Who says it, as a role.")
    return by(_when_and_where(command))


def send_statement(what: dict[str, Any], drill: str | None) -> Exit:
    """Ask it of the running drill, and say what it answered. Raises Refused or BadArguments."""
    from gameday.drill.control.socket_server import NoResponse, ResponseUnknown, send_request_with_deadline

    found = select_running_drill(drill)
    try:
        answer = send_request_with_deadline(found.door, {"do": "say", **what}, 2.0)
    except ResponseUnknown:
        raise Refused(
            f"{found.drill} gave no answer in time: it takes this no more",
            "Before you say it again, see whether it is there: gameday attach",
        ) from None
    except NoResponse:
        raise Refused(f"{found.drill} does not answer; nothing was written down", "See: gameday status") from None
    if not answer.get("heard"):
        raise Refused(str(answer.get("why", "it was not taken")), str(answer.get("todo", "")))
    said = answer.get("said") or f"actions here: {', '.join(answer.get('actions', ())) or 'none'}"
    print_output(f"{found.drill}: {said}")
    return Exit.HELD


def select_running_drill(name: str | None) -> RunningDrill:
    """The drill that is meant. Raises BadArguments or Refused with what to do."""
    from gameday.drill.control.running_drills import list_running

    notes = list_running()
    if name is not None:
        notes = [note for note in notes if note.drill == name]
    if not notes:
        raise Refused(f"no drill {name} is running" if name else "no drill is running", "Begin one: gameday run FILE")
    if len(notes) > 1:
        raise BadArguments("several drills are running", f"Add --drill, one of: {', '.join(n.drill for n in notes)}")
    return notes[0]


ack = _statement_command("acknowledged", "Acknowledge the page: somebody has seen it.", needs_words=False)
note = _statement_command("note", "Write a remark into the log.", needs_words=True)
decide = _statement_command("decision", "Write down what was decided.", needs_words=True)
theory = _statement_command("theory", "Write down what the team thinks is happening.", needs_words=True)
declare = _statement_command("declared", "Declare: this is an incident.", needs_words=False)
update = _statement_command("update", "Post a status update.", needs_words=True)
help_ = _statement_command("help", "Ask for help. It is a good sign, and is written down as one.", needs_words=False)
predict = _statement_command("prediction", "Seal one line before STARTEX: what will happen?", needs_words=True)
claim = _role_command("claimed", "Take a role that nobody holds. `claim ic` announces the incident commander.")
handover = _role_command("handed-over", "Hand a role over to somebody else, formally.")
