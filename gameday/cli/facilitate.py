"""`gameday facilitate ...`: the facilitator's hands on a running drill, from any terminal that holds its token."""

from __future__ import annotations

import os
from typing import Any

import click

from gameday.cli.participant_commands import drill_option, select_running_drill, send_statement
from gameday.errors import Exit


@click.group()
def command() -> None:
    """Send, hold, skip or reword a line of the course; the fault now, adjust it, pause, extend, reveal."""


def _on_the_course(hand: str, about: str) -> click.Command:
    @click.command(name=hand, help=about)
    @click.argument("line", type=click.IntRange(min=1))
    @drill_option
    def one(line: int, drill: str | None) -> Exit:
        return _hand({"hand": hand, "entry": line - 1}, drill)

    return one


def _plain(hand: str, about: str) -> click.Command:
    @click.command(name=hand, help=about)
    @drill_option
    def one(drill: str | None) -> Exit:
        return _hand({"hand": hand}, drill)

    return one


def _hand(what: dict[str, Any], drill: str | None) -> Exit:
    """Typing `facilitate` is asking for it in so many words, so the token of the same user's drill is found: before
    the variable, which may still hold that of an earlier drill."""
    from gameday.drill.control.facilitator_token import VARIABLE, load

    found = select_running_drill(drill).drill
    return send_statement({"do": "hand", "token": load(found) or os.environ.get(VARIABLE, ""), **what}, found)


@command.command()
@click.argument("line", type=click.IntRange(min=1))
@click.argument("say", nargs=-1, required=True)
@drill_option
def reword(line: int, say: tuple[str, ...], drill: str | None) -> Exit:
    """Give LINE of the course other words, before it is sent."""
    return _hand({"hand": "reword", "entry": line - 1, "say": " ".join(say)}, drill)


@command.command()
@click.argument("say", nargs=-1, required=True)
@drill_option
def private(say: tuple[str, ...], drill: str | None) -> Exit:
    """A note for the facilitator alone: on no shared screen, in no review."""
    return _hand({"hand": "private", "say": " ".join(say)}, drill)


@command.command()
@click.argument("to")
@click.option("--fault", metavar="FAULT", help="Which, when several stand.")
@drill_option
def adjust(to: str, fault: str | None, drill: str | None) -> Exit:
    """Adjust the active fault TO a value within the scenario's range: 200ms, or delay=200ms."""
    return _hand({"hand": "adjust", "to": to, "fault": fault}, drill)


for _made in (
    _on_the_course("send", "Send LINE of the course now."),
    _on_the_course("hold", "Do not send LINE by itself."),
    _on_the_course("release", "LINE is sent by itself again."),
    _on_the_course("skip", "LINE is not played."),
    _on_the_course("whisper", "The mentor puts the hint on LINE to the IC, and to nobody else."),
    _plain("begin", "Everybody is there: STARTEX."),
    _plain("now", "Apply the fault now, before its hidden delay is over."),
    _plain("extend", "Extend the timebox by five minutes, once."),
    _plain("pause", "Everything stands still but guardrails and guardian; ends by itself after ten minutes."),
    _plain("resume", "Go on after a pause."),
    _plain("reveal", "Tell the responders what the fault is."),
):
    command.add_command(_made)
