"""Injector for PostgreSQL: a fault is one or more sessions, with the marker as application name."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterable, Iterator, Mapping

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.postgres import session_queries
from gameday.injectors.postgres.apply import apply_fault
from gameday.injectors.postgres.connection import CONTROL_NAME, open_leased_session, open_session
from gameday.injectors.postgres.errors import DeadlineExceeded, ServerError
from gameday.injectors.postgres.faults import KINDS
from gameday.injectors.postgres.held_sessions import HeldSessionRegistry, HeldSessions
from gameday.injectors.postgres.leftovers import find_leftovers
from gameday.injectors.postgres.planning import plan_fault
from gameday.injectors.postgres.server_info import ServerIdentity, free_slots, read_server_info, resolve_server_ids
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.target_settings import find_problems, read_settings, settings_identity
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import Checkable, Injector, Leased, SettingsChecker, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
    SettingsProblem,
)


class PostgresInjector(Injector, Leased, Sweepable, Checkable, SettingsChecker):
    """Injector of this engine, with all capabilities."""

    name = "postgres"
    kinds: Mapping[str, type[Params]] = KINDS

    def __init__(self) -> None:
        self._holder = HeldSessionRegistry()

    @override
    def load(self) -> None:
        import psycopg.conninfo
        import psycopg.pq  # noqa: F401

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        try:
            return plan_fault(fault, binding, marker, deadline)
        except ServerError as error:
            raise Refused(f"target {binding.target}: cannot use its PostgreSQL: {error}", _TODO) from None

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        return apply_fault(intent, self._holder, deadline)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        """Renew the sessions that this process holds; a lost one is never opened again."""
        held = self._holder.get(intent.marker)
        if held is None:
            return Renewal.UNSUPPORTED
        try:
            return Renewal.RENEWED if held.renew(seconds, deadline) else Renewal.LAPSED
        except DeadlineExceeded:
            return Renewal.UNSUPPORTED
        except ServerError:
            return Renewal.LAPSED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        held = self._holder.mark_reverted(intent.marker)
        if held is not None:
            held.end()
        try:
            with _asking(intent, held, deadline) as (session, server):
                if session_queries.terminate_sessions(session, intent.marker, deadline):
                    return RevertResult(RevertOutcome.REVERTED, _since(server, intent))
                return RevertResult(
                    RevertOutcome.PENDING, f"sessions {intent.marker} were told to end but are still present"
                )
        except ServerError as error:
            return RevertResult(RevertOutcome.PENDING, f"{intent.target_text}: {error}. {_ITSELF}")
        finally:
            if held is not None:
                held.control.close()

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        held = self._holder.get(intent.marker)
        try:
            with _asking(intent, held, deadline) as (session, server):
                observed = session_queries.count_sessions(session, intent.marker, deadline)
        except ServerError:
            return Presence.UNKNOWN
        if not observed.sessions:
            return Presence.TARGET_GONE if _since(server, intent) else Presence.ABSENT
        many = len(held.sessions) if held is not None else 1
        active = KINDS[intent.kind].read(intent.params).is_active(observed, many)
        return Presence.PRESENT if active else Presence.MODIFIED

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return resolve_server_ids(binding, deadline)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return find_leftovers(binding, deadline)
        except ServerError as error:
            wrong = f"target {binding.target}: cannot use its PostgreSQL: {error}"
            raise Refused(wrong, UNREACHABLE_REMEDY) from None

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Do nothing: sessions end by themselves, and no delayed request begins one."""
        del intent, deadline
        return ""

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """Return 0 once no session has the marker. Raises Refused while one does.

        Only the process that renews a session knows its lease, and what outlives a lease is being renewed."""
        try:
            with _asking(intent, None, deadline) as (session, _):
                sessions = session_queries.count_sessions(session, intent.marker, deadline).sessions
        except ServerError as error:
            raise Refused(f"{intent.target_text}: {error}", _ITSELF) from None
        if sessions:
            raise Refused(
                f"{intent.target_text}: the server does not report when the lease of the sessions expires", _ITSELF
            )
        return 0

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        return find_problems(settings)

    @override
    def settings_identity(self, settings: Mapping[str, Json]) -> Hashable:
        return settings_identity(settings)

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        """Try to open a session with a lease."""
        try:
            open_leased_session(intent.address, CONTROL_NAME, intent.lease, deadline).close()
        except ServerError as error:
            return f"target {intent.target}: cannot open a session with a lease on its PostgreSQL: {error}"
        return ""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """Check that the server answers."""
        try:
            with open_session(read_settings(binding).address(), deadline) as session:
                read_server_info(session, deadline)
        except Refused as refused:
            return refused.wrong
        except ServerError as error:
            return f"target {binding.target}: its PostgreSQL does not respond: {error}"
        return ""

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        """Return that clients find no free connection slot: those that waited may have taken all of them."""
        try:
            with open_session(intent.address, deadline) as session:
                return "" if free_slots(session, deadline) > 0 else "no connection slot is free"
        except ServerError as error:
            return f"its PostgreSQL does not respond: {error}"

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        """Return nothing: no other program ends or changes the drill's sessions."""
        del intent, deadline
        return []


_ITSELF = "The sessions end by themselves when their lease expires."
_TODO = (
    "Check that it is running and that its address is correct. "
    "Put the password in the variable of dsn_env, or in a passfile."
)


@contextlib.contextmanager
def _asking(intent: Intent, held: HeldSessions | None, deadline: Deadline) -> Iterator[tuple[Session, ServerIdentity]]:
    """Yield a session to ask with: the one from before the fault, which needs no slot, or a new one.

    Raises ServerError, also where another server answers or another role is named: neither sees the sessions."""
    with contextlib.ExitStack() as stack:
        try:
            if held is None:
                raise ServerError("nothing is held")
            session, server = held.control, read_server_info(held.control, deadline)
        except ServerError:
            session = stack.enter_context(open_session(intent.address, deadline))
            server = read_server_info(session, deadline)
        if why := server.mismatch(intent.undo):
            raise ServerError(why)
        yield session, server


def _since(server: ServerIdentity, intent: Intent) -> str:
    """Return that a restart of the server ended the sessions; empty if it was not restarted."""
    same = server.started == intent.undo["started"]
    return "" if same else "the server was restarted, which ended the sessions"
