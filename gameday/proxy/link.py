"""One proxied connection: a client, its upstream, and a flow each way."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable

from typing_extensions import override

from gameday.proxy import address
from gameday.proxy.byte_counters import ByteCounters, DirectionBytes
from gameday.proxy.connect_delay import ConnectDelay
from gameday.proxy.endpoint import Endpoint, Owner
from gameday.proxy.flow import Flow
from gameday.proxy.name_resolution import lookup
from gameday.proxy.toxic import Toxic
from gameday.proxy.upstream_log import UpstreamLog


class Link(Owner):
    """Lives from accept until both sockets are closed; `done` is then called, once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        rng: random.Random,
        roll: Callable[[str, int], float],
        done: Callable[[Link], None],
        dialled: UpstreamLog,
    ) -> None:
        self.loop = loop
        self.rng = rng
        self._roll = roll
        self._handshake = ConnectDelay()
        self._done = done
        self._dialled = dialled
        self._client = Endpoint(self)
        self._upstream = Endpoint(self)
        self._up = Flow(self, self._client, self._upstream)
        self._down = Flow(self, self._upstream, self._client)
        self._rolls: dict[str, float] = {}
        self._dialling: asyncio.Task[object] | None = None
        self._running = True
        self._ending = False
        self._reset = False

    async def run(self, accepted: socket.socket, upstream: str) -> None:
        """Adopt the accepted socket, dial the upstream, and let the bytes go. Where it cannot be dialled the client
        gets a reset, as from an upstream that refuses."""
        try:
            await self.loop.connect_accepted_socket(lambda: self._client, accepted)
            await self._handshake.wait()
            if not self._ending:
                await self._dial(upstream)
        except (OSError, ValueError):
            self.end(reset=True)
        except asyncio.CancelledError:
            self.end()
        self._running = False
        self._opened()

    def add(self, toxic: Toxic) -> None:
        """Put the toxic to work here, if the dice say so: they are thrown once a connection and toxic."""
        self._rolls[toxic.name] = self._roll(toxic.name, toxic.number)
        self.change(toxic)

    def change(self, toxic: Toxic) -> None:
        """Take on the toxic's new attributes and toxicity."""
        flow = self._flow(toxic)
        wanted = self._rolls[toxic.name] < toxic.toxicity
        self._handshake.set_delay(toxic.name, toxic.kind.handshake(toxic.values, self.rng) if wanted else 0.0)
        if wanted and flow.has(toxic.name):
            flow.change(toxic.name, toxic.values)
        elif wanted and not self._ending:
            flow.insert(toxic.name, toxic.kind, toxic.values)
        elif flow.has(toxic.name):
            flow.remove(toxic.name)

    def remove(self, toxic: Toxic) -> None:
        self._rolls.pop(toxic.name, None)
        self._handshake.set_delay(toxic.name, 0.0)
        if self._flow(toxic).has(toxic.name):
            self._flow(toxic).remove(toxic.name)

    def end(self, reset: bool = False) -> None:
        """Close both ways, now; what is held is gone. With `reset`, both peers get a TCP reset."""
        if self._ending:
            return
        self._ending, self._reset = True, reset
        self._handshake.end()
        if self._dialling is not None:
            self._dialling.cancel()
        self._up.drop()
        self._down.drop()
        self._client.abort(reset)
        self._upstream.abort(reset)

    def traffic(self) -> ByteCounters:
        """So far."""
        client, upstream = self._client, self._upstream
        return ByteCounters(
            DirectionBytes(client.received, upstream.sent), DirectionBytes(upstream.received, client.sent)
        )

    def release(self) -> None:
        """No toxic works here any more; what they held goes on."""
        self._up.release()
        self._down.release()

    def finish(self) -> None:
        """Close both ways once all that was read is on its way."""
        if self._running:
            self.end()
            return
        for flow in (self._up, self._down):
            if flow.sink.is_open:
                flow.head.eof()

    @override
    def came(self, end: Endpoint, data: bytes) -> None:
        self._from(end).head.feed(data)

    @override
    def ended(self, end: Endpoint) -> None:
        self._from(end).head.eof()

    @override
    def wrote_end(self, end: Endpoint) -> None:
        """`end` was told that the other side has ended; when the other side cannot or need not answer, all is over."""
        other = self._from(end).sink
        if other.is_lost or other.end_written or self._into(end).is_half_closed:
            end.finish()
            other.finish()

    @override
    def pressed(self, end: Endpoint) -> None:
        self._into(end).go_on()

    @override
    def lost(self, end: Endpoint, error: Exception | None) -> None:
        """A socket is gone. What its peer had sent and properly ended still reaches the other side, also where it is
        written already and waits for a slow reader."""
        out = self._from(end)
        self._into(end).drop()
        if not end.has_ended and (error is not None or not out.sink.end_written):
            self.end(reset=error is not None)
        elif out.sink.end_written:
            out.sink.finish()
        self._check_done()

    async def _dial(self, upstream: str) -> None:
        dialling = self.loop.create_task(self._connected(upstream))
        self._dialling = dialling
        try:
            await dialling
        except (OSError, ValueError) as error:
            self._dialled.failed(upstream, error)
            raise
        finally:
            self._dialling = None
        self._dialled.worked(upstream)

    async def _connected(self, upstream: str) -> object:
        if upstream.startswith(address.UNIX):
            return await self.loop.create_unix_connection(lambda: self._upstream, upstream.removeprefix(address.UNIX))
        host, port = address.split(upstream)
        *others, last = await lookup(host, port) if host and not address.is_number(host) else [host or address.HERE]
        for one in others:
            with contextlib.suppress(OSError):
                return await self.loop.create_connection(lambda: self._upstream, one, port)
        return await self.loop.create_connection(lambda: self._upstream, last, port)

    def _opened(self) -> None:
        if self._ending:
            self._client.abort(self._reset)
            self._upstream.abort(self._reset)
        self._up.settle()
        self._down.settle()
        self._check_done()

    def _flow(self, toxic: Toxic) -> Flow:
        return self._up if toxic.is_upstream else self._down

    def _from(self, end: Endpoint) -> Flow:
        return self._up if end is self._client else self._down

    def _into(self, end: Endpoint) -> Flow:
        return self._down if end is self._client else self._up

    def _check_done(self) -> None:
        if not (self._running or self._client.is_open or self._upstream.is_open):
            self._up.drop()
            self._down.drop()
            self._done(self)
