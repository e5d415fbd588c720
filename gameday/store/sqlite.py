"""The store in one SQLite file on the runner's own disk: authority for reverts, sink and reader at once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from typing_extensions import override

from gameday.clock import Clock, SystemClock, boot_id
from gameday.events import Event, NewEvent, decode_body_leniently, encode_body, read_role, read_source
from gameday.model import Reading
from gameday.process_identity import ProcessIdentity
from gameday.store.protocols import DrillStore, Fenced, StoreBusy, StoreError, StoreFull, StoreLost, environment_in_use
from gameday.store.reserved_space import ReservedSpace
from gameday.store.schema import connect, connect_reader, decode_readings, encode_readings, is_full

_UNFINISHED = "not exists (select 1 from events e where e.drill = d.id and e.kind = 'end')"
_INSERT_EVENT = "into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Store(DrillStore):
    """All calls are safe from several threads. `append` is durable when it returns."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        """Open or create the store; raises sqlite3.Error when the disk does not let it."""
        self.path = path
        self._clock = clock or SystemClock()
        self._boot = boot_id()
        self._lock, self._read_lock = threading.RLock(), threading.Lock()
        self._reserve = ReservedSpace(path.parent)
        self._db = connect(path)
        self._file = _identify(path)
        self._reader = connect_reader(path)  # a writer that waits for another process delays no reader
        self._reserve.fill()

    @override
    def close(self) -> None:
        with self._lock, self._read_lock:
            self._reader.close()
            self._db.close()

    @override
    def is_in_place(self) -> bool:
        return _identify(self.path) == self._file

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("begin immediate")
                yield self._db
                self._db.execute("commit")
            except BaseException as error:
                with suppress(sqlite3.Error):  # none to roll back, or the file is closed
                    self._db.execute("rollback")
                if isinstance(error, sqlite3.Error):
                    raise _store_error(error) from error
                raise

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._read_lock:
            try:
                return self._reader.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise _store_error(error) from error

    def _value(self, query: str, *values: object) -> Any:
        """Return the first column of the first row, or None."""
        rows = self._rows(query, *values)
        return rows[0][0] if rows else None

    @override
    def begin(
        self, drill: str, environment: str, mode: str, token_digest: str, owner: ProcessIdentity, project: str = ""
    ) -> int:
        with self._writing() as db:
            same_place = f"select id from drills d where environment = ? and project = ? and {_UNFINISHED}"  # noqa: S608
            running = self._value(same_place, environment, project)
            if running is not None:
                raise environment_in_use(running, environment)
            row = (drill, environment, mode, self._clock.wall(), token_digest, project)
            db.execute("insert into drills values (?, ?, ?, ?, ?, ?)", row)
            self._set_owner(db, drill, 1, owner)
            return 1

    @override
    def take_over(self, drill: str, owner: ProcessIdentity, known: int | None = None) -> int:
        with self._writing() as db:
            epoch = self._known_epoch(drill)
            if known is not None and known != epoch:
                raise Fenced(drill)
            self._set_owner(db, drill, epoch + 1, owner)
            return epoch + 1

    def _set_owner(self, db: sqlite3.Connection, drill: str, epoch: int, owner: ProcessIdentity) -> None:
        row = (drill, epoch, owner.host, owner.pid, owner.born, owner.boot, self._clock.wall())
        db.execute("insert or replace into owners values (?, ?, ?, ?, ?, ?, ?)", row)

    def _known_epoch(self, drill: str) -> int:
        """Return the epoch in force. Raises StoreLost for an unknown drill."""
        epoch = self.epoch(drill)
        if not epoch:
            raise StoreLost(drill)
        return epoch

    @override
    def epoch(self, drill: str) -> int:
        return int(self._value("select epoch from owners where drill = ?", drill) or 0)

    @override
    def owner(self, drill: str) -> ProcessIdentity | None:
        rows = self._rows("select host, pid, born, boot from owners where drill = ?", drill)
        return ProcessIdentity(*rows[0]) if rows else None

    @override
    def beat(self, drill: str, epoch: int) -> None:
        with self._writing() as db:
            beaten = db.execute(
                "update owners set beat = ? where drill = ? and epoch = ?", (self._clock.wall(), drill, epoch)
            )
            if not beaten.rowcount:
                raise Fenced(drill)

    @override
    def heartbeat_age(self, drill: str) -> float:
        beat = self._value("select beat from owners where drill = ?", drill)
        return float("inf") if beat is None else self._clock.wall() - float(beat)

    @override
    def append(self, drill: str, drafts: Sequence[NewEvent], epoch: int | None) -> list[Event]:
        """See RevertAuthority. Raises StoreFull only after the reserved space was released and did not help."""
        try:
            return self._append(drill, drafts, epoch)
        except StoreFull:
            if not self._reserve.release():
                raise
            return self._append(drill, drafts, epoch)

    def _append(self, drill: str, drafts: Sequence[NewEvent], epoch: int | None) -> list[Event]:
        with self._writing() as db:
            current = self.epoch(drill)
            if epoch is not None and epoch != current:
                raise Fenced(drill) if epoch < current else StoreLost(drill)
            last = self._value("select coalesce(max(seq), 0) from events where drill = ?", drill)
            events = [self._event(drill, last + 1 + n, draft, current) for n, draft in enumerate(drafts)]
            db.executemany(f"insert {_INSERT_EVENT}", map(_row, events))
            return events

    def _event(self, drill: str, seq: int, draft: NewEvent, epoch: int) -> Event:
        at, wall = draft.recorded or (self._clock.monotonic(), self._clock.wall())
        happened = at if draft.happened is None else draft.happened
        return Event(seq, drill, at, wall, happened, draft.source, draft.role, epoch, self._boot, draft.body)

    @override
    def provisional_event(self, drill: str, draft: NewEvent, epoch: int) -> Event:
        return self._event(drill, 0, draft, epoch)

    @override
    def put_events(self, events: Sequence[Event]) -> None:
        with self._writing() as db:
            db.executemany(f"insert or ignore {_INSERT_EVENT}", map(_row, events))

    @override
    def put_readings(self, drill: str, batch: int, readings: Sequence[Reading]) -> None:
        body = encode_readings(readings)
        with self._writing() as db:
            db.execute("insert or ignore into readings values (?, ?, ?)", (drill, batch, body))

    @override
    def events(self, drill: str, after: int = 0) -> list[Event]:
        return [
            _event(row)
            for row in self._rows("select * from events where drill = ? and seq > ? order by seq", drill, after)
        ]

    @override
    def events_of_kind(self, kind: str) -> list[Event]:
        return [_event(row) for row in self._rows("select * from events where kind = ? order by drill, seq", kind)]

    @override
    def readings(self, drill: str) -> list[Reading]:
        return self.readings_after(drill, 0)[0]

    @override
    def readings_after(self, drill: str, batch: int) -> tuple[list[Reading], int]:
        rows = self._rows("select batch, body from readings where drill = ? and batch > ? order by batch", drill, batch)
        return [reading for _, body in rows for reading in decode_readings(body)], rows[-1][0] if rows else batch

    @override
    def last_batch(self, drill: str) -> int:
        return int(self._value("select max(batch) from readings where drill = ?", drill) or 0)

    @override
    def drills(self) -> list[str]:
        return [row[0] for row in self._rows("select id from drills order by started, id")]

    @override
    def unfinished(self) -> list[str]:
        return [row[0] for row in self._rows(f"select id from drills d where {_UNFINISHED} order by started, id")]  # noqa: S608

    @override
    def environment(self, drill: str) -> str:
        return str(self._value("select environment from drills where id = ?", drill) or "")

    @override
    def project(self, drill: str) -> str:
        return str(self._value("select project from drills where id = ?", drill) or "")

    @override
    def token_digest(self, drill: str) -> str:
        return str(self._value("select token from drills where id = ?", drill) or "")


def _identify(path: Path) -> tuple[int, int] | None:
    """Return what tells the file from one that is put in its place; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _store_error(error: sqlite3.Error) -> StoreError:
    if not isinstance(error, sqlite3.OperationalError):
        return StoreError(str(error))
    if "locked" in str(error):
        return StoreBusy(str(error))
    return StoreFull(str(error)) if is_full(error) else StoreError(str(error))


def _row(event: Event) -> tuple[object, ...]:
    role = event.role.value if event.role else None
    return (
        event.drill, event.seq, event.kind, event.at, event.wall, event.happened, event.source.value, role,
        event.epoch, event.boot, encode_body(event.body),
    )  # fmt: skip


def _event(row: Sequence[object]) -> Event:
    drill, seq, kind, at, wall, happened, source, role, epoch, boot, data = row
    return Event(
        int(str(seq)), str(drill), float(str(at)), float(str(wall)), float(str(happened)), read_source(str(source)),
        read_role(str(role) if role else None), int(str(epoch)), str(boot), decode_body_leniently(str(kind), str(data)),
    )  # fmt: skip
