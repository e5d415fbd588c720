"""Readings of one drill: taken by the sampler's thread, passed to the loop, saved in batches."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from gameday.clock import Clock
from gameday.model import Environment, Plan, Reading, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.baseline import compute_baseline
from gameday.signals.sampler import Sampler
from gameday.signals.series import Series

BATCH_INTERVAL_S = 1.0


class ReadingCollector:
    """Collector of readings from preflight to the end.

    `show` is called with each reading, `save` with each batch, about once a second.
    """

    def __init__(
        self,
        environment: Environment,
        names: frozenset[str],
        save: Callable[[Sequence[Reading]], None],
        clock: Clock,
        wake: threading.Event,
        show: Callable[[Reading], None] = lambda _: None,
    ) -> None:
        bindings = [environment.signals[name] for name in sorted(names) if name in environment.signals]
        self.series = {binding.signal: Series(binding.kind) for binding in bindings}
        self._save_batch = save
        self._clock = clock
        self._wake = wake
        self._show = show
        self._new: queue.SimpleQueue[Reading] = queue.SimpleQueue()
        self._batch: list[Reading] = []
        self._saved = clock.monotonic()
        self._sampler = Sampler(bindings, self._queue_reading, clock)

    def _queue_reading(self, reading: Reading) -> None:
        self._new.put(reading)
        self._wake.set()

    def start(self) -> None:
        self._sampler.start()

    def stop(self) -> None:
        self._sampler.stop()
        self.drain()
        self._save()

    def drain(self) -> list[Reading]:
        """Return the readings since the last call; they are saved once a second."""
        readings: list[Reading] = []
        while not self._new.empty():
            readings.append(self._new.get_nowait())
        for reading in readings:
            self.series[reading.signal].add(reading)
            self._show(reading)
        self._batch += readings
        if self._clock.monotonic() - self._saved >= BATCH_INTERVAL_S:
            self._save()
        return readings

    def _save(self) -> None:
        """Pass on the batch, also an empty one: it tells that this process is alive."""
        self._saved = self._clock.monotonic()
        batch, self._batch = self._batch, []
        self._save_batch(batch)

    def baseline(self, signal: str, start: float) -> Measurement:
        """Measure the signal since `start`."""
        return compute_baseline(self.series[signal], start, self._clock.monotonic())


def sampled_signals(plan: Plan) -> frozenset[str]:
    """Return the signals to sample: all that the scenario names, and every alert of the environment."""
    scenario = plan.scenario
    named = {
        line.signal for line in (*scenario.expect, *scenario.steady_state, *scenario.mitigated_when, *scenario.clues)
    }
    named |= {rail.signal for rail in scenario.guardrails} | {
        fault.shows.signal for fault in scenario.faults if fault.shows
    }
    named |= {scenario.requires.load.signal} if scenario.requires.load else set()
    alerts = {name for name, binding in plan.environment.signals.items() if binding.kind is SignalKind.ALERT}
    return frozenset(named | alerts)
