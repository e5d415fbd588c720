"""A server whose proxies and toxics are fixed at its start: `python -m gameday.proxy.fixed_server`.

It has no API, so nobody can change them, and a restart brings them back. The environment says what it does (see
`ServerPlan`). It listens only once every upstream has accepted a connection. At SIGTERM it passes traffic unchanged for
a while, so that clients that are still directed here notice nothing, and then closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys

from gameday.errors import Exit, Refused
from gameday.proxy import address
from gameday.proxy.connection_limit import check_descriptors
from gameday.proxy.errors import ApiError
from gameday.proxy.event_loop import ProxyLoop
from gameday.proxy.proxy_collection import ProxyCollection
from gameday.proxy.server_plan import PLAN_VARIABLE, UPSTREAM_VARIABLE, ServerPlan
from gameday.proxy.shutdown import close_proxies, has_connections

log = logging.getLogger("gameday.proxy")

DIAL_TIMEOUT_S, DIAL_PAUSE_S = 1.0, 0.1
MIN_DRAIN_S = 1.0
"""New clients may still be directed here for so long after the endpoints of a Service have changed."""
DRAIN_POLL_S = 0.05


def main() -> int:
    """Serve until SIGTERM, and return the exit code."""
    logging.basicConfig(format="%(asctime)s.%(msecs)03d %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    log.setLevel(logging.INFO)
    try:
        plan, host = ServerPlan.decode(os.environ.get(PLAN_VARIABLE, "")), os.environ.get(UPSTREAM_VARIABLE, "")
        check_descriptors()
        with asyncio.Runner(loop_factory=ProxyLoop) as runner:
            runner.run(_serve(plan, host))
    except (Refused, ApiError) as error:
        print(f"gameday proxy: {error}", file=sys.stderr)
        return Exit.REFUSED
    return Exit.HELD


async def _serve(plan: ServerPlan, host: str) -> None:
    stop, hurry = asyncio.Event(), asyncio.Event()
    _handle_signals(stop, hurry)
    proxies = ProxyCollection()
    starting = asyncio.create_task(_start(plan, host, proxies))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        starting.cancel()
        return
    ready = starting.result()
    await stop.wait()
    ready.close()
    await _drain(proxies, plan.drain, hurry)
    await close_proxies(proxies, hurry)


def _handle_signals(stop: asyncio.Event, hurry: asyncio.Event) -> None:
    """Shut down at the first signal; at the second, at once."""

    def shut_down() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, shut_down)


async def _start(plan: ServerPlan, host: str, proxies: ProxyCollection) -> asyncio.Server:
    """Wait for the upstreams, listen, and return the listener that shows it."""
    await asyncio.gather(*(_wait_for_upstream(host, port) for port in set(plan.ports.values())))
    for listen, upstream in plan.ports.items():
        name = str(listen)
        await proxies.create({
            "name": name, "listen": address.join_host_port("0.0.0.0", listen),  # noqa: S104 - the pod's own network
            "upstream": address.join_host_port(host, upstream),
        })  # fmt: skip
        proxies.add_toxic(name, plan.toxic)
    return await asyncio.start_server(_close_client, "0.0.0.0", plan.ready_port)  # noqa: S104 - as above


async def _wait_for_upstream(host: str, port: int) -> None:
    reported = False
    while True:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), DIAL_TIMEOUT_S)
        except (OSError, TimeoutError) as error:
            if not reported:
                log.warning("waiting for %s port %d: %s", host, port, str(error) or "no answer")
            reported = True
            await asyncio.sleep(DIAL_PAUSE_S)
            continue
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return


def _close_client(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _drain(proxies: ProxyCollection, seconds: float, hurry: asyncio.Event) -> None:
    """Pass traffic unchanged until nobody is connected, at most so long; new clients are still accepted."""
    for proxy in proxies.proxies():
        proxy.remove_all_toxics()
    now = asyncio.get_running_loop().time
    start = now()
    while not hurry.is_set() and now() - start < seconds:
        if now() - start >= MIN_DRAIN_S and not has_connections(proxies):
            return
        await asyncio.sleep(DRAIN_POLL_S)


if __name__ == "__main__":
    sys.exit(main())
