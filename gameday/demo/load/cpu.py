"""The CPU share of PostgreSQL over the last 3 seconds, measured here or read from its container."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
import psutil
from typing_extensions import override

from gameday.demo.sliding_window import WINDOW_S


class CpuMeter(Protocol):
    """A source of the database's CPU share."""

    async def sample(self, now: float) -> None:
        """Take a sample; twice a second is enough."""

    def share(self) -> float | None:
        """Return 0..1 of the whole machine, or None while it is unknown."""


@dataclass(slots=True)
class ProcessCpu(CpuMeter):
    """The share of a database on this machine; `pid` is the postmaster's."""

    pid: int
    cores: int = field(default_factory=lambda: psutil.cpu_count() or 1)
    _samples: deque[tuple[float, dict[int, float]]] = field(default_factory=deque)

    @override
    async def sample(self, now: float) -> None:
        self._samples.append((now, _cpu_seconds(self.pid)))
        while len(self._samples) > 2 and self._samples[1][0] <= now - WINDOW_S:
            self._samples.popleft()

    @override
    def share(self) -> float | None:
        """Return the share between the oldest and the newest sample; None before there are two."""
        if len(self._samples) < 2:
            return None
        (began, before), (now, after) = self._samples[0], self._samples[-1]
        used = sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
        return min(1.0, max(0.0, used / ((now - began) * self.cores)))


@dataclass(slots=True)
class RemoteCpu(CpuMeter):
    """The share that a database in another container reports: `url` answers {"cpu": 0..1 or null}."""

    client: httpx.AsyncClient
    url: str
    _last: float | None = None

    @override
    async def sample(self, now: float) -> None:
        del now
        try:
            share = (await self.client.get(self.url, timeout=1.0)).json()["cpu"]
            self._last = None if share is None else float(share)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            self._last = None

    @override
    def share(self) -> float | None:
        return self._last


def _cpu_seconds(postmaster: int) -> dict[int, float]:
    """Return the CPU seconds of each process.

    The scheduler's count has nanoseconds; the usual one has hundredths of a second, too coarse for an idle database.
    """
    seconds = {}
    for pid in _family(postmaster):
        try:
            seconds[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        except (OSError, IndexError, ValueError):
            seconds[pid] = _coarse_cpu_seconds(pid)
    return seconds


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


def _coarse_cpu_seconds(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except psutil.Error:
        return 0.0
