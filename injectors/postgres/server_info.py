"""Facts about a server: identity, role, free connection slots, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gameday.errors import Refused
from gameday.injectors.postgres.connection import milliseconds, open_session
from gameday.injectors.postgres.errors import NOT_ALLOWED, ServerError
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.target_settings import read_settings
from gameday.model import Binding, Json
from gameday.plugins.types import Deadline


def resolve_server_ids(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """Return the server's system identifier and address; empty where they cannot be resolved.

    Whatever takes its slots or processors affects each of its databases."""
    try:
        with open_session(read_settings(binding).address(), deadline) as session:
            return frozenset(
                {f"PostgreSQL {read_server_info(session, deadline).system}", f"PostgreSQL at {session.numeric_address}"}
            )
    except (Refused, ServerError):
        return frozenset()


OLDEST_SERVER_VERSION = 140000
"""First version that ends idle sessions, and notices during a statement that its client is dead."""
_LONGEST = 5.0
_SERVER_SQL = """\
select pg_backend_pid(), session_user, current_database(), pg_is_in_recovery(),
       extract(epoch from pg_postmaster_start_time()), set_config('statement_timeout', $1, false)"""
_SLOTS = """\
select sum(setting::int) filter (where name = 'max_connections')
       - sum(setting::int) filter (where name <> 'max_connections')
       - (select count(*) from pg_stat_activity where backend_type = 'client backend'
             or backend_type is null and datid is not null and usesysid is not null)
from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')"""
_TABLE = """\
select n.nspname, c.relname, c.relkind in ('r', 'p'), has_table_privilege(c.oid, $2)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)"""


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Identity of a server.

    `system`: the cluster, shared only by a primary and its standbys; its address if that may not be asked.
    `started`: its start time as it reports it: another time is another start."""

    system: str
    role: str
    database: str
    standby: bool
    started: str
    pid: int

    def undo_data(self) -> dict[str, Json]:
        """Return what another process needs to recognise the server."""
        return {"system": self.system, "role": self.role, "started": self.started}

    def mismatch(self, undo: Mapping[str, Json]) -> str:
        """Return why this server cannot hold the sessions of an intent; empty if it can."""
        if self.system != undo["system"]:
            return "another server responds at that address"
        if self.role != undo["role"]:
            return f"the address uses the role {self.role}, but the sessions belong to {undo['role']}"
        return ""


def read_server_info(session: Session, deadline: Deadline) -> ServerIdentity:
    """Ask the server who it is. Raises ServerError."""
    [row] = session.query(_SERVER_SQL, milliseconds(_LONGEST), deadline=deadline)
    pid, role, database, standby, started, _ = row
    return ServerIdentity(_system(session, deadline), role, database, standby == "t", started, int(pid))


def _system(session: Session, deadline: Deadline) -> str:
    try:
        return session.query("select system_identifier from pg_control_system()", deadline=deadline)[0][0]
    except ServerError as error:
        if error.sqlstate != NOT_ALLOWED:
            raise
        return session.numeric_address


def free_slots(session: Session, deadline: Deadline) -> int:
    """Return the free slots for ordinary clients, negative if a reserved one is taken. Raises ServerError."""
    return int(session.query(_SLOTS, deadline=deadline)[0][0])


def resolve_table(session: Session, target: str, words: str, deadline: Deadline) -> tuple[str, str]:
    """Return schema and name of a table, read as SQL reads them. Raises Refused or ServerError."""
    rights = "UPDATE, DELETE, TRUNCATE" + (", MAINTAIN" if session.version >= 170000 else "")
    try:
        rows = session.query(_TABLE, words, rights, deadline=deadline)
    except ServerError as error:
        if not error.sqlstate.startswith("42"):
            raise
        rows = []
    if not rows or rows[0][2] != "t":
        what = "no table" if not rows else "not a table:"
        raise Refused(f"target {target}: {what} {words}", "Write it as in SQL, with its schema: shop.orders.")
    schema, name, _, allowed = rows[0]
    if allowed != "t":
        raise Refused(
            f"target {target}: this role is not allowed to lock {schema}.{name}",
            "Grant it UPDATE, DELETE or TRUNCATE on the table.",
        )
    return schema, name
