"""Runs the proxy: API and traffic in one loop, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from gameday import atomic_file
from gameday.errors import BadArguments
from gameday.proxy import address, config_file, startup_checks
from gameday.proxy.api_auth import AccessPolicy
from gameday.proxy.api_token import token_for
from gameday.proxy.connection_limit import check_descriptors
from gameday.proxy.errors import ApiError
from gameday.proxy.event_loop import Loop
from gameday.proxy.graceful_shutdown import drain
from gameday.proxy.http_api import api
from gameday.proxy.http_connection_limits import LimitedHttpConnection
from gameday.proxy.metrics import NONE, MetricsSelection
from gameday.proxy.proxy_collection import ProxyCollection, ProxyEntry
from gameday.proxy.request_fields import Body
from gameday.proxy.state_file import State


@dataclass(frozen=True, slots=True)
class Options:
    """Where the API listens (port 0: any free one), what to start with, and the file that gets the URL."""

    host: str = "127.0.0.1"
    port: int = 8474
    config: Path | None = None
    announce: Path | None = None
    seed: int | None = None
    token_file: Path | None = None
    metrics: MetricsSelection = NONE
    state: Path | None = None


def run(options: Options) -> None:
    """Serve until told to end. Prints one line with the URL when ready. GamedayError when it cannot start."""
    logging.basicConfig(format="%(asctime)s.%(msecs)03d gameday proxy: %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    logging.getLogger("gameday.proxy").setLevel(logging.INFO)
    check_descriptors()
    for option, file in (("--announce", options.announce), ("--state", options.state)):
        startup_checks.check_file(option, file)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_serve(options, config_file.read(options.config) if options.config else []))


class _Server(uvicorn.Server):
    """uvicorn, told when to end by us: its own handlers would raise the signal again after the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(options: Options, wanted: list[Body]) -> None:
    at = await startup_checks.resolve_api_address(options.host, options.port)
    access = AccessPolicy(await token_for(options.host, options.token_file), options.host)
    sock = startup_checks.open_api_socket(at)
    proxies = ProxyCollection(options.seed)
    state = State(proxies, options.state)
    server = _Server(_settings(api(state, access, options.metrics)))
    url = f"http://{address.bound_to(sock)}"
    hurry = asyncio.Event()
    _on_signals(server, hurry)
    try:
        await state.restore()
        await _populate(proxies, wanted, options.config)
        serving = asyncio.create_task(server.serve([sock]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        with _announced(options.announce, url):
            _say(url)
            await serving
    finally:
        sock.close()
        await drain(proxies, hurry)


def _say(url: str) -> None:
    """One line, which scripts read; whoever sits at a terminal is told the way out too."""
    print(f"gameday proxy: {url}", flush=True)
    if sys.stdout.isatty():
        print("Ctrl-C ends it; so does closing this terminal.", flush=True)


def _on_signals(server: uvicorn.Server, hurry: asyncio.Event) -> None:
    """The first one ends the server once all has arrived, the second at once."""

    def end() -> None:
        if server.should_exit:
            hurry.set()
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)


def _settings(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=LimitedHttpConnection,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


async def _populate(proxies: ProxyCollection, wanted: list[Body], file: Path | None) -> None:
    done: list[ProxyEntry] = []
    try:
        await proxies.populate(wanted, done)
    except ApiError as error:
        raise config_file.not_had(file, wanted[len(done)], error) from None


@contextlib.contextmanager
def _announced(file: Path | None, url: str) -> Iterator[None]:
    """The URL in the file, whole or not at all, while we can be asked there."""
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
