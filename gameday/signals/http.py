"""The http probe: a value or counters in a JSON response, or the availability and response time of an address."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient, NoResponse
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.counters import CounterRatio


def extract_number(answer: Any, path: str) -> float:
    """Return the number at a dotted path, `journey.p95` or `pools.0.wait`; raises MeasurementError."""
    value = answer
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise MeasurementError(f"the answer has no {path}")
    if value is None:
        raise MeasurementError(f"{path} is empty")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MeasurementError(f"{path} is no number")
    try:
        return float(value)
    except OverflowError:
        raise MeasurementError(f"{path} is too large") from None


class HttpValue(Probe):
    """A number at a path, and optionally its sample size at another."""

    def __init__(self, web: HttpClient, url: str, timeout: float, value: str, n: str) -> None:
        self._web, self._url, self._timeout, self._value, self._n = web, url, timeout, value, n

    @override
    async def read(self) -> Measurement:
        answer = (await self._web.get(self._url, self._timeout)).json()
        n = extract_number(answer, self._n) if self._n else 1.0
        if n <= 0:
            raise MeasurementError(NO_SAMPLES)
        return Measurement(extract_number(answer, self._value), int(n))

    @override
    async def close(self) -> None: ...


class HttpCounters(Probe):
    """A ratio from two cumulative counters, by the difference between two responses."""

    def __init__(self, web: HttpClient, url: str, timeout: float, good: str, total: str, every: float) -> None:
        self._web, self._url, self._timeout, self._good, self._total = web, url, timeout, good, total
        self._counters = CounterRatio(every)

    @override
    async def read(self) -> Measurement:
        question = self._counters.number_request()
        answer = (await self._web.get(self._url, self._timeout)).json()
        return self._counters.ratio_since_last(
            question, extract_number(answer, self._good), extract_number(answer, self._total)
        )

    @override
    async def close(self) -> None: ...


class HttpServed(Probe):
    """1 if the address responds with 2xx or 3xx, else 0: an outage shows as refused, closed or silent."""

    def __init__(self, web: HttpClient, url: str, timeout: float) -> None:
        self._web, self._url, self._timeout = web, url, timeout

    @override
    async def read(self) -> Measurement:
        try:
            answer = await self._web.get(self._url, self._timeout)
        except NoResponse:
            return Measurement(0.0, 1)
        return Measurement(1.0 if 200 <= answer.status < 400 else 0.0, 1)

    @override
    async def close(self) -> None: ...


class HttpTime(Probe):
    """Seconds of a complete response. An error page is quick, and does not count."""

    def __init__(self, web: HttpClient, url: str, timeout: float) -> None:
        self._web, self._url, self._timeout = web, url, timeout

    @override
    async def read(self) -> Measurement:
        answer = await self._web.get(self._url, self._timeout)
        if answer.status >= 400:
            raise MeasurementError(f"the address answered {answer.status}")
        return Measurement(answer.seconds, 1)

    @override
    async def close(self) -> None: ...


def open_http(binding: SignalBinding, web: HttpClient) -> Probe:
    """Open a probe by its settings: `good_count` and `total_count`, or `value` (and `n`), or the address alone."""
    url, timeout = settings.required_text(binding, "url"), settings.read_timeout_s(binding)
    good, total = settings.optional_text(binding, "good_count"), settings.optional_text(binding, "total_count")
    if bool(good) != bool(total):
        raise settings.settings_error(binding, "`good_count` and `total_count` go together")
    if good:
        return HttpCounters(web, url, timeout, good, total, binding.every)
    if value := settings.optional_text(binding, "value"):
        return HttpValue(web, url, timeout, value, settings.optional_text(binding, "n"))
    if binding.kind is SignalKind.RATIO:
        return HttpServed(web, url, timeout)
    if binding.kind is SignalKind.DURATION:
        return HttpTime(web, url, timeout)
    raise settings.settings_error(binding, f"a {binding.kind.value} needs `value`: where in the answer it is")
