"""The store: append-only events and readings on the runner's own disk, and who owns a drill.

Numbers are per drill and without gaps, taken under the write lock. Every append of an owner names its epoch;
an old one is refused (Fenced), so a runner that was stopped and wakes up cannot go on.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gameday.clock import Clock, SystemClock, boot_id
from gameday.errors import Refused
from gameday.events import Event, NewEvent, encode_body, read_body
from gameday.model import Reading, Role, Source
from gameday.process_identity import ProcessIdentity
from gameday.store.reserved_space import ReservedSpace
from gameday.store.schema import connect, is_full


class StoreFull(Exception):
    """The event is not on the disk, because there is no room; nothing else changed."""


class Fenced(Exception):
    """Another process owns the drill now: this one may neither append nor apply."""


class Store:
    """All calls are safe from several threads. `append` is durable when it returns."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        """Opens or creates the store; raises sqlite3.Error when the disk does not let it."""
        self.path = path
        self._clock = clock or SystemClock()
        self._boot = boot_id()
        self._lock = threading.RLock()
        self._ballast = ReservedSpace(path.parent)
        self._db = connect(path)
        self._ballast.fill()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("begin immediate")
                yield self._db
                self._db.execute("commit")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                if isinstance(error, sqlite3.OperationalError) and is_full(error):
                    raise StoreFull(str(error)) from error
                raise

    def begin(self, drill: str, environment: str, mode: str, token: str, owner: ProcessIdentity) -> int:
        """Record a new drill and its owner; returns the first epoch. Raises Refused when another drill runs in
        this environment: one at a time, also on one laptop."""
        with self._writing() as db:
            running = db.execute(
                "select id from drills d where environment = ? and not exists"
                " (select 1 from events e where e.drill = d.id and e.kind = 'end')",
                (environment,),
            ).fetchone()
            if running is not None:
                raise Refused(
                    f"drill {running[0]} is not over in environment {environment}",
                    "One drill at a time: wait for it, or end it with `gameday stop`, or undo it with `gameday halt`.",
                )
            db.execute(
                "insert into drills values (?, ?, ?, ?, ?)", (drill, environment, mode, self._clock.wall(), token)
            )
            self._own(db, drill, 1, owner)
            return 1

    def take_over(self, drill: str, owner: ProcessIdentity, known: int | None = None) -> int:
        """Become the owner under the next epoch; every older one is fenced from here on. With `known`, only if
        that is still the epoch, else Fenced: two that take over at once do not both succeed."""
        with self._writing() as db:
            epoch = self._epoch(db, drill)
            if known is not None and known != epoch:
                raise Fenced(drill)
            self._own(db, drill, epoch + 1, owner)
            return epoch + 1

    def _own(self, db: sqlite3.Connection, drill: str, epoch: int, owner: ProcessIdentity) -> None:
        row = (drill, epoch, owner.host, owner.pid, owner.born, owner.boot, self._clock.wall())
        db.execute("insert or replace into owners values (?, ?, ?, ?, ?, ?, ?)", row)

    @staticmethod
    def _epoch(db: sqlite3.Connection, drill: str) -> int:
        row = db.execute("select epoch from owners where drill = ?", (drill,)).fetchone()
        return int(row[0]) if row else 0

    def epoch(self, drill: str) -> int:
        """The epoch in force; 0 for a drill that is not known."""
        with self._lock:
            return self._epoch(self._db, drill)

    def owner(self, drill: str) -> ProcessIdentity | None:
        """Who owns the drill now."""
        with self._lock:
            row = self._db.execute("select host, pid, born, boot from owners where drill = ?", (drill,)).fetchone()
        return ProcessIdentity(*row) if row else None

    def silence(self, drill: str) -> float:
        """Seconds since the owner's last beat, which comes with each batch of readings."""
        with self._lock:
            row = self._db.execute("select beat from owners where drill = ?", (drill,)).fetchone()
        return self._clock.wall() - float(row[0]) if row else float("inf")

    def append(self, drill: str, drafts: Sequence[NewEvent], epoch: int | None) -> list[Event]:
        """Append in one durable step. `epoch` None: from a process that does not own the drill. Raises Fenced,
        StoreFull (after the ballast was given back and did not help)."""
        try:
            return self._append(drill, drafts, epoch)
        except StoreFull:
            if not self._ballast.release():
                raise
            return self._append(drill, drafts, epoch)

    def _append(self, drill: str, drafts: Sequence[NewEvent], epoch: int | None) -> list[Event]:
        with self._writing() as db:
            current = self._epoch(db, drill)
            if epoch is not None and epoch != current:
                raise Fenced(drill)
            row = db.execute("select coalesce(max(seq), 0) from events where drill = ?", (drill,)).fetchone()
            events = [self._event(drill, row[0] + 1 + n, draft, current) for n, draft in enumerate(drafts)]
            db.executemany("insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, events))
            return events

    def _event(self, drill: str, seq: int, draft: NewEvent, epoch: int) -> Event:
        at = self._clock.monotonic()
        happened = at if draft.happened is None else draft.happened
        return Event(
            seq, drill, at, self._clock.wall(), happened, draft.source, draft.role, epoch, self._boot, draft.body
        )  # fmt: skip

    def provisional(self, drill: str, draft: NewEvent, epoch: int) -> Event:
        """The event as it would be, for going on while it cannot be written; its number is 0."""
        return self._event(drill, 0, draft, epoch)

    def events(self, drill: str, after: int = 0) -> list[Event]:
        """The drill's events with a number above `after`, in order."""
        with self._lock:
            rows = self._db.execute("select * from events where drill = ? and seq > ? order by seq", (drill, after))
            return [_event(row) for row in rows]

    def save_readings(self, drill: str, readings: Sequence[Reading]) -> None:
        """One batch, about once a second; it is the owner's beat too."""
        body = json.dumps([[r.signal, round(r.at, 4), r.value, r.n, r.error] for r in readings])
        with self._writing() as db:
            db.execute(
                "insert into readings select ?, coalesce(max(batch), 0) + 1, ? from readings where drill = ?",
                (drill, body, drill),
            )
            db.execute("update owners set beat = ? where drill = ?", (self._clock.wall(), drill))

    def readings(self, drill: str) -> list[Reading]:
        """All readings of a drill, in the order in which they were saved."""
        return self.readings_after(drill, 0)[0]

    def readings_after(self, drill: str, batch: int) -> tuple[list[Reading], int]:
        """Those saved after that batch, in order, and the number of the last."""
        asked = "select batch, body from readings where drill = ? and batch > ? order by batch"
        with self._lock:
            rows = self._db.execute(asked, (drill, batch)).fetchall()
        return [Reading(*line) for _, body in rows for line in json.loads(body)], rows[-1][0] if rows else batch

    def batches(self, drill: str) -> int:
        """The number of the batch that was saved last; 0 before the first."""
        with self._lock:
            row = self._db.execute("select max(batch) from readings where drill = ?", (drill,)).fetchone()
        return int(row[0] or 0)

    def drills(self) -> list[str]:
        """All drills, oldest first."""
        with self._lock:
            return [row[0] for row in self._db.execute("select id from drills order by started, id")]

    def latest(self) -> str | None:
        """The drill that began last."""
        drills = self.drills()
        return drills[-1] if drills else None

    def unfinished(self) -> list[str]:
        """Drills without an end, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "select id from drills d where not exists (select 1 from events e where e.drill = d.id and"
                " e.kind = 'end') order by started, id"
            )
            return [row[0] for row in rows]

    def environment(self, drill: str) -> str:
        """The environment of a drill; empty if the drill is not known."""
        return self._column("environment", drill)

    def token(self, drill: str) -> str:
        """The digest of the facilitator's token."""
        return self._column("token", drill)

    def _column(self, name: str, drill: str) -> str:
        with self._lock:
            row = self._db.execute(f"select {name} from drills where id = ?", (drill,)).fetchone()  # noqa: S608
        return str(row[0]) if row else ""


def _row(event: Event) -> tuple[object, ...]:
    role = event.role.value if event.role else None
    return (
        event.drill, event.seq, event.kind, event.at, event.wall, event.happened, event.source.value, role,
        event.epoch, event.boot, encode_body(event.body),
    )  # fmt: skip


def _event(row: Sequence[object]) -> Event:
    drill, seq, kind, at, wall, happened, source, role, epoch, boot, data = row
    return Event(
        int(str(seq)), str(drill), float(str(at)), float(str(wall)), float(str(happened)), Source(str(source)),
        Role(str(role)) if role else None, int(str(epoch)), str(boot), read_body(str(kind), str(data)),
    )  # fmt: skip
