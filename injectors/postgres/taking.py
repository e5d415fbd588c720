"""The sessions that a fault is made of, while they are opened: each by its own lease from its first moment."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gameday.contract import Deadline, Intent
from gameday.injectors.postgres.address import open_leased
from gameday.injectors.postgres.saying import Late, Trouble
from gameday.injectors.postgres.session import Session
from gameday.model import Json

AT_ONCE = 8


class NotHad(Exception):
    """What the fault would need cannot be had; the text says what."""


@dataclass(frozen=True, slots=True)
class Taking:
    """`control`: a session from before, which can still ask when no other can be opened. `opened`: what there is so
    far, to be closed when it does not come to a fault."""

    intent: Intent
    control: Session
    deadline: Deadline
    opened: list[Session] = field(default_factory=list[Session])

    @property
    def undo(self) -> Mapping[str, Json]:
        return self.intent.undo

    def open(self) -> Session:
        """Raises Trouble."""
        intent = self.intent
        one = open_leased(intent.address, intent.mark, intent.lease, self.deadline)
        self.opened.append(one)
        return one

    def open_all(self, many: int) -> list[Trouble]:
        """So many, and what the server said where it refused one. Raises Late."""
        with ThreadPoolExecutor(min(AT_ONCE, many)) as pool:
            return [trouble for trouble in pool.map(lambda _: self._tried(), range(many)) if trouble]

    def _tried(self) -> Trouble | None:
        try:
            self.open()
        except Late:
            raise
        except Trouble as trouble:
            return trouble
        return None

    def close(self) -> None:
        for one in self.opened:
            one.close()
