"""One proxy: its listen address, its upstream, its toxics."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket

from gameday.proxy.address import ListenAddress
from gameday.proxy.change_log import lease_suffix, printable_name
from gameday.proxy.connections import Connections, SharedState
from gameday.proxy.errors import TOXIC_EXISTS, TOXIC_NOT_FOUND, ApiError
from gameday.proxy.fault_lifetime import RETRY_S, Lease
from gameday.proxy.link import ByteCounters
from gameday.proxy.listener import PortGate
from gameday.proxy.toxic import Toxic
from gameday.proxy.toxics.base import Attributes

log = logging.getLogger("gameday.proxy")

MAX_TOXICS = 500
"""Per proxy: each adds a nested call for every read."""


class Proxy:
    """A proxy. Each change is done, or refused with nothing changed, when the call returns."""

    def __init__(self, name: str, listen: ListenAddress, upstream: str, shared: SharedState) -> None:
        self.name = name
        self.listen = listen.requested
        """As requested until the proxy starts; then the actual IP address and port, as in Toxiproxy."""
        self.address = listen
        self._bound: str | None = None
        """The actual address, once started."""
        self.upstream = upstream
        self.tombstones = shared.tombstones
        self.changes = shared.changes
        self.enabled = False
        self._loop = asyncio.get_running_loop()
        self._gate = PortGate(self._loop, self._accept, shared.limit)
        self._connections = Connections(name, shared)
        self._toxics: dict[str, Toxic] = {}
        self._toxic_numbers = itertools.count()

    @property
    def toxics(self) -> list[Toxic]:
        """Upstream toxics first, each stream in the order of creation."""
        return sorted(self._toxics.values(), key=lambda toxic: not toxic.is_upstream)

    @property
    def has_connections(self) -> bool:
        """Return True if a connection is open."""
        return bool(self._connections)

    def has_addresses(self, listen: ListenAddress, upstream: str) -> bool:
        """Return True if a request for these addresses changes nothing."""
        return self._listens_on(listen) and upstream == self.upstream

    def start(self) -> None:
        """Accept connections, or refuse them if a toxic does. Raises ApiError 500."""
        self._set_gate(any(toxic.refuses_everyone for toxic in self._toxics.values()))
        self.enabled = True

    def stop(self) -> None:
        """Stop listening, and close every connection."""
        self._gate.close()
        self.enabled = False
        self._connections.close()

    def move(self, listen: ListenAddress, upstream: str, *, will_be_enabled: bool) -> None:
        """Change the addresses, and close every connection. Raises ApiError 500, with nothing changed.

        `will_be_enabled`: the state that the caller sets next; the port of an enabled proxy must be available."""
        previous, was_enabled = (self.listen, self.address, self._bound), self.enabled
        if not self._listens_on(listen):
            self._gate.close()
            self.listen, self.address, self._bound = listen.requested, listen, None
        try:
            if will_be_enabled:
                self.start()
        except ApiError:
            self.listen, self.address, self._bound = previous
            if was_enabled:
                self.start()
            raise
        self.enabled = was_enabled  # the caller records what it changes
        self.upstream = upstream
        self.changes.record(self.name, f"moved, {self.listen} -> {printable_name(upstream)}")
        self._connections.close()

    def find_toxic(self, name: str) -> Toxic:
        """Return the toxic of this name. Raises ApiError 404."""
        if name not in self._toxics:
            raise ApiError(*TOXIC_NOT_FOUND)
        return self._toxics[name]

    def add_toxic(self, toxic: Toxic, expires_in: float | None) -> None:
        """Put a toxic to work on all connections, open and new.

        Raises ApiError 409, or 500 from the port."""
        if toxic.name in self._toxics:
            raise ApiError(*TOXIC_EXISTS)
        if len(self._toxics) >= MAX_TOXICS:
            raise ApiError(409, f"too many toxics: a proxy can have {MAX_TOXICS}")
        if self.tombstones.has(self.name, toxic.name):
            raise ApiError(409, f"toxic {toxic.name} was already removed: late request refused")
        toxic.number = next(self._toxic_numbers)
        self._set_gate_for(toxic, toxic.toxicity)
        self._toxics[toxic.name] = toxic
        self.renew_lease(toxic, expires_in)
        self.changes.record(self.name, f"toxic {toxic.format()} added{lease_suffix(expires_in)}")
        self._connections.add_toxic(toxic)

    def change_toxic(self, toxic: Toxic, values: Attributes, toxicity: float) -> None:
        """Apply new attributes and toxicity to all connections.

        Raises ApiError 500 if the port is not available."""
        self._set_gate_for(toxic, toxicity)
        toxic.values, toxic.toxicity = values, toxicity
        self.changes.record(self.name, f"toxic {toxic.format()} changed")
        self._connections.change_toxic(toxic)

    def renew_lease(self, toxic: Toxic, expires_in: float | None) -> None:
        """Let a toxic expire `expires_in` seconds from now; None keeps its lease as it is."""
        if expires_in is None:
            return
        if toxic.lease is None:
            toxic.lease = Lease(self._loop, expires_in, lambda: self._expire(toxic))
        else:
            toxic.lease.renew(expires_in)

    def remove_toxic(self, name: str, reason: str = "removed") -> None:
        """Remove a toxic now; a drill's name is refused from then on.

        Raises ApiError 404, or 500 (the toxic stays) if it refused connections and its port is not available."""
        self.tombstones.add(self.name, name)
        toxic = self.find_toxic(name)
        self._set_gate_for(toxic, 0.0)
        del self._toxics[name]
        if toxic.lease is not None:
            toxic.lease.cancel()
        self.changes.record(self.name, f"toxic {printable_name(name)} {reason}", ends_fault=True)
        self._connections.remove_toxic(toxic)

    def remove_all_toxics(self) -> None:
        """Remove every toxic that can be removed.

        Raises ApiError 500 with the errors of the others."""
        errors: list[str] = []
        for name in list(self._toxics):
            try:
                self.remove_toxic(name)
            except ApiError as error:
                errors.append(error.text)
        if errors:
            raise ApiError(500, "; ".join(errors))

    def drain(self) -> None:
        """Stop listening, and let the open connections continue without toxics."""
        self._gate.close()
        self._connections.remove_all_toxics()

    def close_when_flushed(self) -> None:
        """Close every connection once everything that was read is sent."""
        self._connections.close_when_flushed()

    def delete(self) -> None:
        """Stop the proxy, and end all its toxics."""
        self.stop()
        for toxic in self._toxics.values():
            self.tombstones.add(self.name, toxic.name)
            if toxic.lease is not None:
                toxic.lease.cancel()
        self._toxics.clear()

    def byte_counts(self) -> ByteCounters:
        """Return the bytes of all connections, closed and open."""
        return self._connections.byte_counts()

    def as_json(self) -> dict[str, object]:
        """Return the proxy as the API does."""
        return {
            "name": self.name,
            "listen": self.listen,
            "upstream": self.upstream,
            "enabled": self.enabled,
            "Logger": {},
            "toxics": [toxic.as_json() for toxic in self.toxics],
        }

    def _set_gate_for(self, toxic: Toxic, toxicity: float) -> None:
        """Open or refuse as required once this toxic has this toxicity."""
        if not (self.enabled and toxic.kind.refuses_connections):
            return
        others_refuse = any(other.refuses_everyone for other in self._toxics.values() if other is not toxic)
        self._set_gate(others_refuse or toxicity >= 1)

    def _set_gate(self, is_refusing: bool) -> None:
        address = self._bound or self.address.require()
        self.listen = self._bound = self._gate.refuse(address) if is_refusing else self._gate.open(address)

    def _listens_on(self, listen: ListenAddress) -> bool:
        if self._bound is None:
            return listen.requested == self.listen
        return bool({listen.requested, listen.resolved} & {self.address.requested, self.address.resolved, self._bound})

    def _expire(self, toxic: Toxic) -> None:
        try:
            self.remove_toxic(toxic.name, "expired")
        except ApiError as error:
            text = "proxy %s: cannot listen again after toxic %s expired, retrying: %s"
            log.warning(text, printable_name(self.name), printable_name(toxic.name), error.text)
            self.renew_lease(toxic, RETRY_S)

    def _accept(self, sock: socket.socket) -> None:
        self._connections.accept(sock, self.upstream, self._toxics.values())
