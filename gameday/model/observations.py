"""What a drill leaves behind: readings and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gameday.model.types import Json, Role, Source


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement. `value` None: it could not be taken (`error` says why) and is never 'fine'.
    Ratios are 0..1, durations seconds; `n` samples rest beneath it; `at` is when it was due."""

    signal: str
    at: float
    value: float | None
    n: int = 1
    error: str = ""
    late: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """One immutable line of a drill's log. `seq` counts from 1 without gaps. `at`: when the owner recorded it,
    `happened`: when it was so (a person may say it later). `role`: who, as a role. `data` by kind: events.py."""

    seq: int
    drill: str
    kind: str
    at: float
    wall: float
    happened: float
    source: Source
    role: Role | None
    epoch: int
    boot: str
    data: Mapping[str, Json]
