"""One proxy: where it listens, where it leads, its connections, its toxics."""

from __future__ import annotations

import asyncio
import random
import socket

from gameday.proxy.errors import TOXIC_EXISTS, TOXIC_NOT_FOUND, ApiError
from gameday.proxy.lease import Lease
from gameday.proxy.link import Link
from gameday.proxy.listener import Listener
from gameday.proxy.tombstones import Tombstones
from gameday.proxy.toxic import Toxic


class Proxy:
    """Every change is one step of the loop: it is done, or refused with nothing changed, when the call returns."""

    def __init__(self, name: str, listen: str, upstream: str, tombstones: Tombstones, rng: random.Random) -> None:
        self.name = name
        self.asked = listen
        """The address asked for, before a port 0 became one of its own."""
        self.listen = listen
        self.upstream = upstream
        self.tombstones = tombstones
        self._rng = rng
        self._loop = asyncio.get_running_loop()
        self._listener: Listener | None = None
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._toxics: dict[str, Toxic] = {}

    @property
    def enabled(self) -> bool:
        return self._listener is not None

    @property
    def toxics(self) -> list[Toxic]:
        """Upstream first, each in the order they came."""
        return sorted(self._toxics.values(), key=lambda toxic: not toxic.is_upstream)

    def is_at(self, listen: str, upstream: str) -> bool:
        """Whether a request for these addresses asks for what is there already."""
        return listen in (self.asked, self.listen) and upstream == self.upstream

    def start(self) -> None:
        """Listen. ApiError 500 when the address cannot be had."""
        if self._listener is None:
            self._listener = Listener(self._loop, self.listen, self._accepted)
            self.listen = self._listener.address

    def stop(self) -> None:
        """Listen no more, and close every connection."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for link in list(self._links):
            link.end()

    def move(self, listen: str, upstream: str) -> None:
        """Other addresses: all connections close. When the new address cannot be had, nothing has changed."""
        before, was_enabled = self.listen, self.enabled
        if self._listener is not None and listen not in (self.asked, self.listen):
            self._listener.close()
            self._listener = None
        if listen not in (self.asked, self.listen):
            self.listen = listen
        if was_enabled:
            self._start_or_go_back(before)
        self.asked, self.upstream = listen, upstream
        for link in list(self._links):
            link.end()

    def toxic(self, name: str) -> Toxic:
        if name not in self._toxics:
            raise ApiError(*TOXIC_NOT_FOUND)
        return self._toxics[name]

    def add(self, toxic: Toxic, expires_in: float | None) -> None:
        """Put a toxic to work on every connection, there now or to come. ApiError 409 when it may not be."""
        if toxic.name in self._toxics:
            raise ApiError(*TOXIC_EXISTS)
        if self.tombstones.has(self.name, toxic.name):
            raise ApiError(409, f"toxic {toxic.name} was taken back: a late request for it is refused")
        self._toxics[toxic.name] = toxic
        self.renew(toxic, expires_in)
        for link in list(self._links):
            link.add(toxic)

    def change(self, toxic: Toxic) -> None:
        """The toxic has new attributes or a new toxicity: let every connection know."""
        for link in list(self._links):
            link.change(toxic)

    def renew(self, toxic: Toxic, expires_in: float | None) -> None:
        """From now, `expires_in` seconds; None leaves all as it is."""
        if expires_in is None:
            return
        if toxic.lease is None:
            toxic.lease = Lease(self._loop, expires_in, lambda: self.remove(toxic.name))
        else:
            toxic.lease.renew(expires_in)

    def remove(self, name: str) -> None:
        """Take a toxic away, at once. A drill's name never comes back. ApiError 404 when it is not there."""
        self.tombstones.set(self.name, name)
        toxic = self.toxic(name)
        del self._toxics[name]
        if toxic.lease is not None:
            toxic.lease.end()
        for link in list(self._links):
            link.remove(toxic)

    def remove_all(self) -> None:
        for name in list(self._toxics):
            self.remove(name)

    def shown(self) -> dict[str, object]:
        """As the API answers."""
        return {
            "name": self.name,
            "listen": self.listen,
            "upstream": self.upstream,
            "enabled": self.enabled,
            "Logger": {},
            "toxics": [toxic.shown() for toxic in self.toxics],
        }

    def _start_or_go_back(self, before: str) -> None:
        try:
            self.start()
        except ApiError:
            self.listen = before
            self.start()
            raise

    def _accepted(self, sock: socket.socket) -> None:
        link = Link(self._loop, self._rng, self._links.discard)
        self._links.add(link)
        for toxic in list(self._toxics.values()):
            link.add(toxic)
        task = self._loop.create_task(link.run(sock, self.upstream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
