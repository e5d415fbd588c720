"""One proxy: where it listens, where it leads, its connections, its toxics."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import socket
from functools import partial

from gameday.proxy import address
from gameday.proxy.byte_counters import ByteCounters
from gameday.proxy.change_log import ChangeLog, lease_suffix, printable_name
from gameday.proxy.connection_limit import ConnectionLimit
from gameday.proxy.errors import TOXIC_EXISTS, TOXIC_NOT_FOUND, ApiError
from gameday.proxy.lease import AGAIN, Lease
from gameday.proxy.link import Link
from gameday.proxy.port_gate import PortGate
from gameday.proxy.seeded_random import SeededRandom
from gameday.proxy.tombstones import Tombstones
from gameday.proxy.toxic import Toxic
from gameday.proxy.toxics.base import Attributes
from gameday.proxy.upstream_log import UpstreamLog

log = logging.getLogger("gameday.proxy")

MOST = 500
"""Toxics on a proxy: each is one call deeper for every byte that passes."""


class Proxy:
    """Every change is one step of the loop: it is done, or refused with nothing changed, when the call returns."""

    def __init__(
        self,
        name: str,
        listen: str,
        upstream: str,
        tombstones: Tombstones,
        dice: SeededRandom,
        rng: random.Random,
        changes: ChangeLog,
        room: ConnectionLimit,
    ) -> None:
        self.name = name
        self.asked = listen
        """The address asked for, before a port 0 became one of its own."""
        self.listen = listen
        self.upstream = upstream
        self.tombstones = tombstones
        self.changes = changes
        self.enabled = False
        self._dice = dice
        self._rng = rng
        self._dialled = UpstreamLog(name)
        self._loop = asyncio.get_running_loop()
        self._gate = PortGate(self._loop, self._accepted, room)
        self._room = room
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._toxics: dict[str, Toxic] = {}
        self._over = ByteCounters.none()
        self._connections = itertools.count()
        self._numbers = itertools.count()

    @property
    def toxics(self) -> list[Toxic]:
        """Upstream first, each in the order they came."""
        return sorted(self._toxics.values(), key=lambda toxic: not toxic.is_upstream)

    def is_at(self, listen: str, upstream: str) -> bool:
        """Whether a request for these addresses asks for what is there already."""
        return listen in (self.asked, self.listen) and upstream == self.upstream

    def start(self) -> None:
        """Take connections, or refuse them where a toxic says so. ApiError 500 when the address cannot be had."""
        self._turn_gate(any(toxic.refuses_all for toxic in self._toxics.values()))
        self.enabled = True

    def stop(self) -> None:
        """Listen no more, and close every connection."""
        self._gate.close()
        self.enabled = False
        self._end_links()

    def move(self, listen: str, upstream: str, *, starts: bool) -> None:
        """Other addresses: all connections close. `starts`: it will be enabled there. A refusal changes nothing."""
        before, was_enabled = self.listen, self.enabled
        if listen not in (self.asked, self.listen):
            self._gate.close()
            self.listen = listen
        try:
            if was_enabled or starts:
                self.start()
        except ApiError:
            self.listen = before
            if was_enabled:
                self.start()
            raise
        self.enabled = was_enabled  # whoever enables it says so
        self.asked, self.upstream = listen, upstream
        self.changes.tell(self.name, f"moved, {self.listen} -> {printable_name(upstream)}")
        self._end_links()

    def toxic(self, name: str) -> Toxic:
        if name not in self._toxics:
            raise ApiError(*TOXIC_NOT_FOUND)
        return self._toxics[name]

    def add(self, toxic: Toxic, expires_in: float | None) -> None:
        """Put a toxic to work on every connection, there now or to come. ApiError 409 when it may not be."""
        if toxic.name in self._toxics:
            raise ApiError(*TOXIC_EXISTS)
        if len(self._toxics) >= MOST:
            raise ApiError(409, f"a proxy takes at most {MOST} toxics")
        if self.tombstones.has(self.name, toxic.name):
            raise ApiError(409, f"toxic {toxic.name} was taken back: a late request for it is refused")
        toxic.number = next(self._numbers)
        self._turn_gate_for(toxic, toxic.toxicity)
        self._toxics[toxic.name] = toxic
        self.renew(toxic, expires_in)
        self.changes.tell(self.name, f"toxic {toxic.told()} added{lease_suffix(expires_in)}")
        for link in list(self._links):
            link.add(toxic)

    def change(self, toxic: Toxic, values: Attributes, toxicity: float) -> None:
        """New attributes and toxicity, on every connection. ApiError 500 when the port cannot be listened on again."""
        self._turn_gate_for(toxic, toxicity)
        toxic.values, toxic.toxicity = values, toxicity
        self.changes.tell(self.name, f"toxic {toxic.told()} now")
        for link in list(self._links):
            link.change(toxic)

    def renew(self, toxic: Toxic, expires_in: float | None) -> None:
        """From now, `expires_in` seconds; None leaves all as it is."""
        if expires_in is None:
            return
        if toxic.lease is None:
            toxic.lease = Lease(self._loop, expires_in, lambda: self._lapsed(toxic))
        else:
            toxic.lease.renew(expires_in)

    def remove(self, name: str, why: str = "removed") -> None:
        """Take a toxic away, at once. A drill's name never comes back. ApiError 404 when it is not there; 500, and it
        stays, when it refused connections and its port cannot be listened on again."""
        self.tombstones.set(self.name, name)
        toxic = self.toxic(name)
        self._turn_gate_for(toxic, 0.0)
        del self._toxics[name]
        if toxic.lease is not None:
            toxic.lease.end()
        self.changes.tell(self.name, f"toxic {printable_name(name)} {why}", ends=True)
        for link in list(self._links):
            link.remove(toxic)

    def remove_all(self) -> None:
        """All that can be removed are. ApiError 500 with what could not."""
        failed: list[str] = []
        for name in list(self._toxics):
            try:
                self.remove(name)
            except ApiError as error:
                failed.append(error.text)
        if failed:
            raise ApiError(500, "; ".join(failed))

    @property
    def is_busy(self) -> bool:
        """Whether there are connections."""
        return bool(self._links)

    def release(self) -> None:
        """Listen no more; no toxic works on the connections that are there."""
        self._gate.close()
        for link in list(self._links):
            link.release()

    def finish(self) -> None:
        """Close the connections, each once all that was read is on its way."""
        for link in list(self._links):
            link.finish()

    def discard(self) -> None:
        """The proxy is gone, with all that it had."""
        self.stop()
        for toxic in self._toxics.values():
            self.tombstones.set(self.name, toxic.name)
            if toxic.lease is not None:
                toxic.lease.end()
        self._toxics.clear()

    def traffic(self) -> ByteCounters:
        """Of all connections, those that are over and those that live."""
        whole = ByteCounters.none()
        for part in (self._over, *(link.traffic() for link in self._links)):
            whole.add(part)
        return whole

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

    def _turn_gate_for(self, toxic: Toxic, toxicity: float) -> None:
        """As it must stand when the toxic, which refuses or not, has this toxicity."""
        if not (self.enabled and toxic.kind.refuses):
            return
        others = any(other.refuses_all for other in self._toxics.values() if other is not toxic)
        self._turn_gate(others or toxicity >= 1)

    def _turn_gate(self, refuses: bool) -> None:
        self.listen = self._gate.refuse(self.listen) if refuses else self._gate.open(self.listen)

    def _lapsed(self, toxic: Toxic) -> None:
        try:
            self.remove(toxic.name, "lapsed")
        except ApiError as error:
            log.warning("proxy %s should take connections again: %s", printable_name(self.name), error.text)
            self.renew(toxic, AGAIN)

    def _end_links(self) -> None:
        for link in list(self._links):
            link.end()

    def _done(self, link: Link) -> None:
        self._room.release()
        self._over.add(link.traffic())
        self._links.discard(link)

    def _accepted(self, sock: socket.socket) -> None:
        roll = partial(self._dice.draw, self.name, next(self._connections))
        toxics = list(self._toxics.values())
        if any(toxic.kind.refuses and roll(toxic.name, toxic.number) < toxic.toxicity for toxic in toxics):
            address.reset(sock)
            return
        link = Link(self._loop, self._rng, roll, self._done, self._dialled)
        self._room.acquire()
        self._links.add(link)
        for toxic in toxics:
            link.add(toxic)
        task = self._loop.create_task(link.run(sock, self.upstream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
