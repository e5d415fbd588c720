"""Which server a target's words mean now: two targets may name one in other words."""

from __future__ import annotations

from gameday.contract import Deadline
from gameday.errors import Refused
from gameday.injectors.postgres.address import open_plain
from gameday.injectors.postgres.saying import Trouble
from gameday.injectors.postgres.settings import read_settings
from gameday.injectors.postgres.target import look
from gameday.model import Binding

WITHIN = 5.0


def clusters(binding: Binding) -> frozenset[object]:
    """The cluster and its address: whatever takes its slots or its processors is felt in each of its databases. Empty
    where nobody can say: then nothing is planned there either."""
    deadline = Deadline.after(WITHIN)
    try:
        with open_plain(read_settings(binding).where(), deadline) as session:
            return frozenset({look(session, deadline).system, session.number})
    except (Refused, Trouble):
        return frozenset()
