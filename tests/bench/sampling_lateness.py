"""Lateness of samples: 200 stub signals, and 20 over HTTP, each sampled ten times a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from statistics import median

from bench.figure import Figure, ms, percentile
from bench.stack import stack
from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.clock import SystemClock
from gameday.model import Reading, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement, Probe
from gameday.signals.probe_registry import open_probe
from gameday.signals.sampler import Opener, Sampler

SECONDS = 20.0
WARM = 1.0
"""Seconds at the start that do not count: the first connections are made."""


class Stub(Probe):
    """Answers at once."""

    @override
    async def read(self) -> Measurement:
        return Measurement(1.0, 1)

    @override
    async def close(self) -> None: ...


def figures() -> Iterator[Figure]:
    """Beside each: how late a bare `asyncio.sleep` wakes on this machine, right after."""
    stubs = [SignalBinding(f"stub-{i}", SignalKind.COUNT, "stub", {}, every=0.1) for i in range(200)]
    yield _figure("200 stub signals at 10/s", stubs, _stub)
    with stack() as place:
        url = f"{place.stats}/stats"
        asked = [
            SignalBinding(f"http-{i}", SignalKind.DURATION, "http", {"url": f"{url}?{i}", "value": "trip"}, every=0.1)
            for i in range(20)
        ]
        yield _figure("20 HTTP signals at 10/s, each an address of its own", asked, open_probe)


def _figure(what: str, bindings: Sequence[SignalBinding], opener: Opener) -> Figure:
    late = _lateness(bindings, opener)
    bare = asyncio.run(_sleeps())
    worst = percentile(late, 0.99)
    return Figure(
        f"sampling lateness, {what}", "p99 under 20 ms", f"p99 {ms(worst)}, median {ms(median(late))}",
        f"a bare sleep of 10 ms wakes late: p99 {ms(percentile(bare, 0.99))}", len(late), worst < 0.020,
    )  # fmt: skip


def _stub(_binding: SignalBinding, _web: HttpClient) -> Probe:
    return Stub()


def _lateness(bindings: Sequence[SignalBinding], opener: Opener) -> list[float]:
    """Return the lateness of every due sample; a missed one counts until it was noticed."""
    taken: list[Reading] = []
    sampler = Sampler(bindings, taken.append, SystemClock(), opener)
    sampler.start()
    since = time.monotonic() + WARM
    time.sleep(WARM + SECONDS)
    sampler.stop()
    unread = [reading for reading in taken if reading.at >= since and reading.value is None]
    if unread:
        raise RuntimeError(f"{len(unread)} questions had no answer: {unread[0].error}")
    return [reading.late for reading in taken if reading.at >= since]


async def _sleeps() -> list[float]:
    late: list[float] = []
    for _ in range(300):
        due = time.monotonic() + 0.01
        await asyncio.sleep(0.01)
        late.append(time.monotonic() - due)
    return late
