"""Checks of an environment's signals: each can be read, and what its reading means for a drill."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gameday.app.doctor.finding import Finding, Mark
from gameday.model import SignalKind
from gameday.units import format_value

if TYPE_CHECKING:
    from gameday.model import Environment, Reading, SignalBinding
    from gameday.timing import Timing


def check_signals(environment: Environment, timing: Timing) -> Iterator[Finding]:
    """Report each signal: preflight refuses one that cannot be read, and an alert that fires."""
    latest = latest_readings(environment.signals.values(), timing.first_reading_timeout)
    for name, binding in environment.signals.items():
        reading = latest.get(name)
        if reading is None or reading.value is None:
            why = reading.error if reading else "no answer"
            todo = "Correct its probe in gameday.yaml, or start what it queries."
            yield Finding(Mark.BAD, "signal", f"{name} cannot be read: {why}", todo)
        else:
            yield _describe(binding, reading.value, reading.n)


def _describe(binding: SignalBinding, value: float, n: int) -> Finding:
    say = f"{binding.signal}: {format_value(value, binding.kind)}, n {n}"
    if binding.kind is SignalKind.ALERT and value == 1:
        return Finding(Mark.BAD, "signal", say, "No drill starts while it fires: wait until it clears.")
    if limit := missed_limit(binding, value):
        todo = "A drill whose steady state needs it healthy is refused until then."
        return Finding(Mark.LACKS, "signal", f"{say}: not healthy ({limit})", todo)
    return Finding(Mark.OK, "signal", say)


def missed_limit(binding: SignalBinding, value: float) -> str:
    """Return the environment's own limit if the value is outside it, else nothing."""
    from gameday.signals.criterion import build_criterion

    if binding.healthy is None or binding.healthy.limit is None:
        return ""
    wanted = build_criterion(binding.healthy, {}, binding)
    if wanted.is_met_by(value):
        return ""
    return f"healthy: {binding.healthy.test.text} {binding.healthy.limit.text}"


def latest_readings(bindings: Iterable[SignalBinding], seconds: float) -> dict[str, Reading]:
    """Return the newest reading of each signal, once all have a value or the time is up."""
    from gameday.clock import SystemClock
    from gameday.signals.sampler import Sampler

    latest: dict[str, Reading] = {}
    arrived, signals = threading.Event(), tuple(bindings)

    def record(reading: Reading) -> None:
        latest[reading.signal] = reading
        arrived.set()

    sampler = Sampler(signals, record, SystemClock())
    sampler.start()
    try:
        deadline = time.monotonic() + seconds
        while not _all_read(signals, latest) and time.monotonic() < deadline:
            arrived.wait(0.2)
            arrived.clear()
    finally:
        sampler.stop()
    return latest


def _all_read(signals: Iterable[SignalBinding], latest: dict[str, Reading]) -> bool:
    read = {name for name, reading in list(latest.items()) if reading.value is not None}
    return read >= {binding.signal for binding in signals}
