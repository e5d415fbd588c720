"""Export of action items to the team's tracker, once each, and their states taken over.

The link that is written into the review is what makes a second export create nothing. An export that was interrupted
between the two is recognised by the reference in the issue's text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gameday.app.follow_up import ReviewedItem
from gameday.atomic_file import write_atomically, write_obstacle
from gameday.errors import BadArguments, InternalError, Refused

if TYPE_CHECKING:
    from gameday.model import FollowUpSettings, Tracker
    from gameday.review.action_items import ActionItem
    from gameday.review.review_files import ReviewFile
    from gameday.trackers.issue_formats import Issue, IssueDraft

_MAX_ATTEMPTS = 5
Edit = Callable[[str, "ActionItem"], "str | None"]


def read_settings() -> FollowUpSettings:
    """Return the follow-up settings of gameday.yaml; without a file, the usual ones. Raises InvalidFiles."""
    from gameday.files.project import find_project, read_project
    from gameday.model import FollowUpSettings

    path = find_project()
    return read_project(path).follow_up if path else FollowUpSettings()


def require_tracker() -> Tracker:
    """Return the tracker of gameday.yaml. Raises BadArguments without one."""
    tracker = read_settings().tracker
    if tracker is None:
        raise BadArguments(
            "gameday.yaml names no tracker",
            "Add it: follow_up: {tracker: {kind: github, project: shop/api, bearer: '${GITHUB_TOKEN}'}}",
        )
    return tracker


def with_tracker_states(tracker: Tracker, reviews: Sequence[ReviewFile]) -> list[ReviewFile]:
    """Return the reviews with the items done that are done in the tracker; no file changes. Raises TrackerError."""
    from gameday.trackers.client import read_states

    links = [item.link for review in reviews for item in review.open_items if item.link]
    states = read_states(tracker, links) if links else {}
    return [replace(review, actions=replace(review.actions, items=_marked(review, states))) for review in reviews]


def with_known_states(reviews: Sequence[ReviewFile]) -> Sequence[ReviewFile]:
    """Return the reviews with the tracker's states; as they are without a tracker, or if it cannot be asked.

    Raises InvalidFiles for a gameday.yaml that cannot be read."""
    from gameday.trackers.client import TrackerError

    if not any(item.link for review in reviews for item in review.open_items):
        return reviews
    tracker = read_settings().tracker
    try:
        return with_tracker_states(tracker, reviews) if tracker else reviews
    except TrackerError:
        return reviews


def _marked(review: ReviewFile, states: dict[str, bool]) -> list[ActionItem]:
    return [replace(item, is_done=item.is_done or states.get(item.link, False)) for item in review.actions.items]


def export_items(tracker: Tracker, items: Sequence[ReviewedItem]) -> Iterator[str]:
    """Create an issue for each open item without a link, and mark the items done whose issue is; yield what was done.

    Raises Refused before the first request if a review cannot be written, InternalError if the tracker fails: what was
    exported until then is in the reviews."""
    from gameday.trackers.client import TrackerError

    new = [each for each in items if not each.item.link and not each.item.is_done]
    for folder in {each.review.path.parent for each in items}:
        if why := write_obstacle(folder):
            raise Refused(f"cannot write the links to the reviews in {folder}: {why}", "Make it writable first.")
    try:
        yield from _take_over_states(tracker, items)
        yield from _create_all(tracker, new)
    except TrackerError as error:
        todo = "What was exported before is in the reviews. Run the command again: it creates no issue twice."
        raise InternalError(f"the tracker ({tracker.kind}) failed: {error}", todo) from None


def _take_over_states(tracker: Tracker, items: Sequence[ReviewedItem]) -> Iterator[str]:
    from gameday.review.action_item_edits import check_box
    from gameday.trackers.client import read_states

    linked = [each for each in items if each.item.link and not each.item.is_done]
    states = read_states(tracker, [each.item.link for each in linked]) if linked else {}
    for each in linked:
        if states.get(each.item.link) and _edit(each, check_box):
            yield f"done     {each.item.text}: {each.item.link}"


def _create_all(tracker: Tracker, items: Sequence[ReviewedItem]) -> Iterator[str]:
    from gameday.trackers.client import create_issue, list_issues

    existing = list_issues(tracker) if items else []
    for each in items:
        draft = draft_issue(each)
        known = next((issue for issue in existing if reference(each) in issue.text), None)
        issue = known or create_issue(tracker, draft)
        if not _edit(each, partial(_with_link, issue)):
            wrong = f"{each.review.path}: the item {each.item.text!r} was changed meanwhile; its issue is {issue.url}"
            raise InternalError(wrong, "Add the link behind its text by hand.")
        yield f"{'linked ' if known else 'created'}  {each.item.text}: {issue.url}"


def _with_link(issue: Issue, text: str, item: ActionItem) -> str | None:
    from gameday.review.action_item_edits import add_link

    return add_link(text, item, issue.label, issue.url)


def draft_issue(each: ReviewedItem) -> IssueDraft:
    """Return the issue of an item. It names the team, and no person."""
    from gameday.trackers.issue_formats import IssueDraft

    item, review = each.item, each.review
    lines = (
        f"Done when: {item.done_when}", f"Owner team: {item.team}", f"Type: {item.type}", f"Due: {item.due}", "",
        f"From the review of drill {review.drill} ({review.scenario} in {review.environment}).",
        f"Reference: {reference(each)}",
    )  # fmt: skip
    return IssueDraft(item.text, "\n".join(lines), item.due.isoformat())


def reference(each: ReviewedItem) -> str:
    """Return what tells the item from others in its issue: the drill, and a digest of its text."""
    return f"{each.review.drill}-{hashlib.sha256(each.item.text.encode()).hexdigest()[:8]}"


def _edit(each: ReviewedItem, edit: Edit) -> bool:
    """Change the item in its review without overwriting what somebody saves at the same moment. Raises InternalError.

    Returns False if the item is not there any more."""
    path = each.review.path
    try:
        for _ in range(_MAX_ATTEMPTS):
            before = path.read_bytes()
            text = edit(before.decode("utf-8", "surrogateescape"), each.item)
            if text is None:
                return False
            if write_atomically(path, text.encode("utf-8", "surrogateescape"), expected=before):
                return True
    except OSError as error:
        raise InternalError(f"cannot write {path}: {error.strerror}") from None
    raise InternalError(f"somebody keeps saving {path} at the same time", "Run the command again.")
