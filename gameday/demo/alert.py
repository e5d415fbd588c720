"""The demo's own alert rules, served as Prometheus's /api/v1/alerts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

PENDING_S = 5.0


@dataclass(slots=True)
class Rule:
    """An alert on a value above a limit for 5 s. A broken rule never fires (`--break-alert`)."""

    name: str
    limit: float
    summary: str
    broken: bool = False
    _above_since: float | None = None
    _active_at: str = ""
    _value: float = 0.0

    def evaluate(self, now: float, value: float | None) -> None:
        """Update the rule with the newest value; None (no reading) counts as below the limit."""
        if self.broken or value is None or value <= self.limit:
            self._above_since = None
            return
        self._value = value
        if self._above_since is None:
            self._above_since = now
            self._active_at = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def state(self, now: float) -> str:
        """Return `inactive`, `pending` or `firing`."""
        if self._above_since is None:
            return "inactive"
        return "firing" if now - self._above_since >= PENDING_S else "pending"

    def as_prometheus(self, now: float) -> dict[str, object]:
        """Return the alert in the shape of Prometheus's API."""
        return {
            "labels": {"alertname": self.name, "severity": "page", "journey": "checkout"},
            "annotations": {"summary": self.summary},
            "state": self.state(now),
            "activeAt": self._active_at,
            "value": f"{self._value:e}",
        }


def journey_slow(broken: bool = False) -> Rule:
    """Return the rule `p95 > 1 s for 5 s`."""
    return Rule("JourneySlow", 1.0, "The checkout is slow: its p95 is above 1 s.", broken)


def journey_failing(broken: bool = False) -> Rule:
    """Return the rule `failed / all > 10 % for 5 s`."""
    return Rule("JourneyFailing", 0.1, "The checkout is failing: more than 10 % of checkouts end in an error.", broken)


def format_alerts(rules: Iterable[Rule], now: float) -> dict[str, object]:
    """Return Prometheus's response to GET /api/v1/alerts, which lists pending and firing alerts only."""
    alerts = [rule.as_prometheus(now) for rule in rules if rule.state(now) != "inactive"]
    return {"status": "success", "data": {"alerts": alerts}}
