"""The alerts probe: 1 while the team's own alert fires, else 0; from Prometheus, Alertmanager or Grafana."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.clients.request_errors import NoResponse, RequestError
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.alert_sources import SOURCES
from gameday.signals.settings import ProbeEndpoint

MAX_SHOWN_RULES = 5


class AlertsProbe(Probe):
    """`wanted`: the labels that the alert must have, its name among them.

    An alert that no rule defines is silent for ever: where the source knows its rules, that is no reading."""

    def __init__(
        self, alerts: ProbeEndpoint, rules: ProbeEndpoint | None, source: str, wanted: Mapping[str, str]
    ) -> None:
        self._alerts, self._rules, self._wanted = alerts, rules, wanted
        self._firing = SOURCES[source].parse

    @override
    async def read(self) -> Measurement:
        answer = (await self._alerts.get()).json()
        try:
            firing = any(self._wanted.items() <= labels.items() for labels in self._firing(answer))
        except (KeyError, TypeError, AttributeError):
            raise MeasurementError("the response is not a list of alerts") from None
        if not firing and self._rules is not None:
            await self._require_rule(self._rules)
        return Measurement(1.0 if firing else 0.0, 1)

    @override
    async def close(self) -> None: ...

    async def _require_rule(self, source: ProbeEndpoint) -> None:
        """Look until a rule of this name was seen. A server that does not tell its rules is believed."""
        try:
            rules = list(_alerting_rules((await source.get()).json()))
        except NoResponse:
            return
        except (RequestError, KeyError, TypeError, AttributeError):
            self._rules = None
            return
        name = self._wanted["alertname"]
        named = [rule for rule in rules if rule["name"] == name]
        if not named:
            raise MeasurementError(f"Prometheus has no alerting rule {name}{_known(rules)}")
        if all(rule.get("health") == "err" for rule in named):
            raise MeasurementError(f"Prometheus cannot evaluate the rule {name}: {named[0].get('lastError', '')}")
        self._rules = None


def _alerting_rules(answer: Any) -> Iterator[Mapping[str, str]]:
    for group in answer["data"]["groups"]:
        for rule in group["rules"]:
            if rule.get("type", "alerting") == "alerting" and rule["name"]:
                yield rule


def _known(rules: list[Mapping[str, str]]) -> str:
    """Return ` (it has: A, B, ...)`, or that there are none."""
    names = sorted({rule["name"] for rule in rules})
    more = ", ..." if len(names) > MAX_SHOWN_RULES else ""
    return f" (it has: {', '.join(names[:MAX_SHOWN_RULES])}{more})" if names else ": it has no alerting rules"


def open_alerts(binding: SignalBinding, web: HttpClient) -> Probe:
    source = settings.required_text(binding, "from")
    if source not in SOURCES:
        raise settings.settings_error(binding, f"unknown `from: {source}`: use {' or '.join(SOURCES)}")
    wanted = {**settings.optional_labels(binding), "alertname": settings.required_text(binding, "alert")}
    paths = SOURCES[source]
    rules = settings.endpoint(binding, web, paths.rules) if paths.rules else None
    return AlertsProbe(settings.endpoint(binding, web, paths.alerts), rules, source, wanted)
