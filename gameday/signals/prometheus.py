"""The prometheus probe: one number from an instant query (GET /api/v1/query)."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError, Probe
from gameday.signals import settings


def extract_single_value(answer: Any) -> float:
    """Return the number of a scalar, or of a vector with one series. Raises MeasurementError."""
    try:
        if answer["status"] != "success":
            raise MeasurementError("Prometheus did not take the query")
        data = answer["data"]
        result = data["result"]
        if data["resultType"] != "scalar":
            if not result:
                raise MeasurementError("the query found nothing")
            if len(result) > 1:
                raise MeasurementError(f"the query found {len(result)} series: one is needed, as from sum()")
            result = result[0]["value"]
        return float(result[1])
    except (KeyError, IndexError, TypeError, ValueError):
        raise MeasurementError("the answer is not in Prometheus' shape") from None


class PrometheusProbe(Probe):
    """`query` gives the value; `n`, a query too, its sample size (1 without it)."""

    def __init__(self, web: HttpClient, url: str, timeout: float, query: str, n: str) -> None:
        self._web, self._url, self._timeout, self._query, self._n = web, url, timeout, query, n

    @override
    async def read(self) -> Measurement:
        n = await self._ask(self._n) if self._n else 1.0
        if not n > 0:
            raise MeasurementError(NO_SAMPLES)
        return Measurement(await self._ask(self._query), int(n))

    @override
    async def close(self) -> None: ...

    async def _ask(self, query: str) -> float:
        return extract_single_value((await self._web.get(self._url, self._timeout, query)).json())


def open_prometheus(binding: SignalBinding, web: HttpClient) -> Probe:
    url = settings.required_text(binding, "url").rstrip("/") + "/api/v1/query"
    query, n = settings.required_text(binding, "query"), settings.optional_text(binding, "n")
    return PrometheusProbe(web, url, settings.read_timeout_s(binding), query, n)
