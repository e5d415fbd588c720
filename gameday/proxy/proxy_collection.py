"""All proxies by name, and the operations of the API on them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gameday.proxy import address, request_fields
from gameday.proxy.change_log import printable_name
from gameday.proxy.connections import SharedState
from gameday.proxy.errors import FORBIDDEN, PROXY_EXISTS, PROXY_NOT_FOUND, ApiError, missing_field
from gameday.proxy.proxy import Proxy
from gameday.proxy.proxy_outage import EnableRequest, ProxyOutage
from gameday.proxy.request_fields import Body
from gameday.proxy.toxic import SeededRandom, Toxic, parse_attributes, parse_toxic, parse_toxicity


@dataclass(frozen=True, slots=True)
class ProxyEntry:
    """One proxy and its outage."""

    proxy: Proxy
    enable_state: ProxyOutage

    def as_json(self) -> dict[str, object]:
        """Return both as the API does."""
        return self.proxy.as_json() | self.enable_state.as_json()

    def delete(self) -> None:
        """Stop the proxy for good."""
        self.enable_state.clear()
        self.proxy.delete()


class ProxyCollection:
    """The proxies of a server.

    Methods that resolve names are async; the change itself never waits."""

    def __init__(self, seed: int | None = None, allowed_sockets: Iterable[Path] = ()) -> None:
        jitter = random.Random(seed)  # noqa: S311 - not for secrets
        self._shared = SharedState(SeededRandom(seed), jitter)
        self.changes = self._shared.changes
        self._entries: dict[str, ProxyEntry] = {}
        self._allowed_upstreams = {f"{address.UNIX_PREFIX}{path.absolute()}" for path in allowed_sockets}

    def as_json(self) -> dict[str, object]:
        """Return every proxy by name, as the API does."""
        return {name: entry.as_json() for name, entry in self._entries.items()}

    def proxies(self) -> list[Proxy]:
        """Return every proxy, in the order of creation."""
        return [entry.proxy for entry in self._entries.values()]

    def get(self, name: str) -> ProxyEntry:
        """Return the proxy of this name. Raises ApiError 404."""
        if name not in self._entries:
            raise ApiError(*PROXY_NOT_FOUND)
        return self._entries[name]

    async def create(self, body: Body) -> ProxyEntry:
        """Create a proxy, enabled unless the body says otherwise. Raises ApiError."""
        name, upstream = self._name_and_upstream(body)
        enabled = request_fields.read_boolean(body, "enabled")
        listen = await address.resolve_listen(request_fields.read_text(body, "listen") or "")
        if enabled is not False:
            listen.require()
        if name in self._entries:
            raise ApiError(*PROXY_EXISTS)
        proxy = Proxy(name, listen, upstream, self._shared)
        if enabled is not False:
            proxy.start()
        self._entries[name] = ProxyEntry(proxy, ProxyOutage(proxy))
        suffix = "" if proxy.enabled else ", disabled"
        self.changes.record(name, f"created, {proxy.listen} -> {printable_name(upstream)}{suffix}")
        return self._entries[name]

    async def update(self, name: str, body: Body) -> ProxyEntry:
        """Change the addresses, enable or disable, renew the lease. Raises ApiError, with nothing changed."""
        entry = self.get(name)
        request = EnableRequest.from_body(body)
        upstream = self._upstream(body) or entry.proxy.upstream
        listen = await address.resolve_listen(request_fields.read_text(body, "listen") or entry.proxy.listen)
        entry = self.get(name)
        will_be_enabled = entry.proxy.enabled if request.enabled is None else request.enabled
        if will_be_enabled:
            listen.require()
        entry.enable_state.check(request)
        if not entry.proxy.has_addresses(listen, upstream):
            entry.proxy.move(listen, upstream, will_be_enabled=will_be_enabled)
        elif entry.proxy.address.resolved is None:
            entry.proxy.address = listen
        entry.enable_state.apply(request)
        return entry

    def delete(self, name: str) -> None:
        """Delete a proxy. Raises ApiError 404."""
        entry = self.get(name)
        del self._entries[name]
        entry.delete()
        self.changes.record(name, "deleted", ends_fault=True)

    async def populate(self, bodies: list[Body], completed: list[ProxyEntry]) -> None:
        """Create proxies; one that exists with the same addresses stays, one that differs is replaced.

        Appends to `completed`, which the caller needs when one of them raises ApiError."""
        for number, body in enumerate(bodies, start=1):
            self._name_and_upstream(body, f" at proxy {number}")
        for body in bodies:
            completed.append(await self._create_or_keep(body))  # noqa: PERF401 - read by the caller on errors

    def reset(self) -> None:
        """Enable all proxies and remove all toxics.

        Raises ApiError 500 with the errors of those that failed."""
        errors: list[str] = []
        for entry in self._entries.values():
            try:
                entry.proxy.remove_all_toxics()
                entry.enable_state.enable()
            except ApiError as error:
                errors.append(f"{entry.proxy.name}: {error.text}")
        if errors:
            raise ApiError(500, "; ".join(errors))

    def add_toxic(self, name: str, body: Body) -> Toxic:
        """Add a toxic to a proxy. Raises ApiError."""
        proxy = self.get(name).proxy
        toxic = parse_toxic(body, {toxic.name for toxic in proxy.toxics})
        proxy.add_toxic(toxic, request_fields.read_lease_s(body))
        return toxic

    def update_toxic(self, name: str, toxic_name: str, body: Body) -> Toxic:
        """Change a toxic's attributes, toxicity or lease. Raises ApiError.

        Renewing the lease alone does not disturb the toxic at work."""
        proxy = self.get(name).proxy
        toxic = proxy.find_toxic(toxic_name)
        values = parse_attributes(body, toxic.kind, toxic.values)
        requested_toxicity = parse_toxicity(body)
        expires_in = request_fields.read_lease_s(body)
        toxicity = toxic.toxicity if requested_toxicity is None else requested_toxicity
        if (values, toxicity) != (toxic.values, toxic.toxicity):
            proxy.change_toxic(toxic, values, toxicity)
        proxy.renew_lease(toxic, expires_in)
        return toxic

    def remove_toxic(self, name: str, toxic_name: str) -> None:
        """Remove a toxic.

        Raises ApiError 404, after which a delayed request of a drill for it is refused."""
        self._shared.tombstones.add(name, toxic_name)
        self.get(name).proxy.remove_toxic(toxic_name)

    def close(self) -> None:
        """Delete every proxy."""
        for entry in self._entries.values():
            entry.delete()
        self._entries.clear()

    async def _create_or_keep(self, body: Body) -> ProxyEntry:
        name, upstream = self._name_and_upstream(body)
        entry = self._entries.get(name)
        if entry is not None:
            listen = await address.resolve_listen(request_fields.read_text(body, "listen") or entry.proxy.listen)
            if entry.proxy.has_addresses(listen, upstream):
                return entry
            if request_fields.read_boolean(body, "enabled") is not False:
                listen.require()
            self.delete(name)
        return await self.create(body)

    def _name_and_upstream(self, body: Body, where: str = "") -> tuple[str, str]:
        name, upstream = request_fields.read_text(body, "name"), self._upstream(body)
        if not name:
            raise missing_field("name", where)
        if not upstream:
            raise missing_field("upstream", where)
        return request_fields.require_valid_name(name), upstream

    def _upstream(self, body: Body) -> str | None:
        """Return the requested upstream. Raises ApiError 403 for a Unix socket that is not on the list.

        Whoever connects to the proxy's port would reach it with the rights of this process."""
        upstream = request_fields.read_text(body, "upstream")
        if upstream and upstream.startswith(address.UNIX_PREFIX) and upstream not in self._allowed_upstreams:
            path = printable_name(upstream.removeprefix(address.UNIX_PREFIX))
            raise ApiError(FORBIDDEN, f"Unix socket {path} is not allowed: start the server with --allow-unix {path}")
        return upstream
