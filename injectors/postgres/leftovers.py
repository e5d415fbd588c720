"""Leftover faults on a PostgreSQL, found from the server alone."""

from __future__ import annotations

from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.postgres import session_queries
from gameday.injectors.postgres.connection import open_session
from gameday.injectors.postgres.planning import LEASE, REVERTS
from gameday.injectors.postgres.server_info import read_server_info
from gameday.injectors.postgres.target_settings import read_settings
from gameday.model import Binding
from gameday.plugins.types import Deadline, Intent, RevertGuarantee


def find_leftovers(binding: Binding, deadline: Deadline) -> list[Intent]:
    """Return an intent for each marker among the session names of our own role. Raises Refused or ServerError."""
    settings = read_settings(binding)
    with open_session(settings.address(), deadline) as session:
        server = read_server_info(session, deadline)
        return [
            IntentBuilder("postgres", binding).build(
                marker, kind, address=settings.address(), params={}, undo=server.undo_data(),
                target_text=f"sessions {marker} on the PostgreSQL at {session.address_text}",
                revert_text=REVERTS.format(marker=marker), guarantee=RevertGuarantee.LEASE, lease=LEASE,
            )
            for marker, kind in session_queries.list_markers(session, deadline).items()
        ]  # fmt: skip
