"""The faults inside a database, by the word that a scenario uses. What a client sees of each: docs/databases.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.contract import Deadline
from gameday.errors import Refused
from gameday.injectors.parameters import Parameter, Read, a_number, a_text, one_of
from gameday.injectors.postgres.address import milliseconds
from gameday.injectors.postgres.marked import Seen
from gameday.injectors.postgres.saying import NO_LOCK, Trouble
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.settings import Settings
from gameday.injectors.postgres.taking import NotHad, Taking
from gameday.injectors.postgres.target import Server, free_slots, table_meant
from gameday.injectors.postgres.work import Work
from gameday.model import Json

MOST = 500
"""Sessions that one process opens within the time of an apply."""
LOCK_WAIT = 1.5
"""Seconds: whoever waits for a lock makes others wait behind them."""
_OF_TARGET = "the target's"
_ROUNDS = 3
MODES = {"writes": "EXCLUSIVE", "all": "ACCESS EXCLUSIVE"}


@dataclass(frozen=True, slots=True)
class Found:
    """What `touches` says and what `undo` keeps beside what every fault keeps."""

    touches: str
    undo: Mapping[str, Json]


class Kind(Read):
    """One kind of fault."""

    __slots__ = ()

    def find(self, session: Session, server: Server, settings: Settings, deadline: Deadline) -> Found:
        """What would be taken. Changes nothing; raises Refused, or Trouble."""
        raise NotImplementedError

    def take(self, taking: Taking) -> Work | None:
        """Raises NotHad, or Trouble."""
        raise NotImplementedError

    def stands(self, seen: Seen, many: int) -> bool:
        """Whether it is as it was made, of `many` sessions."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Lock(Kind):
    """One table is locked: whoever wants to write (or anything of it) waits."""

    table: str
    mode: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "table": a_text("a table, as in SQL", _OF_TARGET), "mode": one_of("writes", *MODES),
    }  # fmt: skip

    @override
    def find(self, session: Session, server: Server, settings: Settings, deadline: Deadline) -> Found:
        words = settings.table if self.table == _OF_TARGET else self.table
        if not words:
            raise Refused(
                f"target {settings.target}: neither the scenario nor the target names a table to lock",
                "Name it in gameday.yaml, as `table: shop.orders`.",
            )
        if server.standby:
            raise Refused(f"target {settings.target}: a standby takes no such lock", "Name the primary.")
        names = table_meant(session, settings.target, words, deadline)
        return Found(f"table {'.'.join(names)}", {"table": list(names)})

    @override
    def take(self, taking: Taking) -> None:
        names = taking.undo["table"]
        assert isinstance(names, list)
        session, wait = taking.open(), min(LOCK_WAIT, taking.deadline.left() / 2)
        table = session.quoted(*map(str, names))
        try:
            session.ask("begin", deadline=taking.deadline)
            session.ask(f"set local lock_timeout = '{milliseconds(wait)}'", deadline=taking.deadline)
            session.ask(f"lock table {table} in {MODES[self.mode]} mode", deadline=taking.deadline)
        except Trouble as trouble:
            if trouble.sqlstate == NO_LOCK:
                raise NotHad(f"table {'.'.join(map(str, names))} could not be locked within {wait:.1f} s: "
                             "others are using it") from None  # fmt: skip
            raise

    @override
    def stands(self, seen: Seen, many: int) -> bool:
        return seen.locking >= many


@dataclass(frozen=True, slots=True)
class Connections(Kind):
    """Idle sessions take the slots: a new client is refused."""

    leave: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"leave": a_number(0, 100_000, 0)}

    @override
    def find(self, session: Session, server: Server, settings: Settings, deadline: Deadline) -> Found:
        del server
        free = free_slots(session, deadline)
        many = free - self.leave
        if many <= 0:
            raise Refused(
                f"target {settings.target}: {max(0, free)} connection slots are free, and {self.leave} are to be left",
                "There is nothing to take.",
            )
        if many > MOST:
            raise Refused(
                f"target {settings.target}: {many} sessions would be needed, and {MOST} can be opened in time",
                f"Leave {free - MOST} or more, or lower max_connections on a system that is to be tried.",
            )
        return Found(f"{many} of {free} free connection slots", {})

    @override
    def take(self, taking: Taking) -> None:
        """Counted again each round: others come and go meanwhile."""
        refused: list[Trouble] = []
        for _ in range(_ROUNDS):
            many = free_slots(taking.control, taking.deadline) - self.leave
            if many <= 0:
                break
            refused = taking.open_all(min(many, MOST))
        many = free_slots(taking.control, taking.deadline) - self.leave
        if refused and many > 0:
            raise NotHad(f"{len(taking.opened)} sessions could be had, and {many} slots are free beyond them: "
                         f"{refused[0]} (has the role or the database a limit of its own?)")  # fmt: skip
        if not taking.opened:
            raise NotHad("no connection slot was left to take")

    @override
    def stands(self, seen: Seen, many: int) -> bool:
        return seen.sessions >= many


@dataclass(frozen=True, slots=True)
class BusyQuery(Kind):
    """So many sessions compute all the time."""

    sessions: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"sessions": a_number(1, 64, 4)}

    @override
    def find(self, session: Session, server: Server, settings: Settings, deadline: Deadline) -> Found:
        del server
        free = free_slots(session, deadline)
        if free < self.sessions:
            raise Refused(
                f"target {settings.target}: {max(0, free)} connection slots are free, and {self.sessions} are needed"
            )
        return Found(f"{self.sessions} sessions at work", {})

    @override
    def take(self, taking: Taking) -> Work:
        refused = taking.open_all(self.sessions)
        if refused:
            raise NotHad(f"of {self.sessions} sessions the server refuses {len(refused)}: {refused[0]}")
        work = Work(taking.opened, taking.intent.lease)
        work.begin()
        return work

    @override
    def stands(self, seen: Seen, many: int) -> bool:
        return seen.sessions >= many and seen.working > 0


KINDS: dict[str, type[Kind]] = {"lock": Lock, "connections": Connections, "busy-query": BusyQuery}
