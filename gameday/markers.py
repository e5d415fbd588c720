"""Markers, the opaque names of our faults on an engine; a marker contains its drill and its age."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

_TIMESTAMP_LENGTH = 8
MARK = "gd-[0-9a-f]{12}"
"""A marker as a regular expression that programs on the engines understand too."""


def new_drill_id(existing: Container[str]) -> str:
    """Return a new drill id, `gd-` and four hex digits, which reveals nothing about the fault."""
    while True:
        name = f"gd-{secrets.token_hex(2)}"
        if name not in existing:
            return name


def new_marker(drill: str, wall: float, existing: Container[str] = ()) -> str:
    """Return a new marker: the drill id and the creation time in hex, so that a sweep can tell its age."""
    second = int(wall)
    while (name := f"{drill}{second:08x}"[: len(drill) + _TIMESTAMP_LENGTH]) in existing:
        second += 1
    return name


def drill_of(name: str) -> str:
    """Return the drill id that a marker contains."""
    return name[:-_TIMESTAMP_LENGTH]


def created_second(name: str) -> int:
    """Return the wall-clock second in which a marker was created."""
    return int(name[-_TIMESTAMP_LENGTH:], 16)


def age(name: str, wall: float) -> float:
    """Return the seconds since a marker was created; 0 if the clocks disagree, and for what is no marker."""
    return max(0.0, wall - created_second(name)) if re.fullmatch(MARK, name) else 0.0
