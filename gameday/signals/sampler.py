"""Samples each signal at a fixed rate, open-loop: a slow response delays no later sample."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence

from gameday.clients.event_loop import run_async
from gameday.clients.http_client import HttpClient
from gameday.clock import Clock
from gameday.model import Reading, SignalBinding
from gameday.plugins.probe import Measurement, Probe
from gameday.signals.probe_registry import open_probe
from gameday.signals.sampling_schedule import DueSample, Timetable

MAX_PENDING = 10
"""Samples of one signal that may be pending at once."""

Opener = Callable[[SignalBinding, HttpClient], Probe]


class Sampler:
    """Sampling of signals in a thread of its own.

    `on_reading` is called there, once for each sample; it must be quick and not raise. A reading's `at` is its due
    time (CLOCK_MONOTONIC), `late` how long after that its request was sent."""

    def __init__(
        self,
        bindings: Sequence[SignalBinding],
        on_reading: Callable[[Reading], None],
        clock: Clock,
        opener: Opener = open_probe,
    ) -> None:
        self._bindings = tuple(bindings)
        self._on_reading = on_reading
        self._clock = clock
        self._opener = opener
        self._web = HttpClient()
        self._probes: list[Probe] = []
        self._pending = [0] * len(self._bindings)
        self._reads: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._running = threading.Event()

    def start(self) -> None:
        """Open the probes and start. Raises BadArguments for invalid settings; then nothing runs."""
        self._probes = [self._opener(binding, self._web) for binding in self._bindings]
        self._thread = threading.Thread(target=lambda: run_async(self._run()), name="sampler", daemon=True)
        self._thread.start()
        self._running.wait()

    def stop(self) -> None:
        """Stop: no reading comes after this returns. May be called twice."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._main is None:
            return
        with contextlib.suppress(RuntimeError):  # its loop has ended already
            self._loop.call_soon_threadsafe(self._main.cancel)
        thread.join()

    async def _run(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        self._running.set()
        try:
            await self._sample()
        except asyncio.CancelledError:
            pass
        finally:
            await self._close()

    async def _sample(self) -> None:
        timetable = Timetable(self._bindings, self._clock.monotonic())
        while True:
            await asyncio.sleep(max(0.0, timetable.next_at - self._clock.monotonic()))
            for due in timetable.samples_until(self._clock.monotonic()):
                self._start_read(due)

    def _start_read(self, due: DueSample) -> None:
        if due.missed:
            self._on_reading(self._failed_reading(due, f"{due.missed} samples missed: the program was suspended"))
        elif self._pending[due.index] >= MAX_PENDING:
            self._on_reading(self._failed_reading(due, "still waiting for earlier responses"))
        else:
            self._pending[due.index] += 1
            task = asyncio.get_running_loop().create_task(self._read(due))
            self._reads.add(task)
            task.add_done_callback(self._reads.discard)

    async def _read(self, due: DueSample) -> None:
        late = max(0.0, self._clock.monotonic() - due.at)
        try:
            measurement = await self._probes[due.index].read()
        finally:
            self._pending[due.index] -= 1
        self._on_reading(self._reading(due, measurement, late))

    def _failed_reading(self, due: DueSample, error: str) -> Reading:
        return self._reading(due, Measurement(None, 0, error), max(0.0, self._clock.monotonic() - due.at))

    def _reading(self, due: DueSample, measurement: Measurement, late: float) -> Reading:
        signal, duration = self._bindings[due.index].signal, max(0.0, self._clock.monotonic() - due.at)
        value, n, error = measurement.value, measurement.n, measurement.error
        return Reading(signal, due.at, value, n, error, late, measurement.over, duration, measurement.more_than)

    async def _close(self) -> None:
        for task in self._reads:
            task.cancel()
        await asyncio.gather(*self._reads, return_exceptions=True)
        await asyncio.gather(*(probe.close() for probe in self._probes), return_exceptions=True)
        await self._web.close()
