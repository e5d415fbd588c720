"""Serving an application: on a free port of 127.0.0.1 that is announced once it answers, or in a container."""

from __future__ import annotations

import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from typing_extensions import override

from gameday.demo.ports import announce, bound


class _Announcing(uvicorn.Server):
    """uvicorn begins to answer in `startup`; the port is written right after it."""

    def __init__(self, config: uvicorn.Config, file: Path) -> None:
        super().__init__(config)
        self._file = file

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            announce(self._file, sockets[0].getsockname()[1])


def serve(app: Starlette, file: Path) -> None:
    """Serve until a signal ends it; a slow answer does not hold the end up."""
    _Announcing(_quiet(app), file).run(sockets=[bound()])


def serve_everywhere(app: Starlette, port: int) -> None:
    """The same on that port of every address: for a container, whose network is its own."""
    config = _quiet(app)
    config.host, config.port = "0.0.0.0", port  # noqa: S104
    uvicorn.Server(config).run()


def _quiet(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="on")
