"""Kinds of fault inside a database. What a client sees of each: docs/reference/databases.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.postgres.busy_queries import BusyQueryRunner
from gameday.injectors.postgres.connection import milliseconds
from gameday.injectors.postgres.errors import NO_LOCK, ServerError
from gameday.injectors.postgres.server_info import ServerIdentity, free_slots, resolve_table
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.session_acquisition import AcquisitionFailed, SessionAcquisition
from gameday.injectors.postgres.session_queries import SessionCounts
from gameday.injectors.postgres.target_settings import Settings
from gameday.model import Json
from gameday.plugins.parameters import (
    MainParameter,
    Parameter,
    Params,
    choice_parameter,
    index_classes_by_kind,
    integer_parameter,
    text_parameter,
)
from gameday.plugins.types import Deadline
from gameday.units import format_duration

MAX_SESSIONS = 500
"""Sessions that one process opens within the time of an apply."""
LOCK_WAIT = 1.5
"""Seconds: whoever waits for a lock makes others wait behind them."""
_USE_TARGET_TABLE = "the target's"
_ROUNDS = 3
MODES = {"writes": "EXCLUSIVE", "all": "ACCESS EXCLUSIVE"}


@dataclass(frozen=True, slots=True)
class PlannedAcquisition:
    """Text for a person, and what the undo keeps beside the server's identity."""

    touches: str
    undo: Mapping[str, Json]


class PostgresFaultKind(Params):
    """One kind of fault in a PostgreSQL."""

    __slots__ = ()

    def plan(
        self, session: Session, server: ServerIdentity, settings: Settings, deadline: Deadline
    ) -> PlannedAcquisition:
        """Return what would be taken. Changes nothing; raises Refused or ServerError."""
        raise NotImplementedError

    def acquire(self, acquisition: SessionAcquisition) -> BusyQueryRunner | None:
        """Acquire the sessions of the fault. Raises AcquisitionFailed or ServerError."""
        raise NotImplementedError

    def is_active(self, observed: SessionCounts, many: int) -> bool:
        """Return True if the fault is active as it was applied, with `many` sessions."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Lock(PostgresFaultKind):
    """Lock on one table: whoever wants to write to it, or to use it at all, waits."""

    kind = "lock"
    main = MainParameter(
        "mode", "What does the lock block: writes or all?", "writes", "With a table of {target} locked ({amount})"
    )
    effect = "`writes`: writes to the table wait, reads continue. `all`: reads wait too."
    note = "One session locks the table (`EXCLUSIVE`, `ACCESS EXCLUSIVE`) and waits."

    table: str
    mode: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "table": text_parameter("a table, as in SQL", _USE_TARGET_TABLE), "mode": choice_parameter("writes", *MODES),
    }  # fmt: skip

    @override
    def plan(
        self, session: Session, server: ServerIdentity, settings: Settings, deadline: Deadline
    ) -> PlannedAcquisition:
        words = settings.table if self.table == _USE_TARGET_TABLE else self.table
        if not words:
            raise Refused(
                f"target {settings.target}: no table to lock, neither in the scenario nor in the target",
                "Set it in gameday.yaml, such as `table: shop.orders`.",
            )
        if server.standby:
            raise Refused(f"target {settings.target}: tables of a standby cannot be locked", "Use the primary.")
        names = resolve_table(session, settings.target, words, deadline)
        return PlannedAcquisition(f"table {'.'.join(names)}", {"table": list(names)})

    @override
    def acquire(self, acquisition: SessionAcquisition) -> None:
        names = acquisition.undo["table"]
        assert isinstance(names, list)
        session, wait = acquisition.open(), min(LOCK_WAIT, acquisition.deadline.remaining() / 2)
        table = session.quote_name(*map(str, names))
        try:
            session.query("begin", deadline=acquisition.deadline)
            session.query(f"set local lock_timeout = '{milliseconds(wait)}'", deadline=acquisition.deadline)
            session.query(f"lock table {table} in {MODES[self.mode]} mode", deadline=acquisition.deadline)
        except ServerError as error:
            if error.sqlstate == NO_LOCK:
                text = f"table {'.'.join(map(str, names))} could not be locked within {format_duration(wait)}"
                raise AcquisitionFailed(f"{text}, because other sessions use it") from None
            raise

    @override
    def is_active(self, observed: SessionCounts, many: int) -> bool:
        return observed.locking >= many


@dataclass(frozen=True, slots=True)
class Connections(PostgresFaultKind):
    """Idle sessions take the slots: a new client is refused."""

    kind = "connections"
    effect = "Existing connections continue; new ones are refused (`FATAL`, SQLSTATE 53300)."
    note = "Idle sessions take all ordinary connection slots except `leave`."

    leave: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"leave": integer_parameter(0, 100_000, 0)}

    @override
    def plan(
        self, session: Session, server: ServerIdentity, settings: Settings, deadline: Deadline
    ) -> PlannedAcquisition:
        del server
        free = free_slots(session, deadline)
        many = free - self.leave
        if many <= 0:
            raise Refused(
                f"target {settings.target}: only {max(0, free)} connection slots are free, and `leave` is {self.leave}",
                "Set a lower value of `leave`.",
            )
        if many > MAX_SESSIONS:
            raise Refused(
                f"target {settings.target}: {many} sessions needed, but at most {MAX_SESSIONS} can be opened in time",
                f"Set `leave` to {free - MAX_SESSIONS} or more, or lower max_connections of the test system.",
            )
        return PlannedAcquisition(f"{many} of {free} free connection slots", {})

    @override
    def acquire(self, acquisition: SessionAcquisition) -> None:
        """Fill the connections; count again each round, because others come and go."""
        refused: list[ServerError] = []
        for _ in range(_ROUNDS):
            many = free_slots(acquisition.control, acquisition.deadline) - self.leave
            if many <= 0:
                break
            refused = acquisition.open_many(min(many, MAX_SESSIONS))
        many = free_slots(acquisition.control, acquisition.deadline) - self.leave
        if refused and many > 0:
            raise AcquisitionFailed(
                f"{len(acquisition.opened)} sessions were opened, but {many} more slots are free: "
                f"{refused[0]} (does the role or the database have a connection limit?)"
            )
        if not acquisition.opened:
            raise AcquisitionFailed("no connection slot was free")

    @override
    def is_active(self, observed: SessionCounts, many: int) -> bool:
        return observed.sessions >= many


@dataclass(frozen=True, slots=True)
class BusyQuery(PostgresFaultKind):
    """Sessions that compute all the time."""

    kind = "busy-query"
    effect = "Everything that needs CPU time is slower."
    note = "This many sessions compute without end. They write nothing and read no table."

    sessions: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"sessions": integer_parameter(1, 64, 4)}

    @override
    def plan(
        self, session: Session, server: ServerIdentity, settings: Settings, deadline: Deadline
    ) -> PlannedAcquisition:
        del server
        free = free_slots(session, deadline)
        if free < self.sessions:
            raise Refused(
                f"target {settings.target}: {self.sessions} connection slots needed, but only {max(0, free)} are free"
            )
        return PlannedAcquisition(f"{self.sessions} busy sessions", {})

    @override
    def acquire(self, acquisition: SessionAcquisition) -> BusyQueryRunner:
        refused = acquisition.open_many(self.sessions)
        if refused:
            raise AcquisitionFailed(f"the server refused {len(refused)} of {self.sessions} sessions: {refused[0]}")
        work = BusyQueryRunner(acquisition.opened, acquisition.intent.lease)
        work.start()
        return work

    @override
    def is_active(self, observed: SessionCounts, many: int) -> bool:
        return observed.sessions >= many and observed.working > 0


KINDS: dict[str, type[PostgresFaultKind]] = index_classes_by_kind(Lock, Connections, BusyQuery)
