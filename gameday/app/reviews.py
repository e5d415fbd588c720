"""Reviews: drafted after a drill, refreshed after its debrief or on request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gameday.app.finished_drills import FinishedDrill
    from gameday.review.document import Form
    from gameday.review.save import SavedReview
    from gameday.store.protocols import DrillReader


def draft_review(store: DrillReader, drill: str, folder: Path) -> Path:
    """Write the Markdown draft of a drill's review; return its path."""
    from gameday.review.save import write_draft

    return write_draft(store.events(drill), store.readings(drill), folder)


def write_html_page(store: DrillReader, drill: str, folder: Path) -> Path:
    """Write the page from the review's Markdown; return its path. Loading the plot library takes half a second."""
    from gameday.review.save import write_page

    return write_page(store.events(drill), store.readings(drill), folder)


def refresh_review(finished: FinishedDrill, folder: Path | None = None, form: Form | None = None) -> SavedReview:
    """Write draft and page again; what people wrote in the draft is kept. `form` None keeps the draft's form."""
    from gameday.review.save import write_review

    return write_review(finished.events, finished.readings, folder or finished.reviews, form=form)


def refresh_page(finished: FinishedDrill, folder: Path | None = None) -> Path:
    """Write the page again from the Markdown as it is now, which stays unchanged. Raises BadArguments without one."""
    from gameday.review.save import write_page

    return write_page(finished.events, finished.readings, folder or finished.reviews)


def refresh_after_debrief(store: DrillReader, drill: str, folder: Path) -> Path:
    """Write the review again with the lines of the debrief; return the draft's path."""
    from gameday.review.save import write_review

    events, readings = store.events(drill), store.readings(drill)
    return write_review(events, readings, folder, form=None).markdown
