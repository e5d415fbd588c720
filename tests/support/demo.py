"""Reads and faults of a demo from outside, with waits for an expected state."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gameday.demo.demo_record import Demo
from gameday.demo.http_json import request_json


def until(condition: Callable[[], bool], within: float = 60.0) -> None:
    """Wait for the condition; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"the condition did not come true within {within} s"
        time.sleep(0.05)


def stats(demo: Demo) -> dict[str, Any]:
    """Return the load's current statistics."""
    statistics: dict[str, Any] = request_json(f"{demo.load_url}/stats")
    return statistics


def p95(demo: Demo) -> float:
    """Return the journey's p95 over the last 3 s; infinite without measurements."""
    measured = stats(demo)["journey"]["p95"]
    return float("inf") if measured is None else float(measured)


def settled(demo: Demo, at_most: float, after: int = 0) -> float:
    """Wait for a p95 of at most that over 16 journeys, after `after` more have ended; return it."""
    before = stats(demo)["journey"]["total"]

    def is_settled() -> bool:
        journey = stats(demo)["journey"]
        return bool(journey["n"] >= 16 and journey["p95"] <= at_most and journey["total"] >= before + after)

    until(is_settled)
    return p95(demo)


def late(demo: Demo, milliseconds: int) -> None:
    """Set the latency toxic of the database's proxy; 0 removes it."""
    _toxic(
        demo, demo.proxy_name, "late", {"type": "latency", "attributes": {"latency": milliseconds}}, milliseconds > 0
    )


def silent(demo: Demo, proxy: str, on: bool) -> None:
    """Make the proxy drop all data without closing connections, or stop that."""
    _toxic(demo, proxy, "silent", {"type": "timeout", "attributes": {"timeout": 0}}, on)


def turned(demo: Demo, proxy: str, on: bool) -> None:
    """Enable the proxy, or disable it: connections are refused."""
    request_json(f"{demo.proxy_url}/proxies/{proxy}", {"enabled": on})


def firing(demo: Demo) -> set[str]:
    """Return the names of the firing alerts."""
    alerts = request_json(f"{demo.load_url}/api/v1/alerts")["data"]["alerts"]
    return {str(alert["labels"]["alertname"]) for alert in alerts if alert["state"] == "firing"}


def _toxic(demo: Demo, proxy: str, name: str, toxic: dict[str, Any], present: bool) -> None:
    """Remove the toxic, and create it again if it shall be present."""
    import http.client

    path = f"/proxies/{proxy}/toxics"
    connection = http.client.HTTPConnection(demo.proxy_url.removeprefix("http://"), timeout=5)
    connection.request("DELETE", f"{path}/{name}")
    connection.getresponse().read()
    connection.close()
    if present:
        request_json(f"{demo.proxy_url}{path}", {"name": name} | toxic)
