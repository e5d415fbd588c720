"""The tables of the runner's own store, and how a connection to them is opened."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

SCHEMA = """
create table if not exists drills (
  id text primary key, environment text not null, mode text not null, started real not null, token text not null
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
"""
"""Events name roles alone: no table here knows a person."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return (WAL, synchronous=FULL). Its files are this user's
    alone: they hold what spoils a drill."""
    _for_this_user_alone(path)
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("pragma busy_timeout=5000")
    connection.executescript(SCHEMA)
    return connection


def _for_this_user_alone(path: Path) -> None:
    """Before SQLite opens it, which gives its other files the same mode. A file that is there is never opened here:
    to close it again would free the locks that this process holds on it."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)


def is_full(error: sqlite3.Error) -> bool:
    """Whether this is the disk being full (SQLite says so in two ways, and a WAL without room as an I/O error)."""
    words = str(error)
    return "full" in words or "disk I/O error" in words or "unable to open" in words
