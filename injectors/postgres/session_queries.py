"""Queries for gameday's own sessions on a server, found by marker and role."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gameday.injectors.postgres.session import Session
from gameday.markers import MARK
from gameday.plugins.types import Deadline

_NAMED = f"^{MARK}$"
_OWN_SESSIONS_SQL = """\
from pg_stat_activity a where application_name = $1 and pid <> pg_backend_pid()
  and usesysid = (select oid from pg_roles where rolname = session_user)"""
_LOCKING = """exists (select from pg_locks l where l.pid = a.pid and l.granted and l.locktype = 'relation'
  and l.mode in ('ExclusiveLock', 'AccessExclusiveLock'))"""
# a moment between two statements is no end of the work
_WORKING = "state = 'active' or state_change > clock_timestamp() - interval '1 s'"
_DOING = f"case when {_LOCKING} then 'lock' when state = 'active' then 'busy-query' else 'connections' end"
_OTHERS = """\
select application_name from pg_stat_activity
where application_name ~ $1 and not starts_with(application_name, $2) limit 1"""
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """Numbers of sessions with the marker: all, those that hold a lock, those that work."""

    sessions: int
    locking: int
    working: int


def count_sessions(session: Session, marker: str, deadline: Deadline) -> SessionCounts:
    """Count the sessions with the marker. Raises ServerError."""
    counts = f"count(*), count(*) filter (where {_LOCKING}), count(*) filter (where {_WORKING})"
    [row] = session.query(f"select {counts} {_OWN_SESSIONS_SQL}", marker, deadline=deadline)
    return SessionCounts(*map(int, row))


def terminate_sessions(session: Session, marker: str, deadline: Deadline) -> bool:
    """Terminate the sessions with the marker; return True if none is left in time.

    Raises ServerError. The server selects and terminates in one statement, so a reused pid is not hit."""
    while True:
        session.query(f"select pg_terminate_backend(pid) {_OWN_SESSIONS_SQL}", marker, deadline=deadline)
        if not count_sessions(session, marker, deadline).sessions:
            return True
        if deadline.remaining() < _PAUSE:
            return False
        time.sleep(_PAUSE)


def list_markers(session: Session, deadline: Deadline) -> dict[str, str]:
    """Return all markers, each with the kind its sessions look like. Raises ServerError."""
    own_sessions = _OWN_SESSIONS_SQL.replace("application_name = $1", "application_name ~ $1")
    rows = session.query(f"select application_name, min({_DOING}) {own_sessions} group by 1", _NAMED, deadline=deadline)
    return {row[0]: row[1] for row in rows}


def foreign_marker(session: Session, drill: str, deadline: Deadline) -> str:
    """Return a marker of another drill, of whatever role; empty when there is none. Raises ServerError."""
    rows = session.query(_OTHERS, _NAMED, drill, deadline=deadline)
    return rows[0][0] if rows else ""
