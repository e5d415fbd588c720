"""Trying a signal's probe once, or until its counters have moved; and a look at what an address answers with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.model import SignalBinding
    from gameday.plugins.probe import Measurement

WITHIN = 2.0
"""Seconds for a look at an address."""
MOST_NUMBERS = 24
READS_OF_COUNTERS = 4
"""Each as long after the other as the drill would ask; the first only begins to count."""


def measured(binding: SignalBinding) -> Measurement:
    """What the probe answers; never raises."""
    from gameday.plugins.probe import Measurement

    try:
        return asyncio.run(_measured(binding))
    except BadArguments as bad:
        return Measurement(None, 0, bad.wrong)


async def _measured(binding: SignalBinding) -> Measurement:
    from gameday.signals.probe_registry import open_probe

    probe = open_probe(binding)
    try:
        found = await probe.read()
        for _ in range(READS_OF_COUNTERS - 1 if binding.settings.get("good_count") else 0):
            if found.value is not None:
                break
            await asyncio.sleep(min(binding.every, WITHIN))
            found = await probe.read()
        return found
    finally:
        await probe.close()


def numbers_at(url: str) -> list[str]:
    """The paths of the numbers in the JSON that the address answers with; empty when it answers with anything else."""
    return list(_paths(_look(url), ""))[:MOST_NUMBERS]


def alerts_at(url: str) -> list[str]:
    """The names of the alerts that this Prometheus knows; empty where it cannot be asked."""
    from gameday.cli.init.server_probes import known_alerts

    base = f"{url.rstrip('/')}/api/v1"
    try:
        return list(known_alerts(_look(f"{base}/alerts"), _look(f"{base}/rules?type=alert")))
    except (KeyError, TypeError, AttributeError):
        return []


def _look(url: str) -> Any:
    """The JSON at an address, or None."""
    from gameday.clients.http_client import HttpClient, RequestError

    async def get() -> Any:
        web = HttpClient()
        try:
            return (await web.get(url, WITHIN)).json()
        except RequestError:
            return None
        finally:
            await web.close()

    return asyncio.run(get())


def _paths(answer: Any, path: str) -> Iterator[str]:
    if isinstance(answer, dict | list):
        pairs = answer.items() if isinstance(answer, dict) else enumerate(answer)
        for key, one in pairs:
            if (step := str(key)).isprintable() and "." not in step and path.count(".") < 8:
                yield from _paths(one, f"{path}.{step}" if path else step)
    elif isinstance(answer, int | float) and not isinstance(answer, bool) and path:
        yield path
