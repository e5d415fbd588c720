"""Schedule of the samples: a fixed rate for each signal, spread over its period to avoid bursts."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gameday.model import SignalBinding

SLOT = 0.005
"""Seconds between two groups of requests: an HTTP request costs 2 ms of CPU."""


@dataclass(frozen=True, slots=True)
class DueSample:
    """A sample of the signal at `index`, due at `at`. `missed`: samples skipped up to and with this one."""

    index: int
    at: float
    missed: int = 0


class Timetable:
    """Due times. Signals of one address are due together and share the request, others a little apart."""

    def __init__(self, bindings: Sequence[SignalBinding], start: float) -> None:
        self._every = [binding.every for binding in bindings]
        phases = _phases(bindings)
        self._heap = [(start + phases[index], index) for index in range(len(bindings))]
        heapq.heapify(self._heap)

    @property
    def next_at(self) -> float:
        """Time of the next sample; infinite without signals."""
        return self._heap[0][0] if self._heap else float("inf")

    def samples_until(self, now: float) -> Iterator[DueSample]:
        """Yield the samples due by now. Those that passed meanwhile are one `DueSample` with their number."""
        while self._heap and self._heap[0][0] <= now:
            at, index = self._heap[0]
            every = self._every[index]
            passed = int((now - at) / every)
            if passed > 1:
                yield DueSample(index, at + (passed - 1) * every, passed)
            at += (passed if passed > 1 else 0) * every
            heapq.heapreplace(self._heap, (at + every, index))
            yield DueSample(index, at)


def _phases(bindings: Sequence[SignalBinding]) -> list[float]:
    """Return each signal's offset from the start in seconds, less than its period."""
    groups: dict[tuple[str, float], int] = {}
    for binding in bindings:
        groups.setdefault(_group(binding), len(groups))
    return [(groups[_group(binding)] * SLOT) % binding.every for binding in bindings]


def _group(binding: SignalBinding) -> tuple[str, float]:
    return str(binding.settings.get("url", binding.signal)), binding.every
