"""Clocks that are passed in: monotonic time for durations, wall time for the record."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Clock(Protocol):
    """A source of time in seconds. `monotonic` is CLOCK_MONOTONIC, the same for all processes of one boot."""

    def monotonic(self) -> float: ...
    def wall(self) -> float: ...
    def suspended_seconds(self) -> float:
        """Return the seconds that the machine was suspended since boot; monotonic time does not contain them."""
        ...

    def wait(self, wake: threading.Event, seconds: float) -> bool:
        """Sleep until `wake` is set or `seconds` have passed; return whether it was set."""
        ...


class SystemClock(Clock):
    """The machine's clocks."""

    @override
    def monotonic(self) -> float:
        return time.monotonic()

    @override
    def wall(self) -> float:
        return time.time()

    @override
    def suspended_seconds(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic() if hasattr(time, "CLOCK_BOOTTIME") else 0.0

    @override
    def wait(self, wake: threading.Event, seconds: float) -> bool:
        return wake.wait(max(0.0, seconds))


class JumpClock(Clock):
    """A test clock that jumps ahead instead of waiting (after trio's MockClock)."""

    def __init__(self, start: float = 1000.0, wall: float = 1_700_000_000.0) -> None:
        self._now = start
        self._offset = wall - start
        self._suspended = 0.0

    @override
    def monotonic(self) -> float:
        return self._now

    @override
    def wall(self) -> float:
        return self._now + self._offset

    @override
    def suspended_seconds(self) -> float:
        return self._suspended

    def suspend(self, seconds: float) -> None:
        """Suspend the machine: the wall clock advances, the monotonic clock does not."""
        self._suspended += seconds
        self._offset += seconds

    @override
    def wait(self, wake: threading.Event, seconds: float) -> bool:
        if wake.is_set():
            return True
        self.advance(seconds)
        return False

    def advance(self, seconds: float) -> None:
        self._now += max(0.0, seconds)


def boot_id() -> str:
    """Return the id of this boot: monotonic times of two boots cannot be compared."""
    try:
        with Path("/proc/sys/kernel/random/boot_id").open(encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return f"boot-{round(time.time() - time.monotonic())}"


def format_iso_time(wall: float) -> str:
    """Format seconds since 1970 as ISO 8601 in UTC, with microseconds: `2026-11-30T08:00:00.000000Z`."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name. Raises ValueError."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"unknown time zone {name!r}: use a name such as Europe/Lisbon or UTC") from None
