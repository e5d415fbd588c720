"""Servers that the alerts probe can ask: their paths, and how their answers read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gameday.plugins.probe import MeasurementError

RULES_PATH = "/api/v1/rules?type=alert"


def parse_prometheus_alerts(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of firing alerts; a pending one does not fire."""
    if answer["status"] != "success":
        raise MeasurementError("Prometheus returned no alerts")
    return [alert["labels"] for alert in answer["data"]["alerts"] if alert["state"] == "firing"]


def parse_alertmanager_alerts(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of alerts that notify people; a silenced or inhibited one does not."""
    return [alert["labels"] for alert in answer if alert["status"]["state"] != "suppressed"]


@dataclass(frozen=True, slots=True)
class AlertSource:
    """Paths of the alerts and, where it tells them, of the rules of a server; `parse` returns the firing alerts.

    `usual_url`: the default address of such a server."""

    usual_url: str
    alerts: str
    parse: Callable[[Any], list[Mapping[str, str]]]
    rules: str = ""


SOURCES: Final[Mapping[str, AlertSource]] = {
    "prometheus": AlertSource("http://127.0.0.1:9090", "/api/v1/alerts", parse_prometheus_alerts, RULES_PATH),
    "alertmanager": AlertSource("http://127.0.0.1:9093", "/api/v2/alerts", parse_alertmanager_alerts),
    "grafana": AlertSource(
        "http://127.0.0.1:3000", "/api/alertmanager/grafana/api/v2/alerts", parse_alertmanager_alerts
    ),
}
"""The values of `from`."""
