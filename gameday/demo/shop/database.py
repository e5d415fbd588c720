"""The shop's way to its database: a pool with a time-out, and what each query waited."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from gameday.demo.sliding_window import Window

CONNECTIONS = 48
LONG, SHORT = 8.0, 0.5


class Database:
    """One query, one round trip: autocommit, and no separate PREPARE."""

    def __init__(self, host: str, port: int, password: str, patience: float = 20.0) -> None:
        self.pool_timeout = LONG
        self._patience = patience
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
            # Short, because its pauses double: after a long outage the next attempt would come minutes late.
            reconnect_timeout=2.0,
            num_workers=4,
            open=False,
        )

    async def open(self) -> None:
        """Connect all of the pool. Raises psycopg_pool.PoolTimeout when patience (seconds) is at its end."""
        await self._pool.open(wait=True, timeout=self._patience)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._pool.close(timeout=0.5)

    async def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of one query. What is counted is the wait for the database, not the wait for the pool."""
        try:
            async with self._pool.connection(timeout=self.pool_timeout) as connection:
                return await self._timed(connection, query, values)
        except psycopg.Error as error:
            self.failures += 1
            if isinstance(error, psycopg.OperationalError):
                self._look_for_dead_connections()
            raise

    async def has(self, table: str) -> bool:
        """Is there such a table already? A shop that is started again finds its own."""
        return (await self.ask("select to_regclass(%s)", table))[0][0] is not None

    async def run(self, script: str) -> None:
        """A script of several statements without values."""
        async with self._pool.connection() as connection:
            await connection.execute(script.encode())

    async def _timed(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], query: str, values: tuple[object, ...]
    ) -> list[tuple[Any, ...]]:
        began = time.monotonic()
        try:
            cursor = await connection.execute(query.encode(), values or None)
            return await cursor.fetchall()
        finally:
            now = time.monotonic()
            self.queries += 1
            self.waits.add(now, now - began)

    def _look_for_dead_connections(self) -> None:
        """After an outage the idle connections are dead too: replace them at once, not one shopper at a time."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._pool.check())
