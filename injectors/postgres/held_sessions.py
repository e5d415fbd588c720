"""Sessions that this process holds, by marker; a fault that was reverted is never applied again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.postgres.busy_queries import BusyQueryRunner
from gameday.injectors.postgres.connection import milliseconds
from gameday.injectors.postgres.session import Session
from gameday.plugins.types import Deadline

_RENEW = """\
select set_config('idle_session_timeout', $1, false),
       set_config('idle_in_transaction_session_timeout', $1, false)"""


@dataclass(frozen=True, slots=True)
class HeldSessions:
    """Sessions of one fault. `control`: asks the server; `work`: keeps busy sessions computing."""

    control: Session
    sessions: Sequence[Session]
    work: BusyQueryRunner | None = None

    def renew(self, seconds: float, deadline: Deadline) -> bool:
        """Renew all sessions; True if all still exist. Raises ServerError where one does not answer."""
        if self.work is not None:
            return self.work.renew(seconds)
        map_concurrently(lambda session: session.query(_RENEW, milliseconds(seconds), deadline=deadline), self.sessions)
        return True

    def end(self) -> None:
        """Our ends of its sessions; the one that asks stays."""
        if self.work is not None:
            self.work.stop()
        for session in self.sessions:
            session.close()


class HeldSessionRegistry:
    """Safe from several threads."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._held: dict[str, HeldSessions] = {}
        self._over: set[str] = set()
        self._beginning: set[str] = set()

    def get(self, marker: str) -> HeldSessions | None:
        with self._one:
            return self._held.get(marker)

    def was_reverted(self, marker: str) -> bool:
        """Return True if the fault was reverted: an apply that comes late must not open sessions."""
        with self._one:
            return marker in self._over

    def claim(self, marker: str) -> bool:
        """Claim a marker for one apply; False while another thread applies it."""
        with self._one:
            if marker in self._beginning:
                return False
            self._beginning.add(marker)
            return True

    def unclaim(self, marker: str) -> None:
        with self._one:
            self._beginning.discard(marker)

    def store(self, marker: str, held: HeldSessions) -> bool:
        """Keep the sessions; False if the fault was reverted meanwhile."""
        with self._one:
            if marker in self._over:
                return False
            self._held[marker] = held
            return True

    def mark_reverted(self, marker: str) -> HeldSessions | None:
        """Mark the fault as reverted, and return its sessions."""
        with self._one:
            self._over.add(marker)
            return self._held.pop(marker, None)
