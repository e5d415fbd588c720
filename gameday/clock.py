"""Time, passed in: monotonic for durations, wall for the record. Tests use a clock that jumps."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Protocol

from typing_extensions import override


class Clock(Protocol):
    """Seconds. `monotonic` is CLOCK_MONOTONIC, one axis for all processes of one boot."""

    def monotonic(self) -> float: ...
    def wall(self) -> float: ...
    def suspended(self) -> float:
        """Seconds for which the machine has been suspended since it booted; they are in no monotonic time."""
        ...

    def wait(self, wake: threading.Event, seconds: float) -> bool:
        """Sleep until `wake` is set or `seconds` have passed; says whether it was set."""
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
    def suspended(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic() if hasattr(time, "CLOCK_BOOTTIME") else 0.0

    @override
    def wait(self, wake: threading.Event, seconds: float) -> bool:
        return wake.wait(max(0.0, seconds))


class JumpClock(Clock):
    """A clock that stands still until asked to wait, and then is there at once (after trio's MockClock)."""

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
    def suspended(self) -> float:
        return self._suspended

    def suspend(self, seconds: float) -> None:
        """The machine sleeps so long: the wall clock goes on, the monotonic one does not."""
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
    """Which boot of this machine: monotonic times of two boots do not compare."""
    try:
        with Path("/proc/sys/kernel/random/boot_id").open(encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return f"boot-{round(time.time() - time.monotonic())}"
