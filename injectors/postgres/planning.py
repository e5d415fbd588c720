"""Plan a fault on a PostgreSQL: read the server, change nothing."""

from __future__ import annotations

from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.common.refusals import foreign_marker_refusal
from gameday.injectors.postgres import session_queries
from gameday.injectors.postgres.connection import open_session
from gameday.injectors.postgres.faults import KINDS
from gameday.injectors.postgres.server_info import OLDEST_SERVER_VERSION, ServerIdentity, read_server_info
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.target_settings import Settings, read_settings
from gameday.markers import drill_of
from gameday.model import Binding, Fault
from gameday.plugins.types import Deadline, Intent, RevertGuarantee

LEASE = 15.0
"""Seconds a session of ours lives without being renewed."""
REVERTS = "end the sessions named {marker}"


def plan_fault(fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
    """Return the intent of a fault. Raises Refused, or ServerError if the server does not respond."""
    settings, kind = read_settings(binding), KINDS[fault.kind].read(fault.params)
    with open_session(settings.address(), deadline) as session:
        server = _server_itself(session, settings, deadline)
        _refuse_another_drill(session, drill_of(marker), deadline)
        planned = kind.plan(session, server, settings, deadline)
        return IntentBuilder("postgres", binding).build(
            marker, fault.kind, fault=fault.id, address=settings.address(), params=fault.params,
            undo={**server.undo_data(), **planned.undo},
            target_text=f"{planned.touches}, database {server.database} of the PostgreSQL at {session.address_text}",
            revert_text=REVERTS.format(marker=marker), guarantee=RevertGuarantee.LEASE, lease=LEASE,
        )  # fmt: skip


def _server_itself(session: Session, settings: Settings, deadline: Deadline) -> ServerIdentity:
    """Return the server's info. Raises Refused behind a pooler, or if it is too old for a lease."""
    server = read_server_info(session, deadline)
    if server.pid != session.pid:
        raise Refused(
            f"target {settings.target}: {session.address_text} is a connection pooler, "
            "which would hide the drill's sessions from the server",
            "Use the address of the server itself.",
        )
    if session.version < OLDEST_SERVER_VERSION:
        raise Refused(
            f"target {settings.target}: PostgreSQL at {session.address_text} has version {session.version // 10000}, "
            f"and only version {OLDEST_SERVER_VERSION // 10000} or newer ends sessions whose lease expired",
            "Break the connections to it instead, with the injector toxiproxy.",
        )
    return server


def _refuse_another_drill(session: Session, drill: str, deadline: Deadline) -> None:
    if other := session_queries.foreign_marker(session, drill, deadline):
        raise foreign_marker_refusal(other, f"the PostgreSQL at {session.address_text}")
