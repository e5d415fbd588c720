"""The names that our faults carry on an engine: opaque, and readable back to their drill and age."""

from __future__ import annotations

import secrets
from collections.abc import Container

_TIMESTAMP_LENGTH = 8
MARK = "gd-[0-9a-f]{12}"
"""As a pattern that the programs of an engine know too."""


def new_drill_id(taken: Container[str]) -> str:
    """A new drill's name, `gd-` and four hex digits, that spoils nothing."""
    while True:
        name = f"gd-{secrets.token_hex(2)}"
        if name not in taken:
            return name


def new_marker(drill: str, wall: float, taken: Container[str] = ()) -> str:
    """A fault's name: the drill's, then the second of its making in hex, so that a sweep can tell its age."""
    second = int(wall)
    while (name := f"{drill}{second:08x}"[: len(drill) + _TIMESTAMP_LENGTH]) in taken:
        second += 1
    return name


def drill_of(name: str) -> str:
    """The drill that made a mark."""
    return name[:-_TIMESTAMP_LENGTH]


def created_second(name: str) -> int:
    """The second of a mark's making, by the wall clock of whoever made it."""
    return int(name[-_TIMESTAMP_LENGTH:], 16)


def age(name: str, wall: float) -> float:
    """Seconds since a mark was made, by the wall clock; 0 when the clocks disagree."""
    return max(0.0, wall - created_second(name))
