"""Documents that `--format json` prints about what follows a drill; docs/reference/json.md is generated from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gameday.cli.json_documents import JsonDocument
from gameday.clock import format_iso_time

if TYPE_CHECKING:
    from gameday.app.follow_up import UnfinishedReview


class ActionItemDocument(JsonDocument):
    """An action item of a review."""

    drill: Annotated[str, Meta(description="The drill of the review.")]
    scenario: Annotated[str, Meta(description="Its scenario.")]
    scenario_type: Annotated[str, Meta(description="The type of its scenario, such as `dependency-latency`.")]
    environment: Annotated[str, Meta(description="The environment of the drill.")]
    text: Annotated[str, Meta(description="What the team will do.")]
    type: Annotated[str, Meta(description="`detect`, `mitigate`, `prevent`, `process` or `learn`.")]
    team: Annotated[str, Meta(description="The team that owns it.")]
    due: Annotated[str, Meta(description="The due date, `2026-12-15`.")]
    done_when: Annotated[str, Meta(description="How the team knows that it is done.")]
    state: Annotated[str, Meta(description="`open` or `done`.")]
    days_overdue: Annotated[int, Meta(description="0 if it is done, or not overdue.")]
    link: Annotated[str, Meta(description="Its issue in the tracker; empty without one.")]
    file: Annotated[str, Meta(description="The review.")]
    line: Annotated[int, Meta(description="From 1.")]


class DueReviewDocument(JsonDocument):
    """A drill whose review should be finished by now."""

    drill: Annotated[str, Meta(description="The drill.")]
    scenario: Annotated[str, Meta(description="Its scenario.")]
    environment: Annotated[str, Meta(description="Its environment.")]
    due_at: Annotated[str, Meta(description="By when the review was due.")]
    status: Annotated[str, Meta(description="`draft`, `in review`; empty if nobody drafted it.")]
    file: Annotated[str, Meta(description="The review; empty if nobody drafted it.")]


def due_review_document(unfinished: UnfinishedReview) -> DueReviewDocument:
    review = unfinished.review
    return DueReviewDocument(
        drill=unfinished.drill, scenario=unfinished.scenario, environment=unfinished.environment,
        due_at=format_iso_time(unfinished.due), status=review.status if review else "",
        file=str(review.path) if review else "",
    )  # fmt: skip
