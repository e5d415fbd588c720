"""Texts and documents of `gameday schedule list` and `next`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gameday.app.approvals import approval_gap
from gameday.app.schedules import format_occurrence, read_occurrences
from gameday.cli.json_documents import ScheduleDocument
from gameday.clock import format_iso_time
from gameday.files.schedules import ScheduleFile
from gameday.schedule.occurrences import OccurrenceRecord, Outcome, format_counts
from gameday.schedule.phrase import describe
from gameday.schedule.schedules import Freeze, Schedule, find_planned_skip, list_next_runs

APPROVALS_SEARCHED = 8
"""Coming occurrences for which it is checked whether the owners' approvals last."""
SEARCHED = 200
"""Occurrences among which the next one that will run is looked for."""


def describe_schedule(schedule: Schedule) -> str:
    """Describe as `every tuesday 10:00 Europe/Berlin in staging: db-slowdown, cache-loss`."""
    what = ", ".join(schedule.scenarios) or "a scenario of the library, drawn each time"
    hosted = ", with people" if schedule.hosting else ""
    return f"{describe(schedule.recurrence)} in {schedule.environment}: {what}{hosted}"


def format_next_runs(schedule: Schedule, freezes: Sequence[Freeze], now: float, count: int = 1) -> str:
    """Format the next occurrences that will run, in local time."""
    runs = list_next_runs(schedule, freezes, now, SEARCHED)[:count]
    return ", ".join(format_occurrence(schedule, each) for each in runs) or "none"


def list_lines(file: ScheduleFile, now: float) -> Iterator[str]:
    """Yield the lines of `gameday schedule list`."""
    if not file.schedules:
        yield f"no schedules in {file.path}"
        yield 'Add one: gameday schedule add "every tuesday 10:00 Europe/Berlin" --env staging SCENARIO'
        return
    occurrences = read_occurrences(file)
    for schedule in file.schedules.values():
        records = occurrences[schedule.name]
        yield schedule.name
        yield f"  {describe_schedule(schedule)}"
        upcoming = format_next_runs(schedule, file.freezes, now)
        yield f"  paused: {schedule.paused}" if schedule.paused else f"  next: {upcoming}"
        yield from (f"  {line}" for line in approval_lines(schedule, file, now))
        yield f"  {format_counts(records)}"
        if last := _last_problem(records):
            yield f"  last: {format_occurrence(schedule, last.scheduled)}: {last.outcome}: {last.reason}"


def approval_lines(schedule: Schedule, file: ScheduleFile, now: float) -> Iterator[str]:
    """Yield the first of the coming occurrences for which the approval of an owner will be missing."""
    for instant in list_next_runs(schedule, file.freezes, now, APPROVALS_SEARCHED):
        day = schedule.recurrence.local_time(instant).date()
        if gap := approval_gap(schedule, file.path.parent, day):
            yield f"warning: {format_occurrence(schedule, instant)} {gap}: gameday approve"
            return


def schedule_documents(file: ScheduleFile, now: float) -> Iterator[ScheduleDocument]:
    """Yield the documents of `gameday schedule list --format json`."""
    occurrences = read_occurrences(file)
    for schedule in file.schedules.values():
        records = occurrences[schedule.name]
        runs = list_next_runs(schedule, file.freezes, now, SEARCHED)
        yield ScheduleDocument(
            name=schedule.name,
            environment=schedule.environment,
            scenarios=list(schedule.scenarios),
            when=describe(schedule.recurrence),
            paused=schedule.paused,
            next_at=format_iso_time(runs[0]) if runs else None,
            outcomes=dict(Counter(str(record.outcome) for record in records)),
            skipped=dict(Counter(record.cause for record in records if record.outcome is Outcome.SKIPPED)),
        )


def next_lines(schedules: Sequence[Schedule], file: ScheduleFile, now: float, count: int) -> list[str]:
    """Return the next occurrences of all schedules, by time, each with why it will be skipped."""
    upcoming = sorted((each, schedule.name, schedule) for schedule in schedules
                      for each in schedule.recurrence.upcoming(now, count))[:count]  # fmt: skip
    lines: list[str] = []
    for instant, name, schedule in upcoming:
        skip = find_planned_skip(schedule, file.freezes, instant)
        gap = "" if skip else approval_gap(schedule, file.path.parent, schedule.recurrence.local_time(instant).date())
        note = f"  skipped ({skip.cause}): {skip.reason}" if skip else f"  {gap}" if gap else ""
        lines.append(f"{format_occurrence(schedule, instant)}  {name}{note}")
    return lines or ["no occurrence"]


def _last_problem(records: Sequence[OccurrenceRecord]) -> OccurrenceRecord | None:
    """Return the latest occurrence if it was not held, and somebody should know why."""
    last = records[-1] if records else None
    return last if last and last.reason and last.outcome is not Outcome.HELD else None
