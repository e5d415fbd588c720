"""`gameday status`: the running drill as responders see it; with the facilitator's token, all of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from gameday.app.drill_status import DrillStatuses, UnresponsiveDrill, latest_drill, query_drills
from gameday.app.running_drills import describe_elsewhere
from gameday.cli.all_projects import all_option
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_status
from gameday.cli.own_finished_drills import facilitator_token
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing
from gameday.clock import format_iso_time
from gameday.errors import Exit, Refused

if TYPE_CHECKING:
    from gameday.cli.json_documents import ActiveFaultDocument, ReceivedDocument, StatusDocument


@click.command()
@format_option
@all_option
def command(as_json: bool, everywhere: bool) -> Exit:
    """Show the running drills of this project, or of this user if this folder has no gameday.yaml."""
    with progress("the running drills to respond"):
        statuses = query_drills(facilitator_token(), print_status, read_timing(), everywhere=everywhere)
    for silent in statuses.silent:
        print_status(_describe_silent(silent))
    if as_json:
        _print_documents(statuses)
    if error := statuses.dirty_error():
        raise error
    if not as_json:
        _print_texts(statuses)
    if error := statuses.not_undone_error():
        raise error
    return Exit.HELD


def _print_texts(statuses: DrillStatuses) -> None:
    for drill in statuses.elsewhere:
        print_status(f"{describe_elsewhere(drill)}. See it: gameday status --all")
    if not statuses.answers and not statuses.silent:
        print_output("No drill is running.")
        _print_latest()
    if statuses.answers:
        from gameday.terminal.status_report import render_status

        for status in statuses.answers:
            print_output(render_status(status, "faults" in status))


def _print_documents(statuses: DrillStatuses) -> None:
    from gameday.cli.json_documents import StatusDocument

    now = time.time()
    silent = (StatusDocument(drill=drill.drill, responds=False, guarded=drill.guarded) for drill in statuses.silent)
    print_document([*(_status_document(answer, now) for answer in statuses.answers), *silent])


def _status_document(answer: dict[str, Any], now: float) -> StatusDocument:
    """Convert an answer; its times are seconds since the start."""
    from gameday.cli.json_documents import SignalStatusDocument, StatusDocument

    since, remaining = answer["since_start"], answer["to_timebox"]
    start = None if since is None else now - since
    copied = ("drill", "environment", "mode", "phase", "paused", "pages", "messages")
    return StatusDocument(
        responds=True,
        guarded=True,
        started_at=None if start is None else format_iso_time(start),
        timebox_ends_at=None if remaining is None else format_iso_time(now + remaining),
        moments={} if start is None else {name: format_iso_time(start + at) for name, at in answer["moments"].items()},
        received=[_received_document(message, start) for message in answer["received"]],
        faults=_fault_documents(answer) if "faults" in answer else None,
        not_undone=answer.get("not_undone"),
        signals={name: SignalStatusDocument(**signal) for name, signal in answer["signals"].items()}
        if "signals" in answer
        else None,
        **{name: answer[name] for name in copied},
    )


def _received_document(message: dict[str, Any], start: float | None) -> ReceivedDocument:
    from gameday.cli.json_documents import ReceivedDocument

    at = message["at"]
    sent_at = None if at is None or start is None else format_iso_time(start + at)
    return ReceivedDocument(at=sent_at, page=message["page"], sender=message["sender"], text=message["text"])


def _fault_documents(answer: dict[str, Any]) -> list[ActiveFaultDocument]:
    from gameday.cli.json_documents import ActiveFaultDocument

    return [
        ActiveFaultDocument(touches=fault["target_text"], guarantee=fault["guarantee"], active_s=fault["since"])
        for fault in answer["faults"]
    ]


def _describe_silent(silent: UnresponsiveDrill) -> str:
    if silent.guarded:
        return f"{silent.drill}: the runner does not respond; its guardian reverts all faults."
    return f"{silent.drill}: neither runner nor guardian responds. Revert its faults: gameday halt"


def _print_latest() -> None:
    """Print the outcome of the latest drill: its terminal may have been closed."""
    from gameday.scorecards.scorecard_text import format_ending
    from gameday.units import format_duration

    try:
        latest = latest_drill()
    except Refused as refused:
        print_status(str(refused))
        return
    if latest is None:
        return
    card = latest.scorecard
    why = f" ({card.reasons[0]})" if card.exit is Exit.HALTED and card.reasons else ""
    ago = format_duration(round(latest.seconds_ago))
    words = ("show", "review") if latest.has_started else ("show",)
    more = ", ".join(f"gameday {word} {latest.drill}" for word in words)
    print_output(f"The latest drill, {latest.drill}, ended {ago} ago: {format_ending(card)}{why}. More: {more}")
