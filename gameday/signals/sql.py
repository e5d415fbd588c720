"""The sql probe: the first row of a query to PostgreSQL, in a transaction that can only read."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class SqlProbe(Probe):
    """Keeps idle connections: a slow query holds its own, and the next one takes another.

    The address comes from the environment variable alone, and no text of a failed connection is passed on: a
    driver may quote the address, and with it the password."""

    def __init__(self, dsn_env: str, query: str, timeout: float) -> None:
        self._dsn_env, self._query, self._timeout = dsn_env, query.encode(), timeout
        self._idle: list[Connection] = []

    @override
    async def read(self) -> Measurement:
        import psycopg

        async with asyncio.timeout(self._timeout):
            connection = self._idle.pop() if self._idle else await self._connect()
            healthy = False
            try:
                row = await self._first_row(connection)
                healthy = True
            except psycopg.Error as error:
                raise MeasurementError(
                    f"the query failed: {error.diag.message_primary or type(error).__name__}"
                ) from None
            finally:
                if healthy:
                    self._idle.append(connection)
                else:
                    await connection.close()
        return _measured(row)

    @override
    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    async def _connect(self) -> Connection:
        import psycopg

        dsn = os.environ.get(self._dsn_env)
        if not dsn:
            raise MeasurementError(f"the environment variable {self._dsn_env} is not set")
        try:
            connection = await psycopg.AsyncConnection.connect(dsn)
            await connection.set_read_only(True)
        except psycopg.Error:
            raise MeasurementError(f"cannot connect to the database in {self._dsn_env}") from None
        return connection

    async def _first_row(self, connection: Connection) -> tuple[Any, ...] | None:
        async with connection.transaction(), connection.cursor() as cursor:
            milliseconds = max(1, round(self._timeout * 1000))
            await cursor.execute("select set_config('statement_timeout', %s, true)", [str(milliseconds)])
            # binary: the extended protocol takes one statement only, so that no `commit;` leaves the transaction
            await cursor.execute(self._query, binary=True)
            return await cursor.fetchone()


def _measured(row: tuple[Any, ...] | None) -> Measurement:
    if not row or row[0] is None:
        raise MeasurementError("the query returned nothing")
    try:
        return Measurement(float(row[0]), int(row[1]) if len(row) > 1 and row[1] is not None else 1)
    except (TypeError, ValueError, OverflowError):
        raise MeasurementError("the first column of the query is not a number") from None


def open_sql(binding: SignalBinding, web: HttpClient) -> Probe:  # noqa: ARG001  # one shape for all probes
    import psycopg  # noqa: F401  # imported now, so that no first question waits for it

    return SqlProbe(
        settings.required_text(binding, "dsn_env"),
        settings.required_text(binding, "query"),
        settings.read_timeout_s(binding),
    )
