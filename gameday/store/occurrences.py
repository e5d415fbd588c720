"""Occurrences of schedules in the store: appended, never changed. The first row of one decides who runs it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gameday.errors import Exit, Refused
from gameday.schedule.occurrences import OccurrenceRecord, Outcome
from gameday.store.open import describe_unusable, open_read_only, open_store
from gameday.store.paths import DataFolder
from gameday.store.schema import connect

_BEGIN, _END = "begin", "end"


@dataclass(frozen=True, slots=True)
class OccurrenceLog:
    """The occurrences of one project's schedules. `path`: the store; each call is durable when it returns.

    Raises Refused if the store cannot be read or written.
    """

    path: Path
    project: str

    def claim(self, record: OccurrenceRecord, now: float) -> bool:
        """Record that an occurrence starts or is skipped; False if that is recorded already, by any process."""
        return self._insert(record, _BEGIN, now)

    def finish(self, record: OccurrenceRecord, now: float) -> None:
        """Record how a claimed occurrence ended."""
        self._insert(record, _END, now)

    def records(self, schedule: str) -> list[OccurrenceRecord]:
        """Return the occurrences, oldest first."""
        query = (
            "select scheduled, outcome, cause, reason, exit, drills from occurrences "
            "where project = ? and schedule = ? order by scheduled, step = 'end'"
        )
        records: dict[float, OccurrenceRecord] = {}
        for scheduled, outcome, cause, reason, code, drills in self._rows(query, self.project, schedule):
            ended = None if code is None else Exit(code)
            records[scheduled] = OccurrenceRecord(
                schedule, scheduled, Outcome(outcome), cause, reason, ended, tuple(json.loads(drills))
            )
        return list(records.values())

    def last_check(self, schedule: str) -> float | None:
        """Return when the schedule was last checked for occurrences, or None."""
        query = "select at from schedule_checks where project = ? and schedule = ?"
        rows = self._rows(query, self.project, schedule)
        return float(rows[0][0]) if rows else None

    def set_last_check(self, schedule: str, now: float) -> None:
        """Record that all occurrences until `now` have their record."""
        statement = "insert or replace into schedule_checks values (?, ?, ?)"
        self._write(statement, self.project, schedule, now)

    def _insert(self, record: OccurrenceRecord, step: str, now: float) -> bool:
        statement = "insert or ignore into occurrences values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        code = None if record.exit is None else int(record.exit)
        return self._write(
            statement, self.project, record.schedule, record.scheduled, step, now, str(record.outcome), record.cause,
            record.reason, code, json.dumps(record.drills),
        ) == 1  # fmt: skip

    def _write(self, statement: str, *values: object) -> int:
        with self._connect() as connection:
            return connection.execute(statement, values).rowcount

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connect() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self.path)) as connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            why, todo = describe_unusable(self.path.parent, error)
            raise Refused(f"the store {self.path} cannot be used: {why}", todo) from error


def open_occurrence_log(folder: DataFolder, project: str) -> OccurrenceLog:
    """Open the log of a project's schedules, and create the store if there is none. Raises Refused."""
    open_store(folder).close()
    return OccurrenceLog(folder.store, project)


def open_existing_log(folder: DataFolder, project: str) -> OccurrenceLog | None:
    """Open the log of a project's schedules to report on it; None if there is no store yet. Raises Refused."""
    if (store := open_read_only(folder)) is None:
        return None
    store.close()
    return OccurrenceLog(folder.store, project)
