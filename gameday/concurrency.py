"""Many containers at once, as many as an engine bears."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MAX_WORKERS = 8
T = TypeVar("T")
R = TypeVar("R")


def map_concurrently(do: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """`do` of each, in their order. Its first trouble is raised when all are done: none is left out for another's."""
    with ThreadPoolExecutor(MAX_WORKERS) as pool:
        return [one.result() for one in [pool.submit(do, thing) for thing in things]]
