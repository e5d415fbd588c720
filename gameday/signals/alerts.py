"""The alerts probe: 1 while the team's own alert fires, else 0; from Prometheus, Alertmanager or Grafana."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.settings import Endpoint


def from_prometheus(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of firing alerts; a pending one does not fire."""
    if answer["status"] != "success":
        raise MeasurementError("Prometheus did not answer with its alerts")
    return [alert["labels"] for alert in answer["data"]["alerts"] if alert["state"] == "firing"]


def from_alertmanager(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of alerts that notify people; a silenced or inhibited one does not."""
    return [alert["labels"] for alert in answer if alert["status"]["state"] != "suppressed"]


SOURCES: dict[str, tuple[str, Callable[[Any], list[Mapping[str, str]]]]] = {
    "prometheus": ("/api/v1/alerts", from_prometheus),
    "alertmanager": ("/api/v2/alerts", from_alertmanager),
    "grafana": ("/api/alertmanager/grafana/api/v2/alerts", from_alertmanager),
}


class AlertsProbe(Probe):
    """`wanted`: the labels that the alert must have, its name among them."""

    def __init__(self, endpoint: Endpoint, source: str, wanted: Mapping[str, str]) -> None:
        self._endpoint, self._firing, self._wanted = endpoint, SOURCES[source][1], wanted

    @override
    async def read(self) -> Measurement:
        answer = (await self._endpoint.get()).json()
        try:
            firing = any(self._wanted.items() <= labels.items() for labels in self._firing(answer))
        except (KeyError, TypeError, AttributeError):
            raise MeasurementError("the answer is no list of alerts") from None
        return Measurement(1.0 if firing else 0.0, 1)

    @override
    async def close(self) -> None: ...


def open_alerts(binding: SignalBinding, web: HttpClient) -> Probe:
    source = settings.text(binding, "from")
    if source not in SOURCES:
        raise settings.settings_error(binding, f"`from: {source}` is not known: {' or '.join(SOURCES)}")
    wanted = {**settings.labels(binding), "alertname": settings.text(binding, "alert")}
    return AlertsProbe(settings.endpoint(binding, web, SOURCES[source][0]), source, wanted)
