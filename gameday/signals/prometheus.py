"""The prometheus probe: one number from an instant query (GET /api/v1/query)."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.promql_ranges import query_lookback_s
from gameday.signals.settings import ProbeEndpoint


def extract_single_value(answer: Any) -> float:
    """Return the number of a scalar, or of a vector with one series. Raises MeasurementError."""
    try:
        if answer["status"] != "success":
            raise MeasurementError(f"Prometheus rejected the query{_reason(answer)}")
        data = answer["data"]
        result = data["result"]
        if data["resultType"] != "scalar":
            if not result:
                raise MeasurementError("the query returned nothing")
            if len(result) > 1:
                raise MeasurementError(
                    f"the query returned {len(result)} series instead of one; use sum(), for example"
                )
            result = result[0]["value"]
        return float(result[1])
    except (KeyError, IndexError, TypeError, ValueError):
        raise MeasurementError("the response is not in Prometheus' format") from None


def _reason(answer: Any) -> str:
    reason = answer.get("error", "")
    return f": {shorten_line(reason)}" if isinstance(reason, str) and reason else ""


class PrometheusProbe(Probe):
    """`query` gives the value; `n`, a query too, its sample size (1 without it)."""

    def __init__(self, endpoint: ProbeEndpoint, query: str, n: str) -> None:
        self._endpoint, self._query, self._n = endpoint, query, n
        self._lookback_s = query_lookback_s(query)

    @override
    async def read(self) -> Measurement:
        n = await self._ask(self._n) if self._n else 1.0
        if not n > 0:
            raise MeasurementError(NO_SAMPLES)
        return Measurement(await self._ask(self._query), int(n), over=self._lookback_s)

    @override
    async def close(self) -> None: ...

    async def _ask(self, query: str) -> float:
        return extract_single_value((await self._endpoint.get(query)).json())


def open_prometheus(binding: SignalBinding, web: HttpClient) -> Probe:
    query, n = settings.required_text(binding, "query"), settings.optional_text(binding, "n")
    return PrometheusProbe(settings.endpoint(binding, web, "/api/v1/query"), query, n)
