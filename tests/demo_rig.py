"""Looking at a demo from outside, and waiting for what must come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gameday.demo.ask import ask
from gameday.demo.record import Demo


def until(reached: Callable[[], bool], within: float = 20.0) -> None:
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
    """Set the proxy's latency toxic; 0 takes it away."""
    import http.client

    place = f"/proxies/{demo.proxy_name}/toxics"
    connection = http.client.HTTPConnection(demo.proxy_url.removeprefix("http://"), timeout=5)
    connection.request("DELETE", f"{place}/late")
    connection.getresponse().read()
    connection.close()
    if milliseconds:
        ask(f"{demo.proxy_url}{place}", {"name": "late", "type": "latency", "attributes": {"latency": milliseconds}})
