"""Runs the proxy: API and traffic in one loop, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from gameday.errors import BadArguments, ProgramFailed
from gameday.proxy import address, config, whole
from gameday.proxy.api import api
from gameday.proxy.drain import drain
from gameday.proxy.errors import ApiError
from gameday.proxy.fields import Body
from gameday.proxy.guard import Access
from gameday.proxy.metrics import NONE, Asked
from gameday.proxy.poll import Loop
from gameday.proxy.proxies import Place, Proxies
from gameday.proxy.state import State
from gameday.proxy.token import token_for


@dataclass(frozen=True, slots=True)
class Options:
    """Where the API listens (port 0: any free one), what to start with, and the file that gets the URL."""

    host: str = "127.0.0.1"
    port: int = 8474
    config: Path | None = None
    announce: Path | None = None
    seed: int | None = None
    token_file: Path | None = None
    metrics: Asked = NONE
    state: Path | None = None


def run(options: Options) -> None:
    """Serve until told to end. Prints one line with the URL when ready. GamedayError when it cannot start."""
    logging.basicConfig(format="gameday proxy: %(message)s")
    logging.getLogger("gameday.proxy").setLevel(logging.INFO)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_serve(options, config.read(options.config) if options.config else []))


class _Server(uvicorn.Server):
    """uvicorn, told when to end by us: its own handlers would raise the signal again after the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(options: Options, wanted: list[Body]) -> None:
    access = Access(await token_for(options.host, options.token_file), options.host)
    sock = await _api_socket(options)
    proxies = Proxies(options.seed)
    state = State(proxies, options.state)
    server = _Server(_settings(api(state, access, options.metrics)))
    url = f"http://{address.bound_to(sock)}"
    hurry = asyncio.Event()
    _on_signals(server, hurry)
    try:
        await state.restore()
        await _populate(proxies, wanted)
        serving = asyncio.create_task(server.serve([sock]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        with _announced(options.announce, url):
            print(f"gameday proxy: {url}", flush=True)
            await serving
    finally:
        sock.close()
        await drain(proxies, hurry)


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
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


async def _api_socket(options: Options) -> socket.socket:
    try:
        return address.listening(await address.resolve(address.join(options.host, options.port)))
    except ApiError as error:
        raise ProgramFailed(error.text, "Choose another --port; --port 0 takes any free one.") from None


async def _populate(proxies: Proxies, wanted: list[Body]) -> None:
    done: list[Place] = []
    try:
        await proxies.populate(wanted, done)
    except ApiError as error:
        raise BadArguments(f"the configuration cannot be had: {error.text}", config.SHAPE) from None


@contextlib.contextmanager
def _announced(file: Path | None, url: str) -> Iterator[None]:
    """The URL in the file, whole or not at all, while we can be asked there."""
    if file is None:
        yield
        return
    whole.write(file, url + "\n")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if file.read_text() == url + "\n":
                file.unlink()
