"""Faults inside a PostgreSQL: made by sessions of ours, which end with whoever holds them."""

from gameday.injectors.postgres.injector import PostgresInjector

__all__ = ["PostgresInjector"]
