"""Schedules of rehearsals and hosted drills, freezes, and why an occurrence is skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gameday.schedule.recurrence import Recurrence

MAX_LATENESS_S = 900.0
"""An occurrence that starts later than this is skipped: the team expects the drill at its time, not at any time."""
EARLY_START_S = 30.0
"""A starter whose clock is ahead by less than this still starts the occurrence."""


class SkipCause(StrEnum):
    """Why an occurrence did not run, although nothing went wrong."""

    PAUSED = "paused"
    PLANNED = "planned"
    FREEZE = "freeze"
    LATE = "late"
    NOBODY = "nobody came"
    NO_STOP_HOLDER = "no STOP holder"
    INCIDENT = "incident"
    UNKNOWN_INCIDENTS = "incidents unknown"
    ELSEWHERE = "started elsewhere"
    UNKNOWN_STARTERS = "other starters unknown"


@dataclass(frozen=True, slots=True)
class Skip:
    """A skipped occurrence: the cause, and the reason in words."""

    cause: SkipCause
    reason: str


@dataclass(frozen=True, slots=True)
class Hosting:
    """A drill with people who join by a link. `within`: seconds for that; `rehearses`: what happens if they do not."""

    within: float
    rehearses: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """Scenarios to run in an environment, again and again. Without scenarios, one is drawn from the library.

    `slot`: seconds reserved in the environment; None is as long as the scenarios can take. `paused`: the reason, empty
    if it is not paused. `skips`: reasons by local day (`2026-12-22`), or by day and time (`2026-12-22 10:00`).
    `hosting` None: a rehearsal without people. `owner_channel`: the channel of the environment that hears of skips in a
    row; empty: every channel that sends announcements.
    """

    name: str
    environment: str
    scenarios: tuple[str, ...]
    recurrence: Recurrence
    slot: float | None = None
    paused: str = ""
    skips: Mapping[str, str] = field(default_factory=dict[str, str])
    hosting: Hosting | None = None
    owner_channel: str = ""

    @property
    def is_drawn(self) -> bool:
        return not self.scenarios


@dataclass(frozen=True, slots=True)
class Freeze:
    """A span of local time in which nothing runs, by name and reason. `spans`: from..to in seconds, by time zone."""

    name: str
    reason: str
    spans: Mapping[str, tuple[float, float]]

    def covers(self, instant: float, zone: str) -> bool:
        """Return True if the instant is within the freeze, read in the local time of `zone`."""
        begin, end = self.spans[zone]
        return begin <= instant < end


def find_planned_skip(schedule: Schedule, freezes: Sequence[Freeze], scheduled: float) -> Skip | None:
    """Return why this occurrence will not run, as far as the file says; None if it will."""
    if schedule.paused:
        return Skip(SkipCause.PAUSED, schedule.paused)
    local = schedule.recurrence.local_time(scheduled)
    if reason := schedule.skips.get(f"{local:%Y-%m-%d %H:%M}") or schedule.skips.get(f"{local:%Y-%m-%d}"):
        return Skip(SkipCause.PLANNED, reason)
    for freeze in freezes:
        if freeze.covers(scheduled, schedule.recurrence.zone.key):
            return Skip(SkipCause.FREEZE, f"{freeze.name}: {freeze.reason}")
    return None


def list_next_runs(schedule: Schedule, freezes: Sequence[Freeze], now: float, searched: int) -> list[float]:
    """Return the occurrences that will run, among the next `searched` ones: the others are skipped as planned."""
    occurrences = schedule.recurrence.upcoming(now, searched)
    return [each for each in occurrences if find_planned_skip(schedule, freezes, each) is None]


def find_skip(schedule: Schedule, freezes: Sequence[Freeze], scheduled: float, now: float) -> Skip | None:
    """Return why this occurrence does not start now; None if it does."""
    if skip := find_planned_skip(schedule, freezes, scheduled):
        return skip
    if now - scheduled > MAX_LATENESS_S:
        return Skip(SkipCause.LATE, f"{round((now - scheduled) / 60)} min late; at most {MAX_LATENESS_S / 60:.0f} min")
    return None


def list_reached(schedule: Schedule, checked: float | None, now: float) -> list[float]:
    """Return the occurrences since the last check, and those that may still start.

    `checked` None: nobody has checked before, and earlier occurrences are not known to be missed. A last check in the
    future (a clock that was wrong) hides nothing that is due.
    """
    since = now - MAX_LATENESS_S - 1
    return schedule.recurrence.between(since if checked is None else min(checked, since), now + EARLY_START_S)
