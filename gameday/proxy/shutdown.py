"""The end of a proxy server: what is in flight is delivered before its connections close."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from gameday.proxy.proxy_collection import ProxyCollection

log = logging.getLogger("gameday.proxy")

KERNEL_DRAIN_S = 0.1
"""Time in which what the kernel has already received is read and passed on."""
MAX_DRAIN_S = 3.0
"""Connections whose peers do not read are closed after this time."""
DRAIN_POLL_S = 0.01


async def close_proxies(proxies: ProxyCollection, hurry: asyncio.Event) -> None:
    """Stop accepting, deliver what is in flight, and close; at once when `hurry` is set."""
    for proxy in proxies.proxies():
        proxy.drain()
    if has_connections(proxies):
        text = "shutting down: delivering data in flight for up to %g s; press Ctrl-C again to stop now"
        log.info(text, MAX_DRAIN_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), KERNEL_DRAIN_S)
    for proxy in proxies.proxies():
        proxy.close_when_flushed()
    deadline = asyncio.get_running_loop().time() + MAX_DRAIN_S
    while has_connections(proxies) and not hurry.is_set() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(DRAIN_POLL_S)
    proxies.close()
    await asyncio.sleep(0)  # sockets are closed in the loop's next turn


def has_connections(proxies: ProxyCollection) -> bool:
    """Return True if a client of any proxy is connected."""
    return any(proxy.has_connections for proxy in proxies.proxies())
