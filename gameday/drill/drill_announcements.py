"""Announcements of a drill's start and end to its channels: for everyone around, and never about the fault."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from gameday.errors import GamedayError
from gameday.events import (
    Ended,
    Event,
    ForeignChangeKept,
    Intended,
    PhaseChanged,
    Started,
    Unrecognised,
    format_plain,
    has_any,
)
from gameday.model import Mode, Phase, Plan
from gameday.store.outstanding import owed_cleanups
from gameday.store.paths import runtime_folder

LINKS_SUFFIX = ".links"
"""Suffix of the file with the links, which the web process writes: `{"base_url": ..., "tokens": {"wall": ...}}`."""


def drill_announcement(plan: Plan, event: Event, events: Sequence[Event]) -> str:
    """Return what channels announce of an event: the start, the end, or a revert that failed. Else empty.

    `events`: the drill's so far."""
    match event.body:
        case Started():
            return _start_text(plan, event.wall, read_stop_link(plan.drill))
        case Ended() as body:
            return f"{format_plain(body.responder_text())}. {_outcome(events)}"
        case PhaseChanged(after=Phase.STUCK):
            return (
                "The drill is over, but NOT everything could be reverted: faults are still present in "
                f"{plan.environment.name}. To revert them: gameday halt"
            )
        case _:
            return ""


def _start_text(plan: Plan, wall: float, link: str) -> str:
    """Return the text of the start, which says no more of the scenario than its longest duration."""
    name, what = plan.environment.name, "rehearsal without people" if plan.mode is Mode.REHEARSAL else "drill"
    start, end = (_local_time(time) for time in (wall, wall + plan.scenario.timebox))
    zone = f"{start:%Z}" or "UTC"
    on_page = f", or STOP on {link}" if link else ""
    return (
        f"A {what} with real faults has started in {name}: {plan.drill}, {start:%H:%M} to {end:%H:%M} {zone} at the "
        f"latest. If you see something odd there: gameday was-it-us --env {name}. "
        f"Anyone may stop it: gameday stop{on_page}"
    )


def _local_time(wall: float) -> datetime:
    return datetime.fromtimestamp(wall, UTC).astimezone()


def _outcome(events: Sequence[Event]) -> str:
    """Return what became of the faults and actions; a drill is only ended once all its reverts are verified."""
    if owed := len(owed_cleanups(events)):
        changes = "1 other change of the drill is" if owed == 1 else f"{owed} other changes of the drill are"
        return f"All faults are removed, but {changes} NOT restored yet: gameday status lists what to do"
    if has_any(events, ForeignChangeKept):
        return "All faults are removed; what somebody else changed meanwhile was left unchanged"
    if not has_any(events, Intended, Unrecognised):
        return "No fault was applied"
    return "Everything was reverted and verified"


def read_stop_link(drill: str) -> str:
    """Return the link on which anyone can watch and stop a drill; empty without pages, or if it was revoked."""
    try:
        content = json.loads((runtime_folder() / f"{drill}{LINKS_SUFFIX}").read_text(encoding="utf-8"))
        return f"{content['base_url']}/join/{content['tokens']['wall']}"
    except (OSError, ValueError, KeyError, TypeError, GamedayError):
        return ""
