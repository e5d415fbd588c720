"""Run a web application of the demo, on a free port of 127.0.0.1 or in a container."""

from __future__ import annotations

import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from typing_extensions import override

from gameday.demo.ports import announce_port, bind_free_port


class _AnnouncingServer(uvicorn.Server):
    """A server that announces its port as soon as it accepts requests."""

    def __init__(self, config: uvicorn.Config, file: Path) -> None:
        super().__init__(config)
        self._file = file

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            announce_port(self._file, sockets[0].getsockname()[1])


def serve(app: Starlette, file: Path) -> None:
    """Serve on a free port, written to `file`, until a signal ends it. A slow request does not delay the end."""
    _AnnouncingServer(_config(app), file).run(sockets=[bind_free_port()])


def serve_in_container(app: Starlette, port: int) -> None:
    """Serve on a port of every address: a container has its own network."""
    config = _config(app)
    config.host, config.port = "0.0.0.0", port  # noqa: S104
    uvicorn.Server(config).run()


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="on")
