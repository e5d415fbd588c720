"""The http probe: a value or counters in a JSON response, or the availability and response time of an address."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient, Response
from gameday.clients.request_errors import NoResponse, TimedOut
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.counters import CounterRatio
from gameday.signals.http_requirement import Requirement, RequirementError, read_requirement
from gameday.signals.json_path import NumberAt
from gameday.signals.settings import ProbeEndpoint

REFUSED_CREDENTIALS = frozenset({401, 407})
"""Statuses that say that the probe is broken, not the system; unless `require` names its own."""


class HttpProbe(Probe):
    """Base of the probes of one address. An answer that does not meet `requirement` is an error."""

    def __init__(self, endpoint: ProbeEndpoint, requirement: Requirement) -> None:
        self._endpoint, self._requirement = endpoint, requirement

    async def _ask(self) -> Response:
        answer = await self._endpoint.get()
        if answer.status in REFUSED_CREDENTIALS and not self._requirement.names_status:
            raise MeasurementError(f"HTTP {answer.status}: credentials are missing or wrong")
        return answer

    async def _json(self) -> Any:
        """Return the JSON of an answer that counts. Raises MeasurementError or RequestError."""
        answer = await self._ask()
        if not self._requirement.names_status:
            answer.json()  # its error has the server's own reason
        if reason := self._requirement.unmet(answer):
            raise MeasurementError(reason)
        return answer.json(any_status=True)

    @override
    async def close(self) -> None: ...


class HttpValue(HttpProbe):
    """A number at a path, and optionally its sample size at another."""

    def __init__(self, endpoint: ProbeEndpoint, requirement: Requirement, value: NumberAt, n: NumberAt | None) -> None:
        super().__init__(endpoint, requirement)
        self._value, self._n = value, n

    @override
    async def read(self) -> Measurement:
        answer = await self._json()
        n = self._n.read(answer) if self._n else 1.0
        if n <= 0:
            raise MeasurementError(NO_SAMPLES)
        return Measurement(self._value.read(answer), int(n))


class HttpCounters(HttpProbe):
    """A ratio from two cumulative counters, by the difference between two responses."""

    def __init__(
        self, endpoint: ProbeEndpoint, requirement: Requirement, good: NumberAt, total: NumberAt, every: float
    ) -> None:
        super().__init__(endpoint, requirement)
        self._good, self._total = good, total
        self._counters = CounterRatio(every)

    @override
    async def read(self) -> Measurement:
        question = self._counters.next_request_number()
        answer = await self._json()
        return self._counters.ratio_since_last(question, self._good.read(answer), self._total.read(answer))


class HttpAvailability(HttpProbe):
    """1 if the answer meets the requirement, else 0: an outage shows as refused, closed or silent."""

    @override
    async def read(self) -> Measurement:
        try:
            answer = await self._ask()
        except NoResponse:
            return Measurement(0.0, 1)
        return Measurement(0.0 if self._requirement.unmet(answer) else 1.0, 1)


class HttpResponseTime(HttpProbe):
    """Seconds of a complete response. An error page is quick, and does not count. A timeout is a lower bound."""

    @override
    async def read(self) -> Measurement:
        try:
            answer = await self._ask()
        except TimedOut as error:
            return Measurement(None, 1, str(error), more_than=error.seconds)
        if reason := self._requirement.unmet(answer):
            raise MeasurementError(reason)
        return Measurement(answer.seconds, 1)


def open_http(binding: SignalBinding, web: HttpClient) -> Probe:
    """Open a probe by its settings: `good_count` and `total_count`, or `value` (and `n`), or the address alone."""
    endpoint, requirement = settings.endpoint(binding, web), _requirement(binding)
    good, total = _number_at(binding, "good_count"), _number_at(binding, "total_count")
    if bool(good) != bool(total):
        raise settings.settings_error(binding, "set both `good_count` and `total_count`")
    if good and total:
        return HttpCounters(endpoint, requirement, good, total, binding.every)
    if value := _number_at(binding, "value"):
        return HttpValue(endpoint, requirement, value, _number_at(binding, "n"))
    if binding.kind is SignalKind.RATIO:
        return HttpAvailability(endpoint, requirement)
    if binding.kind is SignalKind.DURATION:
        return HttpResponseTime(endpoint, requirement)
    raise settings.settings_error(binding, f"a {binding.kind.value} needs `value`: its path in the response")


def _requirement(binding: SignalBinding) -> Requirement:
    try:
        return read_requirement(binding.settings.get("require"))
    except RequirementError as error:
        raise settings.settings_error(binding, f"`require`: {error}") from None


def _number_at(binding: SignalBinding, key: str) -> NumberAt | None:
    path = settings.optional_text(binding, key)
    try:
        return NumberAt(path) if path else None
    except ValueError as error:
        raise settings.settings_error(binding, f"`{key}`: {error}") from None
