"""Base of the injector's conformance tests: one proxy on one server, and every fault with its parameters."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.proxy import Proxied, Server

from gameday.errors import Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.faults import KINDS
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence

FAULTS: list[tuple[str, dict[str, Json]]] = [
    ("latency", {"delay": "200ms", "jitter": "10ms"}),
    ("latency", {"delay": "200ms", "connect": True}),
    ("jitter", {"delay": "200ms"}),
    ("bandwidth", {"rate": "100KB/s"}),
    ("outage", {}),
    ("outage", {"seen_as": "silent"}),
    ("outage", {"seen_as": "new-refused"}),
    ("reset", {}),
    ("timeout", {}),
    ("timeout", {"after": "1s"}),
    ("slice", {"size": "100B", "variation": "99B", "delay": "1ms"}),
    ("slice", {"size": "1B"}),
    ("limit", {"bytes": "64KB"}),
    ("limit", {"bytes": "0B"}),
    ("slow-close", {"delay": "2s"}),
]
"""Every kind, and each way of it that becomes another toxic or goes to the edge of what is allowed."""


def soon(seconds: float = 5.0) -> Deadline:
    return Deadline.after(seconds)


@dataclass
class Stand:
    """One proxy on one server, and the injector that is to break it."""

    server: Server
    proxied: Proxied
    is_ours: bool
    mark: str = field(default_factory=lambda: f"gd-{secrets.token_hex(6)}")

    @property
    def binding(self) -> Binding:
        return Binding("test", "database", "toxiproxy", {"url": str(self.server.http.base_url), "proxy": "db"})

    def plan(self, kind: str, **params: Json) -> Intent:
        return ToxiproxyInjector().plan(Fault("f", kind, "database", params), self.binding, self.mark, soon())

    def possible(self, kind: str, params: dict[str, Json]) -> Intent | None:
        """Return the intent; None where the server lacks an extension that the fault needs.

        In that case require that the fault is refused and nothing changes.
        """
        before, need = self.shown(), KINDS[kind].read(params).needs
        if need is not None and need.extension not in self.extensions():
            refused = _refusal(lambda: self.plan(kind, **params))
            assert "target database" in refused.wrong and need.what in refused.wrong and need.instead in refused.todo
            assert self.shown() == before
            return None
        intent = self.plan(kind, **params)
        if self.takes(kind, params):
            return intent
        self._hold_refused(intent, before)
        return None

    def _hold_refused(self, intent: Intent, before: dict[str, Any]) -> None:
        injector = ToxiproxyInjector()
        applied = injector.apply(intent, soon())
        assert applied.outcome is ApplyOutcome.REFUSED and "invalid toxic type" in applied.reason
        assert injector.presence(intent, soon()) is Presence.ABSENT
        assert self.shown() == before

    def extensions(self) -> list[str]:
        answer = self.server.http.get("/version")
        known: list[str] = answer.json().get("extensions", []) if answer.text.startswith("{") else []
        return known

    def takes(self, kind: str, params: dict[str, Json]) -> bool:
        """Return True if the server has that toxic type, tried with a toxicity of zero."""
        toxic = KINDS[kind].read(params).toxic() | {"name": "probe", "toxicity": 0}
        answer = self.server.http.post("/proxies/db/toxics", json=toxic)
        if answer.status_code == 200:
            assert self.server.http.delete("/proxies/db/toxics/probe").status_code == 204
            return True
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid toxic type")
        return False

    def change(self, what: str, to: dict[str, Json]) -> None:
        """As a person would, with another client."""
        assert self.server.http.post(f"/proxies/db{what}", json=to).status_code == 200

    def replace_toxic(self, name: str) -> bool:
        """As a person would: another toxic under the same name. Our own server refuses a name that a drill used."""
        assert self.server.http.delete(f"/proxies/db/toxics/{name}").status_code == 204
        other = {"name": name, "type": "slow_close", "stream": "upstream", "attributes": {"delay": 1}}
        status = self.server.http.post("/proxies/db/toxics", json=other).status_code
        assert status in (200, 409)
        return status == 200

    def shown(self) -> dict[str, Any]:
        return {key: self.proxied.shown()[key] for key in ("enabled", "toxics", "listen", "upstream")}


def _refusal(ask: Callable[[], object]) -> Refused:
    try:
        ask()
    except Refused as refused:
        return refused
    raise AssertionError("it was not refused")
