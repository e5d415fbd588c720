"""The end of the server: no new connections, and what is on its way arrives before the old ones close."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from gameday.proxy.proxy_collection import ProxyCollection

log = logging.getLogger("gameday.proxy")

SETTLE = 0.1
"""Seconds in which what the kernel has already is read and passed on."""
MOST = 3.0
"""Seconds after which peers that do not read are cut off."""
LOOK = 0.01


async def drain(proxies: ProxyCollection, hurry: asyncio.Event) -> None:
    """Returns when all is closed, at the latest after MOST seconds, or at once when `hurry` is set."""
    for proxy in proxies.all():
        proxy.release()
    if _is_busy(proxies):
        log.info("ends: what is on its way still arrives, for at most %g s; Ctrl-C once more ends it at once", MOST)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), SETTLE)
    for proxy in proxies.all():
        proxy.finish()
    until = asyncio.get_running_loop().time() + MOST
    while _is_busy(proxies) and not hurry.is_set() and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(LOOK)
    proxies.close()
    await asyncio.sleep(0)  # the closed connections' sockets go in the loop's next turn


def _is_busy(proxies: ProxyCollection) -> bool:
    return any(proxy.is_busy for proxy in proxies.all())
