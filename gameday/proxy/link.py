"""One proxied connection: a client, its upstream, a flow in each direction, and byte counters."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from typing_extensions import override

from gameday.proxy.endpoint import Endpoint, EndpointOwner
from gameday.proxy.flow import Flow
from gameday.proxy.toxic import Toxic
from gameday.proxy.upstream_dialer import UpstreamDialer, UpstreamLog

HANGUP_GRACE_S = 1.0
"""Time that dialling continues for a client that has left, or half-closed without sending anything."""
HANGUP_GRACE_WITH_DATA_S = 10.0
"""Time that dialling continues for a client that has sent a request, and then left or half-closed."""

ToxicityDraw = Callable[[str, int], float]
"""Draws a number from 0 to 1 for a toxic, by its name and number."""


@dataclass(slots=True)
class DirectionBytes:
    """Bytes of one direction: received from the source, and sent to the sink."""

    received: int = 0
    sent: int = 0

    def add(self, other: DirectionBytes) -> None:
        """Add another count to this one."""
        self.received += other.received
        self.sent += other.sent


@dataclass(slots=True)
class ByteCounters:
    """Bytes of both directions, named like the streams of toxics."""

    upstream: DirectionBytes = field(default_factory=DirectionBytes)
    downstream: DirectionBytes = field(default_factory=DirectionBytes)

    def add(self, other: ByteCounters) -> None:
        """Add the counts of another connection to these."""
        self.upstream.add(other.upstream)
        self.downstream.add(other.downstream)

    def by_stream(self) -> list[tuple[str, DirectionBytes]]:
        """Return each stream's name with its count."""
        return [("upstream", self.upstream), ("downstream", self.downstream)]


class Link(EndpointOwner):
    """A connection from its accept until both sockets are closed; `on_done` is then called, once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        rng: random.Random,
        draw: ToxicityDraw,
        on_done: Callable[[Link], None],
        upstream_log: UpstreamLog,
    ) -> None:
        self.loop = loop
        self.rng = rng
        self._draw = draw
        self._on_done = on_done
        self._dialer = UpstreamDialer(upstream_log)
        self._client = Endpoint(self)
        self._upstream = Endpoint(self)
        self._to_upstream = Flow(self, self._client, self._upstream)
        self._to_client = Flow(self, self._upstream, self._client)
        self._draws: dict[str, float] = {}
        self._is_opening = True
        self._is_closing = False
        self._closes_with_reset = False

    async def open(self, accepted: socket.socket, upstream: str) -> None:
        """Take over the accepted socket, connect to the upstream, and let data pass.

        If the upstream cannot be reached, the client gets a reset, as from an upstream that refuses."""
        try:
            self._client.open(accepted)
            self._client.watch_hangup(True)
            self._upstream.open(await self._dialer.dial(upstream))
        except (OSError, ValueError):
            self.close(reset=True)
        except asyncio.CancelledError:
            self.close()
        self._is_opening = False
        self._client.watch_hangup(False)
        self._start_flows()

    def add_toxic(self, toxic: Toxic) -> None:
        """Put a toxic to work if its toxicity hits this connection.

        Drawn once for connection and toxic."""
        self._draws[toxic.name] = self._draw(toxic.name, toxic.number)
        self.change_toxic(toxic)

    def change_toxic(self, toxic: Toxic) -> None:
        """Apply a toxic's new attributes and toxicity."""
        flow = self._flow_of(toxic)
        is_hit = self._draws[toxic.name] < toxic.toxicity
        self._dialer.delay.set_delay(toxic.name, toxic.kind.connect_delay(toxic.values, self.rng) if is_hit else 0.0)
        if is_hit and flow.has_stage(toxic.name):
            flow.change_stage(toxic.name, toxic.values)
        elif is_hit and not self._is_closing:
            flow.add_stage(toxic.name, toxic.kind, toxic.values)
        elif flow.has_stage(toxic.name):
            flow.remove_stage(toxic.name)

    def remove_toxic(self, toxic: Toxic) -> None:
        """Remove a toxic; what it holds is passed on."""
        self._draws.pop(toxic.name, None)
        self._dialer.delay.set_delay(toxic.name, 0.0)
        if self._flow_of(toxic).has_stage(toxic.name):
            self._flow_of(toxic).remove_stage(toxic.name)

    def remove_all_toxics(self) -> None:
        """Remove every toxic; what they hold is passed on."""
        self._to_upstream.remove_all_stages()
        self._to_client.remove_all_stages()

    def close(self, reset: bool = False) -> None:
        """Close both sockets now, and discard what is held; with `reset`, by a TCP reset."""
        if self._is_closing:
            return
        self._is_closing, self._closes_with_reset = True, reset
        self._dialer.cancel()
        self._to_upstream.discard()
        self._to_client.discard()
        self._client.abort(reset)
        self._upstream.abort(reset)

    def close_when_flushed(self) -> None:
        """Close both sockets once everything that was read is sent."""
        if self._is_opening:
            self.close()
            return
        for flow in (self._to_upstream, self._to_client):
            if flow.sink.is_open:
                flow.first_stage.feed_eof()

    def byte_counts(self) -> ByteCounters:
        """Return the bytes that have passed so far."""
        client, upstream = self._client, self._upstream
        return ByteCounters(
            upstream=DirectionBytes(client.bytes_received, upstream.bytes_sent),
            downstream=DirectionBytes(upstream.bytes_received, client.bytes_sent),
        )

    @override
    def on_data(self, endpoint: Endpoint, data: bytes) -> None:
        """Pass on what an endpoint read."""
        self._flow_from(endpoint).first_stage.feed(data)

    @override
    def on_eof(self, endpoint: Endpoint) -> None:
        """Pass on the end of an endpoint's stream."""
        self._flow_from(endpoint).first_stage.feed_eof()

    @override
    def on_eof_sent(self, endpoint: Endpoint) -> None:
        """Close both sockets if the other direction has ended too, or must end."""
        other = self._flow_from(endpoint).sink
        if other.is_closed or other.has_sent_eof or self._flow_to(endpoint).is_eof_final:
            endpoint.close_when_flushed()
            other.close_when_flushed()

    @override
    def on_hangup(self, endpoint: Endpoint, has_unread_data: bool) -> None:
        """Stop dialling soon for a client that has left.

        A half-closed one looks the same. And if the dial succeeds soon, the upstream sees how its client left."""
        grace_s = HANGUP_GRACE_WITH_DATA_S if has_unread_data else HANGUP_GRACE_S
        self.loop.call_later(grace_s, self._close_if_opening)

    @override
    def on_backpressure_change(self, endpoint: Endpoint) -> None:
        """Pause or resume the flow to an endpoint."""
        self._flow_to(endpoint).on_backpressure_change()

    @override
    def on_close(self, endpoint: Endpoint, error: Exception | None) -> None:
        """Close the other socket too.

        What the closed one had sent, and properly ended, still reaches the other, also where it is already written and
        waits for a slow reader."""
        flow = self._flow_from(endpoint)
        self._flow_to(endpoint).discard()
        if not endpoint.has_received_eof and (error is not None or not flow.sink.has_sent_eof):
            self.close(reset=error is not None)
        elif flow.sink.has_sent_eof:
            flow.sink.close_when_flushed()
        self._check_done()

    def _close_if_opening(self) -> None:
        if self._is_opening:
            self.close()

    def _start_flows(self) -> None:
        if self._is_closing:
            self._client.abort(self._closes_with_reset)
            self._upstream.abort(self._closes_with_reset)
        self._to_upstream.update_reading()
        self._to_client.update_reading()
        self._check_done()

    def _flow_of(self, toxic: Toxic) -> Flow:
        return self._to_upstream if toxic.is_upstream else self._to_client

    def _flow_from(self, endpoint: Endpoint) -> Flow:
        return self._to_upstream if endpoint is self._client else self._to_client

    def _flow_to(self, endpoint: Endpoint) -> Flow:
        return self._to_client if endpoint is self._client else self._to_upstream

    def _check_done(self) -> None:
        if not (self._is_opening or self._client.is_open or self._upstream.is_open):
            self._to_upstream.discard()
            self._to_client.discard()
            self._on_done(self)
