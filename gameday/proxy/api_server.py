"""The HTTP server of the API: uvicorn with limits on connections and request time."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterator
from typing import Any

import h11
import uvicorn
from starlette.applications import Starlette
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from gameday.proxy import address, local_user
from gameday.proxy.api_auth import PEER_UID
from gameday.proxy.upstream_dialer import is_own_connection

REQUEST_TIMEOUT_S = 10.0
"""Time for a complete request, headers and body; Toxiproxy has the same."""
MAX_CONNECTIONS = 48
"""Fewer than the reserved file descriptors, so that a crowd of API clients cannot lock everyone out."""


class ApiServer(uvicorn.Server):
    """A uvicorn server that leaves signals to its caller.

    Uvicorn would raise them again after the shutdown."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=LimitedHttpConnection,
                ws="none",
                loop="asyncio",
                lifespan="off",
                proxy_headers=False,  # a client could name any address as its own
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield


class LimitedHttpConnection(H11Protocol):
    """An HTTP connection that closes when a request takes too long: uvicorn would wait forever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
        """Identify the user, start the timeout, and close an idle connection if there are too many.

        Now, before a request is read: the client may be gone by then."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, PEER_UID: _find_user(transport)}
        self._idle_since = 0.0
        self._timeout: asyncio.TimerHandle | None = None
        self._restart_timeout()
        if len(self.connections) > MAX_CONNECTIONS:
            self._close_longest_idle()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timeout()
        super().connection_lost(exc)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._restart_timeout()

    def _restart_timeout(self) -> None:
        self._cancel_timeout()
        self._idle_since = self.loop.time()
        self._timeout = self.loop.call_later(REQUEST_TIMEOUT_S, self._abort_if_incomplete)

    def _cancel_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None

    def _abort_if_incomplete(self) -> None:
        if self._awaits_request:
            self.transport.abort()

    @property
    def _awaits_request(self) -> bool:
        """Return True if no complete request has arrived.

        A complete one may take its time to be answered."""
        state: Any = self.conn.their_state
        return state in (h11.IDLE, h11.SEND_BODY)

    def _close_longest_idle(self) -> None:
        """Close the connection that has been idle the longest.

        New ones are more likely to be in use."""
        idle = [peer for peer in self.connections if isinstance(peer, LimitedHttpConnection) and peer._awaits_request]
        min(idle, key=lambda peer: peer._idle_since, default=self).transport.abort()


def _find_user(transport: asyncio.Transport) -> int | None:
    """Return the uid of a client on loopback; None for others, and for a client of one of this server's proxies."""
    sock, peer = transport.get_extra_info("socket"), transport.get_extra_info("peername")
    is_loopback = ipaddress.ip_address(address.unmap_ip(peer[0])).is_loopback
    return local_user.find_peer_user(sock) if is_loopback and not is_own_connection(sock) else None
