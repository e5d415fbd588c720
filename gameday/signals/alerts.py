"""The alerts probe: 1 while the team's own alert fires, else 0; from Prometheus or Alertmanager."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient, NoResponse, RequestError
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings

RULES_PATH = "/api/v1/rules?type=alert"
MAX_SHOWN_RULES = 5


def parse_prometheus_alerts(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of firing alerts; a pending one does not fire."""
    if answer["status"] != "success":
        raise MeasurementError("Prometheus did not answer with its alerts")
    return [alert["labels"] for alert in answer["data"]["alerts"] if alert["state"] == "firing"]


def parse_alertmanager_alerts(answer: Any) -> list[Mapping[str, str]]:
    """Return the labels of alerts that notify people; a silenced or inhibited one does not."""
    return [alert["labels"] for alert in answer if alert["status"]["state"] != "suppressed"]


SOURCES: dict[str, tuple[str, Callable[[Any], list[Mapping[str, str]]]]] = {
    "prometheus": ("/api/v1/alerts", parse_prometheus_alerts),
    "alertmanager": ("/api/v2/alerts", parse_alertmanager_alerts),
}


class AlertsProbe(Probe):
    """`wanted`: the labels that the alert must have, its name among them.

    An alert that no rule defines is silent for ever: where the source knows its rules, that is no reading."""

    def __init__(self, web: HttpClient, url: str, timeout: float, source: str, wanted: Mapping[str, str]) -> None:
        path, self._firing = SOURCES[source]
        self._web, self._url, self._timeout, self._wanted = web, url.rstrip("/") + path, timeout, wanted
        self._rules_url = url.rstrip("/") + RULES_PATH if source == "prometheus" else ""

    @override
    async def read(self) -> Measurement:
        answer = (await self._web.get(self._url, self._timeout)).json()
        try:
            firing = any(self._wanted.items() <= labels.items() for labels in self._firing(answer))
        except (KeyError, TypeError, AttributeError):
            raise MeasurementError("the answer is no list of alerts") from None
        if not firing and self._rules_url:
            await self._require_rule()
        return Measurement(1.0 if firing else 0.0, 1)

    @override
    async def close(self) -> None: ...

    async def _require_rule(self) -> None:
        """Look until a rule of this name was seen. A server that does not tell its rules is believed."""
        try:
            rules = list(_alerting_rules((await self._web.get(self._rules_url, self._timeout)).json()))
        except NoResponse:
            return
        except (RequestError, KeyError, TypeError, AttributeError):
            self._rules_url = ""
            return
        name = self._wanted["alertname"]
        named = [rule for rule in rules if rule["name"] == name]
        if not named:
            raise MeasurementError(f"Prometheus has no alerting rule {name}{_known(rules)}")
        if all(rule.get("health") == "err" for rule in named):
            raise MeasurementError(f"Prometheus cannot evaluate the rule {name}: {named[0].get('lastError', '')}")
        self._rules_url = ""


def _alerting_rules(answer: Any) -> Iterator[Mapping[str, str]]:
    for group in answer["data"]["groups"]:
        for rule in group["rules"]:
            if rule.get("type", "alerting") == "alerting" and rule["name"]:
                yield rule


def _known(rules: list[Mapping[str, str]]) -> str:
    """Return ` (it has: A, B, ...)`, or nothing if there are no rules."""
    names = sorted({rule["name"] for rule in rules})
    more = ", ..." if len(names) > MAX_SHOWN_RULES else ""
    return f" (it has: {', '.join(names[:MAX_SHOWN_RULES])}{more})" if names else " and no other"


def open_alerts(binding: SignalBinding, web: HttpClient) -> Probe:
    source = settings.required_text(binding, "from")
    if source not in SOURCES:
        raise settings.settings_error(binding, f"`from: {source}` is not known: {' or '.join(SOURCES)}")
    wanted = {**settings.optional_labels(binding), "alertname": settings.required_text(binding, "alert")}
    return AlertsProbe(web, settings.required_text(binding, "url"), settings.read_timeout_s(binding), source, wanted)
