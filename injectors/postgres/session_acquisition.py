"""Sessions of a fault while they are opened, each with a lease from its first moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.postgres.connection import open_leased_session
from gameday.injectors.postgres.errors import DeadlineExceeded, ServerError
from gameday.injectors.postgres.session import Session
from gameday.model import Json
from gameday.plugins.types import Deadline, Intent


class AcquisitionFailed(Exception):
    """The fault could not get what it needs; the text says what."""


@dataclass(frozen=True, slots=True)
class SessionAcquisition:
    """Sessions being opened for a fault.

    `control`: an older session, which can still ask when no other can be opened. `opened`: the sessions so far, closed
    if the apply fails."""

    intent: Intent
    control: Session
    deadline: Deadline
    opened: list[Session] = field(default_factory=list[Session])

    @property
    def undo(self) -> Mapping[str, Json]:
        return self.intent.undo

    def open(self) -> Session:
        """Open one more session. Raises ServerError."""
        intent = self.intent
        session = open_leased_session(intent.address, intent.marker, intent.lease, self.deadline)
        self.opened.append(session)
        return session

    def open_many(self, many: int) -> list[ServerError]:
        """Open that many sessions; return the server's refusals. Raises DeadlineExceeded."""
        refusals = map_concurrently(lambda _: self._try_open(), range(many))
        return [refusal for refusal in refusals if refusal]

    def _try_open(self) -> ServerError | None:
        try:
            self.open()
        except DeadlineExceeded:
            raise
        except ServerError as error:
            return error
        return None

    def close(self) -> None:
        for session in self.opened:
            session.close()
