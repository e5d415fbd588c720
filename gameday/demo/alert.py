"""The demo's own alert rule, JourneySlow, and its answer in the shape of Prometheus's /api/v1/alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

ABOVE = 1.0
FOR = 5.0
NAME = "JourneySlow"


@dataclass(slots=True)
class Rule:
    """`p95 > 1 s for 5 s`. A broken rule never fires; that is what `--break-alert` is for."""

    broken: bool = False
    _slow_since: float | None = None
    _began: str = ""
    _p95: float = 0.0

    def evaluate(self, now: float, p95: float | None) -> None:
        """Look at the newest p95 (seconds; None where nobody is there, which counts as not slow)."""
        if self.broken or p95 is None or p95 <= ABOVE:
            self._slow_since = None
            return
        self._p95 = p95
        if self._slow_since is None:
            self._slow_since = now
            self._began = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def state(self, now: float) -> str:
        """`inactive`, `pending` or `firing`."""
        if self._slow_since is None:
            return "inactive"
        return "firing" if now - self._slow_since >= FOR else "pending"

    def answer(self, now: float) -> dict[str, object]:
        """As Prometheus answers GET /api/v1/alerts: only what is pending or firing is listed."""
        state = self.state(now)
        alert = {
            "labels": {"alertname": NAME, "severity": "page", "journey": "checkout"},
            "annotations": {"summary": "The checkout is slow: its p95 is above 1 s."},
            "state": state,
            "activeAt": self._began,
            "value": f"{self._p95:e}",
        }
        return {"status": "success", "data": {"alerts": [] if state == "inactive" else [alert]}}
