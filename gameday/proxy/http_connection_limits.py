"""The API's connections: none may take its time for ever, and together they leave room for everybody else."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_TIMEOUT = 10.0
"""Seconds within which a request has to be there whole, headers and body: so does the original have it."""
MAX_CONNECTIONS = 48
"""Connections at a time: fewer than the descriptors that are kept back, so that no crowd of askers closes the door."""


class LimitedHttpConnection(H11Protocol):
    """uvicorn's own, which waits for a request as long as its sender likes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base has it
        super().connection_made(transport)
        self._since = 0.0
        self._patience: asyncio.TimerHandle | None = None
        self._wait()
        if len(self.connections) > MAX_CONNECTIONS:
            self._close_most_idle()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def _wait(self) -> None:
        self._wait_no_more()
        self._since = self.loop.time()
        self._patience = self.loop.call_later(REQUEST_TIMEOUT, self._abort_if_incomplete)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _abort_if_incomplete(self) -> None:
        if self._lacks_request:
            self.transport.abort()

    @property
    def _lacks_request(self) -> bool:
        """One that is there whole may be answered in its own time."""
        state: Any = self.conn.their_state
        return state in (h11.IDLE, h11.SEND_BODY)

    def _close_most_idle(self) -> None:
        """Whoever has asked nothing for the longest time goes: who comes now is more likely to mean it."""
        idle = [one for one in self.connections if isinstance(one, LimitedHttpConnection) and one._lacks_request]
        min(idle, key=lambda one: one._since, default=self).transport.abort()
