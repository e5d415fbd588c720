"""How busy PostgreSQL is: the CPU share of all its processes over the last 3 seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil
from typing_extensions import override

from gameday.demo.sliding_window import SECONDS


class Cpu(Protocol):
    """How busy a database is, however that is found out."""

    async def look(self, now: float) -> None:
        """Take a look; some twice a second are enough."""

    def share(self) -> float | None:
        """0..1 of the whole machine; None where it is not known (yet)."""


@dataclass(slots=True)
class CpuShare(Cpu):
    """Of a database on this machine, from cumulative CPU seconds per process; `pid` is the postmaster's."""

    pid: int
    cores: int = field(default_factory=lambda: psutil.cpu_count() or 1)
    _looks: deque[tuple[float, dict[int, float]]] = field(default_factory=deque)

    @override
    async def look(self, now: float) -> None:
        self._looks.append((now, _spent(self.pid)))
        while len(self._looks) > 2 and self._looks[1][0] <= now - SECONDS:
            self._looks.popleft()

    @override
    def share(self) -> float | None:
        """Between the oldest and the newest look kept; None before there are two."""
        if len(self._looks) < 2:
            return None
        (began, before), (now, after) = self._looks[0], self._looks[-1]
        spent = sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
        return min(1.0, max(0.0, spent / ((now - began) * self.cores)))


def _spent(postmaster: int) -> dict[int, float]:
    """CPU seconds by process. The scheduler's own count has nanoseconds; the usual one has hundredths of a second,
    too coarse for a database that is nearly idle."""
    spent = {}
    for pid in _family(postmaster):
        try:
            spent[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        except (OSError, IndexError, ValueError):
            spent[pid] = _coarse(pid)
    return spent


def _family(postmaster: int) -> list[int]:
    try:
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]
    except OSError:
        return _family_by_psutil(postmaster)


def _family_by_psutil(postmaster: int) -> list[int]:
    try:
        return [postmaster, *(child.pid for child in psutil.Process(postmaster).children())]
    except psutil.Error:
        return []


def _coarse(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except psutil.Error:
        return 0.0
