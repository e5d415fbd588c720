"""Follow-up of this project's drills: their reviews and action items, as the review files say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import InvalidFiles, Refused

if TYPE_CHECKING:
    from gameday.events import Event
    from gameday.review.action_items import ActionItem
    from gameday.review.review_files import ReviewFile
    from gameday.store.protocols import DrillReader


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """An action item with its review."""

    review: ReviewFile
    item: ActionItem

    def days_overdue(self, today: date) -> int:
        """Return the days since its due date; 0 if it is done, or not due before `today`."""
        return 0 if self.item.is_done else max(0, (today - self.item.due).days)

    def is_due(self, today: date) -> bool:
        return not self.item.is_done and self.item.due <= today


def load_reviews(folder: Path | None = None) -> list[ReviewFile]:
    """Return the reviews of this project's drills; with `folder`, all reviews in it.

    Creates no store. Raises Refused if they cannot be read."""
    from gameday.app.finished_drills import list_project_drills
    from gameday.review.review_files import read_reviews
    from gameday.store.open import open_read_only
    from gameday.store.paths import data_folder

    drills = None
    if folder is None:
        store = open_read_only()
        drills = frozenset(list_project_drills(store)) if store is not None else frozenset[str]()
    place = folder or data_folder().reviews
    try:
        return read_reviews(place, drills)
    except OSError as error:
        raise Refused(
            f"cannot read the reviews in {place}: {error.strerror}", "Name another folder: --reviews"
        ) from None


def list_items(reviews: Iterable[ReviewFile], *, done: bool = False) -> list[ReviewedItem]:
    """Return the open action items by due date; with `done`, those that are done too."""
    items = [ReviewedItem(review, item) for review in reviews for item in review.actions.items]
    return sorted(
        (each for each in items if done or not each.item.is_done),
        key=lambda each: (each.item.due, each.review.drill, each.item.line),
    )


@dataclass(frozen=True, slots=True)
class UnfinishedReview:
    """A drill whose review is not finished. `due`: seconds since 1970; `review` None: nobody drafted it."""

    drill: str
    scenario: str
    type: str
    environment: str
    due: float
    review: ReviewFile | None


def list_unfinished_reviews(folder: Path | None = None, *, rehearsals: bool = False) -> list[UnfinishedReview]:
    """Return this project's drills with people whose review is not finished, the oldest first.

    With `rehearsals`, of rehearsals too. Raises Refused if store or reviews cannot be read."""
    from gameday.store.open import open_read_only

    reviews = {review.drill: review for review in load_reviews(folder)}
    store = open_read_only()
    logs = _read_outlines(store) if store is not None else {}
    outcomes = (_unfinished(log, reviews, rehearsals=rehearsals) for log in logs.values())
    return [unfinished for unfinished in outcomes if unfinished is not None]


def _read_outlines(store: DrillReader) -> dict[str, list[Event]]:
    """Return plan, start and end of each drill of this project: whole logs would take long in an old store."""
    from gameday.app.finished_drills import list_project_drills
    from gameday.events import Ended, Planned, Started

    outlines: dict[str, list[Event]] = {drill: [] for drill in list_project_drills(store)}
    for event in (event for kind in (Planned, Started, Ended) for event in store.events_of_kind(kind.kind)):
        if event.drill in outlines:
            outlines[event.drill].append(event)
    return outlines


def _unfinished(
    events: Sequence[Event], reviews: Mapping[str, ReviewFile], *, rehearsals: bool
) -> UnfinishedReview | None:
    from gameday.events import Ended, Started, first_of, has_any, read_plan
    from gameday.scorecards.scorecard import review_due_time

    end = first_of(events, Ended)
    if end is None or not has_any(events, Started):
        return None
    plan, review = read_plan(events), reviews.get(end.drill)
    if (plan.is_rehearsal and not rehearsals) or (review is not None and review.is_finished):
        return None
    due = review_due_time(plan, end.wall)
    return UnfinishedReview(end.drill, plan.scenario, plan.type, plan.environment, due, review)


def require_readable(reviews: Sequence[ReviewFile]) -> None:
    """Raise InvalidFiles with the problems of all reviews, if there are any."""
    if problems := [problem for review in reviews for problem in review.problems]:
        raise InvalidFiles(problems)
