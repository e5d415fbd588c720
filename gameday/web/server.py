"""Server of a drill's pages: a process that serves, and one that starts it again if it is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gameday.errors import Exit, Refused
from gameday.model import PageServer
from gameday.web.live_drill import LiveDrill

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Server

    from gameday.drill.control.client import DrillClient

LINGER_S = 900.0
"""Time after the drill's end for which its last page can be opened."""
RESTART_PAUSE_S = 0.2
START_TIMEOUT_S = 10.0
POLL_INTERVAL_S = 1.0
SIGNAL_INTERVAL_S = 0.1


def await_socket(options: PageServer, seconds: float) -> socket.socket:
    """Return a listening socket: the pages of an ended drill leave the address soon, those of a running one do not.

    Then it is any free port, unless people open a fixed address. Raises Refused."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return open_socket(options)
        except Refused:
            if time.monotonic() > deadline:
                if options.url:
                    raise
                return open_socket(replace(options, port=0))
            time.sleep(RESTART_PAUSE_S)


def open_socket(options: PageServer) -> socket.socket:
    """Return a listening socket. Raises Refused."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((options.host, options.port))
        sock.listen(512)
    except OSError as error:
        sock.close()
        where = f"{options.host}:{options.port}"
        raise Refused(f"cannot listen on {where}: {error.strerror}", "Choose another: --listen HOST:PORT") from error
    return sock


def serve_supervised(serve: Callable[[], Exit]) -> Exit:
    """Run `serve` in a child process, and again each time that it is killed; return its exit code.

    The socket stays open meanwhile, so that browsers wait instead of being refused. SIGINT, SIGTERM and SIGHUP end
    both. Call it before any thread is started."""
    child = 0

    def end(number: int, _frame: object) -> None:
        if child:
            os.kill(child, number)
        raise SystemExit(int(Exit.HELD))

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    while True:
        child = os.fork()
        if child == 0:
            _serve_and_exit(serve)
        _, status = os.waitpid(child, 0)
        child = 0
        if os.WIFEXITED(status):
            return Exit(os.WEXITSTATUS(status))
        time.sleep(RESTART_PAUSE_S)


def _serve_and_exit(serve: Callable[[], Exit]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    code = Exit.FAILED
    try:
        code = serve()
    finally:
        os._exit(int(code))  # the parent's exit handlers are not this process's to run


def serve_drill(drill: str, token: str, options: PageServer, sock: socket.socket) -> Exit:
    """Serve the pages of a running drill on a listening socket, until some time after its end.

    Raises BadArguments and Refused if it is not running."""
    from gameday.app.attach import attach_drill
    from gameday.app.background_drill import drill_client
    from gameday.clock import SystemClock
    from gameday.drill.control.facilitator_token import load_token
    from gameday.web.application import create_application
    from gameday.web.links import create_links
    from gameday.web.sessions import Sessions

    attached = attach_drill(drill, token, facilitate=False)
    port = sock.getsockname()[1]
    links = create_links(drill, options.base_url(port))
    live = LiveDrill(attached, SystemClock())
    client = drill_client(drill, token or load_token(drill))
    sessions = Sessions(drill, links, secure=options.is_secure)
    application = create_application(live, client, sessions, options.accepted_hosts(port))
    asyncio.run(_serve(live, client, application, options, sock))
    return Exit.HELD


async def _serve(
    live: LiveDrill, client: DrillClient, application: ASGIApp, options: PageServer, sock: socket.socket
) -> None:
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http="h11", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=1, timeout_keep_alive=30,
            ssl_certfile=options.certificate, ssl_keyfile=options.key,
        )
    )  # fmt: skip
    live.open()
    await asyncio.to_thread(live.has_caught_up.wait, START_TIMEOUT_S)
    work = (_ask_for_actions(live, client), _end_after(live, server), _end_streams(live, server))
    tasks = [asyncio.create_task(each) for each in work]
    await server.serve(sockets=[sock])
    for task in tasks:
        task.cancel()


async def _ask_for_actions(live: LiveDrill, client: DrillClient) -> None:
    """Ask the drill for its actions, until it answers with some."""
    while not (live.is_closed or live.actions):
        live.actions = tuple(await asyncio.to_thread(client.list_actions))
        await asyncio.sleep(POLL_INTERVAL_S)


async def _end_after(live: LiveDrill, server: Server) -> None:
    """End the server some time after the drill, or as soon as another drill may need its address."""
    from gameday.drill.control.drill_registry import list_registered

    while not live.is_closed:
        await asyncio.sleep(POLL_INTERVAL_S)
    until, own = live.clock.monotonic() + LINGER_S, live.attached.running.drill
    while live.clock.monotonic() < until and all(
        each.drill == own for each in await asyncio.to_thread(list_registered)
    ):
        await asyncio.sleep(POLL_INTERVAL_S)
    server.should_exit = True


async def _end_streams(live: LiveDrill, server: Server) -> None:
    """End the streams once a signal has ended the server: it would cancel them, and say so."""
    while not server.should_exit:
        await asyncio.sleep(SIGNAL_INTERVAL_S)
    live.shut_down()
