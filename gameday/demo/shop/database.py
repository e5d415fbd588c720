"""The shop's database client: a connection pool with a timeout, and how long each query waited."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from gameday.demo.sliding_window import Window

CONNECTIONS = 48
POOL_TIMEOUT_S, SHORT_POOL_TIMEOUT_S = 8.0, 0.5
POOL_LIFETIME_S = 3600.0
"""A connection that is older is replaced."""


class Database:
    """A client that needs one round trip for a query: autocommit, and no separate PREPARE."""

    def __init__(
        self, host: str, port: int, password: str, open_timeout: float = 20.0, lifetime: float = POOL_LIFETIME_S
    ) -> None:
        self.pool_timeout = POOL_TIMEOUT_S
        self._open_timeout = open_timeout
        self.waits = Window()
        self.queries = 0
        self.failures = 0
        self._checking: asyncio.Task[None] | None = None
        self._pool = AsyncConnectionPool(
            kwargs={
                "host": host,
                "port": port,
                "user": "shop",
                "dbname": "postgres",
                "password": password,
                "sslmode": "disable",
                "gssencmode": "disable",
                "autocommit": True,
                "prepare_threshold": None,
                "connect_timeout": 10,
            },
            min_size=CONNECTIONS,
            max_size=CONNECTIONS,
            max_lifetime=lifetime,
            # Short, because the pauses double: after a long outage the next attempt would come minutes late.
            reconnect_timeout=2.0,
            num_workers=4,
            open=False,
        )

    async def open(self) -> None:
        """Open all connections of the pool. Raises psycopg_pool.PoolTimeout after `open_timeout` seconds."""
        await self._pool.open(wait=True, timeout=self._open_timeout)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close(timeout=0.5)

    async def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of one query. The measured wait is for the database, not for the pool."""
        try:
            async with self._pool.connection(timeout=self.pool_timeout) as connection:
                return await self._execute(connection, sql, values)
        except psycopg.Error as error:
            self.failures += 1
            if isinstance(error, psycopg.OperationalError):
                self._replace_dead_connections()
            raise

    async def has_table(self, table: str) -> bool:
        """Return True if the table exists already, as in a shop that is started again."""
        return (await self.query("select to_regclass(%s)", table))[0][0] is not None

    async def run(self, script: str) -> None:
        """Run a script of several statements without values."""
        async with self._pool.connection() as connection:
            await connection.execute(script.encode())

    async def _execute(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], sql: str, values: tuple[object, ...]
    ) -> list[tuple[Any, ...]]:
        started = time.monotonic()
        try:
            cursor = await connection.execute(sql.encode(), values or None)
            return await cursor.fetchall()
        finally:
            now = time.monotonic()
            self.queries += 1
            self.waits.add(now, now - started)

    def _replace_dead_connections(self) -> None:
        """Replace idle connections, which are dead too after an outage, at once instead of one per shopper."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._pool.check())
