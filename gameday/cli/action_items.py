"""`gameday action-items`: what the team will do after its reviews, read from the reviews themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.command_groups import CommandGroup
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_result
from gameday.cli.review_folder import reviews_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.follow_up import ReviewedItem
    from gameday.cli.follow_up_documents import ActionItemDocument


@click.group("action-items", cls=CommandGroup)
def command() -> None:
    """Follow up the action items of the reviews.

    They are read from the section "Action items" of each review, where people write them.
    """


@command.command("list")
@click.option("--done", is_flag=True, help="Include those that are done.")
@reviews_option
@format_option
def list_command(done: bool, folder: Path | None, as_json: bool) -> Exit:
    """List the open action items, by due date.

    One that cannot be read is reported with file and line, and the exit code is 2.
    """
    from gameday.app.follow_up import list_items, load_reviews, require_readable

    reviews = load_reviews(folder)
    _print_items(list_items(reviews, done=done), "no open action item", as_json=as_json)
    require_readable(reviews)
    return Exit.HELD


@command.command()
@reviews_option
@format_option
def due(folder: Path | None, as_json: bool) -> Exit:
    """List the open action items whose due date has come. The exit code is 1 if there are any."""
    from gameday.app.follow_up import list_items, load_reviews, require_readable

    reviews = load_reviews(folder)
    items = [each for each in list_items(reviews) if each.is_due(local_today())]
    _print_items(items, "no action item is due", as_json=as_json)
    require_readable(reviews)
    return Exit.NOT_HELD if items else Exit.HELD


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
