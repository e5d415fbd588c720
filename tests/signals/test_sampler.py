"""Sampling at a fixed rate: no probe waits for another, and none runs twice at once."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.faulty_http_server import Server
from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.clock import SystemClock
from gameday.errors import BadArguments
from gameday.model import Reading, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement, Probe
from gameday.signals.sampler import MAX_PENDING, Sampler
from gameday.signals.sampling_schedule import Timetable


def bind(signal: str, every: float = 0.02, **settings: str) -> SignalBinding:
    return SignalBinding(signal, SignalKind.COUNT, "http", dict(settings), every=every)


class Readings:
    """Received readings, and a way to wait for a number of them."""

    def __init__(self) -> None:
        self.all: list[Reading] = []
        self._came = threading.Condition()

    def __call__(self, reading: Reading) -> None:
        with self._came:
            self.all.append(reading)
            self._came.notify_all()

    def until(self, enough: Callable[[list[Reading]], bool]) -> list[Reading]:
        with self._came:
            assert self._came.wait_for(lambda: enough(self.all), timeout=20), self.all[-5:]
            return list(self.all)


class Stub(Probe):
    """Answers at once; or, as `silent`, never."""

    def __init__(self, silent: bool) -> None:
        self.silent, self.asked, self.closed = silent, 0, False

    @override
    async def read(self) -> Measurement:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        return Measurement(1.0, 1)

    @override
    async def close(self) -> None:
        self.closed = True


class Opener:
    def __init__(self) -> None:
        self.stubs: dict[str, Stub] = {}

    def __call__(self, binding: SignalBinding, web: HttpClient) -> Probe:
        stub = self.stubs[binding.signal] = Stub(silent=binding.signal.startswith("silent"))
        return stub


def test_each_signal_is_asked_at_its_own_rate_without_drift() -> None:
    readings, bindings = Readings(), [bind("a", 0.02), bind("b", 0.05)]
    sampler = Sampler(bindings, readings, SystemClock(), Opener())
    sampler.start()
    found = readings.until(lambda seen: sum(reading.signal == "b" for reading in seen) >= 6)
    sampler.stop()
    for binding in bindings:
        ats = [reading.at for reading in found if reading.signal == binding.signal]
        steps = [(at - ats[0]) / binding.every for at in ats]
        assert steps == pytest.approx([round(step) for step in steps])
        assert len({round(step) for step in steps}) == len(steps)
    assert all(reading.late >= 0 for reading in found)


def test_hanging_probe_delays_no_other_and_gets_no_unlimited_requests() -> None:
    readings, opener = Readings(), Opener()
    sampler = Sampler([bind("silent"), bind("quick")], readings, SystemClock(), opener)
    sampler.start()
    found = readings.until(lambda seen: sum(reading.signal == "silent" for reading in seen) >= 3)
    sampler.stop()
    waiting = [reading for reading in found if reading.signal == "silent"]
    assert {(reading.value, reading.error) for reading in waiting} == {(None, "still waiting for earlier responses")}
    assert opener.stubs["silent"].asked == MAX_PENDING
    assert sum(reading.value == 1.0 for reading in found) >= MAX_PENDING
    assert all(stub.closed for stub in opener.stubs.values())


def test_no_reading_comes_after_stop() -> None:
    readings = Readings()
    sampler = Sampler([bind("a"), bind("silent")], readings, SystemClock(), Opener())
    sampler.start()
    readings.until(bool)
    sampler.stop()
    before, alive = len(readings.all), [thread.name for thread in threading.enumerate()]
    sampler.stop()
    assert "sampler" not in alive
    assert len(readings.all) == before


def test_signals_of_one_address_share_each_request(server: Server) -> None:
    server.lies.body = {"a": 1, "b": 2, "c": 3}
    readings = Readings()
    bindings = [bind(name, 0.05, url=server.url, value=name) for name in "abc"]
    sampler = Sampler(bindings, readings, SystemClock())
    sampler.start()
    found = readings.until(lambda seen: len(seen) >= 15)
    sampler.stop()
    assert {(reading.signal, reading.value) for reading in found} == {("a", 1.0), ("b", 2.0), ("c", 3.0)}
    questions = Counter(reading.at for reading in readings.all)
    assert len(questions) <= len(server.asked) <= len(questions) + 1, "one request for the three, one may be cut off"


def test_hanging_server_does_not_block_the_sampler(server: Server) -> None:
    server.lies.hang = True
    sampler = Sampler([bind("a", url=server.url, value="a", timeout="60s")], Readings(), SystemClock())
    sampler.start()
    while not server.asked:
        threading.Event().wait(0.001)
    sampler.stop()


def test_invalid_binding_is_reported_at_the_start() -> None:
    sampler = Sampler([bind("a")], Readings(), SystemClock())
    with pytest.raises(BadArguments):
        sampler.start()
    sampler.stop()


class Standstill(SystemClock):
    """A clock on which the process was suspended for a while."""

    lost = 0.0

    @override
    def monotonic(self) -> float:
        return super().monotonic() + self.lost


def test_after_a_suspension_it_samples_once_and_reports_the_gap() -> None:
    readings, clock = Readings(), Standstill()
    sampler = Sampler([bind("a")], readings, clock, Opener())
    sampler.start()
    readings.until(bool)
    clock.lost = 100.0
    found = readings.until(lambda seen: any("was suspended" in reading.error for reading in seen))
    sampler.stop()
    (missed,) = [reading for reading in found if "was suspended" in reading.error]
    assert missed.value is None
    assert int(missed.error.split()[0]) > 4900
    assert len(found) < 500


@given(
    st.lists(st.sampled_from([0.1, 0.25, 1.0]), min_size=1, max_size=5),
    st.lists(st.floats(0, 3), min_size=1, max_size=20),
)
def test_each_due_time_is_sampled_or_counted_as_missed(rates: list[float], pauses: list[float]) -> None:
    timetable, now = Timetable([bind(f"s{i}", every) for i, every in enumerate(rates)], 50.0), 50.0
    seen: Counter[int] = Counter()
    last: dict[int, float] = {}
    for pause in pauses:
        now += pause
        for due in timetable.samples_until(now):
            assert due.at <= now
            seen[due.index] += due.missed or 1
            last[due.index] = due.at
        assert timetable.next_at > now
    for index, at in last.items():
        assert seen[index] == pytest.approx(int((at - 50.0) / rates[index] + 1e-6) + 1)


def test_a_lower_bound_of_a_probe_reaches_the_reading() -> None:
    class TimesOut(Stub):
        @override
        async def read(self) -> Measurement:
            return Measurement(None, 1, "no response", more_than=2.0)

    readings = Readings()
    sampler = Sampler([bind("a")], readings, SystemClock(), lambda _, __: TimesOut(silent=False))
    sampler.start()
    [first, *_] = readings.until(bool)
    sampler.stop()
    assert (first.value, first.n, first.more_than) == (None, 1, 2.0)
