"""Which server a target's words mean now: two targets may name one in other words."""

from __future__ import annotations

from gameday.contract import Deadline
from gameday.errors import Refused
from gameday.injectors.postgres.address import open_session
from gameday.injectors.postgres.saying import ServerError
from gameday.injectors.postgres.settings import read_settings
from gameday.injectors.postgres.target import read_server_info
from gameday.model import Binding


def servers(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """The server, by the number it was given when it was made and by its address: whatever takes its slots or its
    processors is felt in each of its databases. Empty where nobody can say: then nothing is planned there either."""
    try:
        with open_session(read_settings(binding).where(), deadline) as session:
            return frozenset(
                {f"PostgreSQL {read_server_info(session, deadline).system}", f"PostgreSQL at {session.numeric_address}"}
            )
    except (Refused, ServerError):
        return frozenset()
