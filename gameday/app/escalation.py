"""Escalation: action items that are long overdue are sent to the channels of their environment, never to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from gameday.errors import GamedayError

if TYPE_CHECKING:
    from gameday.app.follow_up import ReviewedItem

MAX_NAMED = 5


def find_escalated(items: Sequence[ReviewedItem], today: date, after_days: int) -> list[ReviewedItem]:
    """Return the open items that are overdue by more than these days."""
    return [each for each in items if each.days_overdue(today) > after_days]


def notify_channels(items: Sequence[ReviewedItem], today: date) -> dict[str, str]:
    """Tell each environment's channels that send announcements of its items.

    Returns each channel, as `ENVIRONMENT/CHANNEL`, with why it was not delivered; empty if it was."""
    results: dict[str, str] = {}
    for environment in dict.fromkeys(each.review.environment for each in items):
        own = [each for each in items if each.review.environment == environment]
        sent = _notify(environment, escalation_text(own, today))
        results |= {f"{environment}/{channel}": failure for channel, failure in sent.items()}
    return results


def escalation_text(items: Sequence[ReviewedItem], today: date) -> str:
    """Return one line with the first items, their teams, and how late they are."""
    named = [f"{each.item.text} ({each.item.team}, {each.days_overdue(today)} days)" for each in items[:MAX_NAMED]]
    more = [f"{len(items) - MAX_NAMED} more"] if len(items) > MAX_NAMED else []
    plural = "s are" if len(items) > 1 else " is"
    return f"{len(items)} action item{plural} long overdue: {'; '.join([*named, *more])}. See: gameday action-items due"


def _notify(name: str, text: str) -> dict[str, str]:
    from gameday.app.environment_selection import read_environment
    from gameday.notify.announcement import announce_to, select_announcing

    try:
        environment = read_environment(name)
    except GamedayError:
        return {}
    return announce_to(select_announcing(environment.channels.values()), name, text)


def escalate_in(environment: str, today: date) -> list[str]:
    """Tell an environment's channels what is long overdue there, as each occurrence of a schedule does.

    Returns a line for each channel. Raises nothing: a drill never fails for its follow-up."""
    from gameday.app.follow_up import list_items, load_reviews
    from gameday.app.tracker_export import read_settings, with_known_states

    try:
        items = [
            each for each in list_items(with_known_states(load_reviews())) if each.review.environment == environment
        ]
        late = find_escalated(items, today, read_settings().escalate_after_days)
        sent = notify_channels(late, today)
    except Exception:  # a store that is locked, a gameday.yaml that cannot be read
        return []
    return [f"Overdue action items to {name}: {failure or 'sent'}" for name, failure in sent.items()]
