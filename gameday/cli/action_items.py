"""`gameday action-items`: what the team will do after its reviews, read from the reviews themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.command_groups import CommandGroup
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_result, print_status
from gameday.cli.review_folder import reviews_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.follow_up import ReviewedItem
    from gameday.cli.follow_up_documents import ActionItemDocument
    from gameday.review.review_files import ReviewFile


NOTHING_NEW = "nothing to export: every open action item has its issue"
offline_option = click.option("--offline", is_flag=True, help="Do not ask the tracker: only the reviews count.")


@click.group("action-items", cls=CommandGroup)
def command() -> None:
    """Follow up the action items of the reviews.

    They are read from the section "Action items" of each review, where people write them.
    """


@command.command("list")
@click.option("--done", is_flag=True, help="Include those that are done.")
@reviews_option
@offline_option
@format_option
def list_command(done: bool, folder: Path | None, offline: bool, as_json: bool) -> Exit:
    """List the open action items, by due date.

    An item whose issue is closed in the tracker counts as done. One that cannot be read is reported with file and
    line, and the exit code is 2.
    """
    from gameday.app.follow_up import list_items, require_readable

    reviews = _load(folder, offline=offline)
    _print_items(list_items(reviews, done=done), "no open action item", as_json=as_json)
    require_readable(reviews)
    return Exit.HELD


@command.command()
@reviews_option
@offline_option
@click.option("--notify", is_flag=True, help="Also tell the channels of their environments of those long overdue.")
@format_option
def due(folder: Path | None, offline: bool, notify: bool, as_json: bool) -> Exit:
    """List the open action items whose due date has come. The exit code is 1 if there are any.

    Long overdue is by more than `escalate_after_days` of gameday.yaml, else by four weeks: two sprints.
    """
    from gameday.app.follow_up import list_items, require_readable

    reviews = _load(folder, offline=offline)
    items = [each for each in list_items(reviews) if each.is_due(local_today())]
    _print_items(items, "no action item is due", as_json=as_json)
    if notify:
        _notify(items)
    require_readable(reviews)
    return Exit.NOT_HELD if items else Exit.HELD


@command.command()
@reviews_option
@click.option("--dry-run", is_flag=True, help="Only list what would be created.")
def export(folder: Path | None, dry_run: bool) -> Exit:
    """Create an issue in the team's tracker for each open action item, and write its link into the review.

    An item with a link is not exported again. Items whose issue is closed are marked as done in the review. The
    tracker is `follow_up: {tracker: ...}` in gameday.yaml.
    """
    from gameday.app.follow_up import list_items, load_reviews, require_readable
    from gameday.app.tracker_export import export_items, require_tracker

    tracker, reviews = require_tracker(), load_reviews(folder)
    items = list_items(reviews)
    new = [each.item.text for each in items if not each.item.link]
    if dry_run:
        print_result([f"new      {text}" for text in new] or [NOTHING_NEW])
    else:
        count = 0
        for count, line in enumerate(export_items(tracker, items), 1):  # noqa: B007 - each line as soon as it is true
            print_output(line)
        if not count:
            print_output(NOTHING_NEW)
    require_readable(reviews)
    return Exit.HELD


def _load(folder: Path | None, *, offline: bool) -> list[ReviewFile]:
    """Return the reviews, with the states of the tracker unless it cannot be asked, which is reported."""
    from gameday.app.follow_up import load_reviews
    from gameday.app.tracker_export import read_settings, with_tracker_states
    from gameday.trackers.client import TrackerError

    reviews = load_reviews(folder)
    tracker = None if offline else read_settings().tracker
    if tracker is None:
        return reviews
    try:
        return with_tracker_states(tracker, reviews)
    except TrackerError as error:
        print_status(f"the tracker ({tracker.kind}) could not be asked, so only the reviews count: {error}")
        return reviews


def _notify(items: Sequence[ReviewedItem]) -> None:
    from gameday.app.escalation import find_escalated, notify_channels
    from gameday.app.tracker_export import read_settings

    today = local_today()
    late = find_escalated(items, today, read_settings().escalate_after_days)
    for channel, failure in notify_channels(late, today).items():
        print_status(f"message to {channel}: {failure or 'sent'}")
    if not late:
        print_status("none is long overdue: no message was sent")


def local_today() -> date:
    """Return today's date where this command runs."""
    return datetime.now().date()  # noqa: DTZ005 - due dates have no zone: people mean their own day


def _print_items(items: Sequence[ReviewedItem], none: str, *, as_json: bool) -> None:
    if as_json:
        print_document(map(_document, items))
    else:
        print_result(_lines(items) if items else [none])


def _lines(items: Sequence[ReviewedItem]) -> Iterator[str]:
    """Yield two lines for each item: what and by when; where it comes from, and when it is done."""
    for each in items:
        item, review = each.item, each.review
        overdue = each.days_overdue(local_today())
        late = f", {overdue} day{'s' if overdue > 1 else ''} overdue" if overdue else ""
        yield f"[{'x' if item.is_done else ' '}] {item.text} ({item.type}; {item.team}; due {item.due}{late})"
        yield f"    {review.drill}, {review.scenario}; done when: {item.done_when}"
        if item.link:
            yield f"    {item.link}"


def _document(each: ReviewedItem) -> ActionItemDocument:
    from gameday.cli.follow_up_documents import ActionItemDocument

    item, review = each.item, each.review
    return ActionItemDocument(
        drill=review.drill, scenario=review.scenario, scenario_type=review.type, environment=review.environment,
        text=item.text, type=item.type, team=item.team, due=item.due.isoformat(), done_when=item.done_when,
        state="done" if item.is_done else "open", days_overdue=each.days_overdue(local_today()), link=item.link,
        file=str(review.path), line=item.line,
    )  # fmt: skip
