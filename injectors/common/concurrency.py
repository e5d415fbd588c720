"""Thread pool for calls to an engine, as many at once as an engine handles well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MAX_WORKERS = 8
T = TypeVar("T")
R = TypeVar("R")


def map_concurrently(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return the results in order. The first error is raised after all calls have ended, so none is skipped."""
    with ThreadPoolExecutor(MAX_WORKERS) as pool:
        return [future.result() for future in [pool.submit(function, item) for item in items]]
