"""The open connections of one proxy, and the toxics at work on them."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from gameday.proxy import sockets
from gameday.proxy.change_log import ChangeLog
from gameday.proxy.connection_limit import ConnectionLimit
from gameday.proxy.fault_lifetime import Tombstones
from gameday.proxy.link import ByteCounters, Link
from gameday.proxy.toxic import SeededRandom, Toxic
from gameday.proxy.upstream_dialer import UpstreamLog


@dataclass(frozen=True, slots=True)
class SharedState:
    """State that all proxies of a server share."""

    toxicity: SeededRandom
    jitter: random.Random
    tombstones: Tombstones = field(default_factory=Tombstones)
    changes: ChangeLog = field(default_factory=ChangeLog)
    limit: ConnectionLimit = field(default_factory=ConnectionLimit)


class Connections:
    """The links of one proxy, from accept to close, with the bytes they have passed."""

    def __init__(self, proxy: str, shared: SharedState) -> None:
        self._proxy = proxy
        self._shared = shared
        self._loop = asyncio.get_running_loop()
        self._upstream_log = UpstreamLog(proxy)
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed_bytes = ByteCounters()
        self._numbers = itertools.count()

    def __bool__(self) -> bool:
        return bool(self._links)

    def accept(self, sock: socket.socket, upstream: str, toxics: Iterable[Toxic]) -> None:
        """Connect an accepted client to the upstream, or reset it if a toxic refuses it."""
        draw = partial(self._shared.toxicity.draw, self._proxy, next(self._numbers))
        toxics = list(toxics)
        if any(toxic.kind.refuses_connections and draw(toxic.name, toxic.number) < toxic.toxicity for toxic in toxics):
            sockets.close_with_reset(sock)
            return
        link = Link(self._loop, self._shared.jitter, draw, self._on_done, self._upstream_log)
        self._shared.limit.acquire()
        self._links.add(link)
        for toxic in toxics:
            link.add_toxic(toxic)
        task = self._loop.create_task(link.open(sock, upstream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def add_toxic(self, toxic: Toxic) -> None:
        """Put a new toxic to work."""
        for link in list(self._links):
            link.add_toxic(toxic)

    def change_toxic(self, toxic: Toxic) -> None:
        """Apply a toxic's new attributes and toxicity."""
        for link in list(self._links):
            link.change_toxic(toxic)

    def remove_toxic(self, toxic: Toxic) -> None:
        """Remove a toxic; what it holds is passed on."""
        for link in list(self._links):
            link.remove_toxic(toxic)

    def remove_all_toxics(self) -> None:
        """Remove every toxic; what they hold is passed on."""
        for link in list(self._links):
            link.remove_all_toxics()

    def close(self) -> None:
        """Close every connection now."""
        for link in list(self._links):
            link.close()

    def close_when_flushed(self) -> None:
        """Close every connection once everything that was read is sent."""
        for link in list(self._links):
            link.close_when_flushed()

    def byte_counts(self) -> ByteCounters:
        """Return the bytes of all connections, closed and open."""
        total = ByteCounters()
        for counts in (self._closed_bytes, *(link.byte_counts() for link in self._links)):
            total.add(counts)
        return total

    def _on_done(self, link: Link) -> None:
        self._shared.limit.release()
        self._closed_bytes.add(link.byte_counts())
        self._links.discard(link)
