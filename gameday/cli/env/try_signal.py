"""Test of a signal's probe, and discovery of what an address answers with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gameday.clients.event_loop import run_async
from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.model import SignalBinding
    from gameday.plugins.probe import Measurement

REQUEST_TIMEOUT_S = 2.0
MAX_NUMBERS = 24
MAX_COUNTER_READS = 4
"""Readings are as far apart as in a drill; the first only starts the counters."""


def measure_signal(binding: SignalBinding) -> Measurement:
    """Return what the probe reads; never raises."""
    from gameday.plugins.probe import Measurement

    try:
        return run_async(_measure(binding))
    except BadArguments as error:
        return Measurement(None, 0, error.wrong)


async def _measure(binding: SignalBinding) -> Measurement:
    from gameday.signals.probe_registry import open_probe

    probe = open_probe(binding)
    try:
        measurement = await probe.read()
        for _ in range(MAX_COUNTER_READS - 1 if binding.settings.get("good_count") else 0):
            if measurement.value is not None:
                break
            await asyncio.sleep(min(binding.every, REQUEST_TIMEOUT_S))
            measurement = await probe.read()
        return measurement
    finally:
        await probe.close()


def find_numbers(url: str) -> list[str]:
    """Return the paths of the numbers in the JSON of an address; empty if it returns something else."""
    return list(_paths(_fetch_json(url), ""))[:MAX_NUMBERS]


def list_alerts(url: str) -> list[str]:
    """Return the names of the alerts of a Prometheus; empty if it does not respond."""
    from gameday.cli.init.server_probes import parse_alerts

    base = f"{url.rstrip('/')}/api/v1"
    try:
        return list(parse_alerts(_fetch_json(f"{base}/alerts"), _fetch_json(f"{base}/rules?type=alert")))
    except (KeyError, TypeError, AttributeError):
        return []


def _fetch_json(url: str) -> Any:
    """Return the JSON at an address, or None."""
    from gameday.clients.http_client import HttpClient
    from gameday.clients.request_errors import RequestError

    async def get() -> Any:
        web = HttpClient()
        try:
            return (await web.get(url, REQUEST_TIMEOUT_S)).json()
        except RequestError:
            return None
        finally:
            await web.close()

    return run_async(get())


def _paths(answer: Any, path: str) -> Iterator[str]:
    if isinstance(answer, dict | list):
        pairs = answer.items() if isinstance(answer, dict) else enumerate(answer)
        for key, child in pairs:
            if (step := str(key)).isprintable() and "." not in step and path.count(".") < 8:
                yield from _paths(child, f"{path}.{step}" if path else step)
    elif isinstance(answer, int | float) and not isinstance(answer, bool) and path:
        yield path
