"""Which server a target's words mean now: two targets may name one in other words."""

from __future__ import annotations

from gameday.contract import Deadline
from gameday.errors import Refused
from gameday.injectors.postgres.address import open_plain
from gameday.injectors.postgres.saying import Trouble
from gameday.injectors.postgres.settings import read_settings
from gameday.injectors.postgres.target import look
from gameday.model import Binding


def servers(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """The server, by the number it was given when it was made and by its address: whatever takes its slots or its
    processors is felt in each of its databases. Empty where nobody can say: then nothing is planned there either."""
    try:
        with open_plain(read_settings(binding).where(), deadline) as session:
            return frozenset({f"PostgreSQL {look(session, deadline).system}", f"PostgreSQL at {session.number}"})
    except (Refused, Trouble):
        return frozenset()
