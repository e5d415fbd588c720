"""Faults inside a PostgreSQL server, held by database sessions: they end when their session ends."""

from gameday.injectors.postgres.injector import PostgresInjector

__all__ = ["PostgresInjector"]
