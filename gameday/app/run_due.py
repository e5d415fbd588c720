"""Use case `run-due`: start what is due, skip what must not start, and record both with their reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from gameday.app.escalation import escalate_in
from gameday.app.schedules import format_occurrence, open_project_log, resolve_scenarios
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.files.schedules import ScheduleFile
    from gameday.schedule.occurrences import OccurrenceRecord
    from gameday.schedule.schedules import Schedule, Skip, SkipCause
    from gameday.store.occurrences import OccurrenceLog


MISSES_NAMED = 3


@dataclass(frozen=True, slots=True)
class DrillEnd:
    """How a rehearsal or a hosted drill ended. `error`: what refused or broke it, in words.

    `interrupted`: a signal ends the command; `missed`: nobody joined, or nobody to hold STOP: nothing was touched."""

    exit: Exit
    drills: tuple[str, ...] = ()
    error: str = ""
    interrupted: bool = False
    missed: SkipCause | None = None


class StopStarting(Exception):
    """A signal came: nothing else is started. `code` is the exit code of what was running."""

    def __init__(self, code: Exit) -> None:
        super().__init__()
        self.code = code


FindObstacle = Callable[["Schedule"], "Skip | None"]
"""Return why an occurrence must not start now, beyond what the file says, such as an open incident. Raises nothing."""
NotifyOwner = Callable[["Schedule", str], Mapping[str, str]]
"""Send a text to the owner of a schedule; return each channel with why it was not delivered. Raises nothing."""
ClaimOccurrence = Callable[["Schedule", float], "Skip | None"]
"""Claim an occurrence where starters on other machines see it; return why this one must not start it."""
ListWarnings = Callable[["Schedule"], Iterable[str]]
"""Return what is said before an occurrence starts, and keeps it from nothing, such as open reviews. Raises nothing."""
StartOne = Callable[[str, "Schedule"], DrillEnd]
"""Rehearse or host a scenario as a schedule says. It raises nothing: the occurrence gets its record in any case."""


@dataclass(frozen=True, slots=True)
class DueRunner:
    """Starts due occurrences. `now` returns wall-clock seconds; `report` gets one line for each occurrence."""

    file: ScheduleFile
    now: Callable[[], float]
    start: StartOne
    report: Callable[[str], None]
    find_obstacle: FindObstacle
    notify_owner: NotifyOwner
    claim: ClaimOccurrence = lambda _schedule, _scheduled: None
    list_warnings: ListWarnings = lambda _schedule: ()

    def run(self, schedules: Iterable[Schedule]) -> Exit:
        """Run what is due, one after another; return the exit code that matters most."""
        from gameday.schedule.occurrences import worst_exit

        log = open_project_log(self.file)
        try:
            codes = [code for schedule in schedules for code in self._check(schedule, log)]
        except StopStarting as stop:
            return stop.code
        if not codes:
            self.report("nothing due")
        return worst_exit(codes)

    def _check(self, schedule: Schedule, log: OccurrenceLog) -> Iterator[Exit]:
        """Yield an exit code for each occurrence that is now recorded by this process."""
        from gameday.schedule.schedules import list_reached

        checked_at = self.now()
        recorded = {record.scheduled for record in log.records(schedule.name)}
        for scheduled in list_reached(schedule, log.last_check(schedule.name), checked_at):
            if scheduled not in recorded and (code := self._start_or_skip(schedule, scheduled, log)) is not None:
                yield code
        log.set_last_check(schedule.name, checked_at)

    def _start_or_skip(self, schedule: Schedule, scheduled: float, log: OccurrenceLog) -> Exit | None:
        """Return the exit code of the occurrence; None if another process has it."""
        from gameday.schedule.occurrences import OccurrenceRecord, Outcome
        from gameday.schedule.schedules import find_skip

        label = f"{schedule.name}, {format_occurrence(schedule, scheduled)}"
        record = OccurrenceRecord(schedule.name, scheduled, Outcome.STARTED)
        if skip := find_skip(schedule, self.file.freezes, scheduled, self.now()) or self.find_obstacle(schedule):
            record = replace(record, outcome=Outcome.SKIPPED, cause=skip.cause, reason=skip.reason)
            if not log.claim(record, self.now()):
                return None
            self.report(f"{label}: skipped ({skip.cause}): {skip.reason}")
            self._notify_of_misses(schedule, log)
            return Exit.HELD
        if not log.claim(record, self.now()):
            return None
        if skip := self.claim(schedule, scheduled):
            self._skip_claimed(schedule, record, skip, log, label)
            return Exit.HELD
        self.report(f"{label}: starting")
        for warning in self.list_warnings(schedule):
            self.report(f"  warning: {warning}")
        return self._run(schedule, record, log, label)

    def _skip_claimed(
        self, schedule: Schedule, record: OccurrenceRecord, skip: Skip, log: OccurrenceLog, label: str
    ) -> None:
        """Record that a starter of another machine has the occurrence, or that none of them could be asked."""
        from gameday.schedule.occurrences import Outcome

        skipped = replace(record, outcome=Outcome.SKIPPED, cause=skip.cause, reason=skip.reason, exit=Exit.HELD)
        log.finish(skipped, self.now())
        self.report(f"{label}: skipped ({skip.cause}): {skip.reason}")
        self._notify_of_misses(schedule, log)

    def _run(self, schedule: Schedule, record: OccurrenceRecord, log: OccurrenceLog, label: str) -> Exit:
        from gameday.schedule.occurrences import Outcome, outcome_of, worst_exit

        ends = list(self._start_all(schedule, record.scheduled))
        code = worst_exit(end.exit for end in ends)
        is_missed = bool(ends) and all(end.missed for end in ends)
        outcome, cause = (Outcome.SKIPPED, str(ends[0].missed)) if is_missed else (outcome_of(code), "")
        reason = "; ".join(end.error for end in ends if end.error)
        drills = tuple(drill for end in ends for drill in end.drills)
        log.finish(replace(record, outcome=outcome, cause=cause, reason=reason, exit=code, drills=drills), self.now())
        self.report(f"{label}: {outcome} (exit {code:d})")
        self._notify_of_misses(schedule, log)
        for line in escalate_in(schedule.environment, datetime.fromtimestamp(self.now()).date()):  # noqa: DTZ006 - due dates are local days
            self.report(line)
        if any(end.interrupted for end in ends):
            raise StopStarting(code)
        return code

    def _notify_of_misses(self, schedule: Schedule, log: OccurrenceLog) -> None:
        """Tell the owner if the schedule was not held several times in a row; planned skips count too."""
        from gameday.schedule.occurrences import missed_in_a_row

        missed = missed_in_a_row(log.records(schedule.name))
        if not missed:
            return
        reasons = "; ".join(_describe_miss(schedule, record) for record in missed[-MISSES_NAMED:])
        text = f"The schedule {schedule.name} was not held {len(missed)} times in a row: {reasons}"
        for channel, failure in self.notify_owner(schedule, text).items():
            self.report(f"message to {channel}: {failure or 'sent'}")

    def _start_all(self, schedule: Schedule, scheduled: float) -> Iterator[DrillEnd]:
        """Run the scenarios in order; end early when the environment was halted or is dirty."""
        try:
            files = [draw_for_occurrence(schedule, scheduled)] if schedule.is_drawn else self._files(schedule)
        except Exception as error:
            yield DrillEnd(getattr(error, "exit", Exit.FAILED), error=str(error))
            return
        for file in files:
            end = self.start(file, schedule)
            yield end
            if end.interrupted or end.exit in (Exit.DIRTY, Exit.HALTED):
                return

    def _files(self, schedule: Schedule) -> list[str]:
        return resolve_scenarios(schedule, self.file.path.parent)


def _describe_miss(schedule: Schedule, record: OccurrenceRecord) -> str:
    why = record.cause or record.outcome
    return f"{format_occurrence(schedule, record.scheduled)}, {why}{f': {record.reason}' if record.reason else ''}"


def draw_for_occurrence(schedule: Schedule, scheduled: float) -> str:
    """Draw a scenario of the library that fits: the same one for the same occurrence."""
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import draw_scenario

    digest = hashlib.sha256(f"{schedule.name} {scheduled:.0f}".encode()).digest()
    environment = read_environment(schedule.environment)
    return str(draw_scenario("", environment, int.from_bytes(digest[:4], "big")).path)
