"""One session with a PostgreSQL, whose calls keep a deadline whatever the server does.

By libpq's nonblocking functions: a driver's time-out ends a connection attempt after two seconds at best.
"""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from gameday.injectors.postgres.errors import DeadlineExceeded, connection_error, server_error
from gameday.plugins.types import Deadline

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

Row = tuple[str, ...]
"""Columns as text; empty for NULL."""


class Session:
    """Safe from several threads: one question at a time. Every call raises ServerError."""

    def __init__(self, conninfo: str, deadline: Deadline) -> None:
        from psycopg import pq

        self._one = threading.Lock()
        self._pg: PGconn = pq.PGconn.connect_start(conninfo.encode())
        try:
            self._connect(deadline)
        except BaseException:
            self._pg.finish()
            raise

    def _connect(self, deadline: Deadline) -> None:
        from psycopg import pq

        status: int = pq.PollingStatus.WRITING
        if self._pg.status == pq.ConnStatus.BAD:
            raise connection_error(self._pg.get_error_message())
        while status != pq.PollingStatus.OK:
            _wait(self._pg.socket, deadline, writing=status == pq.PollingStatus.WRITING)
            status = self._pg.connect_poll()
            if status == pq.PollingStatus.FAILED:
                raise connection_error(self._pg.get_error_message())
        self._pg.nonblocking = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Process id in the protocol; a pooler has its own."""
        return self._pg.backend_pid

    @property
    def version(self) -> int:
        """140002 for 14.2."""
        return self._pg.server_version

    @property
    def address_text(self) -> str:
        """Host and port, for a person."""
        return f"{self._pg.host.decode()}:{self._pg.port.decode()}"

    @property
    def numeric_address(self) -> str:
        """Numeric address and port, where there is one."""
        return f"{(self._pg.hostaddr or self._pg.host).decode()}:{self._pg.port.decode()}"

    @property
    def socket(self) -> int:
        return self._pg.socket

    def query(self, sql: str, *params: str, deadline: Deadline) -> list[Row]:
        """Run one statement. After DeadlineExceeded the session is closed."""
        with self._exclusive(deadline):
            self.send_query(sql, *params)
            try:
                while self._pg.flush():
                    _wait(self._pg.socket, deadline, writing=True)
                while not self.has_result():
                    _wait(self._pg.socket, deadline)
            except DeadlineExceeded:
                self._pg.finish()
                raise
            return self.read_result()

    def quote_name(self, *names: str) -> str:
        """Quote a name, with its schema, for a statement."""
        from psycopg import pq

        escaping = pq.Escaping(self._pg)
        return ".".join(bytes(escaping.escape_identifier(name.encode())).decode() for name in names)

    def send_query(self, sql: str, *params: str) -> None:
        """Send a statement without waiting; only for a session that no other thread uses."""
        with _driver_errors():
            self._pg.send_query_params(sql.encode(), [param.encode() for param in params])
            self._pg.flush()

    def has_result(self) -> bool:
        """Return True if there is an answer; never waits."""
        with _driver_errors():
            self._pg.consume_input()
            return not self._pg.is_busy()

    def read_result(self) -> list[Row]:
        from psycopg import pq

        with _driver_errors():
            results = [result for result in iter(self._pg.get_result, None) if result is not None]
        for result in results:
            if result.status in (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE):
                raise server_error((result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode())
        if not results:
            raise server_error("")
        return _rows(results[-1])

    def close(self) -> None:
        """Close the session, after a statement of another thread. Idempotent."""
        with self._one:
            self._pg.finish()

    @contextlib.contextmanager
    def _exclusive(self, deadline: Deadline) -> Iterator[None]:
        if not self._one.acquire(timeout=deadline.remaining()):
            raise DeadlineExceeded("no time was left for the request")
        try:
            yield
        finally:
            self._one.release()


def _rows(result: PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [
        tuple((result.get_value(row, column) or b"").decode() for column in columns) for row in range(result.ntuples)
    ]


@contextlib.contextmanager
def _driver_errors() -> Iterator[None]:
    """Turn a broken or closed connection into an error without the driver's text."""
    import psycopg

    try:
        yield
    except psycopg.Error:
        raise server_error("") from None


def _wait(socket: int, deadline: Deadline, *, writing: bool = False) -> None:
    """Wait until the socket is ready. Raises DeadlineExceeded."""
    event = select.POLLOUT if writing else select.POLLIN
    poll = select.poll()  # no select: it knows no descriptor above 1023
    poll.register(socket, event)
    if not poll.poll(deadline.remaining() * 1000):
        raise DeadlineExceeded("it did not respond in time")
