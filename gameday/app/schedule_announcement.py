"""Use case `schedule announce`: one message per channel about the coming drills of all schedules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gameday.app.schedules import format_occurrence, reserved_seconds
from gameday.units import format_duration

if TYPE_CHECKING:
    from pathlib import Path

    from gameday.files.schedules import ScheduleFile
    from gameday.schedule.schedules import Freeze, Schedule

MAX_LISTED = 20
"""Drills that one message lists; the number of the others follows."""
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """Announcement of the drills of one environment. `failures`: each channel with its error, empty if sent."""

    environment: str
    text: str
    failures: dict[str, str]


def announce_schedules(file: ScheduleFile, now: float, days: int) -> list[Announcement]:
    """Send the drills of the coming days to each environment's channels, and return what was sent.

    An environment without a drill in that time is left out. Raises GamedayError for one that cannot be read."""
    from gameday.app.environment_selection import read_environment
    from gameday.notify.announcement import announce_to, select_announcing

    announced: list[Announcement] = []
    for name in dict.fromkeys(schedule.environment for schedule in file.schedules.values()):
        schedules = [schedule for schedule in file.schedules.values() if schedule.environment == name]
        if lines := _upcoming(schedules, file, now, days):
            environment = read_environment(name)
            channels = select_announcing(environment.channels.values())
            text = " ".join(filter(None, (_format(name, lines, days), environment.alerts_text)))
            announced.append(Announcement(name, text, announce_to(channels, name, text)))
    return announced


def _upcoming(schedules: Sequence[Schedule], file: ScheduleFile, now: float, days: int) -> list[str]:
    """Return the drills of the coming days in their order, each as a clause without its scenario."""
    runs = [
        (scheduled, schedule)
        for schedule in schedules
        for scheduled in _runs(schedule, file.freezes, now, days)
    ]  # fmt: skip
    folder = file.path.parent
    return [_describe(schedule, scheduled, folder) for scheduled, schedule in sorted(runs, key=lambda run: run[0])]


def _runs(schedule: Schedule, freezes: Sequence[Freeze], now: float, days: int) -> list[float]:
    from gameday.schedule.schedules import find_planned_skip

    coming = schedule.recurrence.between(now, now + days * DAY_S)
    return [each for each in coming if find_planned_skip(schedule, freezes, each) is None]


def _describe(schedule: Schedule, scheduled: float, folder: Path) -> str:
    what = "a drill with people" if schedule.hosting else "a rehearsal without people"
    longest = format_duration(reserved_seconds(schedule, folder))
    return f"{format_occurrence(schedule, scheduled)}, {what}, at most {longest}"


def _format(environment: str, lines: Sequence[str], days: int) -> str:
    more = [f"{len(lines) - MAX_LISTED} more"] if len(lines) > MAX_LISTED else []
    listed = "; ".join([*lines[:MAX_LISTED], *more])
    return (
        f"Drills in {environment} in the next {days} days, with real faults: {listed}. "
        f"Anyone may stop one: gameday stop. If you see something odd there: gameday was-it-us --env {environment}."
    )
