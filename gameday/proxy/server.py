"""The proxy server from start to shutdown: checks, API and traffic in one loop, draining."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gameday import atomic_file
from gameday.errors import BadArguments, Refused
from gameday.proxy import address, config_file, sockets
from gameday.proxy.api_auth import load_policy
from gameday.proxy.api_server import ApiServer
from gameday.proxy.connection_limit import check_descriptors
from gameday.proxy.errors import ApiError
from gameday.proxy.event_loop import ProxyLoop
from gameday.proxy.http_api import create_app
from gameday.proxy.metrics import NO_METRICS, MetricsSelection
from gameday.proxy.proxy_collection import ProxyCollection, ProxyEntry
from gameday.proxy.request_fields import Body
from gameday.proxy.shutdown import close_proxies
from gameday.proxy.state_file import StateFile

log = logging.getLogger("gameday.proxy")

SHUTDOWN_SIGNALS = (signal.SIGTERM, signal.SIGINT)
STARTUP_POLL_S = 0.005


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Options of the command line.

    `port` 0: any free one; `announce`: the file to write the URL to; `allow_unix`: sockets that may be upstreams;
    `allow_from`, `allow_host`: networks of clients without a token, and names of this server in their requests."""

    host: str = address.LOOPBACK
    port: int = 8474
    config: Path | None = None
    announce: Path | None = None
    seed: int | None = None
    token_file: Path | None = None
    metrics: MetricsSelection = NO_METRICS
    state: Path | None = None
    allow_unix: tuple[Path, ...] = ()
    allow_from: tuple[str, ...] = ()
    allow_host: tuple[str, ...] = ()


def run_server(options: ServerOptions) -> None:
    """Serve until SIGTERM or SIGINT; print the URL when ready.

    Raises GamedayError if it cannot start."""
    logging.basicConfig(format="%(asctime)s.%(msecs)03d gameday proxy: %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    log.setLevel(logging.INFO)
    check_descriptors()
    for option, file in (("--announce", options.announce), ("--state", options.state)):
        _require_writable(option, file)
    with asyncio.Runner(loop_factory=ProxyLoop) as runner:
        runner.run(_serve(options, config_file.load_proxies(options.config) if options.config else []))


async def _serve(options: ServerOptions, configured: list[Body]) -> None:
    listen = await _resolve_api_address(options.host, options.port)
    policy = await load_policy(options.host, options.token_file, options.allow_from, options.allow_host)
    sock = _open_api_socket(listen)
    proxies = ProxyCollection(options.seed, options.allow_unix)
    state = StateFile(proxies, options.state)
    server = ApiServer(create_app(state, policy, options.metrics))
    hurry = asyncio.Event()
    _handle_signals(server, hurry)
    try:
        await state.restore()
        await _populate(proxies, configured, options.config)
        await _serve_api(server, sock, options.announce)
    finally:
        sock.close()
        await close_proxies(proxies, hurry)
        _ignore_signals()


async def _serve_api(server: ApiServer, sock: socket.socket, announce: Path | None) -> None:
    serving = asyncio.create_task(server.serve([sock]))
    while not server.started and not serving.done():
        await asyncio.sleep(STARTUP_POLL_S)
    url = f"http://{sockets.bound_address(sock)}"
    with _announced_url(announce, url):
        _print_url(url)
        await serving


async def _populate(proxies: ProxyCollection, configured: list[Body], file: Path | None) -> None:
    completed: list[ProxyEntry] = []
    try:
        await proxies.populate(configured, completed)
    except ApiError as error:
        raise config_file.creation_error(file, configured[len(completed)], error) from None


def _handle_signals(server: ApiServer, hurry: asyncio.Event) -> None:
    """Shut down at the first signal; at the second, without delivering what is in flight."""

    def shut_down() -> None:
        if server.should_exit:
            hurry.set()
        server.should_exit = True

    for number in SHUTDOWN_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, shut_down)


def _ignore_signals() -> None:
    """Keep the exit code: a signal after the shutdown would kill the process before it exits."""
    for number in SHUTDOWN_SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


def _print_url(url: str) -> None:
    """Print one line for scripts and, on a terminal, how to stop."""
    print(f"gameday proxy: {url}", flush=True)
    if sys.stdout.isatty():
        print("Press Ctrl-C to stop. Closing this terminal stops it too.", flush=True)


@contextlib.contextmanager
def _announced_url(file: Path | None, url: str) -> Iterator[None]:
    """Keep the URL in the file while the API is served."""
    if file is None:
        yield
        return
    try:
        atomic_file.write_atomically(file, url + "\n")
    except OSError as error:
        raise BadArguments(f"--announce {file}: {error.strerror}") from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if file.read_text() == url + "\n":
                file.unlink()


def _require_writable(option: str, file: Path | None) -> None:
    """Raise BadArguments if the file could not be written later."""
    if file is None:
        return
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BadArguments(f"{option} {file}: folder {folder} does not exist", "Create it, or choose another.")
    if file.is_dir():
        raise BadArguments(f"{option} {file}: is a folder", "Name a file in it.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadArguments(f"{option} {file}: folder {folder} is not writable", "Choose another.")


async def _resolve_api_address(host: str, port: int) -> str:
    try:
        return await address.resolve(address.join_host_port(host, port))
    except ApiError as error:
        reason = error.text.removeprefix("listen tcp: ")
        hint = "Choose another --host or --port. Without --host, only this machine can connect."
        raise BadArguments(f"--host {host} --port {port}: {reason}", hint) from None


def _open_api_socket(listen: str) -> socket.socket:
    try:
        return sockets.open_listening_socket(listen)
    except ApiError as error:
        hint = "Choose another --port (--port 0: any free one) or another --host."
        raise Refused(error.text, hint) from None
