"""One endpoint by itself: an error in its owner closes only its connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

import pytest

from gameday.proxy.endpoint import Endpoint
from gameday.proxy.event_loop import ProxyLoop

PATIENCE = 10.0
PIECE = 4 * 1024 * 1024
"""More than the system holds for a peer that does not read."""


class Owner:
    """Errs when its end has room again, and notes that the end is lost."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def on_data(self, endpoint: Endpoint, data: bytes) -> None:
        """Not asked here; so the next two."""

    def on_eof(self, endpoint: Endpoint) -> None: ...

    def on_eof_sent(self, endpoint: Endpoint) -> None: ...

    def on_hangup(self, endpoint: Endpoint, has_unread_data: bool) -> None: ...

    def on_backpressure_change(self, endpoint: Endpoint) -> None:
        if not endpoint.is_backpressured:
            raise RuntimeError("a toxic's mistake")

    def on_close(self, endpoint: Endpoint, error: Exception | None) -> None:
        self.gone.set()


async def _room_again(owner: Owner) -> None:
    loop, endpoint = asyncio.get_running_loop(), Endpoint(owner)
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        endpoint.open(ours)
        endpoint.feed(bytes(PIECE))
        assert endpoint.is_backpressured
        theirs.setblocking(False)
        with contextlib.suppress(ConnectionError):
            while await asyncio.wait_for(loop.sock_recv(theirs, PIECE), PATIENCE):
                pass
        await asyncio.wait_for(owner.gone.wait(), PATIENCE)


def test_error_while_writing_closes_only_its_connection(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "gameday.proxy")
    with asyncio.Runner(loop_factory=ProxyLoop) as runner:
        runner.run(_room_again(Owner()))
