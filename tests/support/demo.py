"""Looking at a demo from outside, and waiting for what must come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gameday.demo.demo_record import Demo
from gameday.demo.http_json import ask


def until(reached: Callable[[], bool], within: float = 60.0) -> None:
    """Wait for it; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not reached():
        assert time.monotonic() < deadline, f"did not come within {within} s"
        time.sleep(0.05)


def stats(demo: Demo) -> dict[str, Any]:
    """What the load says now."""
    found: dict[str, Any] = ask(f"{demo.load_url}/stats")
    return found


def p95(demo: Demo) -> float:
    """The journey's p95 of the last 3 s; nothing measured is endlessly slow."""
    measured = stats(demo)["journey"]["p95"]
    return float("inf") if measured is None else float(measured)


def settled(demo: Demo, at_most: float, after: int = 0) -> float:
    """Wait until the p95 of 16 journeys or more is at most that, `after` more have ended; returns it."""
    before = stats(demo)["journey"]["total"]

    def calm() -> bool:
        journey = stats(demo)["journey"]
        return bool(journey["n"] >= 16 and journey["p95"] <= at_most and journey["total"] >= before + after)

    until(calm)
    return p95(demo)


def late(demo: Demo, milliseconds: int) -> None:
    """Set the latency toxic of the database's proxy; 0 takes it away."""
    _toxic(
        demo, demo.proxy_name, "late", {"type": "latency", "attributes": {"latency": milliseconds}}, milliseconds > 0
    )


def silent(demo: Demo, proxy: str, on: bool) -> None:
    """Nothing passes that proxy, and nobody is told."""
    _toxic(demo, proxy, "silent", {"type": "timeout", "attributes": {"timeout": 0}}, on)


def turned(demo: Demo, proxy: str, on: bool) -> None:
    """The proxy on, or off: connections are refused."""
    ask(f"{demo.proxy_url}/proxies/{proxy}", {"enabled": on})


def firing(demo: Demo) -> set[str]:
    """The demo's alerts that fire."""
    alerts = ask(f"{demo.load_url}/api/v1/alerts")["data"]["alerts"]
    return {str(one["labels"]["alertname"]) for one in alerts if one["state"] == "firing"}


def _toxic(demo: Demo, proxy: str, name: str, toxic: dict[str, Any], there: bool) -> None:
    """Taken away, and made anew where it is to be there."""
    import http.client

    place = f"/proxies/{proxy}/toxics"
    connection = http.client.HTTPConnection(demo.proxy_url.removeprefix("http://"), timeout=5)
    connection.request("DELETE", f"{place}/{name}")
    connection.getresponse().read()
    connection.close()
    if there:
        ask(f"{demo.proxy_url}{place}", {"name": name} | toxic)
