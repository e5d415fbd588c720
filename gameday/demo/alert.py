"""The demo's own alert rules, and their answer in the shape of Prometheus's /api/v1/alerts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FOR = 5.0


@dataclass(slots=True)
class Rule:
    """A value above a limit for 5 s. A broken rule never fires; that is what `--break-alert` is for."""

    name: str
    above: float
    summary: str
    broken: bool = False
    _since: float | None = None
    _began: str = ""
    _value: float = 0.0

    def evaluate(self, now: float, value: float | None) -> None:
        """Look at the newest value (None where nobody is there, which is not above)."""
        if self.broken or value is None or value <= self.above:
            self._since = None
            return
        self._value = value
        if self._since is None:
            self._since = now
            self._began = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def state(self, now: float) -> str:
        """`inactive`, `pending` or `firing`."""
        if self._since is None:
            return "inactive"
        return "firing" if now - self._since >= FOR else "pending"

    def alert(self, now: float) -> dict[str, object]:
        """As Prometheus shows one that is pending or firing."""
        return {
            "labels": {"alertname": self.name, "severity": "page", "journey": "checkout"},
            "annotations": {"summary": self.summary},
            "state": self.state(now),
            "activeAt": self._began,
            "value": f"{self._value:e}",
        }


def journey_slow(broken: bool = False) -> Rule:
    """`p95 > 1 s for 5 s`."""
    return Rule("JourneySlow", 1.0, "The checkout is slow: its p95 is above 1 s.", broken)


def journey_failing(broken: bool = False) -> Rule:
    """`failed / all > 10 % for 5 s`."""
    return Rule("JourneyFailing", 0.1, "The checkout fails: more than one in ten does not get through.", broken)


def answer(rules: Iterable[Rule], now: float) -> dict[str, object]:
    """As Prometheus answers GET /api/v1/alerts: only what is pending or firing is listed."""
    alerts = [rule.alert(now) for rule in rules if rule.state(now) != "inactive"]
    return {"status": "success", "data": {"alerts": alerts}}
