"""Tables of the SQLite store, connections to them, and the form of stored readings."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gameday.model import Reading

SCHEMA = """
create table if not exists drills (
  id text primary key, environment text not null, mode text not null, started real not null, token text not null,
  project text not null default ''
) without rowid;
create table if not exists owners (
  drill text primary key, epoch integer not null, host text not null, pid integer not null, born real not null,
  boot text not null, beat real not null
) without rowid;
create table if not exists events (
  drill text not null, seq integer not null, kind text not null, at real not null, wall real not null,
  happened real not null, source text not null, role text, epoch integer not null, boot text not null,
  data text not null, primary key (drill, seq)
) without rowid;
create index if not exists events_by_kind on events (kind, drill);
create table if not exists readings (drill text not null, batch integer not null, body text not null,
  primary key (drill, batch)) without rowid;
create table if not exists occurrences (
  project text not null, schedule text not null, scheduled real not null, step text not null, at real not null,
  outcome text not null, cause text not null, reason text not null, exit integer, drills text not null,
  primary key (project, schedule, scheduled, step)
) without rowid;
create table if not exists schedule_checks (
  project text not null, schedule text not null, at real not null, primary key (project, schedule)
) without rowid;
"""
"""Events name roles: no table holds a person."""


def connect(path: Path) -> sqlite3.Connection:
    """Connect so that commits are on the disk when they return (WAL, synchronous=FULL).

    Only this user can read the files: they hold spoilers."""
    _restrict_to_user(path)
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("pragma busy_timeout=5000")
    connection.executescript(SCHEMA)
    _add_project_column(connection)
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Connect for reading alone; in WAL mode a reader waits for no writer."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("pragma query_only=on")
    return connection


def _add_project_column(connection: sqlite3.Connection) -> None:
    """Let a store that was created before drills belonged to a project be used further."""
    if not connection.execute("select 1 from pragma_table_info('drills') where name = 'project'").fetchone():
        connection.execute("alter table drills add column project text not null default ''")


def _restrict_to_user(path: Path) -> None:
    """Create the file before SQLite, which gives its other files the same mode.

    An existing file is never opened here: closing it would release the locks that this process holds on it."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)


def is_full(error: sqlite3.Error) -> bool:
    """Return True if the disk is full.

    SQLite reports it in two ways, and a write-ahead log without space as an I/O error."""
    text = str(error)
    return any(reason in text for reason in ("full", "disk I/O error", "unable to open"))


def encode_readings(readings: Sequence[Reading]) -> str:
    """Return the body of a row of `readings`: when a reading was answered, and over which time, is not stored."""
    return json.dumps([[r.signal, round(r.at, 4), r.value, r.n, r.error, r.more_than] for r in readings])


def decode_readings(body: str) -> list[Reading]:
    """Return the readings of a row; one that was stored without a lower bound has none."""
    return [_decode_reading(*line) for line in json.loads(body)]


def _decode_reading(
    signal: str, at: float, value: float | None, n: int, error: str, more_than: float | None = None
) -> Reading:  # fmt: skip
    return Reading(signal, at, value, n, error, more_than=more_than)
